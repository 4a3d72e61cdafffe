"""What doctor says of documents: nothing of those that are right, each planted fault by its name."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from oms_tui.desk import doctor
from oms_tui.desk.document_checks import document_problems
from oms_tui.domain.adjusting import reduced_line
from oms_tui.domain.issuing import (
    with_credit_notes,
    with_imported_invoices,
    with_invoice,
    with_receipt,
)
from oms_tui.domain.order import Order
from oms_tui.domain.papers import Paper, Seller, paper_of
from oms_tui.domain.reversing import reverse
from oms_tui.domain.status import LineStatus, OperationKind
from tests.build import NOON, card, charge, eur, line, operation, order, shipment
from tests.desk.test_deliver import download, paid
from tests.desk.test_flows import take

INVOICE, OTHER, RECEIPT, NOTE, REVERSAL, SECOND = range(6)
"""Places of the documents of `told`."""


def told() -> Order:
    """Two shipments, charges on the first; a receipt; a credit note, taken back, and another."""
    parcels = tuple(shipment(name, packed_at=NOON) for name in ("S-1", "S-2"))
    lines = tuple(line(n, LineStatus.PACKED, 1000 * n, shipment=f"S-{n}") for n in (1, 2))
    taken = tuple(operation(n + 1, OperationKind.CAPTURE, 1000 * n, shipment=f"S-{n}") for n in (1, 2))
    value = order(*lines, charges=(charge(minor=500),), shipments=parcels, payments=(card(3500, *taken),))
    value = with_invoice(with_invoice(value, "S-1", "I-1", NOON), "S-2", "I-2", NOON)
    value = cheaper(with_receipt(value, "R-1", NOON), 100, "C-1")
    return cheaper(reverse(value, "C-1", "a mistake", NOON, lambda *_: "V-1", person="olga"), 50, "C-2")


def cheaper(value: Order, minor: int, number: str) -> Order:
    after = replace(value, lines=(reduced_line(value.lines[0], minor), *value.lines[1:]))
    return with_credit_notes(value, after, "late", NOON, lambda *_: number)


def papers_of(value: Order) -> dict[int, Paper | None]:
    return {n: paper_of(value, one, Seller(name="Acme")) for n, one in enumerate(value.documents)}


def changed(place: int, **rest: object) -> Callable[[Order], Order]:
    """The order with one of its documents changed behind its back."""

    def change(value: Order) -> Order:
        found = [replace(x, **rest) if n == place else x for n, x in enumerate(value.documents)]  # type: ignore[arg-type]
        return replace(value, documents=tuple(found))

    return change


def part(place: int, **rest: object) -> Callable[[Order], Order]:
    document = told().documents[place]
    return changed(place, parts=(replace(document.parts[0], **rest), *document.parts[1:]))  # type: ignore[arg-type]


def again(place: int) -> Callable[[Order], Order]:
    return lambda value: replace(value, documents=(*value.documents, value.documents[place]))


def test_documents_that_are_right_raise_no_alarm() -> None:
    value = told()
    kinds = ["invoice", "invoice", "receipt", "credit_note", "reversal", "credit_note"]
    assert [one.kind.value for one in value.documents] == kinds
    assert [one.total.minor for one in value.documents] == [1500, 2000, 3000, -100, 100, -50]
    assert list(document_problems(value, papers_of(value))) == []
    assert list(document_problems(order(line(1)), {})) == []


PLANTED = {
    "a total": (changed(INVOICE, total=eur(1501)), "invoice I-1 is for 15.01 €, its parts come to 15.00 €"),
    "a part": (part(NOTE, amount=eur(-99)), "credit note C-1 is for -1.00 €, its parts come to -0.99 €"),
    "a receipt": (changed(RECEIPT, total=eur(1)), "the money that it names comes to 30.00 €"),
    "an operation": (changed(RECEIPT, operations=((1, 9),)), "names operation 9 of payment 1, which is not"),
    "its invoice": (changed(NOTE, refers_to="I-9"), "credit note C-1 names invoice I-9, which is not there"),
    "its note": (changed(REVERSAL, refers_to="C-9"), "names credit note C-9, which is not there"),
    "another note": (changed(REVERSAL, refers_to="C-2"), "is for 1.00 € and takes back C-2 of -0.50 €"),
    "taken back twice": (again(REVERSAL), "credit note C-1 is reversed 2 times"),
    "two invoices": (again(OTHER), "line 2 is on 2 invoices"),
    "another position": (changed(OTHER, shipment="S-9"), "is not the one that shipment S-9 names"),
    "a price": (
        lambda value: replace(value, lines=(reduced_line(value.lines[0], 50), *value.lines[1:])),
        "invoice I-1 and its credit notes come to 14.50 €, shipment S-1 owes 14.00 €",
    ),
    "a line": (
        lambda value: replace(value, lines=value.lines[:1]),
        "invoice I-2 and its credit notes come to 20.00 €, shipment S-2 owes 0.00 €",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_named(fault: str) -> None:
    plant, words = PLANTED[fault]
    value = told()
    found = list(document_problems(plant(value), papers_of(value)))
    assert any(words in one.replace("\N{MINUS SIGN}", "-") for one in found), found


def test_a_paper_that_is_missing_or_says_otherwise_is_named() -> None:
    value = told()
    right = papers_of(value)
    paper, receipt = right[INVOICE], right[RECEIPT]
    assert paper is not None
    assert receipt is not None
    other_row = replace(paper.rows[0], tax=eur(7))
    for papers, words in (
        ({x: right[x] for x in right if x != INVOICE}, "has no paper"),
        (right | {INVOICE: None}, "has a paper that is not what was kept"),
        (right | {INVOICE: right[OTHER]}, "has a paper that says otherwise: I-2, 20.00 €"),
        (right | {INVOICE: replace(paper, rows=paper.rows[:1])}, "has a paper that says otherwise"),
        (right | {INVOICE: replace(paper, rows=(other_row, *paper.rows[1:]))}, "has a paper with other rows"),
    ):
        assert [x for x in document_problems(value, papers) if x.startswith(f"invoice I-1 {words}")], words
    found = list(document_problems(value, right | {RECEIPT: replace(receipt, payments=())}))
    assert found == ["receipt R-1 has a paper that says otherwise: R-1, 30.00 €"]


def test_what_was_issued_elsewhere_needs_no_paper_before_it_is_printed() -> None:
    parcel = shipment(packed_at=NOON, invoice="X-7")
    value = with_imported_invoices(order(line(1, LineStatus.PACKED, shipment="S-1"), shipments=(parcel,)))
    assert list(document_problems(value, {})) == []
    wrong: dict[int, Paper | None] = {0: None}
    assert list(document_problems(value, wrong)) == ["invoice X-7 has a paper that is not what was kept"]


def test_a_sale_over_the_counter_owes_what_its_invoice_says() -> None:
    value = order(line(1, LineStatus.DELIVERED), is_carry_out=True)
    value = cheaper(with_invoice(value, None, "I-1", NOON), 30, "C-1")
    assert list(document_problems(value, papers_of(value))) == []
    off = replace(value, lines=(reduced_line(value.lines[0], 10),))
    assert list(document_problems(off, papers_of(value))) == [
        "invoice I-1 and its credit notes come to 9.70 €, the order owes 9.60 €"
    ]


def test_doctor_looks_at_the_documents_of_every_order(desk, ana, tmp_path) -> None:
    take(desk, paid())
    download(desk, ana, "receipt", tmp_path)
    assert doctor.examine(desk).is_ok
    with desk.store.write() as conn:
        conn.exec_driver_sql("DROP TRIGGER document_paper_no_delete")
        conn.exec_driver_sql("DELETE FROM document_paper")
    found = [x.text for x in doctor.examine(desk).findings if x.part == "documents"]
    assert found == ["Order 10427: receipt AD-R-2026-000001 has no paper."]

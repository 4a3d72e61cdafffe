"""The papers of an order as lists show them: status, what they are entries of, what they come to."""

from dataclasses import replace
from typing import Any

from oms_tui.domain.documents import DocumentKind, IssuedDocument
from oms_tui.domain.issuing import with_invoice
from oms_tui.domain.listed import EntryKind, listed, on_paper
from oms_tui.domain.order import Order
from oms_tui.domain.returns import CreditNote, CreditNoteLine
from oms_tui.domain.status import LineStatus
from tests.build import NOON, eur, line, order, shipment

E = EntryKind


def billed() -> Order:
    """Two shipments: the invoice of S-1 was issued here, of S-2 only a number is known."""
    value = order(
        line(1, LineStatus.SHIPPED, 6000, shipment="S-1"),
        line(2, LineStatus.SHIPPED, 1000, shipment="S-2"),
        shipments=(shipment("S-1"), shipment("S-2", invoice="OLD-7")),
    )
    return with_invoice(value, "S-1", "A-1", NOON)


def credit(
    number: str, minor: int, kind: DocumentKind = DocumentKind.CREDIT_NOTE, **rest: Any
) -> IssuedDocument:
    """A credit note, or what reverses one."""
    return IssuedDocument(
        kind=kind, number=number, at=NOON, entity="acme-de", shipment="S-1", total=eur(minor), **rest
    )


def test_what_is_known_by_number_only_is_told_as_that() -> None:
    first, second = listed(billed())
    assert (first.number, first.entry, first.status, first.total) == ("A-1", E.SALE, "Issued", eur(6000))
    assert (second.number, second.status, second.total, second.at) == ("OLD-7", "Imported", None, None)
    assert not on_paper(billed(), listed(billed())).is_whole


def test_credit_notes_count_below_zero_until_they_are_reversed() -> None:
    value = billed()
    notes = credit("C-1", -5999, refers_to="A-1"), credit("C-2", -1, refers_to="A-1")
    value = replace(value, documents=(*value.documents, *notes))
    assert [one.status for one in listed(value)[:3]] == ["Credited", "Issued", "Issued"]
    less = replace(value, documents=value.documents[:-1])
    assert listed(less)[0].status == "Partly credited"
    back = credit("C-3", 5999, DocumentKind.REVERSAL, refers_to="C-1")
    value = replace(value, documents=(*value.documents, back))
    assert [(one.entry, one.status) for one in listed(value)[1:4]] == [
        (E.CREDIT, "Reversed"), (E.CREDIT, "Issued"), (E.REVERSAL, "Issued"),
    ]  # fmt: skip
    assert listed(value)[0].status == "Partly credited"
    sums = on_paper(value, listed(value))
    assert (sums.invoiced, sums.credited, sums.net) == (eur(6000), eur(-1), eur(5999))


def test_a_receipt_is_no_entry() -> None:
    paid = IssuedDocument(kind=DocumentKind.RECEIPT, number="R-1", at=NOON, entity="acme-de", total=eur(6000))
    value = replace(billed(), documents=(paid,))
    assert [one.entry for one in listed(value)] == [None, E.SALE, E.SALE]


def test_of_a_credit_note_from_elsewhere_only_the_rows_of_the_order_count() -> None:
    rows = tuple(
        CreditNoteLine(
            number=n, code="x", name="x", quantity=1, amount=eur(500), order_id=name, return_id=back
        )
        for n, (name, back) in enumerate([("10427", "R1"), ("99", None)], 1)
    )
    note = CreditNote(number="CN-1", at=NOON, currency="EUR", source="uci", lines=rows)
    found = listed(billed(), [note])[-1]
    assert (found.entry, found.total, found.status) == (E.RETURN, eur(-500), "Imported")

"""What invoices, receipts and credit notes say (spec 4, 6, 9)."""

from dataclasses import replace

from oms_tui.domain.adjusting import reduced_charge, reduced_line, request_refunds
from oms_tui.domain.books import account, shipment_of_charges
from oms_tui.domain.differences import diff
from oms_tui.domain.documents import DocumentKind, DocumentPart
from oms_tui.domain.issuing import (
    current_receipt,
    is_invoiced,
    with_credit_notes,
    with_imported_invoices,
    with_invoice,
    with_receipt,
)
from oms_tui.domain.order import Order
from oms_tui.domain.payment import invoice_status
from oms_tui.domain.plan import ChangeKind
from oms_tui.domain.status import InvoiceStatus, LineStatus, OperationKind, OperationState, PaymentMethod
from tests.build import NOON, card, charge, eur, line, operation, order, shipment

S, K, ST = LineStatus, OperationKind, OperationState
TAXED = {"tax": eur(160), "tax_rate": 190_000}


def numbered(order: Order, kind: DocumentKind) -> str:
    return f"{kind.value}-{sum(one.kind is kind for one in order.documents) + 1}"


def two_shipments(**rest: object) -> Order:
    """Line 1 in S-1, line 2 in S-2, shipping on the order; nothing captured by name."""
    values: dict[str, object] = {
        "charges": (charge(minor=500),),
        "shipments": (shipment("S-1"), shipment("S-2")),
    }
    first = line(1, S.PACKED, 1000, shipment="S-1", **TAXED)
    return order(first, line(2, S.PACKED, 2000, shipment="S-2"), **(values | rest))


def captured(minor: int, where: str | None) -> Order:
    value = two_shipments(payments=(card(3500, operation(2, K.CAPTURE, minor, shipment=where)),))
    return with_invoice(value, "S-1", "I-1", NOON)


def test_charges_are_billed_once_whichever_shipment_is_invoiced_first() -> None:
    """Prepaid money names no shipment and nothing has left: the first invoice has them, the second not."""
    prepaid = (card(3500, operation(2, K.CAPTURE, 3500)),)
    value = with_invoice(two_shipments(payments=prepaid), "S-2", "I-1", NOON)
    value = with_invoice(value, "S-1", "I-2", NOON)
    assert [one.total for one in value.documents] == [eur(2500), eur(1000)]
    assert [one.invoice for one in value.shipments] == ["I-2", "I-1"]
    assert shipment_of_charges(replace(value, payments=captured(1000, "S-1").payments)) == "S-2"


def test_charges_wait_for_the_shipment_that_money_was_asked_for() -> None:
    capture = operation(2, K.CAPTURE, 1500, shipment="S-1", state=ST.UNKNOWN)
    value = with_invoice(two_shipments(payments=(card(3500, capture),)), "S-2", "I-1", NOON)
    value = with_invoice(value, "S-1", "I-2", NOON)
    assert [one.total for one in value.documents] == [eur(2000), eur(1500)]
    assert value.documents[1].parts == (
        DocumentPart(line=1, quantity=1, amount=eur(1000), tax=eur(160)),
        DocumentPart(charge=1, quantity=1, amount=eur(500), tax=eur(0)),
    )


def test_charges_never_come_onto_a_shipment_whose_invoice_is_out_without_them() -> None:
    """S-1 was asked for them and its capture failed after S-2 was invoiced: they wait for S-1."""
    asked = operation(2, K.CAPTURE, 1500, shipment="S-1", state=ST.REQUESTED)
    other = operation(3, K.CAPTURE, 2000, shipment="S-2")
    value = with_invoice(two_shipments(payments=(card(3500, asked, other),)), "S-2", "I-1", NOON)
    failed = operation(4, K.CAPTURE, 1500, shipment="S-1", state=ST.FAILED, answers=2)
    value = replace(value, payments=(card(3500, asked, other, failed),))
    assert shipment_of_charges(value) == "S-1"
    assert (account(value, "S-1").to_capture, account(value, "S-2").to_capture) == (1500, 0)
    assert with_invoice(value, "S-1", "I-2", NOON).documents[1].total == eur(1500)


def test_the_invoice_of_a_sale_without_shipment_bills_all_of_it() -> None:
    sold = order(line(1, S.DELIVERED), line(2, S.CANCELLED), charges=(charge(minor=200),), is_carry_out=True)
    assert with_invoice(sold, None, "I-1", NOON).documents[0].total == eur(1200)


def cheaper(value: Order, line_off: int, charge_off: int = 0) -> Order:
    """Prices reduced, and the refund of what S-1 was captured for."""
    lines = (reduced_line(value.lines[0], line_off), *value.lines[1:])
    charges = tuple(reduced_charge(one, charge_off) for one in value.charges)
    after, _ = request_refunds(
        replace(value, lines=lines, charges=charges), {"S-1": line_off + charge_off}, "price", NOON
    )
    return with_credit_notes(value, after, "late", NOON, numbered)


def test_a_credit_note_says_what_it_credits_and_which_refund_it_came_with() -> None:
    value = cheaper(captured(1500, "S-1"), 100, 50)
    note = value.documents[-1]
    assert (note.kind, note.number, note.shipment) == (DocumentKind.CREDIT_NOTE, "credit_note-1", "S-1")
    assert (note.total, note.refers_to, note.reason) == (eur(-150), "I-1", "late")
    assert note.parts == (
        DocumentPart(line=1, quantity=1, amount=eur(-100), tax=eur(-16)),
        DocumentPart(charge=1, quantity=1, amount=eur(-50), tax=eur(0)),
    )
    assert note.operations == ((1, 3),)


def test_no_credit_note_for_what_no_paper_was_given_for() -> None:
    value = two_shipments()
    lines = (reduced_line(value.lines[0], 100), value.lines[1])
    assert with_credit_notes(value, replace(value, lines=lines), "late", NOON, numbered).documents == ()


def test_a_sale_over_the_counter_that_nobody_asked_an_invoice_for_has_none_to_credit() -> None:
    """The invoice that is asked for later bills what it costs then: paper and order say the same."""
    sold = order(line(1, S.DELIVERED), is_carry_out=True)
    cheaper = replace(sold, lines=(reduced_line(sold.lines[0], 100),))
    after = with_credit_notes(sold, cheaper, "late", NOON, numbered)
    assert after.documents == ()
    assert with_invoice(after, None, "I-1", NOON).documents[0].total == eur(900)
    billed = with_invoice(sold, None, "I-1", NOON)
    after = with_credit_notes(billed, replace(cheaper, documents=billed.documents), "late", NOON, numbered)
    assert [one.total for one in after.documents] == [eur(1000), eur(-100)]


def test_a_sale_over_the_counter_is_invoiced_once_somebody_asked() -> None:
    sold = order(line(1, S.DELIVERED), is_carry_out=True)
    assert invoice_status(sold, None) is InvoiceStatus.PENDING
    assert invoice_status(with_invoice(sold, None, "I-1", NOON), None) is InvoiceStatus.INVOICED
    assert invoice_status(replace(sold, source="uci"), None) is InvoiceStatus.INVOICED


def test_a_position_all_of_which_was_credited_says_so() -> None:
    value = captured(1500, "S-1")
    assert invoice_status(value, "S-1") is InvoiceStatus.INVOICED
    assert invoice_status(value, "S-2") is InvoiceStatus.PENDING
    assert invoice_status(cheaper(value, 400, 100), "S-1") is InvoiceStatus.INVOICED
    free = cheaper(value, 1000, 500)
    assert invoice_status(free, "S-1") is InvoiceStatus.CREDITED
    assert is_invoiced(free, "S-1")


def test_a_receipt_confirms_what_moved_and_is_the_same_until_more_does() -> None:
    gift = card(600, operation(2, K.CAPTURE, 600), method=PaymentMethod.GIFT_CARD)
    rest = card(2900, operation(2, K.CAPTURE, 900), operation(3, K.CAPTURE, 5, state=ST.FAILED), number=2)
    value = two_shipments(payments=(gift, rest))
    assert current_receipt(value) is None
    value = with_receipt(value, "R-1", NOON)
    receipt = value.documents[-1]
    assert (receipt.total, receipt.operations, receipt.parts) == (eur(1500), ((1, 2), (2, 2)), ())
    assert current_receipt(value) is receipt
    back = replace(rest, operations=(*rest.operations, operation(4, K.REFUND, 100)))
    value = replace(value, payments=(gift, back))
    assert current_receipt(value) is None
    assert with_receipt(value, "R-2", NOON).documents[-1].total == eur(1400)


def test_invoices_from_elsewhere_keep_their_numbers() -> None:
    value = two_shipments(shipments=(shipment("S-1", invoice="X-9", packed_at=NOON), shipment("S-2")))
    value = with_imported_invoices(value)
    (document,) = value.documents
    assert (document.number, document.is_imported, document.at) == ("X-9", True, NOON)
    assert with_imported_invoices(value) is value


def test_a_preview_says_that_a_document_is_issued_and_the_timeline_which() -> None:
    value = captured(1500, "S-1")
    planned = with_credit_notes(value, cheaper(value, 100), "late", NOON, lambda order, kind: "")
    rows = [x for x in diff(value, cheaper(value, 100)) if x.kind is ChangeKind.DOCUMENT]
    assert [(x.path, x.label, x.before, x.after) for x in rows] == [
        ("documents/1", "credit note", "–", "credit_note-1 issued")
    ]
    assert planned.documents[-1].number == ""
    after = replace(value, documents=(*value.documents, planned.documents[-1]))
    assert [x.after for x in diff(value, after) if x.kind is ChangeKind.DOCUMENT] == ["issued"]

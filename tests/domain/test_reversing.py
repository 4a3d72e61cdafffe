"""A credit note that is taken back: price, books and paper say the same again (spec 6, Reverse credit
note)."""

from dataclasses import replace

import pytest

from oms_tui.desk.document_checks import document_problems
from oms_tui.domain.adjusting import reduced_charge, reduced_line, request_refunds
from oms_tui.domain.books import account
from oms_tui.domain.concerns import ConcernKind, concerns
from oms_tui.domain.documents import DocumentKind
from oms_tui.domain.flow import FlowTask, Task, TaskState
from oms_tui.domain.issuing import credit_notes_that_stand, with_credit_notes, with_invoice
from oms_tui.domain.money import Money
from oms_tui.domain.operations import NOTE_REVERSED
from oms_tui.domain.order import AdjustedPart, Charge, Line, Operation, Order
from oms_tui.domain.own_facts import OwnKind, own_fact
from oms_tui.domain.papers import Seller, paper_of
from oms_tui.domain.payment import due, open_refund_states, order_payment_status, overcharge
from oms_tui.domain.reversing import is_settled, reverse, why_not_reverse
from oms_tui.domain.settling import open_refunds
from oms_tui.domain.status import LineStatus, OperationKind, OperationState, PaymentStatus
from oms_tui.domain.totals import current_tax, order_total, price, split_line
from tests.build import NOON, card, charge, eur, line, operation, order, shipment
from tests.domain.test_issuing import numbered

S, K, ST = LineStatus, OperationKind, OperationState
TAXED = {"tax": eur(160), "tax_rate": 190_000, "quantity": 2}
NOTE = "credit_note-1"


def sold(taken: int = 1500, **rest: object) -> Order:
    """Two pieces and shipping in S-1, captured and invoiced."""
    capture = operation(2, K.CAPTURE, taken, shipment="S-1")
    value = order(
        line(1, S.SHIPPED, 1000, shipment="S-1", **(TAXED | rest)),
        charges=(charge(minor=500),),
        shipments=(shipment("S-1", shipped_at=NOON),),
        payments=(card(1500, capture),),
        tasks=(FlowTask(task=Task.CAPTURE, shipment="S-1", state=TaskState.COMPLETE),),
    )
    return with_invoice(value, "S-1", "I-1", NOON)


def cheaper(value: Order, line_off: int, charge_off: int = 0, back: int | None = None) -> Order:
    """Prices reduced, and the refund of what was captured for them."""
    lines = (reduced_line(value.lines[0], line_off), *value.lines[1:])
    charges = tuple(reduced_charge(one, charge_off) for one in value.charges)
    refund = line_off + charge_off if back is None else back
    after = replace(value, lines=lines, charges=charges)
    if refund:
        after, _ = request_refunds(after, {"S-1": refund}, "price", NOON)
    return with_credit_notes(value, after, "late", NOON, numbered)


def answered(value: Order, state: OperationState = ST.FAILED) -> Order:
    """The order once every refund that was asked for has this answer."""
    (payment,) = value.payments
    rows = list(payment.operations)
    known = {one.answers for one in rows}
    for one in payment.operations:
        if one.kind is K.REFUND and one.state is ST.REQUESTED and one.number not in known:
            rows.append(replace(one, number=len(rows) + 1, state=state, answers=one.number))
    return replace(value, payments=(replace(payment, operations=tuple(rows)),))


def taken_back(value: Order, number: str = NOTE) -> Order:
    return reverse(value, number, "a mistake", NOON, numbered, person="olga", note="rang")


def problems(value: Order) -> list[str]:
    papers = {n: paper_of(value, one, Seller(name="Acme")) for n, one in enumerate(value.documents)}
    return list(document_problems(value, papers))


def prices(value: Order) -> list[tuple[Money, Money]]:
    parts: list[Line | Charge] = [*value.lines, *value.charges]
    return [(price(one), current_tax(one)) for one in parts]


def refunds(value: Order) -> list[Operation]:
    return [one for one in value.payments[0].operations if one.kind is K.REFUND]


@pytest.mark.parametrize("tax_included", [True, False])
def test_price_books_and_paper_say_the_same_again(tax_included: bool) -> None:
    before = sold(1500 if tax_included else 1660, tax_included=tax_included)
    value = answered(cheaper(before, 100, 50))
    assert [one.name for one in open_refunds(value)] == ["1.3"]
    assert problems(value) == []
    after = taken_back(value)
    assert prices(after) == prices(before)
    assert (order_total(after), due(after), overcharge(after)) == (order_total(before), eur(0), eur(0))
    assert account(after, "S-1").to_capture == 0
    assert problems(after) == []
    counter = after.documents[-1]
    assert (counter.kind, counter.number, counter.total) == (DocumentKind.REVERSAL, "reversal-1", eur(150))
    assert (counter.refers_to, counter.reason, counter.shipment) == (NOTE, "a mistake", "S-1")
    assert counter.parts[0].tax == -value.documents[-1].parts[0].tax
    assert credit_notes_that_stand(after) == ()


def test_its_refund_that_failed_is_not_asked_for_any_more_and_stays_on_record() -> None:
    value = answered(cheaper(sold(), 100))
    assert [one.kind for one in concerns(value, NOON)] == [ConcernKind.REFUND_FAILED]
    after = taken_back(value)
    assert open_refunds(after) == ()
    assert (concerns(after, NOON), open_refund_states(after)) == ((), frozenset())
    assert own_fact(after, OwnKind.REFUND) is None
    assert order_payment_status(after) is PaymentStatus.CAPTURED
    assert refunds(after)[:2] == refunds(value)
    last = refunds(after)[-1]
    assert (last.state, last.cause, last.answers) == (ST.FAILED, NOTE_REVERSED, 4)


def test_it_is_an_adjustment_of_its_own() -> None:
    after = taken_back(answered(cheaper(sold(), 100, 50)))
    entry = after.adjustments[-1]
    assert (entry.person, entry.reason, entry.note) == (
        "olga", "credit note reversed", f"{NOTE}: a mistake (rang)",
    )  # fmt: skip
    assert entry.parts == (
        AdjustedPart(line=1, charge=None, before=eur(900), after=eur(1000)),
        AdjustedPart(line=None, charge=1, before=eur(450), after=eur(500)),
    )


def test_what_was_split_since_bears_it_together() -> None:
    """A parcel of two pieces came in two: each has its share of the price again."""
    value = answered(cheaper(sold(), 101))
    stays, part = split_line(value.lines[0], 1, 2)
    value = replace(value, lines=(stays, replace(part, status=S.DELIVERED)))
    after = taken_back(value)
    assert [price(one) for one in after.lines] == [eur(500), eur(500)]
    assert [current_tax(one) for one in after.lines] == [eur(80), eur(80)]
    assert problems(after) == []
    assert sum(one.after.minor - one.before.minor for one in after.adjustments[-1].parts) == 101


def test_only_what_the_note_took_off_comes_back() -> None:
    value = answered(cheaper(cheaper(sold(), 100), 30))
    after = taken_back(value, "credit_note-2")
    assert price(after.lines[0]) == eur(900)
    assert [one.amount for one in refunds(after) if one.cause == NOTE_REVERSED] == [eur(30)]
    assert [one.name for one in open_refunds(after)] == ["1.3"]
    assert problems(after) == []


def test_what_was_never_captured_is_due_again_and_asked_for() -> None:
    value = cheaper(sold(taken=900), 100, back=0)
    assert why_not_reverse(value, NOTE) == ""
    after = taken_back(value)
    assert due(after) - due(value) == eur(100)
    assert after.tasks[0].state is TaskState.ACTIVE


def test_it_is_taken_back_once_and_not_while_its_refund_may_be_paid() -> None:
    value = cheaper(sold(), 100)
    with pytest.raises(ValueError, match=rf"refund of 1.00 € for credit note {NOTE} is on its way"):
        taken_back(value)
    after = taken_back(answered(value))
    assert why_not_reverse(after, NOTE) == f"Credit note {NOTE} was reversed by reversal-1 already."
    with pytest.raises(ValueError, match="already"):
        taken_back(after)


def test_one_that_is_settled_or_not_there_is_refused() -> None:
    value = cheaper(sold(), 100)
    assert why_not_reverse(value, "I-1") == "Order 10427 has no credit note I-1."
    paid = answered(value, ST.SUCCEEDED)
    assert is_settled(paid, paid.documents[-1])
    assert "is settled: its refund has reached" in why_not_reverse(paid, NOTE)


def test_one_whose_money_went_back_another_way_is_settled() -> None:
    """Its refund failed and was let go with a parcel; what was too much then went back as an overcharge."""
    value = answered(cheaper(sold(), 100))
    (payment,) = value.payments
    gone = replace(
        payment,
        operations=(
            *payment.operations,
            operation(5, K.REFUND, 100, state=ST.FAILED, answers=4, shipment="S-1", cause=NOTE_REVERSED),
            operation(6, K.REFUND, 60, shipment="S-1"),
        ),
    )
    why = why_not_reverse(replace(value, payments=(gone,)), NOTE)
    assert why == f"Credit note {NOTE} is settled: 0.60 € of it went back to the customer another way."


def test_a_price_that_was_not_lowered_by_it_is_not_raised() -> None:
    """Nothing that came from outside may make a price rise above what was placed."""
    value = answered(cheaper(sold(), 100))
    off = replace(value.lines[0], reduction=eur(99))
    assert why_not_reverse(replace(value, lines=(off,)), NOTE) == (
        f"What credit note {NOTE} took off is not taken off the order any more."
    )

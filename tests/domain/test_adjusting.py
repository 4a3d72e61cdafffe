"""What price adjustments give back where captures are answered late or in another order (spec 4; 6)."""

from datetime import timedelta

from oms_tui.domain.adjusting import request_refunds, to_give_back
from oms_tui.domain.books import shipment_of_charges
from oms_tui.domain.order import Operation, Order
from oms_tui.domain.payment import overcharge
from oms_tui.domain.positions import charges_of, position
from oms_tui.domain.settling import open_refunds, refundable_for
from oms_tui.domain.status import LineStatus, OperationKind, OperationState, PaymentMethod
from oms_tui.verbs import Subject
from oms_tui.verbs.price import ADJUST_PRICE
from tests.build import NOON, card, charge, context, eur, line, operation, order, shipment

S, K, ST = LineStatus, OperationKind, OperationState


def capture(number: int, minor: int, where: str, minutes: int, answers: int | None = None) -> Operation:
    """A capture that was asked for, or its answer."""
    state = ST.REQUESTED if answers is None else ST.SUCCEEDED
    at = NOON + timedelta(minutes=minutes)
    return operation(number, K.CAPTURE, minor, shipment=where, state=state, at=at, answers=answers)


def answered_backwards() -> Order:
    """S-2 asked first, and so for the charges too; S-1 was answered first, and left first."""
    captures = (
        capture(2, 2490, "S-2", 1),
        capture(3, 1000, "S-1", 2),
        capture(4, 1000, "S-1", 3, answers=3),
        capture(5, 2490, "S-2", 4, answers=2),
    )
    return order(
        line(1, S.SHIPPED, 1000, shipment="S-1"),
        line(2, S.PACKED, 2000, shipment="S-2"),
        charges=(charge(),),
        shipments=(shipment("S-1", shipped_at=NOON + timedelta(minutes=5)), shipment("S-2")),
        payments=(card(3490, *captures),),
    )


def adjust(value: Order, **raw: object) -> Order:
    subject = Subject(order=value)
    given = ADJUST_PRICE.read({"reason": "late", **raw}, subject, context().policy)
    assert ADJUST_PRICE.apply is not None
    return ADJUST_PRICE.apply(subject, given, context()).order


def test_charges_are_on_the_shipment_that_asked_first_however_it_was_answered() -> None:
    value = answered_backwards()
    assert shipment_of_charges(value) == "S-2"
    assert charges_of(value, "S-1") == ()
    for number, due in (("S-1", 1000), ("S-2", 2490)):
        assert position(value, number).due == position(value, number).captured == eur(due)


def test_all_that_was_captured_for_a_line_goes_back() -> None:
    after = adjust(answered_backwards(), lines=["1"], percent="50")
    asked = after.payments[0].operations[-1]
    assert (asked.kind, asked.shipment, asked.amount) == (K.REFUND, "S-1", eur(500))
    assert not overcharge(after)


def test_two_that_asked_at_once_filled_the_tenders_in_their_order() -> None:
    value = order(
        line(1, S.PACKED, 1000, shipment="S-1"),
        line(2, S.PACKED, 2000, shipment="S-2"),
        charges=(charge(),),
        shipments=(shipment("S-1"), shipment("S-2")),
        payments=(
            card(3000, capture(2, 2490, "S-2", 1), capture(3, 510, "S-1", 1)),
            card(490, capture(2, 490, "S-1", 1), number=2),
        ),
    )
    assert shipment_of_charges(value) == "S-2"


def test_what_is_being_captured_frees_the_prepaid_money_for_the_others() -> None:
    """The gift card pays S-2 whole, since the card was asked for all of S-1."""
    gift = card(2000, operation(2, K.CAPTURE, 2000), method=PaymentMethod.GIFT_CARD)
    value = order(
        line(1, S.SHIPPED, 1000, shipment="S-1"),
        line(2, S.PACKED, 2000, shipment="S-2"),
        shipments=(shipment("S-1", shipped_at=NOON), shipment("S-2")),
        payments=(gift, card(1000, capture(2, 1000, "S-1", 1), number=2)),
    )
    after = adjust(value, lines=["2"], percent="10")
    assert to_give_back(value, after)[None] == 200
    asked = after.payments[0].operations[-1]
    assert (asked.kind, asked.shipment, asked.amount) == (K.REFUND, None, eur(200))


def test_a_refund_that_failed_can_be_asked_for_again_after_another() -> None:
    """The card gave back 900 in vain: what goes back next leaves it that much, and takes the gift card."""
    gift = card(0, operations=(operation(1, K.CAPTURE, 500),), method=PaymentMethod.GIFT_CARD)
    failed = operation(3, K.REFUND, 900, state=ST.FAILED)
    paid = card(1000, operation(2, K.CAPTURE, 1000), failed, number=2)
    value = order(line(1, S.DELIVERED, 1500, reduction=eur(900)), is_carry_out=True, payments=(gift, paid))
    after, intents = request_refunds(value, {None: 300}, "late", NOON)
    assert [(one.payment, one.amount) for one in intents] == [(2, eur(100)), (1, eur(200))]
    (found,) = open_refunds(after)
    assert refundable_for(found) == 900
    _, intents = request_refunds(value, {None: 1500}, "all of it", NOON)
    assert sum(one.amount.minor for one in intents if one.amount is not None) == 1500

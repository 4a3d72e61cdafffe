"""Parcels that nobody wanted any more: stopped, or let go with what they cost and the stock they take."""

from dataclasses import replace
from datetime import timedelta

import pytest

from oms_tui.desk.document_checks import document_problems
from oms_tui.domain.adjusting import reduced_line
from oms_tui.domain.books import accounts
from oms_tui.domain.events import Event, EventImpossible, EventKind, apply_event
from oms_tui.domain.events.anyway import costs, ship_anyway, stop_parcel, unwanted
from oms_tui.domain.events.goods import parcel_of
from oms_tui.domain.flow import Task, TaskState
from oms_tui.domain.issuing import with_credit_notes
from oms_tui.domain.money import Money
from oms_tui.domain.papers import Seller, paper_of
from oms_tui.domain.payment import order_balance, overcharge, payment_statuses, still_owed
from oms_tui.domain.recall import recall
from oms_tui.domain.settling import has_left, open_refunds, uncovered
from oms_tui.domain.status import (
    Cause,
    LineStatus,
    OperationKind,
    OperationState,
    PaymentMethod,
    PaymentStatus,
)
from oms_tui.domain.totals import order_total
from oms_tui.verbs import Subject
from oms_tui.verbs.base import Policy
from oms_tui.verbs.cancel import CANCEL
from tests.build import NOON, card, context, line, operation, order, shipment
from tests.domain.shop import Shop, placed, released, statuses, task_of, wanted

S = LineStatus


def DRAW(order, kind):  # noqa: N802 - as the desk gives numbers
    return f"{kind.value}-{1 + sum(one.kind is kind for one in order.documents)}"


def shop_with(pieces=10):
    return Shop({("BER-1", f"SKU-{number}"): pieces for number in (1, 2)})


def picked(shop, *lines):
    """An order whose pick ticket is out."""
    return released(shop, placed(*(lines or (wanted(1, 2), wanted(2)))))


def cancelled(shop, value, **arguments):
    """The order after Cancel, and the money that waits until the location has stopped."""
    assert CANCEL.apply is not None
    given = CANCEL.read({"reason": "duplicate"} | arguments, Subject(order=value), Policy())
    outcome = CANCEL.apply(Subject(order=value), given, replace(context(), now=shop.now, world=shop.world))
    waiting = frozenset((i.payment, i.operation) for i in outcome.intents if i.waits_for)
    return shop.take(outcome), waiting


def refused(shop, value, kind, **rest):
    event = shop.event(value, kind, "S-1", **rest)
    with pytest.raises(EventImpossible):
        apply_event(value, event, shop.context)
    return event


@pytest.mark.parametrize("kind", ["packed", "shipped"])
def test_a_cancelled_parcel_is_let_go(kind):
    shop = shop_with()
    value = picked(shop)
    total = order_total(value)
    value, waiting = cancelled(shop, value)
    assert waiting
    assert order_total(value) == Money(0, "EUR")
    event = refused(shop, value, kind)
    outcome = ship_anyway(value, event, shop.now, "olga", waiting, DRAW)
    value = shop.take(outcome)
    shop.agrees_with(value)
    assert set(statuses(value)) == {S.PACKED if kind == "packed" else S.SHIPPED}
    assert order_total(value) == total
    assert "due again (line 1, 2)" in outcome.summary
    ticket = task_of(value, Task.PICK_TICKET, "S-1")
    assert (ticket.state, ticket.runs[-1].result) == (TaskState.COMPLETE, "let go by olga")
    assert order_balance(value).pending_void == 0
    value = shop.go(value)
    assert task_of(value, Task.CAPTURE, "S-1").state is TaskState.ACTIVE
    (asked,) = [o for o in value.payments[0].operations if o.kind is OperationKind.CAPTURE]
    assert (asked.state, asked.amount) == (OperationState.REQUESTED, total)


def test_stock_that_others_hold_by_now_is_found_all_the_same():
    """Both pieces were given back and taken for another order: they are in the parcel, the other will be
    short."""
    shop = shop_with(2)
    value = picked(shop, wanted(1, 2))
    value, waiting = cancelled(shop, value)
    other = shop.go(placed(wanted(1, 2), id="other"))
    assert shop.free("SKU-1") == {"BER-1": 0}
    event = refused(shop, value, "packed")
    value = shop.take(ship_anyway(value, event, shop.now, "olga", waiting, DRAW))
    shop.agrees_with(value, other)


def prepaid():
    """A gift card that was charged when the order was placed, and a card for the rest."""
    gift = card(0, operations=(operation(1, OperationKind.CAPTURE, 1200),))
    return replace(gift, method=PaymentMethod.GIFT_CARD), card(800, number=2)


@pytest.mark.parametrize("has_failed", [False, True])
def test_what_was_prepaid_pays_for_the_parcel_that_is_let_go(has_failed):
    """No refund of it is open any more, whether it waited or the provider had refused it."""
    shop = shop_with()
    value = released(shop, placed(wanted(1), wanted(2), payments=prepaid()))
    value, waiting = cancelled(shop, value)
    if has_failed:
        value = shop.hear(value, "refund_failed", payment=1, reference="r1")
        waiting = frozenset(one for one in waiting if one[0] != 1)
    event = refused(shop, value, "packed")
    value = shop.go(shop.take(ship_anyway(value, event, shop.now, "olga", waiting, DRAW)))
    value = shop.hear(value, "captured", "S-1", payment=2, reference="c1")
    assert (still_owed(value), overcharge(value)) == (Money(0, "EUR"), Money(0, "EUR"))
    assert order_balance(value).captured == 2000
    assert open_refunds(value) == ()
    assert set(payment_statuses(value)) == {PaymentStatus.CAPTURED}


def test_what_is_let_go_after_the_rest_was_paid_is_asked_for_too():
    shop = shop_with()
    value, waiting = cancelled(shop, picked(shop), lines=["1:1"])
    part = next(line for line in value.lines if line.is_cancelled)
    value = shop.hear(shop.hear(value, "packed", "S-1"), "captured", "S-1", reference="c1")
    assert task_of(value, Task.CAPTURE, "S-1").state is TaskState.COMPLETE
    event = refused(shop, value, "packed", lines=((part.number, 0),))
    value = shop.take(ship_anyway(value, event, shop.now, "olga", waiting, DRAW))
    assert still_owed(value) == Money(500, "EUR")
    assert task_of(shop.go(value), Task.CAPTURE, "S-1").state.is_open


def test_one_cancelled_line_of_two_is_let_go_alone():
    shop = shop_with()
    value, waiting = cancelled(shop, picked(shop), lines=["1:1"])
    part = next(line for line in value.lines if line.is_cancelled)
    event = refused(shop, value, "packed", lines=((part.number, 0),))
    assert [(line.number, pieces) for line, pieces in unwanted(value, event)] == [(part.number, 1)]
    value = shop.take(ship_anyway(value, event, shop.now, "olga", waiting, DRAW))
    assert value.line(part.number).cause is Cause.PACKED_ANYWAY
    assert sorted(statuses(value)) == [S.CONFIRMED, S.CONFIRMED, S.PACKED]
    shop.agrees_with(value)


@pytest.mark.parametrize("kind", ["packed", "shipped"])
def test_a_parcel_of_a_recalled_ticket_is_let_go(kind):
    shop = shop_with()
    value, _ = recall(picked(shop), ["S-1"], shop.now)
    event = refused(shop, value, kind)
    value = shop.take(ship_anyway(value, event, shop.now, "olga", frozenset(), DRAW))
    assert set(statuses(value)) == {S.PACKED if kind == "packed" else S.SHIPPED}
    assert value.shipments[0].released_at == value.shipments[0].packed_at == event.at
    shop.agrees_with(value)


def test_a_stopped_parcel_asks_the_location_again_and_changes_nothing():
    shop = shop_with()
    value, _ = cancelled(shop, picked(shop))
    event = refused(shop, value, "packed")
    until = shop.now + timedelta(hours=1)
    outcome = stop_parcel(value, event, until)
    assert outcome.order is value
    (intent,) = outcome.intents
    assert (intent.kind, intent.shipment, intent.until) == ("stop_picking", "S-1", until)
    assert intent.lines == ((1, 2), (2, 1))
    (told,) = outcome.messages
    assert (told.audience, told.template) == ("location", "stop_picking")


def test_what_is_wanted_or_gone_cannot_be_let_go():
    shop = shop_with()
    value = picked(shop)
    for kind, rest in (("packed", {}), ("delivered", {}), ("packed", {"lines": ((9, 0),)})):
        event = shop.event(value, kind, "S-1", **rest)
        assert unwanted(value, event) == ()
        with pytest.raises(EventImpossible):
            ship_anyway(value, event, shop.now, "olga", frozenset(), DRAW)
        with pytest.raises(EventImpossible):
            stop_parcel(value, event, shop.now)
    assert unwanted(value, shop.event(value, "packed", "S-9")) == ()
    assert unwanted(value, shop.event(value, "packed")) == ()


def invoiced(shop):
    """S-1 of two lines: one piece was cancelled while it was picked, the rest is paid and invoiced."""
    value, waiting = cancelled(shop, picked(shop), lines=["1:1"])
    value = shop.hear(shop.hear(value, "packed", "S-1"), "captured", "S-1", reference="c1")
    assert value.shipments[0].invoice
    return value, next(line for line in value.lines if line.is_cancelled), waiting


def papers(value):
    return [(one.number, one.total.minor) for one in value.documents if one.shipment == "S-1"]


@pytest.mark.parametrize("kind", ["packed", "shipped"])
def test_what_comes_to_an_invoiced_parcel_is_billed_by_an_invoice_of_its_own(kind):
    """Paper and price are one at every moment, and doctor finds nothing."""
    shop = shop_with()
    value, part, waiting = invoiced(shop)
    (first,) = papers(value)
    event = refused(shop, value, kind, lines=((part.number, 0),))
    value = shop.take(ship_anyway(value, event, shop.now, "olga", waiting, DRAW))
    assert papers(value) == [first, ("invoice-2", 500)]
    assert value.shipments[0].invoice == first[0]
    assert [(x.line, x.amount.minor) for x in value.documents[-1].parts] == [(part.number, 500)]
    assert accounts(value)["S-1"].due == sum(minor for _, minor in papers(value))
    shown = {n: paper_of(value, one, Seller(name="Acme")) for n, one in enumerate(value.documents)}
    assert list(document_problems(value, shown)) == []
    assert shown[1].payments == ()
    value = shop.go(value)
    assert papers(value)[1:] == [("invoice-2", 500)]


def test_a_lower_price_of_what_was_added_credits_its_own_invoice():
    shop = shop_with()
    value, part, waiting = invoiced(shop)
    event = refused(shop, value, "packed", lines=((part.number, 0),))
    value = shop.take(ship_anyway(value, event, shop.now, "olga", waiting, DRAW))
    lines = tuple(reduced_line(x, 100) if x.number == part.number else x for x in value.lines)
    after = with_credit_notes(value, replace(value, lines=lines), "late", shop.now, DRAW)
    assert (after.documents[-1].refers_to, after.documents[-1].total.minor) == ("invoice-2", -100)


def test_a_further_invoice_shows_what_was_paid_for_it_and_nothing_twice():
    shop = shop_with()
    value, part, waiting = invoiced(shop)
    (void,) = [one for one in value.payments[0].operations if one.kind is OperationKind.VOID]
    event = refused(shop, value, "packed", lines=((part.number, 0),))
    value = shop.take(ship_anyway(value, event, shop.now, "olga", waiting | {(1, void.number)}, DRAW))
    value = shop.go(value)
    paid = shop.hear(value, "captured", "S-1", reference="c2")
    first, further = (paper_of(paid, one, Seller(name="Acme")) for one in paid.documents[:2])
    assert [one.amount.minor for one in further.payments] == [500]
    assert sum(one.amount.minor for one in first.payments) == 2000


def test_a_void_that_was_not_sent_is_withdrawn_and_the_parcel_is_captured():
    """It went with the last shipment; the money is needed after all."""
    shop = shop_with()
    value, part, waiting = invoiced(shop)
    (void,) = [one for one in value.payments[0].operations if one.kind is OperationKind.VOID]
    event = refused(shop, value, "packed", lines=((part.number, 0),))
    unsent = waiting | {(1, void.number)}
    value = shop.go(shop.take(ship_anyway(value, event, shop.now, "olga", unsent, DRAW)))
    assert order_balance(value).pending_void == 0
    assert order_balance(value).pending_capture == 500
    assert set(payment_statuses(value)) == {PaymentStatus.PARTLY_CAPTURED}
    value = shop.hear(value, "captured", "S-1", reference="c2")
    assert task_of(value, Task.CAPTURE, "S-1").state is TaskState.COMPLETE


def test_once_the_void_is_done_the_customer_pays_another_way():
    shop = shop_with()
    value, part, waiting = invoiced(shop)
    value = shop.hear(value, "voided", reference="v1")
    event = refused(shop, value, "shipped", lines=((part.number, 0),))
    assert costs(value, event) == (
        "5.00 € of what was cancelled is due again.",
        "S-1 is invoiced: what is added gets an invoice of its own.",
        "No payment has 5.00 € of it authorized any more: the customer has to pay again.",
    )
    value = shop.go(shop.take(ship_anyway(value, event, shop.now, "olga", waiting, DRAW)))
    assert task_of(value, Task.CAPTURE, "S-1").state is TaskState.FAILED
    assert not has_left(value, "S-1")
    value = shop.hear(value, "shipped", "S-1")
    assert uncovered(value) == {"S-1": 500}


def test_shipment_and_delivery_wait_for_what_was_added():
    """The rest had arrived: what is let go is still to leave, and to arrive."""
    shop = shop_with()
    value, part, waiting = invoiced(shop)
    value = shop.hear(shop.hear(value, "shipped", "S-1"), "delivered", "S-1")
    assert task_of(value, Task.DELIVERY, "S-1").state is TaskState.COMPLETE
    event = refused(shop, value, "packed", lines=((part.number, 0),))
    value = shop.go(shop.take(ship_anyway(value, event, shop.now, "olga", waiting, DRAW)))
    assert task_of(value, Task.SHIPMENT, "S-1").state is TaskState.ACTIVE
    value = shop.hear(value, "shipped", "S-1")
    assert task_of(value, Task.DELIVERY, "S-1").state is TaskState.ACTIVE
    value = shop.hear(value, "delivered", "S-1")
    assert task_of(value, Task.DELIVERY, "S-1").state is TaskState.COMPLETE
    shop.agrees_with(value)


def test_a_second_journey_is_no_second_sale() -> None:
    """When a shipment left first decides where charges are (spec 4): they stay there."""
    gone = shipment(shipped_at=NOON)
    value = order(line(1, LineStatus.SHIPPED, shipment="S-1"), shipments=(gone,))
    again = Event(
        id="e-2", kind=EventKind.SHIPPED, order_id=value.id, at=NOON + timedelta(days=2), shipment="S-1"
    )
    assert parcel_of(value, gone, again).shipped_at == NOON

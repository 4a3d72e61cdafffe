"""Events: what each does, what comes too early, what cannot be, what is known already (spec 3.3)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from oms_tui.domain.events import (
    CANCEL_NOW,
    TAKEN,
    EventImpossible,
    EventKind,
    EventTooEarly,
    NotTakenYet,
    apply_event,
)
from oms_tui.domain.flow import Task, TaskState
from oms_tui.domain.order import Line, Order
from oms_tui.domain.plan import Outcome, StockKind
from oms_tui.domain.recall import recall
from oms_tui.domain.status import Cause, HoldKind, LineStatus, OperationState
from oms_tui.domain.steps.base import place_hold
from oms_tui.domain.totals import order_total
from oms_tui.verbs import Subject
from oms_tui.verbs.base import Policy
from oms_tui.verbs.cancel import CANCEL
from tests.build import NOON, WEB_DE, context, eur
from tests.domain.shop import Shop, placed, released, states, statuses, task_of, wanted

S, T, TS, K = LineStatus, Task, TaskState, EventKind
ST = OperationState
STOCK = {("BER-1", "SKU-1"): 9, ("MXP-1", "SKU-2"): 9}


def take(shop: Shop, value: Order, kind: str, shipment: str = "", **rest: Any) -> Outcome:
    return apply_event(value, shop.event(value, kind, shipment, **rest), shop.context)


def planned(*lines: Line) -> tuple[Order, Shop]:
    shop = Shop(STOCK)
    return shop.go(placed(*lines)), shop


def sent(value: Order, shop: Shop) -> Order:
    """As far as handed over."""
    value = released(shop, value)
    for number in [one.number for one in value.shipments]:
        for kind in ("packed", "captured", "shipped"):
            value = shop.hear(value, kind, number)
    return value


def test_every_kind_of_the_specification_is_named() -> None:
    assert len(EventKind) == 22
    assert {kind.value for kind in EventKind} - {kind.value for kind in TAKEN} == {
        "sent_back",
        "return_created",
        "return_shipped",
        "return_received",
        "return_inspected",
    }


@pytest.mark.parametrize("kind", sorted(set(EventKind) - TAKEN))
def test_what_belongs_to_returns_is_not_taken_yet(kind: EventKind) -> None:
    value, shop = planned()
    with pytest.raises(NotTakenYet, match="not taken by this version"):
        take(shop, value, kind.value, "S-1")


def test_an_event_of_another_order_or_ahead_of_time_is_refused() -> None:
    value, shop = planned()
    with pytest.raises(EventImpossible, match="about order 9, not 10427"):
        take(shop, value, "confirmed", "S-1", order_id="9")
    take(shop, value, "confirmed", "S-1", at=NOON + timedelta(minutes=10))
    with pytest.raises(EventImpossible, match="2026-11-22 12:11 UTC, is ahead"):
        take(shop, value, "confirmed", "S-1", at=NOON + timedelta(minutes=11))


@pytest.mark.parametrize(
    ("rest", "why"),
    [
        ({}, "names neither"),
        ({"lines": ((7, 0),)}, "no line 7"),
        ({"lines": ((2, 0),), "shipment": "S-1"}, "no line 2"),
        ({"lines": ((1, 0), (1, 1))}, "names line 1 twice"),
        ({"lines": ((1, 4),)}, "has 3 pieces, not 4"),
    ],
)
def test_what_is_not_there_cannot_be(rest: dict[str, Any], why: str) -> None:
    value, shop = planned(wanted(1, 3), wanted(2))
    with pytest.raises(EventImpossible, match=why):
        take(shop, value, "confirmed", **rest)


# --- Locations -------------------------------------------------------------------------------------------


def test_a_location_answers_then_confirms() -> None:
    value, shop = planned(wanted(1), wanted(2))
    value = shop.hear(value, "acknowledged", "S-1")
    assert statuses(value) == [S.PENDING_CONFIRM, S.PENDING_ACK]
    value = shop.hear(value, "confirmed", "S-1")
    assert statuses(value) == [S.CONFIRMED, S.PENDING_ACK]
    late = take(shop, value, "acknowledged", "S-1")
    assert late.order is value
    assert late.summary == "Acknowledged was known already"


def test_who_confirms_has_answered() -> None:
    value, shop = planned()
    assert statuses(shop.hear(value, "confirmed", "S-1")) == [S.CONFIRMED]


def test_part_of_a_quantity_can_be_confirmed() -> None:
    value, shop = planned(wanted(1, 3, 1000))
    value = shop.hear(value, "confirmed", lines=((1, 2),))
    assert [(x.quantity, x.status) for x in value.lines] == [(1, S.PENDING_ACK), (2, S.CONFIRMED)]
    assert order_total(value) == eur(1000)
    shop.agrees_with(value)


def test_nothing_is_packed_before_its_ticket_is_out() -> None:
    value, shop = planned()
    value = shop.hear(value, "confirmed", "S-1")
    with pytest.raises(EventTooEarly, match="pick ticket of S-1 is not released"):
        take(shop, value, "packed", "S-1")


def test_what_is_not_packed_does_not_leave() -> None:
    shop = Shop(STOCK)
    value = released(shop, placed(wanted(1, 2)))
    with pytest.raises(EventTooEarly, match="no shipment S-2 yet"):
        take(shop, value, "packed", "S-2")
    with pytest.raises(EventTooEarly, match="Line 1 is Confirmed: it cannot be shipped yet"):
        take(shop, value, "shipped", "S-1")


@pytest.mark.parametrize("kind", ["confirmed", "packed", "shipped", "delivered", "short"])
def test_a_shipment_that_is_not_there_may_be_planned_until_all_is_packed(kind: str) -> None:
    """What is short comes from elsewhere, in a shipment of another number."""
    shop = Shop(STOCK)
    value = released(shop, placed(wanted(1), wanted(2)))
    value = shop.hear(value, "packed", lines=((1, 0),))
    with pytest.raises(EventTooEarly, match="no shipment S-7 yet"):
        take(shop, value, kind, "S-7")
    value = shop.hear(value, "packed", lines=((2, 0),))
    with pytest.raises(EventImpossible, match="no shipment S-7"):
        take(shop, value, kind, "S-7")


def test_a_recalled_ticket_that_was_packed_all_the_same_is_a_problem() -> None:
    shop = Shop(STOCK)
    value = released(shop, placed())
    back, _ = recall(value, ["S-1"], shop.now)
    with pytest.raises(EventImpossible, match="was recalled: stop the parcel, or ship it anyway"):
        take(shop, back, "packed", "S-1")
    assert "has stopped picking S-1" in take(shop, back, "pick_cancelled", "S-1").summary


def test_what_was_packed_before_its_ticket_went_out_anew_is_a_problem() -> None:
    """It may bear the address that was corrected."""
    shop = Shop(STOCK)
    value = released(shop, placed())
    packed_at = shop.now = shop.now + timedelta(minutes=1)
    back, _ = recall(value, ["S-1"], shop.now)
    value = shop.go(back, 1)
    assert value.shipments[0].released_at == shop.now
    with pytest.raises(EventImpossible, match="was recalled"):
        take(shop, value, "packed", "S-1", at=packed_at)
    assert statuses(shop.hear(value, "packed", "S-1")) == [S.PACKED]


@pytest.mark.parametrize("kind", ["disputed", "cancel_requested", "capture_failed"])
def test_a_card_number_is_not_kept_whoever_sends_it(kind: str) -> None:
    value, shop = planned()
    if kind == "capture_failed":
        value = shop.hear(released(shop, value), "packed", "S-1")
    told = take(shop, value, kind, cause="paid by 4111 1111 1111 1111", reference="r1")
    assert "1111 1111 1111" not in repr(told)


def cancelled(shop: Shop, value: Order) -> Order:
    subject = Subject(order=value)
    assert CANCEL.apply is not None
    arguments = CANCEL.read({"reason": "duplicate"}, subject, Policy())
    return shop.take(CANCEL.apply(subject, arguments, context()))


@pytest.mark.parametrize("kind", ["packed", "shipped", "confirmed", "short"])
def test_what_is_cancelled_takes_nothing_more(kind: str) -> None:
    shop = Shop(STOCK)
    value = cancelled(shop, released(shop, placed()))
    with pytest.raises(EventImpossible, match="is cancelled"):
        take(shop, value, kind, "S-1")
    with pytest.raises(EventImpossible, match="Line 1 is cancelled"):
        take(shop, value, kind, lines=((1, 0),))
    assert take(shop, value, "pick_cancelled", "S-1").order is value


def test_who_was_not_asked_to_stop_cannot_have_stopped() -> None:
    shop = Shop(STOCK)
    with pytest.raises(EventImpossible, match="was not asked to stop"):
        take(shop, released(shop, placed()), "pick_cancelled", "S-1")


def test_a_line_that_is_packed_is_not_short() -> None:
    shop = Shop(STOCK)
    value = shop.hear(released(shop, placed()), "packed", "S-1")
    with pytest.raises(EventImpossible, match="its goods were there"):
        take(shop, value, "short", "S-1")


def test_short_twice_is_known_already() -> None:
    value, shop = planned(wanted(1))
    shop.on_hand["MXP-1", "sku-1"], shop.reserved["MXP-1", "sku-1"] = 0, 0
    value = shop.hear(value, "short", "S-1")
    again = take(shop, value, "short", lines=((1, 0),))
    assert (again.order, again.stock) == (value, ())


def test_the_others_come_back_when_a_channel_ships_complete_and_one_is_short() -> None:
    shop = Shop(STOCK)
    value = released(shop, placed(wanted(1), wanted(2), channel=replace(WEB_DE, ships_complete=True)))
    assert all(one.released_at for one in value.shipments)
    outcome = take(shop, value, "short", "S-2")
    assert [(i.kind, i.shipment) for i in outcome.intents] == [("stop_picking", "S-1")]
    assert [(m.template, m.recipient) for m in outcome.messages] == [("stop_picking", "BER-1")]
    after = shop.go(shop.take(outcome))
    assert states(after, "S-1")["pick_ticket"] is TS.ACTIVE
    assert after.shipments[0].released_at is None


# --- Carrier ---------------------------------------------------------------------------------------------


def test_shipped_takes_goods_off_the_shelf_and_keeps_tracking() -> None:
    shop = Shop(STOCK)
    value = shop.hear(released(shop, placed(wanted(1, 2))), "packed", "S-1")
    value = shop.hear(value, "captured", "S-1")
    outcome = take(shop, value, "shipped", "S-1", data={"carrier": "DHL", "tracking": "JJD1"})
    assert [(m.kind, m.quantity) for m in outcome.stock] == [(StockKind.GONE, 2)]
    assert outcome.warnings == ()
    (one,) = outcome.order.shipments
    assert (one.carrier, one.tracking, one.shipped_at) == ("DHL", "JJD1", shop.now)
    again = take(shop, shop.go(shop.take(outcome)), "shipped", "S-1")
    assert again.stock == ()


def test_a_parcel_that_left_under_a_hold_has_left_and_is_a_problem() -> None:
    shop = Shop(STOCK)
    value = shop.hear(released(shop, placed()), "packed", "S-1")
    value = place_hold(value, HoldKind.MANUAL, "wait", shop.now, by="olga")
    outcome = take(shop, value, "shipped", "S-1")
    assert outcome.warnings == (
        "Shipment S-1 left under a hold: manual.",
        "Shipment S-1 left before its money was captured.",
    )
    after = shop.go(shop.take(outcome))
    assert statuses(after) == [S.SHIPPED]
    assert task_of(after, T.SHIPMENT, "S-1").runs[-1].result == "shipped under a hold: manual"


def test_part_of_a_shipment_may_leave() -> None:
    shop = Shop(STOCK)
    value = shop.hear(released(shop, placed(wanted(1, 2))), "packed", "S-1")
    value = shop.hear(value, "shipped", lines=((1, 1),))
    assert sorted(statuses(value)) == [S.PACKED, S.SHIPPED]
    assert value.shipments[0].shipped_at is None
    value = shop.hear(value, "shipped", "S-1")
    assert value.shipments[0].shipped_at == shop.now
    shop.agrees_with(value)


def test_the_carriers_latest_own_time_wins() -> None:
    shop = Shop(STOCK)
    value = sent(placed(), shop)
    shop.now += timedelta(hours=5)
    value = shop.hear(value, "undelivered", "S-1", cause="refused", at=shop.now)
    older = take(shop, value, "delivered", "S-1", at=shop.now - timedelta(hours=1))
    assert older.order is value
    assert older.summary == "Recorded: the carrier said something later since"
    value = shop.hear(value, "delivered", "S-1", minutes=10)
    assert statuses(value) == [S.DELIVERED]
    assert value.shipments[0].delivered_at == shop.now
    late = take(shop, value, "undelivered", "S-1", cause="lost", at=shop.now - timedelta(minutes=1))
    assert late.order is value
    with pytest.raises(EventImpossible, match="Line 1 is Delivered"):
        take(shop, value, "undelivered", "S-1", cause="lost")


@pytest.mark.parametrize("cause", ["address", "refused", "not_collected", "Not collected", "damaged", "lost"])
def test_undelivered_has_its_causes(cause: str) -> None:
    shop = Shop(STOCK)
    value = shop.hear(sent(placed(), shop), "undelivered", "S-1", cause=cause)
    wanted_cause = Cause(f"undelivered_{cause.lower().replace(' ', '_')}")
    assert (value.lines[0].status, value.lines[0].cause) == (S.UNDELIVERED, wanted_cause)


def test_another_cause_is_refused() -> None:
    shop = Shop(STOCK)
    with pytest.raises(EventImpossible, match="must be address, damaged, lost, not_collected, refused"):
        take(shop, sent(placed(), shop), "undelivered", "S-1", cause="boredom")


def test_what_has_not_left_cannot_arrive() -> None:
    value, shop = planned()
    for kind in ("delivered", "undelivered"):
        with pytest.raises(EventTooEarly, match="it cannot be"):
            take(shop, value, kind, "S-1", cause="refused")


# --- Customers -------------------------------------------------------------------------------------------


def test_a_request_to_cancel_is_granted_inside_the_remorse_period() -> None:
    value, shop = planned()
    early = take(shop, value, "cancel_requested", cause="ordered twice", at=NOON + timedelta(minutes=9))
    assert early.action == CANCEL_NOW
    assert early.order.notes[-1].text == "The customer asks to cancel: ordered twice"
    shop.now += timedelta(minutes=31)
    assert take(shop, value, "cancel_requested").action == ""


def test_a_packed_order_is_not_cancelled_by_itself() -> None:
    shop = Shop(STOCK, rules=replace(Shop().rules, remorse=timedelta(0)))
    value = shop.hear(released(shop, placed()), "packed", "S-1")
    shop.rules = replace(shop.rules, remorse=timedelta(hours=9))
    assert take(shop, value, "cancel_requested").action == ""


def test_a_card_number_in_a_request_is_not_kept() -> None:
    value, shop = planned()
    outcome = take(shop, value, "cancel_requested", cause="refund to 4111 1111 1111 1111")
    assert outcome.order.notes[-1].text == "The customer asks to cancel"
    done = cancelled(shop, value)
    assert take(shop, done, "cancel_requested").order is done

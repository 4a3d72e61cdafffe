"""The steps of one shipment, verdict by verdict: pick ticket, packing, capture, invoice, delivery (spec 3.3,
4)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from oms_tui.domain.derive import blocked_by, is_blocked, why_it_stands
from oms_tui.domain.flow import Complete, FlowTask, Skipped, Task, TaskState, Waiting
from oms_tui.domain.order import Order, Payment
from oms_tui.domain.payment import balance, order_balance
from oms_tui.domain.status import HoldKind, LineStatus, OperationKind, OperationState, PaymentMethod
from oms_tui.domain.steps import STEPS
from oms_tui.domain.steps.base import place_hold, release_hold
from oms_tui.domain.totals import order_total
from tests.build import NOON, WEB_DE, card, charge, operation
from tests.domain.shop import Shop, paid_by, placed, released, states, statuses, task_of, wanted

S, T, TS = LineStatus, Task, TaskState
STOCK = {("BER-1", "SKU-1"): 9, ("MXP-1", "SKU-2"): 9}


def ticket(value: Order, shipment: str = "S-1") -> FlowTask:
    return task_of(value, T.PICK_TICKET, shipment)


# --- Pick Ticket, Packing --------------------------------------------------------------------------------


def test_a_ticket_waits_for_its_own_lines_only() -> None:
    shop = Shop(STOCK)
    value = shop.go(shop.go(placed(wanted(1), wanted(2))), 31)
    assert ticket(value).error == "BER-1 has not confirmed line 1"
    assert why_it_stands(value) == (
        "Pick Ticket waits: S-1: BER-1 has not confirmed line 1; S-2: MXP-1 has not confirmed line 2."
    )
    value = shop.hear(value, "confirmed", "S-1")
    assert ticket(value).state is TS.COMPLETE
    assert ticket(value, "S-2").state is TS.ACTIVE


def test_a_released_ticket_takes_the_address_and_tells_the_location() -> None:
    shop = Shop(STOCK)
    value = released(shop, placed())
    (shipment,) = value.shipments
    assert (shipment.ship_to, shipment.released_at) == (value.ship_to, shop.now)
    assert shop.messages[-1].template == "pick_ticket"
    assert shop.messages[-1].text == "Order 10427, shipment S-1: please pick 1 × Article 1."


def test_an_imported_record_is_blocked_by_nothing_whatever_tasks_stand_beside_it() -> None:
    value = placed()
    record = FlowTask(task=T.IMPORTED, state=TS.COMPLETE)
    waiting = FlowTask(task=T.PICK_TICKET, shipment="S-1", state=TS.ACTIVE)
    assert blocked_by(replace(value, tasks=(record, waiting))) == ()
    assert blocked_by(replace(value, tasks=(record, replace(waiting, shipment=None)))) == ()


@pytest.mark.parametrize("kind", HoldKind)
def test_nothing_passes_with_an_open_hold(kind: HoldKind) -> None:
    shop = Shop(STOCK)
    value = shop.go(placed())
    held = place_hold(value, kind, "why", shop.now, by="olga")
    held = shop.hear(shop.go(held, 31), "confirmed", "S-1")
    assert ticket(held).state is TS.PENDING
    assert blocked_by(held) == (T.MANUAL_APPROVAL,)
    assert is_blocked(held)
    assert "Manual Approval" in why_it_stands(held)
    again = STEPS[T.PICK_TICKET](held, ticket(held), shop.context)
    assert isinstance(again.verdict, Waiting)
    free = shop.go(release_hold(held, held.holds[0].number, shop.now, by="ana"))
    assert ticket(free).state is TS.COMPLETE


@pytest.mark.parametrize(
    "task", [T.ADDRESS_VALIDATION, T.DUTIES, T.CUSTOMER_NOTIFICATION, T.REMORSE_PERIOD, T.MANUAL_APPROVAL]
)
def test_each_of_the_five_dependencies_stops_it(task: Task) -> None:
    shop = Shop(STOCK)
    value = shop.hear(shop.go(shop.go(placed()), 29), "confirmed", "S-1")
    shop.now += timedelta(minutes=5)
    later = shop.now + timedelta(hours=1)
    stuck = tuple(
        replace(t, state=TS.ACTIVE, next_run=later, error="stuck") if t.task is task else t
        for t in value.tasks
    )
    held = place_hold(value, HoldKind.MANUAL, "w", shop.now) if task is T.MANUAL_APPROVAL else value
    after = shop.go(replace(held, tasks=stuck))
    assert ticket(after).state is TS.PENDING
    assert (task in blocked_by(after)) == (task is not T.REMORSE_PERIOD)


def test_a_channel_that_ships_complete_waits_for_all() -> None:
    shop = Shop(STOCK)
    value = placed(wanted(1), wanted(2), channel=replace(WEB_DE, ships_complete=True))
    value = shop.hear(shop.go(shop.go(value), 31), "confirmed", "S-1")
    assert ticket(value).error == "the channel ships complete: line 2 not confirmed"
    value = shop.hear(value, "confirmed", "S-2")
    assert [ticket(value, number).state for number in ("S-1", "S-2")] == [TS.COMPLETE] * 2


def test_packing_follows_the_location() -> None:
    shop = Shop(STOCK)
    value = released(shop, placed())
    assert task_of(value, T.PACKING, "S-1").error == "BER-1 packs it"
    value = shop.hear(value, "packed", "S-1")
    assert task_of(value, T.PACKING, "S-1").state is TS.COMPLETE
    assert value.shipments[0].packed_at == shop.now


# --- Capture ---------------------------------------------------------------------------------------------


def packed(shop: Shop, value: Order) -> Order:
    value = released(shop, value)
    for shipment in value.shipments:
        value = shop.hear(value, "packed", shipment.number)
    return value


def asked(shop: Shop) -> list[tuple[str | None, int | None, int]]:
    """(shipment, payment, minor units) of every capture that was asked for."""
    return [(i.shipment, i.payment, i.amount.minor) for i in shop.intents if i.amount is not None]


def test_a_capture_is_asked_for_and_waits_for_its_answer() -> None:
    shop = Shop(STOCK)
    value = packed(shop, placed())
    assert asked(shop) == [("S-1", 1, 1000)]
    task = task_of(value, T.CAPTURE, "S-1")
    assert (task.state, task.error) == (TS.ACTIVE, "a capture of 10.00 € is not answered yet")
    value = shop.go(value, 15)
    assert asked(shop) == [("S-1", 1, 1000)]
    value = shop.hear(value, "captured", "S-1", reference="c1")
    assert states(value, "S-1")["capture"] is TS.COMPLETE
    assert value.shipments[0].invoice.startswith("INV-")
    assert task_of(value, T.INVOICE, "S-1").runs[-1].result == f"invoice {value.shipments[0].invoice}"


def test_tenders_fill_in_their_order_of_use() -> None:
    shop = Shop(STOCK)
    packed(shop, placed(wanted(1, 1, 1000), wanted(2, 1, 700), payments=paid_by(900, 800)))
    assert asked(shop) == [("S-1", 1, 900), ("S-1", 2, 100), ("S-2", 2, 700)]


def test_charges_go_with_the_first_capture_and_the_last_takes_what_is_left() -> None:
    shop = Shop(STOCK)
    value = released(shop, placed(wanted(1, 1, 1000), wanted(2, 1, 700), charges=(charge(),)))
    value = shop.hear(value, "packed", "S-2")
    assert asked(shop) == [("S-2", 1, 1190)]
    value = shop.hear(value, "packed", "S-1")
    assert asked(shop)[1:] == [("S-1", 1, 1000)]
    value = shop.hear(shop.hear(value, "captured", "S-1"), "captured", "S-2")
    assert order_balance(value).captured == order_total(value).minor


def gift(minor: int) -> Payment:
    return replace(
        card(0, number=1),
        method=PaymentMethod.GIFT_CARD,
        operations=(operation(1, OperationKind.CAPTURE, minor),),
    )


def test_prepaid_money_is_used_up_first() -> None:
    shop = Shop(STOCK)
    value = placed(wanted(1, 1, 1000), wanted(2, 1, 700), payments=(gift(1200), card(500, number=2)))
    value = released(shop, value)
    value = shop.hear(value, "packed", "S-1")
    assert task_of(value, T.CAPTURE, "S-1").runs[-1].result == "nothing is due"
    value = shop.hear(value, "packed", "S-2")
    assert asked(shop) == [("S-2", 2, 500)]


def test_a_capture_under_a_hold_waits_and_goes_on_at_once_after_it() -> None:
    shop = Shop(STOCK)
    value = released(shop, placed())
    value = place_hold(value, HoldKind.DISPUTE, "disputed", shop.now)
    value = shop.hear(value, "packed", "S-1")
    assert task_of(value, T.CAPTURE, "S-1").error == "held: dispute"
    assert asked(shop) == []
    value = shop.go(release_hold(value, 1, shop.now, by="olga"))
    assert asked(shop) == [("S-1", 1, 1000)]


def test_a_failed_capture_is_asked_again_when_it_is_run_again() -> None:
    shop = Shop(STOCK)
    value = shop.hear(packed(shop, placed()), "capture_failed", "S-1", cause="do not honour")
    task = task_of(value, T.CAPTURE, "S-1")
    assert (task.state, task.error) == (TS.FAILED, "a capture of 10.00 € failed: do not honour")
    assert shop.go(value, 60) == value
    for _ in range(2):
        value = shop.run(value, T.CAPTURE, "S-1")
        value = shop.hear(value, "capture_failed", "S-1", cause="do not honour")
    assert asked(shop) == [("S-1", 1, 1000)] * 3
    assert task_of(value, T.CAPTURE, "S-1").state is TS.FAILED
    value = shop.hear(shop.run(value, T.CAPTURE, "S-1"), "captured", "S-1")
    assert task_of(value, T.CAPTURE, "S-1").state is TS.COMPLETE


def test_of_two_tenders_the_one_that_failed_is_told_and_asked_again_by_itself() -> None:
    shop = Shop(STOCK)
    value = packed(shop, placed(wanted(1, 1, 1000), payments=paid_by(600, 400)))
    value = shop.hear(value, "capture_failed", "S-1", payment=1, cause="do not honour")
    value = shop.hear(value, "captured", "S-1", payment=2)
    task = task_of(value, T.CAPTURE, "S-1")
    assert (task.state, task.error) == (TS.FAILED, "a capture of 6.00 € failed: do not honour")
    assert asked(shop) == [("S-1", 1, 600), ("S-1", 2, 400)]
    value = shop.hear(shop.run(value, T.CAPTURE, "S-1"), "captured", "S-1", payment=1)
    assert task_of(value, T.CAPTURE, "S-1").state is TS.COMPLETE
    assert asked(shop)[2:] == [("S-1", 1, 600)]


def test_never_more_is_asked_than_may_be_captured() -> None:
    shop = Shop(STOCK)
    value = released(shop, placed())
    spoiled = replace(
        value.payments[0],
        operations=(*value.payments[0].operations, operation(2, OperationKind.VOID, 400)),
    )
    value = shop.hear(replace(value, payments=(spoiled,)), "packed", "S-1")
    assert asked(shop) == [("S-1", 1, 600)]
    value = shop.hear(value, "captured", "S-1")
    assert task_of(value, T.CAPTURE, "S-1").error == "4.00 € is due and no payment has it authorized"
    assert balance(value.payments[0]).to_capture == 0


def test_a_lapsed_authorization_is_not_asked() -> None:
    shop = Shop(STOCK)
    value = released(shop, placed())
    value = replace(value, payments=(replace(value.payments[0], lapsed_at=NOON),))
    value = shop.hear(value, "packed", "S-1")
    assert task_of(value, T.CAPTURE, "S-1").state is TS.FAILED
    assert asked(shop) == []


def test_an_unknown_capture_is_not_asked_twice() -> None:
    shop = Shop(STOCK)
    value = packed(shop, placed())
    lost = tuple(
        replace(one, state=OperationState.UNKNOWN) if one.kind is OperationKind.CAPTURE else one
        for one in value.payments[0].operations
    )
    value = shop.go(replace(value, payments=(replace(value.payments[0], operations=lost),)), 15)
    assert task_of(value, T.CAPTURE, "S-1").error == "whether 10.00 € was captured is not known"
    assert len(asked(shop)) == 1


# --- Invoice, Shipment, Delivery -------------------------------------------------------------------------


def test_an_invoice_number_is_drawn_once_and_none_in_a_preview() -> None:
    shop = Shop(STOCK)
    value = shop.hear(packed(shop, placed()), "captured", "S-1")
    task = task_of(value, T.INVOICE, "S-1")
    number = value.shipments[0].invoice
    assert STEPS[T.INVOICE](value, task, shop.context).verdict == Complete(f"invoice {number}")
    bare = replace(value, shipments=(replace(value.shipments[0], invoice=""),))
    world = replace(shop.world, document_number=lambda order, kind: "")
    preview = STEPS[T.INVOICE](bare, task, replace(shop.context, world=world))
    assert isinstance(preview.verdict, Waiting)


def test_the_whole_way_to_the_door() -> None:
    shop = Shop(STOCK)
    value = shop.hear(packed(shop, placed()), "captured", "S-1")
    assert task_of(value, T.SHIPMENT, "S-1").error == "BER-1 hands it over"
    value = shop.hear(value, "shipped", "S-1", data={"carrier": "DHL", "tracking": "JJD1"})
    assert task_of(value, T.DELIVERY, "S-1").error == "on its way"
    value = shop.hear(value, "delivered", "S-1")
    assert statuses(value) == [S.DELIVERED]
    assert set(states(value, "S-1").values()) == {TS.COMPLETE}
    assert why_it_stands(value) == ""
    assert shop.on_hand["BER-1", "sku-1"] == 8


def test_what_came_to_nobody_fails_until_it_arrives() -> None:
    shop = Shop(STOCK)
    value = shop.hear(shop.hear(packed(shop, placed()), "captured", "S-1"), "shipped", "S-1")
    value = shop.hear(value, "undelivered", "S-1", cause="not collected", minutes=1)
    assert task_of(value, T.DELIVERY, "S-1").error == "undelivered: not collected"
    value = shop.hear(value, "delivered", "S-1", minutes=1)
    assert task_of(value, T.DELIVERY, "S-1").state is TS.COMPLETE


def test_a_shipment_of_which_nothing_is_left_is_skipped() -> None:
    shop = Shop(STOCK)
    value = shop.go(placed())
    nothing = replace(value, lines=(replace(value.lines[0], shipment=None),))
    for name in (T.PICK_TICKET, T.PACKING):
        assert isinstance(STEPS[name](nothing, task_of(value, name, "S-1"), shop.context).verdict, Skipped)


def test_a_gift_card_that_is_only_reserved_is_captured_in_its_turn_before_the_card() -> None:
    """It stands first in the order of use (spec 4); what it does not cover the card pays."""
    shop = Shop(STOCK)
    reserved = replace(card(1200), method=PaymentMethod.GIFT_CARD)
    value = placed(wanted(1, 1, 1000), wanted(2, 1, 700), payments=(reserved, card(500, number=2)))
    value = shop.hear(released(shop, value), "packed", "S-1")
    assert asked(shop) == [("S-1", 1, 1000)]
    value = shop.hear(shop.hear(value, "captured", "S-1"), "packed", "S-2")
    assert asked(shop)[1:] == [("S-2", 1, 200), ("S-2", 2, 500)]


def test_a_failed_capture_of_what_is_not_due_any_more_stands_in_nobodys_way() -> None:
    """It was refused, and then given to the customer: the parcel is invoiced all the same."""
    shop = Shop(STOCK)
    value = shop.hear(packed(shop, placed()), "capture_failed", "S-1", cause="do not honour")
    assert task_of(value, T.CAPTURE, "S-1").state is TS.FAILED
    assert shop.go(value, 60) == value
    free = replace(value, lines=(replace(value.lines[0], reduction=value.lines[0].amount),))
    value = shop.go(free)
    assert task_of(value, T.CAPTURE, "S-1").state is TS.SKIPPED
    assert task_of(value, T.INVOICE, "S-1").state is TS.COMPLETE

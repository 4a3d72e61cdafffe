"""The world outside: the seed decides all of it, everything that can go wrong does, and no money is lost."""

from collections import Counter
from dataclasses import fields, replace
from datetime import timedelta

import pytest

from oms_tui.desk.document_checks import document_problems
from oms_tui.domain.derive import order_status
from oms_tui.domain.events import TAKEN, Event, EventImpossible, EventKind, apply_event
from oms_tui.domain.flow import Task, TaskState
from oms_tui.domain.order import Order
from oms_tui.domain.papers import Seller, paper_of
from oms_tui.domain.payment import balance, order_balance
from oms_tui.domain.recall import recall
from oms_tui.domain.status import UNDELIVERED_CAUSES, LineStatus, OperationKind, OperationState, OrderStatus
from oms_tui.domain.steps.base import held_by
from oms_tui.exchange.ingest.mapping import line_of
from oms_tui.exchange.ingest.reading import read_line
from oms_tui.exchange.simulated import Odds, Outside
from oms_tui.exchange.simulated.dice import Dice
from tests import build
from tests.build import NOON
from tests.domain.shop import Shop, placed, released
from tests.exchange.played import Played
from tests.support import scaled

TROUBLED = Odds(
    declined=250, capture_fails=250, silent=60, late=150, twice=300, disputed=150, short=120, missing=60,
    in_parts=500, deaf=1_000, leaves_held=300, undelivered=400, stray=400, cancels=200, returns=300,
    misspelled=120, far=120,
)  # fmt: skip
"""A day on which everything that can go wrong does."""


def played(odds: Odds | None = None, *, orders: int = 60, hours: int = 30, seed: int = 7) -> Played:
    play = Played(Outside(seed, odds))
    for _ in range(orders):
        play.place()
    play.run(timedelta(hours=hours))
    return play


@pytest.fixture(scope="module")
def troubled() -> Played:
    return played(TROUBLED, orders=scaled(10_000))


def test_the_same_seed_says_the_same_and_another_something_else() -> None:
    def told(seed: int) -> list[tuple[str, ...]]:
        play = played(orders=8, seed=seed)
        return [(event.id, event.kind.value, event.cause, event.reference) for event in play.log]

    assert told(3) == told(3)
    assert told(3) != told(4)


def test_an_order_that_has_not_moved_on_gives_the_same_words_again(troubled: Played) -> None:
    for order in troubled.orders.values():
        first, again = (troubled.outside.says(order, NOON + timedelta(hours=n)) for n in (0, 5))
        assert [(one.after, one.event.id) for one in first] == [(one.after, one.event.id) for one in again]
        assert len({one.event.id for one in first}) == len(first)


def test_everything_that_can_go_wrong_does(troubled: Played) -> None:
    kinds = set(troubled.kinds)
    later = {"return_shipped", "return_received", "return_inspected", "refunded", "refund_failed"}
    assert {kind.value for kind in EventKind} - kinds == later
    causes = {e.cause for e in troubled.log if e.kind is EventKind.UNDELIVERED}
    assert {f"undelivered_{cause}" for cause in causes} == {cause.value for cause in UNDELIVERED_CAUSES}
    orders = troubled.orders.values()
    assert any(_is_asked_and_silent(order) for order in orders)
    assert any(e.id.endswith(":again") for e in troubled.log)
    assert any("stray" in e.id for e in troubled.log)
    holds = {hold.kind.value for order in orders for hold in order.holds}
    assert holds >= {"payment", "address", "fraud", "dispute"}
    assert any(
        s.shipped_at and not _is_captured(order, s.number) for order in orders for s in order.shipments
    )


def _is_asked_and_silent(order: Order) -> bool:
    return any(
        task.task is Task.CAPTURE and task.state is TaskState.ACTIVE and "not answered" in task.error
        for task in order.tasks
    )


def _is_captured(order: Order, shipment: str) -> bool:
    return any(
        one.kind is OperationKind.CAPTURE
        and one.state is OperationState.SUCCEEDED
        and one.shipment == shipment
        for payment in order.payments
        for one in payment.operations
    )


def test_what_is_refused_is_what_a_desk_must_refuse(troubled: Played) -> None:
    """Returns wait for a version that takes them; what was packed by a recalled ticket is a problem."""
    for event, why in troubled.refused:
        assert event.kind not in TAKEN or "recalled" in why, (event.id, why)


def test_every_event_is_one_that_ingest_takes(troubled: Played) -> None:
    for event in troubled.log:
        assert read_line(line_of(event)) == event


def test_a_location_that_is_asked_to_stop_says_so_or_is_deaf() -> None:
    shop = Shop({("BER-1", "SKU-1"): 5})
    value = released(shop, placed())
    back, _ = recall(value, ["S-1"], shop.now, reason="address corrected")
    shop.now += timedelta(minutes=5)

    def said(deaf: int) -> list[Event]:
        words = Outside(7, Odds(deaf=deaf, cancels=0)).says(back, shop.now)
        return [word.at(shop.now) for word in words]

    assert [event.kind for event in said(0)] == [EventKind.PICK_CANCELLED]
    assert "has stopped picking" in apply_event(back, said(0)[0], shop.context).summary
    (deaf,) = said(1_000)
    with pytest.raises(EventImpossible, match="recalled"):
        apply_event(back, deaf, shop.context)


def test_money_and_stock_agree_to_the_end(troubled: Played) -> None:
    troubled.shop.agrees_with(*troubled.orders.values())
    for order in troubled.orders.values():
        sums = order_balance(order)
        assert 0 <= sums.captured <= order.placed_total.minor, order.id
        for payment in order.payments:
            mine = balance(payment)
            assert mine.captured + mine.pending_capture <= mine.authorized - mine.voided or not mine.captured
        taken = Counter(
            (one.shipment, one.answers)
            for payment in order.payments
            for one in payment.operations
            if one.kind is OperationKind.CAPTURE and one.state is OperationState.SUCCEEDED
        )
        assert set(taken.values()) <= {1}, order.id  # said twice, taken once


def test_documents_agree_with_what_is_owed_to_the_end(troubled: Played) -> None:
    issued = 0
    for order in troubled.orders.values():
        papers = {n: paper_of(order, one, Seller(name="x")) for n, one in enumerate(order.documents)}
        assert list(document_problems(order, papers)) == []
        issued += len(papers)
    assert issued > 20


def test_no_order_stands_without_a_reason(troubled: Played) -> None:
    over = (OrderStatus.DELIVERED, OrderStatus.CANCELLED, OrderStatus.RETURNED)
    for order in troubled.orders.values():
        if order_status(order) not in over:
            reasons = [task.error for task in order.tasks if task.state.is_open and task.error]
            assert reasons or held_by(order), order.id


def test_a_day_without_trouble_delivers_everything_but_what_waits_for_stock() -> None:
    calm = Odds(**{one.name: 0 for one in fields(Odds)})
    play = played(calm, orders=12)
    assert play.refused == []
    for order in play.orders.values():
        waits = any(line.status is LineStatus.PENDING_ALLOCATION for line in order.lines)
        assert waits or order_status(order) is OrderStatus.DELIVERED, order.id


def test_goods_come_in_for_what_is_sold_out() -> None:
    outside = Outside(7, Odds(restocked=1_000))
    play = played(orders=20, hours=1)
    waiting = [
        order
        for order in play.orders.values()
        if any(t.task is Task.ALLOCATION and t.state is TaskState.ACTIVE for t in order.tasks)
    ]
    assert waiting
    for order in waiting:
        wanted = Counter[str]()
        for line in order.lines:
            if line.status is LineStatus.PENDING_ALLOCATION:
                wanted[line.sku] += line.quantity
        goods = outside.gets(order, NOON)
        assert {one.sku for one in goods} == set(wanted)
        assert all(one.pieces > wanted[one.sku] for one in goods)
    assert Outside(7, Odds(restocked=0)).gets(waiting[0], NOON) == ()


def test_a_shop_sends_orders_with_everything_still_to_do() -> None:
    outside = Outside(7, replace(Odds(), misspelled=300, far=300))
    orders = [outside.sends(number, NOON) for number in range(20_001, 20_061)]
    assert orders == [outside.sends(number, NOON) for number in range(20_001, 20_061)]
    for order in orders:
        assert {line.status for line in order.lines} == {LineStatus.PENDING_ALLOCATION}
        assert (order.tasks, order.holds, order.shipments) == ((), (), ())
        assert NOON - timedelta(seconds=5) < order.created < NOON
        assert all(not balance(payment).authorized for payment in order.payments)
    assert any(order.bill_to.country != order.ship_to.country for order in orders)


def test_refunds_are_answered_with_yes_or_no() -> None:
    asked = build.operation(9, OperationKind.REFUND, 300, state=OperationState.REQUESTED)
    taken = build.operation(8, OperationKind.CAPTURE, 1000)
    value = build.order(build.line(1), payments=(build.card(1000, taken, asked),))

    def said(refund_fails: int) -> list[tuple[str, str, str]]:
        words = Outside(7, Odds(silent=0, twice=0, refund_fails=refund_fails)).says(value, NOON)
        return [
            (word.event.kind.value, word.event.data["operation"], word.event.cause)
            for word in words
            if word.event.kind.value.startswith("refund")
        ]

    assert said(0) == [("refunded", "9", "")]
    ((kind, number, cause),) = said(1_000)
    assert (kind, number) == ("refund_failed", "9")
    assert cause


def test_dice_keep_to_their_odds() -> None:
    dice = Dice(1, "10427")
    hits = sum(dice.hits(100, "x", n) for n in range(10_000))
    assert 850 < hits < 1_150
    assert not any(dice.hits(0, n) for n in range(100))
    assert all(dice.hits(1_000, n) for n in range(100))
    low, high = timedelta(minutes=1), timedelta(minutes=3)
    assert all(low <= dice.between(low, high, n) <= high for n in range(100))

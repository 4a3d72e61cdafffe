"""Any sequence of flow runs, events, cancels, holds, splits and price changes keeps orders and stock whole
(invariants S3, S4, M4, M8)."""

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from oms_tui.domain.derive import blocked_by, is_blocked, standing, waits_for_stock, why_it_stands
from oms_tui.domain.engine import CannotRun, next_due
from oms_tui.domain.events import EventRefused
from oms_tui.domain.flow import Task, TaskState
from oms_tui.domain.fraud import held
from oms_tui.domain.order import Order
from oms_tui.domain.payment import balance, latest, order_balance
from oms_tui.domain.recall import recall
from oms_tui.domain.rules import FlowRules
from oms_tui.domain.status import (
    BEFORE_PACKED,
    HoldKind,
    LineStatus,
    OperationKind,
    OperationState,
    OrderStatus,
)
from oms_tui.domain.steps.base import place_hold, release_hold
from oms_tui.domain.totals import next_line_number, order_total, split_line, totals
from oms_tui.verbs import Subject
from oms_tui.verbs.base import Policy, Refused
from oms_tui.verbs.cancel import CANCEL
from tests.build import WEB_DE, charge, context, eur
from tests.domain.shop import PLACES, Shop, paid_by, placed, wanted, with_country
from tests.support import IS_RELEASE, scaled

GOODS = (
    "acknowledged",
    "confirmed",
    "short",
    "packed",
    "shipped",
    "delivered",
    "undelivered",
    "pick_cancelled",
)
MONEY = ("authorized", "authorization_failed", "captured", "capture_failed", "voided", "disputed")
ORDERS = ("A", "B")
NEXT: Final = {
    LineStatus.PENDING_ACK: "acknowledged",
    LineStatus.PENDING_CONFIRM: "confirmed",
    LineStatus.CONFIRMED: "packed",
    LineStatus.PACKED: "shipped",
    LineStatus.SHIPPED: "delivered",
}


class Flows(RuleBasedStateMachine):
    """Two orders on the same shelves."""

    @initialize(
        stock=st.lists(st.integers(0, 4), min_size=6, max_size=6),
        quantities=st.lists(st.integers(1, 4), min_size=4, max_size=4),
        complete=st.booleans(),
        tenders=st.booleans(),
        bill_to=st.sampled_from(["DE", "US"]),
        limit=st.sampled_from([10**9, 100]),
    )
    def open_shop(self, stock, quantities, complete, tenders, bill_to, limit):
        skus = ("SKU-1", "SKU-2")
        shelves = {(place.code, sku): stock.pop() for place in PLACES for sku in skus}
        self.shop = Shop(shelves, rules=FlowRules(approve_above={"EUR": limit}))
        self.orders: dict[str, Order] = {}
        for name in ORDERS:
            lines = [
                wanted(number, quantities.pop(), 1001, tax=eur(107), tax_included=False) for number in (1, 2)
            ]
            channel = replace(WEB_DE, ships_complete=complete and name == "B")
            total = sum(one.amount.minor + one.tax.minor for one in lines) + 490
            payments = paid_by(600, total - 600) if tenders else paid_by(total)
            value = placed(*lines, id=name, charges=(charge(),), channel=channel, payments=payments)
            self.orders[name] = with_country(value, bill_to=bill_to)

    def put(self, name: str, value: Order) -> None:
        self.check(self.orders[name], value)
        self.orders[name] = value

    @staticmethod
    def check(before: Order, after: Order) -> None:
        """What no change may do: rewrite history, lose a run, open a released hold, pass an open one."""
        was = {(task.task, task.shipment): task for task in before.tasks}
        for task in after.tasks:
            old = was.pop((task.task, task.shipment), None)
            assert old is None or task.runs[: len(old.runs)] == old.runs
        assert not was
        for old_payment, payment in zip(before.payments, after.payments, strict=False):
            kept = old_payment.operations
            assert payment.operations[: len(kept)] == kept
        out = {one.number for one in after.shipments if one.released_at is not None}
        is_released = not out <= {one.number for one in before.shipments if one.released_at is not None}
        if is_released or captures(after) > captures(before):
            assert not after.open_holds()
        for hold in before.holds:
            now = next(one for one in after.holds if one.number == hold.number)
            assert hold.is_open or now == hold

    @rule(name=st.sampled_from(ORDERS), minutes=st.sampled_from([0, 5, 31]))
    def go(self, name, minutes):
        self.shop.now += timedelta(minutes=minutes)
        result = self.shop.step(self.orders[name])
        runs = Counter((ran.task, ran.shipment) for ran in result.ran)
        assert max(runs.values(), default=0) <= 2, runs
        value = self.shop.take(result.outcome)
        assert result.is_news or replace(value, tasks=()) == replace(self.orders[name], tasks=())
        self.put(name, value)
        due = next_due(value)
        assert due is None or due > self.shop.now
        assert not self.shop.step(value).ran

    @rule(name=st.sampled_from(ORDERS), kind=st.sampled_from(GOODS), data=st.data())
    def hear_goods(self, name, kind, data):
        value = self.orders[name]
        numbers = [one.number for one in value.shipments] or ["S-1"]
        rest: dict[str, Any] = {"cause": "refused"} if kind == "undelivered" else {}
        number = data.draw(st.sampled_from(numbers))
        lines = [one for one in value.lines if one.shipment == number and not one.is_cancelled]
        if lines and data.draw(st.booleans()):
            one = data.draw(st.sampled_from(lines))
            rest["lines"] = ((one.number, data.draw(st.integers(0, one.quantity))),)
        self.hear(name, kind, shipment=number, **rest)

    @rule(name=st.sampled_from(ORDERS), kind=st.sampled_from(MONEY), data=st.data())
    def hear_money(self, name, kind, data):
        value = self.orders[name]
        payment = data.draw(st.sampled_from(value.payments))
        open_ones = [one for one in latest(payment.operations) if one.state is OperationState.REQUESTED]
        reference = data.draw(st.sampled_from(["", "r1", "r2", *(f"c{one.number}" for one in open_ones)]))
        amount = data.draw(st.sampled_from([None, eur(1), eur(500)]))
        self.hear(name, kind, payment=payment.number, reference=reference, amount=amount)

    @rule(name=st.sampled_from(ORDERS))
    def answer_captures(self, name):
        for payment in self.orders[name].payments:
            for one in latest(payment.operations):
                if one.state is OperationState.REQUESTED:
                    self.hear(name, "captured", payment=payment.number, data={"operation": str(one.number)})

    def hear(self, name, kind, **rest):
        before = self.orders[name]
        with suppress(EventRefused):
            self.put(name, self.shop.hear(before, kind, **rest))

    @rule(name=st.sampled_from(ORDERS), data=st.data())
    def cancel(self, name, data):
        value = self.orders[name]
        subject = Subject(order=value)
        one = data.draw(st.sampled_from(value.lines))
        # Seldom the whole order, or hardly any would come far.
        is_whole = data.draw(st.integers(0, 9)) == 9
        part = None if is_whole else [[one.number, data.draw(st.integers(0, one.quantity))]]
        arguments = CANCEL.read({"lines": part, "reason": "customer request"}, subject, Policy())
        try:
            assert CANCEL.apply is not None
            outcome = CANCEL.apply(subject, arguments, context())
        except Refused:
            return
        self.put(name, self.shop.take(outcome))

    @rule(name=st.sampled_from(ORDERS), steps=st.integers(1, 6))
    def carry_on(self, name, steps):
        """As most orders go: nothing holds them, everybody answers."""
        for hold in self.orders[name].open_holds():
            self.put(name, release_hold(self.orders[name], hold.number, self.shop.now, by="ana"))
        for _ in range(steps):
            self.go(name, 31)
            self.answer_captures(name)
            for one in self.orders[name].shipments:
                lines = [x for x in self.orders[name].lines if x.shipment == one.number]
                if kinds := [NEXT[x.status] for x in lines if x.status in NEXT]:
                    self.hear(name, kinds[0], shipment=one.number)

    @rule(name=st.sampled_from(ORDERS), kind=st.sampled_from(HoldKind))
    def hold(self, name, kind):
        evidence = f"test {len(self.orders[name].holds)}"
        self.put(
            name, place_hold(self.orders[name], kind, "why", self.shop.now, by="olga", evidence=evidence)
        )

    @rule(name=st.sampled_from(ORDERS), data=st.data())
    def release(self, name, data):
        if holds := self.orders[name].open_holds():
            number = data.draw(st.sampled_from([hold.number for hold in holds]))
            self.put(name, release_hold(self.orders[name], number, self.shop.now, by="ana"))

    @rule(name=st.sampled_from(ORDERS), task=st.sampled_from(Task), data=st.data())
    def run_now(self, name, task, data):
        shipments = [None, *(one.number for one in self.orders[name].shipments)]
        shipment = data.draw(st.sampled_from(shipments))
        with suppress(CannotRun):
            self.put(name, self.shop.run(self.orders[name], task, shipment))

    @rule(name=st.sampled_from(ORDERS), data=st.data())
    def split(self, name, data):
        value = self.orders[name]
        if lines := [one for one in value.lines if one.quantity > 1 and not one.is_cancelled]:
            one = data.draw(st.sampled_from(lines))
            stay, part = split_line(one, data.draw(st.integers(1, one.quantity - 1)), next_line_number(value))
            kept = (stay if x.number == one.number else x for x in value.lines)
            self.put(name, replace(value, lines=(*kept, part)))

    @rule(name=st.sampled_from(ORDERS), country=st.sampled_from(["DE", "FR", "US"]), valid=st.booleans())
    def correct(self, name, country, valid):
        value = self.orders[name]
        value, _ = recall(value, [one.number for one in value.shipments], self.shop.now)
        address = replace(value.ship_to, country=country, postal_code="10115" if valid else "x")
        self.put(name, self.shop.go(replace(value, ship_to=address)))

    @rule(sku=st.sampled_from(["SKU-1", "SKU-2"]), place=st.sampled_from(PLACES), pieces=st.integers(1, 3))
    def restock(self, sku, place, pieces):
        self.shop.on_hand[place.code, sku.lower()] += pieces

    @invariant()
    def whole(self):
        if not hasattr(self, "orders"):
            return
        self.shop.agrees_with(*self.orders.values())
        for value in self.orders.values():
            lines_are_whole(value)
            money_is_whole(value)
            tasks_are_whole(value)


def captures(value: Order) -> int:
    """How many captures were ever asked for."""
    operations = (one for payment in value.payments for one in payment.operations)
    return sum(
        one.kind is OperationKind.CAPTURE and one.state is OperationState.REQUESTED for one in operations
    )


def lines_are_whole(value: Order) -> None:
    """No piece is lost; what is packed was released; the derived status is that of the lines."""
    placed_as = Counter[int]()
    for one in value.lines:
        placed_as[one.placed_as] += one.quantity
        released = one.shipment is not None and value.shipment(one.shipment).released_at is not None
        assert released or one.is_cancelled or one.status in BEFORE_PACKED
        assert (one.shipment is None) == (one.location == "")
        if one.status is LineStatus.PENDING_ALLOCATION:
            assert one.shipment is None
    assert set(placed_as) == {1, 2}
    status = standing(value.lines).status
    assert (status is OrderStatus.CANCELLED) == all(one.is_cancelled for one in value.lines)


def money_is_whole(value: Order) -> None:
    """The formula of the total; nothing captured past what is authorized, nor requested past what is owed."""
    sums = totals(value)
    assert order_total(value) == sums.total
    parts = sums.subtotal + sums.charges - sums.discount - sums.adjustments + sums.tax_added
    assert parts == sums.total
    for payment in value.payments:
        one = balance(payment)
        assert 0 <= one.refunded <= one.captured
        asked = [row for row in latest(payment.operations) if row.kind is OperationKind.AUTHORIZE]
        if not one.voided and all(row.state is OperationState.SUCCEEDED for row in asked):
            assert one.captured + one.pending_capture <= one.authorized
    assert order_balance(value).held <= value.placed_total.minor


def tasks_are_whole(value: Order) -> None:
    """Tasks stand where they may: nothing passes an open hold, no combination holds twice at once."""
    for task in value.tasks:
        if task.state is TaskState.FAILED or (task.state is TaskState.ACTIVE and task.runs):
            assert task.error or task.next_run is not None
        if task.state in (TaskState.COMPLETE, TaskState.SKIPPED):
            assert task.runs
            assert task.next_run is None
    open_frauds = [hold.evidence for hold in value.holds if hold.kind is HoldKind.FRAUD and hold.is_open]
    assert len(open_frauds) == len(held(value))
    assert is_blocked(value) == bool(blocked_by(value))
    assert not waits_for_stock(value) or standing(value.lines).status is OrderStatus.PENDING_ALLOCATION
    why = why_it_stands(value)
    assert why == "" or why.endswith(".")


@pytest.mark.parametrize("steps", [60])
def test_flows_keep_orders_and_stock_whole(steps: int) -> None:
    run_state_machine_as_test(
        Flows,
        settings=settings(
            max_examples=scaled(6_000, 40),
            stateful_step_count=steps,
            deadline=None,
            derandomize=not IS_RELEASE,
            suppress_health_check=list(HealthCheck),
        ),
    )

"""From every state that an order can come to, some verb, event or the clock leads on to an end (spec 3.3).

The whole space of small orders is walked: every event, every answer of the provider, holds, cancelling,
stock that comes later. Then the walk is turned round: from the ends every state must be reached.
"""

from collections import defaultdict, deque
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from oms_tui.domain.engine import next_due, reopen
from oms_tui.domain.events import EventRefused
from oms_tui.domain.flow import Task, TaskState
from oms_tui.domain.order import Hold, Order, Payment
from oms_tui.domain.payment import latest, still_owed
from oms_tui.domain.people import Role
from oms_tui.domain.rules import FlowRules
from oms_tui.domain.status import (
    CustomerType,
    HoldKind,
    LineStatus,
    OperationKind,
    OperationState,
    PaymentMethod,
)
from oms_tui.domain.steps.authorization import let_go, secured_of
from oms_tui.domain.steps.base import place_hold, release_hold
from oms_tui.verbs import Subject
from oms_tui.verbs.base import Policy, Refused
from oms_tui.verbs.cancel import CANCEL
from tests.build import NOON, WEB_DE, actor, card, context, operation
from tests.domain.shop import Shop, ended, placed, wanted, with_country

S = LineStatus
ENDED = (S.DELIVERED, S.RETURNED, S.CANCELLED)
GOODS = ("acknowledged", "confirmed", "short", "packed", "shipped", "delivered", "undelivered")
ANSWERS = {
    OperationKind.AUTHORIZE: ("authorized", "authorization_failed"),
    OperationKind.CAPTURE: ("captured", "capture_failed"),
}
ONCE = ("short", "undelivered", "capture_failed", "authorization_failed", "hold")
"""What could go on for ever: once is enough to see whether a way leads out of it."""


@dataclass(frozen=True)
class State:
    """An order with its shelves and what was used up of the things that happen once."""

    order: Order
    shop: Shop
    used: frozenset[str] = frozenset()

    @property
    def key(self) -> object:
        """What counts of it: everything but times and runs."""
        value = self.order
        return (
            tuple((x.number, x.status, x.quantity, x.shipment, x.cause) for x in value.lines),
            tuple((t.task, t.shipment, t.state) for t in value.tasks),
            tuple((h.kind, h.evidence, h.is_open) for h in value.holds),
            tuple(
                (p.number, o.kind, o.state, o.amount, o.shipment)
                for p in value.payments
                for o in latest(p.operations)
            ),
            value.ship_to.postal_code,
            tuple(s.released_at is not None for s in value.shipments),
            tuple(sorted(self.shop.on_hand.items())),
            self.shop.now >= value.created + timedelta(minutes=30),
            self.used,
        )

    @property
    def is_end(self) -> bool:
        """Whether all is done: every piece at its end, no task open."""
        return all(one.status in ENDED for one in self.order.lines) and ended(self.order.tasks)


def moves(state: State) -> Iterator[tuple[str, State]]:
    """Everything that can happen next."""
    value = state.order
    for shipment in value.shipments:
        for kind in GOODS:
            if kind not in state.used:
                cause = "refused" if kind == "undelivered" else ""
                yield from after_event(state, kind, shipment=shipment.number, cause=cause)
    for payment in value.payments:
        for one in latest(payment.operations):
            if one.state is OperationState.REQUESTED and one.kind in ANSWERS:
                for kind in ANSWERS[one.kind]:
                    if kind not in state.used:
                        yield from after_event(
                            state,
                            kind,
                            payment=payment.number,
                            data={"operation": str(one.number)},
                            reference=f"r{one.number}",
                        )
            is_declined = one.state is OperationState.FAILED and one.kind is OperationKind.AUTHORIZE
            is_voided = any(row.kind is OperationKind.VOID for row in payment.operations)
            if is_declined and not is_voided and not secured_of(value):
                yield from after_event(state, "authorized", payment=payment.number, amount=one.amount)
    yield from by_people(state)
    yield from by_time(state)
    if "stock" not in state.used:
        shop = own(state.shop)
        shop.on_hand = {at: shop.reserved[at] + 9 for at in shop.on_hand}
        yield "stock", State(value, shop, state.used | {"stock"})


def by_time(state: State) -> Iterator[tuple[str, State]]:
    """The clock goes on from turn to turn, until something is another way or it never will be."""
    after = state
    for _ in range(4):
        if (due := next_due(after.order)) is None:
            return
        shop = own(after.shop)
        shop.now = max(due, shop.now)
        after = State(shop.go(after.order), shop, after.used)
        if after.key != state.key:
            yield "time", after
            return


def after_event(state: State, kind: str, **rest: Any) -> Iterator[tuple[str, State]]:
    shop = own(state.shop)
    try:
        after = shop.hear(state.order, kind, **rest)
    except EventRefused:
        return
    used = state.used | {kind} if kind in ONCE else state.used
    yield kind, State(after, shop, used)


def by_people(state: State) -> Iterator[tuple[str, State]]:
    """Cancelling, holds, and running what failed."""
    value = state.order
    subject, who = Subject(order=value), actor(Role.CS)
    if not CANCEL.blockers(subject, who, Policy()):
        for lines in (None, *([[one.number, 0]] for one in value.lines)):
            shop = own(state.shop)
            try:
                arguments = CANCEL.read({"lines": lines, "reason": "customer request"}, subject, Policy())
                assert CANCEL.apply is not None
                outcome = CANCEL.apply(subject, arguments, context())
            except Refused:
                continue
            yield "cancel", State(shop.go(shop.take(outcome)), shop, state.used)
    for hold in value.open_holds():
        shop = own(state.shop)
        yield (
            "release",
            State(shop.go(released(value, hold, shop.now)), shop, state.used),
        )
    if "hold" not in state.used:
        shop = own(state.shop)
        held = place_hold(value, HoldKind.MANUAL, "wait", shop.now, by="olga")
        yield "hold", State(shop.go(held), shop, state.used | {"hold"})
    if value.ship_to.postal_code == "1":
        shop = own(state.shop)
        correct = replace(value, ship_to=replace(value.ship_to, postal_code="10115"))
        correct = reopen(correct, [Task.ADDRESS_VALIDATION], shop.now)
        yield "correct", State(shop.go(correct), shop, state.used)
    for task in value.tasks:
        if task.state is TaskState.FAILED:
            assert task.task is not Task.PAYMENT_AUTHORIZATION or value.open_holds(), "nobody is asked"
            shop = own(state.shop)
            yield "run", State(shop.run(value, task.task, task.shipment), shop, state.used)


def released(value: Order, hold: Hold, now: datetime) -> Order:
    """A hold released as Release hold does it: a payment hold lets the order go on, whatever lacks."""
    if hold.kind is not HoldKind.PAYMENT:
        return release_hold(value, hold.number, now, by="ana")
    return let_go(value, hold.number, now, "ana")


def own(shop: Shop) -> Shop:
    """The shop with shelves and clock of its own."""
    mine = copy(shop)
    mine.on_hand, mine.reserved = dict(shop.on_hand), dict(shop.reserved)
    mine.messages, mine.intents = [], []
    return mine


def walk(start: State, limit: int = 60_000) -> tuple[dict[object, State], dict[object, set[object]]]:
    """Every state that can be reached, and for each the states that lead to it."""
    found: dict[object, State] = {start.key: start}
    into: dict[object, set[object]] = defaultdict(set)
    queue = deque([start])
    while queue:
        state = queue.popleft()
        state.shop.agrees_with(state.order)
        for _, after in moves(state):
            into[after.key].add(state.key)
            if after.key not in found:
                assert len(found) < limit
                found[after.key] = after
                queue.append(after)
    return found, into


def asked() -> tuple[Payment, ...]:
    """A card whose authorization is asked for, not answered."""
    return (
        replace(
            card(1000),
            operations=(operation(1, OperationKind.AUTHORIZE, 1000, state=OperationState.REQUESTED),),
        ),
    )


def gift(minor: int) -> Payment:
    """A gift card, captured at placement."""
    used = operation(1, OperationKind.CAPTURE, minor)
    return replace(card(0), method=PaymentMethod.GIFT_CARD, operations=(used,))


CASES = {
    "one piece": (placed(), Shop({("BER-1", "SKU-1"): 1, ("MXP-1", "SKU-1"): 0}), ()),
    "no stock": (placed(), Shop({("BER-1", "SKU-1"): 0}), ()),
    "not authorized": (placed(payments=asked()), Shop({("BER-1", "SKU-1"): 1}), ("stock", "undelivered")),
    "fraud and approval": (
        with_country(
            placed(customer=replace(placed().customer, type=CustomerType.GUEST)), bill_to="US", ship_to="DE"
        ),
        Shop({("BER-1", "SKU-1"): 1}, rules=FlowRules(approve_guest_above={"EUR": 100})),
        ("stock", "undelivered", "hold"),
    ),
    "bad address": (
        placed(ship_to=replace(placed().ship_to, postal_code="1")),
        Shop({("BER-1", "SKU-1"): 1}),
        ("stock", "undelivered", "hold", "short"),
    ),
    "two parcels": (
        placed(wanted(1, 2), payments=(card(1000),)),
        Shop({("BER-1", "SKU-1"): 1, ("MXP-1", "SKU-1"): 1}),
        ("stock", "undelivered", "hold", "short"),
    ),
    "partly prepaid": (
        placed(wanted(1, 2), payments=(gift(700), card(300, number=2))),
        Shop({("BER-1", "SKU-1"): 1, ("MXP-1", "SKU-1"): 1}),
        ("stock", "undelivered", "hold", "short"),
    ),
    "ships complete": (
        placed(wanted(1), wanted(2), channel=replace(WEB_DE, ships_complete=True)),
        Shop({("BER-1", "SKU-1"): 1, ("MXP-1", "SKU-2"): 0}),
        ("undelivered", "hold", "capture_failed"),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_every_state_leads_on_to_an_end(case: str) -> None:
    value, shop, never = CASES[case]
    shop = own(shop)
    shop.now = NOON
    start = State(shop.go(value), shop, frozenset(never))
    found, into = walk(start)
    ends = [key for key, state in found.items() if state.is_end]
    assert all(not still_owed(found[key].order) for key in ends)
    reach, queue = set(ends), deque(ends)
    while queue:
        for before in into[queue.popleft()]:
            if before not in reach:
                reach.add(before)
                queue.append(before)
    dead = [state for key, state in found.items() if key not in reach]
    assert not dead, [(s.order.lines, s.order.tasks, s.order.open_holds()) for s in dead[:1]]
    kinds = {one.status for state in found.values() for one in state.order.lines}
    assert {S.DELIVERED, S.CANCELLED, S.PACKED} <= kinds

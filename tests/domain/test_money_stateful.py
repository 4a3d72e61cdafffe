"""Any sequence of verbs and events about money, late, twice or missing, keeps it whole (invariants M1 to M9,
I2, S2, S4).

The machine of the flows with everything that moves money besides: what people settle, what the provider says,
authorizations that lapse, answers that never come.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from oms_tui.desk.checks import why_not_money
from oms_tui.domain.asking import as_unknown, unanswered
from oms_tui.domain.books import accounts
from oms_tui.domain.documents import DocumentKind
from oms_tui.domain.events import Event, EventRefused, apply_event, take_as_fact
from oms_tui.domain.events.anyway import ship_anyway
from oms_tui.domain.events.money import FACTS
from oms_tui.domain.money import Money
from oms_tui.domain.operations import IN_THE_AIR, balance, latest, order_balance
from oms_tui.domain.order import Order, Payment
from oms_tui.domain.payment import order_payment_status, overcharge, still_owed
from oms_tui.domain.people import Role
from oms_tui.domain.plan import Outcome
from oms_tui.domain.positions import positions
from oms_tui.domain.status import HoldKind, LineStatus, OperationKind, OperationState, PaymentStatus
from oms_tui.domain.steps.base import FlowContext
from oms_tui.domain.totals import order_total
from oms_tui.verbs import ArgumentError, ArgumentKind, Policy, Refused, Subject, verb
from tests.build import NOON, context, eur
from tests.domain.test_flow_stateful import ORDERS, Flows, lines_are_whole, tasks_are_whole
from tests.support import IS_RELEASE, scaled

K, ST = OperationKind, OperationState
SETTLING = (
    "order.mark-paid",
    "order.record-payment",
    "order.retry-refund",
    "order.record-refund",
    "order.refund-overcharge",
    "order.reverse-credit-note",
    "order.retry-void",
)
"""The verbs of money."""
ASKING = ("order.retry-refund", "order.refund-overcharge", "order.retry-void")
"""Those that ask the provider for something."""
PARCELS = ("order.resolve-undelivered", "order.correct-tracking")
WORDS = ("captured", "capture_failed", "refunded", "refund_failed", "voided", "authorized", "disputed")
Taking = Callable[[Order, Event, FlowContext], Outcome]
REFERENCES = ("r1", "r2", "r3", "R1")
LONGEST = 60
"""Steps on the same two orders."""
STEPS = scaled(100_000)
"""Invariant S4."""
SHARDS = 20 if IS_RELEASE else 1
"""Runs of their own, each with a seed of its own: several workers share them."""


def moved(order: Order) -> tuple[int, int, int]:
    """Captured, refunded, and what may still be captured: the same however far a void has come."""
    sums = order_balance(order)
    return sums.captured, sums.refunded, sums.to_capture


class Settling(Flows):
    """Two orders on the same shelves whose money goes wrong in every way."""

    steps = 0

    @initialize(days=st.lists(st.sampled_from([None, 1, 3]), min_size=4, max_size=4), prepaid=st.booleans())
    def let_expire(self, days: list[int | None], prepaid: bool) -> None:
        self.days, self.is_prepaid = days, prepaid

    def expiring(self) -> None:
        """Once the shop is open: payments expire, and the first of two may be asked for at placement."""
        days, self.days = self.days, []
        for name, value in self.orders.items() if days else ():
            payments = tuple(
                replace(one, expires_at=None if (day := days.pop()) is None else NOON + timedelta(days=day))
                for one in value.payments
            )
            if self.is_prepaid and len(payments) > 1:
                asked = replace(payments[0].operations[0], number=2, kind=K.CAPTURE, state=ST.REQUESTED)
                payments = (
                    replace(payments[0], operations=(payments[0].operations[0], asked)),
                    *payments[1:],
                )
            self.orders[name] = replace(value, payments=payments)

    def put(self, name: str, value: Order) -> None:
        no_more_is_asked_than_is_owed(self.orders[name], value)
        super().put(name, value)

    @rule(name=st.sampled_from(ORDERS), which=st.sampled_from(SETTLING + PARCELS), data=st.data())
    def settle(self, name: str, which: str, data: st.DataObject) -> None:
        one, subject = verb(which), Subject(order=self.orders[name])
        at = context(Role.OP, now=self.shop.now, world=self.shop.world)
        assert one.apply is not None
        if one.blockers(subject, at.actor, Policy()):
            return
        raw: dict[str, object] = {}
        for argument in one.arguments:
            if argument.kind is ArgumentKind.CHOICE and argument.choices is not None:
                if choices := argument.choices(subject, Policy()):
                    raw[argument.name] = data.draw(st.sampled_from([x.value for x in choices]))
            elif argument.name in ("captured", "paid", "refunded"):
                raw[argument.name] = data.draw(st.sampled_from(["2026-11-22", "today", "2026-11-21"]))
            elif argument.name == "reference":
                raw[argument.name] = data.draw(st.sampled_from(REFERENCES))
            elif argument.name == "amount":
                raw[argument.name] = data.draw(st.sampled_from(["", "0.01", "5"]))
            else:
                raw[argument.name] = f"{argument.name} {data.draw(st.integers(1000, 1002))}"
        try:
            outcome = one.apply(subject, one.read(raw, subject, Policy()), at)
        except (Refused, ArgumentError):
            return
        asked = {one.kind for one in outcome.intents}
        assert bool(asked) if which in ASKING else asked <= {"void"}
        self.put(name, self.shop.take(outcome))
        if which in ("order.mark-paid", "order.record-payment"):
            self.press_again(name, which, raw)

    def press_again(self, name: str, which: str, raw: Mapping[str, object]) -> None:
        """The same key once more finds the reference used, or nothing due."""
        one, subject = verb(which), Subject(order=self.orders[name])
        assert one.apply is not None
        try:
            one.apply(subject, one.read(raw, subject, Policy()), context(Role.OP, now=self.shop.now))
        except (Refused, ArgumentError):
            return
        raise AssertionError("marked twice")

    @rule(name=st.sampled_from(ORDERS), percent=st.sampled_from(["10", "50", "100"]), data=st.data())
    def adjust(self, name: str, percent: str, data: st.DataObject) -> None:
        one, subject = verb("order.price"), Subject(order=self.orders[name])
        line = data.draw(st.sampled_from([x.number for x in subject.order.lines]))
        raw: dict[str, object] = {"reason": "late", "percent": percent, "lines": [str(line)]}
        if data.draw(st.booleans()):
            raw["charges"] = ["1"]
        assert one.apply is not None
        with suppress(Refused, ArgumentError):
            given = one.read(raw, subject, Policy())
            at = context(now=self.shop.now, world=self.shop.world)
            self.put(name, self.shop.take(one.apply(subject, given, at)))

    @rule(name=st.sampled_from(ORDERS), percent=st.sampled_from(["10", "100"]), data=st.data())
    def lower_by_mistake(self, name: str, percent: str, data: st.DataObject) -> None:
        """A credit note whose refund failed is taken back: everything costs and owes what it did."""
        self.answer_everything(name, "")
        value = self.orders[name]
        books = accounts(value)  # what is due at a shipment would be asked for again by the reversal
        paid = [where for where in invoiced(value) if not books[where].to_capture]
        billed = [one.number for one in value.lines if one.shipment in paid and not one.is_cancelled]
        if not billed or overcharge(value):
            return
        raw = {"reason": "late", "percent": percent, "lines": [str(data.draw(st.sampled_from(billed)))]}
        if not self.try_verb(name, "order.price", raw):
            return
        self.answer_everything(name, "_failed")
        note = self.orders[name].documents[-1]
        raw = {"document": note.number, "reason": "issued by mistake"}
        if note.kind is DocumentKind.CREDIT_NOTE and self.try_verb(name, "order.reverse-credit-note", raw):
            after = self.orders[name]
            assert order_total(after) == order_total(value)
            assert (still_owed(after), overcharge(after)) == (still_owed(value), overcharge(value))
            assert moved(after) == moved(value)

    def try_verb(self, name: str, which: str, raw: Mapping[str, object]) -> bool:
        """Do it, if the order lets it be done."""
        one, subject = verb(which), Subject(order=self.orders[name])
        at = context(Role.OP, Role.CS, now=self.shop.now, world=self.shop.world)
        assert one.apply is not None
        try:
            outcome = one.apply(subject, one.read(raw, subject, Policy()), at)
        except (Refused, ArgumentError):
            return False
        self.put(name, self.shop.go(self.shop.take(outcome)))
        return True

    @rule(name=st.sampled_from(ORDERS), kind=st.sampled_from(WORDS), data=st.data())
    def provider_says(self, name: str, kind: str, data: st.DataObject) -> None:
        """An answer to something, right or not; and once more, which changes nothing."""
        self.say(name, kind, data, apply_event)

    @rule(name=st.sampled_from(ORDERS), kind=st.sampled_from(FACTS), data=st.data())
    def somebody_takes_it_as_a_fact(self, name: str, kind: str, data: st.DataObject) -> None:
        """Money that nobody asked for, which the provider tells and a person decides about."""
        self.say(name, kind, data, take_as_fact)

    def say(self, name: str, kind: str, data: st.DataObject, take: Taking) -> None:
        value = self.orders[name]
        payment = data.draw(st.sampled_from(value.payments))
        reference = data.draw(st.sampled_from(REFERENCES))
        amount = data.draw(st.sampled_from([None, eur(1), eur(100), eur(500)]))
        days = data.draw(st.sampled_from([None, 1, 3])) if kind == "authorized" else None
        until = {} if days is None else {"expires_at": (self.shop.now + timedelta(days=days)).isoformat()}
        event = self.shop.event(
            value, kind, payment=payment.number, reference=reference, amount=amount, data=until
        )
        try:
            after = self.shop.take(take(value, event, self.shop.context))
        except EventRefused:
            return
        with suppress(EventRefused):
            again = apply_event(after, replace(event, id="again"), self.shop.context)
            assert again.order is after
        self.put(name, self.shop.go(after))

    @rule(name=st.sampled_from(ORDERS), kind=st.sampled_from(["", "_failed"]))
    def answer_everything(self, name: str, kind: str) -> None:
        """As most answers come: each to the row that asked."""
        for (payment, number), one in unanswered(self.orders[name]).items():
            word = {K.CAPTURE: "captured", K.REFUND: "refunded", K.VOID: "voided"}[one.kind]
            if kind:
                word = {K.CAPTURE: "capture_failed", K.REFUND: "refund_failed"}.get(one.kind, word)
            self.hear(name, word, payment=payment, data={"operation": str(number)})

    @rule(name=st.sampled_from(ORDERS), data=st.data())
    def never_answer(self, name: str, data: st.DataObject) -> None:
        if asked := sorted(unanswered(self.orders[name])):
            payment, number = data.draw(st.sampled_from(asked))
            lost = as_unknown(self.orders[name], payment, number, self.shop.now)
            self.put(name, self.shop.go(lost))

    @rule(name=st.sampled_from(ORDERS), kind=st.sampled_from(["packed", "shipped"]), data=st.data())
    def let_go(self, name: str, kind: str, data: st.DataObject) -> None:
        """A parcel that nobody wanted any more goes all the same, under a hold or not: that is a fact."""
        value = self.orders[name]
        lines = [one for one in value.lines if one.is_cancelled and one.shipment is not None]
        if not lines:
            return
        one = data.draw(st.sampled_from(lines))
        part = ((one.number, data.draw(st.integers(0, one.quantity))),)
        event = self.shop.event(value, kind, str(one.shipment), lines=part)
        draw = self.shop.world.document_number
        with suppress(EventRefused):
            outcome = ship_anyway(value, event, self.shop.now, "olga", frozenset(), draw)
            after = self.shop.go(self.shop.take(outcome))
            no_more_is_asked_than_is_owed(value, after)
            self.orders[name] = after

    @rule(name=st.sampled_from(ORDERS), days=st.sampled_from([1, 3]))
    def days_pass(self, name: str, days: int) -> None:
        self.go(name, days * 24 * 60)

    @invariant()
    def whole(self) -> None:
        if not hasattr(self, "orders"):
            return
        self.steps += 1
        self.expiring()
        self.shop.agrees_with(*self.orders.values())
        for value in self.orders.values():
            lines_are_whole(value)
            tasks_are_whole(value)
            money_is_whole(value)
            positions_are_whole(value)
            papers_say_the_price(value)


def by_hand(payment: Payment) -> dict[tuple[OperationKind, OperationState], int]:
    """The sums of a payment read plainly: a row that another answers does not count."""
    answered = {one.answers for one in payment.operations}
    sums: dict[tuple[OperationKind, OperationState], int] = {}
    for one in payment.operations:
        if one.number not in answered:
            sums[one.kind, one.state] = sums.get((one.kind, one.state), 0) + one.amount.minor
    return sums


def money_is_whole(value: Order) -> None:
    """M1, M3, M4, M8, M9, S2: bounds of each tender, and every derived sum computed a second way."""
    assert why_not_money(value) is None
    for payment in value.payments:
        sums, plain = balance(payment), by_hand(payment)
        assert sums.captured == plain.get((K.CAPTURE, ST.SUCCEEDED), 0)
        assert sums.refunded == plain.get((K.REFUND, ST.SUCCEEDED), 0)
        assert sums.pending_refund == sum(plain.get((K.REFUND, state), 0) for state in IN_THE_AIR)
        assert 0 <= sums.refunded + sums.pending_refund <= sums.captured
        assert [one.number for one in payment.operations] == list(range(1, len(payment.operations) + 1))
        references = [one.reference.lower() for one in latest(payment.operations)
                      if one.reference and one.kind is K.CAPTURE and one.state is ST.SUCCEEDED]  # fmt: skip
        assert len(references) == len(set(references)), "one reference stands for one capture"
        assert (payment.lapsed_at is None) or payment.expires_at is not None
    placed = value.placed_total.minor
    assert 0 <= order_total(value).minor <= placed


def positions_are_whole(value: Order) -> None:
    """Positions add up to the order; nothing is owed and too much at once; the status says what there is."""
    books, sums = accounts(value), order_balance(value)
    assert sum(one.due for one in books.values()) == order_total(value).minor
    assert sum(one.captured for one in books.values()) == sums.captured
    assert sum(one.in_the_air for one in books.values()) == sums.pending_capture
    assert sum(one.refunded + one.pending_refund for one in books.values()) == (
        sums.refunded + sums.pending_refund
    )
    assert overcharge(value).minor == sum(one.overcharged for one in books.values())
    assert still_owed(value).minor == sum(one.to_capture for one in books.values())
    status = order_payment_status(value)
    assert (status is PaymentStatus.OVERCHARGED) == bool(overcharge(value))
    disputed = any(hold.kind is HoldKind.DISPUTE for hold in value.open_holds())
    if not overcharge(value):
        assert (status is PaymentStatus.DISPUTED) == disputed
    for one in positions(value):
        assert isinstance(one.due, Money)
        assert not one.due.is_negative
        if one.status is PaymentStatus.CAPTURED:
            assert one.captured >= one.due


def invoiced(value: Order) -> set[str | None]:
    """The positions that have an invoice."""
    return {one.shipment for one in value.documents if one.kind is DocumentKind.INVOICE}


def papers_say_the_price(value: Order) -> None:
    """What was invoiced, less what credit notes that stand took off since, is what is owed (M9; spec 9)."""
    books = accounts(value)
    for where in invoiced(value):
        papers = [one for one in value.documents if one.shipment == where]
        says = sum(one.total.minor for one in papers if one.kind is not DocumentKind.RECEIPT)
        assert says == books[where].due


def no_more_is_asked_than_is_owed(before: Order, after: Order) -> None:
    """Whatever we ask for or record ourselves, for one position, is never more than what it owed then."""
    then, now = accounts(before), accounts(after)
    for payment, was in zip(after.payments, before.payments, strict=False):
        asked_before = {one.number: one.amount for one in latest(was.operations) if one.state in IN_THE_AIR}
        for row in payment.operations[len(was.operations) :]:
            is_ours = row.state is ST.REQUESTED or row.cause.startswith("marked as paid")
            is_asked = row.answers in asked_before and row.amount <= asked_before[row.answers]
            if row.kind is K.CAPTURE and is_ours and not (is_asked and row.shipment is None):
                its = now[row.shipment]
                assert its.own + its.prepaid + its.in_the_air <= its.due + its.given_back, row
            if row.kind is K.REFUND and row.state is ST.REQUESTED:
                asked = balance(payment)
                assert asked.refunded + asked.pending_refund <= asked.captured
    left = {line.shipment for line in after.lines if line.status is LineStatus.UNDELIVERED}
    assert left <= set(then) | set(now) | {None}


@pytest.mark.parametrize("shard", range(SHARDS))
def test_money_is_whole_whatever_comes(shard: int) -> None:
    steps = 0

    class Machine(Settling):
        def teardown(self) -> None:
            nonlocal steps
            super().teardown()
            steps += self.steps

    while steps < STEPS // SHARDS:
        run_state_machine_as_test(
            Machine,
            settings=settings(
                max_examples=-(-(STEPS // SHARDS - steps) // LONGEST),
                stateful_step_count=LONGEST,
                deadline=None,
                derandomize=not IS_RELEASE,
                suppress_health_check=list(HealthCheck),
            ),
        )
    print(f"{steps} steps")

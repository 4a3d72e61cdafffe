"""Any sequence of notes, cancels, claims and splits keeps orders whole (invariants S3, S4, M4, M8, A1).

A plain model beside the desk says what each step must do; after every step totals, statuses and copies are
computed anew and compared.
"""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unicodedata import normalize
from uuid import uuid4

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
)

from oms_tui.desk import ask, commit, doctor, errors, people
from oms_tui.domain.derive import standing
from oms_tui.domain.money import Money
from oms_tui.domain.order import Charge, Line, Order
from oms_tui.domain.payment import balance, order_payment_status
from oms_tui.domain.people import LOCAL_ACTOR, Role
from oms_tui.domain.status import BEFORE_PACKED, Cause, LineStatus, OperationKind
from oms_tui.domain.totals import order_total, price, total_of
from tests.build import NOON, card, charge, line, operation, order, shipment
from tests.desk.conftest import entries, take_in
from tests.desk.machines import DeskMachine, run_steps
from tests.support import IS_RELEASE, scaled

CURRENCIES = ("EUR", "JPY", "KWD")
STATUSES = [status for status in LineStatus if status is not LineStatus.CANCELLED]


@st.composite
def lines(draw, currency):
    """Lines in any status, with discounts, taxes on top or included, and reductions."""
    made = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        minor = draw(st.integers(0, 10**9))
        discount = draw(st.integers(0, minor))
        tax = draw(st.integers(0, 10**6))
        status = draw(st.sampled_from(STATUSES))
        rest = {
            "quantity": draw(st.integers(1, 9)),
            "discount": Money(discount, currency),
            "reduction": Money(draw(st.integers(0, minor - discount)), currency),
            "tax": Money(tax, currency),
            "tax_reduction": Money(draw(st.integers(0, tax)), currency),
            "tax_included": draw(st.booleans()),
            "cause": Cause.UNDELIVERED_REFUSED if status is LineStatus.UNDELIVERED else Cause.ACCEPTED,
            "shipment": "S-1" if status not in BEFORE_PACKED[:2] and draw(st.booleans()) else None,
        }
        made.append(line(number, status, minor, currency=currency, **rest))
    return tuple(made)


@st.composite
def orders(draw, order_id):
    """An order of such lines, perhaps with a charge, a released shipment and a payment partly captured."""
    currency = draw(st.sampled_from(CURRENCIES))
    value = draw(lines(currency))
    charges: tuple[Charge, ...] = (charge(1, 490, currency=currency),) if draw(st.booleans()) else ()
    total = total_of(currency, value, charges).minor
    authorized = draw(st.integers(0, total))
    captured = draw(st.integers(0, authorized))
    capture = operation(2, OperationKind.CAPTURE, captured, currency=currency)
    paid = card(authorized, currency=currency, operations=(
        operation(1, OperationKind.AUTHORIZE, authorized, currency=currency), capture))  # fmt: skip
    released = NOON if draw(st.booleans()) else None
    channel_of = order(value[0]).channel
    return order(
        *value,
        id=order_id,
        channel=replace(channel_of, code=f"web-{currency.lower()}", currency=currency),
        charges=charges,
        payments=(paid,) if draw(st.booleans()) else (),
        shipments=(shipment(released_at=released),),
    )


IDS = ("A", "B", "C")
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=50).filter(
    str.strip
)


class Expected:
    """What a plain reading of the rules says an order must look like."""

    def __init__(self, value: Order) -> None:
        self.version = 1
        self.notes: list[str] = []
        self.placed_total = value.placed_total
        self.pieces = Counter({x.number: x.quantity for x in value.lines})
        self.cancelled: Counter[int] = Counter()
        self.amounts = _amounts(value.lines)


def _amounts(lines: tuple[Line, ...]) -> dict[int, tuple[int, ...]]:
    """For each line as placed, the sums over its parts of every amount: no split may change them."""
    sums: dict[int, list[int]] = {}
    for x in lines:
        own = sums.setdefault(x.placed_as, [0] * 5)
        for place, amount in enumerate((x.amount, x.discount, x.tax, x.reduction, x.tax_reduction)):
            own[place] += amount.minor
    return {number: tuple(own) for number, own in sums.items()}


def total_by_hand(value: Order) -> int:
    """The formula of spec 4, written a second time."""
    parts: list[Line | Charge] = [x for x in value.lines if x.status is not LineStatus.CANCELLED]
    parts += [x for x in value.charges if not x.is_cancelled]
    total = 0
    for part in parts:
        total += part.amount.minor - part.discount.minor - part.reduction.minor
        total += 0 if part.tax_included else part.tax.minor - part.tax_reduction.minor
    return total


class NotesCancelsClaims(DeskMachine):
    """Two people at work on three orders."""

    def __init__(self, make_place: Any) -> None:
        super().__init__(make_place)
        self.people = {name: people.actor_named(self.desk, name) for name in ("ana", "ben")}
        self.expected: dict[str, Expected] = {}
        self.claims: dict[str, tuple[str, Any]] = {}
        self.entries = 0
        self.touched: tuple[str, ...] = IDS
        self.steps = -2  # the invariants hold before the first step too: when opened and when all is taken in
        self.last: tuple[Any, ...] | None = None

    @initialize(given=st.tuples(*(orders(name) for name in IDS)))
    def take_in(self, given: tuple[Order, ...]) -> None:
        take_in(self.desk, *given)
        self.expected = {value.id: Expected(value) for value in given}
        self.entries = entries(self.desk)

    def value(self, order_id: str) -> Order:
        """The order as it is stored."""
        return ask.order(self.desk, LOCAL_ACTOR, order_id).order

    def commit(self, who: str, verb: str, order_id: str, arguments: dict[str, object], version: int) -> None:
        """A commit that must take effect."""
        self.last = (self.people[who], verb, order_id, arguments, version, uuid4().hex)
        self.touched = (order_id,)
        done = self.again()
        self.entries += 1
        assert done.seq == self.entries

    def again(self) -> Any:
        """The last commit, with its key."""
        assert self.last is not None
        actor, verb, order_id, arguments, version, key = self.last
        return commit.commit(self.desk, actor, verb, order_id, arguments, version=version, key=key)

    who = st.sampled_from(("ana", "ben"))
    which = st.sampled_from(IDS)

    @rule(who=who, order_id=which, text=TEXTS, seen=st.integers(1, 9))
    def note(self, who: str, order_id: str, text: str, seen: int) -> None:
        try:
            self.commit(who, "order.note", order_id, {"text": text}, seen)
        except errors.BadInput as refused:
            assert "card number" in str(refused)  # noqa: PT017 - only this refusal may come
            return
        self.expected[order_id].notes.append(normalize("NFC", text).strip())  # invariant T5
        self.expected[order_id].version += 1

    @rule(who=who, order_id=which, data=st.data())
    def cancel_part(self, who: str, order_id: str, data: st.DataObject) -> None:
        value, expected = self.value(order_id), self.expected[order_id]
        chosen = data.draw(st.sampled_from(value.lines))
        quantity = data.draw(st.integers(1, chosen.quantity))
        arguments: dict[str, object] = {"reason": "duplicate", "lines": [[chosen.number, quantity]]}
        if chosen.status in BEFORE_PACKED:
            self.commit(who, "order.cancel", order_id, arguments, expected.version)
            expected.cancelled[chosen.placed_as] += quantity
            expected.version += 1
        else:
            with pytest.raises(errors.StateRefuses):
                self.commit(who, "order.cancel", order_id, arguments, expected.version)

    @rule(who=who, order_id=which)
    def cancel_whole(self, who: str, order_id: str) -> None:
        value, expected = self.value(order_id), self.expected[order_id]
        standing_lines = [x for x in value.lines if x.status is not LineStatus.CANCELLED]
        arguments: dict[str, object] = {"reason": "fraud"}
        if standing_lines and all(x.status in BEFORE_PACKED for x in standing_lines):
            self.commit(who, "order.cancel", order_id, arguments, expected.version)
            expected.cancelled = Counter(expected.pieces)
            expected.version += 1
            assert total_by_hand(self.value(order_id)) == 0
        else:
            with pytest.raises(errors.StateRefuses):
                self.commit(who, "order.cancel", order_id, arguments, expected.version)

    @rule(who=who, order_id=which)
    def claim(self, who: str, order_id: str) -> None:
        if self.holder(order_id) == who:
            with pytest.raises(errors.StateRefuses):
                self.commit(who, "order.claim", order_id, {}, 1)
            return
        self.commit(who, "order.claim", order_id, {}, 1)
        self.claims[order_id] = (who, self.place.clock.now() + timedelta(minutes=15))

    @rule(who=who, order_id=which)
    def release(self, who: str, order_id: str) -> None:
        if self.holder(order_id) == who:
            self.commit(who, "order.release", order_id, {}, 1)
            del self.claims[order_id]
        else:
            with pytest.raises(errors.StateRefuses):
                self.commit(who, "order.release", order_id, {}, 1)

    @rule(who=who, order_id=which, behind=st.integers(1, 3))
    def act_on_a_stale_version(self, who: str, order_id: str, behind: int) -> None:
        version = self.expected[order_id].version - behind
        with pytest.raises(errors.StaleVersion):
            self.commit(who, "order.cancel", order_id, {"reason": "fraud"}, version)

    @precondition(lambda self: self.last is not None)
    @rule()
    def send_the_last_one_again(self) -> None:
        assert self.last is not None
        actor, *_, key = self.last
        stored = commit.outcome_of(self.desk, actor, key)
        if stored is not None:
            assert self.again() == stored

    @rule(minutes=st.integers(1, 20))
    def time_passes(self, minutes: int) -> None:
        self.place.clock.advance(timedelta(minutes=minutes))
        self.touched = IDS

    def holder(self, order_id: str) -> str:
        """Who has claimed an order now, by the model."""
        who, until = self.claims.get(order_id, ("", NOON))
        return who if until > self.place.clock.now() else ""

    @invariant()
    def every_touched_order_is_whole(self) -> None:
        """The order a step was about; the others follow when time passes, and all of them at the end."""
        rows = {row.id: row for row in ask.page(self.desk, LOCAL_ACTOR, "").rows}
        for order_id in self.touched if self.expected else ():
            expected = self.expected[order_id]
            profile = ask.order(self.desk, LOCAL_ACTOR, order_id)
            _check_value(profile.order, expected)
            row, now = rows[order_id], standing(profile.order.lines)
            assert (row.status, row.ahead, row.pieces) == (now.status, now.ahead, now.pieces)
            assert row.total.minor == total_by_hand(profile.order) == order_total(profile.order).minor
            assert row.payment is order_payment_status(profile.order)
            assert row.version == expected.version
            assert ("" if profile.claim is None else profile.claim.person) == self.holder(order_id)

    @invariant()
    def one_entry_a_change(self) -> None:
        self.steps += 1
        assert entries(self.desk) == self.entries

    def teardown(self) -> None:
        self.touched = IDS
        self.every_touched_order_is_whole()
        assert doctor.examine(self.desk).findings == ()
        self.put_away()


def _check_value(value: Order, expected: Expected) -> None:
    assert value.version == expected.version
    assert value.placed_total == expected.placed_total
    assert [note.text for note in value.notes] == expected.notes
    assert _amounts(value.lines) == expected.amounts
    pieces: Counter[int] = Counter()
    cancelled: Counter[int] = Counter()
    for x in value.lines:
        pieces[x.placed_as] += x.quantity
        cancelled[x.placed_as] += x.quantity if x.is_cancelled else 0
    assert pieces == expected.pieces
    assert all(price(x).minor >= 0 for x in value.lines)
    assert cancelled == expected.cancelled
    for payment in value.payments:
        sums = balance(payment)
        assert 0 <= sums.refunded + sums.pending_refund <= sums.captured
        assert sums.captured + sums.voided + sums.pending_void <= sums.authorized


STEPS = scaled(100_000)
"""Invariant S4."""
SHARDS = 20 if IS_RELEASE else 1
"""Runs of their own, each with a seed of its own: several workers share them."""
LONGEST = 100 if IS_RELEASE else 50
"""Steps on the same three orders: what many steps do together is found by long programs."""


@pytest.mark.parametrize("shard", range(SHARDS))
def test_any_sequence_of_actions_keeps_orders_whole(shard, memory_folder):
    people_there = {"ana": Role.CS, "ben": Role.CS}
    run_steps(NotesCancelsClaims, memory_folder, people_there, steps=STEPS // SHARDS, longest=LONGEST)

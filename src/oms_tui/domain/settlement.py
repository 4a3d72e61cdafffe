"""A payment provider's settlement file against our own operations: what fits, and what differs (spec 7, issue
Payments).

Pure matching: rows of one file that are about one payment, and that payment, give one judgement a row. Which
rows are about which payment the store finds by reference.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from oms_tui.domain.filter.keys import code_key
from oms_tui.domain.money import Money
from oms_tui.domain.order import Operation, Order, Payment
from oms_tui.domain.payment import latest
from oms_tui.domain.settling import same_reference
from oms_tui.domain.status import HoldKind, OperationKind, OperationState, PaymentMethod

_K, _ST = OperationKind, OperationState


class RowKind(StrEnum):
    """What a row of a settlement file says the provider did."""

    AUTHORIZE = "authorize"
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"
    CHARGEBACK = "chargeback"
    FEE = "fee"

    @property
    def sign(self) -> int:
        """Whether it brought money (1), took it away (-1) or moved none (0). Fees are summed apart."""
        return {RowKind.CAPTURE: 1, RowKind.REFUND: -1, RowKind.CHARGEBACK: -1}.get(self, 0)


OURS = {
    RowKind.AUTHORIZE: frozenset({_K.AUTHORIZE}),
    RowKind.CAPTURE: frozenset({_K.CAPTURE, _K.IMPORTED}),
    RowKind.VOID: frozenset({_K.VOID}),
    RowKind.REFUND: frozenset({_K.REFUND}),
}
"""Kind of a row -> the kinds of our operations that are the same thing."""
SETTLED_KINDS = frozenset({_K.CAPTURE, _K.REFUND})
"""Operations that a provider settles: each of them must be in a file."""
SETTLED_METHODS = frozenset({PaymentMethod.CARD, PaymentMethod.WALLET, PaymentMethod.BANK_TRANSFER})
"""Methods whose money moves through a payment provider."""


class Verdict(StrEnum):
    """How a row of the provider and our books stand to each other."""

    MATCHED = "matched"
    MISSING_HERE = "missing_here"
    """The provider has it, we do not hold it as done."""
    MISSING_THERE = "missing_there"
    """We hold it as done, the provider's file does not have it."""
    DIFFERENT = "different"
    """Both have it, with another amount or currency."""


class Standing(StrEnum):
    """Where a row stands for those who reconcile; open ones first."""

    MISSING_HERE = "missing_here"
    MISSING_THERE = "missing_there"
    DIFFERENT = "different"
    ACCEPTED = "accepted"
    """A difference that somebody accepted with a note."""
    MENDED = "mended"
    """It differed, and matches now."""
    MATCHED = "matched"

    @property
    def is_open(self) -> bool:
        """Whether somebody has still to look at it."""
        return self in OPEN

    @property
    def word(self) -> str:
        """What a person reads."""
        return _WORDS[self]


OPEN = (Standing.MISSING_HERE, Standing.MISSING_THERE, Standing.DIFFERENT)
_WORDS = {
    Standing.MISSING_HERE: "missing here",
    Standing.MISSING_THERE: "missing there",
    Standing.DIFFERENT: "different amount",
    Standing.ACCEPTED: "accepted",
    Standing.MENDED: "mended",
    Standing.MATCHED: "matched",
}


class Reason(StrEnum):
    """Why a verdict is what it is."""

    EXACT = "exact"
    IN_PARTS = "in_parts"
    FEE = "fee"
    DISPUTED = "disputed"
    NO_PAYMENT = "no_payment"
    NOTHING = "nothing"
    TWICE = "twice"
    REQUESTED = "requested"
    UNKNOWN = "unknown"
    FAILED = "failed"
    NO_DISPUTE = "no_dispute"
    AMOUNT = "amount"
    CURRENCY = "currency"
    PARTS_DIFFER = "parts_differ"
    NOT_IN_FILE = "not_in_file"
    IN_ANOTHER_FILE = "in_another_file"
    NOT_HELD = "not_held"
    """We held it as done once, and do not any more."""


_BY_STATE = {_ST.REQUESTED: Reason.REQUESTED, _ST.UNKNOWN: Reason.UNKNOWN, _ST.FAILED: Reason.FAILED}


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementRow:
    """One row of a provider's file. The amount is what was moved, never negative."""

    number: int
    """Its place among the rows that were taken, from 1."""
    line: int
    """Its line in the file."""
    reference: str
    kind: RowKind
    amount: Money
    at: datetime
    """When the provider settled it; a date alone is its first moment in the business time zone."""
    fee: Money
    """What the provider kept of it; below zero where it gave a fee back. In the currency of the amount."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What became of one row."""

    verdict: Verdict
    reason: Reason
    operation: int | None = None
    """The first row of our operation, where there is one that it answers to."""
    ours: Money | None = None
    state: OperationState | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """An operation as we hold it: its number for good, and its latest state."""

    root: int
    now: Operation

    @property
    def is_done(self) -> bool:
        """Whether we hold it as done."""
        return self.now.state is _ST.SUCCEEDED


def held_of(payment: Payment) -> tuple[Held, ...]:
    """The operations of a payment, each in its latest state and under the number of its first row."""
    answered = {one.number: one.answers for one in payment.operations}
    found = []
    for operation in latest(payment.operations):
        root = operation.number
        while (before := answered.get(root)) is not None:
            root = before
        found.append(Held(root, operation))
    return tuple(found)


def disputes_of(order: Order) -> bool:
    """Whether the order has or had a dispute that we know of."""
    return any(hold.kind is HoldKind.DISPUTE for hold in order.holds)


def judge(rows: Sequence[SettlementRow], payment: Payment | None, *, is_disputed: bool) -> list[Judgement]:
    """Judge the rows of one file that are about one payment.

    Args:
        rows: In the order of the file.
        payment: The payment that their references lead to; None where they lead to none.
        is_disputed: Whether the payment's order has or had a dispute that we know of.

    Returns:
        One judgement for each row, in the same order.
    """
    if payment is None:
        return [_without_payment(row) for row in rows]
    found: dict[int, Judgement] = {}
    held = held_of(payment)
    for kind in dict.fromkeys(row.kind for row in rows):
        of_kind = [row for row in rows if row.kind is kind]
        if kind in OURS:
            found |= _Matching([one for one in held if one.now.kind in OURS[kind]]).judge(of_kind)
        elif kind is RowKind.FEE:
            found |= {row.number: Judgement(verdict=Verdict.MATCHED, reason=Reason.FEE) for row in of_kind}
        else:
            verdict, reason = (
                (Verdict.MATCHED, Reason.DISPUTED)
                if is_disputed
                else (Verdict.MISSING_HERE, Reason.NO_DISPUTE)
            )
            found |= {row.number: Judgement(verdict=verdict, reason=reason) for row in of_kind}
    return [found[row.number] for row in rows]


def _without_payment(row: SettlementRow) -> Judgement:
    if row.kind is RowKind.FEE:
        return Judgement(verdict=Verdict.MATCHED, reason=Reason.FEE)
    return Judgement(verdict=Verdict.MISSING_HERE, reason=Reason.NO_PAYMENT)


class _Matching:
    """Rows of one kind against the operations of one kind of a payment; each operation is used once."""

    def __init__(self, held: Iterable[Held]) -> None:
        self._free = list(held)
        self._found: dict[int, Judgement] = {}

    def judge(self, rows: Sequence[SettlementRow]) -> dict[int, Judgement]:
        """First by the operation's own reference; what bears the payment's takes what is left."""
        by_key: dict[str, list[SettlementRow]] = {}
        for row in rows:
            by_key.setdefault(code_key(row.reference), []).append(row)
        of_payment = []
        for key, same in by_key.items():
            own = [one for one in self._free if same_reference(one.now.reference, key)]
            self._free = [one for one in self._free if one not in own]
            if own:
                self._pair(same, own)
            else:
                of_payment += same
        self._pair(of_payment, self._free)
        return self._found

    def _pair(self, rows: list[SettlementRow], held: list[Held]) -> None:
        """Give each row its operation: the same amount first, done before open, the nearest in time."""
        had_any = bool(held)
        left = []
        for row in rows:
            fitting = [one for one in held if one.is_done and one.now.amount == row.amount]
            if fitting:
                best = min(fitting, key=lambda one: abs(one.now.at - row.at))
                held = [one for one in held if one is not best]
                self._say(row, Verdict.MATCHED, Reason.EXACT, best)
            else:
                left.append(row)
        left, held = self._pair_open(left, held)
        done = [one for one in held if one.is_done]
        if left and done:
            self._pair_different(left, done, [one for one in held if not one.is_done])
            return
        self._pair_rest(left, held, Reason.TWICE if had_any else Reason.NOTHING)

    def _pair_open(
        self, rows: list[SettlementRow], held: list[Held]
    ) -> tuple[list[SettlementRow], list[Held]]:
        """What we asked for with this amount and do not hold as done."""
        left = []
        for row in rows:
            one = next((x for x in reversed(held) if not x.is_done and x.now.amount == row.amount), None)
            if one is None:
                left.append(row)
            else:
                held = [x for x in held if x is not one]
                self._say(row, Verdict.MISSING_HERE, _BY_STATE[one.now.state], one)
        return left, held

    def _pair_different(self, rows: list[SettlementRow], done: list[Held], rest: list[Held]) -> None:
        """The same reference with other amounts: as sums, where they fit, else one by one."""
        currencies = {one.now.amount.currency for one in done} | {row.amount.currency for row in rows}
        theirs = sum(row.amount.minor for row in rows)
        ours = sum(one.now.amount.minor for one in done)
        if len(currencies) == 1 and theirs == ours:
            for place, row in enumerate(rows):
                self._say(row, Verdict.MATCHED, Reason.IN_PARTS, done[min(place, len(done) - 1)], row.amount)
            return
        is_split = len(currencies) == 1 and len(rows) > len(done)
        for place, row in enumerate(rows):
            if place < len(done):
                one = done[place]
                is_foreign = one.now.amount.currency != row.amount.currency
                reason = Reason.CURRENCY if is_foreign else Reason.PARTS_DIFFER if is_split else Reason.AMOUNT
                self._say(row, Verdict.DIFFERENT, reason, one)
            elif is_split:
                self._say(
                    row, Verdict.DIFFERENT, Reason.PARTS_DIFFER, done[-1], Money(0, row.amount.currency)
                )
            else:
                self._pair_rest([row], rest, Reason.TWICE)

    def _pair_rest(self, rows: list[SettlementRow], held: list[Held], otherwise: Reason) -> None:
        """What is asked for with another amount; then what we know nothing of."""
        open_ones = [one for one in held if not one.is_done]
        for place, row in enumerate(rows):
            if place < len(open_ones):
                one = open_ones[place]
                self._say(row, Verdict.MISSING_HERE, _BY_STATE[one.now.state], one)
            else:
                self._found[row.number] = Judgement(verdict=Verdict.MISSING_HERE, reason=otherwise)

    def _say(
        self, row: SettlementRow, verdict: Verdict, reason: Reason, one: Held, ours: Money | None = None
    ) -> None:
        self._found[row.number] = Judgement(
            verdict=verdict,
            reason=reason,
            operation=one.root,
            ours=one.now.amount if ours is None else ours,
            state=one.now.state,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """What a file is about: whatever of ours is inside must be in it."""

    since: datetime
    until: datetime
    """The first moment after it."""
    currencies: frozenset[str]
    methods: frozenset[PaymentMethod]

    def expects(self, payment: Payment, held: Held) -> bool:
        """Whether an operation that we hold as done must be in the file."""
        now = held.now
        return (
            held.is_done
            and now.kind in SETTLED_KINDS
            and self.since <= now.at < self.until
            and payment.currency in self.currencies
            and payment.method in self.methods
        )


def missing_there(held: Held | None, *, is_in_another_file: bool) -> Judgement:
    """Judge an operation of ours that the file does not have.

    Args:
        held: As we hold it now; None where the payment has no such operation any more.
        is_in_another_file: Whether another file has it.
    """
    verdict, reason = Verdict.MISSING_THERE, Reason.NOT_IN_FILE
    if held is None or not held.is_done:
        verdict, reason = Verdict.MATCHED, Reason.NOT_HELD
    elif is_in_another_file:
        verdict, reason = Verdict.MATCHED, Reason.IN_ANOTHER_FILE
    return Judgement(
        verdict=verdict,
        reason=reason,
        operation=None if held is None else held.root,
        ours=None if held is None else held.now.amount,
        state=None if held is None else held.now.state,
    )


def standing_after(verdict: Verdict, before: Standing | None) -> Standing:
    """Where a row stands with a new verdict: what was accepted is open again when anything of it changed.

    Args:
        verdict: What holds now.
        before: Where it stood; None for a row that is judged for the first time.
    """
    if verdict is Verdict.MATCHED:
        return Standing.MATCHED if before in (None, Standing.MATCHED) else Standing.MENDED
    return Standing(verdict.value)

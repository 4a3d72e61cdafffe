"""`oms-tui order VERB ID ID …` and `--filter`: one verb on many orders, a transaction each (invariant C6)."""

import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import click

from oms_tui.cli.shared import FAILED, OK, RETRYABLE, Shared, blocked, emit, emit_json, say
from oms_tui.verbs import ArgumentKind, Verb

if TYPE_CHECKING:
    from oms_tui.desk.desk import Desk
    from oms_tui.desk.errors import StateRefuses
    from oms_tui.domain.answers import Committed
    from oms_tui.domain.money import Money
    from oms_tui.domain.people import Actor
    from oms_tui.domain.plan import Plan

MOST_ORDERS: Final = 10_000
"""Orders that a filter may find."""
MOST_WITHOUT_YES: Final = 5
"""Orders that a filter may find before `--yes` is needed; none where money is touched."""
PAGE: Final = 500
INTERRUPTED: Final = 130
CAN, DONE, REFUSED, RETRY, UNKNOWN, LEFT = "can", "done", "refused", "try again", "unknown", "not done"


@dataclass(frozen=True, slots=True)
class Row:
    """What becomes of one order."""

    order_id: str
    outcome: str
    text: str
    version: int = 0
    change: "Money | None" = None
    """By how much its total changes."""


def work(
    shared: Shared,
    verb: Verb,
    order_ids: Sequence[str],
    filter_text: str | None,
    arguments: Mapping[str, object],
    *,
    is_dry: bool,
    is_sure: bool,
) -> int:
    """Do the verb to each of these orders and report them one by one; the exit code.

    Args:
        shared: the global options.
        verb: one that can work a pile.
        order_ids: the orders, where no filter names them.
        filter_text: finds them; the oldest first unless it sorts.
        arguments: the same for all.
        is_dry: say which can and which cannot, and change nothing.
        is_sure: whether `--yes` was typed.

    Raises:
        UsageError: the filter finds too many, or more than may be done without `--yes`.
    """
    with shared.desk() as desk:
        actor = shared.person(desk)
        ids = list(dict.fromkeys(order_ids)) if filter_text is None else _found(desk, actor, filter_text)
        pile = _Pile(shared, desk, actor, verb, arguments, max((len(one) for one in ids), default=0))
        rows = [pile.plan(one) for one in ids]
        ready = [row for row in rows if row.outcome == CAN]
        if is_dry:
            for row in rows:
                pile.report(row)
            say(f"{_summary(rows)}; nothing was changed.")
            return OK if len(ready) == len(rows) else FAILED
        if filter_text is not None and not is_sure and (verb.touches_money or len(ready) > MOST_WITHOUT_YES):
            raise click.UsageError(
                f"{verb.label}: {_summary(rows)}. --yes does it, --dry-run says it order by order."
            )
        done = pile.commit_all(rows)
        say(f"{_summary(done)}.")
        return _exit_code(done)


def _found(desk: "Desk", actor: "Actor", text: str) -> list[str]:
    """The orders that a filter finds, the oldest first unless it sorts itself."""
    from oms_tui.desk import ask
    from oms_tui.domain.filter import FilterError, Sort, parse

    try:
        asked = parse(text)
    except FilterError:
        asked = None  # the desk says what is wrong with it
    if asked is not None and asked.sort is None:
        text = str(asked.with_sort(Sort("created", False)))
    ids: list[str] = []
    after = None
    while True:
        page = ask.page(desk, actor, text, size=PAGE, after=after)
        ids += [row.id for row in page.rows]
        if len(ids) > MOST_ORDERS:
            raise click.UsageError(f"More than {MOST_ORDERS:,} orders match {text!r}: narrow the filter.")
        if not page.has_after or not page.rows:
            return ids
        after = page.rows[-1].position


class _Pile:
    """One verb, one person, one report."""

    def __init__(
        self,
        shared: Shared,
        desk: "Desk",
        actor: "Actor",
        verb: Verb,
        arguments: Mapping[str, object],
        id_width: int,
    ) -> None:
        self._shared = shared
        self._desk = desk
        self._actor = actor
        self._verb = verb
        self._arguments = arguments
        self._id_width = id_width

    def report(self, row: Row) -> None:
        """One line, or one JSON value, an order."""
        if self._shared.is_json:
            emit_json({"order_id": row.order_id, "outcome": row.outcome, "text": row.text})
        else:
            emit(f"{row.order_id:<{self._id_width}}  {row.outcome:<9}  {row.text}")

    def plan(self, order_id: str) -> Row:
        """Whether it can be done to this order, and why not.

        Raises:
            BadInput: what was typed can be taken for no order.
            NoRight: the person may not do it at all.
        """
        from oms_tui.desk import plan
        from oms_tui.desk.errors import BadInput, Missing, StateRefuses

        try:
            planned = plan.plan(self._desk, self._actor, self._verb.id, order_id, self._arguments)
        except StateRefuses as error:
            return Row(order_id, REFUSED, _reasons(error))
        except Missing as error:
            return Row(order_id, REFUSED, str(error))
        except BadInput as error:
            if not self._is_of_one_order(error.field):
                raise
            return Row(order_id, REFUSED, str(error))
        return Row(order_id, CAN, _what(planned), planned.version, _change(planned))

    def _is_of_one_order(self, name: str) -> bool:
        """Whether a value is refused because this order does not offer it: another one may."""
        kinds = {one.name: one for one in self._verb.arguments}
        found = kinds.get(name)
        is_choice = found is not None and found.kind is ArgumentKind.CHOICE and found.default is None
        return is_choice and self._arguments.get(name) is not None

    def commit_all(self, rows: Sequence[Row]) -> list[Row]:
        """Do it to every order that can; ctrl+c stops after the order in hand."""
        outcome: list[Row] = []
        with _stopped_by_interrupt() as is_stopped:
            for row in rows:
                if row.outcome == CAN:
                    left = Row(row.order_id, LEFT, "Stopped before it.")
                    row = left if is_stopped() else self._commit(row)
                outcome.append(row)
                self.report(row)
        return outcome

    def _commit(self, row: Row) -> Row:
        from secrets import token_urlsafe

        from oms_tui.cli.verbs import NO_EFFECT
        from oms_tui.desk.errors import (
            BadInput,
            Missing,
            NoRight,
            OutcomeNotKnown,
            StaleVersion,
            StateRefuses,
        )
        from oms_tui.store.errors import DatabaseBusy

        key = token_urlsafe(24)
        try:
            done = self._send(row, key)
        except StateRefuses as error:
            return Row(row.order_id, REFUSED, _reasons(error))
        except (StaleVersion, DatabaseBusy) as error:
            return Row(row.order_id, RETRY, str(error))
        except OutcomeNotKnown as error:
            return Row(row.order_id, RETRY if str(error) == NO_EFFECT else UNKNOWN, str(error))
        except (BadInput, Missing, NoRight) as error:
            return Row(row.order_id, REFUSED, str(error))
        return Row(row.order_id, DONE, done.summary, done.version, row.change)

    def _send(self, row: Row, key: str) -> "Committed":
        from oms_tui.cli.verbs import look_up
        from oms_tui.desk import commit
        from oms_tui.desk.errors import OutcomeNotKnown

        try:
            return commit.commit(
                self._desk, self._actor, self._verb.id, row.order_id, self._arguments,
                version=row.version, key=key,
            )  # fmt: skip
        except OutcomeNotKnown:
            return look_up(self._desk, self._actor, key)


@contextmanager
def _stopped_by_interrupt() -> "Iterator[_Interrupt]":
    """While this lasts ctrl+c interrupts nothing in hand; it is remembered."""
    interrupt = _Interrupt()
    before = signal.signal(signal.SIGINT, interrupt.note)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, before)


class _Interrupt:
    """Whether somebody pressed ctrl+c."""

    def __init__(self) -> None:
        self._is_pressed = False

    def note(self, *_: object) -> None:
        """Remember it."""
        self._is_pressed = True

    def __call__(self) -> bool:
        return self._is_pressed


def _reasons(error: "StateRefuses") -> str:
    return " ".join(blocked(one) for one in error.blockers)


def _change(planned: "Plan") -> "Money | None":
    return None if planned.totals is None else planned.totals[1] - planned.totals[0]


def _what(planned: "Plan") -> str:
    """What would be done, the sums, and what to know before."""
    from oms_tui.domain.money import format_money

    parts = [f"{planned.commit_label}: {planned.effect}" if planned.effect else planned.commit_label]
    if planned.totals is not None and planned.totals[0] != planned.totals[1]:
        before, after = (format_money(one) for one in planned.totals)
        parts.append(f"{before} → {after}")
    parts += [f"note: {warning}" for warning in planned.warnings]
    return ", ".join(parts)


def _summary(rows: Sequence[Row]) -> str:
    """The orders counted by what becomes of them, and the sums by currency."""
    from oms_tui.domain.money import Money, format_money

    counted = [
        f"{sum(row.outcome == one for row in rows):,} {one}"
        for one in (CAN, DONE, REFUSED, RETRY, UNKNOWN, LEFT)
        if any(row.outcome == one for row in rows)
    ]
    sums: dict[str, int] = {}
    for row in rows:
        if row.change is not None and row.change.minor:
            sums[row.change.currency] = sums.get(row.change.currency, 0) + row.change.minor
    money = ", ".join(
        f"{format_money(Money(minor, currency))} ({currency})" for currency, minor in sorted(sums.items())
    )
    text = f"{len(rows):,} order{'' if len(rows) == 1 else 's'}: {', '.join(counted) or 'nothing to do'}"
    return f"{text}; totals {money}" if money else text


def _exit_code(rows: Sequence[Row]) -> int:
    """0 all done; 130 stopped; 3 where trying again may do the rest; 1 where something was refused."""
    outcomes = {row.outcome for row in rows} - {DONE}
    if not outcomes:
        return OK
    if LEFT in outcomes:
        return INTERRUPTED
    return RETRYABLE if outcomes <= {RETRY, UNKNOWN} else FAILED

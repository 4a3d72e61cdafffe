"""Receiving events: each is taken, waits, is kept, or becomes a problem; none is lost (spec 3.3).

Many share a transaction. Those of one order are judged one after the other, and what is judged of many orders
is written at once; where that cannot be, as when one of them is too early, the events of that order are taken
each in a savepoint of its own. What waits is tried again whenever its order has changed, and becomes a
problem when its time is over.
"""

import logging
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from oms_tui.clock import to_micros
from oms_tui.desk.desk import Desk
from oms_tui.desk.errors import DeskError
from oms_tui.desk.events import TOGETHER as WRITTEN_TOGETHER
from oms_tui.desk.events import EventTaken, Taking, Together, picking_went_on
from oms_tui.desk.writing import Writing, writing
from oms_tui.domain.events import (
    Event,
    EventImpossible,
    EventRefused,
    EventTooEarly,
    without_cards,
)
from oms_tui.domain.events.cases import RETURN_EVENTS, CaseState, EventCase, Fate, Received
from oms_tui.domain.people import OUTSIDE
from oms_tui.domain.status import word
from oms_tui.store import event_cases, events, orders
from oms_tui.store.engine import savepoint
from oms_tui.store.errors import ProgrammingMistake, RuleBroken, StoreError
from oms_tui.store.event_cases import StoredCase
from oms_tui.store.orders import Stored

WAITS, IS_PROBLEM, IS_KEPT = "event.waits", "event.problem", "event.kept"
"""The actions of the audit entries of events that were not taken."""
OTHER_BODY: Final = "An event of this id came before and says something else: this one was not taken."
KEPT: Final = "It is kept until returns are worked here."
LOCK_WAIT: Final = 1.0
"""Seconds that receiving waits for others' writing before it says that the database is busy."""
TOGETHER: Final = 8
"""Cases of one transaction that are tried again, at most."""
_FATE = {CaseState.WAITING: Fate.WAITING, CaseState.PROBLEM: Fate.PROBLEM, CaseState.KEPT: Fate.KEPT}
_ACTION = {CaseState.WAITING: WAITS, CaseState.PROBLEM: IS_PROBLEM, CaseState.KEPT: IS_KEPT}
_SAID = {CaseState.WAITING: "waits", CaseState.PROBLEM: "is an event problem", CaseState.KEPT: "is kept"}
_log = logging.getLogger(__name__)


def receive(desk: Desk, batch: Sequence[Event], *, wait: float = LOCK_WAIT) -> list[Received]:
    """Receive events, all in one transaction; what became of each, in their order.

    Args:
        desk: The desk.
        batch: Events in the order in which they came.
        wait: Seconds that others' writing is waited for.

    Raises:
        DatabaseBusy: Others are writing; nothing was received.
        StoreError: The database refused; nothing of the batch was written.
    """
    given = [_Given.of(event) for event in batch]
    with desk.store.read() as conn:
        known = events.known(conn, (one.event.id for one in given))
    if all(one.event.id in known for one in given):
        return [_known(one, known[one.event.id]) for one in given]
    with writing(desk, wait, yields=True) as work:
        return _Receiving(desk, work).receive(given)


def known_ids(desk: Desk, ids: Sequence[str]) -> frozenset[str]:
    """Those of these ids under which an event came before."""
    with desk.store.read() as conn:
        return frozenset(events.known(conn, ids))


@dataclass(frozen=True, slots=True)
class _Given:
    """An event that came in, and the digest of its body."""

    event: Event
    digest: str

    @classmethod
    def of(cls, event: Event) -> "_Given":
        event = without_cards(event)
        return cls(event, events.digest_of(events.pack(event)))


def _known(given: _Given, digest: str) -> Received:
    if digest in ("", given.digest):
        return Received(id=given.event.id, fate=Fate.KNOWN)
    return Received(id=given.event.id, fate=Fate.REFUSED, reason=OTHER_BODY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retried:
    """What became of events that waited."""

    tried: int = 0
    taken: int = 0
    problems: int = 0
    """Those whose time was over."""

    def __add__(self, other: "Retried") -> "Retried":
        return Retried(
            tried=self.tried + other.tried,
            taken=self.taken + other.taken,
            problems=self.problems + other.problems,
        )


def _never() -> bool:
    return False


def try_waiting(desk: Desk, *, is_over: Callable[[], bool] = _never) -> Retried:
    """Try every waiting event again whose order has changed since, or whose time is over.

    Args:
        desk: The desk.
        is_over: Asked before each transaction: whether to stop there.

    Raises:
        DatabaseBusy: Others are writing; what was tried before is kept.
        StoreError: The database refused.
    """
    total = Retried()
    while not is_over():
        with desk.store.read() as conn:
            if not event_cases.due(conn, to_micros(desk.clock.now()), 1):
                break
        with writing(desk, LOCK_WAIT, yields=True) as work:
            due = event_cases.due(work.conn, work.micros, TOGETHER)
            total += _Receiving(desk, work).try_due(due)
    return total


class _Receiving:
    """One transaction in which events come in."""

    def __init__(self, desk: Desk, work: Writing) -> None:
        self._desk = desk
        self._work = work
        self._conn = work.conn
        self._taking = Taking(desk, work)
        self._orders: dict[str, Stored] = {}
        """Orders that were read, as they are stored now."""
        self._since: dict[str, Received] = {}
        """What became, in this transaction, of events that waited."""

    def receive(self, batch: Sequence[_Given]) -> list[Received]:
        known = events.known(self._conn, (one.event.id for one in batch))
        self._read({one.event.order_id for one in batch if one.event.id not in known})
        found: dict[int, Received] = {}
        turns: dict[str, list[int]] = {}
        for place, one in enumerate(batch):
            if one.event.id in known:
                found[place] = _known(one, known[one.event.id])
                continue
            known[one.event.id] = one.digest
            turns.setdefault(one.event.order_id, []).append(place)
        runs = [_runs(batch, places) for places in turns.values()]
        while runs:
            now = [one.popleft() for one in runs]
            quick = [run for run in now if batch[run[0]].event.kind in WRITTEN_TOGETHER]
            found |= self._together(batch, quick)
            for place in (place for run in now for place in run if place not in found):
                found[place] = self._receive(batch[place])
            runs = [one for one in runs if one]
        each = [found[place] for place in range(len(batch))]
        return [self._since.get(one.id, one) if one.fate is Fate.WAITING else one for one in each]

    def _read(self, ids: Iterable[str]) -> None:
        pks = orders.pks_of(self._conn, ids)
        for stored in orders.load_many(self._conn, pks.values()):
            self._orders[stored.order.id] = stored

    def _together(self, batch: Sequence[_Given], runs: Sequence[list[int]]) -> dict[int, Received]:
        """Take events of several orders, those of each by their places in the batch, and write all at once;
        what became of them.

        An order is left out, and nothing of it written, where each must be looked at by itself: it is not
        here, one is not taken, or others wait for what they bring.
        """
        known = [(run, stored) for run in runs if (stored := self._orders.get(_order_id(batch, run)))]
        waited_for = event_cases.waited_for(self._conn, [stored.pk for _, stored in known])
        together, found = Together(self._taking, self._work), dict[int, Received]()
        judged: list[list[int]] = []
        for run, stored in known:
            if stored.pk in waited_for:
                continue
            given = [batch[place] for place in run]
            try:
                taken = together.judge(stored, [(one.event, one.digest) for one in given])
            except Exception as error:
                _raise_if_of_all(error)
                continue
            judged.append(run)
            found |= {
                place: _received(batch[place].event, one) for place, one in zip(run, taken, strict=True)
            }
        last = self._work.last_entry
        try:
            with savepoint(self._conn):
                written = together.write()
        except Exception as error:
            _raise_if_of_all(error)
            self._work.last_entry = last
            # One of them stops the others: each order by itself, and that one event by event.
            alone = judged if len(judged) > 1 else ()
            return {place: one for run in alone for place, one in self._together(batch, [run]).items()}
        self._orders |= {stored.order.id: stored for stored in written}
        return found

    def _receive(self, given: _Given) -> Received:
        event = given.event
        if event.kind in RETURN_EVENTS:
            return self._keep(given, CaseState.KEPT, KEPT)
        if event.order_id not in self._orders:
            return self._keep(given, CaseState.WAITING, f"There is no order {event.order_id} yet.")
        taken = self._take(event, None, given.digest)
        if isinstance(taken, EventTaken):
            if taken.has_changed:
                self._try_order(self._orders[event.order_id])
            return _received(event, taken)
        state = CaseState.WAITING if isinstance(taken, EventTooEarly) else CaseState.PROBLEM
        return self._keep(given, state, str(taken))

    def _take(self, event: Event, was: StoredCase | None, digest: str) -> EventTaken | EventRefused:
        """Take an event, or say why not; a refusal leaves nothing behind."""
        last = self._work.last_entry
        try:
            with savepoint(self._conn):
                taken, after = self._taking.take(self._orders[event.order_id], event, was, digest)
        except EventRefused as refused:
            self._work.last_entry = last
            return refused
        except Exception as error:
            _raise_if_of_all(error)
            self._work.last_entry = last
            return EventImpossible(_why(event, error))
        self._orders[event.order_id] = after
        return taken

    def _keep(self, given: _Given, state: CaseState, reason: str) -> Received:
        """Keep an event that is not taken, with one audit entry."""
        event, work = given.event, self._work
        until = work.now + self._desk.event_wait if state is CaseState.WAITING else None
        stored = self._orders.get(event.order_id)
        case = EventCase(
            event=event, state=state, reason=reason, is_taken=False, received=work.now, until=until
        )
        pk = None if stored is None else stored.pk
        next_try = None if until is None else to_micros(until)
        event_cases.put(self._conn, StoredCase(case, pk, given.digest, next_try))
        self._log(case, pk)
        if stored is not None and state is CaseState.PROBLEM:
            picking_went_on(work, stored, event, reason)
        return Received(id=event.id, fate=_FATE[state], reason=reason)

    def _log(self, case: EventCase, pk: int | None) -> None:
        event = case.event
        self._work.log(
            OUTSIDE,
            _ACTION[case.state],
            f"{word(event.kind)} {_SAID[case.state]}: {case.reason}",
            subject=event.order_id,
            order_pk=pk,
            key=event.id,
        )

    def try_due(self, due: Sequence[tuple[str, int | None]]) -> Retried:
        """Try these cases, and with each all that wait for something of the same order."""
        done = Retried()
        pks = dict.fromkeys(pk for _, pk in due if pk is not None)
        for stored in list(orders.load_many(self._conn, pks)):
            self._orders[stored.order.id] = stored
            done += self._try_order(stored)
        for id_, pk in due:
            if pk is None and (lost := event_cases.find(self._conn, id_)) is not None:
                self._give_up(lost)
                done += Retried(tried=1, problems=1)
        return done

    def _try_order(self, stored: Stored) -> Retried:
        """Try what waits for something of an order, by its own time, until none of it can be taken."""
        done = Retried()
        is_moving = True
        while is_moving:
            is_moving = False
            for waiting in event_cases.waiting_of(self._conn, stored.pk):
                is_taken, is_over = self._try(waiting)
                done += Retried(tried=1, taken=int(is_taken), problems=int(is_over))
                is_moving |= is_taken
        return done

    def _try(self, waiting: StoredCase) -> tuple[bool, bool]:
        """Whether it was taken, and whether it is a problem now."""
        case = waiting.case
        taken = self._take(case.event, waiting, waiting.digest)
        if isinstance(taken, EventTaken):
            self._since[case.event.id] = _received(case.event, taken)
            return True, False
        is_over = case.until is None or case.until <= self._work.now
        if isinstance(taken, EventTooEarly) and not is_over:
            until = to_micros(case.until) if case.until is not None else None
            if (waiting.next_try, case.reason) != (until, str(taken)):
                event_cases.change(
                    self._conn,
                    waiting,
                    replace(waiting, case=replace(case, reason=str(taken)), next_try=until),
                )
            return False, False
        self._give_up(waiting, taken)
        return False, True

    def _give_up(self, waiting: StoredCase, refused: EventRefused | None = None) -> None:
        """What waited becomes a problem: its time is over, or it cannot be any more."""
        case = waiting.case
        reason = case.reason if refused is None else str(refused)
        if refused is None or isinstance(refused, EventTooEarly):
            hours = round((self._work.now - case.received).total_seconds()) // 3600
            reason = f"It waited {hours} h in vain. {reason}"
        after = replace(case, state=CaseState.PROBLEM, reason=reason, until=None)
        event_cases.change(self._conn, waiting, replace(waiting, case=after, next_try=None))
        self._since[case.event.id] = Received(id=case.event.id, fate=Fate.PROBLEM, reason=reason)
        self._log(after, waiting.order_pk)
        if (stored := self._orders.get(case.event.order_id)) is not None:
            picking_went_on(self._work, stored, case.event, reason)


def _received(event: Event, taken: EventTaken) -> Received:
    """What became of an event that was taken: a problem where somebody must look at what it says."""
    fate = Fate.PROBLEM if taken.warnings else Fate.TAKEN
    return Received(id=event.id, fate=fate, reason=" ".join(taken.warnings), has_changed=taken.has_changed)


def _runs(batch: Sequence[_Given], places: Sequence[int]) -> deque[list[int]]:
    """The places of an order's events, those that can be written together beside each other."""
    alike = groupby(places, lambda place: batch[place].event.kind in WRITTEN_TOGETHER)
    return deque(list(run) for _, run in alike)


def _order_id(batch: Sequence[_Given], run: Sequence[int]) -> str:
    return batch[run[0]].event.order_id


def _raise_if_of_all(error: Exception) -> None:
    """Raise an error again that is the whole transaction's: the database refused, whatever the event was."""
    if isinstance(error, StoreError) and not isinstance(error, RuleBroken | ProgrammingMistake):
        raise error


def _why(event: Event, error: Exception) -> str:
    """Why an event that the program could not take is a problem; a fault is logged without anybody's data."""
    if isinstance(error, DeskError | RuleBroken):
        return str(error)
    where = "".join(traceback.format_tb(error.__traceback__)[-4:])
    _log.error("Taking an event (%s) broke off: %s\n%s", event.kind.value, type(error).__name__, where)
    return f"The program failed on it ({type(error).__name__}): see the log, and replay it later."

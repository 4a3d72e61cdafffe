"""Event problems: what could not be taken, or should not have been, and what somebody does about it.

Each is done once, on the version of the case that was looked at, under a key as a commit has; what it does to
an order goes the way of every event.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from oms_tui.clock import to_micros
from oms_tui.desk import keys as intent_keys
from oms_tui.desk.authorise import (
    RightMissing,
    allows,
    as_of_now,
    authorise,
    why_not,
)
from oms_tui.desk.commit import OTHER_BODY, once
from oms_tui.desk.desk import Desk
from oms_tui.desk.errors import BadInput, Missing, StaleVersion, StateRefuses
from oms_tui.desk.events import TakenBy, Taking
from oms_tui.desk.world import world_of
from oms_tui.desk.writing import Writing, writing
from oms_tui.domain.answers import Committed, EventSight
from oms_tui.domain.authority import Right
from oms_tui.domain.differences import consequences
from oms_tui.domain.events import EventRefused, take_as_fact
from oms_tui.domain.events.anyway import ship_anyway, stop_parcel, unwanted
from oms_tui.domain.events.cases import CaseState, EventCase
from oms_tui.domain.events.ways import Way, ways
from oms_tui.domain.events.ways import why_not as why_not_way
from oms_tui.domain.people import LOCAL_ACTOR, Actor
from oms_tui.domain.status import word
from oms_tui.store import event_cases, intents, keys, orders, outbox
from oms_tui.store.engine import Connection
from oms_tui.store.event_cases import StoredCase
from oms_tui.store.orders import Stored
from oms_tui.verbs import ArgumentError, Blocker
from oms_tui.verbs.arguments import note_argument
from oms_tui.verbs.base import read_text

LARGEST_PAGE: Final = 500
NOTE: Final = note_argument("Why; goes to the timeline.", is_required=True)
"""What parking and letting go ask for."""
_NAMED = "To do that, say who you are: oms-tui --as NAME …"


def page(
    desk: Desk,
    actor: Actor,
    state: CaseState,
    *,
    after: tuple[datetime, str] | None = None,
    limit: int = 100,
    order_id: str = "",
) -> tuple[EventCase, ...]:
    """Events in a state, longest here first, after a place (when it came, its id).

    Raises:
        NoRight: The actor may not look at event problems.
    """
    authorise(desk, actor, Right.EVENT_PROBLEMS)
    start = None if after is None else (to_micros(after[0]), after[1])
    with desk.store.read() as conn:
        found = event_cases.page(conn, state, min(max(limit, 1), LARGEST_PAGE), start, order_id)
    return tuple(stored.case for stored in found)


def sight(desk: Desk, actor: Actor, event_id: str) -> EventSight:
    """An event with its order and the ways on.

    Raises:
        NoRight: The actor may not look at event problems.
        Missing: No event of that id waits, is a problem or was parked.
    """
    authorise(desk, actor, Right.EVENT_PROBLEMS)
    with desk.store.read() as conn:
        found = _find(conn, event_id)
        stored = orders.find(conn, found.case.event.order_id)
    order = None if stored is None else stored.order
    return EventSight(case=found.case, order=order, ways=ways(found.case, order))


def settle(
    desk: Desk, actor: Actor, event_id: str, way: Way, *, note: str = "", version: int, key: str
) -> Committed:
    """Do something about an event: once, on the version of its case that was looked at.

    The same key with the same body gets the answer that was stored; a refusal leaves the key free.

    Raises:
        NoRight: The actor may not settle event problems.
        Missing: No event of that id waits, is a problem or was parked.
        StaleVersion: Somebody did something about it since; nothing was written.
        StateRefuses: The way is not open, or the event still cannot be taken; nothing was written.
        BadInput: The note is missing or cannot be kept, or the key was used for something else.
        OutcomeNotKnown: Writing broke off: ask `commit.outcome_of` (I3).
        StoreError: The database refused; nothing was written.
    """
    intent_keys.check_key(key, desk.clock.now())
    try:
        words = read_text(replace(NOTE, is_required=way.needs_note), note)
    except ArgumentError as error:
        raise BadInput(str(error), field=error.name) from error
    body = intent_keys.body_digest(f"event.{way.value}", event_id, version, {"note": words})
    asked = _Asked(event_id, way, words, version, key, body)
    return once(desk, actor, key, lambda: asked.run(desk, actor))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What somebody wants done about an event; running it again runs every check again."""

    event_id: str
    way: Way
    note: str
    version: int
    key: str
    body: str

    def run(self, desk: Desk, actor: Actor) -> Committed:
        """One transaction; whatever raises inside it leaves nothing behind."""
        with writing(desk) as work:
            actor = _let_in(desk, work.conn, actor, self.event_id)
            known = keys.find(work.conn, actor.name, self.key)
            if known is not None:
                if known.body != self.body:
                    raise BadInput(OTHER_BODY, field="key")
                return known.answer
            found = _find(work.conn, self.event_id)
            _check_version(found, self.version)
            done = _Settling(desk, work, actor, found, self.note, self.key).do(self.way)
            keys.put(work.conn, actor.name, self.key, work.micros, self.body, done)
        return done


def _let_in(desk: Desk, conn: Connection, actor: Actor, event_id: str) -> Actor:
    """The actor as of now, if they may; whoever only opened the file has no name to stand for it."""
    if actor == LOCAL_ACTOR:
        raise RightMissing(actor, Right.EVENT_PROBLEMS, _NAMED, event_id)
    actor = as_of_now(conn, actor)
    if not allows(actor, Right.EVENT_PROBLEMS, desk.policy.authority):
        reason = why_not(Right.EVENT_PROBLEMS, desk.policy.authority)
        raise RightMissing(actor, Right.EVENT_PROBLEMS, reason, event_id)
    return actor


def _find(conn: Connection, event_id: str) -> StoredCase:
    found = event_cases.find(conn, event_id)
    if found is None:
        raise Missing(f"No event {event_id} waits, is a problem or was parked: it may have been taken since.")
    return found


def _check_version(found: StoredCase, version: int) -> None:
    case = found.case
    if case.version != version:
        who = f" by {case.person}" if case.person else ""
        raise StaleVersion(
            f"Something was done about event {case.event.id} since{who}: it is {case.state.value} now. "
            "Nothing was done; look at it again.",
            version=case.version,
        )


@dataclass(frozen=True, slots=True)
class _Settling:
    """One thing that somebody does about an event, in its transaction."""

    desk: Desk
    work: Writing
    actor: Actor
    found: StoredCase
    note: str
    key: str

    def do(self, way: Way) -> Committed:
        """Do it.

        Raises:
            StateRefuses: It cannot be done; nothing may be written then.
        """
        case = self.found.case
        stored = orders.find(self.work.conn, case.event.order_id)
        if reason := why_not_way(way, case, None if stored is None else stored.order):
            raise StateRefuses([Blocker(reason)])
        if way is Way.PARK:
            return self._park()
        if stored is None:
            raise StateRefuses([Blocker(f"There is no order {case.event.order_id} yet: it waits for it.")])
        ways: dict[Way, Callable[[Stored], Committed]] = {
            Way.REPLAY: self._replay,
            Way.STOP: self._stop,
            Way.SHIP: self._ship,
            Way.TAKE: self._take,
        }
        try:
            return ways[way](stored)
        except EventRefused as refused:
            raise StateRefuses([Blocker(f"Still not taken: {refused}")]) from refused

    def _replay(self, stored: Stored) -> Committed:
        taking = self._taking("event.replay", "Replayed")
        taken, after = taking.take(stored, self.found.case.event, self.found, self.found.digest)
        return self._done(
            f"Replayed {self._name}", taken.version if taken.has_changed else after.order.version
        )

    def _ship(self, stored: Stored) -> Committed:
        event = self.found.case.event
        is_money_due = any(line.is_cancelled for line, _ in unwanted(stored.order, event))
        waiting = self._not_asked_yet(stored.pk) if is_money_due else frozenset()
        draw = world_of(self.desk, self.work.conn, numbers=True).document_number
        outcome = ship_anyway(stored.order, event, self.work.now, self.actor.name, waiting, draw)
        outcome = replace(outcome, summary=f"{outcome.summary}: {self.note}")
        taking = self._taking("event.ship_anyway", "Shipped anyway")
        taken, _ = taking.write(stored, event, outcome, self.found, self.found.digest)
        return self._done(outcome.summary, taken.version)

    def _take(self, stored: Stored) -> Committed:
        event = self.found.case.event
        taking = self._taking("event.take", "Taken as a fact")
        outcome = take_as_fact(stored.order, event, taking.context)
        # Whoever decides has seen it: what they should know of it goes to the timeline with their words.
        said = ". ".join((f"{outcome.summary}: {self.note}", *outcome.warnings))
        outcome = replace(outcome, warnings=(), summary=said)
        taken, _ = taking.write(stored, event, outcome, self.found, self.found.digest)
        return self._done(outcome.summary, taken.version)

    def _not_asked_yet(self, pk: int) -> frozenset[tuple[int, int]]:
        """Money that need not move any more: what waits for the location, and voids that are to be sent.

        Without a provider nobody knows what others have in hand of the latter.
        """
        conn = self.work.conn
        unsent = intents.unsent_voids(conn, pk) if self.desk.provider.is_on else frozenset()
        return intents.waiting_money(conn, pk) | unsent

    def _taking(self, action: str, said: str) -> Taking:
        by = TakenBy(actor=self.actor, action=action, said=said, key=self.key)
        return Taking(self.desk, self.work, by)

    def _stop(self, stored: Stored) -> Committed:
        """The location is asked once more: nothing of the order changes, so it gets no new version."""
        outcome = stop_parcel(
            stored.order, self.found.case.event, self.work.now + self.desk.policy.recall_for
        )
        outbox.add(self.work.conn, [(stored.pk, outcome)], self.work.micros)
        said = f": {self.note}" if self.note else ""
        self._change(CaseState.PROBLEM, f"{outcome.summary}{said}")
        seq = self.work.log(
            self.actor,
            "event.stop",
            f"{outcome.summary} (event {self.found.case.event.id}){said}",
            subject=stored.order.id,
            order_pk=stored.pk,
            key=self.key,
            changes=consequences(stored.order, outcome),
        )
        return self._committed(outcome.summary, stored.order.version, seq)

    def _park(self) -> Committed:
        after = self._change(CaseState.PARKED, self.note)
        summary = f"Parked {self._name}: {self.note}"
        seq = self.work.log(
            self.actor,
            "event.park",
            summary,
            subject=after.case.event.order_id,
            order_pk=after.order_pk,
            key=self.key,
        )
        return self._committed(summary, after.case.version, seq)

    def _change(self, state: CaseState, note: str) -> StoredCase:
        case = replace(self.found.case, state=state, note=note, person=self.actor.name, until=None)
        return event_cases.change(self.work.conn, self.found, replace(self.found, case=case, next_try=None))

    @property
    def _name(self) -> str:
        event = self.found.case.event
        return f"{word(event.kind)} {event.id}"

    def _done(self, summary: str, version: int) -> Committed:
        return self._committed(summary, version, self.work.last_entry)

    def _committed(self, summary: str, version: int, seq: int) -> Committed:
        return Committed(order_id=self.found.case.event.order_id, version=version, summary=summary, seq=seq)

"""Events: what the world outside tells us, taken once each (spec 3.3)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from oms_tui.clock import to_micros
from oms_tui.desk.desk import Desk
from oms_tui.desk.effects import Effect, Effects
from oms_tui.desk.plan import decide
from oms_tui.desk.subjects import changing_verb, find_order, subject_of
from oms_tui.desk.world import world_of
from oms_tui.desk.writing import Writing, writing
from oms_tui.domain.differences import consequences
from oms_tui.domain.events import CANCEL_NOW, Event, EventKind, apply_event, without_cards
from oms_tui.domain.events.cases import CaseState, EventCase
from oms_tui.domain.events.goods import shipments_of
from oms_tui.domain.order import Order
from oms_tui.domain.people import OUTSIDE, Actor
from oms_tui.domain.plan import Change, Outcome
from oms_tui.domain.status import word
from oms_tui.domain.steps.base import FlowContext
from oms_tui.domain.world import World
from oms_tui.store import audit, event_cases, events, intents, stock
from oms_tui.store.event_cases import StoredCase
from oms_tui.store.orders import Stored

CANCEL: Final = "order.cancel"
REASON: Final = "customer request"
HELD_BACK: Final = "provider.held"
"""Action of the audit entry that money does not move since a location went on."""
_GOES_ON: Final = (EventKind.PACKED, EventKind.SHIPPED)
TOGETHER: Final = frozenset(
    {
        EventKind.ACKNOWLEDGED,
        EventKind.CONFIRMED,
        EventKind.PACKED,
        EventKind.SHIPPED,
        EventKind.DELIVERED,
        EventKind.UNDELIVERED,
    }
)
"""The kinds of events of which several of one order are written at once: nothing outside the order is asked
when they are judged, and nothing beside it is changed but its stock and what goes out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTaken:
    """What an event did."""

    is_new: bool
    """Whether its id had not been here before."""
    version: int
    """The order's after it."""
    has_changed: bool = False
    """Whether it changed the order; one that tells nothing new is only kept."""
    warnings: tuple[str, ...] = ()
    """What somebody should look at: the event is among the event problems too."""


def take(desk: Desk, event: Event) -> EventTaken:
    """Take an event now or refuse it: the order, its stock, what goes out, one audit entry and the event's
    id, or nothing. `receiving.receive` keeps what cannot be taken now.

    The same id again changes nothing. What it makes due is run by a worker at once.

    Raises:
        Missing: There is no such order.
        EventTooEarly: What must come before it has not come yet; it may come again under the same id.
        EventImpossible: It contradicts the order, or its own time is ahead of ours.
        NotTakenYet: Events of this kind are not taken yet.
        StoreError: The database refused.
    """
    event = without_cards(event)
    with writing(desk) as work:
        stored = find_order(work.conn, event.order_id)
        if events.known(work.conn, [event.id]):
            return EventTaken(is_new=False, version=stored.order.version)
        return Taking(desk, work).take(stored, event)[0]


def picking_went_on(work: Writing, stored: Stored, event: Event, reason: str) -> None:
    """Where a location packed or shipped what it was to stop, money that waits for it stays where it is until
    somebody decides (spec 6, Cancel).

    Args:
        work: The transaction in which the event is kept.
        stored: Its order.
        event: An event that is a problem.
        reason: Why it is.
    """
    if event.kind not in _GOES_ON:
        return
    shipments = shipments_of(stored.order, event)
    problem = f"{word(event.kind)} all the same: {reason}"
    if intents.picking_ended(work.conn, stored.pk, shipments, work.micros, problem=problem):
        names = ", ".join(shipments)
        work.log(
            OUTSIDE,
            HELD_BACK,
            f"{names} was to stop: money that waits for it does not move. Stop the parcel or ship it",
            subject=stored.order.id,
            order_pk=stored.pk,
            key=event.id,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBy:
    """A person at whose word an event is taken that was not taken by itself."""

    actor: Actor
    action: str
    """As the audit log calls it ("event.replay")."""
    said: str
    """The word before what it did ("Replayed")."""
    key: str
    """The key of their intent."""


class Taking:
    """Takes events in one transaction."""

    def __init__(self, desk: Desk, work: Writing, by: TakenBy | None = None) -> None:
        self._desk = desk
        self._work = work
        self._by = by
        self._world: World = world_of(desk, work.conn, numbers=True)

    @property
    def context(self) -> FlowContext:
        """What events are judged by."""
        return FlowContext(now=self._work.now, rules=self._desk.policy.flow, world=self._world)

    def take(
        self, stored: Stored, event: Event, was: StoredCase | None = None, digest: str = ""
    ) -> tuple[EventTaken, Stored]:
        """Take an event of an order, and give the order as it is stored then.

        Args:
            stored: The order as it is stored.
            event: The event, which was not taken yet.
            was: Its case where it waited or was a problem.
            digest: Of its body, where it is known already.

        Raises:
            EventTooEarly, EventImpossible, NotTakenYet, StoreError: As for the function `take`.
        """
        outcome = apply_event(stored.order, event, self.context)
        if outcome.action == CANCEL_NOW:
            outcome = self._cancelled(stored, outcome)
        return self.write(stored, event, outcome, was, digest)

    def write(
        self, stored: Stored, event: Event, outcome: Outcome, was: StoredCase | None, digest: str
    ) -> tuple[EventTaken, Stored]:
        """Write what an event does, that it was taken, and what somebody must look at."""
        effects = Effects(self._work)
        course = _Course(self._work, stored, effects.levels, self._by)
        taken = course.take(event, outcome, was, digest)
        effects.add(course.effect)
        return taken, _write(self._work, [course], effects)[0]

    def _cancelled(self, stored: Stored, asked: Outcome) -> Outcome:
        """The customer's request granted at once, by the verb that everybody cancels with (spec 6)."""
        desk, work = self._desk, self._work
        verb, apply = changing_verb(CANCEL)
        subject = replace(subject_of(work.conn, stored, work.now), order=asked.order)
        reasons = desk.policy.cancel_reasons
        reason = REASON if REASON in reasons else reasons[0]
        note = "asked for inside the remorse period"
        done = decide(desk, verb, apply, subject, OUTSIDE, {"reason": reason, "note": note}, self._world)
        return replace(
            done,
            stock=(*asked.stock, *done.stock),
            messages=(*asked.messages, *done.messages),
            intents=(*asked.intents, *done.intents),
            warnings=(*asked.warnings, *done.warnings),
            summary=f"{asked.summary}. {done.summary}",
        )


class Together:
    """Events of many orders, of the kinds of `TOGETHER`: judged order after order, then all written at
    once."""

    def __init__(self, taking: Taking, work: Writing) -> None:
        """Begin, in the transaction of `taking`; no order may be written meanwhile."""
        self._context = taking.context
        self._work = work
        self._effects = Effects(work)
        self._courses: list[_Course] = []

    def judge(self, stored: Stored, given: Sequence[tuple[Event, str]]) -> list[EventTaken]:
        """Take events of an order one after the other; nothing is written yet.

        Args:
            stored: The order as it is stored, which was not given before.
            given: Each event, which was not taken yet, and the digest of its body.

        Raises:
            EventTooEarly, EventImpossible: One of them is not taken; none of them is among the others then.
            Unusable, StoreError, ValueError: Nor are they where a rule is in the way of one.
        """
        levels = self._effects.levels
        mark = levels.mark()
        course = _Course(self._work, stored, levels)
        try:
            taken = [
                course.take(event, apply_event(course.order, event, self._context), None, digest)
                for event, digest in given
            ]
            self._effects.add(course.effect)
        except Exception:
            levels.back_to(mark)
            raise
        self._courses.append(course)
        return taken

    def write(self) -> list[Stored]:
        """Write all that was judged; the orders as they are stored then.

        Raises:
            StoreError: The database refused a row; nothing of it may be written then.
        """
        return _write(self._work, self._courses, self._effects)


def _write(work: Writing, courses: Sequence["_Course"], effects: Effects) -> list[Stored]:
    """Write orders, that their events were taken, and the audit entries; the orders as they are stored."""
    conn = work.conn
    effects.write()
    events.put(conn, *(one for course in courses for one in course.known))
    event_cases.put(conn, *(one for course in courses for one in course.problems))
    work.log_many(entry for course in courses for entry in course.entries)
    return [Stored(course.effect.stored.pk, course.order) for course in courses]


class _Course:
    """Events of one order, taken one after the other, with an audit entry each."""

    def __init__(
        self, work: Writing, stored: Stored, levels: stock.Levels, by: TakenBy | None = None
    ) -> None:
        self.effect = Effect(stored, levels)
        self.known: list[events.KnownEvent] = []
        self.problems: list[StoredCase] = []
        """What somebody must look at, as new cases."""
        self.entries: list[audit.NewEntry] = []
        self._work = work
        self._pk = stored.pk
        self._by = by

    @property
    def order(self) -> Order:
        """The order after the events so far."""
        return self.effect.order

    def take(self, event: Event, outcome: Outcome, was: StoredCase | None, digest: str) -> EventTaken:
        """Take one more event, of which `outcome` was decided on the order as it is now."""
        before = self.order
        has_changed = outcome.order is not before and outcome.order != before
        after = self.effect.add(outcome) if has_changed else before
        digest = digest or events.digest_of(events.pack(event))
        self.known.append(
            events.KnownEvent(
                id=event.id,
                order_pk=self._pk,
                kind=event.kind.value,
                at=to_micros(event.at),
                taken=self._work.micros,
                digest=digest,
            )
        )
        if event.kind is EventKind.PICK_CANCELLED:
            shipments = shipments_of(before, event)
            intents.picking_ended(self._work.conn, self._pk, shipments, self._work.micros)
        self._follow(event, outcome.warnings, was, digest)
        changes = consequences(before, outcome, after) if has_changed else ()
        self.entries.append(self._entry(event, outcome, after.version if has_changed else None, changes))
        return EventTaken(
            is_new=True, version=after.version, has_changed=has_changed, warnings=outcome.warnings
        )

    def _entry(
        self, event: Event, outcome: Outcome, version: int | None, changes: Sequence[Change]
    ) -> audit.NewEntry:
        by = self._by
        told = outcome.summary or f"{word(event.kind)}: nothing new"
        return self._work.entry(
            OUTSIDE if by is None else by.actor,
            f"event.{event.kind.value}" if by is None else by.action,
            "; ".join((told if by is None else f"{by.said} {event.id}: {told}", *outcome.warnings)),
            subject=self.order.id,
            order_pk=self._pk,
            version=version,
            key=event.id if by is None else by.key,
            changes=changes,
        )

    def _follow(self, event: Event, warnings: tuple[str, ...], was: StoredCase | None, digest: str) -> None:
        """The event's case: none where all is well, a problem where somebody must see what it says."""
        conn = self._work.conn
        if not warnings:
            if was is not None:
                event_cases.drop(conn, was)
            return
        case = EventCase(
            event=event,
            state=CaseState.PROBLEM,
            reason=" ".join(warnings),
            is_taken=True,
            received=self._work.now if was is None else was.case.received,
        )
        problem = StoredCase(case, self._pk, digest)
        if was is None:
            self.problems.append(problem)
        else:
            event_cases.change(conn, was, problem)

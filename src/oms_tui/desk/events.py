"""Events: what the world outside tells us, taken once each (spec 3.3)."""

from dataclasses import dataclass, replace
from typing import Final

from oms_tui.clock import to_micros
from oms_tui.desk.desk import Desk
from oms_tui.desk.effects import write_effect
from oms_tui.desk.plan import decide
from oms_tui.desk.subjects import changing_verb, find_order, subject_of
from oms_tui.desk.world import world_of
from oms_tui.desk.writing import Writing, writing
from oms_tui.domain.events import CANCEL_NOW, Event, apply_event
from oms_tui.domain.people import OUTSIDE
from oms_tui.domain.plan import Outcome, consequences
from oms_tui.domain.status import word
from oms_tui.domain.steps.base import FlowContext
from oms_tui.domain.world import World
from oms_tui.store import events
from oms_tui.store.orders import Stored

CANCEL: Final = "order.cancel"
REASON: Final = "customer request"


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
    """What somebody should look at."""


def take(desk: Desk, event: Event) -> EventTaken:
    """Take an event: the order, its stock, what goes out, one audit entry and the event's id, or nothing.

    The same id again changes nothing. What it makes due is run by a worker at once.

    Raises:
        Missing: There is no such order.
        EventTooEarly: What must come before it has not come yet; it may come again under the same id.
        EventImpossible: It contradicts the order, or its own time is ahead of ours.
        NotTakenYet: Events of this kind are not taken yet.
        StoreError: The database refused.
    """
    with writing(desk) as work:
        stored = find_order(work.conn, event.order_id)
        if events.is_known(work.conn, event.id):
            return EventTaken(is_new=False, version=stored.order.version)
        context = FlowContext(
            now=work.now, rules=desk.policy.flow, world=world_of(desk, work.conn, numbers=True)
        )
        outcome = apply_event(stored.order, event, context)
        if outcome.action == CANCEL_NOW:
            outcome = _cancelled(desk, work, stored, outcome, context.world)
        has_changed = outcome.order is not stored.order and outcome.order != stored.order
        after = write_effect(work, stored, outcome) if has_changed else stored.order
        events.put(
            work.conn,
            events.KnownEvent(
                id=event.id,
                order_pk=stored.pk,
                kind=event.kind.value,
                at=to_micros(event.at),
                taken=work.micros,
            ),
        )
        told = outcome.summary or f"{word(event.kind)}: nothing new"
        work.log(
            OUTSIDE,
            f"event.{event.kind.value}",
            "; ".join((told, *outcome.warnings)),
            subject=stored.order.id,
            order_pk=stored.pk,
            version=after.version if has_changed else None,
            key=event.id,
            changes=consequences(stored.order, outcome) if has_changed else (),
        )
    return EventTaken(is_new=True, version=after.version, has_changed=has_changed, warnings=outcome.warnings)


def _cancelled(desk: Desk, work: Writing, stored: Stored, asked: Outcome, world: World) -> Outcome:
    """The customer's request granted at once, by the verb that everybody cancels with (spec 6)."""
    verb, apply = changing_verb(CANCEL)
    subject = replace(subject_of(work.conn, stored, work.now), order=asked.order)
    reasons = desk.policy.cancel_reasons
    reason = REASON if REASON in reasons else reasons[0]
    note = "asked for inside the remorse period"
    done = decide(desk, verb, apply, subject, OUTSIDE, {"reason": reason, "note": note}, world)
    return replace(
        done,
        stock=(*asked.stock, *done.stock),
        messages=(*asked.messages, *done.messages),
        intents=(*asked.intents, *done.intents),
        warnings=(*asked.warnings, *done.warnings),
        summary=f"{asked.summary}. {done.summary}",
    )

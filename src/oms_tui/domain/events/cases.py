"""Cases: events that were not taken at once, or that somebody must look at (spec 3.3)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from oms_tui.domain.events.kinds import Event, EventKind

RETURN_EVENTS: Final = frozenset(
    {
        EventKind.SENT_BACK,
        EventKind.RETURN_CREATED,
        EventKind.RETURN_SHIPPED,
        EventKind.RETURN_RECEIVED,
        EventKind.RETURN_INSPECTED,
    }
)
"""Events about returns: they are kept until returns are worked here."""


class CaseState(StrEnum):
    """Where an event stands that is more than taken."""

    WAITING = "waiting"
    """It came too early: it is tried again when its order changes, until its time is over."""
    KEPT = "kept"
    """About a return: kept until returns are worked here."""
    PROBLEM = "problem"
    """Somebody must decide: it cannot be, it waited too long, or it is a fact that should not be."""
    PARKED = "parked"
    """Somebody has seen it and put it aside, with a note."""


class Fate(StrEnum):
    """What became of an event that came in."""

    TAKEN = "taken"
    KNOWN = "known"
    """The same id and body were here before: nothing changed."""
    WAITING = "waiting"
    PROBLEM = "problem"
    KEPT = "kept"
    REFUSED = "refused"
    """Its id is known with another body: nothing changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What became of one event."""

    id: str
    fate: Fate
    reason: str = ""
    """Why it waits, is a problem or was refused."""
    has_changed: bool = False
    """Whether it changed its order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventCase:
    """An event that waits, is kept, is a problem or was parked."""

    event: Event
    state: CaseState
    reason: str
    is_taken: bool
    """Whether the event was taken as a fact all the same: then only somebody has to see it."""
    received: datetime
    until: datetime | None = None
    """When waiting is over."""
    person: str = ""
    """Who did something about it last."""
    note: str = ""
    version: int = 1

"""What somebody may do about an event that waits, is a problem or was parked (spec 6, Cancel; spec 7)."""

from enum import StrEnum

from oms_tui.domain.events import Event, EventRefused, take_as_fact
from oms_tui.domain.events.anyway import unwanted
from oms_tui.domain.events.cases import CaseState, EventCase
from oms_tui.domain.events.money import FACTS
from oms_tui.domain.order import Order
from oms_tui.domain.steps.base import FlowContext


class Way(StrEnum):
    """A way on from a case."""

    REPLAY = "replay"
    """Try to take the event once more, as things are now."""
    PARK = "park"
    """Put it aside with a note: somebody has seen it."""
    STOP = "stop"
    """Ask the location again to stop the parcel; the problem stays until it is settled."""
    SHIP = "ship"
    """Let the parcel go: what the event says is taken as a fact."""
    TAKE = "take"
    """Take money as moved that nobody asked for: what the event says is a fact."""

    @property
    def needs_note(self) -> bool:
        """Whether somebody has to say why."""
        return self in (Way.PARK, Way.SHIP, Way.TAKE)

    @property
    def label(self) -> str:
        """What it does, in words."""
        return _LABELS[self]


_LABELS = {
    Way.REPLAY: "Replay",
    Way.PARK: "Park",
    Way.STOP: "Stop the parcel",
    Way.SHIP: "Ship anyway",
    Way.TAKE: "Take as a fact",
}


def why_not(way: Way, case: EventCase, order: Order | None) -> str:
    """Why a way is not open for a case, "" where it is. `order` is None while it is not here."""
    if case.state is CaseState.KEPT:
        return "It is about a return, and kept until returns are worked here."
    if way is Way.PARK:
        return "It is parked already." if case.state is CaseState.PARKED else ""
    if case.is_taken:
        return "It was taken as a fact: park it once you have seen to it."
    if way is Way.REPLAY:
        return ""
    if way is Way.TAKE:
        return _why_no_fact(case.event, order)
    if order is None or not unwanted(order, case.event):
        return "It is about no parcel of a cancelled line or a recalled pick ticket."
    return ""


def _why_no_fact(event: Event, order: Order | None) -> str:
    if event.kind not in FACTS:
        return "It is not about money that was captured or refunded."
    if order is None:
        return f"There is no order {event.order_id} yet."
    try:
        take_as_fact(order, event, FlowContext(now=event.at))
    except EventRefused as refused:
        return str(refused)
    return ""


def ways(case: EventCase, order: Order | None) -> tuple[Way, ...]:
    """The ways that are open for a case."""
    return tuple(way for way in Way if not why_not(way, case, order))

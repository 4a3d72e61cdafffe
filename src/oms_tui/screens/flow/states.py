"""The states of one line, as its shipment's dates and the timeline tell them (spec 3.1, item flow)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from oms_tui.domain.answers import TimelineEntry
from oms_tui.domain.order import Line, Order
from oms_tui.domain.status import LineStatus, word

_USUAL = (
    LineStatus.PENDING_ALLOCATION,
    LineStatus.ALLOCATED,
    LineStatus.PENDING_ACK,
    LineStatus.PENDING_CONFIRM,
    LineStatus.CONFIRMED,
    LineStatus.PACKED,
    LineStatus.SHIPPED,
    LineStatus.DELIVERED,
)
_ENDS = (LineStatus.UNDELIVERED, LineStatus.RETURNED, LineStatus.CANCELLED)
_BY_WORD = {word(status): status for status in LineStatus}


@dataclass(frozen=True, slots=True)
class LineState:
    """One state of a line: "passed", "now" or "ahead"; since when and through whom, where that is known."""

    status: LineStatus
    place: str
    since: datetime | None = None
    by: str = ""
    what: str = ""


@dataclass(frozen=True, slots=True)
class _Reached:
    at: datetime
    by: str = ""
    what: str = ""


def line_states(order: Order, line: Line, timeline: Iterable[TimelineEntry] = ()) -> tuple[LineState, ...]:
    """The states of a line in their order: those behind it, the one it is in, those ahead."""
    reached = _dates(order, line) | _told(line, timeline)
    course = [*_USUAL]
    if line.status is LineStatus.CANCELLED:
        course = [status for status in _USUAL if status in reached]
    elif line.status is LineStatus.UNDELIVERED:
        course = course[: course.index(LineStatus.DELIVERED)]
    states = [*course, *(status for status in _ENDS if status is line.status)]
    here = states.index(line.status)
    return tuple(_state(status, index - here, reached.get(status)) for index, status in enumerate(states))


def _state(status: LineStatus, distance: int, reached: _Reached | None) -> LineState:
    place = "now" if distance == 0 else "passed" if distance < 0 else "ahead"
    if reached is None or distance > 0:
        return LineState(status, place)
    return LineState(status, place, reached.at, reached.by, reached.what)


def _dates(order: Order, line: Line) -> dict[LineStatus, _Reached]:
    """What the order and its shipment say themselves."""
    found = {LineStatus.PENDING_ALLOCATION: _Reached(order.created)}
    shipment = next((one for one in order.shipments if one.number == line.shipment), None)
    if shipment is not None:
        dates = (
            (LineStatus.ALLOCATED, shipment.planned_at),
            (LineStatus.PACKED, shipment.packed_at),
            (LineStatus.SHIPPED, shipment.shipped_at),
            (LineStatus.DELIVERED, shipment.delivered_at),
        )
        found |= {status: _Reached(at) for status, at in dates if at is not None}
    return found


def _told(line: Line, timeline: Iterable[TimelineEntry]) -> dict[LineStatus, _Reached]:
    """What the timeline says, the last time that the line came to each state."""
    path = f"lines/{line.number}/status"
    found: dict[LineStatus, _Reached] = {}
    for entry in sorted(timeline, key=lambda one: one.seq):
        for change in entry.changes:
            status = _BY_WORD.get(change.after)
            if change.path == path and status is not None:
                found[status] = _Reached(entry.at, entry.actor, entry.summary)
    return found

"""How events read in the list, and everything one says below it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from oms_tui.clock import age_text
from oms_tui.domain.answers import EventSight
from oms_tui.domain.derive import standing
from oms_tui.domain.events.cases import CaseState, EventCase
from oms_tui.domain.events.ways import Way
from oms_tui.domain.money import format_money
from oms_tui.domain.status import word
from oms_tui.screens.order_cells import placed_text
from oms_tui.screens.profile.page import Page
from oms_tui.widgets.grid import Grid
from oms_tui.widgets.listing import Body
from oms_tui.widgets.long_list.columns import Cell, Column

TITLES = {
    CaseState.PROBLEM: "Problems",
    CaseState.WAITING: "Waiting",
    CaseState.KEPT: "Kept for returns",
    CaseState.PARKED: "Parked",
}
"""What the four lists are called, in the order of their digits."""
EMPTY = {
    CaseState.PROBLEM: "No event problems: everything that came could be taken.",
    CaseState.WAITING: "Nothing waits for its cause.",
    CaseState.KEPT: "No events about returns.",
    CaseState.PARKED: "Nothing was parked.",
}


@dataclass(frozen=True, slots=True)
class EventKey:
    """Names an event among the stops."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What times are shown by."""

    now: datetime
    zone: ZoneInfo


def _columns(at: Moment) -> tuple[Column[EventCase], ...]:
    def when(case: EventCase) -> str:
        return placed_text(case.event.at, at.zone, at.now)

    def age(case: EventCase) -> Cell:
        return Cell(age_text((at.now - case.received).total_seconds()), "muted")

    return (
        Column(id="at", title="When", width=12, render=when),
        Column(id="kind", title="Event", width=9, flex=1, most=16, render=lambda x: word(x.event.kind)),
        Column(id="order", title="Order", width=7, flex=1, most=14, render=lambda x: x.event.order_id),
        Column(id="reason", title="Why", width=24, flex=9, render=_reason),
        Column(id="age", title="Age", width=7, align="right", render=age),
    )


def _reason(case: EventCase) -> Cell:
    if case.person and case.state in (CaseState.PARKED, CaseState.PROBLEM):
        # What was done about it says more than why it came; that stands below the list.
        return Cell(f"{case.person}: {case.note}", "muted")
    return Cell(case.reason, "warning" if case.state is CaseState.PROBLEM else "")


def list_body(cases: Sequence[EventCase], state: CaseState, at: Moment, width: int) -> Body:
    """The list."""
    page = Page(width)
    grid = Grid(_columns(at), width)
    page.put(*grid.header())
    page.keep_on_top()
    for case in cases:
        page.grid_row(grid, case, EventKey(case.event.id), can_mark=True)
    if not cases:
        page.say(EMPTY[state])
    return page.body()


def detail_body(seen: EventSight | None, at: Moment, width: int) -> Body:
    """Everything about one event: why it is here, its fields, the order's state, what can be done."""
    page = Page(width)
    if seen is None:
        return page.body()
    case, event = seen.case, seen.case.event
    look = "problem" if case.state is CaseState.PROBLEM else ""
    page.put((word(event.kind), "strong"), ("  ", ""), (event.id, "muted"))
    page.say(case.reason, look)
    page.facts(_facts(seen, at))
    return page.body()


def _facts(seen: EventSight, at: Moment) -> list[tuple[str, str]]:
    case, event = seen.case, seen.case.event
    said = [("order", f"{event.order_id}, {_state_of(seen)}")]
    if what := _about(seen):
        said.append(("about", what))
    if money := _money(seen):
        said.append(("money", money))
    said += [(name, value) for name, value in event.data.items() if name != "operation"]
    if event.cause:
        said.append(("cause", event.cause))
    said.append(("happened", f"{_time(event.at, at)}, here since {_time(case.received, at)}"))
    if case.until is not None:
        said.append(("waits until", _time(case.until, at)))
    if case.person:
        said.append(("done", f"{case.person}{f': {case.note}' if case.note else ''}"))
    said.append(("ways on", ", ".join(way.label for way in seen.ways) or "none"))
    return said


def _state_of(seen: EventSight) -> str:
    if seen.order is None:
        return "not here yet"
    text = standing(seen.order.lines).text()
    return f"{text}; taken as a fact" if seen.case.is_taken else text


def _about(seen: EventSight) -> str:
    """Shipment and lines, each with its status now."""
    event, order = seen.case.event, seen.order
    known = {} if order is None else {line.number: line for line in order.lines}
    named = [number for number, _ in event.lines]
    if not named and event.shipment:
        named = [line.number for line in known.values() if line.shipment == event.shipment]
    pieces = dict(event.lines)
    parts = [f"shipment {event.shipment}"] if event.shipment else []
    for number in named:
        line = known.get(number)
        some = f" ×{pieces[number]}" if pieces.get(number) else ""
        parts.append(f"line {number}{some}{f' {word(line.status)}' if line is not None else ''}")
    return ", ".join(parts)


def _money(seen: EventSight) -> str:
    event = seen.case.event
    parts = [format_money(event.amount)] if event.amount is not None else []
    parts += [f"payment {event.payment}"] if event.payment is not None else []
    parts += [f"reference {event.reference}"] if event.reference else []
    return ", ".join(parts)


def _time(moment: datetime, at: Moment) -> str:
    return f"{moment.astimezone(at.zone):%d %b %H:%M:%S}"


def title_of(way: Way, cases: Sequence[EventCase]) -> str:
    """What the box that asks is headed with."""
    if len(cases) > 1:
        return f"{way.label} {len(cases):,} events"
    event = cases[0].event
    return f"{way.label}: {word(event.kind)} {event.id} · order {event.order_id}"

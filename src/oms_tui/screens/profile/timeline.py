"""Tab Timeline: the audit log of the order, newest first, with values before and after (spec 2).

Below its first entry stands what the order brought along from the time before.
"""

from dataclasses import dataclass

from oms_tui.domain.answers import TimelineEntry
from oms_tui.domain.history import history
from oms_tui.domain.plan import Change
from oms_tui.domain.weight import by_weight
from oms_tui.screens.profile.page import INDENT, Page, widest
from oms_tui.screens.profile.view import View
from oms_tui.widgets.grid import Grid
from oms_tui.widgets.lines import Piece
from oms_tui.widgets.listing import Body
from oms_tui.widgets.long_list.columns import Cell, Column

FEW_CHANGES = 3
"""Changes shown of an entry before somebody opens it."""
_FOR_MACHINES = frozenset({"sha256"})
"""Facts that prove what came in; what that was, the entry's summary says."""


@dataclass(frozen=True, slots=True)
class EntryKey:
    """Names an entry among the stops."""

    seq: int


@dataclass(frozen=True, slots=True)
class EventKey:
    """Names an event of the time before the log among the stops."""

    number: int


@dataclass(frozen=True, slots=True)
class MoreKey:
    """Names the line that stands for older entries."""


def build(view: View, width: int) -> Body:
    """The tab's body."""
    page = Page(width)
    if view.timeline is None:
        page.say(view.fault or "Reading the timeline…", "problem" if view.fault else "muted")
        return page.body()
    for entry in view.timeline:
        _entry(page, view, entry)
    if view.has_older:
        page.blank()
        page.put(("older entries: enter", "accent"), key=MoreKey())
    else:
        _before(page, view)
    return page.body()


def _before(page: Page, view: View) -> None:
    """What the order's own parts tell of the time before the log begins."""
    until = view.timeline[-1].at if view.timeline else None
    events = history(view.order, view.profile.returns, until=until)
    if not events:
        return
    page.heading("Before it came here")
    for number, event in enumerate(events):
        who: list[Piece] = [(event.who, "strong"), ("  ", "")] if event.who else []
        page.put((f"{view.at(event.at)}  ", "muted"), *who, (event.text, ""), key=EventKey(number))


def _entry(page: Page, view: View, entry: TimelineEntry) -> None:
    key = EntryKey(entry.seq)
    is_open = key in view.opened
    head: list[Piece] = [
        (f"{view.exactly(entry.at) if is_open else view.at(entry.at)}  ", "muted"),
        (entry.actor, "strong"),
        ("  ", ""),
        (entry.summary, ""),
    ]
    page.put(*head, key=key)
    if entry.is_erased:
        page.put((" " * INDENT, ""), ("its details were erased", "muted"))
        return
    if is_open:
        page.say(f"{entry.summary}", "", indent=INDENT)
        page.put((" " * INDENT, ""), (f"{entry.action}, by {entry.origin}, entry {entry.seq}", "muted"))
    changes = by_weight(change for change in entry.changes if change.path not in _FOR_MACHINES)
    if is_open:
        for change in changes:
            _whole(page, change)
    else:
        _few(page, changes)


def _few(page: Page, changes: tuple[Change, ...]) -> None:
    few = changes[:FEW_CHANGES]
    labels = widest((change.label for change in few), 8, 28)
    columns: list[Column[Change]] = [
        Column(id="label", title="", width=labels, render=lambda one: Cell(one.label, "muted")),
        Column(id="before", title="", width=10, flex=1, most=widest((x.before for x in few), 1, 60),
               render=lambda one: Cell(one.before or "–", "muted")),
        Column(id="arrow", title="", width=1, render=lambda one: Cell("→", "muted")),
        Column(id="after", title="", width=10, flex=2, render=lambda one: one.after or "–"),
    ]  # fmt: skip
    if few:
        grid = Grid(columns, page.width - INDENT)
        for change in few:
            page.grid_row(grid, change, None, indent=INDENT)
    rest = len(changes) - len(few)
    if rest:
        page.put((" " * INDENT, ""), (f"and {rest} more: enter", "muted"))


def _whole(page: Page, change: Change) -> None:
    page.put((" " * INDENT, ""), (change.label, "muted"))
    page.facts([("before", change.before or "–"), ("after", change.after or "–")], indent=INDENT + 2)

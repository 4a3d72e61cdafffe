"""The eight tabs of a profile: their names, what counts in them, and what makes their bodies (spec 7)."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

from oms_tui.screens.profile import (
    adjustments,
    flow,
    items,
    notes,
    payments,
    returns,
    shipments,
    timeline,
)
from oms_tui.screens.profile.heading import Tab
from oms_tui.screens.profile.view import View
from oms_tui.widgets.listing import Body


@dataclass(frozen=True, slots=True, kw_only=True)
class TabKind:
    """One tab, whatever the order."""

    id: str
    title: str
    short: str
    build: Callable[[View, int], Body]
    badge: Callable[[View], tuple[str, str]] = lambda view: ("", "")
    """What the strip says beside the name, and its look."""
    first: Callable[[View], Hashable | None] = lambda view: None
    """The stop to begin at; None = the first one."""


def _count(number: int) -> tuple[str, str]:
    return (str(number) if number else "", "muted")


def _failed(view: View) -> tuple[str, str]:
    failed = flow.failed_count(view)
    return (f"!{failed}" if failed else "", "problem")


TABS: tuple[TabKind, ...] = (
    TabKind(id="items", title="Items", short="Items", build=items.build),
    TabKind(id="flow", title="Flow", short="Flow", build=flow.build, badge=_failed,
            first=flow.first_stop),
    TabKind(id="payments", title="Payments", short="Pay", build=payments.build),
    TabKind(id="shipments", title="Shipments", short="Ship", build=shipments.build,
            badge=lambda view: _count(len(view.order.shipments) if len(view.order.shipments) > 1 else 0)),
    TabKind(id="adjustments", title="Adjustments", short="Adj", build=adjustments.build,
            badge=lambda view: _count(len(view.order.adjustments))),
    TabKind(id="returns", title="Returns", short="Ret", build=returns.build,
            badge=lambda view: _count(len(view.profile.returns))),
    TabKind(id="notes", title="Notes", short="Notes", build=notes.build,
            badge=lambda view: _count(len(view.order.notes))),
    TabKind(id="timeline", title="Timeline", short="Time", build=timeline.build),
)  # fmt: skip
"""Every tab, in the order of its digits."""


def tab_index(tab_id: str) -> int:
    """The place of the tab of that id; the first one for "" and for an id there is none of."""
    return next((place for place, tab in enumerate(TABS) if tab.id == tab_id), 0)


def strip_of(view: View) -> list[Tab]:
    """The strip's entries for an order."""
    return [Tab(tab.title, tab.short, *tab.badge(view)) for tab in TABS]

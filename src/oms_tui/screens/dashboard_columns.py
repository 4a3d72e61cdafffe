"""The columns of the dashboard's two lists."""

from oms_tui.domain.answers import FeedEntry, OrderSummary
from oms_tui.screens.console import Console
from oms_tui.screens.order_cells import customer_name, money_text, placed_text, status_cell
from oms_tui.widgets.long_list.columns import Cell, Column

ROOMY_FROM = 120
"""Cells across from which the feed shows seconds, and of other days the minute too."""


def feed_columns(console: Console) -> tuple[Column[FeedEntry], ...]:
    """Time and date, ID, storefront, shipping method, value, status (documented), for the width there is.

    Time and date share a column: of today the time, of another day the date, so that no row of last week
    looks like one of today where there is no room for both.
    """
    is_roomy = console.size.width >= ROOMY_FROM
    return (
        Column(id="when", title="", width=12 if is_roomy else 6,
               render=lambda one: _when(one, console, is_roomy)),
        Column(id="id", title="", width=8, flex=2, most=14, render=lambda one: one.id),
        Column(id="channel", title="", width=9, flex=1, most=14, priority=1, render=lambda one: one.channel),
        Column(id="method", title="", width=10, flex=2, most=20, priority=3, render=_method),
        Column(id="value", title="", width=12, align="right", render=lambda one: money_text(one.value)),
        Column(id="status", title="", width=20, flex=1, most=24, render=lambda one: one.status),
    )  # fmt: skip


def _when(one: FeedEntry, console: Console, is_roomy: bool) -> Cell:
    local, now = one.at.astimezone(console.zone), console.clock.now().astimezone(console.zone)
    if local.date() == now.date():
        return Cell(f"{local:%H:%M:%S}" if is_roomy else f"{local:%H:%M}")
    if is_roomy:
        return Cell(placed_text(one.at, console.zone, now), "muted")
    return Cell(f"{local.day:2} {local:%b}" if local.year == now.year else f"{local.year}", "muted")


def _method(one: FeedEntry) -> str:
    return one.method or "–"


def recent_columns(console: Console) -> tuple[Column[OrderSummary], ...]:
    """ID and customer; the status where there is room."""
    ascii_only = console.ascii_only
    return (
        Column(id="id", title="", width=8, flex=1, most=14, render=lambda one: one.id),
        Column(id="customer", title="", width=10, flex=3, render=customer_name),
        Column(id="status", title="", width=17, priority=1, render=lambda one: status_cell(one, ascii_only)),
    )

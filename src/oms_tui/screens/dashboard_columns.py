"""The columns of the dashboard's two lists."""

from oms_tui.domain.answers import FeedEntry, OrderSummary
from oms_tui.screens.console import Console
from oms_tui.screens.order_cells import customer_name, money_text, status_cell
from oms_tui.widgets.long_list.columns import Cell, Column

SECONDS_FROM = 120
"""Cells across from which the feed shows seconds."""


def feed_columns(console: Console) -> tuple[Column[FeedEntry], ...]:
    """Time, date, ID, storefront, shipping method, value, status (documented), for the width there is."""
    seconds = 3 if console.size.width >= SECONDS_FROM else 0
    return (
        Column(id="time", title="", width=5 + seconds, render=lambda one: _time(one, console)),
        Column(id="date", title="", width=6, priority=2, render=lambda one: _day(one, console)),
        Column(id="id", title="", width=8, flex=2, most=14, render=lambda one: one.id),
        Column(id="channel", title="", width=9, flex=1, most=14, priority=1, render=lambda one: one.channel),
        Column(id="method", title="", width=10, flex=2, most=20, priority=3, render=_method),
        Column(id="value", title="", width=12, align="right", render=lambda one: money_text(one.value)),
        Column(id="status", title="", width=20, flex=1, most=24, render=lambda one: one.status),
    )  # fmt: skip


def _time(one: FeedEntry, console: Console) -> str:
    local = one.at.astimezone(console.zone)
    return f"{local:%H:%M:%S}" if console.size.width >= SECONDS_FROM else f"{local:%H:%M}"


def _method(one: FeedEntry) -> str:
    return one.method or "–"


def _day(one: FeedEntry, console: Console) -> Cell:
    local = one.at.astimezone(console.zone)
    return Cell(f"{local.day:2} {local:%b}", "muted")


def recent_columns(console: Console) -> tuple[Column[OrderSummary], ...]:
    """ID and customer; the status where there is room."""
    ascii_only = console.ascii_only
    return (
        Column(id="id", title="", width=8, flex=1, most=14, render=lambda one: one.id),
        Column(id="customer", title="", width=10, flex=3, render=customer_name),
        Column(id="status", title="", width=17, priority=1, render=lambda one: status_cell(one, ascii_only)),
    )

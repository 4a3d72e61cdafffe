"""The columns of reconciliation: settlement files, and the rows of one."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from oms_tui.domain.money import Money, format_money
from oms_tui.domain.settlement import Standing
from oms_tui.domain.settlement_answers import SettlementFile, SettlementLine
from oms_tui.domain.status import word
from oms_tui.screens.console import Console
from oms_tui.screens.order_cells import placed_text
from oms_tui.widgets.long_list import Column, LongList
from oms_tui.widgets.long_list.columns import Cell

AMOUNT_WIDTH = 12
_LOOKS: Mapping[Standing, tuple[str, str, str]] = {
    Standing.MISSING_HERE: ("!", "!", "problem"),
    Standing.MISSING_THERE: ("?", "?", "warning"),
    Standing.DIFFERENT: ("≠", "#", "warning"),
    Standing.ACCEPTED: ("✓", "+", "muted"),
    Standing.MENDED: ("✓", "+", "good"),
    Standing.MATCHED: ("·", ".", "muted"),
}
"""Standing -> glyph, its stand-in, look. The word stands beside it."""
SHORT: Mapping[Standing, str] = {
    Standing.MISSING_HERE: "not ours",
    Standing.MISSING_THERE: "not theirs",
    Standing.DIFFERENT: "differs",
}
"""Words for where the full ones have no room; the others are short."""
ROOMY_FROM = 100
"""Cells across from which standings are written in full."""


def standing_cell(standing: Standing, *, ascii_only: bool, is_short: bool = False) -> Cell:
    """Glyph and word."""
    glyph, plain, look = _LOOKS[standing]
    said = SHORT.get(standing, standing.word) if is_short else standing.word
    return Cell(f"{plain if ascii_only else glyph} {said}", look)


def money_cell(amount: Money | None) -> str:
    """An amount, or a dash where there is none."""
    return "–" if amount is None else format_money(amount)


def days_text(one: SettlementFile, zone: ZoneInfo) -> str:
    """The days that a file covers: `22 Nov`, `20 – 22 Nov`."""
    first = one.since.astimezone(zone)
    last = (one.until - timedelta(microseconds=1)).astimezone(zone)
    end = f"{last.day} {last:%b}"
    if first.date() == last.date():
        return end
    begin = (
        f"{first.day}" if (first.year, first.month) == (last.year, last.month) else f"{first.day} {first:%b}"
    )
    return f"{begin} – {end}"


def file_columns(console: Console) -> tuple[Column[SettlementFile], ...]:
    """Name, days, rows, what is open, accepted and mended, when and by whom it was taken in."""

    def open_cell(one: SettlementFile) -> Cell:
        if not one.is_whole:
            return Cell("not whole", "problem")
        return Cell(f"{one.open:,} open", "problem" if one.open else "good")

    return (
        Column(id="name", title="", width=18, flex=2, most=44, render=lambda one: one.name),
        Column(id="days", title="", width=15, render=lambda one: days_text(one, console.zone)),
        Column(id="rows", title="", width=12, align="right", render=lambda one: f"{one.rows:,} rows"),
        Column(id="open", title="", width=10, align="right", render=open_cell),
        Column(id="accepted", title="", width=14, align="right", priority=2,
               render=lambda one: f"{one.counts[Standing.ACCEPTED]:,} accepted"),
        Column(id="mended", title="", width=12, align="right", priority=3,
               render=lambda one: f"{one.counts[Standing.MENDED]:,} mended"),
        Column(id="taken", title="", width=12, priority=1,
               render=lambda one: placed_text(one.taken, console.zone, console.clock.now())),
        Column(id="person", title="", width=8, flex=1, most=16, priority=4, render=lambda one: one.person),
    )  # fmt: skip


def row_columns(console: Console) -> tuple[Column[SettlementLine], ...]:
    """Reference, type, theirs, ours, difference, order, state, standing; of the file its line and date."""
    ascii_only = console.ascii_only

    def when(one: SettlementLine) -> str:
        at: datetime | None = one.at
        return "–" if at is None else placed_text(at, console.zone, console.clock.now())

    def state(one: SettlementLine) -> str:
        return word(one.judgement.state) if one.judgement.state is not None else "–"

    return (
        Column(id="reference", title="Reference", width=12, flex=3, most=40,
               render=lambda one: one.reference or "–"),
        Column(id="kind", title="Type", width=8, render=lambda one: one.kind.value),
        Column(id="theirs", title="Theirs", width=AMOUNT_WIDTH, align="right",
               render=lambda one: money_cell(one.theirs)),
        Column(id="ours", title="Ours", width=AMOUNT_WIDTH, align="right", priority=1,
               render=lambda one: money_cell(one.held)),
        Column(id="difference", title="Difference", width=AMOUNT_WIDTH, align="right",
               render=_difference),
        Column(id="order", title="Order", width=7, flex=1, most=14, render=lambda one: one.order_id or "–"),
        Column(id="state", title="Ours is", width=9, priority=2, render=state),
        Column(id="at", title="Date", width=12, priority=3, render=when),
        Column(id="standing", title="Standing", width=18,
               render=lambda one: standing_cell(one.standing, ascii_only=ascii_only)),
        Column(id="standing-short", title="Standing", width=12,
               render=lambda one: standing_cell(one.standing, ascii_only=ascii_only, is_short=True)),
    )  # fmt: skip


def _difference(one: SettlementLine) -> Cell:
    found = one.difference
    if found is None:
        return Cell("–" if one.theirs is None or one.held is None else "currency", "muted")
    if not found or not one.kind.sign or one.standing in (Standing.MATCHED, Standing.MENDED):
        return Cell("–", "muted")
    return Cell(format_money(found), "strong")


class SettlementList(LongList[SettlementLine]):
    """The rows of a settlement file."""

    def __init__(self, console: Console, *, id: str | None = None) -> None:
        super().__init__(
            row_columns(console),
            key=lambda row: row.number,
            cursor=lambda row: row.position,
            version=lambda row: (row.number, row.version, row.order_id),
            ascii_only=console.ascii_only,
            id=id,
        )
        self._is_roomy: bool | None = None

    def suit(self, width: int) -> None:
        """Show the columns that suit a terminal of this width."""
        is_roomy = width >= ROOMY_FROM
        if is_roomy is not self._is_roomy:
            self._is_roomy = is_roomy
            unwanted = "standing-short" if is_roomy else "standing"
            columns = [column for name, column in self._columns.items() if name != unwanted]
            self._painter.configure(columns=columns)
            self._show()

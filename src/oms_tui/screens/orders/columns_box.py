"""Choosing the columns of the orders list and their order; the choice is kept per person (spec 7)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual import on
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from oms_tui.domain.answers import OrderSummary
from oms_tui.screens.base import Overlay
from oms_tui.screens.orders.columns import ESSENTIAL, defaults_at
from oms_tui.screens.scopes import Scope
from oms_tui.widgets.key_line import Hint, KeyLine
from oms_tui.widgets.long_list.columns import Cell, Column
from oms_tui.widgets.short_list import ShortList

_FULL_TITLES = {"country": "Country", "flags": "Flags: claimed, hold, undelivered",
                "store": "Online or store", "channel-type": "Channel type",
                "method": "Shipping method"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """One column to be chosen."""

    id: str
    title: str
    is_shown: bool


class ColumnList(ShortList[ColumnRow]):
    """The columns: space shows and hides, J and K move."""

    def action_toggle_mark(self) -> None:
        """Show the column under the cursor, or hide it."""
        row = self.cursor_row
        if row is not None and row.id not in ESSENTIAL:
            self.set_rows([
                ColumnRow(one.id, one.title, not one.is_shown) if one is row else one for one in self.rows
            ])  # fmt: skip

    def action_mark_down(self) -> None:
        """Move the column one place on."""
        self._shift(1)

    def action_mark_up(self) -> None:
        """Move the column one place back."""
        self._shift(-1)

    def _shift(self, by: int) -> None:
        rows, row = list(self.rows), self.cursor_row
        if row is None:
            return
        at = rows.index(row)
        to = at + by
        if 0 <= to < len(rows):
            rows[at], rows[to] = rows[to], rows[at]
            self.set_rows(rows)


class ColumnsBox(Overlay[tuple[str, ...] | None]):
    """Answers with the ids of the chosen columns in their order; None when it was put away."""

    SCOPES = (Scope.COLUMNS,)

    def __init__(self, columns: Sequence[Column[OrderSummary]], shown: Sequence[str]) -> None:
        super().__init__()
        titles = {column.id: _FULL_TITLES.get(column.id, column.title) for column in columns}
        ids = [*shown, *(column.id for column in columns if column.id not in shown)]
        self._all = [ColumnRow(one, titles[one], one in shown) for one in ids]
        self._titles = titles

    def compose_box(self) -> Iterable[Widget]:
        """The title, the columns, the keys."""
        boxes = ("[x]", "[ ]") if self.app.ascii_only else ("▣", "□")
        columns: tuple[Column[ColumnRow], ...] = (
            Column(id="box", title="", width=len(boxes[0]),
                   render=lambda one: boxes[0 if one.is_shown else 1]),
            Column(id="title", title="", width=20, flex=1,
                   render=lambda one: Cell(one.title, "" if one.is_shown else "muted")),
            Column(id="always", title="", width=6,
                   render=lambda one: Cell("always" if one.id in ESSENTIAL else "", "muted")),
        )  # fmt: skip
        with Vertical(classes="box columns-box"):
            yield Static(Content("Columns of Orders"), classes="box-title")
            yield ColumnList(
                columns, key=lambda one: one.id, always_shows_cursor=True, ascii_only=self.app.ascii_only
            )
            yield KeyLine(id="keys-here")

    def on_mount(self) -> None:
        """Show the columns and the keys."""
        chosen = self.query_one(ColumnList)
        chosen.set_rows(self._all, at="")
        self.set_focus(chosen)
        keys = self.app.keys
        self.query_one("#keys-here", KeyLine).tell([
            Hint("enter", "keep"),
            Hint(keys.shown("columns.show"), "show"),
            Hint(f"{keys.shown('columns.down')} {keys.shown('columns.up')}", "move"),
            Hint(keys.shown("columns.reset"), "reset"),
            Hint(keys.shown("view.back"), "leave as it was"),
        ])  # fmt: skip

    def main_widget(self) -> Widget:
        """The columns."""
        return self.query_one(ColumnList)

    @on(ShortList.Opened)
    def keep(self, event: ShortList.Opened) -> None:
        """Answer with what is shown."""
        event.stop()
        rows = self.query_one(ColumnList).rows
        self.dismiss(tuple(one.id for one in rows if one.is_shown))

    def action_reset(self) -> None:
        """Back to what is shown when nobody has chosen."""
        shown = defaults_at(self.size.width)
        ids = [*shown, *(one for one in self._titles if one not in shown)]
        rows = [ColumnRow(one, self._titles[one], one in shown) for one in ids]
        self.query_one(ColumnList).set_rows(rows, at="")

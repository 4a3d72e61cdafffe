"""Reconciliation (RC): the settlement files with what is open in each, and what one comes to."""

from collections.abc import Iterable

from textual import getters, on, work
from textual.widget import Widget

from oms_tui.backend.errors import BackendError
from oms_tui.domain.money import format_money
from oms_tui.domain.settlement_answers import SettlementFile, SettlementSum
from oms_tui.screens.base import DeskScreen
from oms_tui.screens.scopes import Scope
from oms_tui.screens.settling.columns import file_columns
from oms_tui.styles import FOLDER
from oms_tui.widgets.lines import Lines, Piece, Pieces
from oms_tui.widgets.rule import Rule
from oms_tui.widgets.short_list import ShortList

EMPTY = "No settlement file was taken in yet: oms-tui import settlement FILE"
_HEAD = ("Currency", "Theirs", "Ours", "Difference", "Fees")
_CELLS = 15
MOST_LINES = 9
"""Lines of sums, at the most."""


class SettlementsScreen(DeskScreen):
    """The settlement files that were taken in."""

    CODE = "RC"
    PLACE = "Reconciliation"
    SCOPES = (Scope.SETTLEMENTS,)
    CSS_PATH = FOLDER / "settling.tcss"

    sums = getters.query_one("#sums", Lines)

    def compose_content(self) -> Iterable[Widget]:
        """The titles, the files, and what the one under the cursor comes to."""
        ascii_only = self.app.ascii_only
        yield ShortList(
            file_columns(self.app),
            key=lambda one: str(one.number),
            empty=EMPTY,
            always_shows_cursor=True,
            ascii_only=ascii_only,
            low_bandwidth=self.app.settings.ui.low_bandwidth,
            id="files",
        )
        yield Rule(ascii_only=ascii_only)
        yield Lines(id="sums")

    @property
    def files(self) -> ShortList[SettlementFile]:
        """The list of files."""
        return self.query_one("#files", ShortList)

    def main_widget(self) -> Widget:
        """The files."""
        return self.files

    def on_mount(self) -> None:
        """Read them."""
        self.set_focus(self.files)
        self.refresh_view()

    def refresh_view(self) -> None:
        """Read the files again."""
        self._read()

    @work(exclusive=True, group="settlements")
    async def _read(self) -> None:
        try:
            self.files.set_rows(await self.app.backend.settlement_files())
        except BackendError as error:
            self.app.tell_error(error)
        self._read_sums()

    @on(ShortList.Moved, "#files")
    def look_at_file(self, event: ShortList.Moved) -> None:
        """Say what the file under the cursor comes to."""
        event.stop()
        self._read_sums()

    @work(exclusive=True, group="settlements-sums")
    async def _read_sums(self) -> None:
        row = self.files.cursor_row
        if row is None:
            self.sums.show()
            return
        try:
            found = await self.app.backend.settlement_sums(row.number)
        except BackendError as error:
            self.sums.show([(f" {error}", "problem")])
            return
        if row == self.files.cursor_row:
            lines = _table(found)
            self.sums.styles.height = min(len(lines), MOST_LINES)
            self.sums.show(*lines)

    @on(ShortList.Opened, "#files")
    async def open_file(self, event: ShortList.Opened) -> None:
        """Show the rows of the file."""
        event.stop()
        from oms_tui.screens.settling.rows import SettlementScreen

        await self.app.push_screen(SettlementScreen(event.row))


def _table(sums: Iterable[SettlementSum]) -> list[Pieces]:
    """What the provider moved, what we hold of it, and its fees: a line a currency."""
    lines: list[Pieces] = [
        [(f" {_HEAD[0]:<9}", "muted"), *((one.rjust(_CELLS), "muted") for one in _HEAD[1:])]
    ]
    for one in sums:
        cells = [
            format_money(amount).rjust(_CELLS) for amount in (one.theirs, one.ours, one.difference, one.fees)
        ]
        pieces: list[Piece] = [(f" {one.theirs.currency:<9}", "strong"), *((cell, "") for cell in cells[:2])]
        pieces += [(cells[2], "problem" if one.difference else "good"), (cells[3], "")]
        lines.append(pieces)
    return lines

"""A settlement file (RC): its rows, the open ones first, and the way from a difference to what mends it."""

from collections.abc import Iterable
from dataclasses import dataclass

from textual import events, getters, on, work
from textual.widget import Widget

from oms_tui.backend.errors import BackendError, SignedOut
from oms_tui.domain.settlement import OPEN, Standing
from oms_tui.domain.settlement_answers import (
    ALL_STANDINGS,
    SettlementDetail,
    SettlementFile,
    SettlementLine,
)
from oms_tui.domain.settlement_ways import Way
from oms_tui.screens.actions import Action
from oms_tui.screens.base import DeskScreen
from oms_tui.screens.choose import Choice, Choose
from oms_tui.screens.order_cells import placed_text
from oms_tui.screens.scopes import Scope
from oms_tui.screens.search import HitNeighbours
from oms_tui.screens.settling.accepting import AcceptBox
from oms_tui.screens.settling.columns import SettlementList, money_cell
from oms_tui.screens.settling.source import SettlementSource
from oms_tui.styles import FOLDER
from oms_tui.text import cell_width
from oms_tui.verbs import VERBS
from oms_tui.widgets.flowing import wrapped
from oms_tui.widgets.lines import Lines, Piece, Pieces
from oms_tui.widgets.long_list import Counted, Loaded, RowHighlighted, RowOpened
from oms_tui.widgets.rule import Rule

_VERBS = {verb.id: verb for verb in VERBS}


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Some rows of a file."""

    title: str
    short: str
    standings: tuple[Standing, ...]


FILTERS = (
    RowFilter("Open", "Open", OPEN),
    RowFilter("Missing here", "Not ours", (Standing.MISSING_HERE,)),
    RowFilter("Missing there", "Not theirs", (Standing.MISSING_THERE,)),
    RowFilter("Different", "Differs", (Standing.DIFFERENT,)),
    RowFilter("Accepted", "Acc", (Standing.ACCEPTED,)),
    RowFilter("Mended", "Mend", (Standing.MENDED,)),
    RowFilter("Matched", "Match", (Standing.MATCHED,)),
    RowFilter("All", "All", ALL_STANDINGS),
)
"""What the digits show."""


class FilterStrip(Lines):
    """The filters on one line or two: digit, title, count; the shown one marked."""

    def tell(self, file: SettlementFile, shown: RowFilter) -> None:
        """Say how many rows each filter has."""
        self._file, self._filter = file, shown
        self.refresh()

    _file: SettlementFile | None = None
    _filter: RowFilter = FILTERS[0]

    def line(self, y: int, width: int) -> Pieces:
        """All of them, on two lines where there are two; with short titles where there is no room."""
        half = len(FILTERS) // 2
        numbers = range(len(FILTERS)) if self.size.height == 1 else range(y * half, (y + 1) * half)
        for is_short in (False, True):
            pieces = self._pieces(numbers, is_short=is_short)
            if sum(cell_width(text) for text, _ in pieces) <= width:
                break
        return pieces

    def _pieces(self, numbers: range, *, is_short: bool) -> list[Piece]:
        pieces: list[Piece] = [(" ", "")]
        for number in numbers:
            one = FILTERS[number]
            look = "accent" if one is self._filter else ""
            count = 0 if self._file is None else sum(self._file.counts[x] for x in one.standings)
            pieces += [(f"{number + 1} ", "key"), (one.short if is_short else one.title, look)]
            if one.standings is not ALL_STANDINGS:
                pieces.append((f" {count:,}", "strong" if count and one.standings[0].is_open else "muted"))
            pieces.append(("  ", ""))
        return pieces[:-1]


class DetailPane(Lines):
    """The row under the cursor in full: what it means, what mends it, what was done about it."""

    _told: tuple[tuple[str, str], ...] = ()

    def tell(self, *told: tuple[str, str]) -> None:
        """Say these paragraphs, each with its look."""
        if told != self._told:
            self._told = told
            self.refresh()

    def line(self, y: int, width: int) -> Pieces:
        """One line of them."""
        lines = [
            (text, look) for paragraph, look in self._told for text in wrapped(paragraph, max(10, width - 2))
        ]
        return [(" ", ""), lines[y]] if y < len(lines) else ()


class SettlementScreen(DeskScreen):
    """The rows of one settlement file."""

    CODE = "RC"
    PLACE = "Reconciliation"
    SCOPES = (Scope.SETTLEMENT,)
    KEYS_FIRST = (
        "move.open", "settlement.accept", "settlement.order", "settlement.filter", "order.note", "view.back",
    )  # fmt: skip
    CSS_PATH = FOLDER / "settling.tcss"

    strip = getters.query_one("#filters", FilterStrip)
    listing = getters.query_one("#rows", SettlementList)
    pane = getters.query_one("#detail", DetailPane)

    def __init__(self, file: SettlementFile) -> None:
        """Show a file as it was read; it is read again whenever the desk changes."""
        super().__init__()
        self._file = file
        self._filter = FILTERS[0] if file.open else FILTERS[-1]
        self._detail: SettlementDetail | None = None

    # -- what the frame asks -------------------------------------------------------------------------------

    def compose_content(self) -> Iterable[Widget]:
        """The filters, the rows, the row under the cursor in full."""
        ascii_only = self.app.ascii_only
        yield FilterStrip(id="filters")
        yield Rule(ascii_only=ascii_only)
        yield SettlementList(self.app, id="rows")
        yield Rule(ascii_only=ascii_only)
        yield DetailPane(id="detail")

    def place_title(self) -> str:
        """The file."""
        return f"{self.PLACE}  ·  {self._file.name}"

    def main_widget(self) -> Widget:
        """The rows."""
        return self.listing

    @property
    def line(self) -> SettlementLine | None:
        """The row under the cursor."""
        return self.listing.cursor_row if self.is_mounted else None

    @property
    def order_id(self) -> str | None:
        """The order that the row under the cursor is about."""
        return self.line.order_id or None if self.line is not None else None

    def offers(self, row: Action) -> bool:
        """Accepting is for what is open."""
        if row.id == "settlement.accept":
            return self.line is not None and self.line.standing.is_open
        if row.id == "settlement.order":
            return self.order_id is not None
        return super().offers(row)

    def refuses(self, row: Action) -> bool:
        """Nothing is accepted on a desk that is open read-only."""
        is_read_only = self.app.desk is not None and self.app.desk.is_read_only
        return row.id == "settlement.accept" and is_read_only

    def refresh_view(self) -> None:
        """Read rows, counts and the row under the cursor again."""
        self.listing.reload()
        self._read_file()
        self._read_row()

    def on_resize(self, event: events.Resize) -> None:
        """Show the columns that suit the width."""
        super().on_resize(event)
        self.listing.suit(self.size.width)

    # -- beginning -----------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Show the open rows, or all where none is open."""
        self.listing.low_bandwidth = self.app.settings.ui.low_bandwidth
        self.watch(self.listing, "refreshing", self._tell_waiting, init=False)
        self.set_focus(self.listing)
        self._use(self._filter)

    def _use(self, one: RowFilter) -> None:
        self._filter = one
        name = one.title.lower()
        empty = "The file has no rows" if one is FILTERS[-1] else f"No {name} rows – {len(FILTERS)} shows all"
        self.listing.set_source(
            SettlementSource(self.app, self._file.number, one.standings), empty_text=empty
        )
        self.strip.tell(self._file, one)

    def action_number(self, number: int) -> None:
        """Show the rows of that digit."""
        if number <= len(FILTERS):
            self._use(FILTERS[number - 1])

    @work(exclusive=True, group="settlement-file")
    async def _read_file(self) -> None:
        try:
            files = await self.app.backend.settlement_files(self._file.number)
        except SignedOut as error:
            self.app.tell_error(error)
        except BackendError:
            return  # old counts stay; the list says what is wrong
        else:
            self._file = next(iter(files), self._file)
            self.strip.tell(self._file, self._filter)

    # -- the row under the cursor --------------------------------------------------------------------------

    @on(RowHighlighted)
    def look_at_row(self, event: RowHighlighted[SettlementLine]) -> None:
        """Say all there is to say of it."""
        event.stop()
        self._read_row()

    @on(Counted)
    @on(Loaded)
    def tell_place_again(self, event: "Counted[SettlementLine]") -> None:
        """Count or rows are others now."""
        event.stop()
        self._tell_place()

    def _tell_waiting(self, is_waiting: bool) -> None:
        self.tell_top("refreshing" if is_waiting else "")

    def _tell_place(self) -> None:
        count, at = self.listing.count, self.listing.position
        note = None
        if count is not None:
            note = f"{at:,} of {count}" if at is not None else f"{count} rows"
        self.tell_keys(note or "")

    @work(exclusive=True, group="settlement-row")
    async def _read_row(self) -> None:
        line = self.line
        self._tell_place()
        if line is None:
            self._detail = None
            self.pane.tell()
            return
        try:
            found = await self.app.backend.settlement_row(line.number)
        except SignedOut as error:
            self.app.tell_error(error)
        except BackendError as error:
            self._detail = None
            self.pane.tell((str(error), "problem"))
        else:
            if self.line is not None and self.line.number == line.number:
                self._detail = found
                self.pane.tell(*self._paragraphs(found))

    def _paragraphs(self, found: SettlementDetail) -> Iterable[tuple[str, str]]:
        line, keys = found.line, self.app.keys
        facts = [f"{line.kind.value} {line.reference}"]
        if line.order_id:
            facts.append(f"payment {line.payment} of order {line.order_id}")
        if line.row is not None:
            facts.append(f"line {line.row.line}")
            if line.row.fee:
                facts.append(f"fee {money_cell(line.row.fee)}")
        if line.at is not None:
            facts.append(placed_text(line.at, self.app.zone, self.app.clock.now()).removesuffix(" 00:00"))
        yield " · ".join(facts), "muted"
        yield found.said, "strong" if line.standing.is_open else ""
        for way in found.ways:
            verb = _VERBS.get(way.verb)
            if verb is None:
                yield way.text, ""
            else:
                yield f"{keys.shown('move.open')}: {verb.label}. {way.text}", "accent"
        if line.standing.is_open:
            yield f"{keys.shown('settlement.accept')} accepts it as it is, with a note.", "muted"
        for mark in reversed(found.marks):
            at = placed_text(mark.at, self.app.zone, self.app.clock.now())
            yield f"{at}  {mark.how}{f' by {mark.person}' if mark.person else ''}: {mark.note}", ""

    # -- going on ------------------------------------------------------------------------------------------

    @on(RowOpened)
    async def open_row(self, event: RowOpened[SettlementLine]) -> None:
        """Open what mends the row; without that the order; without that say what to do."""
        event.stop()
        self._mend(event.row)

    @work(exclusive=True, group="settlement-open")
    async def _mend(self, line: SettlementLine) -> None:
        try:
            found = await self.app.backend.settlement_row(line.number)
        except BackendError as error:
            self.app.tell_error(error)
            return
        ways = [way for way in found.ways if way.verb in _VERBS]
        if len(ways) > 1:
            self._offer(found, ways)
        elif ways:
            await self._start(found, ways[0])
        elif found.line.order_id:
            await self._open_order(found.line.order_id)
        else:
            self.app.toast(" ".join((found.said, *(way.text for way in found.ways))), "warning")

    def _offer(self, found: SettlementDetail, ways: list[Way]) -> None:
        async def chosen(value: str | None) -> None:
            if value is not None:
                await self._start(found, ways[int(value)])

        choices = [Choice(str(place), _VERBS[way.verb].label, way.text) for place, way in enumerate(ways)]
        self.app.push_screen(Choose("What mends it?", choices), chosen)

    async def _start(self, found: SettlementDetail, way: Way) -> None:
        await self.verbs_here.start(_VERBS[way.verb], way.arguments, order_id=found.line.order_id)

    async def action_open_order(self) -> None:
        """Open the order that the row is about."""
        if self.order_id is None:
            self.app.toast("No order here is known for this row", "warning")
        else:
            await self._open_order(self.order_id)

    async def _open_order(self, order_id: str) -> None:
        ids = (row.order_id for row in self.listing.visible_rows if row.order_id)
        await self.app.open_order(order_id, siblings=HitNeighbours(tuple(dict.fromkeys(ids))), tab="payments")

    def action_accept_difference(self) -> None:
        """Ask for the note with which the difference is accepted."""
        line, detail = self.line, self._detail
        if self.app.desk is not None and self.app.desk.is_read_only:
            self.app.toast("Accept: the desk is open read-only", "warning")
        elif line is None or not line.standing.is_open:
            self.app.toast("There is no open difference under the cursor", "warning")
        elif detail is not None and detail.line.number == line.number:
            self.app.push_screen(AcceptBox(detail))

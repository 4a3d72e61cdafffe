"""The search box: finds orders while one types, or hands a filter to the orders list (spec 8)."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from textual import events, on, work
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Label

from oms_tui.backend.errors import BackendError, SignedOut
from oms_tui.domain.answers import Hit
from oms_tui.screens.base import Overlay
from oms_tui.screens.hints import hints_for
from oms_tui.screens.order_cells import TOTAL_WIDTH, customer_name, placed_text, status_cell, total_cell
from oms_tui.screens.scopes import Scope
from oms_tui.screens.wanted import Completion, Reader, Wanted
from oms_tui.text import cell_width
from oms_tui.widgets.field import Field
from oms_tui.widgets.key_line import Hint, KeyLine
from oms_tui.widgets.lines import Lines, Talk
from oms_tui.widgets.long_list.columns import Cell, Column
from oms_tui.widgets.short_list import ShortList

DEBOUNCE = 0.15
"""Seconds without a key before the desk is asked."""
MOST_HITS = 20
MOST_LETTERS = 500
LAST_DIGITS = 4
"""Last digits of a telephone or tracking number that are enough to find it."""
SHORT_FIELDS = {
    "tracking number": "tracking",
    "payment reference": "reference",
    "customer number": "customer no.",
}
"""Fields by names that fit where there is little room; the line above the hits has them in full."""
ROOMY_FROM = 110
"""Cells across from which a hit's row shows what matched, too."""
PROMPT = "/ "
INVITATION = "order, e-mail, name, phone, tracking, article, R… or a filter: status:shipped country:DE"


@dataclass(frozen=True, slots=True)
class HitNeighbours:
    """The orders found, for `[` and `]`."""

    order_ids: tuple[str, ...]

    async def neighbour(self, order_id: str, step: Literal[1, -1]) -> str | None:
        """The order found after or before this one."""
        at = self.order_ids.index(order_id) + step if order_id in self.order_ids else -1
        return self.order_ids[at] if 0 <= at < len(self.order_ids) else None


class SearchBox(Overlay[None]):
    """One box for everything a customer can say. Enter opens the order under the cursor."""

    SCOPES = (Scope.SEARCH,)
    TAKES_EARLY_KEYS = True

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._first_text = text
        self._wanted = Wanted(text="")
        self._found_for: str | None = None
        self._found = ""
        self._opens_when_found = False

    def compose_box(self) -> Iterable[Widget]:
        """The line to type in, two lines of talk, what was found or may be typed, the keys."""
        with Vertical(id="search", classes="box"):
            with Horizontal(id="search-line"):
                yield Label(Content(PROMPT), id="prompt")
                yield Field(self._first_text, id="wanted", max_length=MOST_LETTERS, placeholder=INVITATION)
            yield Lines(id="fault")
            yield Talk(id="told")
            yield ShortList(
                self._hit_columns(),
                key=lambda hit: hit.order.id,
                always_shows_cursor=True,
                ascii_only=self.app.ascii_only,
                low_bandwidth=self.app.settings.ui.low_bandwidth,
                id="hits",
            )
            yield ShortList(
                _COMPLETION_COLUMNS,
                key=lambda one: one.text,
                always_shows_cursor=True,
                ascii_only=self.app.ascii_only,
                low_bandwidth=self.app.settings.ui.low_bandwidth,
                id="completions",
            )
            yield KeyLine(id="keys-here")

    def _hit_columns(self) -> Sequence[Column[Hit]]:
        console, ascii_only = self.app, self.app.ascii_only
        now = console.clock.now()
        is_roomy = console.size.width >= ROOMY_FROM
        return (
            Column(id="id", title="", render=lambda hit: hit.order.id, width=8, flex=1, most=14),
            Column(
                id="placed", title="", width=12, priority=3,
                render=lambda hit: Cell(placed_text(hit.order.created, console.zone, now), "muted"),
            ),
            Column(id="customer", title="", render=lambda hit: customer_name(hit.order), width=14, flex=2),
            Column(id="status", title="", render=lambda hit: status_cell(hit.order, ascii_only), width=20),
            Column(id="total", title="", render=lambda hit: total_cell(hit.order), width=TOTAL_WIDTH,
                   align="right", priority=2),
            Column(id="matched", title="", render=_matched if is_roomy else _field, width=14, flex=4),
        )  # fmt: skip

    def on_resize(self, event: events.Resize) -> None:
        """Show in the rows what there is room for now."""
        self._hits.set_columns(self._hit_columns())

    # -- as one types --------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Start typing at once, after what was typed before the box was there."""
        box = self.query_one("#wanted", Input)
        box.cursor_position = len(box.value)
        self.set_focus(box)
        self._show_completions(())
        hints = (Hint("enter", "open"), *hints_for(self, self.SCOPES, self.app.keys))
        self.query_one("#keys-here", KeyLine).tell(hints)
        if self._first_text:
            self.look(self._first_text)

    @on(Input.Changed, "#wanted")
    def changed(self, event: Input.Changed) -> None:
        """Understand what is typed; ask the desk when the typing rests."""
        event.stop()
        self._opens_when_found = False
        self.look(event.value)

    @work(exclusive=True, group="search-hits")
    async def look(self, text: str, *, waits: bool = True) -> None:
        """Find what `text` asks for. A later text makes an earlier one void."""
        if waits:
            await asyncio.sleep(DEBOUNCE)
        box = self.query_one("#wanted", Input)
        reader = Reader(
            actor=self.app.actor, policy=self.app.policy, zone=self.app.zone, now=self.app.clock.now()
        )
        wanted = self._wanted = reader.read(text, min(box.cursor_position, len(text)))
        self._show_fault(wanted)
        self._show_completions(() if wanted.is_words else wanted.completions)
        try:
            if wanted.is_words:
                await self._find(text)
            elif wanted.is_filter:
                await self._count(wanted)
        except SignedOut as error:
            self.app.tell_error(error)
        except BackendError as error:
            self._tell(str(error), "problem")
        self._found_for = text
        if self._opens_when_found:
            self._opens_when_found = False
            self._open()

    async def _find(self, text: str) -> None:
        result = await self.app.backend.search(text, MOST_HITS)
        self._hits.set_rows(result.hits, at="")
        found = len(result.hits)
        more = " and more – type on to narrow" if result.has_more else ""
        self._found = f"{found} order{'s' if found > 1 else ''}{more}"
        if not found:
            few = text.strip().isdecimal() and len(text.strip()) < LAST_DIGITS
            why = f": of a phone or tracking number it takes the last {LAST_DIGITS} digits" if few else ""
            self._tell(f"Nothing matches “{text.strip()}”{why} – esc closes the box")
        else:
            self._tell_hit()

    @on(ShortList.Moved, "#hits")
    def look_at_hit(self, event: ShortList.Moved) -> None:
        """Another hit is under the cursor."""
        event.stop()
        if self._found and self._wanted.is_words and self._hits.rows:
            self._tell_hit()

    def _tell_hit(self) -> None:
        """How many there are, and all of what matched in the one under the cursor: its row may lack room."""
        hit = self._hits.cursor_row
        at = "" if hit is None else f"  ·  {hit.order.id}: {hit.field} {hit.matched}"
        self._tell(f"{self._found}{at}")

    async def _count(self, wanted: Wanted) -> None:
        self._hits.set_rows(())
        count = await self.app.backend.count(wanted.text)
        noun = "order" if count.value == 1 and count.is_exact else "orders"
        bounds = f"  ·  {wanted.bounds}" if wanted.bounds else ""
        self._tell(f"{count} {noun} – enter shows them in Orders{bounds}")

    # -- what is seen --------------------------------------------------------------------------------------

    @property
    def _hits(self) -> ShortList[Hit]:
        return self.query_one("#hits", ShortList)

    @property
    def _completions(self) -> ShortList[Completion]:
        return self.query_one("#completions", ShortList)

    def _tell(self, text: str, look: str = "muted") -> None:
        self.query_one("#told", Talk).say(text, look)

    def _show_fault(self, wanted: Wanted) -> None:
        """Underline the wrong word and say what was expected; nothing is found meanwhile."""
        if not wanted.fault:
            self.query_one("#fault", Lines).show([])
            if not wanted.text.strip():
                self._hits.set_rows(())
                self._tell("")
            return
        self._hits.set_rows(())
        before = cell_width(PROMPT + wanted.text[: wanted.start])
        length = max(1, cell_width(wanted.text[wanted.start : wanted.end]))
        self.query_one("#fault", Lines).show([(" " * before, ""), ("^" * length, "problem")])
        self._tell(wanted.fault, "problem")

    def _show_completions(self, completions: tuple[Completion, ...]) -> None:
        self._completions.set_rows(completions, at="")
        self._completions.display = bool(completions)
        self._hits.display = not completions

    # -- movement and opening ------------------------------------------------------------------------------

    def main_widget(self) -> Widget:
        """What the arrows move in."""
        return self._completions if self._completions.display else self._hits

    async def action_next_hit(self) -> None:
        """To the next row."""
        await self.action_move("down")

    async def action_previous_hit(self) -> None:
        """To the previous row."""
        await self.action_move("up")

    def action_complete(self) -> None:
        """Take over the suggestion under the cursor."""
        row = self._completions.cursor_row
        if row is not None and self._completions.display:
            box = self.query_one("#wanted", Input)
            text = box.value
            box.value = text[: row.start] + row.text + text[row.end :]
            box.cursor_position = row.start + len(row.text)

    @on(Input.Submitted, "#wanted")
    def enter(self, event: Input.Submitted) -> None:
        """Open what is under the cursor; typed faster than found, open the first once it is found."""
        event.stop()
        if not event.value.strip():
            self.dismiss(None)
        elif self._found_for == event.value:
            self._open()
        else:
            self._opens_when_found = True
            self.look(event.value, waits=False)

    @on(ShortList.Opened, "#hits")
    def open_clicked(self, event: ShortList.Opened) -> None:
        """A click on the row under the cursor opens it too."""
        event.stop()
        self._open()

    @on(ShortList.Opened, "#completions")
    def take_clicked(self, event: ShortList.Opened) -> None:
        """A click takes the suggestion."""
        event.stop()
        self.action_complete()

    def _open(self) -> None:
        if self._wanted.is_filter:
            self.action_list_all()
            return
        hit = self._hits.cursor_row
        if hit is not None and self._wanted.is_words:
            ids = tuple(one.order.id for one in self._hits.rows)
            self.dismiss(None)
            self.app.call_later(self.app.open_order, hit.order.id, siblings=HitNeighbours(ids))

    def action_list_all(self) -> None:
        """Show everything that matches in Orders."""
        text = self.query_one("#wanted", Input).value.strip()
        if text and not self._wanted.fault:
            self.dismiss(None)
            self.app.call_later(self.app.open_orders, text)


def _field(hit: Hit) -> Cell:
    """The field that matched; with what is said above the hits, of the one under the cursor."""
    return Cell(SHORT_FIELDS.get(hit.field, hit.field), "muted")


def _matched(hit: Hit) -> list[Cell]:
    """The field that matched, and with what unless that is in the row already."""
    field = Cell(f"{hit.field} ", "muted")
    return [field] if hit.matched == hit.order.id else [field, Cell(hit.matched)]


_COMPLETION_COLUMNS: tuple[Column[Completion], ...] = (
    Column(id="text", title="", render=lambda one: one.text, width=16, flex=1, most=30),
    Column(id="help", title="", render=lambda one: Cell(one.help, "muted"), width=20, flex=3),
)

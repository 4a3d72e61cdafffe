"""The orders list's screen: which filter it shows, its queues, the row under the cursor (spec 7, Orders)."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress

from textual import events, getters, on, work
from textual.containers import Horizontal
from textual.timer import Timer
from textual.widget import Widget

from oms_tui.backend.errors import BackendError, SignedOut
from oms_tui.domain.answers import OrderSummary, Profile, QueueTally
from oms_tui.screens.actions import Action
from oms_tui.screens.base import DeskScreen
from oms_tui.screens.claiming import NextInQueue, is_worked_off
from oms_tui.screens.console import FreshnessChanged
from oms_tui.screens.orders.columns import about, order_columns, stands_still
from oms_tui.screens.orders.columns_box import ColumnsBox
from oms_tui.screens.orders.flow_pane import FlowPane
from oms_tui.screens.orders.marking import mark_all
from oms_tui.screens.orders.parts import (
    HEIGHTS_HERE,
    WIDTHS_HERE,
    FilterLine,
    OrderNeighbours,
    empty_text,
    keys_first,
    next_sort,
)
from oms_tui.screens.orders.queues import QueuePane, QueueRow, QueueStrip, queue_rows
from oms_tui.screens.orders.source import OrderSource, readable
from oms_tui.screens.orders.table import OrderList
from oms_tui.screens.pile import MarkedOrders
from oms_tui.screens.profile.view import view_for
from oms_tui.screens.scopes import Scope
from oms_tui.screens.subject import subject_of
from oms_tui.styles import FOLDER
from oms_tui.verbs import Subject
from oms_tui.widgets.long_list import Counted, Loaded, MarksChanged, RowHighlighted, RowOpened
from oms_tui.widgets.rule import Rule
from oms_tui.widgets.short_list import ShortList

FLOW_DELAY = 0.12
"""Seconds the cursor must rest on a row before its items are read."""
LOOK_FIRST = 0.15
"""Seconds that a verb's key waits at most for the order to be read; the desk checks in any case."""
TALL = 30
"""Lines of the terminal from which the view flow is shown without being asked for."""


class OrdersScreen(DeskScreen):
    """Orders, filtered and sorted."""

    CODE = "OR"
    PLACE = "Orders"
    SCOPES = (Scope.ORDERS,)
    CSS_PATH = FOLDER / "orders.tcss"
    HORIZONTAL_BREAKPOINTS = WIDTHS_HERE
    VERTICAL_BREAKPOINTS = HEIGHTS_HERE

    filter_line = getters.query_one("#filter", FilterLine)
    strip = getters.query_one("#queue-strip", QueueStrip)
    pane = getters.query_one("#queue-pane", QueuePane)
    orders = getters.query_one("#orders", OrderList)
    flow = getters.query_one("#flow", FlowPane)

    def __init__(self) -> None:
        super().__init__()
        self.keys_first = keys_first(self.app.actor.roles, self.app.policy.authority)
        self._filter = ""
        self._title = ""
        self._tallies: dict[str, QueueTally] = {}
        self._profile: Profile | None = None
        self._flow_wanted: bool | None = None
        self._rest: Timer | None = None
        self.verbs_here = MarkedOrders(self)
        self.next_in_queue = NextInQueue(self)
        self.neighbours = OrderNeighbours(self)
        self.return_to: str | None = None
        """The order last shown in a profile opened from here: the cursor goes to it."""

    # -- what the frame asks -------------------------------------------------------------------------------

    def compose_content(self) -> Iterable[Widget]:
        """Filter line, queues, table, view flow."""
        ascii_only = self.app.ascii_only
        yield FilterLine(id="filter")
        yield QueueStrip(id="queue-strip")
        yield Rule(ascii_only=ascii_only, classes="if-tall")
        with Horizontal(id="middle"):
            yield QueuePane(ascii_only=ascii_only, id="queue-pane")
            yield OrderList(order_columns(self.app), ascii_only=ascii_only, id="orders")
        yield Rule(ascii_only=ascii_only, id="flow-rule")
        yield FlowPane(ascii_only=ascii_only, id="flow")

    def main_widget(self) -> Widget:
        """The table."""
        return self.orders

    @property
    def order_id(self) -> str | None:
        """The order under the cursor."""
        return row.id if self.is_mounted and (row := self.orders.cursor_row) is not None else None

    def subject(self) -> Subject | None:
        """That order, once it is read."""
        profile = self._profile
        return None if profile is None or profile.order.id != self.order_id else subject_of(profile)

    def offers(self, row: Action) -> bool:
        """Claiming the next is for queues; the key line names it there."""
        return super().offers(row) and (row.id != "queue.claim_next" or is_worked_off(self._filter))

    def place_title(self) -> str:
        """What the list shows."""
        return self._title or self.PLACE

    def step_back(self) -> bool:
        """Out of the marks, then the filter, then the pane."""
        if self.orders.marks:
            self.orders.set_marks(())
        elif self._filter:
            self._use_filter("", "")
        elif self._flow_wanted:
            self.action_toggle_flow_pane()
        else:
            return False
        return True

    def refresh_view(self) -> None:
        """Read rows, counts and items again."""
        self.orders.reload()
        self._read_queues()
        self._read_flow_soon()

    # -- beginning -----------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Show all orders, in the columns this person chose."""
        self._choose_columns()
        self._show_queues()
        self.set_focus(self.orders)
        self.orders.low_bandwidth = self.app.settings.ui.low_bandwidth
        self.watch(self.orders, "refreshing", self._tell_waiting, init=False)
        self._use_filter(self._filter, self._title)
        self._read_queues()

    @work(exclusive=True, group="orders-columns")
    async def _choose_columns(self) -> None:
        configured: Sequence[str] = self.app.settings.ui.columns.get(self.CODE, ())
        await asyncio.to_thread(self.orders.load_choice, self.app.actor.name, configured)
        self._suit()

    def _suit(self) -> None:
        asked = readable(self._filter)
        self.orders.suit(self.size.width, why=stands_still(asked), own=about(asked))

    async def show_filter(self, filter_text: str, *, title: str = "") -> None:
        """Show what a filter finds, under its title if it has one."""
        if self.is_mounted:
            self._use_filter(filter_text, title)
            self.set_focus(self.orders)  # enter is for the rows, wherever the focus was
        else:
            self._filter, self._title = filter_text, title

    def _use_filter(self, text: str, title: str) -> None:
        self._filter, self._title = text, title
        self._profile = None
        self._suit()
        self.orders.set_source(OrderSource(self.app, text), empty_text=empty_text(text, self.app.keys))
        self.filter_line.tell(filter_text=text)
        self._show_queues()
        self.tell_top()
        self._tell_place()

    # -- queues --------------------------------------------------------------------------------------------

    @work(exclusive=True, group="orders-queues")
    async def _read_queues(self) -> None:
        try:
            tallies = await self.app.backend.queues()
        except SignedOut as error:
            self.app.tell_error(error)
        except BackendError:
            return  # old counts stay; the list says what is wrong
        else:
            self._tallies = {tally.queue: tally for tally in tallies}
            self._show_queues()

    def _queue_rows(self) -> list[QueueRow]:
        return queue_rows(self.app.actor.roles, self._tallies, self._filter)

    def _show_queues(self) -> None:
        rows = self._queue_rows()
        self.strip.set_rows(rows)
        self.pane.set_rows(rows)

    def action_number(self, number: int) -> None:
        """Show the queue of that digit."""
        rows = self._queue_rows()
        if number <= len(rows):
            self._open_queue(rows[number - 1])

    @on(QueueStrip.Opened)
    def open_from_strip(self, event: QueueStrip.Opened) -> None:
        """Show the queue."""
        event.stop()
        self._open_queue(event.row)

    @on(ShortList.Opened, "#queue-pane")
    def open_from_pane(self, event: ShortList.Opened) -> None:
        """Show the queue."""
        event.stop()
        self._open_queue(event.row)

    def _open_queue(self, row: QueueRow) -> None:
        if row.place:
            self.app.call_later(self.app.action_go, row.place)
        else:
            self._use_filter(row.filter, row.title)
            self.set_focus(self.orders)

    # -- the row under the cursor --------------------------------------------------------------------------

    @on(RowHighlighted)
    def look_at_row(self, event: RowHighlighted[OrderSummary]) -> None:
        """Say its place and read its items once the cursor rests; moving on never waits for that."""
        event.stop()
        self._read_flow_soon()

    def _read_flow_soon(self) -> None:
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(FLOW_DELAY, self._read_flow)

    @work(exclusive=True, group="orders-flow")
    async def _read_flow(self) -> None:
        self._tell_place()
        await self._read_row()

    async def _read_row(self) -> None:
        order_id = self.order_id
        if order_id is None or not self.app.is_signed_in:
            self._profile = None
            self.flow.say("No order is under the cursor.")
            self.tell_keys()
            return
        try:
            profile = await self.app.backend.order(order_id)
        except SignedOut as error:
            self.app.tell_error(error)
        except BackendError as error:
            self._profile = None
            self.flow.say(str(error))
        else:
            if order_id == self.order_id:
                self._profile = profile
                self.flow.show_order(view_for(self.app, profile))
                self.tell_keys()

    async def action_verbs(self, key: str) -> None:
        """Start the verb of that key; what the order allows is looked at first, if that takes no time."""
        if self.subject() is None and self.order_id is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._read_row(), LOOK_FIRST)
        await super().action_verbs(key)

    @on(RowOpened)
    async def open_row(self, event: RowOpened[OrderSummary]) -> None:
        """Open the order's profile; `[` and `]` walk through this list."""
        event.stop()
        self.return_to = event.row.id
        await self.app.open_order(event.row.id, siblings=self.neighbours)

    def on_screen_resume(self) -> None:
        """Back from a profile: the cursor goes to the order that was shown last."""
        if not self.is_mounted or not self.app.is_signed_in:
            return
        self.orders.refresh()  # what changed behind another screen was never painted
        self._catch_up_with_time()
        wanted, self.return_to = self.return_to, None
        if wanted is not None and wanted != self.order_id:
            self._go_to(wanted)

    @work(exclusive=True, group="orders-go")
    async def _go_to(self, order_id: str) -> None:
        try:
            await self.orders.go_to(order_id)
        except BackendError as error:
            self.app.tell_error(error)

    # -- the place in the list -----------------------------------------------------------------------------

    @on(Counted)
    @on(MarksChanged)
    @on(Loaded)
    def tell_place_again(self, event: "Counted[OrderSummary]") -> None:
        """Count, marks or rows are others now."""
        event.stop()
        if self.app.is_signed_in:
            self._tell_place()

    def _tell_waiting(self, is_waiting: bool) -> None:
        self.tell_top("refreshing" if is_waiting else "")

    def _tell_place(self) -> None:
        orders = self.orders
        parts = []
        if orders.marks:
            parts.append(f"{len(orders.marks):,} marked")
        if orders.count is not None:
            at = orders.position
            parts.append(f"{at:,} of {orders.count}" if at is not None else f"{orders.count} orders")
        self.filter_line.tell(place="  ".join(parts))
        self.tell_keys()

    # -- actions -------------------------------------------------------------------------------------------

    async def action_edit_filter(self) -> None:
        """Open the search box with the filter in it, so that it can be refined."""
        from oms_tui.screens.search import SearchBox

        await self.app.push_screen(SearchBox(f"{self._filter} " if self._filter else ""))

    def action_sort(self) -> None:
        """Put the rows in the next order; the cursor goes to the start."""
        asked = readable(self._filter)
        if asked is not None:
            self._use_filter(str(asked.with_sort(next_sort(asked.sort))), self._title)

    def action_toggle_flow_pane(self) -> None:
        """Show the items of the order under the cursor, or hide them."""
        self._flow_wanted = not self.has_class("-with-flow")
        self._show_flow_pane()

    def _show_flow_pane(self) -> None:
        wanted = self.size.height >= TALL if self._flow_wanted is None else self._flow_wanted
        self.set_class(wanted, "-with-flow")
        if not wanted and self.focused is self.flow:
            self.set_focus(self.orders)

    def on_resize(self, event: events.Resize) -> None:
        """Tall terminals show the items by themselves."""
        self._show_flow_pane()
        self._suit()

    def action_columns(self) -> None:
        """Choose the columns and their order."""

        def chosen(ids: tuple[str, ...] | None) -> None:
            if ids is not None:
                self.orders.choose(ids)
                self._suit()
                self._keep_columns()

        self.app.push_screen(ColumnsBox(self.orders.all_columns, self.orders.suited), chosen)

    @work(group="orders-keep")
    async def _keep_columns(self) -> None:
        try:
            await asyncio.to_thread(self.orders.keep_choice, self.app.actor.name)
        except OSError as error:
            self.app.toast(f"The columns could not be kept: {error.strerror}", "warning")

    def action_mark_all(self) -> None:
        """Mark every order that matches; more than a screenful is asked about first."""
        mark_all(self, self._filter, lambda: self._filter)

    def action_claim_next(self) -> None:
        """Claim the oldest order of this list that nobody has, and open it."""
        self.next_in_queue.claim(self._filter, self._title or self._filter or "all orders", self.neighbours)

    def on_freshness_changed(self, event: FreshnessChanged) -> None:
        """The minute is over: ages are others now, and so are bounds of time."""
        self._catch_up_with_time()

    def _catch_up_with_time(self) -> None:
        self.orders.repaint()
        self.filter_line.tell()
        if self._profile is not None and self._profile.order.id == self.order_id:
            self.flow.show_order(view_for(self.app, self._profile))  # a claim may have run out

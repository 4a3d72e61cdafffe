"""Flow (FL): an order's flow, a delivery flow, an item flow or one task, whole and live (spec 3.3, 7)."""

import asyncio
from collections.abc import Hashable, Iterable
from contextlib import suppress

from textual import events, getters, on, work
from textual.widget import Widget

from oms_tui.backend.errors import BackendError
from oms_tui.domain.answers import FlowStanding, Profile, TimelineEntry
from oms_tui.domain.authority import Right
from oms_tui.domain.flow import Task, delivery_flow, order_flow
from oms_tui.screens.actions import Action
from oms_tui.screens.base import HEIGHTS
from oms_tui.screens.choose import Choose
from oms_tui.screens.console import Console, FreshnessChanged
from oms_tui.screens.flow.head import FlowHead
from oms_tui.screens.flow.menu import APPROVE, RUN, RUNS, choices_for, name_to_run
from oms_tui.screens.flow.pages import body_of, nearest_way, put_one_task
from oms_tui.screens.flow.places import (
    DeliveryFlow,
    FlowPlace,
    ItemFlow,
    LineStop,
    OneTask,
    OrderFlow,
    ShipmentKey,
    TaskKey,
    WayKey,
    parts_of,
)
from oms_tui.screens.flow.rows import first_look
from oms_tui.screens.flow.sight import Sight, VerbNote
from oms_tui.screens.flow.standing import ask_standing, standing_piece, worker_command
from oms_tui.screens.of_order import OrderScreen
from oms_tui.screens.profile.page import Page
from oms_tui.screens.profile.view import may_see_flows
from oms_tui.screens.scopes import Scope
from oms_tui.styles import FOLDER
from oms_tui.verbs import verb
from oms_tui.widgets.listing import Body, Listing
from oms_tui.widgets.rule import Rule

TIMELINE = 500
"""Entries of the timeline that an item flow looks through."""
LOOK_FIRST = 0.1
"""Seconds that an order is waited for before its flow opens without it."""
ROOMY = 38
"""Lines from which the task under the cursor is shown below the table."""
ORDER_FLOW = OrderFlow()


class FlowScreen(OrderScreen):
    """One flow of one order, or one of its tasks."""

    CODE = "FL"
    PLACE = "Flow"
    SCOPES = (Scope.FLOW,)

    CSS_PATH = FOLDER / "flow.tcss"
    VERTICAL_BREAKPOINTS = [*HEIGHTS, (ROOMY, "-roomy")]  # noqa: RUF012 - as the framework has it

    head = getters.query_one("#flow-head", FlowHead)
    listing = getters.query_one("#flow", Listing)
    pane = getters.query_one("#flow-pane", Listing)

    def __init__(
        self,
        order_id: str,
        place: FlowPlace = ORDER_FLOW,
        *,
        known: Profile | None = None,
        at: TaskKey | None = None,
    ) -> None:
        """Show a flow of an order; `known` is what was read of it, `at` the task to begin at."""
        super().__init__(order_id, known)
        self._place = place
        self._at = at
        self._flows: FlowStanding | None = None
        self._timeline: tuple[TimelineEntry, ...] | None = None

    # -- what the frame asks -------------------------------------------------------------------------------

    def compose_content(self) -> Iterable[Widget]:
        """The head, the table, and where there is room the task under the cursor."""
        ascii_only = self.app.ascii_only
        yield FlowHead(id="flow-head")
        yield Rule(ascii_only=ascii_only)
        yield Listing(ascii_only=ascii_only, id="flow")
        if not isinstance(self._place, OneTask):
            yield Rule(ascii_only=ascii_only, classes="if-roomy")
            yield Listing(ascii_only=ascii_only, id="flow-pane")

    def place_title(self) -> str:
        """The order and which flow of it."""
        return f"Order {self._order_id}  ·  {self._place.name}"

    def main_widget(self) -> Widget:
        """The table."""
        return self.listing

    def offers(self, row: Action) -> bool:
        """There is one part to move in, unless the pane stands below the table."""
        if row.id == "move.next":
            return self.has_class("-roomy") and not isinstance(self._place, OneTask)
        return super().offers(row)

    def refresh_view(self) -> None:
        """Read the order again; the cursor stays."""
        self.read()

    # -- reading -------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Show what is known, and read what is not."""
        self.set_focus(self.listing)
        self._show(is_first=self._profile is not None)
        if self._profile is None or isinstance(self._place, ItemFlow):
            self.read()
        else:
            self._ask_standing()

    def on_resize(self, event: events.Resize) -> None:
        """The cursor has its place once the table is laid out: the pane follows."""
        super().on_resize(event)
        self.call_after_refresh(self._show_pane)

    @work(exclusive=True, group="flow")
    async def read(self) -> None:
        """Read the order, and how flows go on."""
        before = (self._profile, self._timeline, self._fault)
        is_first = self._profile is None
        if not await self.read_order():
            return
        if before != (self._profile, self._timeline, self._fault):
            self._show(is_first=is_first)
        self._flows = await ask_standing(self.app) or self._flows
        self._show_head()

    async def read_more(self) -> None:
        """The item flow looks through the timeline as well."""
        if isinstance(self._place, ItemFlow):
            self._timeline = await self.app.backend.timeline(self._order_id, limit=TIMELINE)

    @work(exclusive=True, group="flow-standing")
    async def _ask_standing(self) -> None:
        self._flows = await ask_standing(self.app) or self._flows
        self._show_head()

    def on_freshness_changed(self, event: FreshnessChanged) -> None:
        """The minute is over: ages, and whether anybody runs flows."""
        self._ask_standing()

    # -- showing -------------------------------------------------------------------------------------------

    def sight(self) -> Sight | None:
        """The order as the bodies look at it; None until it is read."""
        console, profile = self.app, self._profile
        if profile is None or not console.is_signed_in:
            return None
        return Sight(
            profile=profile,
            zone=console.zone,
            now=console.clock.now(),
            me=console.actor.name,
            may_see_flows=may_see_flows(console),
            timeline=self._timeline,
            ascii_only=console.ascii_only,
            note_of=self._note_of,
        )

    def _note_of(self, verb_id: str) -> VerbNote:
        found = verb(verb_id)
        return VerbNote(self.app.keys.shown(verb_id), found.label, self.verbs_here.refusal(found))

    def _show(self, *, is_first: bool = False) -> None:
        sight = self.sight()
        self._show_head()
        if sight is None:
            self.listing.present(self.no_order)
        elif self._is_gone(sight):
            self.listing.present(self._no_place)
        else:
            at = (self._at or self._begin_at(sight)) if is_first else None
            self.listing.present(lambda width: body_of(sight, self._place, width), at=at)
        self._show_pane()
        self.tell_top()
        self.tell_keys()

    def _show_head(self) -> None:
        sight, console = self.sight(), self.app
        if not console.is_signed_in:
            return
        piece = standing_piece(
            self._flows,
            console.policy.flow.interval,
            console.zone,
            console.clock.now(),
            worker_command(console),
        )
        place = ORDER_FLOW if sight is None or self._is_gone(sight) else self._place
        self.head.tell(sight, place, piece, self._order_id)

    def _show_pane(self) -> None:
        """The task under the cursor, whole, where there is room for it."""
        if isinstance(self._place, OneTask):
            return
        sight, key = self.sight(), self.listing.cursor_key

        def build(width: int) -> Body:
            page = Page(width)
            if sight is not None and isinstance(key, TaskKey):
                put_one_task(page, sight, key)
            return page.body()

        self.pane.present(build)

    def _is_gone(self, sight: Sight) -> bool:
        """Whether the line or shipment is not there any more: an order can be imported anew."""
        place, order = self._place, sight.order
        if isinstance(place, ItemFlow):
            return all(line.number != place.line for line in order.lines)
        shipment = place.shipment if isinstance(place, DeliveryFlow) else None
        return shipment is not None and all(one.number != shipment for one in order.shipments)

    def _begin_at(self, sight: Sight) -> TaskKey | WayKey | None:
        if isinstance(self._place, OneTask):
            return nearest_way(sight, self._place.key)
        if isinstance(self._place, OrderFlow):
            task = first_look(order_flow(sight.order))
            return None if task is None else TaskKey(task)
        if isinstance(self._place, DeliveryFlow):
            task = first_look(delivery_flow(sight.order, self._place.shipment))
            return None if task is None else TaskKey(task, self._place.shipment)
        return None

    def _no_place(self, width: int) -> Body:
        page = Page(width)
        back = self.app.keys.shown("view.leave")
        page.say(f"The order has no {self._place.name} any more. {back} goes back.")
        return page.body()

    @on(Listing.Moved, "#flow")
    def follow(self, event: Listing.Moved) -> None:
        """The pane follows the cursor."""
        if self.has_class("-roomy"):
            self._show_pane()

    # -- going on ------------------------------------------------------------------------------------------

    @on(Listing.Opened)
    async def open_stop(self, event: Listing.Opened) -> None:
        """Open what the cursor is on: a task, a shipment, a line; a way on starts its verb."""
        event.stop()
        if isinstance(event.key, WayKey):
            await self._go(event.key)
        elif self._profile is not None and not self._shows(event.key):
            await open_stop(self.app, self._profile, event.key)

    def _shows(self, key: Hashable | None) -> bool:
        """Whether the stop leads to what is shown already."""
        return isinstance(key, TaskKey) and self._place == OneTask(key)

    async def _go(self, way: WayKey) -> None:
        if way.verb == "order.run":
            await self._run(way.about)
        else:
            await self.verbs_here.start(verb(way.verb))

    # -- the menu of a task --------------------------------------------------------------------------------

    @property
    def task_key(self) -> TaskKey | None:
        """The task that the menu is about: the one under the cursor, or the one that is shown."""
        key = self.focused.cursor_key if isinstance(self.focused, Listing) else self.listing.cursor_key
        if isinstance(key, TaskKey):
            return key
        if isinstance(key, WayKey):
            return key.about
        return self._place.key if isinstance(self._place, OneTask) else None

    def action_task_menu(self) -> None:
        """Offer what can be done with the task: run it now, approve, its runs."""
        key, subject = self.task_key, self.subject()
        if key is None or subject is None:
            self.app.toast("Tasks: put the cursor on a task first", "warning")
            return

        async def chosen(value: str | None) -> None:
            if value == RUN:
                await self._run(key)
            elif value == APPROVE:
                await self.verbs_here.start(verb("order.approve"))
            elif value == RUNS and self._profile is not None and self._place != OneTask(key):
                await open_place(self.app, self._profile, OneTask(key))

        choices = choices_for(self, subject, key)
        first = next(one.value for one in choices if not one.refusal)
        wanted = APPROVE if key.name == "Manual Approval" and not choices[1].refusal else first
        self.app.push_screen(Choose(key.name, choices, at=wanted), chosen)

    async def _run(self, key: TaskKey) -> None:
        subject = self.subject()
        if subject is None:
            return
        name = name_to_run(self, subject, key)
        await self.verbs_here.start(verb("order.run"), {"task": name} if name else None)


def why_no_flows(console: Console) -> str:
    """Why somebody may see neither item flow nor delivery flow (spec 5)."""
    holders = console.policy.authority.who_may(Right.VIEW_ITEM_FLOW)
    return f"for {' and '.join(role.value.upper() for role in holders) or 'nobody'} only"


async def open_place(
    console: Console, profile: Profile, place: FlowPlace, *, at: TaskKey | None = None
) -> None:
    """Open a flow of an order that is read already, or say that it is not for this person."""
    if isinstance(place, DeliveryFlow | ItemFlow) and not may_see_flows(console):
        console.toast(f"{place.kind}: {why_no_flows(console)}", "warning")
        return
    await console.push_screen(FlowScreen(profile.order.id, place, known=profile, at=at))


async def open_task(console: Console, profile: Profile, key: TaskKey) -> None:
    """Open a task with what it waits for and its runs; one that a single shipment has in its delivery flow.

    Pick Ticket opens on its dependencies, whatever sums it up (spec 7).
    """
    parts = parts_of(profile.order, key)
    if key.task is Task.PICK_TICKET or len(parts) != 1:
        await open_place(console, profile, OneTask(key))
        return
    shipment = str(parts[0].shipment)
    await open_place(console, profile, DeliveryFlow(shipment), at=TaskKey(key.task, shipment))


async def open_stop(console: Console, profile: Profile, key: Hashable | None) -> None:
    """Open what a stop of an order leads to: a task, a delivery flow, an item flow."""
    if isinstance(key, TaskKey):
        await open_task(console, profile, key)
    elif isinstance(key, ShipmentKey):
        await open_place(console, profile, DeliveryFlow(key.number))
    elif isinstance(key, LineStop):
        await open_place(console, profile, ItemFlow(key.number))


async def open_flow(
    console: Console,
    order_id: str,
    place: FlowPlace = ORDER_FLOW,
    *,
    known: Profile | None = None,
    at: TaskKey | None = None,
) -> None:
    """Open a flow of an order on top of what is shown, read first where that takes no time."""
    if known is None:
        with suppress(TimeoutError, BackendError):
            async with asyncio.timeout(LOOK_FIRST):
                known = await console.backend.order(order_id, opened=True)
    await console.push_screen(FlowScreen(order_id, place, known=known, at=at))

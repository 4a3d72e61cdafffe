"""The profile's screen: reads the order, shows a tab of it, walks to its neighbours, keeps it fresh."""

import asyncio
from collections.abc import Hashable, Iterable
from dataclasses import replace
from typing import Literal

from textual import events, getters, on, work
from textual.widget import Widget

from oms_tui.backend.errors import BackendError, NotFound, SignedOut
from oms_tui.domain.answers import TimelineEntry
from oms_tui.domain.derive import standing
from oms_tui.screens.actions import Action
from oms_tui.screens.base import HEIGHTS, DeskScreen
from oms_tui.screens.console import FreshnessChanged, Neighbours
from oms_tui.screens.flow.standing import still_as_known, still_for
from oms_tui.screens.money_notes import notes_of
from oms_tui.screens.profile import ways
from oms_tui.screens.profile.heading import Beside, Facts, Pod, StatusBar, TabStrip, Why
from oms_tui.screens.profile.holds import Holds
from oms_tui.screens.profile.parts import FollowsAlong, Look, TabBody, body_without_order, pod_verbs
from oms_tui.screens.profile.tabs import TABS, strip_of, tab_index
from oms_tui.screens.profile.timeline import EntryKey, MoreKey
from oms_tui.screens.profile.view import View, may_see_flows, view_for
from oms_tui.screens.scopes import Scope
from oms_tui.screens.subject import subject_of
from oms_tui.styles import FOLDER
from oms_tui.verbs import LinePart, Subject
from oms_tui.widgets.listing import Body, Listing
from oms_tui.widgets.rule import Rule

RENEW_EVERY = 60.0
"""Seconds between two looks whether the claim on the order shown must be renewed."""
TIMELINE_PAGE = 100
"""Entries read at a time."""
TIMELINE_TAB = tab_index("timeline")
_HEIGHTS = [*HEIGHTS, (30, "-high")]


class ProfileScreen(DeskScreen):
    """One order, whole."""

    CODE = "PR"
    PLACE = "Order"
    SCOPES = (Scope.PROFILE,)
    CSS_PATH = FOLDER / "profile.tcss"
    VERTICAL_BREAKPOINTS = _HEIGHTS

    facts = getters.query_one("#facts", Facts)
    bar = getters.query_one("#bar", StatusBar)
    strip = getters.query_one("#tabs", TabStrip)
    tab_body = getters.query_one("#tab-body", TabBody)
    why = getters.query_one("#why", Why)
    pod = getters.query_one("#pod", Pod)

    def __init__(
        self,
        order_id: str,
        *,
        siblings: Neighbours | None = None,
        tab: str = "",
        known: Look | None = None,
    ) -> None:
        """Show an order; `known` is what was just read of it, as opened."""
        super().__init__()
        self._order_id = order_id
        self._siblings = siblings
        self._tab = tab_index(tab)
        self._look = known or Look()
        self._has_been_used = True
        self._walk = asyncio.Lock()

    def open_anew(self, known: Look, *, siblings: Neighbours | None = None, tab: str = "") -> None:
        """Show another order as if the screen were new; it stands nowhere at the moment."""
        self.workers.cancel_node(self)
        self._siblings = siblings
        self._tab = tab_index(tab)
        self._has_been_used = True
        self.set_focus(self.tab_body)
        self._turn_over(known)

    # -- what the frame asks -------------------------------------------------------------------------------

    def compose_content(self) -> Iterable[Widget]:
        """Head, tabs, body, foot."""
        yield Facts(id="facts")
        yield Holds(id="holds", classes="if-tall")
        yield StatusBar(ascii_only=self.app.ascii_only, id="bar")
        yield Rule(ascii_only=self.app.ascii_only)
        yield TabStrip(id="tabs")
        yield Rule(ascii_only=self.app.ascii_only, classes="if-tall")
        yield TabBody(ascii_only=self.app.ascii_only, id="tab-body")
        yield Rule(ascii_only=self.app.ascii_only, classes="if-tall")
        yield Why(id="why")
        yield Pod(id="pod")

    def place_title(self) -> str:
        """The order's ID."""
        return f"Order {self._order_id}"

    def main_widget(self) -> Widget:
        """The body of the tab."""
        return self.tab_body

    @property
    def order_id(self) -> str | None:
        """The order shown; None where it could not be read."""
        return None if self._look.fault and self._look.profile is None else self._order_id

    def subject(self) -> Subject | None:
        """The order as the verbs look at it."""
        return None if self._look.profile is None else subject_of(self._look.profile)

    def offers(self, row: Action) -> bool:
        """The verbs stand in the pod, not in the key line; parts to go to stand in the tab Payments."""
        if row.id == "part.next":
            return bool(self.tab_body.parts)
        return row.verb is None and row.id != "move.next" and super().offers(row)

    def refuses(self, row: Action) -> bool:
        """Item flow is not for everybody (spec 5)."""
        return row.id == "order.item_flow" and not may_see_flows(self.app)

    def step_back(self) -> bool:
        """Take the marks away."""
        if not self.tab_body.marks:
            return False
        self.tab_body.mark(frozenset())
        return True

    def refresh_view(self) -> None:
        """Read the order again; the cursor stays."""
        self.read(is_opened=False)

    def marked_lines(self) -> tuple[LinePart, ...]:
        """The lines marked in the tab Items."""
        return self.tab_body.marked_lines

    def line_here(self) -> int | None:
        """The line under the cursor of the tab Items."""
        return self.tab_body.line_here

    # -- reading -------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Show the order; read it if nobody has."""
        self.set_focus(self.tab_body)
        if self._look.profile is None:
            self.read(is_opened=True)
        else:
            self._show_at_first()
        self.set_interval(RENEW_EVERY, self._renew_claim)

    @work(exclusive=True, group="profile-order")
    async def read(self, *, is_opened: bool) -> None:
        """Read the order, and show it if it is still the one wanted."""
        order_id, look = self._order_id, self._look
        try:
            profile = await self.app.backend.order(order_id, opened=is_opened)
        except SignedOut as error:
            self.app.tell_error(error)
            return
        except BackendError as error:
            look.fault = str(error)
            if not isinstance(error, NotFound) and look.profile is not None:
                self.app.toast(f"Order {order_id} could not be read again: {error}", "warning")
            self._show()
            return
        if look is not self._look:
            return
        is_as_before = profile == look.profile and not look.fault
        look.profile, look.fault = profile, ""
        if is_opened:
            self._show_at_first()
        elif not is_as_before:
            self._show_again()
        elif self._tab == TIMELINE_TAB:  # an answer that was given has an entry and changes nothing else
            self._read_timeline()

    @work(exclusive=True, group="profile-standing")
    async def _ask_standing(self) -> None:
        """Say where nobody runs what is due."""
        look = self._look
        if look.profile is not None:
            look.still = await still_for(self.app, look.profile.order)
            if look is self._look:
                self._show_why()

    def _show_at_first(self) -> None:
        look = self._look
        if look.profile is not None:
            look.still = still_as_known(self.app, look.profile.order)
        view = self.view()
        self._show_again(at=None if view is None else TABS[self._tab].first(view))
        self._find_neighbours()

    def _show_again(self, *, at: Hashable | None = None) -> None:
        self._show(at=at)
        self._ask_standing()
        if self._tab == TIMELINE_TAB:
            self._read_timeline()

    @work(exclusive=True, group="profile-timeline")
    async def _read_timeline(self, *, is_older: bool = False) -> None:
        """Read the newest entries again, as many as were shown; or older ones on top of them."""
        look, order_id = self._look, self._order_id
        known = look.timeline or ()
        before = known[-1].seq if is_older and known else None
        found: tuple[TimelineEntry, ...] = ()
        limit = TIMELINE_PAGE if is_older else max(TIMELINE_PAGE, len(known))
        try:
            found = await self.app.backend.timeline(order_id, before=before, limit=limit + 1)
        except BackendError as error:
            look.timeline_fault = str(error)
        else:
            look.timeline_fault = ""
            look.timeline = (*known, *found[:limit]) if is_older else found[:limit]
            look.has_older = len(found) > limit
        if look is self._look:
            self._show_tab(at=EntryKey(found[0].seq) if is_older and found else None)

    @work(exclusive=True, group="profile-neighbours")
    async def _find_neighbours(self) -> None:
        """Name the orders before and after in the list."""
        look = self._look
        if self._siblings is None:
            return
        try:
            before = await self._siblings.neighbour(self._order_id, -1)
            after = await self._siblings.neighbour(self._order_id, 1)
        except BackendError:
            return  # only a convenience: the keys say what is wrong when they are pressed
        look.beside = Beside(before or "", after or "")
        if look is self._look:
            self._show_facts()

    def on_key(self, event: events.Key) -> None:
        """Somebody is at work here: their claim lives on."""
        self._has_been_used = True

    def _renew_claim(self) -> None:
        """Renew the person's claim while they work on the order; reading it as opened does that (spec 6)."""
        profile = self._look.profile
        is_mine = profile is not None and profile.claim is not None and self.app.is_signed_in
        if is_mine and self._has_been_used and self.app.screen is self:
            self._has_been_used = False
            if profile is not None and profile.claim and profile.claim.person == self.app.actor.name:
                self.read(is_opened=True)

    # -- showing -------------------------------------------------------------------------------------------

    def view(self) -> View | None:
        """The order as the tabs look at it; None until it is read."""
        look, console = self._look, self.app
        if look.profile is None or not console.is_signed_in:
            return None
        return replace(
            view_for(console, look.profile),
            timeline=look.timeline,
            has_older=look.has_older,
            fault=look.timeline_fault,
            opened=look.opened,
            money=look.money,
        )

    def _show(self, *, at: Hashable | None = None) -> None:
        """Show everything anew; `at`: where the cursor goes in the tab."""
        look = self._look
        if look.profile is not None and self.app.is_signed_in:
            look.money = notes_of(self.app, self.verbs_here, look.profile)
        view = self.view()
        self._show_facts()
        self.bar.tell(None if view is None else standing(view.order.lines))
        self._show_why()
        self._show_verbs()
        self._show_tab(at=at)
        self.tell_top()
        self.tell_keys()

    def _show_why(self) -> None:
        """Say why it stands here, and what to know of its money where the tab does not."""
        view = self.view()
        is_said = TABS[self._tab].id == "payments"
        self.why.tell(replace(view, money=()) if view and is_said else view, self._look.still)

    def _show_facts(self) -> None:
        fallback = f"{self._order_id}  {self._look.fault}" if self._look.fault else self._order_id
        self.facts.tell(self.view(), self._look.beside, fallback)
        self.query_one(Holds).tell(self.view(), self.app)

    def _show_verbs(self) -> None:
        if not self.app.is_signed_in:
            return
        self.pod.tell(pod_verbs(self.verbs_here))

    def _show_tab(self, *, at: Hashable | None = None) -> None:
        view, kind = self.view(), TABS[self._tab]
        if view is None:
            fault, keys = self._look.fault, self.app.keys
            self.tab_body.present(lambda width: body_without_order(fault, keys, width))
            return
        self.strip.tell(strip_of(view), self._tab)
        self.tab_body.present(lambda width: kind.build(view, width), at=at)

    # -- tabs ----------------------------------------------------------------------------------------------

    def turn_to(self, tab: int) -> None:
        """Show another tab, the cursor where it was last."""
        if tab == self._tab or not 0 <= tab < len(TABS):
            return
        self._look.places[self._tab] = self.tab_body.cursor_key
        self._tab = tab
        view, kind = self.view(), TABS[tab]
        if view is not None:
            self.strip.tell(strip_of(view), tab)
            at = self._look.places[tab] if tab in self._look.places else kind.first(view)
            self.tab_body.present(lambda width: kind.build(view, width), at=at, is_new=True)
        if tab == TIMELINE_TAB and self._look.timeline is None:
            self._read_timeline()
        self._show_why()
        self.tell_keys()

    def action_number(self, number: int) -> None:
        """Show the tab of that digit."""
        if number <= len(TABS):
            self.turn_to(number - 1)

    @on(TabBody.Turned)
    def turn(self, event: TabBody.Turned) -> None:
        """Left and right go through the tabs."""
        event.stop()
        self.turn_to((self._tab + event.by) % len(TABS))

    @on(Listing.Opened)
    async def open_stop(self, event: Listing.Opened) -> None:
        """Open the task or the delivery flow; show what else there is to know of a stop, or hide it again."""
        event.stop()
        if isinstance(event.key, MoreKey):
            self._read_timeline(is_older=True)
        elif ways.leads_on(event.key):
            await ways.follow(self.app, self._look.profile, event.key)
        elif event.key is not None:
            self._look.opened ^= {event.key}
            self._show_tab()

    @on(Listing.Moved)
    def load_more(self, event: Listing.Moved) -> None:
        """Arriving at the end of the timeline reads on."""
        if isinstance(event.key, MoreKey):
            self._read_timeline(is_older=True)

    # -- actions -------------------------------------------------------------------------------------------

    async def action_order_flow(self) -> None:
        """Show the order's flow, at the task under the cursor."""
        await ways.to_order_flow(self.app, self._look.profile, self.tab_body.cursor_key)

    async def action_item_flow(self) -> None:
        """Show the flow of the line under the cursor."""
        await ways.to_item_flow(self.app, self._look.profile, self.tab_body.cursor_key)

    def action_part(self, by: int) -> None:
        """To the next part of the tab, or the previous one."""
        self.tab_body.go_to_part(by)

    @work(group="profile-walk")
    async def action_sibling(self, step: Literal[1, -1]) -> None:
        """Show the order before or after this one in the list one came from."""
        if self._siblings is None:
            self.app.toast("This order was not opened from a list", "warning")
            return
        async with self._walk:
            try:
                found = await self._siblings.neighbour(self._order_id, step)
                profile = None if found is None else await self.app.backend.order(found, opened=True)
            except BackendError as error:
                self.app.tell_error(error)
                return
            if profile is None:
                end = "last" if step > 0 else "first"
                self.app.toast(f"Order {self._order_id} is the {end} one of the list", "warning")
            else:
                self._turn_over(Look(profile=profile))

    def _turn_over(self, known: Look) -> None:
        """Show another order, which has been read, in this one's place, at the same tab."""
        self.workers.cancel_group(self, "profile-order")
        if known.profile is not None:
            self._order_id = known.profile.order.id
        self._look = known
        self.tab_body.present(lambda width: Body(), is_new=True)
        if isinstance(self._siblings, FollowsAlong):
            self._siblings.went_to(self._order_id)
        self._show_at_first()

    def on_freshness_changed(self, event: FreshnessChanged) -> None:
        """The minute is over: claims and ages read anew."""
        self._show_facts()
        self._ask_standing()

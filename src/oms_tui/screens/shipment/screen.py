"""The screen of one shipment: reads its order, keeps it fresh, starts the verbs that belong to a shipment."""

from collections.abc import Hashable, Iterable
from dataclasses import replace
from typing import ClassVar

from textual import getters, on, work
from textual.widget import Widget

from oms_tui.domain.answers import Profile
from oms_tui.screens.actions import Action
from oms_tui.screens.console import Console, FreshnessChanged
from oms_tui.screens.flow.places import LineStop, ShipmentKey
from oms_tui.screens.money_notes import notes_of
from oms_tui.screens.of_order import OrderScreen
from oms_tui.screens.profile.page import Page
from oms_tui.screens.profile.view import View, may_see_flows, view_for
from oms_tui.screens.scopes import Scope
from oms_tui.screens.shipment.page import build
from oms_tui.screens.shipment.verbs import VerbsOfShipment, belongs_to_a_shipment
from oms_tui.styles import FOLDER
from oms_tui.widgets.listing import Body, Listing


class ShipmentScreen(OrderScreen):
    """One shipment of one order."""

    CODE = "SH"
    PLACE = "Shipment"
    SCOPES = (Scope.SHIPMENT,)
    KEYS_FIRST: ClassVar[tuple[str, ...]] = ("move.open", "shipment.flow")
    CSS_PATH = FOLDER / "shipment.tcss"

    listing = getters.query_one("#shipment", Listing)

    def __init__(self, order_id: str, number: str, *, known: Profile | None = None) -> None:
        """Show a shipment of an order; `known` is what was read of the order."""
        super().__init__(order_id, known)
        self._number = number
        self._opened: frozenset[Hashable] = frozenset()
        self.verbs_here = VerbsOfShipment(self, number)

    # -- what the frame asks -------------------------------------------------------------------------------

    def compose_content(self) -> Iterable[Widget]:
        """All of it scrolls as one."""
        yield Listing(ascii_only=self.app.ascii_only, id="shipment")

    def place_title(self) -> str:
        """The order and the shipment."""
        return f"Order {self._order_id}  ·  shipment {self._number}"

    def main_widget(self) -> Widget:
        """The page."""
        return self.listing

    def offers(self, row: Action) -> bool:
        """The key line names the verbs of a shipment; those of the order stand on its profile."""
        if row.verb is not None:
            return belongs_to_a_shipment(row.verb)
        return row.id != "move.next" and super().offers(row)

    def refuses(self, row: Action) -> bool:
        """The delivery flow is not for everybody (spec 5)."""
        return row.id == "shipment.flow" and not may_see_flows(self.app)

    def refresh_view(self) -> None:
        """Read the order again; the cursor stays."""
        self.read()

    # -- reading -------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Show what is known, or read it."""
        self.set_focus(self.listing)
        if self._profile is None:
            self.read()
        self._show()

    @work(exclusive=True, group="shipment")
    async def read(self) -> None:
        """Read the order."""
        before = (self._profile, self._fault)
        if await self.read_order() and before != (self._profile, self._fault):
            self._show()

    def on_freshness_changed(self, event: FreshnessChanged) -> None:
        """The minute is over: what lapses and what waits is told anew."""
        self._show()

    # -- showing -------------------------------------------------------------------------------------------

    def view(self) -> View | None:
        """The order as the page looks at it; None until it is read."""
        console, profile = self.app, self._profile
        if profile is None or not console.is_signed_in:
            return None
        notes = notes_of(console, self.verbs_here, profile)
        return replace(view_for(console, profile), opened=self._opened, money=notes)

    def _show(self) -> None:
        view = self.view()
        if view is None:
            self.listing.present(self.no_order)
        elif all(one.number != self._number for one in view.order.shipments):
            self.listing.present(self._no_shipment)
        else:
            self.listing.present(lambda width: build(view, self._number, width))
        self.tell_top()
        self.tell_keys()

    def _no_shipment(self, width: int) -> Body:
        """An order can be imported anew, without it."""
        page = Page(width)
        back = self.app.keys.shown("view.leave")
        page.say(f"The order has no shipment {self._number} any more. {back} goes back.")
        return page.body()

    # -- going on ------------------------------------------------------------------------------------------

    @on(Listing.Opened)
    async def open_stop(self, event: Listing.Opened) -> None:
        """Open the delivery flow or the flow of a line; show what else there is to know, or hide it again."""
        event.stop()
        if isinstance(event.key, ShipmentKey | LineStop):
            await self._follow(event.key)
        elif event.key is not None:
            self._opened ^= {event.key}
            self._show()

    async def _follow(self, key: ShipmentKey | LineStop) -> None:
        from oms_tui.screens.flow.screen import open_stop  # loaded with the first flow

        if self._profile is not None:
            await open_stop(self.app, self._profile, key)

    async def action_shipment_flow(self) -> None:
        """Show the tasks of the shipment."""
        await self._follow(ShipmentKey(self._number))


async def open_shipment(console: Console, profile: Profile, number: str) -> None:
    """Open a shipment of an order that is read already."""
    await console.push_screen(ShipmentScreen(profile.order.id, number, known=profile))

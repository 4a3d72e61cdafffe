"""The ways out of a profile: to the flows of the order, of a line, of a shipment, and to one task."""

from collections.abc import Hashable

from oms_tui.domain.answers import Profile
from oms_tui.screens.console import Console
from oms_tui.screens.flow.places import LineStop, ShipmentKey, TaskKey
from oms_tui.screens.profile.items import LineKey
from oms_tui.screens.profile.shipments import ShipmentStop
from oms_tui.screens.profile.view import may_see_flows


def leads_on(key: Hashable | None) -> bool:
    """Whether enter on a stop opens a screen of its own."""
    return isinstance(key, TaskKey | ShipmentKey | ShipmentStop)


async def follow(console: Console, profile: Profile | None, key: Hashable | None) -> None:
    """Open the screen that a stop leads to."""
    if profile is None:
        return
    if isinstance(key, ShipmentStop):
        from oms_tui.screens.shipment import open_shipment

        await open_shipment(console, profile, key.number)
        return
    from oms_tui.screens.flow.screen import open_stop  # loaded with the first flow

    await open_stop(console, profile, key)


async def to_order_flow(console: Console, profile: Profile | None, key: Hashable | None) -> None:
    """Open the order's flow, at the task under the cursor."""
    from oms_tui.screens.flow.screen import ORDER_FLOW, open_place

    if profile is not None:
        await open_place(console, profile, ORDER_FLOW, at=key if isinstance(key, TaskKey) else None)


async def to_item_flow(console: Console, profile: Profile | None, key: Hashable | None) -> None:
    """Open the flow of the line under the cursor, or say what to do first."""
    if isinstance(key, LineKey) or not may_see_flows(console):
        await follow(console, profile, LineStop(key.number if isinstance(key, LineKey) else 0))
    else:
        console.toast("Item flow: put the cursor on a line first (1 shows the items)", "warning")

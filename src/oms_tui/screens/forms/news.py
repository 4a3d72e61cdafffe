"""What others did to an order while its form stood open."""

from oms_tui.backend.errors import BackendError
from oms_tui.screens.console import Console

MOST_TOLD = 3
MOST_READ = 20


async def what_changed(console: Console, order_id: str, version: int) -> str:
    """What happened to the order since it had that version, and who did it, as far as the desk tells."""
    try:
        entries = await console.backend.timeline(order_id, limit=MOST_READ)
    except BackendError:
        entries = ()
    since = [one for one in reversed(entries) if one.version is not None and one.version > version]
    told = "; ".join(
        f"{one.actor} at {one.at.astimezone(console.zone):%H:%M}: {one.summary}" for one in since[:MOST_TOLD]
    )
    return f"Order {order_id} changed since the form opened{': ' if told else ''}{told}."

"""Settings that name a channel or a location which this desk does not have: most often a slip of the pen."""

from collections.abc import Iterable

from oms_tui.desk.desk import Desk
from oms_tui.store import channels, stock


def unknown_names(desk: Desk) -> tuple[str, ...]:
    """One sentence for each name in the settings that no order's channel and no location has.

    Before the first channel, or location, came in nothing is said of it: a shop is set up before its orders
    come.

    Raises:
        StoreError: The database refused.
    """
    with desk.store.read() as conn:
        of_channels = tuple(channels.known(conn))
        of_locations = tuple(place.code for place in stock.locations(conn))
    flow = desk.policy.flow
    return (
        *_told("flow.remorse_minutes", "channel", flow.remorse_by_channel, of_channels),
        *_told("fraud.channels", "channel", flow.fraud_by_channel, of_channels),
        *_told("mail.locations", "location", desk.mail.locations, of_locations),
    )


def _told(key: str, kind: str, named: Iterable[str], known: tuple[str, ...]) -> Iterable[str]:
    wrong = [name for name in named if name not in known] if known else []
    if not wrong:
        return
    from difflib import get_close_matches  # late: only to explain a mistake

    for name in wrong:
        near = get_close_matches(name, known, 1)
        hint = f" Did you mean {near[0]}?" if near else ""
        yield f"Settings: {key}: there is no {kind} {name!r} here.{hint}"

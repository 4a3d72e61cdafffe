"""Sentences of the desk that are made from values: what changed since somebody looked (invariant C1)."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from oms_tui.domain.answers import TimelineEntry
from oms_tui.domain.order import Order

_MOST_NAMED = 3


def what_changed_since(order: Order, seen: int, entries: Iterable[TimelineEntry], zone: ZoneInfo) -> str:
    """What was done to an order after version `seen`, and by whom.

    Args:
        order: As it is now.
        seen: The version somebody planned on.
        entries: Its timeline, newest first.
        zone: The business time zone, in which times are said.
    """
    since = [entry for entry in entries if entry.version is not None and entry.version > seen]
    made = [entry for entry in reversed(since) if _is_change(entry, since)]
    told = "; ".join(_sentence(entry, zone) for entry in made[:_MOST_NAMED])
    more = f"; and {len(made) - _MOST_NAMED} more" if len(made) > _MOST_NAMED else ""
    what = f": {told}{more}" if told else ""
    return (
        f"Order {order.id} changed since you looked (version {seen}, now {order.version}){what}. Plan again."
    )


def _is_change(entry: TimelineEntry, entries: list[TimelineEntry]) -> bool:
    """Of the entries of one version the oldest made it; the others came after it and changed nothing."""
    return all(other.seq >= entry.seq for other in entries if other.version == entry.version)


def _sentence(entry: TimelineEntry, zone: ZoneInfo) -> str:
    at = entry.at.astimezone(zone)
    return f"{entry.actor} at {at:%H:%M} ({entry.summary or entry.action})"

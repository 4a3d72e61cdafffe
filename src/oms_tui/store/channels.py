"""Channels as they are known to the desk. An order keeps its channel's code and copies of what is sought."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection, select

from oms_tui.domain.order import Channel
from oms_tui.store.mapping import channel_of, channel_values
from oms_tui.store.rows import ORDERS
from oms_tui.store.statements import insert_rows
from oms_tui.store.tables import ChannelRow, table

_LOOKED_AT: Final = 500
"""Orders of a channel that are looked at for what it uses."""


def known(conn: Connection) -> dict[str, Channel]:
    """Every channel, by code."""
    rows = conn.execute(select(table(ChannelRow))).fetchall()
    return {channel.code: channel for channel in map(channel_of, rows)}


def methods(conn: Connection, code: str) -> tuple[str, ...]:
    """The shipping methods of a channel's newest orders, the most used first."""
    newest = (
        select(ORDERS.c.method)
        .where(ORDERS.c.channel_code == code)
        .order_by(ORDERS.c.created.desc())
        .limit(_LOOKED_AT)
        .subquery()
    )
    found = conn.execute(select(newest.c.method).where(newest.c.method != "")).scalars()
    return tuple(method for method, _ in Counter(found).most_common())


def add(conn: Connection, channels: Iterable[Channel]) -> None:
    """Add the channels that are not known yet.

    Raises:
        ValueError: One is known with other facts. Changing a channel would make copies on its orders wrong.
    """
    wanted: dict[str, Channel] = {}
    for channel in channels:
        first = wanted.setdefault(channel.code, channel)
        if first is not channel and first != channel:
            raise ValueError(f"Channel {channel.code} is described in two ways.")
    have = known(conn)
    for code, channel in wanted.items():
        if code in have and have[code] != channel:
            raise ValueError(f"Channel {code} is known here with other facts.")
    insert_rows(
        conn, ChannelRow, [channel_values(channel) for code, channel in wanted.items() if code not in have]
    )

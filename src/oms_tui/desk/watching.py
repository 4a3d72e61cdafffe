"""What the world outside can see of the orders: which are under way, which moved since it last looked.

For whoever plays that world at an open desk; people ask by filters and queues.
"""

from collections.abc import Sequence

from oms_tui.desk.desk import Desk
from oms_tui.domain.order import Order
from oms_tui.store import orders, stock, under_way


def under_way_now(desk: Desk) -> list[int]:
    """The numbers of the orders that are not over, oldest first."""
    with desk.store.read() as conn:
        return under_way.everyone(conn)


def moved_since(desk: Desk, micros: int, most: int) -> list[tuple[int, int]]:
    """(number, when in microseconds) of the orders that moved at that moment or later, first moved first."""
    with desk.store.read() as conn:
        return under_way.moved_since(conn, micros, most)


def values(desk: Desk, numbers: Sequence[int]) -> list[Order]:
    """The orders of these numbers as they stand."""
    with desk.store.read() as conn:
        return [stored.order for stored in orders.load_many(conn, numbers)]


def how_many(desk: Desk) -> int:
    """How many orders there are."""
    with desk.store.read() as conn:
        return under_way.how_many(conn)


def on_hand(desk: Desk, location: str, sku: str) -> int:
    """Pieces of an article that a location has, held ones among them."""
    with desk.store.read() as conn:
        level = stock.level(conn, location, sku)
    return 0 if level is None else level.on_hand

"""What an importer must know of the desk before it writes: what is here already, and what can still come
back."""

from collections.abc import Sequence
from dataclasses import dataclass

from oms_tui.desk.desk import Desk
from oms_tui.store import orders as stored_orders
from oms_tui.store import returns as stored_returns
from oms_tui.store import sales as stored_sales
from oms_tui.store.sales import SoldPieces


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What of an import is here already."""

    orders: frozenset[str]
    credit_notes: frozenset[str]
    returns: frozenset[str]
    """IDs of returns on credit notes that are asked for but not here: what a broken-off run left."""
    sales: tuple[SoldPieces, ...]
    """Pieces that can come back, and those given back by `returns`, as if they had not been."""
    orders_with_sales: frozenset[str]


def known_of(
    desk: Desk, *, orders: Sequence[str], credit_notes: Sequence[str], customers: Sequence[str]
) -> Known:
    """Look up the orders and credit notes of a file, and the sales to its customers that credits may draw
    on."""
    with desk.store.read() as conn:
        notes = stored_returns.existing_credit_notes(conn, credit_notes)
        pending = [number for number in credit_notes if number not in notes]
        given_back = tuple(stored_sales.given_back(conn, pending))
        sales = (*stored_sales.delivered(conn, customers), *given_back)
        return Known(
            orders=frozenset(stored_orders.existing_ids(conn, orders)),
            credit_notes=frozenset(notes),
            returns=frozenset(sold.return_id for sold in given_back),
            sales=sales,
            orders_with_sales=frozenset(sold.order_id for sold in sales),
        )

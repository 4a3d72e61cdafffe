"""The facts of an order together with what stands beside it: what filters ask, in plain values (spec 8)."""

from collections.abc import Iterable

from oms_tui.domain.filter import Facts, facts_of
from oms_tui.domain.order import Order
from oms_tui.domain.returns import Return, return_status


def facts(order: Order, returns: Iterable[Return] = (), claimed_by: str = "") -> Facts:
    """What filters can ask of an order.

    Args:
        order: The order's value.
        returns: Its returns.
        claimed_by: Who holds a claim on it that has not run out, "" for nobody.
    """
    return facts_of(order, claimed_by=claimed_by, returns=(return_status(value) for value in returns))

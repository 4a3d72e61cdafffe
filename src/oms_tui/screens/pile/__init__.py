"""Working a pile: one verb on all marked orders, one transaction each, with a list of what became of them."""

from oms_tui.screens.pile.marked import MarkedOrders

__all__ = ["MarkedOrders"]

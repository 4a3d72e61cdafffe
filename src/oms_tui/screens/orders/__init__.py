"""The orders list (OR): queues, table, view flow of the row under the cursor (spec 7)."""

from oms_tui.screens.orders.screen import OrdersScreen

__all__ = ["OrdersScreen"]

"""View Shipment (SH): one shipment with its own money, and what can be done to it."""

from oms_tui.screens.shipment.screen import ShipmentScreen, open_shipment

__all__ = ["ShipmentScreen", "open_shipment"]

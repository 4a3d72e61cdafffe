"""The flow screens (FL): an order's tasks, those of one shipment, the states of one line, one task with its
runs (spec 3.3, 7)."""

"""Ways to the world outside over HTTP. Nothing else speaks it but a remote console's backend."""

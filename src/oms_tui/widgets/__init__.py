"""The parts screens are composed of: one widget a file."""

"""Files in (importers) and out (exporters)."""

"""Files in (importers) and out (exporters), on top of the desk (spec 9)."""

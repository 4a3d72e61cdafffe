"""Events from outside as JSON Lines: their schema, reading them, and taking them in (spec 3.3, 9)."""

from oms_tui.exchange.ingest.mapping import line_of
from oms_tui.exchange.ingest.reading import read_line
from oms_tui.exchange.ingest.run import IngestReport, ingest
from oms_tui.exchange.ingest.schema import json_schema

__all__ = ["IngestReport", "ingest", "json_schema", "line_of", "read_line"]

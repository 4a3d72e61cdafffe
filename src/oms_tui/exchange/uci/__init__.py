"""Import of the UCI Online Retail CSVs (spec 9): real invoices become orders, credits become notes and
returns."""

from oms_tui.exchange.uci.dates import DateOrder
from oms_tui.exchange.uci.importer import ImportReport, import_file

__all__ = ["DateOrder", "ImportReport", "import_file"]

"""The one list for every long list (architecture 7): a window on any number of rows, read page by page."""

from oms_tui.domain.answers import Count
from oms_tui.widgets.long_list.columns import Cell, Column, Shown
from oms_tui.widgets.long_list.messages import (
    Counted,
    Loaded,
    LoadFailed,
    MarksChanged,
    RowHighlighted,
    RowOpened,
)
from oms_tui.widgets.long_list.source import Cursor, Key, Page, PageSource
from oms_tui.widgets.long_list.view import LongList

__all__ = [
    "Cell",
    "Column",
    "Count",
    "Counted",
    "Cursor",
    "Key",
    "LoadFailed",
    "Loaded",
    "LongList",
    "MarksChanged",
    "Page",
    "PageSource",
    "RowHighlighted",
    "RowOpened",
    "Shown",
]

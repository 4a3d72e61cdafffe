"""One set of movements for lists, tables, trees and panes, whatever the framework calls theirs."""

from collections.abc import Mapping
from inspect import isawaitable
from types import MappingProxyType

from textual.actions import SkipAction
from textual.widget import Widget

_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "up": ("cursor_up", "scroll_up"),
        "down": ("cursor_down", "scroll_down"),
        "left": ("cursor_left", "scroll_left"),
        "right": ("cursor_right", "scroll_right"),
        "page_up": ("page_up",),
        "page_down": ("page_down",),
        "half_page_up": ("half_page_up",),
        "half_page_down": ("half_page_down",),
        "first": ("first", "scroll_top", "scroll_home"),
        "last": ("last", "scroll_bottom", "scroll_end"),
        "open": ("open", "select_cursor", "select", "press"),
    }
)
"""Movement -> the names it may have, our own first."""


async def move(focused: Widget | None, main: Widget | None, what: str) -> bool:
    """Move `what` ("down") in the focused widget, or in the main one if the focused one does not move.

    Returns:
        Whether anything could.
    """
    is_typing = focused is not None and focused.check_consume_key("x", "x")
    for widget in (main,) if is_typing and main is not None else (focused, main):
        if widget is not None and await _move_in(widget, what):
            return True
    return False


async def _move_in(widget: Widget, what: str) -> bool:
    for name in _NAMES.get(what, (what,)):
        method = getattr(widget, f"action_{name}", None)
        if method is None:
            continue
        try:
            result = method()
            if isawaitable(result):
                await result
        except SkipAction:  # it has the method, but nothing to scroll
            continue
        return True
    if what.startswith("half_page") and widget.is_scrollable:
        half = max(1, widget.size.height // 2)
        widget.scroll_relative(y=half if what.endswith("down") else -half, animate=False)
        return True
    return False

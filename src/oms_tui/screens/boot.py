"""The first frame: the picture of sign-in, painted before anything but the framework is loaded.

What is typed on it is kept, and typed again on the real screen a moment later.
"""

from typing import Any

from rich.segment import Segment
from textual import events, getters
from textual.app import ComposeResult
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from oms_tui import __version__
from oms_tui.screens.console import Console
from oms_tui.styles.looks import looks_of

PICTURE = {
    0: ((" SI ", "strong"), ("Sign in", "strong")),
    3: ((f"   oms-tui {__version__}", "strong"),),
    5: (("   Name", ""),),
    6: (("   Password", ""),),
    8: (("   Opening the desk …", "muted"),),
}
"""Line -> words and their looks; the same as the real screen's."""


class Picture(Widget):
    """Words on an empty screen."""

    DEFAULT_CSS = "Picture { width: 100%; height: 100%; }"

    def render_line(self, y: int) -> Strip:
        """One line."""
        plain, looks = self.rich_style, looks_of(self.app)
        words = PICTURE.get(y, ())
        segments = [Segment(text, plain + looks[look] if look else plain) for text, look in words]
        return Strip(segments).adjust_cell_length(self.size.width, plain)


class BootScreen(Screen[Any]):
    """Stands until sign-in is loaded: a few hundredths of a second."""

    app = getters.app(Console)
    AUTO_FOCUS = ""

    def __init__(self) -> None:
        super().__init__()
        self.typed: list[events.Key] = []

    def compose(self) -> ComposeResult:
        """The picture."""
        yield Picture()

    def on_mount(self) -> None:
        """Load the rest once the picture is painted."""
        self.call_after_refresh(self.app.call_later, self.app.begin)

    async def take_key(self, event: events.Key) -> bool:
        """Keep a key for the real screen."""
        self.typed.append(event)
        return True

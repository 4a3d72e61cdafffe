"""The first frame: the picture of sign-in, painted before anything but the framework is loaded.

What is typed on it is kept, and delivered to what comes after it (`typed_ahead`).
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

from rich.segment import Segment
from textual import getters
from textual.app import ComposeResult
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from oms_tui import __version__
from oms_tui.screens.console import Console
from oms_tui.styles.looks import looks_of
from oms_tui.text import clean_line

NAME_LINE, NAME_AT = 5, 16
"""Where sign-in has the field for the name."""
Words: TypeAlias = tuple[tuple[str, str], ...]
PICTURE: Mapping[int, Words] = {
    0: ((" SI ", "strong"), ("Sign in", "strong")),
    3: ((f"   oms-tui {__version__}", "strong"),),
    5: (("   Name", ""),),
    6: (("   Password", ""),),
    8: (("   Opening the desk …", "muted"),),
}
"""Line -> words and their looks; the same as the real screen's."""
SAMPLE_PICTURE: Mapping[int, Words] = {0: PICTURE[0], 3: PICTURE[3], 5: PICTURE[8]}
"""Where nobody types a name: sample data."""


class Picture(Widget):
    """Words on an empty screen."""

    DEFAULT_CSS = "Picture { width: 100%; height: 100%; }"

    def __init__(self, picture: Mapping[int, Words]) -> None:
        super().__init__()
        self._picture = picture
        self._typed = ""

    def show_typed(self, text: str) -> None:
        """Show what is typed where the name will stand."""
        if NAME_LINE in self._picture and PICTURE[NAME_LINE] == self._picture[NAME_LINE]:
            self._typed = clean_line(text)
            self.refresh(Region(0, NAME_LINE, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """One line."""
        plain, looks = self.rich_style, looks_of(self.app)
        words = self._picture.get(y, ())
        segments = [Segment(text, plain + looks[look] if look else plain) for text, look in words]
        if self._typed and y == NAME_LINE:
            segments.append(Segment(f"{' ' * (NAME_AT - len(words[0][0]))}{self._typed}", plain))
        return Strip(segments).adjust_cell_length(self.size.width, plain)


class BootScreen(Screen[Any]):
    """Stands until sign-in is loaded: a few hundredths of a second."""

    app = getters.app(Console)
    AUTO_FOCUS = ""

    def compose(self) -> ComposeResult:
        """The picture."""
        yield Picture(SAMPLE_PICTURE if self.app.session.is_sample_start else PICTURE)

    def echo(self, text: str) -> None:
        """Show what is being typed and waits for the real screen."""
        self.query_one(Picture).show_typed(text)

    def on_mount(self) -> None:
        """Load the rest once the picture is painted."""
        self.call_after_refresh(self.app.run_worker, self.app.begin, group="begin")

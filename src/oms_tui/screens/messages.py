"""Messages (ME): everything the console has told its person since it started, newest first."""

from collections.abc import Iterable
from datetime import datetime

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from oms_tui.screens.base import DeskScreen
from oms_tui.screens.scopes import Scope
from oms_tui.screens.telling import Told

_LOOKS = {"information": "", "warning": "$text-warning", "error": "$text-error"}
_WORDS = {"information": "", "warning": "warning: ", "error": "error: "}


class MessagesScreen(DeskScreen):
    """Toasts go away; here they can be read again."""

    CODE = "ME"
    PLACE = "Messages"
    SCOPES = (Scope.DESK,)

    def compose_content(self) -> Iterable[Widget]:
        """The messages."""
        with VerticalScroll(id="messages"):
            yield Static(self._content())

    def main_widget(self) -> Widget:
        """What scrolls."""
        return self.query_one("#messages")

    def on_mount(self) -> None:
        """Movement scrolls at once."""
        self.query_one("#messages").focus()

    def _content(self) -> Content:
        told = self.app.messages
        if not told:
            return Content("Nothing has been told yet.")
        return Content("\n").join(_line(one, self._time(one.at)) for one in reversed(told))

    def _time(self, at: datetime) -> str:
        return f"{at.astimezone(self.app.zone):%H:%M:%S}"


def _line(one: Told, time: str) -> Content:
    parts: list[str | Content | tuple[str, str]] = [(time, "dim"), "  "]
    text = f"{_WORDS[one.severity]}{one.text}"
    parts.append((text, _LOOKS[one.severity]) if _LOOKS[one.severity] else text)
    return Content.assemble(*parts)

"""What a verb that answers says, ready to be copied (spec 6, Provide status)."""

from collections.abc import Iterable

from textual import events
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from oms_tui.screens.base import Overlay
from oms_tui.screens.keymap import key_text
from oms_tui.screens.scopes import Scope
from oms_tui.styles import FOLDER
from oms_tui.text import clean, clean_line
from oms_tui.verbs import Answer, Verb
from oms_tui.widgets.key_line import Hint, KeyLine


class AnswerBox(Overlay[None]):
    """The text; the verb's own key, or enter, copies it."""

    SCOPES = (Scope.BROWSE,)
    CSS_PATH = FOLDER / "forms.tcss"

    def __init__(self, verb: Verb, order_id: str, answer: Answer) -> None:
        super().__init__()
        self._verb = verb
        self._order_id = order_id
        self._answer = answer

    def compose_box(self) -> Iterable[Widget]:
        """Title, text, keys."""
        with Vertical(classes="box answer"):
            title = f"{self._verb.label} · order {self._order_id}"
            yield Static(Content(clean_line(title)), classes="box-title")
            with VerticalScroll(id="answer-scroll", can_focus=False):
                yield Static(Content(clean(self._answer.text)), id="answer-text")
            yield KeyLine(id="keys-here")

    def on_mount(self) -> None:
        """Say which keys copy."""
        keys = [key_text(key) for key in (*self.app.keys.of(self._verb.id), "enter")]
        self.query_one("#keys-here", KeyLine).tell([
            Hint(" ".join(keys), "copy"),
            Hint(self.app.keys.shown("view.back"), "close"),
        ])  # fmt: skip

    def main_widget(self) -> Widget:
        """The text, where it is longer than the box."""
        return self.query_one("#answer-scroll", VerticalScroll)

    async def action_move(self, what: str) -> None:
        """Enter copies; everything else moves in the text."""
        if what == "open":
            self._copy()
        else:
            await super().action_move(what)

    def on_key(self, event: events.Key) -> None:
        """The verb's own key copies."""
        if event.character in self.app.keys.of(self._verb.id) or event.key in self.app.keys.of(self._verb.id):
            event.stop()
            event.prevent_default()
            self._copy()

    def _copy(self) -> None:
        self.app.copy(self._answer.text, f"the status of order {self._order_id}")
        self.dismiss(None)

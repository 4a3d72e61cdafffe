"""The search box as it stands on a screen, before somebody types in it. Its screen opens it at a letter."""

from textual import events
from textual.message import Message

from oms_tui.widgets.lines import Lines, Pieces


class SearchPrompt(Lines, can_focus=True):
    """One line that says what it understands."""

    class Typed(Message):
        """Somebody wants to search: for `text`, or for what they type next."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, invitation: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._invitation = invitation

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Letters and digits belong to it; so the key line does not offer them."""
        return character is not None and character.isprintable()

    def action_open(self) -> None:
        """Open the box empty."""
        self.post_message(self.Typed(""))

    def on_paste(self, event: events.Paste) -> None:
        """A pasted value is searched for; only its first line, and nothing is submitted (T7)."""
        event.stop()
        lines = event.text.splitlines()
        self.post_message(self.Typed(lines[0] if lines else ""))

    def on_click(self) -> None:
        """A click opens the box."""
        self.post_message(self.Typed(""))

    def line(self, y: int, width: int) -> Pieces:
        """The prompt, with a cursor while it has the focus."""
        if self.has_focus:
            return [(" / ", "key"), (" ", "reverse"), (self._invitation, "muted")]
        return [(" / ", "key"), (f" {self._invitation}", "muted")]

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide it."""
        self.refresh()

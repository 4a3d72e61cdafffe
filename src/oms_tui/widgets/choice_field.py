"""A field with a few valid values, chosen by arrow keys or by the first letter."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from oms_tui.widgets.lines import Lines, Pieces


class ChoiceField(Lines, can_focus=True):
    """Shows the chosen value between two arrows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,down,space", "step(1)", show=False),
        Binding("left,up", "step(-1)", show=False),
    ]

    def __init__(self, choices: Sequence[tuple[str, str]], *, id: str | None = None) -> None:
        """Offer `choices`, pairs of value and label; the first one is chosen."""
        super().__init__(id=id)
        self._choices = tuple(choices)
        self._chosen = 0

    @property
    def value(self) -> str:
        """The value chosen."""
        return self._choices[self._chosen][0]

    def action_step(self, by: int) -> None:
        """Choose the next or the previous value."""
        self._chosen = (self._chosen + by) % len(self._choices)
        self.refresh()

    def on_key(self, event: events.Key) -> None:
        """A letter chooses the value that begins with it."""
        letter = (event.character or "").casefold()
        for index, (_, label) in enumerate(self._choices):
            if letter.isalpha() and label.casefold().startswith(letter):
                event.stop()
                self._chosen = index
                self.refresh()
                return

    def line(self, y: int, width: int) -> Pieces:
        """The label."""
        label = self._choices[self._chosen][1]
        look = "selected" if self.has_focus else ""
        return [("< ", "muted"), (label, look), (" >", "muted")]

    def on_focus(self) -> None:
        """Show that it has the focus."""
        self.refresh()

    def on_blur(self) -> None:
        """Show that it has not."""
        self.refresh()

"""A box to type one line in, the house's way: its cursor does not blink (nothing moves by itself)."""

from collections.abc import Sequence

from textual import events
from textual.suggester import Suggester
from textual.validation import Validator
from textual.widgets import Input

from oms_tui.text import without_controls


class Field(Input):
    """One line of text. A paste of several lines keeps the first; only enter submits (T7)."""

    def __init__(
        self,
        value: str | None = None,
        *,
        placeholder: str = "",
        password: bool = False,
        max_length: int = 0,
        suggester: Suggester | None = None,
        validators: Validator | Sequence[Validator] | None = None,
        select_on_focus: bool = False,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """As the framework's, with the house's defaults."""
        super().__init__(
            value,
            placeholder=placeholder,
            password=password,
            max_length=max_length,
            suggester=suggester,
            validators=validators,
            select_on_focus=select_on_focus,
            id=id,
            classes=classes,
        )
        self.cursor_blink = False

    def _on_paste(self, event: events.Paste) -> None:
        """What a terminal would obey is not taken over (T1); a password is taken as it is (N1)."""
        event.stop()
        event.prevent_default()
        text = event.text.replace("\r", "\n")  # a terminal ends the lines it pastes with it
        super()._on_paste(event if self.password else events.Paste(without_controls(text)))

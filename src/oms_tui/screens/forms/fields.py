"""The fields of a verb's form that one types into; and what every field tells its form."""

import re
from typing import ClassVar, Protocol, runtime_checkable

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, TextArea

from oms_tui.text import TextError, normalise_input, without_controls
from oms_tui.verbs import Argument

BYTES_A_LETTER = 4
"""The longest letter in UTF-8."""


class FieldChanged(Message):
    """What a field holds changed."""

    def __init__(self, argument: Argument) -> None:
        super().__init__()
        self.argument = argument


class FieldDone(Message):
    """Somebody pressed enter in a field: on to the next one."""

    def __init__(self, field: Widget) -> None:
        super().__init__()
        self.field = field


class FieldCut(Message):
    """A paste was longer than the field: the rest of it was not taken."""

    def __init__(self, argument: Argument) -> None:
        super().__init__()
        self.argument = argument


class FieldError(ValueError):
    """What a field holds cannot be taken; the message is for the person who typed it."""


@runtime_checkable
class Field(Protocol):
    """A field as its form sees it."""

    argument: Argument

    def held(self) -> object:
        """What it holds, as a plan takes it; None = nothing.

        Raises:
            FieldError: it cannot be taken.
        """


def is_early(widget: Widget, event: events.Event) -> bool:
    """Whether a key was pressed before the widget's form was drawn; a form takes none of these (U1)."""
    drawn_at: float = getattr(widget.screen, "drawn_at", 0.0)
    return isinstance(event, events.Key | events.Paste) and event.time < drawn_at


def _taken(text: str, argument: Argument, *, is_multiline: bool) -> str | None:
    try:
        taken = normalise_input(
            text,
            max_length=argument.max_length,
            max_bytes=BYTES_A_LETTER * argument.max_length,
            is_multiline=is_multiline,
        )
    except TextError as error:
        raise FieldError(str(error)) from None
    return taken or None


class TextField(Input):
    """One line of text. A paste never submits: its lines are joined."""

    def __init__(self, argument: Argument, initial: str = "") -> None:
        super().__init__(
            _one_line(initial)[: argument.max_length],
            max_length=argument.max_length,
            placeholder=argument.example,
        )
        self.argument = argument
        self.cursor_blink = False

    def held(self) -> str | None:
        """The text."""
        return _taken(self.value, self.argument, is_multiline=False)

    def _forward_event(self, event: events.Event) -> None:
        if not is_early(self, event):
            super()._forward_event(event)

    async def _on_paste(self, event: events.Paste) -> None:  # type: ignore[override]
        event.stop()
        event.prevent_default()
        room = self.argument.max_length - len(self.value) + len(self.selected_text)
        text = _one_line(event.text[: 2 * self.argument.max_length])
        if len(text) > room:
            text = text[: max(0, room)]
            self.post_message(FieldCut(self.argument))
        if text:
            self.replace(text, *self.selection)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell the form."""
        event.stop()
        self.post_message(FieldChanged(self.argument))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes on; it commits nothing."""
        event.stop()
        self.post_message(FieldDone(self))


def _one_line(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")  # a terminal ends the lines it pastes with \r
    return " ".join(without_controls(text).replace("\t", " ").split("\n"))


_FUNCTION_KEY = re.compile(r"f\d+")


class LongTextField(TextArea, inherit_bindings=False):
    """Several lines of text. Enter begins a new one, tab goes on. Function keys are the form's."""

    BINDINGS: ClassVar[list[BindingType]] = [
        one
        for one in TextArea.BINDINGS
        if not (isinstance(one, Binding) and _FUNCTION_KEY.fullmatch(one.key))
    ]

    def __init__(self, argument: Argument, initial: str = "") -> None:
        super().__init__(
            without_controls(initial)[: argument.max_length],
            soft_wrap=True,
            tab_behavior="focus",
            show_line_numbers=False,
            compact=True,
            highlight_cursor_line=False,
        )
        self.argument = argument
        self.cursor_blink = False

    def held(self) -> str | None:
        """The text."""
        return _taken(self.text, self.argument, is_multiline=True)

    def _forward_event(self, event: events.Event) -> None:
        if not is_early(self, event):
            super()._forward_event(event)

    async def _on_key(self, event: events.Key) -> None:
        is_writing = event.is_printable or event.key == "enter"
        if is_writing and len(self.text) >= self.argument.max_length and not self.selected_text:
            event.stop()
            event.prevent_default()
            self.post_message(FieldCut(self.argument))

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        room = self.argument.max_length - len(self.text) + len(self.selected_text)
        text = without_controls(
            event.text[: 2 * self.argument.max_length].replace("\r\n", "\n").replace("\r", "\n")
        )
        if len(text) > room:
            text = text[: max(0, room)]
            self.post_message(FieldCut(self.argument))
        if text and (result := self._replace_via_keyboard(text, *self.selection)):
            self.move_cursor(result.end_location)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Tell the form."""
        event.stop()
        self.post_message(FieldChanged(self.argument))

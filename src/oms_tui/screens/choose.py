"""Two small boxes: a question with a safe answer, and a short menu."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual import on
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, OptionList, Static
from textual.widgets.option_list import Option

from oms_tui.screens.actions import Scope
from oms_tui.screens.base import Overlay
from oms_tui.text import clean, clean_line


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a menu. A `refusal` shows it dim; choosing it says why."""

    value: str
    label: str
    help: str = ""
    refusal: str = ""


class Choose(Overlay[str | None]):
    """A short menu; answers with the value chosen, None when it was put away."""

    SCOPES = (Scope.BROWSE,)

    def __init__(self, title: str, choices: Sequence[Choice], *, at: str = "") -> None:
        super().__init__()
        self._title = title
        self._choices = list(choices)
        self._at = at

    def compose_box(self) -> Iterable[Widget]:
        """The title and the entries."""
        with Vertical(classes="box"):
            yield Static(Content(clean_line(self._title)), classes="box-title")
            yield OptionList(*(Option(_entry(one), disabled=bool(one.refusal)) for one in self._choices))

    def on_mount(self) -> None:
        """Start on the entry that holds now."""
        entries = self.query_one(OptionList)
        values = [one.value for one in self._choices]
        entries.highlighted = values.index(self._at) if self._at in values else 0
        entries.focus()

    def main_widget(self) -> Widget:
        """The entries."""
        return self.query_one(OptionList)

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        """Answer with the entry."""
        self.dismiss(self._choices[event.option_index].value)


def _entry(one: Choice) -> Content:
    parts: list[str | Content | tuple[str, str]] = [clean_line(one.label)]
    tail = one.refusal or one.help
    if tail:
        parts.append((f"  {clean_line(tail)}", "dim"))
    return Content.assemble(*parts)


class Ask(Overlay[bool]):
    """A question; answers with True only for the button that says so. It starts on the safe one (U1)."""

    def __init__(self, question: str, *, yes: str, no: str) -> None:
        super().__init__()
        self._question = question
        self._labels = (no, yes)

    def compose_box(self) -> Iterable[Widget]:
        """The question and two buttons."""
        no, yes = (Content(clean_line(label)) for label in self._labels)
        with Vertical(classes="box"):
            yield Static(Content(clean(self._question)), classes="box-title")
            with Horizontal(classes="buttons"):
                yield Button(no, id="no")
                yield Button(yes, id="yes")

    def on_mount(self) -> None:
        """Start on the safe answer."""
        self.query_one("#no", Button).focus()

    @on(Button.Pressed)
    def answer(self, event: Button.Pressed) -> None:
        """Answer as the button says."""
        self.dismiss(event.button.id == "yes")

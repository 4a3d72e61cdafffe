"""Two small boxes: a question with a safe answer, and a short menu."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf
from time import monotonic

from textual import events, on
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, OptionList, Static
from textual.widgets.option_list import Option

from oms_tui.screens.base import Overlay
from oms_tui.screens.scopes import Scope
from oms_tui.text import clean, clean_line
from oms_tui.widgets.key_line import Hint, KeyLine


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a menu. A `refusal` shows it dim; choosing it says why."""

    value: str
    label: str
    help: str = ""
    refusal: str = ""


SAME_WORD = 1.0
"""Seconds within which letters make one word."""


class WordTyped:
    """What is typed to find an entry by the letters that it begins with."""

    def __init__(self) -> None:
        self._typed = ("", 0.0)

    def goes_on(self, now: float) -> bool:
        """Whether a letter typed now belongs to the word before it."""
        word, at = self._typed
        return bool(word) and now - at < SAME_WORD

    def find(self, letter: str, now: float, labels: Sequence[str], at: int) -> int | None:
        """Which label begins with what was typed; the same letter again goes on to the next. None = none.

        Args:
            letter: what was typed now.
            now: when, in seconds of the keys' clock.
            labels: what there is.
            at: which of them is chosen.
        """
        word = (self._typed[0] if self.goes_on(now) else "") + letter.casefold()
        for length, start in ((len(word), 0), (1, 1)):
            for step in range(len(labels)):
                index = (at + start + step) % len(labels)
                if labels[index].casefold().startswith(word[-length:]):
                    self._typed = (word[-length:], now)
                    return index
        return None


class Choose(Overlay[str | None]):
    """A short menu; answers with the value chosen, None when it was put away. Its first entries have a digit
    each; where `finds_words`, letters go to the entry that begins with them instead of moving."""

    SCOPES = (Scope.MENU,)

    def __init__(
        self, title: str, choices: Sequence[Choice], *, at: str = "", finds_words: bool = False
    ) -> None:
        super().__init__()
        self._word = WordTyped() if finds_words else None
        self._title = title
        self._choices = list(choices)
        self._at = at

    def compose_box(self) -> Iterable[Widget]:
        """The title and the entries."""
        with Vertical(classes="box"):
            yield Static(Content(clean_line(self._title)), classes="box-title")
            yield OptionList(
                *(
                    Option(_entry(number, one), disabled=bool(one.refusal))
                    for number, one in enumerate(self._choices, start=1)
                )
            )

    def on_mount(self) -> None:
        """Start on the entry that holds now."""
        entries = self.query_one(OptionList)
        values = [one.value for one in self._choices]
        entries.highlighted = values.index(self._at) if self._at in values else 0
        entries.focus()

    def main_widget(self) -> Widget:
        """The entries."""
        return self.query_one(OptionList)

    def on_key(self, event: events.Key) -> None:
        """Find a word, if this menu does."""
        letter = event.character or ""
        if self._word is None or not letter.isprintable() or letter.isdigit() or letter in ("", "?"):
            return
        if letter == " " and not self._word.goes_on(event.time):
            return
        entries = self.query_one(OptionList)
        labels = [one.label for one in self._choices]
        found = self._word.find(letter, event.time, labels, entries.highlighted or 0)
        if found is not None:
            entries.highlighted = found
        event.stop()
        event.prevent_default()

    def action_number(self, number: int) -> None:
        """Answer with the entry of that number, or say why it cannot be had."""
        if number > len(self._choices):
            self.app.toast(f"{self._title} There are {len(self._choices)} to choose from.", "warning")
            return
        one = self._choices[number - 1]
        if one.refusal:
            self.app.toast(f"{one.label}: {one.refusal}", "warning")
        else:
            self.dismiss(one.value)

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        """Answer with the entry."""
        self.dismiss(self._choices[event.option_index].value)


_DIGITS = 9
"""Entries that have a digit."""


def _entry(number: int, one: Choice) -> Content:
    digit = f"{number} " if number <= _DIGITS else "  "
    parts: list[str | Content | tuple[str, str]] = [(digit, "dim"), clean_line(one.label)]
    tail = one.refusal or one.help
    if tail:
        parts.append((f"  {clean_line(tail)}", "dim"))
    return Content.assemble(*parts)


class Ask(Overlay[bool]):
    """A question; answers with True only for `y` or the button that says so. It starts on the safe one (U1).

    Keys pressed before it was drawn answer nothing.
    """

    def __init__(self, question: str, *, yes: str, no: str) -> None:
        super().__init__()
        self._question = question
        self._labels = (no, yes)
        self.drawn_at = inf
        """Keys pressed before this moment do nothing."""

    def compose_box(self) -> Iterable[Widget]:
        """The question and two buttons."""
        no, yes = (Content(clean_line(label)) for label in self._labels)
        with Vertical(classes="box"):
            yield Static(Content(clean(self._question)), classes="box-title")
            with Horizontal(classes="buttons"):
                yield Button(no, id="no")
                yield Button(yes, id="yes")
            yield KeyLine(id="keys-here")

    def on_mount(self) -> None:
        """Start on the safe answer."""
        self.query_one("#no", Button).focus()
        no, yes = (label[:1].lower() + label[1:] for label in self._labels)
        arrows = "<- ->" if self.app.ascii_only else "← →"
        self.query_one("#keys-here", KeyLine).tell([
            Hint("y", yes), Hint("n", no), Hint(arrows, "choose"), Hint("enter", "take it"),
        ])  # fmt: skip
        self.call_after_refresh(self._drawn)

    def _drawn(self) -> None:
        self.drawn_at = monotonic()

    def on_key(self, event: events.Key) -> None:
        """`y` and `n` answer, the arrows go from one button to the other."""
        if event.time < self.drawn_at and event.key not in self.app.keys.of("app.quit"):
            pass
        elif event.key in ("y", "n"):
            self.dismiss(event.key == "y")
        elif event.key in ("left", "right", "up", "down", "h", "j", "k", "l"):
            is_on_no = self.focused is not None and self.focused.id == "no"
            self.query_one("#yes" if is_on_no else "#no", Button).focus()
        else:
            return
        event.stop()
        event.prevent_default()

    @on(Button.Pressed)
    def answer(self, event: Button.Pressed) -> None:
        """Answer as the button says."""
        self.dismiss(event.button.id == "yes")

"""A field with a list of valid values (style guide 4, coded field)."""

from collections.abc import Sequence

from textual import events

from oms_tui.screens.choose import Choice as Entry
from oms_tui.screens.choose import Choose, WordTyped
from oms_tui.screens.forms.fields import FieldChanged, FieldDone, is_early
from oms_tui.verbs import Argument, Choice
from oms_tui.widgets.lines import Lines, Pieces

NONE_LABEL = "none"
OPEN_LABEL = "choose one"


class CodedField(Lines, can_focus=True):
    """Shows the chosen value. Letters choose, left and right go through, down and `?` list all."""

    def __init__(
        self,
        argument: Argument,
        choices: Sequence[Choice],
        initial: str = "",
        *,
        ascii_only: bool = False,
        is_open: bool = False,
    ) -> None:
        """Offer `choices`, with `initial` or the default chosen, else the first one.

        Args:
            argument: what is asked for.
            choices: its valid values.
            initial: the value to begin with.
            ascii_only: draw with ASCII alone.
            is_open: begin without a value though one is needed: it has to be chosen.
        """
        super().__init__()
        self.is_open = is_open
        """Whether it may hold nothing though something has to be chosen."""
        self.argument = argument
        self._sign = "v" if ascii_only else "▾"
        self._choices: tuple[Choice, ...] = ()
        self._chosen = 0
        self._word = WordTyped()
        self.fault = ""
        """What was asked for at the start and is no valid value; "" = nothing."""
        self.offer(choices)
        wanted = initial or argument.default or ""
        if wanted and not self._choose(wanted):
            valid = ", ".join(one.label for one in choices[:8])
            self.fault = f"{wanted!r} is no {argument.label.lower()}; choose {valid}"

    def offer(self, choices: Sequence[Choice]) -> None:
        """Offer these values from now on; the chosen one stays if it is still there."""
        chosen = self._choices[self._chosen].value if self._choices else None
        empty = Choice("", OPEN_LABEL if self.is_open else NONE_LABEL)
        nothing = () if self.argument.is_required and not self.is_open else (empty,)
        self._choices = (*nothing, *choices)
        self._chosen = next((i for i, one in enumerate(self._choices) if one.value == chosen), 0)
        self.refresh()

    @property
    def has_alternatives(self) -> bool:
        """Whether there is more than one value to choose from."""
        return len(self._choices) > 1

    def held(self) -> str | None:
        """The chosen value."""
        return (self._choices[self._chosen].value or None) if self._choices else None

    def _choose(self, wanted: str) -> bool:
        folded = wanted.casefold()
        for index, choice in enumerate(self._choices):
            if folded in (choice.value.casefold(), choice.label.casefold()):
                self._set(index)
                return True
        return False

    def _set(self, index: int) -> None:
        if index != self._chosen:
            self._chosen = index
            self.refresh()
            if self.is_attached:
                self.post_message(FieldChanged(self.argument))

    def _forward_event(self, event: events.Event) -> None:
        if not is_early(self, event):
            super()._forward_event(event)

    def on_key(self, event: events.Key) -> None:
        """Choose, list, or go on."""
        if not self._choices:
            return
        if event.key in ("left", "right"):
            self._set((self._chosen + (1 if event.key == "right" else -1)) % len(self._choices))
        elif event.key in ("down", "question_mark") or (event.key == "space" and not self._is_typing(event)):
            self.list_all()
        elif event.key == "enter":
            self.post_message(FieldDone(self))
        elif event.is_printable and event.character:
            self._type(event.character, event.time)
        else:
            return
        event.stop()
        event.prevent_default()

    def _is_typing(self, event: events.Key) -> bool:
        """Whether a space belongs to a word that is being typed."""
        return self._word.goes_on(event.time)

    def _type(self, letter: str, now: float) -> None:
        """Go to the value that begins with what was typed."""
        found = self._word.find(letter, now, [one.label for one in self._choices], self._chosen)
        if found is not None:
            self._set(found)

    def list_all(self) -> None:
        """Offer every value in a menu."""

        def chosen(value: str | None) -> None:
            if value is not None:
                self._choose(value) if value else self._set(0)

        entries = [Entry(choice.value, choice.label) for choice in self._choices]
        at = self._choices[self._chosen].value
        self.app.push_screen(Choose(self.argument.label, entries, at=at, finds_words=True), chosen)

    def line(self, y: int, width: int) -> Pieces:
        """The label of the chosen value."""
        label = self._choices[self._chosen].label if self._choices else NONE_LABEL
        return [(f"{label} {self._sign}", "selected" if self.has_focus else "")]

    def on_focus(self) -> None:
        """Show that it has the focus."""
        self.refresh()

    def on_blur(self) -> None:
        """Show that it has not."""
        self.refresh()

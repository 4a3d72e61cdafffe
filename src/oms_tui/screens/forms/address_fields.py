"""The fields of an address: lines of street, areas to choose from, a country to look at; each in a row that
shows beside it what its country would write."""

from collections.abc import Iterable, Sequence

from textual import events, on
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from oms_tui.screens.finder import Entry, Finder
from oms_tui.screens.forms.coded import CodedField
from oms_tui.screens.forms.fields import FieldDone, LongTextField, TextField
from oms_tui.screens.forms.parts import CommitButton, FieldRow
from oms_tui.text import search_key
from oms_tui.verbs import Argument, Choice
from oms_tui.widgets.lines import Lines, Pieces


class StreetField(LongTextField):
    """The street as the lines of a label. Enter begins a line; on an empty one it goes on.

    As in the other fields everything is selected when one comes to it: what is typed stands in its place,
    and enter goes on.
    """

    def on_focus(self, event: events.Focus) -> None:
        """Select what is there."""
        if not event.from_app_focus:
            self.select_all()

    async def _on_key(self, event: events.Key) -> None:
        row, _ = self.cursor_location
        lines = self.document.lines
        is_whole = bool(self.text) and self.selected_text == self.text
        if event.key == "enter" and (is_whole or not lines[row].strip()):
            event.stop()
            event.prevent_default()
            self.post_message(FieldDone(self))
        elif event.key == "enter" and row + 1 < len(lines) and self.cursor_at_end_of_line:
            event.stop()
            event.prevent_default()
            self.move_cursor((row + 1, len(lines[row + 1])))
        else:
            await super()._on_key(event)

    def put(self, text: str) -> None:
        """Hold this instead; it can be undone."""
        if text != self.text:
            self.replace(text, self.document.start, self.document.end)


class AddressText(TextField):
    """One line of an address."""

    def put(self, text: str) -> None:
        """Hold this instead."""
        self.value = text


class AreaField(CodedField):
    """An area of the country. Typing narrows the list of them, by code or by name."""

    def __init__(
        self, argument: Argument, areas: Sequence[Choice], entered: str = "", *, ascii_only: bool = False
    ) -> None:
        known = {one.value for one in areas}
        # What the order has stays a choice as it is written: only a person replaces it.
        own = () if not entered or entered in known else (Choice(entered, entered),)
        super().__init__(argument, (*own, *areas), entered, ascii_only=ascii_only)
        self._list: Areas | None = None

    def put(self, text: str) -> None:
        """Hold this instead."""
        if not self._choose(text):
            self.offer((*(one for one in self._choices if one.value), Choice(text, text)))
            self._choose(text)

    def _type(self, letter: str, now: float) -> None:
        self._narrow(letter)

    def _is_typing(self, event: events.Key) -> bool:
        return self._list is not None or super()._is_typing(event)

    def list_all(self) -> None:
        """Offer every area in a list that narrows as one types."""
        self._narrow("")

    def _narrow(self, typed: str) -> None:
        if self._list is not None:  # typed faster than the list opens
            self._list.also(typed)
            return

        def chosen(entry: Entry | None) -> None:
            self._list = None
            if entry is not None:
                self._choose(entry.id) if entry.id else self._set(0)

        entries = [
            Entry(id=one.value, label=one.label.removesuffix(one.value).strip() or one.label, key=one.value)
            for one in self._choices
        ]
        self._list = Areas(self.argument.label, entries, typed, at=self.held() or "")
        self.app.push_screen(self._list, chosen)


class Areas(Finder):
    """The areas of a country; what is typed narrows them: a code first, then names that begin so."""

    def __init__(self, title: str, entries: Sequence[Entry], typed: str, *, at: str) -> None:
        super().__init__(title, entries, empty="No such area – esc keeps what was chosen")
        self._typed = typed
        self._at = at

    def on_mount(self, event: events.Mount) -> None:  # type: ignore[override]
        """Begin with what was typed, or on the area that is chosen."""
        event.prevent_default()
        self._list.set_rows(self._entries, at=self._at)
        self.query_one("#keys-here", Lines).show(
            [("enter", "key"), (" take it  ", ""), ("esc", "key"), (" close", "")]
        )
        box = self.query_one("#wanted", Input)
        self.set_focus(box)
        if self._typed:
            box.value = self._typed + box.value
            box.action_end()

    def also(self, typed: str) -> None:
        """This was typed too, before the list was there."""
        self._typed += typed
        for box in self.query("#wanted").results(Input):
            if self.focused is box:
                box.insert_text_at_cursor(typed)

    @on(Input.Changed)
    def narrow(self, event: Input.Changed) -> None:
        """Show the areas that match."""
        event.stop()
        event.prevent_default()
        self._list.set_rows(narrowed(self._entries, event.value), at="", empty=self._empty)


def narrowed(areas: Sequence[Entry], typed: str) -> list[Entry]:
    """The areas whose code or name holds what is typed: that code first, then what begins so."""
    wanted = search_key(typed)
    if not wanted:
        return list(areas)
    ranked: list[tuple[int, int, Entry]] = []
    for place, area in enumerate(areas):
        code, name = search_key(area.id), search_key(area.label)
        if wanted in code or wanted in name:
            rank = 0 if wanted == code else 1 if name.startswith(wanted) or f" {wanted}" in name else 2
            ranked.append((rank, place, area))
    return [area for _, _, area in sorted(ranked, key=lambda one: one[:2])]


class CountryShown(CodedField, can_focus=False):
    """The country: there is no other to choose, and it says what to do instead."""

    def __init__(self, argument: Argument, country: str, name: str, way_on: str) -> None:
        super().__init__(argument, [Choice(country, f"{name} ({country})")], country)
        self._way_on = way_on

    def line(self, y: int, width: int) -> Pieces:
        """The country, and why it stays."""
        return [
            *((text.removesuffix(f" {self._sign}"), "") for text, _ in super().line(y, width)),
            (f"  {self._way_on}", "muted"),
        ]

    def put(self, text: str) -> None:
        """It stays."""


AddressInput = AddressText | StreetField | AreaField | CountryShown


class AddressRow(FieldRow):
    """A field, and beside it what the rules would write, or how it is written."""

    def __init__(self, field: AddressInput, label: str, label_width: int, hint: str = "") -> None:
        super().__init__(field, label_width)
        if isinstance(field, StreetField):
            self.remove_class("long")
            self.add_class("street")
        self._title = label
        self._hint = hint
        self._beside = Lines(classes="field-beside")
        self._suggested: str | None = None
        self._faults: tuple[str, ...] = ("", "")

    def compose(self) -> Iterable[Widget]:
        """Label, field, what is beside it; the fault below."""
        with Horizontal():
            yield self._label
            yield self.field
            if not isinstance(self.field, CountryShown):
                yield self._beside
        yield self._fault

    def on_mount(self, event: events.Mount) -> None:  # type: ignore[override]
        """Name the field as its country does."""
        event.prevent_default()
        self._label.styles.width = self._label_width
        self._fault.styles.margin = (0, 0, 0, self._label_width - 1)
        self._label.show([(f" {self._title}", "muted")])

    @property
    def label(self) -> str:
        """What its country calls it."""
        return self._title

    @property
    def suggested(self) -> str | None:
        """What the rules would write instead; None = what is there."""
        return self._suggested

    def suggest(self, text: str | None, arrow: str, *, is_empty: bool) -> None:
        """Show what the rules would write instead; None = what is there. What is empty has its hint."""
        self._suggested = text
        if text is None:
            self._beside.show([(f" {self._hint}" if self._hint and is_empty else "", "muted")])
            return
        first, *rest = text.split("\n")
        self._beside.show(
            [(f" {arrow} {first or '(nothing)'}", "accent")], *([(f"   {line}", "accent")] for line in rest)
        )

    def tell_fault(self, text: str) -> None:
        """Say what cannot be taken; "" = nothing."""
        self._tell_faults(text, self._faults[1])

    def tell_problem(self, text: str) -> None:
        """Say what the country's rules have against it; "" = nothing."""
        self._tell_faults(self._faults[0], text)

    def _tell_faults(self, *faults: str) -> None:
        self._faults = faults
        told = next((text for text in faults if text), "")
        self._fault.tell(*([(told, "problem")] if told else []))


class TakeButton(CommitButton):
    """Takes over what the rules suggest."""

    class Pressed(Message):
        """Somebody pressed it."""

    def line(self, y: int, width: int) -> Pieces:
        """What it takes over; nothing while there is nothing."""
        return super().line(y, width) if self.is_ready else ()

"""A box with a line to type in and the entries that match: the palette and the help are made of it."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from textual import on
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from oms_tui.screens.base import Overlay
from oms_tui.screens.scopes import Scope
from oms_tui.text import clean_line, search_key
from oms_tui.widgets.field import Field
from oms_tui.widgets.lines import Lines, Talk
from oms_tui.widgets.long_list.columns import Cell, Column
from oms_tui.widgets.short_list import ShortList


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that can be found and run. With a `heading` it is only that."""

    id: str
    label: str = ""
    key: str = ""
    help: str = ""
    refusal: str = ""
    """Why it cannot be done now; it is shown dim, and running it says so."""
    heading: str = ""
    run: Callable[[], Awaitable[None]] | None = None


class Finder(Overlay[Entry | None]):
    """Narrows its entries as one types; answers with the chosen one."""

    SCOPES = (Scope.BOX,)
    TAKES_EARLY_KEYS = True

    def __init__(self, title: str, entries: Sequence[Entry], *, empty: str) -> None:
        super().__init__()
        self._title = title
        self._entries = list(entries)
        self._empty = empty

    def compose_box(self) -> Iterable[Widget]:
        """The title, the line to type in, the entries, and the sentence on the one under the cursor."""
        columns: tuple[Column[Entry], ...] = (
            Column(id="key", title="", render=lambda one: Cell(one.key, "key"), width=12),
            Column(id="label", title="", render=_label, width=18, flex=1, most=24),
            Column(id="help", title="", render=_help, width=10, flex=3),
        )
        with Vertical(classes="box finder"):
            yield Static(Content(clean_line(self._title)), classes="box-title")
            yield Field(placeholder="type to find", id="wanted")
            yield ShortList(
                columns,
                key=lambda one: one.id,
                heading=lambda one: one.heading,
                always_shows_cursor=True,
                ascii_only=self.app.ascii_only,
                low_bandwidth=self.app.settings.ui.low_bandwidth,
                id="entries",
            )
            yield Talk(id="told")
            yield Lines(id="keys-here")

    def on_mount(self) -> None:
        """Show every entry."""
        self._list.set_rows(self._entries, at="")
        self.set_focus(self.query_one("#wanted", Input))
        self.query_one("#keys-here", Lines).show(
            [("enter", "key"), (" run  ", ""), ("esc", "key"), (" close", "")]
        )

    @on(ShortList.Moved)
    def explain(self, event: ShortList.Moved) -> None:
        """Say the whole sentence on the entry under the cursor."""
        event.stop()
        row = self._list.cursor_row
        self.query_one("#told", Talk).say("" if row is None else row.refusal or row.help)

    @property
    def _list(self) -> ShortList[Entry]:
        return self.query_one("#entries", ShortList)

    def main_widget(self) -> Widget:
        """The entries."""
        return self._list

    @on(Input.Changed)
    def narrow(self, event: Input.Changed) -> None:
        """Show the entries that match what is typed, the best first."""
        event.stop()
        self._list.set_rows(matching(self._entries, event.value), at="", empty=self._empty)

    @on(Input.Submitted)
    def choose(self, event: Input.Submitted) -> None:
        """Answer with the entry under the cursor."""
        event.stop()
        self._list.action_open()

    @on(ShortList.Opened)
    def answer(self, event: ShortList.Opened) -> None:
        """Answer with the entry."""
        event.stop()
        self.dismiss(event.row)

    def action_next_hit(self) -> None:
        """To the next entry."""
        self._list.action_cursor_down()

    def action_previous_hit(self) -> None:
        """To the previous entry."""
        self._list.action_cursor_up()

    def action_complete(self) -> None:
        """Put the label of the entry under the cursor into the line."""
        row = self._list.cursor_row
        if row is not None:
            box = self.query_one("#wanted", Input)
            box.value = row.label
            box.action_end()


def _label(entry: Entry) -> Cell:
    return Cell(entry.label, "muted" if entry.refusal else "")


def _help(entry: Entry) -> Cell:
    return Cell(entry.refusal or entry.help, "warning" if entry.refusal else "muted")


def matching(entries: Sequence[Entry], wanted: str) -> list[Entry]:
    """The entries that hold every word typed; those whose label begins with it, or whose key it is, first."""
    words = search_key(wanted).split()
    if not words:
        return list(entries)
    found = []
    for place, entry in enumerate(entries):
        label = search_key(entry.label)
        whole = f"{label} {search_key(entry.help)} {entry.id}"
        is_key = bool(entry.key) and wanted.strip() in entry.key.split()
        if entry.heading or not (is_key or all(word in whole for word in words)):
            continue
        rank = 0 if is_key else 1 if label.startswith(words[0]) else 2
        found.append((rank, place, entry))
    return [entry for _, _, entry in sorted(found, key=lambda one: one[:2])]

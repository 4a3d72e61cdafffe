"""The box in which somebody does something about events. F9 commits, never the key that opened it (U1)."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf
from time import monotonic

from textual import events, on, work
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from oms_tui.backend.errors import BackendError, Conflict, OutcomeUnknown, SignedOut
from oms_tui.domain.events.anyway import costs
from oms_tui.domain.events.cases import EventCase
from oms_tui.domain.events.ways import Way
from oms_tui.screens.base import Overlay
from oms_tui.screens.events.rows import title_of
from oms_tui.screens.forms.parts import Told
from oms_tui.screens.scopes import Scope
from oms_tui.text import clean, clean_line
from oms_tui.verbs.arguments import LONGEST_NOTE
from oms_tui.widgets.field import Field
from oms_tui.widgets.key_line import Hint, KeyLine
from oms_tui.widgets.long_list.columns import Cell, Column
from oms_tui.widgets.short_list import ShortList

_WILL = {
    Way.REPLAY: "Each is tried once more, as its order is now. What still cannot be taken changes nothing.",
    Way.PARK: "It is put aside with your note, which goes to the order's timeline. The order stays as it is.",
    Way.STOP: "The location is asked again to stop the parcel. The problem stays until it is settled.",
    Way.SHIP: "What the event says is taken as a fact: cancelled lines go on as Packed or Shipped, what they "
    "cost is due again, money that waited for the location is not moved, stock follows.",
    Way.TAKE: "The money is written down as the event says; none moves by that. What was captured above "
    "what the order owes can then be given back: Refund overcharge.",
}


@dataclass(frozen=True, slots=True)
class Became:
    """What became of one event."""

    id: str
    is_done: bool
    text: str


class SettleBox(Overlay[bool]):
    """Asks for a note, does it to each event by itself, and says of each what came of it."""

    SCOPES = (Scope.FORM,)

    def __init__(self, way: Way, cases: Sequence[EventCase]) -> None:
        super().__init__()
        self._way = way
        self._cases = list(cases)
        self._keys = {case.event.id: secrets.token_hex(16) for case in cases}
        """The key of each intent; kept while nobody knows what became of it."""
        self.drawn_at = inf
        """Keys pressed before this moment do nothing."""
        self._is_busy = self._is_over = False

    def compose_box(self) -> Iterable[Widget]:
        """What it does, the note, what came of it, keys."""
        columns: tuple[Column[Became], ...] = (
            Column(id="id", title="", width=12, flex=1, most=16, render=lambda one: one.id),
            Column(id="what", title="", width=30, flex=6, render=_outcome),
        )
        with Vertical(classes="box"):
            yield Static(Content(clean_line(title_of(self._way, self._cases))), classes="box-title")
            yield Static(Content(clean(_WILL[self._way])), id="settle-will")
            yield Field(
                id="settle-note",
                max_length=LONGEST_NOTE,
                placeholder="Why (needed): called the warehouse, wrong shop …"
                if self._way.needs_note
                else "A note for the timeline, if you like",
            )
            yield ShortList(
                columns,
                key=lambda one: one.id,
                ascii_only=self.app.ascii_only,
                low_bandwidth=self.app.settings.ui.low_bandwidth,
                id="settle-results",
            )
            yield Told(id="settle-told")
            yield KeyLine(id="keys-here")

    def on_mount(self) -> None:
        """Type the note at once."""
        self.query_one("#settle-results").display = False
        has_note = self._way is not Way.REPLAY
        self.query_one("#settle-note").display = has_note
        self.set_focus(self.query_one("#settle-note") if has_note else None)
        self._tell_keys()
        self.call_after_refresh(self._drawn)

        if self._way is Way.SHIP:
            self._tell_costs()

    @work(group="costs")
    async def _tell_costs(self) -> None:
        """What it costs, of the order as it is now."""
        for case in self._cases:
            try:
                order = (await self.app.backend.event(case.event.id)).order
            except BackendError:
                return  # told when it is done
            said = () if order is None else costs(order, case.event)
            if said and self.is_attached:
                text = " ".join((_WILL[self._way], *said))
                self.query_one("#settle-will", Static).update(Content(clean(text)))

    def _tell_keys(self) -> None:
        keys = self.app.keys
        back = Hint(keys.shown("view.back"), "back to the list" if self._is_over else "leave it as it is")
        accept = Hint(keys.shown("form.accept"), self._way.label.lower())
        self.query_one("#keys-here", KeyLine).tell([back] if self._is_over else [accept, back])

    def _drawn(self) -> None:
        self.drawn_at = monotonic()

    def main_widget(self) -> Widget:
        """What movement is for."""
        return self.query_one("#settle-results")

    def on_key(self, event: events.Key) -> None:
        """Let nothing through that was pressed before the box was drawn, but the ways out."""
        ways_out = {key for one in ("view.back", "form.cancel", "app.quit") for key in self.app.keys.of(one)}
        if event.time < self.drawn_at and event.key not in ways_out:
            event.stop()
            event.prevent_default()

    @on(Input.Submitted, "#settle-note")
    def say_how(self, event: Input.Submitted) -> None:
        """Enter commits nothing (I6)."""
        event.stop()
        self._tell(f"{self.app.keys.shown('form.accept').upper()}: {self._way.label.lower()}.", "muted")

    def action_accept(self) -> None:
        """Do it, once."""
        if not self._is_busy and not self._is_over and monotonic() >= self.drawn_at:
            note = self.query_one("#settle-note", Field).value
            if self._way.needs_note and not note.strip():
                self._tell("A note is needed.", "problem")
                return
            self._is_busy = True
            self._settle(note)

    def action_cancel_form(self) -> None:
        """Put the box away."""
        self.dismiss(self._is_over)

    @work(group="beside")
    async def _settle(self, note: str) -> None:
        became: list[Became] = []
        for case in self._cases:
            try:
                became.append(await self._one(case, note))
            except SignedOut as error:
                self.app.tell_error(error)
                return
        self._is_busy = False
        done = [one for one in became if one.is_done]
        if len(became) == 1 and done:
            self.app.toast(done[0].text, is_result=True)
            if self.is_attached:
                self.dismiss(True)
        elif self.is_attached:
            self._show(became, len(done))
        else:
            self.app.toast(f"{self._way.label}: {len(done):,} of {len(became):,} done", is_result=True)

    async def _one(self, case: EventCase, note: str) -> Became:
        """Do it to one event, under its key.

        Raises:
            SignedOut: The session is over.
        """
        id_ = case.event.id
        try:
            done = await self.app.backend.settle_event(
                id_, self._way, note, version=case.version, key=self._keys[id_]
            )
        except SignedOut:
            raise
        except OutcomeUnknown as error:
            return Became(id_, False, f"outcome unknown, not done twice if you try again: {error}")
        except Conflict as error:
            return Became(id_, False, str(error))
        except BackendError as error:
            return Became(id_, False, str(error))
        return Became(id_, True, done.summary)

    def _show(self, became: Sequence[Became], done: int) -> None:
        """What came of each; with one event that was refused the note can be mended."""
        if len(became) == 1:
            self._tell(became[0].text, "problem")
            return
        self._is_over = True
        self.query_one("#settle-note").display = False
        results = self.query_one("#settle-results", ShortList)
        results.display = True
        results.set_rows(became, at="")
        self.set_focus(results)
        self._tell(f"{done:,} of {len(became):,} done", "good" if done == len(became) else "warning")
        self._tell_keys()

    def _tell(self, text: str, look: str) -> None:
        self.query_one("#settle-told", Told).tell((text, look))


def _outcome(one: Became) -> Cell:
    return Cell(f"done: {one.text}" if one.is_done else one.text, "good" if one.is_done else "problem")

"""The box in which a difference is accepted with a note. F9 commits, never the key that opened it (U1)."""

from collections.abc import Iterable
from math import inf
from time import monotonic

from textual import events, on, work
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from oms_tui.backend.errors import BackendError, SignedOut
from oms_tui.domain.settlement_answers import SettlementDetail
from oms_tui.screens.base import Overlay
from oms_tui.screens.forms.parts import Told
from oms_tui.screens.scopes import Scope
from oms_tui.text import clean, clean_line
from oms_tui.widgets.field import Field
from oms_tui.widgets.key_line import Hint, KeyLine

LONGEST_NOTE = 500


class AcceptBox(Overlay[bool]):
    """Asks why a difference is accepted; answers True once the desk has it."""

    SCOPES = (Scope.FORM,)

    def __init__(self, detail: SettlementDetail) -> None:
        super().__init__()
        self._detail = detail
        self.drawn_at = inf
        """Keys pressed before this moment do nothing."""
        self._is_busy = False

    def compose_box(self) -> Iterable[Widget]:
        """What is accepted, the note, what is wrong with it, keys."""
        line = self._detail.line
        title = f"Accept {line.standing.word}: {line.kind.value} {line.reference}"
        with Vertical(classes="box"):
            yield Static(Content(clean_line(title)), classes="box-title")
            yield Static(Content(clean(self._detail.said)), id="accept-said")
            yield Field(
                id="accept-note", max_length=LONGEST_NOTE, placeholder="Why: reconciled elsewhere, rounding …"
            )
            yield Told(id="accept-told")
            yield KeyLine(id="keys-here")

    def on_mount(self) -> None:
        """Type the note at once."""
        self.set_focus(self.query_one("#accept-note", Field))
        keys = self.app.keys
        self.query_one("#keys-here", KeyLine).tell([
            Hint(keys.shown("form.accept"), "accept the difference"),
            Hint(keys.shown("view.back"), "leave it open"),
        ])  # fmt: skip
        self.call_after_refresh(self._drawn)

    def _drawn(self) -> None:
        self.drawn_at = monotonic()

    def on_key(self, event: events.Key) -> None:
        """Let nothing through that was pressed before the box was drawn, but the ways out."""
        ways_out = {key for one in ("view.back", "form.cancel", "app.quit") for key in self.app.keys.of(one)}
        if event.time < self.drawn_at and event.key not in ways_out:
            event.stop()
            event.prevent_default()

    @on(Input.Submitted, "#accept-note")
    def say_how(self, event: Input.Submitted) -> None:
        """Enter commits nothing (I6)."""
        event.stop()
        self._tell(f"{self.app.keys.shown('form.accept').upper()} accepts the difference.", "muted")

    def action_accept(self) -> None:
        """Accept it, once."""
        if not self._is_busy and monotonic() >= self.drawn_at:
            self._is_busy = True
            self._accept(self.query_one("#accept-note", Field).value)

    def action_cancel_form(self) -> None:
        """Put the box away; the difference stays open."""
        self.dismiss(None)

    @work(group="beside")
    async def _accept(self, note: str) -> None:
        line = self._detail.line
        try:
            await self.app.backend.accept_difference(line.number, note, version=line.version)
        except SignedOut as error:
            self.app.tell_error(error)
        except BackendError as error:
            self._is_busy = False
            if self.is_attached:
                self._tell(str(error), "problem")
            else:
                self.app.tell_error(error)
        else:
            self.app.toast(
                f"Accepted {line.standing.word}: {line.kind.value} {line.reference}", is_result=True
            )
            if self.is_attached:
                self.dismiss(True)

    def _tell(self, text: str, look: str) -> None:
        self.query_one("#accept-told", Told).tell((text, look))

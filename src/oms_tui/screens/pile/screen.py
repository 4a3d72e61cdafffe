"""One verb on many orders: asks once, shows which can and which cannot, does it, says what became of each.

The same list stays from the first look to the result (spec 7, working a pile; C5, C6, I6, U1).
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from math import inf
from time import monotonic

from textual import events, getters, on, work
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget

from oms_tui.backend.errors import BackendError, SignedOut
from oms_tui.screens.base import HEIGHTS, Overlay
from oms_tui.screens.choose import Ask
from oms_tui.screens.forms.fields import FieldChanged, FieldCut, FieldDone
from oms_tui.screens.forms.parts import CommitButton, Told
from oms_tui.screens.pile import words
from oms_tui.screens.pile.asking import UNPLANNED, UNTOUCHED, Asking
from oms_tui.screens.pile.columns import PileList
from oms_tui.screens.pile.parts import Detail, Phase, PileTitle, hints_of
from oms_tui.screens.pile.rows import Pile, PileRow, Standing
from oms_tui.screens.pile.running import PileRun
from oms_tui.screens.pile.source import PileSource, Ranking
from oms_tui.screens.scopes import Scope
from oms_tui.screens.search import HitNeighbours
from oms_tui.styles import FOLDER
from oms_tui.verbs import Verb
from oms_tui.widgets.key_line import KeyLine
from oms_tui.widgets.long_list import RowHighlighted, RowOpened
from oms_tui.widgets.rule import Rule

DEBOUNCE = 0.3
"""Seconds without a change before the orders are looked at again."""
CATCH_UP = 0.25
"""Seconds between two repaints while orders are looked at or worked."""


class PileScreen(Overlay[None]):
    """A verb on the marked orders."""

    SCOPES = (Scope.PILE,)
    CSS_PATH = [FOLDER / "forms.tcss", FOLDER / "pile.tcss"]  # noqa: RUF012 - as the framework declares it
    VERTICAL_BREAKPOINTS = [*HEIGHTS, (30, "-high")]  # noqa: RUF012 - as the framework declares it

    title_line = getters.query_one("#pile-title", PileTitle)
    notice = getters.query_one("#notice", Told)
    summary = getters.query_one("#summary", Told)
    listing = getters.query_one("#pile", PileList)
    detail = getters.query_one("#detail", Detail)
    button = getters.query_one("#commit", CommitButton)
    key_line = getters.query_one("#keys-here", KeyLine)

    def __init__(
        self,
        verb: Verb,
        order_ids: Iterable[str],
        given: Mapping[str, object],
        *,
        on_done: Callable[[Iterable[str]], None] = lambda order_ids: None,
    ) -> None:
        """Begin with nothing known but the IDs.

        Args:
            verb: one that can work a pile.
            order_ids: the orders.
            given: arguments that are known already; the fields start with them.
            on_done: told the IDs of orders that are done: their marks go.
        """
        super().__init__()
        self.verb = verb
        self.pile = Pile(order_ids)
        self.phase = Phase.OPENING
        self.drawn_at = inf
        """Keys pressed before this moment do nothing (U1)."""
        self._on_done = on_done
        self.asking = Asking(self.app, verb, self.pile, given)
        self._is_gone = False
        self._is_asking_again = False
        self._pressed_at = 0.0
        self._shown_version = -1
        self._run: PileRun | None = None

    # -- what is in it -------------------------------------------------------------------------------------

    def compose_box(self) -> Iterable[Widget]:
        """Title, fields, what it comes to, the orders, the one under the cursor in full, button, keys."""
        ascii_only = self.app.ascii_only
        yield PileTitle(id="pile-title")
        yield Rule(ascii_only=ascii_only)
        yield VerticalScroll(id="fields", can_focus=False)
        yield Told(id="notice")
        yield Rule(ascii_only=ascii_only, id="fields-rule")
        yield Told(id="summary")
        yield PileList(ascii_only=ascii_only, id="pile")
        yield Detail(id="detail")
        with Horizontal(id="commit-row"):
            yield CommitButton(id="commit")
        yield Rule(ascii_only=ascii_only)
        yield KeyLine(id="keys-here")

    def main_widget(self) -> Widget:
        """The orders."""
        return self.listing

    def on_mount(self) -> None:
        """Read who the orders are: the form shows what is true when it opens (C5)."""
        self.listing.low_bandwidth = self.app.settings.ui.low_bandwidth
        self.set_interval(CATCH_UP, self._catch_up)
        self._show_rows(Ranking.NONE)
        self._tell()
        self._open()

    @work(group="pile-open")
    async def _open(self) -> None:
        try:
            await self.asking.open()
        except BackendError as error:
            self._stuck(error)
            self.drawn_at = monotonic()
            return
        await self.query_one("#fields", VerticalScroll).mount_all(self.asking.fields.rows)
        self.asking.begin()
        self._show_rows(Ranking.NONE)
        self._begin_asking()

    def _begin_asking(self) -> None:
        self.phase = Phase.ASKING
        self.set_class(False, "-working")
        self._look(self.pile.ids(Standing.OPEN))
        self.call_after_refresh(self._drawn)

    def _drawn(self) -> None:
        """From now on keys are for this form."""
        rows = self.asking.fields.rows
        self.set_focus(rows[0].field if rows else self.listing)
        self.drawn_at = monotonic()
        self._tell()

    def _stuck(self, error: BackendError) -> None:
        """The desk cannot be asked: say so; a session that is over leads back to sign-in."""
        self.asking.fail(f"{error} {self.app.keys.shown('pile.again')} looks again.")
        if isinstance(error, SignedOut):
            self._is_gone = True
            self.app.tell_error(error)
        elif self.is_attached:
            self._tell()

    # -- which can and which cannot ------------------------------------------------------------------------

    @on(FieldChanged)
    def look_soon(self, event: FieldChanged) -> None:
        """What is chosen changes who can; what is written, whether it can be taken."""
        event.stop()
        self.asking.fields.touch(event.argument.name)
        self._look_soon()

    @work(exclusive=True, group="pile-soon")
    async def _look_soon(self) -> None:
        await asyncio.sleep(DEBOUNCE)
        if self.phase is Phase.ASKING:
            self._look(self.asking.to_look_at())

    @work(exclusive=True, group="pile-look")
    async def _look(self, order_ids: tuple[str, ...], *, tells_all: bool = False) -> None:
        """Plan the verb on these orders with what the fields hold."""
        self.asking.begin_look(order_ids)
        self._tell()
        try:
            await self.asking.look(order_ids, tells_all=tells_all)
        except BackendError as error:
            self._stuck(error)
            return
        self._show_rows(Ranking.BEFORE)
        self._tell()

    @on(FieldCut)
    def tell_cut(self, event: FieldCut) -> None:
        """Say that not all of a paste was taken."""
        event.stop()
        most = event.argument.max_length
        self.asking.fields.tell_fault(event.argument.name, f"Only {most:,} characters fit; the rest was cut.")

    @on(FieldDone)
    def go_on(self, event: FieldDone) -> None:
        """Enter goes on to the next field; at the last one it says how to commit. It never commits (I6)."""
        event.stop()
        following = self.asking.fields.after(event.field)
        if following is not None:
            self.set_focus(following)
        else:
            self._say(f"{self._commit_key} commits; tab goes to the orders.")

    # -- committing ----------------------------------------------------------------------------------------

    @property
    def _commit_key(self) -> str:
        return self.app.keys.shown("pile.accept").upper()

    def on_key(self, event: events.Key) -> None:
        """Let nothing through that was pressed before the form was drawn, but the ways out."""
        ways_out = {key for one in ("view.back", "pile.stop", "app.quit") for key in self.app.keys.of(one)}
        if event.time < self.drawn_at and event.key not in ways_out:
            event.stop()
            event.prevent_default()
            return
        self._pressed_at = event.time

    @on(CommitButton.Pressed)
    def press_button(self, event: CommitButton.Pressed) -> None:
        """The button does what the key does."""
        event.stop()
        self._pressed_at = event.time
        self.action_accept()

    def action_accept(self) -> None:
        """Do what the list says, once; of many, or where money moves, ask once more."""
        is_ours = self.phase is Phase.ASKING and not self._is_asking_again
        if not is_ours or self._pressed_at < self.drawn_at:
            return
        asking = self.asking
        if asking.is_looking:
            self._say(f"Wait a moment: {words.looking_text(self.pile)}.")
            return
        arguments, faulty = asking.arguments(tells_all=True)
        if faulty is not None:
            self.set_focus(faulty)
        if arguments is None or asking.fault or asking.is_chosen_anew or self.pile.count(*UNPLANNED):
            self._look(asking.to_look_at(), tells_all=True)
        elif not self.pile.count(Standing.READY):
            self._say("None of these orders can: the list says why.")
        elif words.needs_second_step(self.verb, self.pile):
            self._ask(arguments)
        else:
            self._start(arguments)

    def _ask(self, arguments: Mapping[str, object]) -> None:
        ready = self.pile.ids(Standing.READY)
        self._is_asking_again = True

        def answered(is_sure: bool | None) -> None:
            self._is_asking_again = False
            is_as_asked = self.pile.ids(Standing.READY) == ready and self.phase is Phase.ASKING
            if is_sure and is_as_asked and not self._is_gone:
                self._start(arguments)

        yes = f"{self.verb.label}: {words.orders(len(ready))}"
        self.app.push_screen(Ask(words.question(self.verb, self.pile), yes=yes, no="Not yet"), answered)

    def _start(self, arguments: Mapping[str, object]) -> None:
        self.phase = Phase.RUNNING
        self._say("")
        self.set_class(True, "-working")
        self._show_rows(Ranking.DURING)
        self.set_focus(self.listing)
        self._run = PileRun(
            self.app, self.verb, self.pile, arguments, on_done=self._on_done, on_end=self._ended
        )
        self._run.start()
        self._tell()

    def _ended(self) -> None:
        """The work is over; where nobody looks at the list any more, a toast says what came of it."""
        self.phase = Phase.OVER
        if self.is_attached and not self._is_gone:
            self.call_later(self._show_result)
        else:
            text = words.told_text(self.verb, self.pile)
            self.app.toast(text, "warning" if self.pile.undone else "information", is_result=True)

    def _show_result(self) -> None:
        self._show_rows(Ranking.AFTER)
        self._tell()

    # -- after ---------------------------------------------------------------------------------------------

    async def action_again(self) -> None:
        """Try again what was not done: back to the form, with those orders planned anew."""
        if self.phase in (Phase.OPENING, Phase.ASKING):
            if not self.asking.is_looking:
                self.asking.is_looking = True
                self._open() if self.phase is Phase.OPENING else self._look(self.pile.ids(*UNTOUCHED))
        elif self.phase is Phase.OVER and not self.pile.undone:
            self._say("Everything is done: there is nothing to try again.")
        elif self.phase is Phase.OVER:
            self.drawn_at, self.phase, self.asking.is_looking = inf, Phase.OPENING, True
            self._try_again()

    @work(group="pile-open")
    async def _try_again(self) -> None:
        if self._run is not None:
            await self._run.let_go()
        before = self.pile.ids(Standing.UNKNOWN)
        await self.asking.looker.ask_after(before)
        self._on_done(self.pile.ids(Standing.DONE))
        for order_id in self.pile.ids(Standing.FAILED, Standing.REFUSED, Standing.LEFT):
            self.pile.change(order_id, standing=Standing.OPEN, text="", change=None)
        self._begin_asking()

    def action_copy_ids(self) -> None:
        """Copy the IDs of the orders that were not done, or that cannot."""
        ids = self.pile.undone
        if ids:
            self.app.copy("\n".join(ids), f"{len(ids):,} order ID{'' if len(ids) == 1 else 's'}")
        else:
            self._say("No order failed: there is no ID to copy.")

    @on(RowOpened)
    async def open_row(self, event: RowOpened[PileRow]) -> None:
        """Open the order; the list stays behind it, and the work goes on."""
        event.stop()
        if self.phase is not Phase.OPENING:
            ids = tuple(row.order_id for row in self.listing.visible_rows)
            await self.app.open_order(event.row.order_id, siblings=HitNeighbours(ids))

    # -- leaving -------------------------------------------------------------------------------------------

    def action_stop(self) -> None:
        """Stop after the order in hand; or put the form or the result away."""
        self._step_out()

    async def action_back(self) -> None:
        """Esc does the same."""
        if not self.app.put_errors_away():
            self._step_out()

    async def action_leave(self) -> None:
        """So does leaving."""
        self._step_out()

    def _step_out(self) -> None:
        if self._is_gone:
            return
        if self.phase is Phase.RUNNING:
            if self._run is not None:
                self._run.stop()
            self._tell()
        elif self.phase is Phase.ASKING and self.asking.is_dirty:
            question = f"Put “{self.verb.label}” away? What you filled in is lost."
            self.app.push_screen(Ask(question, yes="Lose it", no="Go on filling in"), self._answered_leave)
        else:
            self._answered_leave(True)

    def _answered_leave(self, is_sure: bool | None) -> None:
        if is_sure and not self._is_gone:
            self._is_gone = True
            self.dismiss(None)

    # -- what is said --------------------------------------------------------------------------------------

    def _show_rows(self, ranking: Ranking) -> None:
        self._shown_version = self.pile.version
        self.listing.set_source(PileSource(self.pile, ranking))

    def _catch_up(self) -> None:
        """Show what became of orders since the last look; in the result also what came out later."""
        if self.pile.version != self._shown_version:
            self._shown_version = self.pile.version
            self.listing.reload()
            self._tell()

    @on(RowHighlighted)
    def tell_row(self, event: RowHighlighted[PileRow]) -> None:
        """Say in full what the list may have cut."""
        event.stop()
        self.detail.tell(event.row)

    @on(events.DescendantFocus)
    def tell_keys_here(self) -> None:
        """Other keys are valid where the focus went."""
        self._tell_keys()

    def _say(self, text: str) -> None:
        self.notice.tell(*([(text, "muted")] if text else []))

    def _tell(self) -> None:
        """Say in title, summary, button and keys how things stand."""
        asking, phase = self.asking, self.phase
        self.title_line.tell(self.verb.label, phase, len(self.pile), self._run)
        is_before = phase in (Phase.OPENING, Phase.ASKING)
        text = words.before_text(self.pile, is_looking=asking.is_looking) if is_before else ""
        self.summary.tell((text or words.result_text(self.pile), "strong"))
        if is_before:
            self.notice.tell(*([(f"! {asking.trouble}", "problem")] if asking.trouble else []))
        self._tell_keys()

    def _tell_keys(self) -> None:
        ready = self.pile.count(Standing.READY)
        is_ready = self.phase is Phase.ASKING and ready > 0
        is_ready = is_ready and not (self.asking.is_looking or self.asking.fault)
        can = ready or self.pile.count(Standing.POSSIBLE)
        label = f"{self.verb.label.lower()}: {words.orders(can)}"
        self.button.tell(label if self.phase in (Phase.OPENING, Phase.ASKING) else "", is_ready=is_ready)
        has_undone = bool(self.pile.undone)
        self.key_line.tell(hints_of(self.app.keys, self.phase, label, is_ready, has_undone=has_undone))

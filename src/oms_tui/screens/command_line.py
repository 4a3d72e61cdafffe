"""The command line (`:`): a screen's code, a verb with its arguments on the order shown, or an order's ID."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from functools import partial

from textual import on, work
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Label

from oms_tui.backend.errors import BackendError
from oms_tui.domain.answers import OrderSummary
from oms_tui.screens.actions import Action, actions_in
from oms_tui.screens.base import DeskScreen, Overlay
from oms_tui.screens.hints import hints_for
from oms_tui.screens.order_cells import customer_name
from oms_tui.screens.scopes import Scope
from oms_tui.screens.typed_command import TAKES_FILTER, Typed, maybe_order, read_command, without_order
from oms_tui.screens.wanted import Reader
from oms_tui.widgets.field import Field
from oms_tui.widgets.key_line import Hint, KeyLine
from oms_tui.widgets.lines import Talk
from oms_tui.widgets.long_list.columns import Cell, Column
from oms_tui.widgets.short_list import ShortList

MOST_LETTERS = 5_000
DEBOUNCE = 0.15
"""Seconds without a key before the desk is asked for the order that was named."""


class CommandLine(Overlay[None]):
    """Offers what may be typed; enter does it, and a verb only opens its form."""

    SCOPES = (Scope.BOX,)
    TAKES_EARLY_KEYS = True

    def __init__(self, screen: DeskScreen) -> None:
        super().__init__()
        self._of = screen
        # Verbs everywhere: where no order is shown, they name theirs.
        self._commands = [row for row in actions_in(*screen.SCOPES, Scope.ORDER) if row.command]

    def compose_box(self) -> Iterable[Widget]:
        """The line to type in, a line of talk, what may be typed."""
        columns: tuple[Column[Action], ...] = (
            Column(id="command", title="", render=lambda row: f":{row.command}", width=14),
            Column(id="key", title="", render=self._key, width=8),
            Column(id="help", title="", render=self._help, width=20, flex=1),
        )
        with Vertical(id="command", classes="box"):
            with Horizontal(id="command-line"):
                yield Label(Content(": "), id="prompt")
                yield Field(
                    id="wanted",
                    max_length=MOST_LETTERS,
                    placeholder="DB, OR status:packed, note …, cancel 10432 …, an order's ID",
                )
            yield Talk(id="told")
            yield ShortList(
                columns,
                key=lambda row: row.id,
                always_shows_cursor=True,
                ascii_only=self.app.ascii_only,
                low_bandwidth=self.app.settings.ui.low_bandwidth,
                empty="enter opens the order of that ID",
                id="completions",
            )
            yield KeyLine(id="keys-here")

    def on_mount(self) -> None:
        """Offer everything, and type at once."""
        self._list.set_rows(self._commands, at="")
        self.set_focus(self.query_one("#wanted", Input))
        order_id = self._of.order_id
        about = f"verbs are about order {order_id}" if order_id else "verbs name their order"
        hints = (Hint("enter", "run"), *hints_for(self, self.SCOPES, self.app.keys))
        self.query_one("#keys-here", KeyLine).tell(hints, note=about)

    def _key(self, row: Action) -> Cell:
        return Cell(self.app.keys.shown(row), "key")

    def _help(self, row: Action) -> Cell:
        has_order = self._of.order_id is not None
        refusal = self._of.verbs_here.refusal(row.verb) if row.verb is not None and has_order else ""
        return Cell(refusal or row.help, "warning" if refusal else "muted")

    @property
    def _list(self) -> ShortList[Action]:
        return self.query_one("#completions", ShortList)

    def main_widget(self) -> Widget:
        """What the arrows move in."""
        return self._list

    async def action_next_hit(self) -> None:
        """To the next command."""
        await self.action_move("down")

    async def action_previous_hit(self) -> None:
        """To the previous command."""
        await self.action_move("up")

    @on(Input.Changed, "#wanted")
    def narrow(self, event: Input.Changed) -> None:
        """Offer the commands that begin like this; say what a verb would be about."""
        event.stop()
        self._tell("")
        self._foretell(read_command(event.value))
        typed = event.value.casefold().lstrip()
        word = typed.partition(" ")[0]
        self._list.set_rows(
            [
                row
                for row in self._commands
                if row.command.casefold().startswith(typed)
                or (row.command.casefold() == word and (row.verb is not None or row.id == TAKES_FILTER))
            ],
            at="",
        )

    def action_complete(self) -> None:
        """Put the command under the cursor into the line."""
        row = self._list.cursor_row
        if row is not None:
            box = self.query_one("#wanted", Input)
            if not box.value.casefold().startswith(row.command.casefold()):
                box.value = f"{row.command} " if row.verb is not None else row.command
                box.cursor_position = len(box.value)

    @on(Input.Submitted, "#wanted")
    async def enter(self, event: Input.Submitted) -> None:
        """Do what was typed. A beginning that fits one command only is that command."""
        event.stop()
        text = event.value
        if not text.strip():
            self.dismiss(None)
            return
        typed = read_command(text)
        rows = self._list.rows
        if typed.action is None and len(rows) == 1 and not rows[0].verb:
            typed = Typed(action=rows[0])
        if typed.action is None:
            self._open_order(typed.order_id)
        elif typed.action.verb is not None:
            self._start_verb(typed)
        elif typed.rest:
            self._open_filter(typed.rest)
        else:
            self.dismiss(None)
            self.app.call_later(self._of.run_action_row, typed.action)

    @on(ShortList.Opened)
    def take(self, event: ShortList.Opened) -> None:
        """A click takes the command over."""
        event.stop()
        self.action_complete()

    # -- which order a verb is about -----------------------------------------------------------------------

    async def _named(self, typed: Typed) -> OrderSummary | None:
        """The order that a verb's first word names, if it names one.

        Raises:
            BackendError: the desk could not say.
        """
        word = maybe_order(typed.rest, has_order=self._of.order_id is not None)
        return await self._order_of(word) if word else None

    async def _order_of(self, word: str) -> OrderSummary | None:
        result = await self.app.backend.search(word, 1)
        found = result.hits[0].order if result.hits else None
        return found if found is not None and found.id.casefold() == word.casefold() else None

    @work(exclusive=True, group="command-order")
    async def _foretell(self, typed: Typed) -> None:
        """Say which order a verb would be about, before anything is done to it."""
        if typed.action is None or typed.action.verb is None:
            return
        await asyncio.sleep(DEBOUNCE)
        with suppress(BackendError):  # enter says it
            named, here, label = await self._named(typed), self._of.order_id, typed.action.label
            if named is not None and here is not None and named.id != here:
                whose = f"{label}: order {named.id}, {customer_name(named)} – not {here}, which is shown"
                self._tell(whose, "warning")
            elif named is not None:
                self._tell(f"{label}: order {named.id}, {customer_name(named)}", "muted")
            else:
                about = self._of.verbs_here.about(typed.action.verb)
                self._tell(f"{label}: {about}" if about else _which(typed.action), "muted")

    @work(exclusive=True, group="command-order")
    async def _start_verb(self, typed: Typed) -> None:
        """Open the form of a verb, on the order it names or else on the one that is shown."""
        action = typed.action
        if action is None or action.verb is None:
            return
        try:
            named = await self._named(typed)
        except BackendError as error:
            self._tell(str(error))
            return
        if named is None and self._of.order_id is None:
            word = typed.rest.partition(" ")[0]
            self._tell((f"“{word}” is no order’s ID – " if word else "") + _which(action))
            return
        arguments = typed.arguments if named is None else without_order(action.verb, typed.rest)
        start = partial(
            self._of.verbs_here.start, action.verb, arguments, order_id=None if named is None else named.id
        )
        self.dismiss(None)
        self.app.call_later(start)

    # -- places and orders ---------------------------------------------------------------------------------

    def _open_filter(self, text: str) -> None:
        """Show what a filter finds in Orders; a wrong one is said here, where it can be mended."""
        console = self.app
        reader = Reader(
            actor=console.actor, policy=console.policy, zone=console.zone, now=console.clock.now()
        )
        wanted = reader.read(text, len(text))
        if wanted.fault:
            self._tell(wanted.fault)
            return
        self.dismiss(None)
        console.call_later(console.open_orders, text)

    @work(exclusive=True, group="command-order")
    async def _open_order(self, order_id: str) -> None:
        try:
            found = await self._order_of(order_id)
        except BackendError as error:
            self._tell(str(error))
            return
        if found is not None:
            self.dismiss(None)
            self.app.call_later(self.app.open_order, found.id)
        else:
            self._tell(f"“{order_id}” is no command and no order’s ID – / searches for it")

    def _tell(self, text: str, look: str = "problem") -> None:
        self.query_one("#told", Talk).say(text, look)


def _which(action: Action) -> str:
    return f"{action.command} which order? :{action.command} 10432"

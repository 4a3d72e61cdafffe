"""The command line (`:`): a screen's code, a verb with its arguments on the order shown, or an order's ID."""

from collections.abc import Iterable

from textual import on, work
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Label

from oms_tui.backend.errors import BackendError
from oms_tui.screens.actions import Action, Scope, actions_in
from oms_tui.screens.base import DeskScreen, Overlay
from oms_tui.screens.hints import hints_for
from oms_tui.screens.typed_command import Typed, read_command
from oms_tui.widgets.field import Field
from oms_tui.widgets.key_line import Hint, KeyLine
from oms_tui.widgets.lines import Talk
from oms_tui.widgets.long_list.columns import Cell, Column
from oms_tui.widgets.short_list import ShortList

MOST_LETTERS = 5_000


class CommandLine(Overlay[None]):
    """Offers what may be typed; enter does it, and a verb only opens its form."""

    SCOPES = (Scope.BOX,)
    TAKES_EARLY_KEYS = True

    def __init__(self, screen: DeskScreen) -> None:
        super().__init__()
        self._of = screen
        self._commands = [row for row in actions_in(*screen.SCOPES) if row.command]

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
                    placeholder="DB, OR, note …, cancel …, an order's ID",
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
        about = f"verbs are about order {order_id}" if order_id else ""
        hints = (Hint("enter", "run"), *hints_for(self, self.SCOPES, self.app.keys))
        self.query_one("#keys-here", KeyLine).tell(hints, note=about)

    def _key(self, row: Action) -> Cell:
        return Cell(self.app.keys.shown(row), "key")

    def _help(self, row: Action) -> Cell:
        refusal = self._of.verbs_here.refusal(row.verb) if row.verb is not None else ""
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
        """Offer the commands that begin like this."""
        event.stop()
        self._tell("")
        typed = event.value.casefold().lstrip()
        word = typed.partition(" ")[0]
        self._list.set_rows(
            [
                row
                for row in self._commands
                if row.command.casefold().startswith(typed) or (row.verb is not None and row.command == word)
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
        if typed.action is not None:
            self.dismiss(None)
            self.app.call_later(self._do, typed)
        else:
            self._open_order(typed.order_id)

    @on(ShortList.Opened)
    def take(self, event: ShortList.Opened) -> None:
        """A click takes the command over."""
        event.stop()
        self.action_complete()

    async def _do(self, typed: Typed) -> None:
        row = typed.action
        if row is None:
            return
        if row.verb is not None:
            await self._of.verbs_here.start(row.verb, typed.arguments)
        else:
            await self._of.run_action_row(row)

    @work(exclusive=True, group="command-order")
    async def _open_order(self, order_id: str) -> None:
        try:
            result = await self.app.backend.search(order_id, 1)
        except BackendError as error:
            self._tell(str(error))
            return
        found = result.hits[0].order.id if result.hits else ""
        if found.casefold() == order_id.casefold():
            self.dismiss(None)
            self.app.call_later(self.app.open_order, found)
        else:
            self._tell(f"“{order_id}” is no command and no order’s ID – / searches for it")

    def _tell(self, text: str) -> None:
        self.query_one("#told", Talk).say(text, "problem")

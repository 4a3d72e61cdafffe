"""The one table of what a key can do (style guide 3): movements, views, and the verbs of `oms_tui.verbs`.

Bindings, the key line, `?` help, the palette, the user's keymap, `oms-tui keys` and the page of keys in the
docs are made from it. It knows no framework, so the command line can print it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from oms_tui.screens.scopes import PARENTS, Scope, with_parents

if TYPE_CHECKING:
    from oms_tui.verbs import Verb

    ACTIONS: tuple["Action", ...]
    """Every action there is: `all_actions()`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One row: something that a key, the palette or the command line (`:`) can start."""

    id: str
    """e.g. "order.cancel"; what the user's keymap names."""
    keys: tuple[str, ...]
    """Default keys, the one that is shown first. Where `is_numbered`, the n-th key means the n-th thing."""
    label: str
    short: str
    """One word for the key line."""
    help: str
    """One sentence."""
    scope: Scope
    run: str
    """The screen's or console's method behind it, without "action_"."""
    footer: int = 0
    """Place in the key line, from the left; 0 = not there."""
    footer_key: str = ""
    """The key that the key line names instead of its own: one that a field of the screen turns into it."""
    writes: bool = False
    command: str = ""
    """What starts it on the command line (`:`), if anything does."""
    is_fixed: bool = False
    """Whether its keys can be neither given away nor moved: the ways out (style guide 3)."""
    is_numbered: bool = False
    in_palette: bool = True
    verb: "Verb | None" = None


def _action(
    id: str,
    keys: str,
    label: str,
    help: str,
    scope: Scope,
    run: str,
    *,
    short: str = "",
    footer: int = 0,
    footer_key: str = "",
    command: str = "",
    is_fixed: bool = False,
    is_numbered: bool = False,
    in_palette: bool = True,
    writes: bool = False,
) -> Action:
    return Action(
        id=id,
        keys=tuple(keys.split()),
        label=label,
        short=short or label.lower(),
        help=help,
        scope=scope,
        run=run,
        footer=footer,
        footer_key=footer_key,
        command=command,
        is_fixed=is_fixed,
        is_numbered=is_numbered,
        in_palette=in_palette,
        writes=writes,
    )


def _move(what: str, keys: str, label: str, help: str) -> Action:
    return _action(f"move.{what}", keys, label, help, Scope.BROWSE, f"move('{what}')", in_palette=False)


_S = Scope
_NUMBERS = "1 2 3 4 5 6 7 8 9"

_MOVEMENTS = (
    _move("up", "up k", "Up", "One row or line up."),
    _move("down", "down j", "Down", "One row or line down."),
    _move("left", "left h", "Left", "One step to the left."),
    _move("right", "right l", "Right", "One step to the right."),
    _move("page_up", "pageup", "Page up", "A screenful up."),
    _move("page_down", "pagedown", "Page down", "A screenful down."),
    _move("half_page_up", "ctrl+u", "Half a page up", "Half a screenful up."),
    _move("half_page_down", "ctrl+d", "Half a page down", "Half a screenful down."),
    _move("first", "g home", "First", "To the first row."),
    _move("last", "G end", "Last", "To the last row."),
    _action(
        "move.open", "enter", "Open", "Open what is under the cursor.", _S.BROWSE, "move('open')",
        footer=1, in_palette=False,
    ),
    _action(
        "move.next", "tab", "Next part", "To the next part of the screen, or the next field.", _S.CONSOLE,
        "app.focus_next", short="next", footer=60, in_palette=False,
    ),
    _action(
        "move.previous", "shift+tab", "Previous part", "To the previous part of the screen, or field.",
        _S.CONSOLE, "app.focus_previous", in_palette=False,
    ),
)  # fmt: skip

_CONSOLE = (
    _action("find.search", "/", "Search", "Find an order by anything a customer can say, or by a filter.",
            _S.DESK, "search", footer=80),
    _action(
        "find.command", ":", "Command", "Type a screen's code, an order ID, or a verb with its arguments.",
        _S.DESK, "command_line", footer=81,
    ),
    _action("find.palette", "ctrl+p", "Palette", "Find an action by its name and run it.", _S.CONSOLE,
            "app.palette", in_palette=False),
    _action("view.help", "? f1", "Help", "What the keys do here; enter runs the chosen one.", _S.CONSOLE,
            "app.help", footer=90, command="help"),
    _action(
        "view.back", "escape", "Back", "One step back: suggestion, selection, filter, pane, screen.",
        _S.CONSOLE, "back", footer=70, is_fixed=True, in_palette=False,
    ),
    _action("view.leave", "q f3", "Leave", "Leave the view; on the dashboard, ask to sign out.", _S.BROWSE,
            "leave", footer=71),
    _action("view.refresh", "r f5", "Refresh", "Read again what is shown.", _S.DESK, "refresh_view"),
    _action("go.dashboard", "", "Dashboard", "Go to the dashboard.", _S.DESK, "app.go('DB')", command="DB"),
    _action("go.orders", "", "Orders", "Go to the list of orders.", _S.DESK, "app.go('OR')", command="OR"),
    _action("go.reconciliation", "", "Reconciliation", "The provider's settlement files and what differs.",
            _S.DESK, "app.go('RC')", command="RC"),
    _action("go.events", "", "Event problems", "What came from outside and could not be taken, or should not"
            " have been.", _S.DESK, "app.go('EP')", command="EP"),
    _action("go.messages", "", "Messages", "What the console has told you since it started.", _S.DESK,
            "app.go('ME')", command="ME"),
    _action("theme.dark", "", "Dark theme", "Light text on a dark ground.", _S.DESK, "app.use_theme('dark')",
            command="theme dark"),
    _action("theme.light", "", "Light theme", "Dark text on a light ground.", _S.DESK,
            "app.use_theme('light')", command="theme light"),
    _action("theme.ansi", "", "Terminal's colours", "The sixteen colours of your terminal.", _S.DESK,
            "app.use_theme('ansi')", command="theme ansi"),
    _action("app.copy", "ctrl+c", "Copy", "Copy the selected text; with none selected, say how to quit.",
            _S.CONSOLE, "app.copy_or_say", in_palette=False),
    _action("app.sign_out", "", "Sign out", "End the session and go back to sign-in.", _S.DESK,
            "app.sign_out", command="signout"),
    _action("app.quit", "ctrl+q", "Quit", "Leave the program.", _S.CONSOLE, "app.quit", command="quit",
            is_fixed=True),
)  # fmt: skip

_LISTS = (
    _action("list.mark", "space", "Mark", "Mark the row, or take its mark away.", _S.MARKS,
            "move('toggle_mark')", footer=40, in_palette=False),
    _action("list.mark_down", "J", "Mark downwards", "Mark the row and go one down.", _S.MARKS,
            "move('mark_down')", in_palette=False),
    _action("list.mark_up", "K", "Mark upwards", "Mark the row and go one up.", _S.MARKS,
            "move('mark_up')", in_palette=False),
    _action("list.mark_all", "*", "Mark all", "Mark every order that matches; the count is shown first.",
            _S.LIST, "mark_all"),
    _action("list.sort", "s", "Sort", "Put the rows in the next order: by date, total or ID.", _S.LIST,
            "sort"),
    _action("list.columns", "|", "Columns", "Choose the columns and their order; the choice is kept.",
            _S.LIST, "columns"),
    _action("list.filter", "f2", "Edit filter", "Edit the filter of this list.", _S.LIST, "edit_filter",
            short="filter"),
)  # fmt: skip

_PLACES_OWN = (
    _action("tile.open", _NUMBERS, "Open a tile", "Open the queue of that number.", _S.DASHBOARD, "number",
            is_numbered=True, short="tile", footer=3, in_palette=False),
    _action("queue.open", _NUMBERS, "Open a queue", "Show the queue of that number.", _S.ORDERS, "number",
            is_numbered=True, short="queue", footer=3, in_palette=False),
    _action("tile.claim_next", "C", "Claim the next", "Claim the oldest order of the tile that nobody has,"
            " and open it.", _S.DASHBOARD, "claim_next", short="claim next", footer=4, writes=True),
    _action("queue.claim_next", "C", "Claim the next", "Claim the oldest order of the list that nobody has,"
            " and open it.", _S.ORDERS, "claim_next", short="claim next", footer=44, writes=True),
    _action("orders.flow_pane", "z", "View flow", "Show or hide the items of the order under the cursor.",
            _S.ORDERS, "toggle_flow_pane", short="items", footer=41),
    _action("tab.open", _NUMBERS, "Open a tab", "Show the tab of that number.", _S.PROFILE, "number",
            is_numbered=True, short="tab", footer=3, in_palette=False),
    _action("part.next", "tab", "Next part", "To the next part of the tab: Summary, Details, Documents,"
            " Invoices.", _S.PROFILE, "part(1)", short="part", footer=2, in_palette=False),
    _action("part.previous", "shift+tab", "Previous part", "To the previous part of the tab.", _S.PROFILE,
            "part(-1)", in_palette=False),
    _action("order.previous", "[", "Previous order", "The previous order of the list you came from.",
            _S.PROFILE, "sibling(-1)", short="previous"),
    _action("order.next", "]", "Next order", "The next order of the list you came from.", _S.PROFILE,
            "sibling(1)", short="next"),
    _action("order.item_flow", "i", "Item flow", "The flow of the line under the cursor.", _S.PROFILE,
            "item_flow", footer=43),
    _action("order.flow", "t", "Flow", "The tasks that take the order from start to end.", _S.ORDER,
            "order_flow", footer=42),
    _action("flow.task", "t", "Task", "On a task of the flow: run it now, approve, its runs.", _S.FLOW,
            "task_menu", footer=2),
    _action("shipment.flow", "t", "Delivery flow", "The tasks that take the shipment to its customer.",
            _S.SHIPMENT, "shipment_flow", short="flow", footer=2),
    _action("order.copy", "y", "Copy the ID", "Copy the order's ID to the clipboard.", _S.ORDER, "copy_id",
            short="copy ID"),
    _action("box.next", "down", "Next", "To the next entry.", _S.BOX, "next_hit",
            in_palette=False),
    _action("box.previous", "up", "Previous", "To the previous entry.", _S.BOX, "previous_hit",
            in_palette=False),
    _action("box.complete", "tab", "Complete", "Take over the suggestion under the cursor.", _S.BOX,
            "complete", in_palette=False),
    _action("search.list", "f9", "All in Orders", "Show everything that matches in Orders.", _S.SEARCH,
            "list_all", short="all in Orders", footer=2, in_palette=False),
    _action("columns.show", "space", "Show", "Show the column, or hide it.", _S.COLUMNS,
            "move('toggle_mark')", in_palette=False),
    _action("columns.down", "J", "Move down", "Move the column one place on.", _S.COLUMNS,
            "move('mark_down')", in_palette=False),
    _action("columns.up", "K", "Move up", "Move the column one place back.", _S.COLUMNS,
            "move('mark_up')", in_palette=False),
    _action("columns.reset", "r", "As delivered", "Back to the columns that suit the width.", _S.COLUMNS,
            "reset", in_palette=False),
    _action("form.accept", "f9", "Commit", "Do what the form's lower half says.", _S.FORM, "accept", footer=1,
            in_palette=False),
    _action("form.cancel", "f12 f3", "Put away", "Leave the form; nothing is changed.", _S.FORM,
            "cancel_form", in_palette=False),
    _action("form.suggestion", "f6", "Take over the suggestion", "Write the address as its country would.",
            _S.ADDRESS, "suggestion", short="take over", in_palette=False),
    _action("menu.pick", _NUMBERS, "Pick an entry", "Take the entry of that number.", _S.MENU, "number",
            is_numbered=True, short="pick", in_palette=False),
    _action("form.force", "f7", "Go on to Force", "From Correct to Force address, with what is typed.",
            _S.ADDRESS, "force", short="force", in_palette=False),
    _action("pile.accept", "f9", "Commit", "Do it to every order that the list says can.", _S.PILE, "accept",
            footer=1, in_palette=False),
    _action("pile.stop", "f12", "Stop", "Stop after the order in hand; before and after, put the list away.",
            _S.PILE, "stop", in_palette=False),
    _action("pile.again", "R", "Try again", "Plan the orders anew that were not done, and try them again.",
            _S.PILE, "again", in_palette=False),
    _action("pile.copy", "y", "Copy their IDs", "Copy the IDs of the orders that were not done.", _S.PILE,
            "copy_ids", in_palette=False),
    _action("settlement.filter", _NUMBERS, "Show rows", "Show the rows that stand so: open, mended, all.",
            _S.SETTLEMENT, "number", is_numbered=True, short="filter", footer=3, in_palette=False),
    _action("settlement.accept", "A", "Accept", "Accept the difference as it is, with a note.", _S.SETTLEMENT,
            "accept_difference", footer=4, writes=True),
    _action("settlement.order", "O", "Open the order", "Open the order that the row is about.", _S.SETTLEMENT,
            "open_order", short="order", footer=5),
    _action("events.state", "1 2 3 4", "Show others", "Problems, waiting, kept for returns, parked.",
            _S.EVENTS, "number", is_numbered=True, short="show", footer=2, in_palette=False),
    _action("events.replay", "R", "Replay", "Try the event, or the marked ones, once more as things are now.",
            _S.EVENTS, "settle('replay')", footer=3, writes=True),
    _action("events.park", "P", "Park", "Put it aside with a note: somebody has seen it.", _S.EVENTS,
            "settle('park')", footer=4, writes=True),
    _action("events.stop", "S", "Stop the parcel", "Ask the location again to stop a parcel.",
            _S.EVENTS, "settle('stop')", short="stop", footer=5, writes=True),
    _action("events.ship", "A", "Ship anyway", "Let such a parcel go: what the event says is a fact.",
            _S.EVENTS, "settle('ship')", short="ship", footer=6, writes=True),
    _action("events.take", "T", "Take as a fact", "Take money as moved that nobody asked for.",
            _S.EVENTS, "settle('take')", short="take", footer=7, writes=True),
    _action("events.order", "O", "Open the order", "Open the order that the event is about.", _S.EVENTS,
            "open_order", short="order", footer=8),
    _action("sign_in.accept", "f9", "Sign in", "Sign in with what the fields hold, as enter in the last.",
            _S.SIGN_IN, "accept", footer=1, footer_key="enter", in_palette=False),
    _action("desk.retry", "r f5", "Try again", "Try to open the desk again.", _S.SIGN_IN, "retry", footer=2,
            in_palette=False),
    _action("role.pick", "1 2 3", "Pick a person", "Sign in as that person of the sample data.", _S.SIGN_IN,
            "number", is_numbered=True, short="pick", footer=1, in_palette=False),
)  # fmt: skip


def _of_verb(place: int, verb: "Verb") -> Action:
    return Action(
        id=verb.id,
        keys=(verb.key,),
        label=verb.label,
        short=verb.command,
        help=verb.help,
        scope=Scope.ORDER,
        run="verbs",
        footer=10 + place,
        writes=verb.writes,
        command=verb.command,
        verb=verb,
    )


PLAIN_ACTIONS: tuple[Action, ...] = (*_MOVEMENTS, *_CONSOLE, *_LISTS, *_PLACES_OWN)
"""Every action but the verbs: enough for the first frame, which must not wait for the domain to load."""


@lru_cache(maxsize=1)
def all_actions() -> tuple[Action, ...]:
    """Every action there is, the verbs last."""
    from oms_tui.verbs import VERBS

    return (*PLAIN_ACTIONS, *(_of_verb(place, verb) for place, verb in enumerate(VERBS)))


def __getattr__(name: str) -> object:
    """`ACTIONS`, made when it is first asked for."""
    if name == "ACTIONS":
        return all_actions()
    raise AttributeError(name)


def action(action_id: str) -> Action:
    """The action of that id.

    Raises:
        KeyError: there is none.
    """
    for row in PLAIN_ACTIONS:
        if row.id == action_id:
            return row
    for row in all_actions():
        if row.id == action_id:
            return row
    raise KeyError(action_id)


def known_ids() -> tuple[str, ...]:
    """The ids of all actions."""
    return tuple(row.id for row in all_actions())


def actions_in(*scopes: Scope) -> Iterator[Action]:
    """The actions of these scopes and of all they lie in, the narrowest scope's first."""
    wanted = list(dict.fromkeys(outer for scope in scopes for outer in with_parents(scope)))
    rows = all_actions() if Scope.ORDER in wanted else PLAIN_ACTIONS
    for scope in sorted(wanted, key=_depth, reverse=True):
        yield from (one for one in rows if one.scope is scope)


def _depth(scope: Scope) -> int:
    return max((_depth(parent) for parent in PARENTS[scope]), default=-1) + 1

"""The frame that every screen of the desk stands in: top line, rule, content, rule, key line.

A screen says what is in it (`compose_content`), where it is (`CODE`, `PLACE`), which actions it knows
(`SCOPES`) and which order its verbs are about (`order_id`, `subject`). The frame gives keys, movement, verbs,
the way back, and tells it when the desk changed (`refresh_view`).
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Generic

from textual import events, getters
from textual.app import ComposeResult
from textual.containers import Container
from textual.geometry import Size
from textual.screen import ModalScreen, Screen, ScreenResultType
from textual.widget import Widget

from oms_tui.screens import movement
from oms_tui.screens.actions import Action
from oms_tui.screens.bindings import bindings_for
from oms_tui.screens.console import Console, DeskChanged, FreshnessChanged
from oms_tui.screens.hints import hints_for
from oms_tui.screens.scopes import Scope
from oms_tui.screens.verbs_here import VerbsHere
from oms_tui.widgets.key_line import KeyLine
from oms_tui.widgets.leaving import Leavable
from oms_tui.widgets.too_small import LEAST_HEIGHT, LEAST_WIDTH, TooSmall
from oms_tui.widgets.top_line import TopFacts, TopLine

if TYPE_CHECKING:
    from oms_tui.verbs import Subject

WIDTHS = [(0, "-tiny"), (LEAST_WIDTH, "-narrow"), (80, "-normal"), (120, "-wide")]
HEIGHTS = [(0, "-flat"), (LEAST_HEIGHT, "-tall")]


def classes_for(size: Size) -> list[str]:
    """The classes of the breakpoints for a size. A screen that has them from the start is styled once."""
    width = next(name for least, name in reversed(WIDTHS) if size.width >= least)
    height = next(name for least, name in reversed(HEIGHTS) if size.height >= least)
    return [width, height]


def stand_in_if_small(screen: Screen[Any], size: Size) -> None:
    """Give a screen its stand-in, the first time that it is too small; the base sheet shows it."""
    is_small = size.width < LEAST_WIDTH or size.height < LEAST_HEIGHT
    if is_small and not screen.query(TooSmall):
        screen.mount(TooSmall())


class DeskScreen(Leavable, Screen[None]):
    """A screen of the desk, for somebody who is signed in."""

    app = getters.app(Console)
    CODE: ClassVar[str] = ""
    """Its short code, in the corner (spec 7)."""
    PLACE: ClassVar[str] = ""
    """Its name, beside the code."""
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.DESK,)
    """The actions it knows."""
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    BLANK = True  # its widgets cover it
    AUTO_FOCUS = ""
    TAKES_EARLY_KEYS: ClassVar[bool] = True
    """Whether it gets keys that were pressed while it was opening."""

    top = getters.query_one("#top", TopLine)
    keys = getters.query_one("#keys", KeyLine)

    def __init__(self) -> None:
        super().__init__()
        self._bindings = bindings_for(self.SCOPES, self.app.keys)
        self.add_class(*classes_for(self.app.size))
        self._seen_change = self.app.session.change_number
        self.verbs_here = VerbsHere(self)
        self.keys_first: tuple[str, ...] = ()
        """Ids of the actions that the key line names first, where there is not room for all."""

    def compose(self) -> ComposeResult:
        """The frame, with the screen's own content in it."""
        yield TopLine(id="top", ascii_only=self.app.ascii_only)
        with Container(id="content"):
            yield from self.compose_content()
        yield KeyLine(id="keys", ascii_only=self.app.ascii_only)

    # -- what a screen says of itself ----------------------------------------------------------------------

    def compose_content(self) -> Iterable[Widget]:
        """What stands between the two rules."""
        return ()

    def place_title(self) -> str:
        """What the top line calls it."""
        return self.PLACE

    def main_widget(self) -> Widget | None:
        """What movement is for when the focus is on something that does not move (a box to type in)."""
        return None

    @property
    def order_id(self) -> str | None:
        """The order that verbs and `y` are about now."""
        subject = self.subject()
        return None if subject is None else subject.order.id

    def subject(self) -> "Subject | None":
        """That order as a value, once it is known; the verbs look at it to say whether they can be done."""
        return None

    async def take_key(self, event: events.Key) -> bool:
        """Use a key that nothing else took; True: it was used."""
        return False

    def offers(self, row: Action) -> bool:
        """Whether the key line names this action now, if its key is free. Its key works all the same."""
        is_root = len(self.app.screen_stack) == 1 and self.app.current_mode == "dashboard"
        return not (is_root and row.id == "view.back")

    def refuses(self, row: Action) -> bool:
        """Whether an action that is no verb is not for this person: dim in the key line, its key says why."""
        return False

    def step_back(self) -> bool:
        """Take one step back within the screen (selection, filter, pane); False: there is none."""
        return False

    def refresh_view(self) -> None:
        """Read again what is shown, without moving the cursor: somebody asked, or the desk changed."""

    # -- the lines at the top and bottom -------------------------------------------------------------------

    def tell_top(self, state: str = "") -> None:
        """Say in the top line where one is, as whom, and how fresh; `state` says "refreshing" meanwhile."""
        console = self.app
        desk = console.desk
        actor = console.actor if console.is_signed_in else None
        live = "live" if console.session.is_live else "not live"
        self.top.tell(
            TopFacts(
                code=self.CODE,
                title=self.place_title(),
                desk=desk.name if desk else "",
                person=actor.display_name if actor else "",
                role="" if actor is None else actor.roles_text,
                time=f"{console.clock.now().astimezone(console.zone):%H:%M}" if desk else "",
                zone=console.zone.key if desk else "",
                state=state or ("" if actor is None else "read-only" if desk and desk.is_read_only else live),
            )
        )

    def tell_keys(self, note: str | None = None) -> None:
        """Say in the key line what can be pressed now; `note` stands at its right edge, None leaves it."""
        hints = hints_for(
            self, self.SCOPES, self.app.keys, self.verbs_here, self.offers, self.keys_first, self.refuses
        )
        self.keys.tell(hints, note)

    # -- the frame at work ---------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Fill the lines."""
        self.tell_top()
        self.tell_keys()

    def on_resize(self, event: events.Resize) -> None:
        """Have a line to stand for the screen where there is no room for it."""
        stand_in_if_small(self, event.size)

    def on_screen_resume(self) -> None:
        """Catch up with what happened while another screen stood in front."""
        if not self.is_mounted or not self.app.is_signed_in:
            return
        self.tell_top()
        self.tell_keys()
        if self._seen_change != self.app.session.change_number:
            self._seen_change = self.app.session.change_number
            self.refresh_view()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Other keys are valid where the focus went."""
        self.tell_keys()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """And where it left."""
        self.tell_keys()

    def on_desk_changed(self, event: DeskChanged) -> None:
        """Read again, once for a burst of changes."""
        if event.number > self._seen_change:
            self._seen_change = self.app.session.change_number
            self.refresh_view()

    def on_freshness_changed(self, event: FreshnessChanged) -> None:
        """Say the time, and whether the screen is live."""
        self.tell_top()

    # -- actions -------------------------------------------------------------------------------------------

    async def action_move(self, what: str) -> None:
        """Move in what has the focus, or else in the main part of the screen."""
        await movement.move(self.focused, self.main_widget(), what)

    async def action_back(self) -> None:
        """One step back: out of errors shown, a box, a selection, a filter, a pane, the screen."""
        if self.app.put_errors_away() or self.step_back():
            return
        focused, main = self.focused, self.main_widget()
        is_typing = focused is not None and focused.check_consume_key("x", "x")
        if is_typing and main is not None and main.focusable:
            main.focus()
        else:
            await self.leave(is_asking=False)

    async def action_leave(self) -> None:
        """Leave the view; at the root ask to sign out."""
        await self.leave(is_asking=True)

    async def leave(self, *, is_asking: bool) -> None:
        """Go where one came from. At the root: ask to sign out, or stay if `is_asking` is false."""
        if len(self.app.screen_stack) > 1:
            await self.app.pop_screen()
        elif self.app.current_mode != "dashboard":
            await self.app.action_go("DB")
        elif is_asking:
            self.app.ask_to_sign_out()

    def action_refresh_view(self) -> None:
        """Read again what is shown."""
        self.refresh_view()

    async def action_search(self) -> None:
        """Open the search box."""
        from oms_tui.screens.search import SearchBox

        await self.app.push_screen(SearchBox())

    async def action_command_line(self) -> None:
        """Open the command line."""
        from oms_tui.screens.command_line import CommandLine

        await self.app.push_screen(CommandLine(self))

    async def action_verbs(self, key: str) -> None:
        """Start the verb of that key; of several that can be done, the one chosen from a short menu."""
        await self.verbs_here.press(key)

    async def action_copy_id(self) -> None:
        """Copy the order's ID."""
        if self.order_id is None:
            self.app.toast("There is no order here to copy", "warning")
        else:
            self.app.copy(self.order_id, self.order_id)

    async def action_order_flow(self) -> None:
        """Show the flow of the order."""
        if self.order_id is None:
            self.app.toast("There is no order here whose flow could be shown", "warning")
            return
        from oms_tui.screens.flow.screen import open_flow  # loaded with the first flow

        await open_flow(self.app, self.order_id)

    async def run_action_row(self, row: Action) -> None:
        """Start an action as its key would: for help, the palette and the command line."""
        if row.verb is not None:
            await self.verbs_here.start(row.verb)
        else:
            await self.run_action(row.run)


class Overlay(Leavable, ModalScreen[ScreenResultType], Generic[ScreenResultType]):
    """A box over a screen: help, search, a question, a form. It answers with a value when put away."""

    app = getters.app(Console)
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.CONSOLE,)
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    TAKES_EARLY_KEYS: ClassVar[bool] = False
    """Whether it gets keys that were pressed while it was opening. A form never does (U1)."""

    def __init__(self) -> None:
        super().__init__()
        self._bindings = bindings_for(self.SCOPES, self.app.keys)
        self.add_class(*classes_for(self.app.size))

    def compose(self) -> ComposeResult:
        """The box."""
        yield from self.compose_box()

    def on_resize(self, event: events.Resize) -> None:
        """Have a line to stand for the box where there is no room for it."""
        stand_in_if_small(self, event.size)

    def compose_box(self) -> Iterable[Widget]:
        """What is in the box."""
        return ()

    def main_widget(self) -> Widget | None:
        """What movement is for when the focus is on something that does not move."""
        return None

    def step_back(self) -> bool:
        """Take one step back within the box; False: put it away."""
        return False

    async def action_move(self, what: str) -> None:
        """Move in what has the focus, or else in the main part of the box."""
        await movement.move(self.focused, self.main_widget(), what)

    async def action_back(self) -> None:
        """One step back; the last one puts the box away without an answer."""
        if not (self.app.put_errors_away() or self.step_back()):
            self.dismiss(None)

    async def action_leave(self) -> None:
        """Put the box away."""
        self.dismiss(None)

"""The console as its screens see it: who is signed in, on what desk, and the ways to another place.

Screens reach it as `self.app`. The program's wiring is `oms_tui.app`; this class holds what screens share. It
is loaded before the first frame, so whatever brings the domain with it is imported where it is used.
"""

import os
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, Protocol

from textual import events
from textual.message import Message

from oms_tui.clock import Clock, SystemClock
from oms_tui.screens.session import Session
from oms_tui.screens.telling import Telling
from oms_tui.screens.typed_ahead import TypedAhead
from oms_tui.widgets.leaving import Leavable

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from oms_tui.backend import Backend
    from oms_tui.backend.errors import BackendError
    from oms_tui.config import Settings
    from oms_tui.domain.answers import DeskInfo
    from oms_tui.domain.people import Actor
    from oms_tui.screens.finder import Entry
    from oms_tui.screens.keymap import Keys
    from oms_tui.screens.profile.opening import Profiles
    from oms_tui.verbs import Policy

MODES_BY_CODE: Mapping[str, str] = MappingProxyType({"SI": "sign-in", "DB": "dashboard", "OR": "orders"})
"""Code of a main place -> its mode."""


class Neighbours(Protocol):
    """The list an order was opened from: what `[` and `]` walk through."""

    async def neighbour(self, order_id: str, step: Literal[1, -1]) -> str | None:
        """The order after (1) or before (-1) this one; None past either end."""


class DeskChanged(Message):
    """Something changed in the desk, made by whoever. Of several in a row the last one counts."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def can_replace(self, message: Message) -> bool:
        """A later change makes the earlier news void."""
        return isinstance(message, DeskChanged)


class FreshnessChanged(Message):
    """Changes made by others began or ceased to reach the screen, or the minute is over."""


class Console(Leavable, Telling):
    """What every screen may ask of the program it runs in."""

    def __init__(
        self,
        backend: "Backend | Callable[[], Backend]",
        settings: "Settings",
        clock: Clock | None = None,
    ) -> None:
        """Make a console on a desk.

        Args:
            backend: the desk's door, or what makes it once the first frame is painted.
            settings: as read from the config file.
            clock: for tests; the machine's where none is given.
        """
        super().__init__(clock or SystemClock())
        self.session = Session(backend)
        self.settings = settings
        self._keys: tuple[Keys, tuple[str, ...]] | None = None
        self.typed_ahead = TypedAhead(self)
        """What was typed before what it was meant for was there."""
        self._profiles: Profiles | None = None

    # -- what screens look at ------------------------------------------------------------------------------

    @property
    def backend(self) -> "Backend":
        """The desk's door; see `Session.backend`."""
        return self.session.backend

    @property
    def desk(self) -> "DeskInfo | None":
        """What is known of the desk; None while it opens."""
        return self.session.desk

    @property
    def actor(self) -> "Actor":
        """The person signed in; see `Session.actor`."""
        return self.session.actor

    @property
    def is_signed_in(self) -> bool:
        """Whether somebody is signed in."""
        return self.session.is_signed_in

    @property
    def policy(self) -> "Policy":
        """The rules in force."""
        return self.session.policy

    @property
    def zone(self) -> "ZoneInfo":
        """The business time zone, in which times are shown."""
        return self.session.zone

    @property
    def keys(self) -> "Keys":
        """The keys in force."""
        return self._read_keys()[0]

    @property
    def keymap_problems(self) -> tuple[str, ...]:
        """What is wrong with the user's keymap; with anything wrong, the defaults are in force."""
        return self._read_keys()[1]

    def _read_keys(self) -> "tuple[Keys, tuple[str, ...]]":
        if self._keys is None:
            from oms_tui.screens.keymap import read_keymap

            self._keys = read_keymap(self.settings.keymap)
        return self._keys

    @property
    def ascii_only(self) -> bool:
        """Whether the terminal lacks UTF-8, so that signs need stand-ins."""
        names = (os.environ.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG"))
        locale = next(filter(None, names), "utf-8")
        return "utf" not in locale.lower()

    # -- telling -------------------------------------------------------------------------------------------

    def tell_error(self, error: "BackendError") -> None:
        """Say what the desk answered; a session that is over leads back to sign-in."""
        from oms_tui.backend.errors import SignedOut

        if isinstance(error, SignedOut):
            self.call_later(self.end_session, str(error))
        else:
            self.toast(str(error), "error")

    def copy(self, value: str, what: str) -> None:
        """Send a value to the terminal's clipboard; `what` names it. No terminal says whether it arrived."""
        from oms_tui.text import without_controls

        self.copy_to_clipboard(without_controls(value))
        self.toast(f"Sent {what} to the clipboard")

    # -- going ---------------------------------------------------------------------------------------------

    async def begin(self) -> None:
        """The first frame is painted: go on."""
        raise NotImplementedError

    async def open_order(self, order_id: str, *, siblings: Neighbours | None = None, tab: str = "") -> None:
        """Open an order's profile on top of what is shown; `siblings` is the list it was opened from."""
        if self._profiles is None:
            from oms_tui.screens.profile.opening import Profiles  # loaded when first opened

            self._profiles = Profiles(self)
        await self._profiles.open(order_id, siblings, tab)

    async def open_orders(self, filter_text: str, *, title: str = "") -> None:
        """Show the orders that a filter finds, under a title ("Fraud review") if the filter has one.

        An order that was left open over the list is put away: it is not of what was asked for.
        """
        from oms_tui.screens.orders import OrdersScreen

        with self.batch_update():
            await self.action_go("OR")
            if self.current_mode == "orders":
                await self._to_own_screen()
        screen = self.screen
        if isinstance(screen, OrdersScreen):
            await screen.show_filter(filter_text, title=title)

    async def action_go(self, code: str) -> None:
        """Go to the place with this code ("DB", "OR", "EP"); at a place, back to its own screen."""
        if code in ("EP", "RC"):
            from oms_tui.screens import events, settling

            await (events.open_events if code == "EP" else settling.open_settlements)(self)
            return
        if code == "ME":
            from oms_tui.screens.messages import MessagesScreen

            await self.push_screen(MessagesScreen())
            return
        if code == "OR" and self.actor.desk_role is None:
            self.toast("Orders are for CS, NM and OP; you are signed in as AD", "warning")
            return
        mode = MODES_BY_CODE[code]
        if mode == self.current_mode:
            await self._to_own_screen()
        await self.switch_mode(mode)

    async def _to_own_screen(self) -> None:
        while len(self.screen_stack) > 1:
            await self.pop_screen()

    # -- coming and leaving --------------------------------------------------------------------------------

    async def enter(self, actor: "Actor") -> None:
        """Somebody signed in: follow the desk, open their dashboard.

        Raises:
            BackendError: the desk did not let them in after all.
        """
        from oms_tui.screens.live import follow_changes

        await self.session.begin(actor)
        self.run_worker(follow_changes(self), group="live", exclusive=True)
        await self.switch_mode("dashboard")
        for warning in (*self.keymap_problems, *(self.desk.warnings if self.desk else ())):
            self.toast(warning, "warning")

    def ask_to_sign_out(self) -> None:
        """Ask whether to end the session."""
        from oms_tui.screens.choose import Ask

        async def answered(is_sure: bool | None) -> None:
            if is_sure:
                await self.action_sign_out()

        name = self.actor.display_name
        self.push_screen(Ask(f"Sign {name} out?", yes="Sign out", no="Stay"), answered)

    async def action_sign_out(self) -> None:
        """End the session and go back to sign-in."""
        from oms_tui.backend.errors import BackendError

        try:
            await self.backend.sign_out()
        except BackendError as error:
            self.toast(str(error), "error")
        await self.end_session("")

    async def end_session(self, why: str) -> None:
        """Forget who was here and everything they looked at; sign-in says `why` if there is a reason."""
        if not self.is_signed_in:
            return
        self.session.end(why)
        await self.switch_mode("sign-in")
        for mode in set(MODES_BY_CODE.values()) - {"sign-in"}:
            await self.remove_mode(mode)
            self.add_mode(mode, self.MODES[mode])
        if self._profiles is not None:
            await self._profiles.forget()
        self.clear_notifications()

    # -- actions of the console ----------------------------------------------------------------------------

    def action_palette(self) -> None:
        """Open the palette of the screen in front."""
        from oms_tui.screens.base import DeskScreen
        from oms_tui.screens.palette import palette_for

        screen = self.screen
        if isinstance(screen, DeskScreen) and self.is_signed_in:
            self.push_screen(palette_for(screen), self._run_entry)

    def action_help(self) -> None:
        """Open the help for what has the focus."""
        from oms_tui.screens.base import DeskScreen, Overlay
        from oms_tui.screens.finder import Finder
        from oms_tui.screens.palette import help_for

        screen = self.screen
        if isinstance(screen, DeskScreen | Overlay) and not isinstance(screen, Finder):
            self.push_screen(help_for(screen), self._run_entry)

    async def _run_entry(self, entry: "Entry | None") -> None:
        if entry is not None and entry.run is not None:
            await entry.run()

    def action_use_theme(self, name: str) -> None:
        """Use the theme of that name until the console is left."""
        self.theme = name

    def action_copy_or_say(self) -> None:
        """Copy the selected text; with none selected, say how to quit."""
        text = self.screen.get_selected_text()
        if text:
            self.copy(text, "the selection")
            self.screen.clear_selection()
        else:
            self.toast(f"Nothing is selected to copy. {self.keys.shown('app.quit')} quits.")

    def action_help_quit(self) -> None:
        """What the framework does on ctrl+c where no screen of ours stands."""
        self.action_copy_or_say()

    # -- keys typed ahead, news ----------------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        """Remember for which screen each key was meant; keep it while nothing can use keys."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            if self.typed_ahead.keeps(event):
                echo = getattr(self.screen, "echo", None)  # the picture of sign-in shows it meanwhile
                if echo is not None:
                    echo(self.typed_ahead.first_word)
                return
            if isinstance(event, events.Key):
                self.put_read_away()
        await super().on_event(event)

    async def on_key(self, event: events.Key) -> None:
        """A key that nothing took."""
        await self.typed_ahead.settle(event)

    def heard_of_change(self) -> None:
        """Something changed in the desk: the screen in front reads again, others when they come back."""
        self.session.change_number += 1
        self.screen.post_message(DeskChanged(self.session.change_number))

    def set_live(self, is_live: bool) -> None:
        """Say whether changes made by others reach the screen."""
        if is_live != self.session.is_live:
            self.session.is_live = is_live
            self.screen.post_message(FreshnessChanged())

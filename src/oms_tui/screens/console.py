"""The console as its screens see it: who is signed in, on what desk, and the ways to another place.

Screens reach it as `self.app`. The program's wiring is `oms_tui.app`; this class holds what screens share.
"""

import os
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, Protocol
from zoneinfo import ZoneInfo

from textual import events
from textual.app import App
from textual.message import Message
from textual.screen import Screen

from oms_tui.backend import Backend
from oms_tui.backend.errors import BackendError, SignedOut
from oms_tui.clock import Clock, SystemClock
from oms_tui.config import Settings
from oms_tui.domain.answers import DeskInfo
from oms_tui.domain.people import Actor, Role
from oms_tui.screens.keymap import Keys, read_keymap
from oms_tui.text import clean, without_controls
from oms_tui.verbs import Policy

if TYPE_CHECKING:
    from oms_tui.screens.finder import Entry

Severity = Literal["information", "warning", "error"]
ERROR_TOAST_SECONDS = 86_400.0
"""An error stays until somebody puts it away."""
TOAST_SECONDS = 5.0
MOST_MESSAGES = 500
"""Messages kept for the message log."""
KEYS_UNDER_WAY = 64
"""Keys that may be on their way through the widgets at once."""
MODES_BY_CODE: Mapping[str, str] = MappingProxyType({"SI": "sign-in", "DB": "dashboard", "OR": "orders"})
"""Code of a main place -> its mode."""


class Neighbours(Protocol):
    """The list an order was opened from: what `[` and `]` walk through."""

    async def neighbour(self, order_id: str, step: Literal[1, -1]) -> str | None:
        """The order after (1) or before (-1) this one; None past either end."""


@dataclass(frozen=True, slots=True)
class Told:
    """Something the console told its person."""

    at: datetime
    severity: Severity
    text: str


class Console(App[int]):
    """What every screen may ask of the program it runs in."""

    def __init__(self, backend: Backend, settings: Settings, clock: Clock | None = None) -> None:
        super().__init__()
        self.backend = backend
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        self.keys, self.keymap_problems = _keys_of(settings)
        self.policy = Policy()
        """The rules in force; the desk's own once somebody is signed in."""
        self.desk: DeskInfo | None = None
        """What is known of the desk; None while it opens."""
        self.is_live = False
        """Whether changes made by others reach the screen."""
        self.change_number = 0
        """Grows with every change in the desk that we hear of."""
        self.messages: list[Told] = []
        """What was told, oldest first."""
        self.parting = ""
        """Why the last session ended, if somebody must be told."""
        self.sample_role: Role | None = None
        """Of sample data: the role to sign in with at once, the first time."""
        self._actor: Actor | None = None
        self._key_screens: deque[tuple[events.Key, Screen[Any]]] = deque(maxlen=KEYS_UNDER_WAY)

    # -- who and where -------------------------------------------------------------------------------------

    @property
    def actor(self) -> Actor:
        """The person signed in.

        Raises:
            RuntimeError: nobody is; no screen of the desk is open then.
        """
        if self._actor is None:
            raise RuntimeError("nobody is signed in")
        return self._actor

    @property
    def is_signed_in(self) -> bool:
        """Whether somebody is signed in."""
        return self._actor is not None

    @property
    def zone(self) -> ZoneInfo:
        """The business time zone, in which times are shown."""
        return ZoneInfo(self.desk.time_zone if self.desk else "UTC")

    @property
    def ascii_only(self) -> bool:
        """Whether the terminal lacks UTF-8, so that signs need stand-ins."""
        names = (os.environ.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG"))
        locale = next(filter(None, names), "utf-8")
        return "utf" not in locale.lower()

    # -- telling -------------------------------------------------------------------------------------------

    def toast(self, text: str, severity: Severity = "information") -> None:
        """Tell what happened, in the past tense and naming the thing. Errors stay until they are put away."""
        safe = clean(text)
        self.messages = [*self.messages, Told(self.clock.now(), severity, safe)][-MOST_MESSAGES:]
        seconds = ERROR_TOAST_SECONDS if severity == "error" else TOAST_SECONDS
        self.notify(safe, severity=severity, timeout=seconds, markup=False)

    def copy(self, value: str, what: str) -> None:
        """Send a value to the terminal's clipboard; `what` names it. No terminal says whether it arrived."""
        self.copy_to_clipboard(without_controls(value))
        self.toast(f"Sent {what} to the clipboard")

    def put_errors_away(self) -> bool:
        """Take the errors off the screen; the message log keeps them. False: there was none."""
        has_errors = bool(self.screen.query("Toast.-error"))
        if has_errors:
            self.clear_notifications()
        return has_errors

    # -- going ---------------------------------------------------------------------------------------------

    async def open_order(self, order_id: str, *, siblings: Neighbours | None = None, tab: str = "") -> None:
        """Open an order's profile on top of what is shown; `siblings` is the list it was opened from."""
        from oms_tui.screens.profile import ProfileScreen  # loaded when first opened

        await self.push_screen(ProfileScreen(order_id, siblings=siblings, tab=tab))

    async def open_orders(self, filter_text: str, *, title: str = "") -> None:
        """Show the orders that a filter finds, under a title ("Fraud review") if the filter has one."""
        from oms_tui.screens.orders import OrdersScreen

        await self.action_go("OR")
        screen = self.screen
        if isinstance(screen, OrdersScreen):
            await screen.show_filter(filter_text, title=title)

    async def action_go(self, code: str) -> None:
        """Go to the place with this code ("DB", "OR", "ME"); at a place, back to its own screen."""
        if code == "ME":
            from oms_tui.screens.messages import MessagesScreen

            await self.push_screen(MessagesScreen())
            return
        if code == "OR" and self.actor.desk_role is None:
            self.toast("Orders are for CS, NM and OP; you are signed in as AD", "warning")
            return
        mode = MODES_BY_CODE[code]
        if mode == self.current_mode:
            while len(self.screen_stack) > 1:
                await self.pop_screen()
        await self.switch_mode(mode)

    def ask_to_sign_out(self) -> None:
        """Ask whether to end the session."""
        from oms_tui.screens.choose import Ask

        async def answered(is_sure: bool | None) -> None:
            if is_sure:
                await self.action_sign_out()

        name = self.actor.display_name
        self.push_screen(Ask(f"Sign {name} out?", yes="Sign out", no="Stay"), answered)

    async def enter(self, actor: Actor) -> None:
        """Somebody signed in: take the rules in force, follow the desk, open their dashboard."""
        from oms_tui.screens.live import follow_changes

        self.policy = await self.backend.policy()
        self._actor = actor
        self.parting = ""
        self.run_worker(follow_changes(self), group="live", exclusive=True)
        await self.switch_mode("dashboard")
        for warning in (*self.keymap_problems, *(self.desk.warnings if self.desk else ())):
            self.toast(warning, "warning")

    async def action_sign_out(self) -> None:
        """End the session and go back to sign-in."""
        try:
            await self.backend.sign_out()
        except BackendError as error:
            self.toast(str(error), "error")
        await self.end_session("")

    async def end_session(self, why: str) -> None:
        """Forget who was here and everything they looked at; sign-in says `why` if there is a reason."""
        if not self.is_signed_in:
            return
        self._actor = None
        self.parting = why
        self.is_live = False
        await self.switch_mode("sign-in")
        for mode in MODES_BY_CODE.values():
            if mode != "sign-in":
                screen = self.MODES[mode]
                await self.remove_mode(mode)
                self.add_mode(mode, screen)
        self.clear_notifications()

    def tell_error(self, error: BackendError) -> None:
        """Say what the desk answered; a session that is over leads back to sign-in."""
        if isinstance(error, SignedOut):
            self.call_later(self.end_session, str(error))
        else:
            self.toast(str(error), "error")

    # -- actions of the console --------------------------------------------------------------------------

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

    # -- keys typed ahead ------------------------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        """Remember for which screen each key was meant."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            self._key_screens.append((event, self.screen))
        await super().on_event(event)

    async def on_key(self, event: events.Key) -> None:
        """A key that nothing took. Where the screen changed under it, it goes to the new one."""
        meant_for = next((screen for key, screen in self._key_screens if key is event), self.screen)
        if meant_for is not self.screen:
            event.prevent_default()
            event.stop()
            if getattr(self.screen, "TAKES_EARLY_KEYS", False):
                await self.on_event(events.Key(event.key, event.character))
        elif await self._is_taken(event):
            event.prevent_default()

    async def _is_taken(self, event: events.Key) -> bool:
        take_key = getattr(self.screen, "take_key", None)
        return take_key is not None and await take_key(event)

    # -- live ----------------------------------------------------------------------------------------------

    def heard_of_change(self) -> None:
        """Something changed in the desk: the screen in front reads again, others when they come back."""
        self.change_number += 1
        self.screen.post_message(DeskChanged(self.change_number))

    def set_live(self, is_live: bool) -> None:
        """Say whether changes made by others reach the screen."""
        if is_live != self.is_live:
            self.is_live = is_live
            self.screen.post_message(FreshnessChanged())


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


def _keys_of(settings: Settings) -> tuple[Keys, tuple[str, ...]]:
    return read_keymap(settings.keymap)

"""Keys typed ahead: those pressed while another screen opens belong to that screen (architecture 7).

While nothing can use keys (the program starts, somebody is being signed in) they are kept, in the order they
were pressed, and delivered once something can.
"""

import asyncio
from collections import deque
from contextlib import suppress
from itertools import takewhile
from typing import TYPE_CHECKING, Any, TypeAlias

from textual import events
from textual.screen import Screen

if TYPE_CHECKING:
    from textual.app import App
    from textual.dom import DOMNode

KEYS_UNDER_WAY = 64
"""Keys that may be on their way through the widgets at once."""
MOST_KEPT = 1_000
"""Keys kept while nothing can use them; more are a cat on the keyboard."""
MOST_WAIT = 5.0
"""Seconds that one key may take on its way before the next one is delivered anyhow."""
WAYS_OUT = frozenset({"ctrl+q", "ctrl+c"})
"""Keys that are never kept waiting."""
Typed: TypeAlias = events.Key | events.Paste


def _anew(typed: Typed) -> Typed:
    """The same as just pressed at the time it was; enter as the terminal wrote it before the program read."""
    anew: Typed
    if isinstance(typed, events.Paste):
        anew = events.Paste(typed.text)
    elif typed.key == "ctrl+j":
        anew = events.Key("enter", "\r")
    else:
        anew = events.Key(typed.key, typed.character)
    anew.time = typed.time
    return anew


async def _gone_up(way: "list[DOMNode]") -> None:
    """Wait until a key went all its way: a tab moves the focus only then, and the next key must go there."""
    is_through = asyncio.Event()

    def hop(rest: "list[DOMNode]") -> None:
        if not rest or not rest[0].call_later(hop, rest[1:]):
            is_through.set()

    hop(way)
    with suppress(TimeoutError):
        await asyncio.wait_for(is_through.wait(), MOST_WAIT)


def _is_way_out(typed: Typed) -> bool:
    return isinstance(typed, events.Key) and typed.key in WAYS_OUT


def _takes_early_keys(screen: Screen[Any]) -> bool:
    return bool(getattr(screen, "TAKES_EARLY_KEYS", False))


class TypedAhead:
    """Brings a key to the screen that opened while it was on its way.

    A key goes to the focused widget and bubbles up from there; only at the top its binding is looked up. When
    the key before it opened another screen meanwhile, it has gone the wrong way and nothing takes it. Screens
    that say `TAKES_EARLY_KEYS` get it then, in order; a form never does (invariant U1).

    So the first key pressed on another screen than the key before waits until those before it have arrived,
    and until the screen has begun and focused what takes keys: no key overtakes another.
    """

    def __init__(self, app: "App[Any]") -> None:
        self._app = app
        self._meant_for: deque[tuple[events.Key, Screen[Any]]] = deque(maxlen=KEYS_UNDER_WAY)
        self._is_holding = False
        self._holds = 0
        self._kept: list[Typed] = []
        self._delivered: Typed | None = None
        self._screen: Screen[Any] | None = None
        self._way: list[DOMNode] = []

    # -- while nothing can use keys ------------------------------------------------------------------------

    def hold(self) -> None:
        """From now on keep what is typed."""
        self._is_holding = True
        self._holds += 1

    def keeps(self, typed: Typed) -> bool:
        """Keep it if keys are being held, or if it would overtake others; the ways out never wait."""
        if typed is not self._delivered and not _is_way_out(typed):
            if not self._is_holding and self._app.screen is not self._screen:
                self.hold()
                self._app.run_worker(self._let_pass(self._way, self._holds), group="typed-ahead")
            if self._is_holding:
                self.keep(typed)
                return True
        self._way = self._way_up()
        if isinstance(typed, events.Key):
            self._meant_for.append((typed, self._app.screen))
        return False

    def keep(self, typed: Typed) -> None:
        """Keep it in its place among the others, by the time it was pressed."""
        self._kept = sorted([*self._kept, typed], key=lambda one: one.time)[:MOST_KEPT]

    @property
    def first_word(self) -> str:
        """What was kept, up to the first key that writes nothing: so never more than a name."""
        keys = takewhile(lambda one: isinstance(one, events.Key) and one.is_printable, self._kept)
        return "".join(one.character or "" for one in keys if isinstance(one, events.Key))

    async def release(self) -> None:
        """Deliver what was kept, and what is typed meanwhile after it; until keys are held again."""
        hold = self._holds
        while self._kept and hold == self._holds:
            await self._begun()
            if not self._kept or hold != self._holds:
                break
            first, *self._kept = self._kept
            self._delivered = _anew(first)
            screen, way = self._app.screen, self._way_up()
            await self._app.on_event(self._delivered)
            await _gone_up(way)
            if self._app.screen is not screen and not _takes_early_keys(self._app.screen):
                self._kept = []
        if hold == self._holds:
            self._is_holding = False

    async def _begun(self) -> None:
        """Wait until the screen in front has focused what takes keys: it does so when it is mounted."""
        while (screen := self._app.screen) is not self._screen:
            self._screen = screen
            await _gone_up([screen, self._app])

    def _way_up(self) -> "list[DOMNode]":
        """What a key goes through: what has the focus, all that it stands in, the program."""
        screen = self._app.screen
        return list((screen.focused or screen).ancestors_with_self)

    def drop(self) -> None:
        """Nobody will want what was kept: throw it away, and keep nothing more."""
        self._kept = []
        self._is_holding = False

    # -- while a screen opens ------------------------------------------------------------------------------

    async def _let_pass(self, way: "list[DOMNode]", hold: int) -> None:
        await _gone_up(way)
        if hold == self._holds:
            await self.release()

    async def settle(self, key: events.Key) -> None:
        """A key came to the top unused: bring it to the screen it belongs to."""
        screen = self._app.screen
        meant_for = next((one for event, one in self._meant_for if event is key), screen)
        if meant_for is not screen:
            key.prevent_default()
            key.stop()
            if _takes_early_keys(screen):
                await self._app.on_event(_anew(key))
            return
        take_key = getattr(screen, "take_key", None)
        if take_key is not None and await take_key(key):
            key.prevent_default()

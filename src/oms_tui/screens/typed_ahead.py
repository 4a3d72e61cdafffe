"""Keys typed ahead: those pressed while another screen opens belong to that screen (architecture 7)."""

from collections import deque
from typing import TYPE_CHECKING, Any

from textual import events
from textual.screen import Screen

if TYPE_CHECKING:
    from textual.app import App

KEYS_UNDER_WAY = 64
"""Keys that may be on their way through the widgets at once."""


class TypedAhead:
    """Brings a key to the screen that opened while it was on its way.

    A key goes to the focused widget and bubbles up from there; only at the top its binding is looked up. When
    the key before it opened another screen meanwhile, it has gone the wrong way and nothing takes it. Screens
    that say `TAKES_EARLY_KEYS` get it then, in order; a form never does (invariant U1).
    """

    def __init__(self, app: "App[Any]") -> None:
        self._app = app
        self._meant_for: deque[tuple[events.Key, Screen[Any]]] = deque(maxlen=KEYS_UNDER_WAY)

    def note(self, key: events.Key) -> None:
        """A key was pressed, on the screen that is in front now."""
        self._meant_for.append((key, self._app.screen))

    async def settle(self, key: events.Key) -> None:
        """A key came to the top unused: bring it to the screen it belongs to."""
        screen = self._app.screen
        meant_for = next((one for event, one in self._meant_for if event is key), screen)
        if meant_for is not screen:
            key.prevent_default()
            key.stop()
            if getattr(screen, "TAKES_EARLY_KEYS", False):
                await self._app.on_event(events.Key(key.key, key.character))
            return
        take_key = getattr(screen, "take_key", None)
        if take_key is not None and await take_key(key):
            key.prevent_default()

"""Opening an order: read it first where that takes no time, and show it on a screen that is kept for that.

A screen costs more to build than to paint; the one that is kept is built once and then shows one order after
another. Where it stands already (a profile opened from a profile), the next one gets a screen of its own.
"""

import asyncio
from contextlib import suppress

from oms_tui.backend.errors import BackendError
from oms_tui.screens.console import Console, Neighbours
from oms_tui.screens.profile.heading import Beside
from oms_tui.screens.profile.parts import Look
from oms_tui.screens.profile.screen import ProfileScreen

LOOK_FIRST = 0.1
"""Seconds that an order is waited for before its profile opens without it."""
NAME = "profile"


class Profiles:
    """Opens profiles on top of what is shown."""

    def __init__(self, console: Console) -> None:
        """Begin with none kept."""
        self._console = console
        self._kept: ProfileScreen | None = None

    async def open(self, order_id: str, siblings: Neighbours | None, tab: str) -> None:
        """Open the profile of an order; `siblings` is the list it was opened from."""
        known = await self._look_first(order_id, siblings)
        kept = self._kept
        if known is None or kept is None or self._is_in_use(kept):
            kept = ProfileScreen(order_id, siblings=siblings, tab=tab, known=known)
            if self._kept is None:
                self._kept = kept
                self._console.install_screen(kept, NAME)
        else:
            kept.open_anew(known, siblings=siblings, tab=tab)
        await self._console.push_screen(kept)

    async def forget(self) -> None:
        """Drop the screen that is kept with all it shows: somebody else may sign in. It stands nowhere."""
        kept, self._kept = self._kept, None
        if kept is not None:
            self._console.uninstall_screen(kept)
            await kept.remove()

    async def _look_first(self, order_id: str, siblings: Neighbours | None) -> Look | None:
        """The order and those beside it, where the desk answers at once; otherwise its screen reads them and
        says what is wrong."""
        with suppress(TimeoutError, BackendError):
            async with asyncio.timeout(LOOK_FIRST):
                profile = await self._console.backend.order(order_id, opened=True)
                if siblings is None:
                    return Look(profile=profile)
                before = await siblings.neighbour(order_id, -1)
                after = await siblings.neighbour(order_id, 1)
                return Look(profile=profile, beside=Beside(before or "", after or ""))
        return None

    def _is_in_use(self, screen: ProfileScreen) -> bool:
        for mode in self._console.MODES:
            with suppress(KeyError):  # a place nobody has been to yet
                if screen in self._console.get_screen_stack(mode):
                    return True
        return False

"""The screen stays fresh: news from the desk, and the minute hand."""

import asyncio

from oms_tui.screens.console import Console, FreshnessChanged

TRY_AGAIN_AFTER = 2.0
"""Seconds between two tries to hear of changes again."""


async def follow_changes(console: Console) -> None:
    """Tell the console of every change in the desk, for as long as somebody is signed in.

    While the desk cannot be asked the top line says "not live"; screens are read again once it can.
    """
    from oms_tui.backend.errors import BackendError, SignedOut

    while console.is_signed_in:
        try:
            changes = console.backend.changes()
            console.set_live(True)
            async for _ in changes:
                if not console.is_signed_in:
                    return
                console.heard_of_change()
        except SignedOut as end:
            console.tell_error(end)
            return
        except BackendError:
            pass  # the top line says it; what a person asks for meanwhile says why
        console.set_live(False)
        await asyncio.sleep(TRY_AGAIN_AFTER)
        console.heard_of_change()


def keep_time(console: Console) -> None:
    """Show the new time when the minute is over, from now on."""
    console.screen.post_message(FreshnessChanged())
    now = console.clock.now()
    rest = 60.0 - now.second - now.microsecond / 1_000_000
    console.set_timer(rest, lambda: keep_time(console))

"""Marking every order that a filter finds."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from oms_tui.backend.errors import BackendError
from oms_tui.screens.choose import Ask
from oms_tui.screens.orders.source import every_id

if TYPE_CHECKING:
    from oms_tui.screens.orders.screen import OrdersScreen

MOST_MARKED = 10_000
"""Orders that can be marked at once."""


def mark_all(screen: "OrdersScreen", filter_text: str, shown: Callable[[], str]) -> None:
    """Mark every order of a list; more than a screenful is asked about first.

    Args:
        screen: shows the list.
        filter_text: what it shows.
        shown: what it shows by then; what is read for another filter marks nothing.
    """
    console, count = screen.app, screen.orders.count
    if count is None or not count.value:
        return

    async def mark() -> None:
        try:
            marked = await every_id(console.backend, filter_text, MOST_MARKED)
        except BackendError as error:
            console.tell_error(error)
            return
        if filter_text == shown():
            screen.orders.set_marks(marked)

    def answered(is_sure: bool | None) -> None:
        if is_sure:
            screen.run_worker(mark(), exclusive=True, group="orders-mark", exit_on_error=False)

    if not count.is_exact or count.value > MOST_MARKED:
        console.toast(
            f"{count} orders match: at most {MOST_MARKED:,} can be marked. Narrow the filter.", "warning"
        )
    elif count.value <= len(screen.orders.visible_rows):
        answered(True)
    else:
        console.push_screen(Ask(f"Mark all {count} orders?", yes=f"Mark {count}", no="No"), answered)

"""`C`: claim the next order of a queue that nobody has, oldest first, and open it (spec 7)."""

from oms_tui.backend.errors import BackendError
from oms_tui.domain.authority import Right
from oms_tui.domain.queues import QUEUES, orders_of
from oms_tui.screens.base import DeskScreen
from oms_tui.screens.console import Neighbours


def is_worked_off(filter_text: str) -> bool:
    """Whether a filter is a queue, however sorted, from which one claims the next: what one has already is
    none."""
    wanted = orders_of(filter_text)
    return bool(wanted) and any(orders_of(one.filter) == wanted and not one.is_personal for one in QUEUES)


class NextInQueue:
    """Claims for one screen, one order at a time: a key held down claims no second one."""

    def __init__(self, screen: DeskScreen) -> None:
        self._screen = screen
        self._is_busy = False

    def refusal(self) -> str:
        """Why the person cannot claim now; "" = they can."""
        console = self._screen.app
        if not console.policy.authority.allows(console.actor.roles, Right.CLAIM):
            return "claiming is not for you"
        if console.desk is not None and console.desk.is_read_only:
            return "the desk is open read-only"
        return ""

    def claim(self, filter_text: str, title: str, siblings: Neighbours | None = None) -> None:
        """Claim the oldest order of a filter that nobody has, and open it.

        Args:
            filter_text: which orders.
            title: what the person calls them.
            siblings: the list that `[` and `]` walk through afterwards.
        """
        if self._is_busy:
            return
        if why := self.refusal():
            self._screen.app.toast(f"Claim the next: {why}", "warning")
            return
        self._is_busy = True
        self._screen.app.run_worker(self._claim(filter_text, title, siblings), group="beside")

    async def _claim(self, filter_text: str, title: str, siblings: Neighbours | None) -> None:
        console = self._screen.app
        try:
            order_id = await console.backend.claim_next(filter_text)
            if order_id is None:
                console.toast(f"None left in {title} that nobody has", "warning")
                return
            console.toast(f"Claimed order {order_id}, the oldest in {title} that nobody had", is_result=True)
            if self._screen.is_current:
                await console.open_order(order_id, siblings=siblings)
        except BackendError as error:
            console.tell_error(error)
        finally:
            self._is_busy = False

"""The verbs of a list with marks: on the marked orders where a verb can work a pile (spec 7)."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from oms_tui.screens.pile.looking import left_out
from oms_tui.screens.pile.words import orders
from oms_tui.screens.verbs_here import VerbsHere

if TYPE_CHECKING:
    from oms_tui.screens.orders.screen import OrdersScreen
    from oms_tui.verbs import Verb


class MarkedOrders(VerbsHere):
    """What the list's orders allow: the marked ones, or the one under the cursor where none is marked."""

    def __init__(self, screen: "OrdersScreen") -> None:
        super().__init__(screen)
        self._list = screen

    def marked(self) -> tuple[str, ...]:
        """The marked orders; () where none is, or only the one under the cursor."""
        marks = (
            frozenset(str(one) for one in self._list.orders.marks) if self._list.is_mounted else frozenset()
        )
        return tuple(sorted(marks)) if marks - {self._list.order_id} else ()

    def _is_for_pile(self, verb: "Verb", order_id: str | None) -> bool:
        return order_id is None and verb.can_work_a_pile and bool(self.marked())

    def refusal(self, verb: "Verb", order_id: str | None = None) -> str:
        """Why the person cannot do it now; what each marked order allows, the pile's list says."""
        if self._is_for_pile(verb, order_id):
            return self.refusal_of_person(verb)
        return super().refusal(verb, order_id)

    def about(self, verb: "Verb") -> str:
        """What the verb would be done to."""
        if self._is_for_pile(verb, None):
            return f"{orders(len(self.marked()))} marked"
        return super().about(verb)

    async def start(
        self, verb: "Verb", arguments: Mapping[str, object] | None = None, *, order_id: str | None = None
    ) -> None:
        """Start the verb on the marked orders, or on one; marks are never left aside in silence."""
        console, marked = self._list.app, self.marked()
        about = order_id or self._list.order_id
        if not marked or order_id is not None:
            await super().start(verb, arguments, order_id=order_id)
        elif not verb.can_work_a_pile:
            are = f"{orders(len(marked))} {'is' if len(marked) == 1 else 'are'} marked"
            console.toast(
                f"{verb.label} takes one order at a time: this is about {about}, though {are}", "warning"
            )
            await super().start(verb, arguments)
        elif why := self.refusal(verb):
            console.toast(f"{verb.label}, {orders(len(marked))}: {why}", "warning")
        elif parts := left_out(verb, arguments or {}):
            named = ", ".join(parts)
            console.toast(
                f"{verb.label}: {named} can be named for one order only. Unmark the others.", "warning"
            )
        else:
            from oms_tui.screens.pile.screen import PileScreen  # loaded with the first pile

            await console.push_screen(PileScreen(verb, marked, arguments or {}, on_done=self._unmark))

    def _unmark(self, order_ids: Iterable[str]) -> None:
        """Take the marks of orders away that it is done to; the others stay marked."""
        if self._list.is_mounted and self._list.app.is_signed_in:
            self._list.orders.set_marks(self._list.orders.marks - frozenset(order_ids))

"""What a pile asks, and what that comes to: the fields once, a plan for every order (architecture 3)."""

from collections.abc import Iterable, Mapping

from textual.widget import Widget

from oms_tui.screens.console import Console
from oms_tui.screens.forms.rows import FieldRows
from oms_tui.screens.pile.fields import make_pile_fields
from oms_tui.screens.pile.looking import Looker
from oms_tui.screens.pile.rows import Pile, Standing
from oms_tui.verbs import ArgumentKind, Verb

UNTOUCHED = (Standing.OPEN, Standing.POSSIBLE, Standing.READY, Standing.REFUSED)
"""Orders that nothing was done to yet."""
UNPLANNED = (Standing.OPEN, Standing.POSSIBLE)


class Asking:
    """The fields of a pile and what is known of its orders with what they hold."""

    def __init__(self, console: Console, verb: Verb, pile: Pile, given: Mapping[str, object]) -> None:
        """Begin with no field and nothing known.

        Args:
            console: whose desk is asked.
            verb: what is to be done.
            pile: to whom.
            given: arguments that are known already.
        """
        self._console = console
        self._verb = verb
        self._pile = pile
        self._given = dict(given)
        self._held_first: dict[str, object] = {}
        self._coded: dict[str, object] = {}
        self.fields = FieldRows()
        self.fault = ""
        """Why there is no plan though orders can; "" = nothing."""
        self.trouble = ""
        """The same where no field says it: the desk could not be asked."""
        self.is_looking = True
        """Whether the orders are being looked at."""

    @property
    def looker(self) -> Looker:
        """Asks the desk about the orders."""
        console = self._console
        return Looker(console.backend, self._verb, self._pile, console.policy, console.keys)

    async def open(self) -> None:
        """Learn who the orders are and what can be chosen, and make the fields.

        Raises:
            BackendError: the desk does not say.
        """
        await self.looker.introduce()
        choices = await self.looker.choices()
        fields = make_pile_fields(self._verb, choices, self._given, ascii_only=self._console.ascii_only)
        self.fields = FieldRows(fields)

    def begin(self) -> None:
        """The fields are on screen: what they hold now is nothing that could be lost."""
        for row in self.fields.rows:
            row.tell_fault(getattr(row.field, "fault", ""))
        self._held_first = self.fields.hold()

    @property
    def is_dirty(self) -> bool:
        """Whether something would be lost if the form were put away."""
        return self.fields.hold() != self._held_first

    @property
    def is_chosen_anew(self) -> bool:
        """Whether what is chosen is something else than what the orders were planned with."""
        return self._coded_now() != self._coded

    def _coded_now(self) -> dict[str, object]:
        coded = {one.name for one in self._verb.arguments if one.kind is ArgumentKind.CHOICE}
        return {name: value for name, value in self.fields.hold().items() if name in coded}

    def arguments(self, *, tells_all: bool) -> tuple[dict[str, object] | None, Widget | None]:
        """What the fields hold, or None and the first field that cannot be taken; faults stand at them."""
        return self.fields.arguments(tells_all=tells_all)

    def to_look_at(self) -> tuple[str, ...]:
        """The orders that what was just typed or chosen may change something for.

        What is written holds for all orders alike, so one that is planned stands for the others.
        """
        if self.is_chosen_anew:
            return self._pile.ids(*UNTOUCHED)
        return (*self._pile.ids(Standing.READY)[:1], *self._pile.ids(*UNPLANNED))

    def begin_look(self, order_ids: Iterable[str]) -> None:
        """These orders are looked at anew from now on; a plan for the same choice stands meanwhile."""
        is_other = self.is_chosen_anew
        self._coded, self.is_looking = self._coded_now(), True
        self.fault = self.trouble = ""
        for order_id in order_ids:
            if is_other or self._pile[order_id].standing is not Standing.READY:
                self._pile.change(order_id, standing=Standing.OPEN, text="", change=None, has_warning=False)

    async def look(self, order_ids: Iterable[str], *, tells_all: bool) -> None:
        """Plan the verb on these orders with what the fields hold, complete or not.

        Raises:
            BackendError: the desk cannot be asked.
        """
        arguments, _ = self.arguments(tells_all=tells_all)
        held = self._as_far_as_held() if arguments is None else arguments
        fault = await self.looker.judge(order_ids, held)
        self.is_looking = False
        if fault is not None:
            self.fault = str(fault)
            self.trouble = "" if self.fields.has(fault.field) else self.fault
            self.fields.tell_fault(fault.field, str(fault), even_untouched=tells_all)

    def fail(self, why: str) -> None:
        """The desk could not be asked."""
        self.is_looking, self.fault, self.trouble = False, why, why

    def _as_far_as_held(self) -> dict[str, object]:
        """What the fields hold that can be taken: enough to know whose state refuses it."""
        return {name: value for name, value in self.fields.hold().items() if isinstance(value, str)}

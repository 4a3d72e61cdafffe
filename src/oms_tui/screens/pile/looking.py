"""Looking at the orders of a pile before anything is done: who they are, which can, which cannot and why.

One question at a time, so that whatever else the console asks the desk comes in between.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from oms_tui.backend import Backend, Intention, PageQuery
from oms_tui.backend.errors import BackendError, BadRequest, NotFound, RefusedByDesk
from oms_tui.domain.answers import OrderSummary
from oms_tui.domain.filter import Condition, Filter, Operator, Sort, Text
from oms_tui.domain.money import Money, format_money
from oms_tui.domain.plan import Plan
from oms_tui.screens.keymap import Keys
from oms_tui.screens.order_cells import customer_name
from oms_tui.screens.pile.rows import Pile, Standing
from oms_tui.screens.subject import subject_of
from oms_tui.screens.wording import refusal_text
from oms_tui.verbs import Argument, ArgumentKind, Choice, Policy, Verb

MOST_ASKED_AT_ONCE = 100
"""Orders named in one filter."""
LONGEST_FILTER = 1500
"""Characters."""
OLDEST_FIRST = Sort("created", False)


class FieldFault(Exception):  # noqa: N818 - what a field holds, not a fault of the program
    """What a field holds can be taken for no order of the pile."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def asked_arguments(verb: Verb) -> tuple[Argument, ...]:
    """What a pile asks once for all its orders: not what is about the parts of one order."""
    of_one = (ArgumentKind.LINES, ArgumentKind.CHARGES)
    return tuple(
        one
        for one in verb.arguments
        if one.kind not in of_one and (one.kind is not ArgumentKind.CHOICE or one.is_required)
    )


def left_out(verb: Verb, given: Mapping[str, object]) -> tuple[str, ...]:
    """Labels of the arguments that are given and that a pile does not ask: they are about one order."""
    asked = {one.name for one in asked_arguments(verb)}
    return tuple(one.label for one in verb.arguments if one.name in given and one.name not in asked)


class Looker:
    """Looks at the orders of a pile and writes into it what it finds."""

    def __init__(self, backend: Backend, verb: Verb, pile: Pile, policy: Policy, keys: Keys) -> None:
        self._backend = backend
        self._verb = verb
        self._pile = pile
        self._policy = policy
        self._keys = keys

    # -- who they are --------------------------------------------------------------------------------------

    async def introduce(self) -> None:
        """Read customers and totals, and put the oldest order first.

        Raises:
            BackendError: the desk does not say.
        """
        found: list[OrderSummary] = []
        for ids in _filters([row.order_id for row in self._pile.rows]):
            asked = Filter((Condition("id", Operator.IS, tuple(Text(one) for one in ids)),))
            query = PageQuery(filter=str(asked.with_sort(OLDEST_FIRST)), size=2 * len(ids))
            with suppress(BadRequest):  # an ID that no filter can name: its row says so with a dash
                found += (await self._backend.page(query)).rows
        mine = {row.order_id for row in self._pile.rows}
        found = sorted((one for one in found if one.id in mine), key=lambda one: (one.created, one.id))
        self._pile.put_in_order(one.id for one in found)
        for one in found:
            self._pile.change(one.id, customer=customer_name(one), total=one.total)

    async def choices(self) -> dict[str, tuple[Choice, ...]]:
        """What can be chosen in each coded field: what any of the orders offers, most of them first.

        Where a default says what is usual, every order offers the same, and one of them is asked.

        Raises:
            BackendError: the desk does not say.
        """
        coded = [one for one in asked_arguments(self._verb) if one.kind is ArgumentKind.CHOICE]
        is_common = all(one.default is not None for one in coded)
        found: dict[str, dict[str, tuple[Choice, int]]] = {one.name: {} for one in coded}
        for row in self._pile.rows if coded else ():
            profile = await self._backend.order(row.order_id)
            subject = subject_of(profile)
            for one in coded:
                of_field = found[one.name]
                for choice in one.choices(subject, self._policy) if one.choices is not None else ():
                    of_field[choice.value] = (choice, of_field.get(choice.value, (choice, 0))[1] + 1)
            if is_common:
                break
        return {name: _offered(of_field, is_common) for name, of_field in found.items()}

    # -- what would be done --------------------------------------------------------------------------------

    async def judge(self, order_ids: Iterable[str], arguments: Mapping[str, object]) -> FieldFault | None:
        """Plan the verb on each of these orders.

        Args:
            order_ids: which.
            arguments: what the fields hold, complete or not.

        Returns:
            What is wrong with a field, if something is: then the orders that can are not planned yet.

        Raises:
            BackendError: the desk cannot be asked; what was found so far stands.
        """
        fault: FieldFault | None = None
        for order_id in order_ids:
            try:
                await self._judge(order_id, arguments)
            except FieldFault as found:
                fault = fault or found
                self._pile.change(order_id, standing=Standing.POSSIBLE, text="", change=None)
        return fault

    async def _judge(self, order_id: str, arguments: Mapping[str, object]) -> None:
        intention = Intention(verb=self._verb.id, order_id=order_id, arguments=arguments)
        try:
            plan = await self._backend.plan(intention)
        except RefusedByDesk as error:
            self._refuse(order_id, refusal_text(error.blockers, self._keys))
        except NotFound as error:
            self._refuse(order_id, str(error))
        except BadRequest as error:
            if not self._is_of_this_order(error.field, arguments):
                raise FieldFault(error.field, str(error)) from error
            self._refuse(order_id, str(error))
        else:
            self._ready(order_id, plan)

    def _is_of_this_order(self, name: str, arguments: Mapping[str, object]) -> bool:
        """Whether a field is refused because this order does not offer what was chosen."""
        chosen = {one.name for one in asked_arguments(self._verb) if one.kind is ArgumentKind.CHOICE}
        return name in chosen and arguments.get(name) is not None

    def _refuse(self, order_id: str, why: str) -> None:
        self._pile.change(order_id, standing=Standing.REFUSED, text=why, change=None, has_warning=False)

    def _ready(self, order_id: str, plan: Plan) -> None:
        change = plan.totals[1] - plan.totals[0] if plan.totals is not None else None
        facts: dict[str, object] = {} if plan.totals is None else {"total": plan.totals[0]}
        self._pile.change(
            order_id,
            standing=Standing.READY,
            text=_what(plan, change),
            has_warning=bool(plan.warnings),
            version=plan.version,
            change=change,
            **facts,
        )

    # -- what is not known yet -----------------------------------------------------------------------------

    async def ask_after(self, order_ids: Iterable[str]) -> None:
        """Ask what became of intents whose outcome is not known: done is done.

        One that left no trace is open again; its key stays, so that the same intent is never done twice.
        """
        for order_id in order_ids:
            row = self._pile[order_id]
            try:
                done = await self._backend.outcome_of(row.key)
            except BackendError as error:
                self._pile.change(order_id, text=f"Still unknown: {error}")
                continue
            if done is not None:
                self._pile.change(order_id, standing=Standing.DONE, text=done.summary, key="")
            else:
                self._pile.change(order_id, standing=Standing.OPEN, text="")


def _what(plan: Plan, change: Money | None) -> str:
    """What would be done: the amounts first, then what to know before, or else what the key does."""
    parts = []
    if plan.totals is not None and change is not None and change.minor:
        before, after = (format_money(one) for one in plan.totals)
        parts.append(f"{before} → {after}")
    label = f"{plan.commit_label}: {plan.effect}" if plan.effect else plan.commit_label
    return ", ".join((*parts, *((label,) if plan.effect or not plan.warnings else ()), *plan.warnings))


def _offered(found: Mapping[str, tuple[Choice, int]], is_common: bool) -> tuple[Choice, ...]:
    """The choices for a field. What only some orders offer goes by its value, which is the same for all."""
    if is_common:
        return tuple(choice for choice, _ in found.values())
    ranked = sorted(found.values(), key=lambda one: -one[1])
    return tuple(
        Choice(choice.value, f"{choice.value} ({count:,} order{'' if count == 1 else 's'})")
        for choice, count in ranked
    )


def _filters(order_ids: list[str]) -> Iterator[list[str]]:
    """The IDs in parts that one filter holds."""
    part: list[str] = []
    for order_id in order_ids:
        size = sum(len(one) + 4 for one in part)
        if part and (len(part) >= MOST_ASKED_AT_ONCE or size + len(order_id) > LONGEST_FILTER):
            yield part
            part = []
        part.append(order_id)
    if part:
        yield part

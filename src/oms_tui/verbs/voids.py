"""Retry void: ask the provider once more to let go of what nothing will be captured of (spec 4).

A void that failed, or of which nobody knows what became, leaves money reserved at the customer's bank.
"""

from collections.abc import Iterator
from dataclasses import replace

from oms_tui.domain.adjusting import asked_for
from oms_tui.domain.authority import Right
from oms_tui.domain.money import Money, format_money
from oms_tui.domain.operations import (
    next_number,
    order_balance,
    said_of_failure,
    with_operation,
    with_payment,
)
from oms_tui.domain.order import Order
from oms_tui.domain.payment import due
from oms_tui.domain.people import Actor
from oms_tui.domain.plan import Outcome
from oms_tui.domain.settling import OpenVoid, open_voids
from oms_tui.domain.status import OperationState, word
from oms_tui.verbs.arguments import note_argument
from oms_tui.verbs.base import (
    Argument,
    ArgumentKind,
    Arguments,
    Blocker,
    Choice,
    Context,
    Policy,
    Refused,
    Subject,
    Verb,
)


def _choices(subject: Subject, policy: Policy) -> tuple[Choice, ...]:
    return tuple(Choice(one.name, _label(one)) for one in open_voids(subject.order))


def _label(void: OpenVoid) -> str:
    """As the form offers it: "1.4 10.00 € failed: not possible (card)"."""
    row, tender = void.operation, word(void.payment.method).lower()
    said = said_of_failure(void.payment, row)
    why = f": {said}" if said else ""
    return f"{void.name} {format_money(void.amount)} {word(row.state).lower()}{why} ({tender})"


def _only(subject: Subject) -> str:
    found = open_voids(subject.order)
    return found[0].name if len(found) == 1 else ""


def _check(subject: Subject, actor: Actor, policy: Policy) -> tuple[Blocker, ...]:
    order = subject.order
    if not open_voids(order):
        if asked := order_balance(order).pending_void:
            amount = format_money(Money(asked, order.currency))
            why = f"A void of {amount} is on its way: the provider has not answered yet."
            return (Blocker(why, is_idle=True),)
        why = "No void failed of money that is still reserved, and none is unknown."
        return (Blocker(why, is_idle=True),)
    if needed := _is_needed(order):
        return (Blocker(needed),)
    return ()


def _is_needed(order: Order) -> str:
    """Why what is reserved is not let go of; "" where nothing needs it."""
    if owed := due(order):
        return f"{format_money(owed)} is still due: what is reserved may be needed for it."
    return ""


def _apply(subject: Subject, arguments: Arguments, context: Context) -> Outcome:
    order, note = subject.order, str(arguments["note"] or "")
    found = next((one for one in open_voids(order) if one.name == arguments["void"]), None)
    if found is None or _is_needed(order):
        raise Refused([Blocker(_is_needed(order) or "That void is neither failed nor unknown any more.")])
    row = replace(
        found.operation,
        number=next_number(found.payment),
        state=OperationState.REQUESTED,
        amount=found.amount,
        at=context.now,
        reference="",
        answers=found.operation.number,
    )
    asked = with_operation(found.payment, row)
    amount = format_money(found.amount)
    return Outcome(
        order=with_payment(order, asked),
        intents=(asked_for(asked, row),),
        warnings=tuple(_warnings(found)),
        action=f"ask for the void of {amount} again",
        summary=f"Asked for void {found.name} of {amount} again" + (f": {note}" if note else ""),
    )


def _warnings(found: OpenVoid) -> Iterator[str]:
    if found.operation.state is OperationState.UNKNOWN:
        yield "It is not known whether the first request was done. If it was, the provider refuses this one."


RETRY_VOID = Verb(
    id="order.retry-void",
    key="m",
    label="Retry void",
    help="Ask again to let go of what is reserved for nothing: the void failed, or is unknown.",
    right=Right.SETTLE_PAYMENT,
    arguments=(
        Argument(
            name="void",
            kind=ArgumentKind.CHOICE,
            label="Void",
            help="The void that failed or is unknown, by its payment and row.",
            is_required=True,
            choices=_choices,
            initial=_only,
        ),
        note_argument("Why it should work now."),
    ),
    touches_money=True,
    check=_check,
    apply=_apply,
)

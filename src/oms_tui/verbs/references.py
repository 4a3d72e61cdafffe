"""References of the payment provider as a person gives them: never one that stands for other money already
(spec 6, Mark as paid)."""

from oms_tui.domain.money import format_money
from oms_tui.domain.operations import history_of
from oms_tui.domain.order import Operation, Payment
from oms_tui.domain.settling import WHOLE_ORDER, use_of
from oms_tui.domain.status import word
from oms_tui.verbs.base import Argument, ArgumentError, ArgumentKind, Context, Subject

LONGEST_REFERENCE = 100
"""Characters."""


def position_name(where: str | None) -> str:
    """A position as a sentence names it."""
    return "the order" if where is None else where


def position_value(where: str | None) -> str:
    """A position as arguments name it."""
    return WHOLE_ORDER if where is None else where


def reference_argument(help: str) -> Argument:
    """The provider's reference; `help` says of what."""
    return Argument(
        name="reference",
        kind=ArgumentKind.TEXT,
        label="Reference",
        help=help,
        is_required=True,
        max_length=LONGEST_REFERENCE,
    )


def unused_reference(
    subject: Subject,
    reference: str,
    context: Context,
    payment: Payment | None = None,
    answers: Operation | None = None,
) -> str:
    """The reference, unless it was used before: on this order but for what it resolves, or on another.

    Raises:
        ArgumentError: it was; says for what.
    """
    order = subject.order
    if found := use_of(order, reference):
        owner, one = found
        is_own = payment is not None and owner.number == payment.number
        resolved = history_of(owner, answers) if is_own and answers is not None else ()
        if all(one.number != row.number for row in resolved):
            raise ArgumentError(
                "reference",
                f"{reference} was used before: {word(one.kind).lower()} of {format_money(one.amount)} on "
                f"payment {owner.number}, {one.at:%Y-%m-%d}.",
            )
    elsewhere = context.world.reference_owner(order, reference)
    if elsewhere:
        raise ArgumentError("reference", f"{reference} was used before, on order {elsewhere}.")
    return reference

"""Mark as paid: what the provider took and never told us of (spec 6, Mark as paid).

It records one capture of what is due for one position. Nothing is asked of anybody: no card is charged.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from oms_tui.domain.adjusting import let_go_of_needless
from oms_tui.domain.authority import Right
from oms_tui.domain.books import accounts
from oms_tui.domain.flow import Task, reopen
from oms_tui.domain.money import Money, format_money
from oms_tui.domain.operations import asked_at, next_number, with_operation, with_payment
from oms_tui.domain.order import Operation, Order
from oms_tui.domain.payment import still_owed
from oms_tui.domain.people import Actor
from oms_tui.domain.plan import Intent, Outcome
from oms_tui.domain.settling import Unpaid, has_left, unpaid
from oms_tui.domain.status import HoldKind, OperationKind, OperationState, word
from oms_tui.verbs.arguments import note_argument
from oms_tui.verbs.base import (
    Argument,
    ArgumentError,
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
from oms_tui.verbs.moments import MINUTE, SECOND, date_argument, read_span, refuse_before
from oms_tui.verbs.references import position_name, position_value, reference_argument, unused_reference

_SAID = {
    OperationState.REQUESTED: "that has no answer yet",
    OperationState.UNKNOWN: "of which nobody knows what became",
    OperationState.FAILED: "that failed",
}
CHARGES_NOTHING = "This only writes down what the provider took already: it does not charge the card."


def _positions(subject: Subject, policy: Policy) -> tuple[Choice, ...]:
    """The positions that may be marked, each with what is due."""
    order = subject.order
    due: dict[str | None, int] = {}
    for one in unpaid(order):
        due[one.where] = max(due.get(one.where, 0), one.due)
    return tuple(
        Choice(
            position_value(where), f"{position_name(where)}: {format_money(Money(minor, order.currency))} due"
        )
        for where, minor in due.items()
    )


def _payments(subject: Subject, policy: Policy) -> tuple[Choice, ...]:
    found = {one.payment.number: one.payment for one in unpaid(subject.order)}
    return tuple(
        Choice(str(number), f"{number} {word(one.method).lower()} {one.masked_card}".strip())
        for number, one in found.items()
    )


def _only_position(subject: Subject) -> str:
    found = {one.where for one in unpaid(subject.order)}
    return position_value(found.pop()) if len(found) == 1 else ""


def _only_payment(subject: Subject) -> str:
    found = {one.payment.number for one in unpaid(subject.order)}
    return str(found.pop()) if len(found) == 1 else ""


def _check(subject: Subject, actor: Actor, policy: Policy) -> tuple[Blocker, ...]:
    order = subject.order
    if any(hold.kind is HoldKind.DISPUTE for hold in order.open_holds()):
        why = "The payment is disputed: nothing is marked as paid until that is over."
        return (Blocker(why, fix="order.release-hold"),)
    if unpaid(order):
        return ()
    books = accounts(order)
    left = [where for where in books if has_left(order, where)]
    if not left:
        return (Blocker(_why_nothing_left(order), is_idle=True),)
    lacking = sum(books[where].to_capture for where in left)
    if lacking:
        amount = format_money(Money(lacking, order.currency))
        why = f"{amount} is due for what left, but no payment has anything authorized that is open."
        return (Blocker(why, fix="order.record-payment", is_idle=True),)
    return (Blocker("Nothing is due: everything that left is captured.", is_idle=True),)


def _why_nothing_left(order: Order) -> str:
    if all(line.is_cancelled for line in order.lines):
        return "Nothing is due: the order is cancelled."
    if not still_owed(order):
        return "Nothing is due: all of the order is captured."
    return "Nothing has left yet: its money is captured when it is packed."


def _apply(subject: Subject, arguments: Arguments, context: Context) -> Outcome:
    order, note = subject.order, str(arguments["note"])
    found = _chosen(order, arguments)
    at = capture_time(str(arguments["captured"]), order, found, context)
    reference = unused_reference(subject, str(arguments["reference"]), context, found.payment, found.answers)
    row = Operation(
        number=next_number(found.payment),
        kind=OperationKind.CAPTURE,
        state=OperationState.SUCCEEDED,
        amount=Money(found.minor, order.currency),
        at=at,
        reference=reference,
        cause=f"marked as paid by {context.actor.name}: {note}",
        shipment=found.where,
        answers=found.answers.number if found.answers is not None else None,
    )
    paid = with_operation(found.payment, row)
    after = with_payment(order, paid)
    voids: tuple[Intent, ...] = ()
    if found.where is not None:
        after = reopen(after, [(Task.CAPTURE, found.where)], context.now)
    else:  # what is left of a shipment's goes with its Capture
        after, voids = let_go_of_needless(after, context.now)
    amount = format_money(row.amount)
    return Outcome(
        order=after,
        intents=voids,
        warnings=tuple(_warnings(found, order.currency)),
        action=f"mark {amount} as paid",
        summary=f"Marked {amount} of {position_name(found.where)} as paid: {reference} ({note})",
    )


def _chosen(order: Order, arguments: Arguments) -> Unpaid:
    """The position and the payment that are meant.

    Raises:
        ArgumentError: several payments may have paid it and none is named.
        Refused: the one that is named has nothing open for it.
    """
    where, number = str(arguments["shipment"]), arguments["payment"]
    fitting = [one for one in unpaid(order) if position_value(one.where) == where]
    chosen = [one for one in fitting if number is None or str(one.payment.number) == number]
    if len(chosen) == 1:
        return chosen[0]
    if chosen:
        names = " or ".join(f"{one.payment.number} ({word(one.payment.method).lower()})" for one in chosen)
        raise ArgumentError("payment", f"Say which payment took it: {names}.")
    raise Refused([Blocker(f"Payment {number} has nothing open that could have paid {where}.")])


def capture_time(text: str, order: Order, found: Unpaid, context: Context) -> datetime:
    """When the provider took it, as a person writes it: a day or a minute, in the business time zone.

    Of a day it is the moment at which the capture was asked for, if that was on the day; else the day's end,
    or now, or the expiry of the authorization if that comes first.

    Raises:
        ArgumentError: it is no date, not over yet, before the order, or after the authorization had expired.
    """
    begin, end = read_span("captured", text, context)
    refuse_before("captured", text, end, order.created, "the order was placed", context)
    expired = found.payment.lapsed_at or found.payment.expires_at
    if expired is not None and begin >= expired:
        local = expired.astimezone(ZoneInfo(context.policy.time_zone))
        raise ArgumentError(
            "captured",
            f"{text} is after the authorization had expired, {local:%Y-%m-%d %H:%M}: it cannot have been "
            "captured then.",
        )
    at = begin if end - begin <= MINUTE else _within(begin, end, found, context.now)
    return max(at, order.created).astimezone(context.now.tzinfo)


def _within(begin: datetime, end: datetime, found: Unpaid, now: datetime) -> datetime:
    """When in a day it was taken: never before it was asked for on that day."""
    if found.answers is not None and begin <= (asked := asked_at(found.payment, found.answers)) < end:
        return asked
    expired = found.payment.lapsed_at or found.payment.expires_at
    return min(end - SECOND, now, *([expired] if expired is not None else []))


def _warnings(found: Unpaid, currency: str) -> list[str]:
    said = [CHARGES_NOTHING]
    if found.answers is not None:
        amount, state = format_money(found.answers.amount), _SAID[found.answers.state]
        said.append(f"It resolves the capture of {amount} {state}: the two count once.")
    if found.minor < found.due:
        rest = format_money(Money(found.due - found.minor, currency))
        said.append(f"{rest} stays due: payment {found.payment.number} has no more of it authorized.")
    return said


MARK_PAID = Verb(
    id="order.mark-paid",
    key="m",
    label="Mark as paid",
    help="Write down a capture that the provider made and never told us of; it does not charge the card.",
    right=Right.SETTLE_PAYMENT,
    arguments=(
        Argument(
            name="shipment",
            kind=ArgumentKind.CHOICE,
            label="Shipment",
            help="The shipment that was paid, of those that left with something due; the order for what was "
            "asked without one.",
            is_required=True,
            choices=_positions,
            initial=_only_position,
        ),
        Argument(
            name="payment",
            kind=ArgumentKind.CHOICE,
            label="Payment",
            help="The payment that took it, where several may have.",
            choices=_payments,
            initial=_only_payment,
        ),
        reference_argument("The provider's reference of the capture."),
        date_argument("captured", "Capture date", "When the provider took it"),
        note_argument("Where you saw it: a statement, a call with the provider.", is_required=True),
    ),
    touches_money=True,
    check=_check,
    apply=_apply,
)

"""Record payment made elsewhere: what the customer paid another way, where no payment of the order has it
authorized (spec 6, Mark as paid; 4).

It is a tender of its own, the last in the order of use, with one capture. Nothing is asked of anybody.
"""

from dataclasses import replace

from oms_tui.domain.adjusting import let_go_of_needless
from oms_tui.domain.authority import Right
from oms_tui.domain.flow import Task, reopen
from oms_tui.domain.money import Money, MoneyError, format_money, parse_amount
from oms_tui.domain.operations import order_balance
from oms_tui.domain.order import Operation, Order, Payment
from oms_tui.domain.payment import still_owed
from oms_tui.domain.people import Actor
from oms_tui.domain.plan import Intent, Outcome
from oms_tui.domain.settling import uncovered, unpaid
from oms_tui.domain.status import OperationKind, OperationState, PaymentMethod, word
from oms_tui.domain.steps.capture import failed_captures
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
from oms_tui.verbs.moments import date_argument, moment_after
from oms_tui.verbs.references import position_name, position_value, reference_argument, unused_reference

MOVES_NOTHING = "No money moves by this: it only writes down what the customer paid another way."


def tenders(subject: Subject, policy: Policy) -> tuple[Choice, ...]:
    """The ways in which money moves outside of the order's payments."""
    return tuple(
        Choice(method.value, word(method)) for method in PaymentMethod if method is not PaymentMethod.LEDGER
    )


def _positions(subject: Subject, policy: Policy) -> tuple[Choice, ...]:
    order = subject.order
    return tuple(
        Choice(
            position_value(where), f"{position_name(where)}: {format_money(Money(minor, order.currency))} due"
        )
        for where, minor in uncovered(order).items()
    )


def _only_position(subject: Subject) -> str:
    found = tuple(uncovered(subject.order))
    return position_value(found[0]) if len(found) == 1 else ""


def _check(subject: Subject, actor: Actor, policy: Policy) -> tuple[Blocker, ...]:
    order = subject.order
    if uncovered(order):
        return ()
    if flying := order_balance(order).pending_capture:
        amount = format_money(Money(flying, order.currency))
        why = f"A capture of {amount} is asked for and not answered: if it was taken, mark it as paid."
        return (Blocker(why, fix="order.mark-paid", is_idle=True),)
    if unpaid(order):
        why = "A payment has authorized what is due: it is captured, or marked as paid once it was taken."
        return (Blocker(why, fix="order.mark-paid", is_idle=True),)
    is_cancelled = all(line.is_cancelled for line in order.lines)
    why = f"Nothing is due: {'the order is cancelled' if is_cancelled else 'all of the order is paid'}."
    if owed := still_owed(order):
        why = f"{format_money(owed)} is still to pay, and authorized: it is captured when it leaves."
    return (Blocker(why, is_idle=True),)


def _apply(subject: Subject, arguments: Arguments, context: Context) -> Outcome:
    order, note = subject.order, str(arguments["note"])
    where, due = _chosen(order, arguments)
    amount = _amount(order, arguments, due)
    at = moment_after("paid", str(arguments["paid"]), context, order.created, "the order was placed")
    reference = unused_reference(subject, str(arguments["reference"]), context)
    method = PaymentMethod(str(arguments["tender"]))
    tender = word(method).lower()
    payment = Payment(
        number=max((one.number for one in order.payments), default=0) + 1,
        method=method,
        reference=reference,
        currency=order.currency,
        operations=(
            Operation(
                number=1,
                kind=OperationKind.CAPTURE,
                state=OperationState.SUCCEEDED,
                amount=amount,
                at=at,
                reference=reference,
                cause=f"paid elsewhere by {tender}, recorded by {context.actor.name}: {note}",
                shipment=where,
            ),
        ),
    )
    after = replace(order, payments=(*order.payments, payment))
    voids: tuple[Intent, ...] = ()
    if where is None:  # what is left of a shipment's goes with its Capture
        after, voids = let_go_of_needless(after, context.now)
    rest = due - amount
    again, said = _goes_on(order, where, rest)
    text = format_money(amount)
    return Outcome(
        order=reopen(after, again, context.now),
        intents=voids,
        warnings=(MOVES_NOTHING, *said),
        action=f"record {text} as paid",
        summary=f"Recorded {text} for {position_name(where)} as paid by {tender} on {at:%Y-%m-%d}: "
        f"{reference} ({note})",
    )


def _goes_on(
    order: Order, where: str | None, rest: Money
) -> tuple[list[Task | tuple[Task, str]], tuple[str, ...]]:
    """What looks again at what is due, and what is said of the rest.

    A capture that failed is not asked for again by this: the customer pays another way because it failed.
    """
    if where is None:
        return [Task.PAYMENT_AUTHORIZATION], (f"{format_money(rest)} stays due.",) if rest else ()
    if rest and failed_captures(order, where):
        said = f"{format_money(rest)} stays due; it is asked for again only when the task Capture is run."
        return [], (said,)
    return [(Task.CAPTURE, where)], (f"{format_money(rest)} stays due.",) if rest else ()


def _chosen(order: Order, arguments: Arguments) -> tuple[str | None, Money]:
    """The position that is meant, and what is due there."""
    for where, minor in uncovered(order).items():
        if position_value(where) == arguments["shipment"]:
            return where, Money(minor, order.currency)
    raise Refused([Blocker(f"Nothing is due for {arguments['shipment']} that no payment has authorized.")])


def _amount(order: Order, arguments: Arguments, due: Money) -> Money:
    """What was paid: all that is due where nothing is said, never more.

    Raises:
        ArgumentError: it is no amount, nothing, or above what is due.
    """
    if arguments["amount"] is None:
        return due
    try:
        amount = parse_amount(str(arguments["amount"]), order.currency)
    except MoneyError as error:
        raise ArgumentError("amount", str(error)) from None
    if amount.minor <= 0:
        raise ArgumentError("amount", "A payment is more than nothing.")
    if amount > due:
        raise ArgumentError("amount", f"Only {format_money(due)} is due there.")
    return amount


RECORD_PAYMENT = Verb(
    id="order.record-payment",
    key="m",
    label="Record payment made elsewhere",
    help="Write down what the customer paid another way, where no payment has it authorized.",
    right=Right.SETTLE_PAYMENT,
    arguments=(
        Argument(
            name="shipment",
            kind=ArgumentKind.CHOICE,
            label="Shipment",
            help="The shipment that was paid, of those that left with something due; the order for what is "
            "still to leave.",
            is_required=True,
            choices=_positions,
            initial=_only_position,
        ),
        Argument(
            name="tender",
            kind=ArgumentKind.CHOICE,
            label="Tender",
            help="How the customer paid it.",
            is_required=True,
            choices=tenders,
        ),
        Argument(
            name="amount",
            kind=ArgumentKind.TEXT,
            label="Amount",
            help="What was paid, in the order's currency; empty: all that is due there.",
            max_length=40,
            example="all that is due there",
        ),
        reference_argument("What it is known by there: a transfer's number, a receipt's."),
        date_argument("paid", "Payment date", "When the customer paid it"),
        note_argument("Where you saw it: a bank statement, the till.", is_required=True),
    ),
    touches_money=True,
    check=_check,
    apply=_apply,
)

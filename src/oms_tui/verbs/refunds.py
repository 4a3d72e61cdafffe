"""Refunds that went wrong, and money taken above what is owed (spec 6: Retry refund, Record refund made
elsewhere, Refund overcharge)."""

from dataclasses import replace
from datetime import datetime

from oms_tui.domain.adjusting import asked_for, refundable, request_refunds
from oms_tui.domain.authority import Right
from oms_tui.domain.books import accounts
from oms_tui.domain.money import Money, format_money
from oms_tui.domain.operations import latest, next_number, settles_return, with_operation, with_payment
from oms_tui.domain.order import Operation, Order
from oms_tui.domain.payment import order_balance, overcharge
from oms_tui.domain.people import Actor
from oms_tui.domain.plan import Outcome
from oms_tui.domain.settling import OpenRefund, open_refunds, refundable_for
from oms_tui.domain.status import OperationKind, OperationState, PaymentMethod, word
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
from oms_tui.verbs.elsewhere import tenders
from oms_tui.verbs.moments import date_argument, moment_after
from oms_tui.verbs.references import reference_argument, unused_reference

_ST = OperationState


# -- a refund that failed or is unknown --------------------------------------------------------------------


def _refunds(subject: Subject, policy: Policy) -> tuple[Choice, ...]:
    return tuple(Choice(one.name, _label(one)) for one in open_refunds(subject.order))


def _label(refund: OpenRefund) -> str:
    """As the form offers it: "2.5 10.00 € failed: closed account (card)"."""
    row = refund.operation
    why = f": {row.cause}" if row.cause else ""
    tender = word(refund.payment.method).lower()
    return f"{refund.name} {format_money(row.amount)} {word(row.state).lower()}{why} ({tender})"


def _only_refund(subject: Subject) -> str:
    found = open_refunds(subject.order)
    return found[0].name if len(found) == 1 else ""


def _check_open(subject: Subject, actor: Actor, policy: Policy) -> tuple[Blocker, ...]:
    order = subject.order
    if open_refunds(order):
        return ()
    if asked := order_balance(order).pending_refund:
        amount = format_money(Money(asked, order.currency))
        return (Blocker(f"A refund of {amount} is on its way: the provider has not answered yet."),)
    fix = "order.refund-overcharge" if overcharge(order) else None
    return (Blocker("No refund failed, and none is unknown.", fix=fix),)


def _chosen(order: Order, arguments: Arguments) -> OpenRefund:
    """The refund that is meant, if its money is still there and still owed.

    Raises:
        Refused: it is not open any more, above what may be refunded, or nothing is owed back any more.
    """
    found = next((one for one in open_refunds(order) if one.name == arguments["refund"]), None)
    if found is None:
        raise Refused([Blocker("That refund is neither failed nor unknown any more.")])
    amount, left = found.operation.amount, refundable_for(found)
    if amount.minor > left:
        most = format_money(Money(max(left, 0), order.currency))
        raise Refused([
            Blocker(
                f"Only {most} of payment {found.payment.number} can still be refunded: the rest went back "
                "already."
            )
        ])  # fmt: skip
    is_owed = found.is_unknown or settles_return(found.payment, found.operation)
    if not is_owed and overcharge(order) < amount:
        over = format_money(overcharge(order))
        raise Refused([Blocker(f"Only {over} is owed back any more: the rest went back another way.")])
    return found


def _answered(order: Order, found: OpenRefund, row: Operation) -> Order:
    """The order with a row that closes the refund."""
    paid = with_operation(found.payment, row)
    return with_payment(order, paid)


def _next_row(found: OpenRefund, state: OperationState, context: Context) -> Operation:
    """The refund's next row: it answers the last one, so that the two never count both."""
    old = found.operation
    return replace(
        old,
        number=next_number(found.payment),
        state=state,
        at=context.now,
        reference="",
        answers=old.number,
    )


def _retry(subject: Subject, arguments: Arguments, context: Context) -> Outcome:
    order, note = subject.order, str(arguments["note"] or "")
    found = _chosen(order, arguments)
    row = _next_row(found, _ST.REQUESTED, context)
    after = _answered(order, found, row)
    amount = format_money(row.amount)
    return Outcome(
        order=after,
        intents=(asked_for(found.payment, row),),
        warnings=tuple(_dangers(found)),
        action=f"ask for the refund of {amount} again",
        summary=f"Asked for refund {found.name} of {amount} again" + (f": {note}" if note else ""),
    )


def _dangers(found: OpenRefund) -> list[str]:
    if not found.is_unknown:
        return []
    amount, reference = format_money(found.operation.amount), found.operation.reference
    named = f" ({reference})" if reference else ""
    return [
        f"It is not known whether the first request{named} was paid. If it was, the customer gets {amount} "
        "twice. Ask the provider first.",
        "The first request is closed here: if the provider says that it was paid, that is an event problem.",
    ]


def _record(subject: Subject, arguments: Arguments, context: Context) -> Outcome:
    order, note, method = subject.order, str(arguments["note"]), str(arguments["tender"])
    found = _chosen(order, arguments)
    reference = unused_reference(
        subject, str(arguments["reference"]), context, found.payment, found.operation
    )
    tender = word(PaymentMethod(method)).lower()
    at = moment_after("refunded", str(arguments["refunded"]), context, *_taken(order, found))
    row = replace(
        _next_row(found, _ST.SUCCEEDED, context),
        at=at,
        reference=reference,
        cause=f"refunded elsewhere by {tender}, recorded by {context.actor.name}: {note}",
    )
    amount = format_money(row.amount)
    return Outcome(
        order=_answered(order, found, row),
        warnings=("No money moves by this: it only writes down a refund that was made elsewhere.",),
        action=f"record {amount} as refunded",
        summary=f"Recorded refund {found.name} of {amount} as made by {tender} on {at:%Y-%m-%d}: "
        f"{reference} ({note})",
    )


def _taken(order: Order, found: OpenRefund) -> tuple[datetime, str]:
    """When the first money of its tender was taken, in words for who says that it went back before."""
    taken = [
        one.at
        for one in latest(found.payment.operations)
        if one.kind in (OperationKind.CAPTURE, OperationKind.IMPORTED) and one.state is _ST.SUCCEEDED
    ]
    return min(taken, default=order.created), "the money was taken"


_REFUND = Argument(
    name="refund",
    kind=ArgumentKind.CHOICE,
    label="Refund",
    help="The refund that failed or is unknown, by its payment and row.",
    is_required=True,
    choices=_refunds,
    initial=_only_refund,
)
RETRY_REFUND = Verb(
    id="order.retry-refund",
    key="m",
    label="Retry refund",
    help="Ask for a refund again that failed, or of which nobody knows what became.",
    right=Right.SETTLE_PAYMENT,
    arguments=(_REFUND, note_argument("Why it should work now.")),
    touches_money=True,
    check=_check_open,
    apply=_retry,
)
RECORD_REFUND = Verb(
    id="order.record-refund",
    key="m",
    label="Record refund made elsewhere",
    help="Close a refund that failed or is unknown: the customer got the money another way.",
    right=Right.SETTLE_PAYMENT,
    arguments=(
        _REFUND,
        Argument(
            name="tender",
            kind=ArgumentKind.CHOICE,
            label="Tender",
            help="How the customer got it.",
            is_required=True,
            choices=tenders,
        ),
        reference_argument("What it is known by there: a transfer's number, a receipt's."),
        date_argument("refunded", "Refund date", "When the customer got it"),
        note_argument("Who made it and why.", is_required=True),
    ),
    touches_money=True,
    check=_check_open,
    apply=_record,
)


# -- overcharge --------------------------------------------------------------------------------------------


def _to_return(order: Order) -> dict[str | None, int]:
    """Position -> what is overcharged and no refund was asked for."""
    return {where: one.to_return for where, one in accounts(order).items() if one.to_return}


def _check_overcharge(subject: Subject, actor: Actor, policy: Policy) -> tuple[Blocker, ...]:
    order = subject.order
    back = sum(_to_return(order).values())
    if not back:
        if over := overcharge(order):
            why = f"{format_money(over)} is overcharged and its refund failed: ask for that again."
            return (Blocker(why, fix="order.retry-refund"),)
        return (Blocker("Nothing is overcharged: no more was captured than is owed."),)
    if back > refundable(order):
        left = format_money(Money(refundable(order), order.currency))
        return (Blocker(f"Only {left} of what was paid can still be refunded: the rest went back already."),)
    return ()


def _refund_overcharge(subject: Subject, arguments: Arguments, context: Context) -> Outcome:
    order, note = subject.order, str(arguments["note"] or "")
    wanted = _to_return(order)
    cause = "overcharge" + (f": {note}" if note else "")
    after, intents = request_refunds(order, wanted, cause, context.now)
    amount = format_money(Money(sum(wanted.values()), order.currency))
    ledger = any(one.method is PaymentMethod.LEDGER for one in order.payments)
    told = "How the order was paid is not known here: see that the refund reaches the customer."
    return Outcome(
        order=after,
        intents=intents,
        warnings=(told,) if ledger else (),
        action=f"refund {amount}",
        summary=f"Asked for a refund of {amount} taken above what order {order.id} owes"
        + (f": {note}" if note else ""),
    )


REFUND_OVERCHARGE = Verb(
    id="order.refund-overcharge",
    key="m",
    label="Refund overcharge",
    help="Give back what was captured above what the order owes, the last tender first.",
    right=Right.SETTLE_PAYMENT,
    arguments=(note_argument("How it came about."),),
    touches_money=True,
    check=_check_overcharge,
    apply=_refund_overcharge,
)

"""Price adjustments: what comes off each line and charge, and what of it the customer has paid already (spec
4; 6, Price adjustment).

Money that was captured for a part goes back; what was not captured yet only lowers what its position owes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from oms_tui.domain.books import accounts, operations_of, where_of
from oms_tui.domain.money import Money, MoneyError, allocate_minor, percentage, share_minor
from oms_tui.domain.operations import IN_THE_AIR, balance, failed_refunds, next_number, with_operation
from oms_tui.domain.order import Charge, Line, Operation, Order, Payment
from oms_tui.domain.payment import due
from oms_tui.domain.plan import Intent
from oms_tui.domain.status import OperationKind, OperationState
from oms_tui.domain.totals import current_tax, price


@dataclass(frozen=True, slots=True)
class Marked:
    """A line or charge whose price is to be adjusted, and what the marked pieces of it cost now."""

    part: Line | Charge
    weight: int
    """Minor units."""


def marked_line(line: Line, pieces: int) -> Marked:
    """`pieces` of a line, at their share of its current price."""
    return Marked(line, share_minor(price(line).minor, pieces, line.quantity))


def marked_charge(charge: Charge) -> Marked:
    """A whole charge, at its current price."""
    return Marked(charge, price(charge).minor)


def off_by_percent(marked: Sequence[Marked], percent: Decimal, currency: str) -> tuple[int, ...]:
    """What a percentage of everything marked takes off each part: rounded once, then split exactly.

    Raises:
        MoneyError: the percentage is not above 0 and at most 100.
    """
    if not 0 < percent <= 100:
        raise MoneyError("A reduction is more than 0 % and at most 100 %.")
    whole = Money(sum(one.weight for one in marked), currency)
    return off_by_amount(marked, percentage(whole, percent))


def off_by_amount(marked: Sequence[Marked], amount: Money) -> tuple[int, ...]:
    """What an amount takes off each part: split over current prices by largest remainder.

    No part gets more than it costs, since the amount is not more than all of them.

    Raises:
        MoneyError: the amount is below zero or more than what is marked costs.
    """
    weights = [one.weight for one in marked]
    if not 0 <= amount.minor <= sum(weights):
        raise MoneyError("A reduction cannot be more than what is marked costs now.")
    return allocate_minor(amount.minor, weights)


def reduced_line(line: Line, minor: int) -> Line:
    """The line costing the customer `minor` less; its tax follows in proportion."""
    reduction, tax_reduction = _reductions(line, minor)
    return replace(line, reduction=reduction, tax_reduction=tax_reduction)


def reduced_charge(charge: Charge, minor: int) -> Charge:
    """The charge costing the customer `minor` less; its tax follows in proportion."""
    reduction, tax_reduction = _reductions(charge, minor)
    return replace(charge, reduction=reduction, tax_reduction=tax_reduction)


def _reductions(part: Line | Charge, minor: int) -> tuple[Money, Money]:
    """Reduction and tax reduction of a part once `minor` came off its price: shares of the current tax, never
    recalculated (spec 4).

    Raises:
        MoneyError: it would cost less than nothing.
    """
    now, tax = price(part).minor, current_tax(part).minor
    if not 0 <= minor <= now:
        raise MoneyError("No price can be below zero.")
    if not minor:
        return part.reduction, part.tax_reduction
    if part.tax_included:
        net, with_it = minor, share_minor(tax, minor, now)
    else:
        net, with_it = allocate_minor(minor, (now - tax, tax))
    currency = part.amount.currency
    return part.reduction + Money(net, currency), part.tax_reduction + Money(with_it, currency)


# -- positions ---------------------------------------------------------------------------------------------


def capture_in_the_air(order: Order, part: Line | Charge) -> bool:
    """Whether a capture that may be for this part is requested or unknown."""
    where = where_of(order, part)
    return any(
        one.kind is OperationKind.CAPTURE and one.state in IN_THE_AIR and one.shipment in (None, where)
        for one in operations_of(order)
    )


def to_give_back(before: Order, after: Order) -> dict[str | None, int]:
    """Position -> minor units that were captured for it above what it owes only since the change: what was
    too much before has a verb of its own.

    A shipment whose money is not settled yet owes together with the order's own position: what is captured of
    it without a name pays for the others as well.
    """
    then, now = accounts(before), accounts(after)
    given: dict[str | None, int] = {}
    kept = was_due = is_due = 0
    for where, one in then.items():
        if one.is_settled:
            _note(given, where, one.kept, one.due, now[where].due)
        else:
            kept, was_due, is_due = kept + one.kept, was_due + one.due, is_due + now[where].due
    _note(given, None, kept, was_due, is_due)
    return given


def _note(given: dict[str | None, int], where: str | None, kept: int, was_due: int, is_due: int) -> None:
    more = max(kept - is_due, 0) - max(kept - was_due, 0)
    if more > 0:
        given[where] = more


# -- refunds -----------------------------------------------------------------------------------------------


def refundable(order: Order) -> int:
    """What may still be refunded over all tenders, in minor units (invariant M8)."""
    return sum(max(balance(payment).refundable, 0) for payment in order.payments)


def request_refunds(
    order: Order,
    wanted: Mapping[str | None, int],
    cause: str,
    at: datetime,
    *,
    waits_for: str = "",
    until: datetime | None = None,
) -> tuple[Order, tuple[Intent, ...]]:
    """Ask for refunds of positions, unwinding the tenders in reverse (spec 4).

    Args:
        order: the order.
        wanted: position -> minor units; together not more than `refundable`.
        cause: why, in words for the operation.
        at: when it is asked.
        waits_for: the event that must come before the money moves; "" = none.
        until: when it moves even without that.

    Raises:
        MoneyError: more is wanted than may be refunded.
    """
    if sum(wanted.values()) > refundable(order):
        raise MoneyError("No more can be refunded than was captured and not refunded yet.")
    payments = list(order.payments)
    intents: list[Intent] = []
    for where, minor in wanted.items():
        left = minor
        # What a refund that failed is to be asked for again from its tender is taken last.
        turns = [(place, is_last) for is_last in (False, True) for place in reversed(range(len(payments)))]
        for place, is_last in turns:
            kept = 0 if is_last else failed_refunds(payments[place])
            taken = min(left, max(balance(payments[place]).refundable - kept, 0))
            if taken:
                left -= taken
                row = Operation(
                    number=next_number(payments[place]),
                    kind=OperationKind.REFUND,
                    state=OperationState.REQUESTED,
                    amount=Money(taken, payments[place].currency),
                    at=at,
                    cause=cause,
                    shipment=where,
                )
                payments[place] = with_operation(payments[place], row)
                intent = asked_for(payments[place], row)
                intents.append(replace(intent, waits_for=waits_for, until=until))
    return replace(order, payments=tuple(payments)), tuple(intents)


def asked_for(payment: Payment, operation: Operation) -> Intent:
    """What goes out for an operation that is requested."""
    return Intent(
        kind=operation.kind.value,
        payment=payment.number,
        operation=operation.number,
        shipment=operation.shipment,
        amount=operation.amount,
    )


# -- voids -------------------------------------------------------------------------------------------------


def let_go_of_needless(order: Order, at: datetime) -> tuple[Order, tuple[Intent, ...]]:
    """Ask to void all that is still reserved, once nothing is due: nothing will be captured of it."""
    if due(order):
        return order, ()
    payments, intents = list(order.payments), list[Intent]()
    for place, payment in enumerate(payments):
        left = 0 if payment.lapsed_at is not None else balance(payment).to_capture
        if left:
            row = Operation(
                number=next_number(payment),
                kind=OperationKind.VOID,
                state=OperationState.REQUESTED,
                amount=Money(left, payment.currency),
                at=at,
                cause="nothing is due",
            )
            payments[place] = with_operation(payment, row)
            intents.append(asked_for(payments[place], row))
    return (replace(order, payments=tuple(payments)) if intents else order), tuple(intents)

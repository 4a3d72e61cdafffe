"""Price adjustments: what comes off each line and charge, and what of it the customer has paid already (spec
4; 6, Price adjustment).

Money that was captured for a part goes back; what was not captured yet only lowers what its position owes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from oms_tui.domain.money import Money, MoneyError, allocate_minor, percentage, share_minor
from oms_tui.domain.order import Charge, Line, Operation, Order, Payment
from oms_tui.domain.payment import RETURN_CAUSE, balance, invoice_status, latest
from oms_tui.domain.plan import Intent
from oms_tui.domain.status import InvoiceStatus, OperationKind, OperationState
from oms_tui.domain.totals import current_tax, price

_IN_THE_AIR = (OperationState.REQUESTED, OperationState.UNKNOWN)


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


def shipment_of_charges(order: Order) -> str | None:
    """The shipment whose position the charges are on: the first that money was asked for, since that took
    them too, else the first to leave (spec 4); None while there is neither."""
    captures = [
        # When it was asked for: an answer may come in any order, and has the provider's time.
        (_asked_at(payment, one), place, one.number, one.shipment)
        for place, payment in enumerate(order.payments)
        for one in latest(payment.operations)
        if one.kind is OperationKind.CAPTURE and one.shipment and one.state is not OperationState.FAILED
    ]
    left = [(one.shipped_at, one.number) for one in order.shipments if one.shipped_at is not None]
    return min(captures)[3] if captures else min(left)[1] if left else None


def _asked_at(payment: Payment, operation: Operation) -> datetime:
    """When what an operation answers was asked for; its own time where it answers nothing."""
    rows = {one.number: one for one in payment.operations}
    while operation.answers is not None and operation.answers in rows:
        operation = rows[operation.answers]
    return operation.at


def position_of(order: Order, part: Line | Charge) -> str | None:
    """The shipment whose position a part is on; None = none yet, or the order's own."""
    return part.shipment if isinstance(part, Line) else shipment_of_charges(order)


def capture_in_the_air(order: Order, part: Line | Charge) -> bool:
    """Whether a capture that may be for this part is requested or unknown."""
    where = position_of(order, part)
    return any(
        one.kind is OperationKind.CAPTURE and one.state in _IN_THE_AIR and one.shipment in (None, where)
        for one in _operations(order)
    )


def credited(
    order: Order, parts: Iterable[Line | Charge], taken: Iterable[int]
) -> tuple[tuple[str | None, int], ...]:
    """(shipment, minor units) for which paper was given already, so that a credit note is due."""
    sums: dict[str | None, int] = {}
    for part, minor in zip(parts, taken, strict=True):
        where = position_of(order, part)
        if minor and invoice_status(order, where) is InvoiceStatus.INVOICED:
            sums[where] = sums.get(where, 0) + minor
    return tuple(sorted(sums.items(), key=lambda item: item[0] or ""))


def to_give_back(before: Order, after: Order) -> dict[str | None, int]:
    """Position -> minor units that were captured for it above what it owes only since the change.

    Captures that name a shipment are for it. What was captured without naming one (prepaid) fills shipments
    that money was taken for or that left, first ones first, and then the rest.
    """
    now, then = _excess(before, after), _excess(before, before)
    return {where: now[where] - then[where] for where in now if now[where] > then[where]}


def _excess(money: Order, owing: Order) -> dict[str | None, int]:
    """Position -> captured and not refunded above its due: money as in one order, dues as in the other.

    Prepaid money goes where it lies: it is spread by what was due before anything changed.
    """
    settled = _settled(money)
    before, due = _dues(money, settled), _dues(owing, settled)
    named = _kept(money)
    wide = sum(named.pop(where) for where in [key for key in named if key not in settled])
    excess: dict[str | None, int] = {}
    for where in settled:
        fills = min(max(before.get(where, 0) - named.get(where, 0), 0), max(wide, 0))
        wide -= fills
        excess[where] = max(named.get(where, 0) + fills - due.get(where, 0), 0)
    excess[None] = max(wide - due.get(None, 0), 0)
    return excess


def _settled(order: Order) -> tuple[str, ...]:
    """Shipments that money was captured for by name, or that left: what they owe is no longer to come."""
    captured = {
        one.shipment
        for one in _operations(order)
        if one.kind is OperationKind.CAPTURE and one.state is not OperationState.FAILED
    }
    return tuple(
        one.number for one in order.shipments if one.number in captured or one.shipped_at is not None
    )


def _dues(order: Order, settled: tuple[str, ...]) -> dict[str | None, int]:
    """What each settled shipment owes, and under None what everything else does."""
    dues: dict[str | None, int] = {}
    parts: list[Line | Charge] = [line for line in order.lines if not line.is_cancelled]
    parts += [charge for charge in order.charges if not charge.is_cancelled]
    for part in parts:
        where = position_of(order, part)
        where = where if where in settled else None
        dues[where] = dues.get(where, 0) + price(part).minor
    return dues


def _kept(order: Order) -> dict[str | None, int]:
    """Shipment named by operations -> captured less refunded or about to be; refunds of returns left out, for
    they never change what is owed."""
    kept: dict[str | None, int] = {}
    for one in _operations(order):
        if one.kind in (OperationKind.CAPTURE, OperationKind.IMPORTED):
            minor = 0 if one.state is OperationState.FAILED else one.amount.minor
        elif one.kind is OperationKind.REFUND and one.cause != RETURN_CAUSE:
            minor = 0 if one.state is OperationState.FAILED else -one.amount.minor
        else:
            minor = 0
        kept[one.shipment] = kept.get(one.shipment, 0) + minor
    return kept


def _operations(order: Order) -> tuple[Operation, ...]:
    return tuple(one for payment in order.payments for one in latest(payment.operations))


# -- refunds -----------------------------------------------------------------------------------------------


def refundable(order: Order) -> int:
    """What may still be refunded over all tenders, in minor units (invariant M8)."""
    return sum(max(balance(payment).refundable, 0) for payment in order.payments)


def request_refunds(
    order: Order, wanted: Mapping[str | None, int], cause: str, at: datetime
) -> tuple[Order, tuple[Intent, ...]]:
    """Ask for refunds of positions, unwinding the tenders in reverse (spec 4).

    Args:
        order: the order.
        wanted: position -> minor units; together not more than `refundable`.
        cause: why, in words for the operation.
        at: when it is asked.

    Raises:
        MoneyError: more is wanted than may be refunded.
    """
    if sum(wanted.values()) > refundable(order):
        raise MoneyError("No more can be refunded than was captured and not refunded yet.")
    payments = list(order.payments)
    intents: list[Intent] = []
    for where, minor in wanted.items():
        left = minor
        for place in reversed(range(len(payments))):
            taken = min(left, max(balance(payments[place]).refundable, 0))
            if taken:
                left -= taken
                payments[place], intent = _with_refund(payments[place], taken, where, cause, at)
                intents.append(intent)
    return replace(order, payments=tuple(payments)), tuple(intents)


def _with_refund(
    payment: Payment, minor: int, shipment: str | None, cause: str, at: datetime
) -> tuple[Payment, Intent]:
    operation = Operation(
        number=max((one.number for one in payment.operations), default=0) + 1,
        kind=OperationKind.REFUND,
        state=OperationState.REQUESTED,
        amount=Money(minor, payment.currency),
        at=at,
        cause=cause,
        shipment=shipment,
    )
    intent = Intent(
        kind=OperationKind.REFUND.value,
        payment=payment.number,
        operation=operation.number,
        shipment=shipment,
        amount=operation.amount,
    )
    return replace(payment, operations=(*payment.operations, operation)), intent

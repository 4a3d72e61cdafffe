"""Taking a credit note back: a counter-document, and everything it did undone, so that price, books and paper
say the same again (spec 2, Credit note; 6, Reverse credit note).

The prices that it lowered are raised by as much, its refund that failed is not asked for any more, and what
is due again is captured. The note, its adjustment and its refund stay on record with their causes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from oms_tui.domain.books import accounts
from oms_tui.domain.documents import DocumentKind, DocumentPart, IssuedDocument
from oms_tui.domain.flow import Task, reopen
from oms_tui.domain.issuing import Draw, credit_notes_that_stand
from oms_tui.domain.money import Money, allocate_minor, format_money
from oms_tui.domain.operations import IN_THE_AIR, NOTE_REVERSED, history_of, latest, withdraw
from oms_tui.domain.order import AdjustedPart, Adjustment, Charge, Line, Operation, Order
from oms_tui.domain.payment import still_owed
from oms_tui.domain.status import OperationState
from oms_tui.domain.totals import price

_Part = TypeVar("_Part", Line, Charge)
REASON = "credit note reversed"
"""Reason of the adjustment that raises the prices again."""


def refunds_of(order: Order, note: IssuedDocument) -> tuple[Operation, ...]:
    """The refunds that a credit note came with, each in its latest state."""
    return tuple(one for _, found in _refunds_by_payment(order, note) for one in found)


def _refunds_by_payment(order: Order, note: IssuedDocument) -> list[tuple[int, list[Operation]]]:
    asked = set(note.operations)
    return [
        (
            payment.number,
            [
                last
                for last in latest(payment.operations)
                if any((payment.number, row.number) in asked for row in history_of(payment, last))
            ],
        )
        for payment in order.payments
    ]


def is_settled(order: Order, note: IssuedDocument) -> bool:
    """Whether a refund that a credit note came with has reached the customer, as far as is known."""
    return any(one.state is OperationState.SUCCEEDED for one in refunds_of(order, note))


def has_unknown_refund(order: Order, number: str) -> bool:
    """Whether nobody knows if a refund that a credit note came with was paid."""
    return any(
        one.state is OperationState.UNKNOWN
        for note in order.documents
        if note.kind is DocumentKind.CREDIT_NOTE and note.number == number
        for one in refunds_of(order, note)
    )


def why_not_reverse(order: Order, number: str) -> str:
    """Why a credit note cannot be reversed, as a sentence; "" where it can (spec 6, Reverse credit note).

    While its refund may still be paid it is not: the money would go back with no paper for it. Nor is it once
    the money went back another way: the customer would have to pay it again.
    """
    note = next(
        (x for x in order.documents if x.kind is DocumentKind.CREDIT_NOTE and x.number == number), None
    )
    if note is None:
        return f"Order {order.id} has no credit note {number}."
    for one in order.documents:
        if one.kind is DocumentKind.REVERSAL and one.refers_to == number:
            return f"Credit note {number} was reversed by {one.number} already."
    if is_settled(order, note):
        return f"Credit note {number} is settled: its refund has reached the customer."
    refunds = refunds_of(order, note)
    if flying := [one for one in refunds if one.state in IN_THE_AIR]:
        amount = format_money(_total(flying, order.currency))
        if has_unknown_refund(order, number):
            return (
                f"It is not known whether the refund of {amount} for credit note {number} was paid. Ask the "
                "provider: if it was, record it, and the credit note stands."
            )
        return (
            f"The refund of {amount} for credit note {number} is on its way: the credit note can be reversed "
            "only if it fails."
        )
    if any(sum(one) < off for part in note.parts for one, off in _shares(order, note, part)):
        return f"What credit note {number} took off is not taken off the order any more."
    return _went_back(order, note, _total(refunds, order.currency))


def _went_back(order: Order, note: IssuedDocument, asked: Money) -> str:
    """Whether its money reached the customer by another refund: then it is settled as well."""
    undone, _ = _undone(order, note, note.at)
    again = still_owed(undone) - still_owed(order)
    never_taken = -note.total - asked
    if again <= never_taken:
        return ""
    amount = format_money(again - never_taken)
    return f"Credit note {note.number} is settled: {amount} of it went back to the customer another way."


def _total(operations: Iterable[Operation], currency: str) -> Money:
    return Money(sum(one.amount.minor for one in operations), currency)


def reverse(
    order: Order, number: str, reason: str, at: datetime, draw: Draw, *, person: str, note: str = ""
) -> Order:
    """The order with a counter-document that takes a credit note back, and its prices as much higher again.

    Args:
        order: The order.
        number: The credit note's.
        reason: Why, for the paper.
        at: When.
        draw: Gives the counter-document its number.
        person: Who does it.
        note: Words for the record.

    Raises:
        ValueError: It cannot be reversed; `why_not_reverse` says why.
    """
    if why := why_not_reverse(order, number):
        raise ValueError(why)
    taken_back = next(one for one in credit_notes_that_stand(order) if one.number == number)
    parts = tuple(replace(part, amount=-part.amount, tax=-part.tax) for part in taken_back.parts)
    issued = IssuedDocument(
        kind=DocumentKind.REVERSAL,
        number=draw(order, DocumentKind.REVERSAL),
        at=at,
        entity=order.selling_entity,
        shipment=taken_back.shipment,
        total=-taken_back.total,
        parts=parts,
        refers_to=number,
        reason=reason,
    )
    after, raised = _undone(order, taken_back, at)
    entry = Adjustment(
        number=max((one.number for one in order.adjustments), default=0) + 1,
        at=at,
        person=person,
        reason=REASON,
        note=f"{number}: {reason}" + (f" ({note})" if note else ""),
        parts=raised,
    )
    after = replace(after, documents=(*order.documents, issued), adjustments=(*order.adjustments, entry))
    where = taken_back.shipment
    is_due = where is not None and bool(accounts(after)[where].to_capture)
    return reopen(after, [(Task.CAPTURE, where)], at) if is_due else after


# -- what it did, undone -----------------------------------------------------------------------------------


def _undone(order: Order, note: IssuedDocument, at: datetime) -> tuple[Order, tuple[AdjustedPart, ...]]:
    """The order with its prices as they would be without the note, and its refunds that failed withdrawn; and
    what became of each price."""
    lines = {line.number: line for line in order.lines}
    charges = {charge.number: charge for charge in order.charges}
    raised: list[AdjustedPart] = []
    for part in note.parts:
        now = replace(order, lines=tuple(lines.values()), charges=tuple(charges.values()))
        for line in _raised(_lines_of(now, note, part), part):
            raised.append(_entry(lines[line.number], line))
            lines[line.number] = line
        for charge in _raised(_charges_of(now, part), part):
            raised.append(_entry(charges[charge.number], charge))
            charges[charge.number] = charge
    refunds = dict(_refunds_by_payment(order, note))
    payments = tuple(
        withdraw(one, [x for x in refunds[one.number] if x.state is OperationState.FAILED], NOTE_REVERSED, at)
        for one in order.payments
    )
    after = replace(order, lines=tuple(lines.values()), charges=tuple(charges.values()), payments=payments)
    return after, tuple(one for one in raised if one.before != one.after)


def _entry(before: Line | Charge, after: Line | Charge) -> AdjustedPart:
    is_line = isinstance(after, Line)
    return AdjustedPart(
        line=after.number if is_line else None,
        charge=None if is_line else after.number,
        before=price(before),
        after=price(after),
    )


def _lines_of(order: Order, note: IssuedDocument, part: DocumentPart) -> tuple[Line, ...]:
    """The lines that bear what the note took off one: that one, or all its parts once it was split."""
    if part.line is None:
        return ()
    named = order.line(part.line)
    if named.quantity == part.quantity:
        return (named,)
    return tuple(
        line
        for line in order.lines
        if line.placed_as == named.placed_as and line.shipment == named.shipment and not line.is_cancelled
    )


def _charges_of(order: Order, part: DocumentPart) -> tuple[Charge, ...]:
    return tuple(charge for charge in order.charges if charge.number == part.charge)


def _offs(part: DocumentPart, *, tax_included: bool) -> tuple[int, int]:
    """What the note took off a part, in minor units: reduction and tax reduction."""
    tax = -part.tax.minor
    return -part.amount.minor - (0 if tax_included else tax), tax


def _shares(order: Order, note: IssuedDocument, part: DocumentPart) -> list[tuple[list[int], int]]:
    """What is off now and what the note took off, of the price and of the tax."""
    found: Sequence[Line | Charge] = _lines_of(order, note, part) or _charges_of(order, part)
    net, tax = _offs(part, tax_included=found[0].tax_included)
    return [([one.reduction.minor for one in found], net), ([one.tax_reduction.minor for one in found], tax)]


def _raised(found: Sequence[_Part], part: DocumentPart) -> list[_Part]:
    """The lines or charges, costing as much more as the note took off, by what is off each of them."""
    if not found:
        return []
    net, tax = _offs(part, tax_included=found[0].tax_included)
    currency = part.amount.currency
    nets = allocate_minor(net, [one.reduction.minor for one in found])
    taxes = allocate_minor(tax, [one.tax_reduction.minor for one in found])
    return [
        replace(
            one,
            reduction=one.reduction - Money(off, currency),
            tax_reduction=one.tax_reduction - Money(tax_off, currency),
        )
        for one, off, tax_off in zip(found, nets, taxes, strict=True)
    ]

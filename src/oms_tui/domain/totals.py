"""Totals of lines, charges, shipments and orders: the formula of spec 4, written once.

Total = Subtotal + Charges - Discount - price adjustments + taxes *not* included, over lines and charges not
cancelled.
Included tax is shown and never added.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from oms_tui.domain.money import Money, allocate_minor
from oms_tui.domain.order import Charge, Line, Order
from oms_tui.domain.remembered import remembered


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The sums of an order, all in its currency. `total` is what the customer owes for what is not
    cancelled."""

    subtotal: Money
    charges: Money
    discount: Money
    adjustments: Money
    tax_included: Money
    tax_added: Money
    total: Money


def price(part: Line | Charge) -> Money:
    """What a line or charge costs the customer now: discount, price adjustments and tax not included
    counted."""
    return Money(price_minor(part), part.amount.currency)


def price_minor(part: Line | Charge) -> int:
    """The same in minor units alone."""
    net = part.amount.minor - part.discount.minor - part.reduction.minor
    return net if part.tax_included else net + part.tax.minor - part.tax_reduction.minor


def placed_price(part: Line | Charge) -> Money:
    """What it cost at placement, before any price adjustment."""
    net = part.amount.minor - part.discount.minor
    return Money(net if part.tax_included else net + part.tax.minor, part.amount.currency)


def current_tax(part: Line | Charge) -> Money:
    """The tax in or on the current price."""
    return part.tax - part.tax_reduction


def totals(order: Order) -> Totals:
    """The sums of the order as it stands (spec 4; stored total = this, invariant M4)."""
    subtotal = charges = discount = adjusted = included = added = 0
    for line in order.lines:
        if not line.is_cancelled:
            subtotal += line.amount.minor
            discount += line.discount.minor
            adjusted += line.reduction.minor
            tax = line.tax.minor - line.tax_reduction.minor
            included, added = (included + tax, added) if line.tax_included else (included, added + tax)
    for charge in order.charges:
        if not charge.is_cancelled:
            charges += charge.amount.minor
            discount += charge.discount.minor
            adjusted += charge.reduction.minor
            tax = charge.tax.minor - charge.tax_reduction.minor
            included, added = (included + tax, added) if charge.tax_included else (included, added + tax)
    currency = order.currency
    return Totals(
        subtotal=Money(subtotal, currency),
        charges=Money(charges, currency),
        discount=Money(discount, currency),
        adjustments=Money(adjusted, currency),
        tax_included=Money(included, currency),
        tax_added=Money(added, currency),
        total=Money(subtotal + charges - discount - adjusted + added, currency),
    )


@remembered
def order_total(order: Order) -> Money:
    """The total alone: cheaper than `totals` where only it is wanted."""
    minor = sum(price_minor(line) for line in order.lines if not line.is_cancelled)
    minor += sum(price_minor(charge) for charge in order.charges if not charge.is_cancelled)
    return Money(minor, order.currency)


def total_of(currency: str, lines: Iterable[Line], charges: Iterable[Charge]) -> Money:
    """The placed total of lines and charges, for whoever makes an order."""
    parts: list[Line | Charge] = [*lines, *charges]
    return Money(sum(placed_price(part).minor for part in parts), currency)


def split_line(line: Line, quantity: int, new_number: int) -> tuple[Line, Line]:
    """Split `quantity` pieces off a line: (what stays, the part split off), money exact to the minor unit
    (M5).

    The part keeps status, shipment and location and remembers the line as placed (spec 2, Order line).

    Raises:
        ValueError: `quantity` is not between 1 and one less than the line's quantity.
    """
    if not 0 < quantity < line.quantity:
        raise ValueError(f"cannot split {quantity} of {line.quantity} pieces off line {line.number}")
    weights = (line.quantity - quantity, quantity)
    amount, discount, reduction = _split_together(line.amount, (line.discount, line.reduction), weights)
    tax, tax_reduction = _split_together(line.tax, (line.tax_reduction,), weights)
    stay, go = (
        replace(
            line,
            quantity=weights[i],
            amount=amount[i],
            discount=discount[i],
            tax=tax[i],
            reduction=reduction[i],
            tax_reduction=tax_reduction[i],
        )
        for i in (0, 1)
    )
    return stay, replace(go, number=new_number, parent=line.placed_as)


def _split_together(
    whole: Money, parts: tuple[Money, ...], weights: tuple[int, int]
) -> list[tuple[Money, Money]]:
    """Split an amount and what is taken off it by weight: exact, each share within one unit, and neither side
    costs less than nothing, as it could where each rounded by itself."""
    currency = whole.currency
    sizes = [part.minor for part in parts]
    rest = whole.minor - sum(sizes)
    if rest < 0 or min(sizes) < 0:
        stays = [allocate_minor(minor, weights)[0] for minor in (whole.minor, *sizes)]
    else:
        stay = allocate_minor(whole.minor, weights)[0]
        shares = [divmod(minor * weights[0], sum(weights)) for minor in (*sizes, rest)]
        floors = [quotient for quotient, _ in shares]
        # The units that the floors lack go to the largest remainders; there are never more than remainders.
        lacking = stay - sum(floors)
        for index in sorted(range(len(shares)), key=lambda at: shares[at][1], reverse=True)[:lacking]:
            floors[index] += 1
        stays = [stay, *floors[:-1]]
    return [
        (Money(stay, currency), Money(minor - stay, currency))
        for stay, minor in zip(stays, (whole.minor, *sizes), strict=True)
    ]


def next_line_number(order: Order) -> int:
    """The number the next split part gets."""
    return max(line.number for line in order.lines) + 1

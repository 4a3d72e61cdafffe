"""What a new order, return or credit note must satisfy to come in: the value checks of intake (architecture
3).

Each check gives the reason why something cannot come in, for a person who has to mend its source; None =
fine.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from oms_tui.domain.cards import find_card_data
from oms_tui.domain.currency import DECIMALS
from oms_tui.domain.money import Money, format_money
from oms_tui.domain.order import Address, AdjustedPart, Charge, Line, Order, Payment
from oms_tui.domain.payment import balance
from oms_tui.domain.remembered import remembered_by
from oms_tui.domain.returns import CreditNote, Return
from oms_tui.domain.status import UNDELIVERED_CAUSES, Cause, LineStatus

LONGEST_ID = 64
LONGEST_TEXT = 1_000
"""Characters of any single field but a note (T9)."""
LONGEST_NOTE = 4_000
_MOST_CARD_DIGITS = 12
"""First 8 and last 4 (invariant K3)."""
_RETURN_PREFIX = "R"


def why_not_order(order: Order) -> str | None:
    """The first reason why this order cannot come in."""
    return next((reason for check in _ORDER_CHECKS if (reason := check(order))), None)


def why_not_money(order: Order) -> str | None:
    """The first rule about money that an order breaks: one currency, nothing below zero, parts that sum to
    what was placed, no payment that gave back more than it took (M1, M3, M5, M8)."""
    return _why_not_money(order) or _why_not_payments(order)


def why_not_return(value: Return, order: Order) -> str | None:
    """The first reason why this return of `order` cannot come in."""
    if reason := _why_not_id(value.id):
        return reason
    if not value.id.startswith(_RETURN_PREFIX):
        return f"a return's ID starts with {_RETURN_PREFIX}"
    if not value.lines:
        return "it has no lines"
    if value.created.tzinfo is None:
        return "its time has no time zone"
    texts = (value.return_point, value.tracking)
    line_texts = (t for x in value.lines for t in (x.sku, x.name, x.reason, x.condition, x.credit_note))
    if reason := _why_not_texts((*texts, *line_texts)):
        return reason
    return _why_not_return_lines(value, order)


def why_not_credit_note(note: CreditNote) -> str | None:
    """The first reason why this credit note cannot come in."""
    if reason := _why_not_id(note.number):
        return reason
    if note.currency not in DECIMALS:
        return f"{note.currency!r} is no currency"
    if note.at.tzinfo is None:
        return "its time has no time zone"
    if not note.lines:
        return "it has no rows"
    if any(line.amount.currency != note.currency for line in note.lines):
        return f"not every amount is in {note.currency}"
    if _has_repeats(line.number for line in note.lines):
        return "a row number is there twice"
    return _why_not_texts(
        (note.customer_number, note.country, *(t for line in note.lines for t in (line.code, line.name)))
    )


def _why_not_id(text: str) -> str | None:
    if not text.strip() or text != text.strip():
        return "its ID is empty or has blanks around it"
    if len(text) > LONGEST_ID:
        return f"its ID has more than {LONGEST_ID} characters"
    return None if text.isprintable() else "its ID has characters that cannot be printed"


def _why_not_header(order: Order) -> str | None:
    if reason := _why_not_id(order.id):
        return reason
    if order.created.tzinfo is None:
        return "the time it was placed has no time zone"
    if order.currency not in DECIMALS:
        return f"{order.currency!r} is no currency"
    channel = order.channel
    if not channel.code:
        return "it has no channel"
    if channel.currency != order.currency:
        return f"it is in {order.currency}, its channel {channel.code} sells in {channel.currency}"
    if not _is_time_zone(channel.time_zone):
        return f"{channel.time_zone!r} is no time zone"
    return None if order.version >= 1 else f"version {order.version} cannot be"


@lru_cache(maxsize=256)
def _is_time_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _why_not_lines(order: Order) -> str | None:
    if not order.lines and not order.charges:
        return "it has neither lines nor charges"
    numbers = [line.number for line in order.lines]
    if not _is_rising(numbers) or min(numbers, default=1) < 1:
        return "line numbers must be 1 or more, rise, and each be there once"
    shipments = {shipment.number for shipment in order.shipments}
    for line in order.lines:
        if line.quantity < 1:
            return f"line {line.number} has {line.quantity} pieces"
        if line.parent is not None and (line.parent not in numbers or line.parent == line.number):
            return f"line {line.number} is a part of line {line.parent}, which is not there"
        if line.shipment is not None and line.shipment not in shipments:
            return f"line {line.number} names shipment {line.shipment}, which is not there"
        if not _is_caused(line):
            return (
                f"line {line.number} is {line.status.value} by the cause {line.cause.value}, which cannot be"
            )
    return None


def _is_caused(line: Line) -> bool:
    """Whether status and cause go together where only certain causes lead to a status (spec 3.1)."""
    is_undelivered = line.status is LineStatus.UNDELIVERED
    return line.is_cancelled is (line.cause is Cause.CANCEL) and is_undelivered is (
        line.cause in UNDELIVERED_CAUSES
    )


def _why_not_money(order: Order) -> str | None:
    currency = order.currency
    total = 0
    parts: list[Line | Charge] = [*order.lines, *order.charges]
    for part in parts:
        if not _is_right(part, currency):
            return _why_not_amounts(part, currency)
        total += part.amount.minor - part.discount.minor + (0 if part.tax_included else part.tax.minor)
    placed = order.placed_total
    if placed.currency != currency:
        return f"its placed total is in {placed.currency}, the order in {currency}"
    if total != placed.minor:
        found = format_money(Money(total, currency))
        return f"its placed total is {format_money(placed)}, its lines and charges come to {found}"
    return None


def _is_right(part: Line | Charge, currency: str) -> bool:
    """All that `_why_not_amounts` looks at, in one expression: every line of every order comes by here."""
    amount, discount, tax = part.amount, part.discount, part.tax
    reduction, tax_reduction = part.reduction, part.tax_reduction
    return (
        amount.currency == discount.currency == tax.currency == currency
        and reduction.currency == tax_reduction.currency == currency
        and amount.minor >= 0
        and (discount.minor >= 0 or isinstance(part, Charge))  # a charge may take a discount back
        and reduction.minor >= 0
        and amount.minor - discount.minor - reduction.minor >= 0
        and 0 <= tax_reduction.minor <= tax.minor
    )


def _why_not_amounts(part: Line | Charge, currency: str) -> str:
    """What is wrong with a part that `_is_right` does not let through."""
    name = f"{'line' if isinstance(part, Line) else 'charge'} {part.number}"
    amounts = (part.amount, part.discount, part.tax, part.reduction, part.tax_reduction)
    for amount in amounts:
        if amount.currency != currency:
            return f"{name} is in {amount.currency}, the order in {currency}"
    if any(amount.minor < 0 for amount in amounts):
        return f"{name} has an amount below zero"
    return f"{name} costs less than nothing"


def _payments_of(order: Order) -> object:
    return order.payments, order.currency


@remembered_by(_payments_of)
def _why_not_payments(order: Order) -> str | None:
    if not _is_rising(payment.number for payment in order.payments):
        return "payment numbers must rise, each there once"
    return next((reason for payment in order.payments if (reason := _why_not_payment(payment, order))), None)


def _why_not_payment(payment: Payment, order: Order) -> str | None:
    name = f"payment {payment.number}"
    amounts = [operation.amount for operation in payment.operations]
    if payment.currency != order.currency or any(a.currency != order.currency for a in amounts):
        return f"{name} is not in {order.currency}"
    if any(amount.minor < 0 for amount in amounts):
        return f"{name} has an amount below zero"
    numbers = [operation.number for operation in payment.operations]
    if not _is_rising(numbers):
        return f"{name}: operation numbers must rise, each there once"
    earlier = {None, *numbers}
    if any(o.answers not in earlier or (o.answers or 0) >= o.number for o in payment.operations):
        return f"{name} has an answer to an operation that is not there before it"
    if balance(payment).refundable < 0:
        return f"{name} gave back more than it took"
    digits = sum(char.isdigit() for char in payment.masked_card)
    if digits > _MOST_CARD_DIGITS:
        return f"{name} shows {digits} digits of its card, at most {_MOST_CARD_DIGITS} may be kept"
    return None


def _why_not_rest(order: Order) -> str | None:
    for name, items in (
        ("charge", order.charges),
        ("hold", order.holds),
        ("adjustment", order.adjustments),
        ("note", order.notes),
    ):
        if not _is_rising(item.number for item in items):
            return f"{name} numbers must rise, each there once"
    if _has_repeats(shipment.number for shipment in order.shipments):
        return "a shipment number is there twice"
    if _has_repeats((task.shipment, task.task) for task in order.tasks):
        return "a task of the flow is there twice"
    parcels = {None, *(shipment.number for shipment in order.shipments)}
    if stray := next((task.shipment for task in order.tasks if task.shipment not in parcels), None):
        return f"a task names shipment {stray}, which is not there"
    if any(hold.is_open is bool(hold.released_by) for hold in order.holds):
        return "a hold must say when and by whom it was released, or neither"
    return next((r for a in order.adjustments for x in a.parts if (r := _why_not_adjusted(x, order))), None)


def _why_not_adjusted(part: AdjustedPart, order: Order) -> str | None:
    if (part.line is None) is (part.charge is None):
        return "an adjustment must be of a line or of a charge"
    if part.before.currency != order.currency or part.after.currency != order.currency:
        return f"an adjustment is not in {order.currency}"
    return None


def _why_not_text(order: Order) -> str | None:
    for note in order.notes:
        if len(note.text) > LONGEST_NOTE:
            return f"note {note.number} has more than {LONGEST_NOTE:,} characters"
        if find_card_data(note.text):
            return f"note {note.number} holds card data"
        if reason := _why_not_characters(note.text):
            return reason
    if reason := _why_not_texts(_texts(order)):
        return reason
    holds_card = any(find_card_data(payment.holder) for payment in order.payments if payment.holder)
    return "a payment holds a card number" if holds_card else None


def _texts(order: Order) -> list[str]:
    customer = order.customer
    texts = [order.language, order.method, order.source, order.selling_entity, order.channel.name]
    texts += (customer.number, customer.first_name, customer.last_name, customer.email, customer.phone)
    texts += _address_texts(order.bill_to)
    if order.ship_to is not order.bill_to:
        texts += _address_texts(order.ship_to)
    for line in order.lines:
        texts += (line.sku, line.upc, line.name, line.size, line.category, line.promo, line.location)
    for charge in order.charges:
        texts += (charge.code, charge.name)
    for shipment in order.shipments:
        texts += (shipment.number, shipment.location, shipment.method, shipment.carrier, shipment.tracking)
    for payment in order.payments:
        texts += (payment.card_type, payment.masked_card, payment.holder, payment.reference)
        texts += (text for o in payment.operations for text in (o.reference, o.cause))
    for hold in order.holds:
        texts += (hold.reason, hold.evidence, hold.placed_by, hold.released_by)
    for adjustment in order.adjustments:
        texts += (adjustment.person, adjustment.reason, adjustment.note)
    return texts


def _address_texts(address: Address) -> tuple[str, ...]:
    where = (address.city, address.area, address.postal_code, address.country, address.phone)
    return (address.recipient, address.company, *address.street, *where)


def _why_not_texts(texts: Iterable[str]) -> str | None:
    known = list(texts)
    if max(map(len, known), default=0) > LONGEST_TEXT:
        return f"a text has more than {LONGEST_TEXT:,} characters"
    return _why_not_characters("".join(known))


def _why_not_characters(text: str) -> str | None:
    """NUL and lone surrogates are refused, everything else is somebody's name (T5)."""
    if text.isascii():
        return "a text holds a NUL character" if "\0" in text else None
    if "\0" in text:
        return "a text holds a NUL character"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "a text holds half a character (a lone surrogate)"
    return None


def _why_not_return_lines(value: Return, order: Order) -> str | None:
    if not _is_rising(line.number for line in value.lines):
        return "line numbers must rise, each there once"
    known = {line.number: line for line in order.lines}
    for line in value.lines:
        if line.order_line not in known:
            return f"it names line {line.order_line}, which order {order.id} does not have"
        if line.quantity < 1:
            return f"line {line.number} has {line.quantity} pieces"
        if line.refund.currency != order.currency:
            return f"line {line.number} is in {line.refund.currency}, the order in {order.currency}"
        if line.refund.minor < 0:
            return f"line {line.number} has an amount below zero"
    return None


def _is_rising(values: Iterable[int]) -> bool:
    return all(first < second for first, second in pairwise(values))


def _has_repeats(values: Iterable[object]) -> bool:
    known = list(values)
    return len(known) != len(set(known))


_ORDER_CHECKS: tuple[Callable[[Order], str | None], ...] = (
    _why_not_header,
    _why_not_lines,
    _why_not_money,
    _why_not_payments,
    _why_not_rest,
    _why_not_text,
)

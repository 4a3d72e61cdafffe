"""How sums of money stand side by side: authorized beside captured with the difference, what else became of
it (spec 4)."""

from collections.abc import Iterable, Sequence

from oms_tui.domain.money import Money, format_money
from oms_tui.domain.order import Order, Payment
from oms_tui.domain.payment import Balance, balance, order_balance
from oms_tui.screens import wording
from oms_tui.widgets.lines import Piece

Sum = tuple[str, str, str]
"""Label, amount, look of the amount."""


def groups(sums: Iterable[Sum]) -> list[Sequence[Piece]]:
    """The sums as pieces, each with its label."""
    return [[(f"{label} ", "muted"), (amount, look)] for label, amount, look in sums]


def beside(order: Order, payment: Payment | None = None) -> list[Sum]:
    """Authorized and captured with the difference, of a payment; of None over all those of the order."""
    sums, currency = order_balance(order) if payment is None else balance(payment), order.currency
    authorized = format_money(Money(sums.authorized, currency))
    found = [
        ("Authorized", wording.authorized(order, sums) if payment is None else authorized, "strong"),
        ("Captured", format_money(Money(sums.captured, currency)), "strong"),
    ]
    if sums.authorized:
        payments = order.payments if payment is None else (payment,)
        is_open = any(_may_be_captured(one) for one in payments)
        found.append(difference(Money(sums.captured - sums.authorized, currency), is_open=is_open))
    return found


def difference(over: Money, *, is_open: bool = True) -> Sum:
    """What was captured above what it is beside; below it is how every order begins, and no alarm.

    Args:
        over: Captured less what it is beside.
        is_open: Whether the rest may still be captured.
    """
    if over.minor < 0:
        return ("Not captured yet" if is_open else "Not captured", format_money(-over), "")
    return ("Difference", format_money(over), "warning" if over else "")


def _may_be_captured(payment: Payment) -> bool:
    sums = balance(payment)
    return bool(sums.pending_capture) or (payment.lapsed_at is None and bool(sums.to_capture))


def others(sums: Balance) -> list[Sum]:
    """What else became of it, as far as anything did. What is only asked is never shown as done."""
    rows = (
        ("Refunded", sums.refunded, ""),
        ("Voided", sums.voided, ""),
        ("Capture pending", sums.pending_capture, "warning"),
        ("Refund pending", sums.pending_refund, "warning"),
        ("Void pending", sums.pending_void, "warning"),
    )
    return [(label, format_money(Money(minor, sums.currency)), look) for label, minor, look in rows if minor]

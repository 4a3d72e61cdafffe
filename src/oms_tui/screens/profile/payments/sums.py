"""How sums of money stand side by side: authorized beside captured with the difference, what else became of
it (spec 4)."""

from collections.abc import Iterable, Sequence

from oms_tui.domain.money import Money, format_money
from oms_tui.domain.order import Order
from oms_tui.domain.payment import Balance
from oms_tui.screens import wording
from oms_tui.widgets.lines import Piece

Sum = tuple[str, str, str]
"""Label, amount, look of the amount."""


def groups(sums: Iterable[Sum]) -> list[Sequence[Piece]]:
    """The sums as pieces, each with its label."""
    return [[(f"{label} ", "muted"), (amount, look)] for label, amount, look in sums]


def beside(sums: Balance, order: Order, *, is_whole: bool) -> list[Sum]:
    """Authorized and captured with the difference; `is_whole`: over all payments of the order."""
    currency = order.currency
    authorized = format_money(Money(sums.authorized, currency))
    difference = Money(sums.captured - sums.authorized, currency)
    found = [
        ("Authorized", wording.authorized(order, sums) if is_whole else authorized, "strong"),
        ("Captured", format_money(Money(sums.captured, currency)), "strong"),
    ]
    if sums.authorized:
        found.append(("Difference", format_money(difference), "warning" if difference else ""))
    return found


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

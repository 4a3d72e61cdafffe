"""How an order's facts read in a cell: the same on every screen."""

from datetime import datetime
from zoneinfo import ZoneInfo

from oms_tui.domain.answers import OrderSummary
from oms_tui.domain.money import Money, format_money
from oms_tui.domain.status import HOLD_GLYPH, PROBLEM_GLYPH, OrderStatus, glyph, word
from oms_tui.text import cell_width
from oms_tui.widgets.long_list.columns import Cell

STATUS_LOOKS: dict[OrderStatus, str] = {
    OrderStatus.PENDING_ALLOCATION: "muted",
    OrderStatus.ALLOCATED: "active",
    OrderStatus.CONFIRMED: "active",
    OrderStatus.PACKED: "active",
    OrderStatus.SHIPPED: "good",
    OrderStatus.DELIVERED: "good",
    OrderStatus.UNDELIVERED: "problem",
    OrderStatus.RETURNED: "muted",
    OrderStatus.CANCELLED: "muted",
}
"""Status -> look, beside its glyph and word: colour alone says nothing."""


def placed_text(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """When it was placed, in the business zone: `22 Nov 08:12`, of another year `22 Nov 2025`."""
    local = at.astimezone(zone)
    if local.year != now.astimezone(zone).year:
        return f"{local.day:2} {local:%b %Y}"
    return f"{local.day:2} {local:%b %H:%M}"


def customer_name(order: OrderSummary) -> str:
    """The customer as the list shows them: last name first; else what is known of them."""
    name = ", ".join(part for part in (order.last_name, order.first_name) if part)
    return name or order.email or order.customer_number or "–"


def status_text(order: OrderSummary, ascii_only: bool = False) -> str:
    """Glyph, word, how much is ahead of it, and the signs of holds and problems."""
    ahead = f" {order.ahead}/{order.pieces}" if 0 < order.ahead < order.pieces else ""
    hold = (f" {'H' if ascii_only else HOLD_GLYPH}") if order.holds else ""
    problem = f" {PROBLEM_GLYPH}" if order.has_undelivered else ""
    return f"{glyph(order.status, ascii_only=ascii_only)} {word(order.status)}{ahead}{hold}{problem}"


def status_cell(order: OrderSummary, ascii_only: bool = False) -> Cell:
    """The status with its look."""
    look = "warning" if order.holds else STATUS_LOOKS[order.status]
    return Cell(status_text(order, ascii_only), "problem" if order.has_undelivered else look)


def money_text(amount: Money) -> str:
    """An amount with its currency."""
    return format_money(amount)


TOTAL_WIDTH = 13
"""Cells of a total in a list."""


def total_cell(order: OrderSummary) -> Cell:
    """An order's total; of a cancelled one what it was placed for, dim: "was 99.00 €".

    The total counts what is not cancelled (spec 4), so a cancelled order's is nothing; but the sum a customer
    names and an agent knows the order by is the placed one. "was" keeps it from being read as money owed; it
    goes where the amount itself needs the room.
    """
    if order.status is not OrderStatus.CANCELLED or order.total == order.placed_total:
        return Cell(money_text(order.total))
    placed = money_text(order.placed_total)
    text = f"was {placed}"
    return Cell(text if cell_width(text) <= TOTAL_WIDTH else placed, "muted")

"""What View Shipment shows: where it goes, its own money, its lines, its papers, its delivery flow (spec 2,
Shipment and Position)."""

from collections.abc import Iterable

from oms_tui.domain.derive import standing
from oms_tui.domain.flow import delivery_flow
from oms_tui.domain.money import Money, format_money
from oms_tui.domain.order import Charge, Line, Order, Shipment
from oms_tui.domain.payment import invoice_status
from oms_tui.domain.positions import ShipmentPosition, charges_of, lines_of, position
from oms_tui.domain.status import word
from oms_tui.domain.totals import current_tax, price
from oms_tui.screens import wording
from oms_tui.screens.flow.places import LineStop, ShipmentKey
from oms_tui.screens.money_notes import put_notes
from oms_tui.screens.profile.page import Page, widest
from oms_tui.screens.profile.payments.details import operations_for, put_operations
from oms_tui.screens.profile.payments.papers import documents_of, put_table
from oms_tui.screens.profile.payments.sums import Sum, difference, groups
from oms_tui.screens.profile.view import View, figure
from oms_tui.widgets.lines import Piece
from oms_tui.widgets.listing import Body
from oms_tui.widgets.long_list.columns import Cell, Column

NONE_CANCELLED = "none: cancelled"
"""Instead of what was going to happen."""


def build(view: View, number: str, width: int) -> Body:
    """The screen's body."""
    page, order = Page(width), view.order
    shipment = order.shipment(number)
    lines = lines_of(order, number)
    now = standing(lines)
    status = wording.order_status(now.status, now.fraction, ascii_only=view.ascii_only)
    forced: list[Piece] = [("  ", ""), ("forced", "warning")] if shipment.is_forced else []
    page.put((f"{order.id} {number}", "strong"), ("  ", ""), status, *forced)
    put_notes(page, (note for note in view.money if note.shipment == number))
    is_cancelled = is_over(lines)
    page.facts([
        ("Ship-To", ship_to(view, shipment, is_cancelled=is_cancelled)),
        ("Way", " · ".join(way(shipment, shipment.method, is_cancelled=is_cancelled))),
        ("Dates", dates(view, shipment)),
    ])  # fmt: skip
    _put_money(page, view, shipment, is_cancelled=is_cancelled)
    _put_lines(page, view, lines, charges_of(order, number))
    _put_documents(page, view, number)
    _put_flow(page, view, number)
    return page.body()


def is_over(lines: Iterable[Line]) -> bool:
    """Whether everything in it is cancelled."""
    found = tuple(lines)
    return bool(found) and all(line.is_cancelled for line in found)


def ship_to(view: View, shipment: Shipment, *, is_cancelled: bool) -> str | Cell:
    """Where it goes: its own address, copied when the pick ticket is released."""
    if is_cancelled and shipment.ship_to is None:
        return Cell(NONE_CANCELLED, "muted")
    if shipment.ship_to is not None:
        return ", ".join(wording.address_lines(shipment.ship_to))
    as_order = ", ".join(wording.address_lines(view.order.ship_to))
    if shipment.released_at is None:
        return f"{as_order} (the order's, until the pick ticket is released)"
    return as_order


def way(shipment: Shipment, *more: str, is_cancelled: bool) -> list[str]:
    """From where it travels, whatever else is to be said of that, with whom, under which number."""
    if shipment.tracking:
        tracking = shipment.tracking
    elif is_cancelled:
        tracking = "no tracking: cancelled"
    else:
        tracking = "tracking not known" if shipment.shipped_at else "tracking when it leaves"
    parts = (f"from {shipment.location}", *more, shipment.carrier, tracking)
    return [part for part in parts if part]


def dates(view: View, shipment: Shipment) -> str:
    """What happened to it when."""
    found = (
        ("planned", shipment.planned_at),
        ("pick ticket", shipment.released_at),
        ("packed", shipment.packed_at),
        ("shipped", shipment.shipped_at),
        ("delivered", shipment.delivered_at),
    )
    return " · ".join(f"{name} {view.at(at)}" for name, at in found if at is not None)


# -- money -------------------------------------------------------------------------------------------------


def payment_of(view: View, number: str, *, is_cancelled: bool = False) -> Cell:
    """The payment status of its position; the order's where payments are masked."""
    if is_cancelled and not operations_for(view.order, number):
        return Cell(NONE_CANCELLED, "muted")
    if view.profile.is_payment_masked:
        return wording.payment_status(view.profile.payment_status)
    status = position(view.order, number).status
    return wording.payment_status(status, is_checked=view.is_checked_for(number))


def captured_of(view: View, number: str) -> str:
    """What captures took for it; that it is for few where payments are masked."""
    if view.profile.is_payment_masked:
        return "–"
    return format_money(position(view.order, number).captured)


def invoice_of(order: Order, shipment: Shipment, *, is_cancelled: bool) -> Cell:
    """Whether it is invoiced, and the number."""
    if is_cancelled and not shipment.invoice:
        return Cell(NONE_CANCELLED, "muted")
    status = wording.invoice_status(invoice_status(order, shipment.number))
    return Cell(f"{status.text} {shipment.invoice}".strip(), status.look)


def _put_money(page: Page, view: View, shipment: Shipment, *, is_cancelled: bool) -> None:
    order, number = view.order, shipment.number
    status = payment_of(view, number, is_cancelled=is_cancelled)
    page.heading("Payment", (status.text, status.look))
    its_own = position(order, number)
    sums: list[Sum] = [("Due", format_money(its_own.due), "strong")]
    if not view.profile.is_payment_masked:
        sums.append(("Captured", format_money(its_own.captured), "strong"))
        sums.append(difference(its_own.captured - its_own.due))
        sums += _more(its_own)
    invoice = invoice_of(order, shipment, is_cancelled=is_cancelled)
    sums.append(("Invoice", invoice.text, invoice.look))
    page.flow(groups(sums))
    asked = operations_for(order, number)
    if asked:
        put_operations(page, view, asked, of_shipment=True)


def _more(its_own: ShipmentPosition) -> list[Sum]:
    """What else became of its money, as far as anything did."""
    rows = (
        ("Capture pending", its_own.in_the_air, "warning"),
        ("Refunded", its_own.refunded, ""),
        ("To capture", its_own.to_capture, "warning"),
        ("Overcharged", its_own.overcharged, "problem"),
    )
    return [(label, format_money(amount), look) for label, amount, look in rows if amount]


# -- lines -------------------------------------------------------------------------------------------------


def _put_lines(page: Page, view: View, lines: tuple[Line, ...], charges: tuple[Charge, ...]) -> None:
    page.heading("Lines")
    parts: list[Line | Charge] = [*lines, *charges]
    page.table(
        _columns(view, parts), parts, key=lambda one: LineStop(one.number) if isinstance(one, Line) else None
    )


def _columns(view: View, parts: list[Line | Charge]) -> list[Column[Line | Charge]]:
    totals = [figure(price(one)) for one in parts]
    amounts = [figure(one.amount) for one in parts]
    taxes = [figure(current_tax(one)) for one in parts]
    return [
        Column(id="no", title="", width=3, align="right",
               render=lambda one: str(one.number) if isinstance(one, Line) else ""),
        Column(id="item", title="Item", width=22, flex=1, render=_item),
        Column(id="sku", title="SKU", width=12, priority=3,
               render=lambda one: Cell(one.sku if isinstance(one, Line) else "", "muted")),
        Column(id="qty", title="Qty", width=4, align="right",
               render=lambda one: str(one.quantity) if isinstance(one, Line) else ""),
        Column(id="status", title="Status", width=13, render=lambda one: _status(view, one)),
        Column(id="amount", title="Amount", width=widest(amounts, 6, 18), align="right", priority=1,
               render=lambda one: figure(one.amount)),
        Column(id="tax", title="Tax", width=widest(taxes, 4, 18), align="right", priority=2,
               render=lambda one: Cell(figure(current_tax(one)), "muted")),
        Column(id="total", title="Total", width=widest(totals, 6, 18), align="right",
               render=lambda one: _total(one)),
    ]  # fmt: skip


def _item(one: Line | Charge) -> str:
    return (one.name or one.sku) if isinstance(one, Line) else (one.name or word(one.kind))


def _status(view: View, one: Line | Charge) -> Cell:
    return wording.line_status(one.status, ascii_only=view.ascii_only) if isinstance(one, Line) else Cell("")


def _total(one: Line | Charge) -> str:
    """What it adds to what is due: a cancelled line nothing."""
    zero = Money(0, one.amount.currency)
    return figure(zero if isinstance(one, Line) and one.is_cancelled else price(one))


def _put_documents(page: Page, view: View, number: str) -> None:
    found = [one for one in documents_of(view) if one.shipment == number]
    if found and not view.profile.is_payment_masked:
        page.heading("Documents", (str(len(found)), "muted"))
        put_table(page, view, found)


# -- flow --------------------------------------------------------------------------------------------------


def _put_flow(page: Page, view: View, number: str) -> None:
    page.heading("Delivery flow", key=ShipmentKey(number))
    if not view.may_see_flows:
        page.say("The delivery flow of a shipment is for CS and OP.")
        return
    names = (
        wording.task_name(task, ascii_only=view.ascii_only) for task in delivery_flow(view.order, number)
    )
    page.flow([(name.text, name.look)] for name in names)

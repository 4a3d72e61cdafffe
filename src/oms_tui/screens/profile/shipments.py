"""Tab Shipments: where each goes, how far it is, its money (spec 2 Shipment, 7)."""

from oms_tui.domain.derive import standing
from oms_tui.domain.money import format_money
from oms_tui.domain.order import Line, Shipment
from oms_tui.domain.payment import invoice_status
from oms_tui.domain.positions import charges_of, lines_of, position
from oms_tui.domain.status import OrderStatus, word
from oms_tui.domain.totals import price
from oms_tui.screens import wording
from oms_tui.screens.flow.places import ShipmentKey
from oms_tui.screens.profile.page import Page, widest
from oms_tui.screens.profile.view import View, figure
from oms_tui.widgets.lines import Piece
from oms_tui.widgets.listing import Body
from oms_tui.widgets.long_list.columns import Cell, Column

_CANCELLED = "none: cancelled"
"""Instead of what was going to happen."""


def build(view: View, width: int) -> Body:
    """The tab's body: where it goes first, since that is what callers ask for."""
    page, order = Page(width), view.order
    page.facts([
        ("Ship-To", ", ".join(wording.address_lines(order.ship_to))),
        *([("Forced", Cell("accepted as it is", "warning"))] if order.is_forced else []),
    ])  # fmt: skip
    for shipment in order.shipments:
        _shipment(page, view, shipment)
    loose = [line for line in order.lines if line.shipment is None and not line.is_cancelled]
    if not order.shipments:
        _none(page, view)
    elif loose:
        page.heading("Not in a shipment yet")
        page.say(", ".join(f"line {line.number} ×{line.quantity}" for line in loose), "")
    page.heading("Addresses")
    is_same = order.bill_to == order.ship_to
    page.facts([
        ("Ship-To phone", wording.known(order.ship_to.phone)),
        ("Bill-To", "the same as Ship-To" if is_same else wording.address_lines(order.bill_to)),
    ])  # fmt: skip
    return page.body()


def _none(page: Page, view: View) -> None:
    order = view.order
    page.blank()
    if order.lines and all(line.is_cancelled for line in order.lines):
        page.say("Cancelled before a shipment was planned: there is none.")
    elif order.is_carry_out:
        page.say("Carried out of the store: there is no shipment.")
    elif order.source:
        page.say("How it was shipped is not known: the import does not say.")
    else:
        page.say("No shipment is planned yet: that happens at allocation.")


def _shipment(page: Page, view: View, shipment: Shipment) -> None:
    order = view.order
    lines = lines_of(order, shipment.number)
    is_cancelled = standing(lines).status is OrderStatus.CANCELLED
    status = wording.order_status(standing(lines).status, ascii_only=view.ascii_only)
    forced: list[Piece] = [("forced", "warning")] if shipment.is_forced else []
    page.heading(shipment.number, status, *forced, key=ShipmentKey(shipment.number))
    page.facts([
        ("Method", wording.known(shipment.method)),
        ("Carrier", wording.known(shipment.carrier)),
        ("Tracking", shipment.tracking or _no_tracking(shipment, is_cancelled=is_cancelled)),
        ("From", shipment.location),
        ("Ship to", _ship_to(view, shipment, is_cancelled=is_cancelled)),
        ("Dates", _dates(view, shipment)),
        *_money(view, shipment, is_cancelled=is_cancelled),
    ])  # fmt: skip
    page.table(_columns(view, lines), lines)
    for charge in charges_of(order, shipment.number):
        page.put((f"   {charge.name or word(charge.kind)}", "muted"))


def _no_tracking(shipment: Shipment, *, is_cancelled: bool) -> str | Cell:
    if is_cancelled:
        return Cell(_CANCELLED, "muted")
    return "not known" if shipment.shipped_at else "when it leaves"


def _ship_to(view: View, shipment: Shipment, *, is_cancelled: bool) -> str | Cell:
    if is_cancelled and shipment.ship_to is None:
        return Cell(_CANCELLED, "muted")
    if shipment.ship_to is None and shipment.released_at is None:
        return Cell("as the order's, until the pick ticket is released", "muted")
    if shipment.ship_to is None or shipment.ship_to == view.order.ship_to:
        return "as the order's"
    return ", ".join(wording.address_lines(shipment.ship_to))


def _dates(view: View, shipment: Shipment) -> str:
    dates = (
        ("planned", shipment.planned_at),
        ("pick ticket", shipment.released_at),
        ("packed", shipment.packed_at),
        ("shipped", shipment.shipped_at),
        ("delivered", shipment.delivered_at),
    )
    return " · ".join(f"{name} {view.at(at)}" for name, at in dates if at is not None)


def _money(view: View, shipment: Shipment, *, is_cancelled: bool) -> list[tuple[str, str | Cell]]:
    order = view.order
    its_own = position(order, shipment.number)
    facts: list[tuple[str, str | Cell]] = [("Amount", format_money(its_own.due))]
    gone = Cell(_CANCELLED, "muted") if is_cancelled and not its_own.captured else None
    if not view.profile.is_payment_masked:
        captured = format_money(its_own.captured)
        payment = wording.payment_status(its_own.status)
        facts += [("Captured", gone or captured), ("Payment", gone or payment)]
    else:
        facts.append(("Payment", gone or wording.payment_status(view.profile.payment_status)))
    status = wording.invoice_status(invoice_status(order, shipment.number))
    if is_cancelled and not shipment.invoice:
        status = Cell(_CANCELLED, "muted")
    facts.append(("Invoice", Cell(f"{status.text} {shipment.invoice}".strip(), status.look)))
    return facts


def _columns(view: View, lines: tuple[Line, ...]) -> list[Column[Line]]:
    totals = [figure(price(line)) for line in lines]
    return [
        Column(id="no", title="", width=3, align="right", render=lambda one: str(one.number)),
        Column(id="item", title="Item", width=20, flex=1, render=lambda one: one.name or one.sku),
        Column(id="qty", title="Qty", width=4, align="right", render=lambda one: str(one.quantity)),
        Column(id="status", title="Status", width=20,
               render=lambda one: wording.line_status(one.status, ascii_only=view.ascii_only)),
        Column(id="total", title="Total", width=widest(totals, 6, 20), align="right",
               render=lambda one: figure(price(one))),
    ]  # fmt: skip

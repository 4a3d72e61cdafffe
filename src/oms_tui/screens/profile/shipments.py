"""Tab Shipments: every shipment in a line, as documented; enter shows one whole (spec 2 Shipment, 7)."""

from dataclasses import dataclass

from oms_tui.domain.derive import standing
from oms_tui.domain.money import format_money
from oms_tui.domain.order import Shipment
from oms_tui.domain.positions import lines_of, position
from oms_tui.screens import wording
from oms_tui.screens.profile.page import INDENT, Page, widest
from oms_tui.screens.profile.view import View
from oms_tui.screens.shipment.page import captured_of, invoice_of, is_over, payment_of, ship_to, way
from oms_tui.widgets.grid import Grid
from oms_tui.widgets.listing import Body
from oms_tui.widgets.long_list.columns import Cell, Column

ROOMY = 110
"""Cells of a page that has room for ship-to and tracking in the table."""


@dataclass(frozen=True, slots=True)
class ShipmentStop:
    """Names a shipment; enter opens it."""

    number: str


def build(view: View, width: int) -> Body:
    """The tab's body: where it goes first, since that is what callers ask for."""
    page, order = Page(width), view.order
    page.facts([
        ("Ship-To", ", ".join(wording.address_lines(order.ship_to))),
        *([("Forced", Cell("accepted as it is", "warning"))] if order.is_forced else []),
    ])  # fmt: skip
    page.blank()
    if order.shipments:
        _put_shipments(page, view)
    else:
        _none(page, view)
    loose = [line for line in order.lines if line.shipment is None and not line.is_cancelled]
    if order.shipments and loose:
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
    if order.lines and all(line.is_cancelled for line in order.lines):
        page.say("Cancelled before a shipment was planned: there is none.")
    elif order.is_carry_out:
        page.say("Carried out of the store: there is no shipment.")
    elif order.source:
        page.say("How it was shipped is not known: the import does not say.")
    else:
        page.say("No shipment is planned yet: that happens at allocation.")


def _put_shipments(page: Page, view: View) -> None:
    grid = Grid(_columns(view, page.width), page.width)
    page.put(*grid.header())
    for shipment in view.order.shipments:
        key = ShipmentStop(shipment.number)
        page.grid_row(grid, shipment, key)
        _below(page, view, shipment, key)


def _columns(view: View, width: int) -> list[Column[Shipment]]:
    shipments = view.order.shipments
    dues = [format_money(position(view.order, one.number).due) for one in shipments]
    captured = [captured_of(view, one.number) for one in shipments]
    roomy: list[Column[Shipment]] = [
        Column(id="ship-to", title="Ship to", width=14, flex=1, most=30,
               render=lambda one: (one.ship_to or view.order.ship_to).recipient or wording.NOT_KNOWN),
    ]  # fmt: skip
    tracking: list[Column[Shipment]] = [
        Column(id="tracking", title="Tracking", width=14, flex=1, most=26,
               render=lambda one: Cell(one.tracking or "–", "" if one.tracking else "muted")),
    ]  # fmt: skip
    return [
        *(roomy if width >= ROOMY else ()),
        Column(id="no", title="No", width=widest((one.number for one in shipments), 3, 12),
               render=lambda one: one.number),
        Column(id="date", title="Date", width=12,
               render=lambda one: view.at(one.shipped_at or one.released_at or one.planned_at)),
        Column(id="method", title="Method", width=8, flex=1, most=20,
               render=lambda one: wording.known(one.method)),
        Column(id="payment", title="Payment", width=15, render=lambda one: _payment(view, one)),
        Column(id="invoice", title="Invoice", width=8, render=lambda one: _invoice(view, one)),
        *(tracking if width >= ROOMY else ()),
        Column(id="amount", title="Amount", width=widest(dues, 6, 20), align="right",
               render=lambda one: format_money(position(view.order, one.number).due)),
        Column(id="captured", title="Captured", width=widest(captured, 8, 20), align="right",
               render=lambda one: captured_of(view, one.number)),
    ]  # fmt: skip


def _is_over(view: View, shipment: Shipment) -> bool:
    return is_over(lines_of(view.order, shipment.number))


def _payment(view: View, shipment: Shipment) -> Cell:
    return payment_of(view, shipment.number, is_cancelled=_is_over(view, shipment))


def _invoice(view: View, shipment: Shipment) -> Cell:
    found = invoice_of(view.order, shipment, is_cancelled=_is_over(view, shipment))
    return Cell(found.text.removesuffix(shipment.invoice).strip() or found.text, found.look)


def _below(page: Page, view: View, shipment: Shipment, key: ShipmentStop) -> None:
    """How far it is, what is in it, its way; where it goes, where that is not where the order goes."""
    lines = lines_of(view.order, shipment.number)
    now = standing(lines)
    status, look = wording.order_status(now.status, now.fraction, ascii_only=view.ascii_only)
    pieces = sum(line.quantity for line in lines)
    inside = f"{len(lines)} line{'s' * (len(lines) != 1)}, {pieces} piece{'s' * (pieces != 1)}"
    is_cancelled = is_over(lines)
    parts = [inside, *way(shipment, is_cancelled=is_cancelled)]
    if page.width >= ROOMY and shipment.tracking:
        parts.remove(shipment.tracking)  # it has a column of its own there
    if shipment.ship_to is not None and shipment.ship_to != view.order.ship_to:
        parts.append(f"to {ship_to(view, shipment, is_cancelled=is_cancelled)}")
    if shipment.invoice:
        parts.append(shipment.invoice)
    page.flow([[(status, look)], *([(part, "muted")] for part in parts)], indent=INDENT, key=key)

"""Parts Documents and Invoices: the papers of an order (documented)."""

from oms_tui.domain.payment import invoice_status
from oms_tui.screens import wording
from oms_tui.screens.profile.page import Page
from oms_tui.screens.profile.view import View


def put_documents(page: Page, view: View) -> None:
    """Put the part Documents on the page."""


def put_invoices(page: Page, view: View) -> None:
    """The documents of the order, as far as they are known."""
    order = view.order
    page.part("Invoices")
    numbered = [shipment for shipment in order.shipments if shipment.invoice]
    for shipment in numbered:
        about = f"  shipment {shipment.number}, from {order.selling_entity}"
        page.put((shipment.invoice, ""), (about, "muted"))
    if numbered:
        return
    if order.lines and all(line.is_cancelled for line in order.lines):
        page.say("None: the order was cancelled before anything left.")
    elif order.shipments:
        page.say("None yet: each shipment is invoiced when it leaves.")
    else:
        status = wording.invoice_status(invoice_status(order, None))
        number = "" if not order.source else f", number {order.id} in the source"
        page.say(f"{status.text}{number}")

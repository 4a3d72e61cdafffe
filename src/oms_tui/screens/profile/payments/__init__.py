"""Tab Payments: Summary, Details, Documents and Invoices, one below the other (spec 4, 7)."""

from oms_tui.domain.money import format_money
from oms_tui.domain.totals import order_total
from oms_tui.screens import wording
from oms_tui.screens.profile.page import Page
from oms_tui.screens.profile.payments.details import put_details
from oms_tui.screens.profile.payments.papers import put_documents, put_invoices
from oms_tui.screens.profile.payments.summary import put_summary
from oms_tui.screens.profile.view import View
from oms_tui.widgets.listing import Body


def build(view: View, width: int) -> Body:
    """The tab's body."""
    page = Page(width)
    if view.profile.is_payment_masked:
        status = wording.payment_status(view.profile.payment_status)
        page.put(("Payment  ", "strong"), (status.text, status.look or "strong"))
        page.facts([("Total", format_money(order_total(view.order)))])
        page.blank()
        page.say("What was authorized and captured is for CS and OP.")
        return page.body()
    put_summary(page, view)
    put_details(page, view)
    put_documents(page, view)
    put_invoices(page, view)
    return page.body()

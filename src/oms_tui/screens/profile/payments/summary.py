"""Part Summary: what was authorized and captured, what to know of it, who pays, each payment in a line."""

from dataclasses import dataclass

from oms_tui.domain.money import format_money
from oms_tui.domain.order import Payment
from oms_tui.domain.payment import due, order_balance, overcharge
from oms_tui.domain.status import PaymentStatus
from oms_tui.domain.totals import order_total
from oms_tui.screens import wording
from oms_tui.screens.money_notes import put_notes
from oms_tui.screens.profile.page import INDENT, Page, widest
from oms_tui.screens.profile.payments.sums import beside, groups, others
from oms_tui.screens.profile.view import View
from oms_tui.widgets.long_list.columns import Cell, Column


@dataclass(frozen=True, slots=True)
class _Row:
    payment: Payment
    status: PaymentStatus


def put_summary(page: Page, view: View) -> None:
    """Put the part on the page."""
    order, profile = view.order, view.profile
    status = wording.payment_status(profile.payment_status, is_checked=bool(profile.checked))
    page.part("Summary", (status.text, status.look or "strong"))
    put_notes(page, view.money)
    sums, total, excess = order_balance(order), order_total(order), overcharge(order)
    shown = [*beside(order), ("Due", format_money(due(order)), "strong")]
    shown += [("Order total", format_money(total), ""), *others(sums)]
    if excess:
        shown.append(("Overcharged", format_money(excess), "problem"))
    page.flow(groups(shown))
    bill_to = wording.address_lines(order.bill_to)
    page.facts([("Bill-To", ", ".join(bill_to))])
    if not order.payments:
        page.say("How this order was paid is not known.")
        return
    page.blank()
    rows = [_Row(*pair) for pair in zip(order.payments, profile.payment_statuses, strict=False)]
    page.table(_columns(view), rows, below=lambda row: _below(page, view, row.payment))


def _below(page: Page, view: View, payment: Payment) -> None:
    if len(view.order.payments) > 1:
        page.flow(groups(beside(view.order, payment)), indent=INDENT)


def _columns(view: View) -> list[Column[_Row]]:
    methods = widest(map(wording.method_name, view.order.payments), 8, 24)
    return [
        Column(id="no", title="", width=2, align="right", render=lambda row: str(row.payment.number)),
        Column(id="method", title="Method", width=methods,
               render=lambda row: wording.method_name(row.payment)),
        Column(id="date", title="Date", width=12, render=lambda row: _date(view, row.payment)),
        Column(id="holder", title="Holder", width=10, flex=2, most=30,
               render=lambda row: wording.known(row.payment.holder)),
        Column(id="status", title="Status", width=17 if view.profile.checked else 15,
               render=lambda row: _status(view, row)),
        Column(id="reference", title="Reference", width=9, flex=3, most=40,
               render=lambda row: wording.known(row.payment.reference)),
    ]  # fmt: skip


def _status(view: View, row: _Row) -> Cell:
    return wording.payment_status(row.status, is_checked=bool(view.checked(row.payment.number)))


def _date(view: View, payment: Payment) -> Cell:
    """When it was first asked for."""
    first = min((one.at for one in payment.operations), default=None)
    return Cell(view.at(first, wording.NOT_KNOWN), "" if first else "muted")

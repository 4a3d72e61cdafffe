"""Tab Payments: authorized beside captured with the difference, every operation, invoices (spec 4, 7)."""

from dataclasses import dataclass

from oms_tui.domain.money import Money, format_money
from oms_tui.domain.order import Operation, Order, Payment
from oms_tui.domain.payment import Balance, balance, invoice_status, order_balance, overcharge
from oms_tui.domain.status import PaymentMethod, word
from oms_tui.domain.totals import order_total
from oms_tui.screens import wording
from oms_tui.screens.profile.page import Page, widest
from oms_tui.screens.profile.view import View
from oms_tui.widgets.lines import Piece
from oms_tui.widgets.listing import Body
from oms_tui.widgets.long_list.columns import Cell, Column


@dataclass(frozen=True, slots=True)
class OperationKey:
    """Names an operation among the stops."""

    payment: int
    operation: int


@dataclass(frozen=True, slots=True)
class PaymentKey:
    """Names a payment among the stops."""

    number: int


def build(view: View, width: int) -> Body:
    """The tab's body."""
    page, order, profile = Page(width), view.order, view.profile
    status = wording.payment_status(profile.payment_status)
    page.put(("Payment  ", "strong"), (status.text, status.look or "strong"))
    if profile.is_payment_masked:
        page.facts([("Total", format_money(order_total(order)))])
        page.blank()
        page.say("What was authorized and captured is for CS and OP.")
        return page.body()
    _summary(page, order)
    for payment, its_status in zip(order.payments, profile.payment_statuses, strict=False):
        _payment(page, view, payment, wording.payment_status(its_status))
    if not order.payments:
        page.blank()
        page.say("How this order was paid is not known.")
    _invoices(page, view)
    return page.body()


def _summary(page: Page, order: Order) -> None:
    sums, total = order_balance(order), order_total(order)
    page.put(*_beside(sums, order.currency, wording.authorized(order, sums)))
    facts: list[tuple[str, str | Cell]] = [("Order total", format_money(total))]
    facts += _other_sums(sums, order.currency)
    facts.append(("Due", format_money(Money(max(total.minor - sums.captured, 0), order.currency))))
    excess = overcharge(order)
    if excess:
        facts.append(("Overcharged", Cell(format_money(excess), "problem")))
    page.facts(facts)


def _beside(sums: Balance, currency: str, authorized: str) -> list[Piece]:
    """Authorized and captured side by side, with the difference (spec 4)."""
    difference = Money(sums.captured - sums.authorized, currency)
    pieces: list[Piece] = [
        ("Authorized ", "muted"), (authorized, "strong"),
        ("   Captured ", "muted"), (format_money(Money(sums.captured, currency)), "strong"),
    ]  # fmt: skip
    if sums.authorized:
        pieces += [("   Difference ", "muted"), (format_money(difference), "warning" if difference else "")]
    return pieces


def _other_sums(sums: Balance, currency: str) -> list[tuple[str, str | Cell]]:
    rows = (
        ("Voided", sums.voided, ""),
        ("Void asked", sums.pending_void, "warning"),
        ("Capture asked", sums.pending_capture, "warning"),
        ("Refunded", sums.refunded, ""),
        ("Refund asked", sums.pending_refund, "warning"),
    )
    return [(label, Cell(format_money(Money(minor, currency)), look)) for label, minor, look in rows if minor]


def _payment(page: Page, view: View, payment: Payment, status: Cell) -> None:
    page.heading(
        f"{payment.number} {wording.payment_name(payment)}",
        (status.text, status.look),
        key=PaymentKey(payment.number),
    )
    if payment.method is PaymentMethod.LEDGER:
        page.say("Taken over from an import that does not say how it was paid.")
    else:
        sums = balance(payment)
        if len(view.order.payments) > 1:
            authorized = format_money(Money(sums.authorized, payment.currency))
            page.put(*_beside(sums, payment.currency, authorized))
        page.facts([
            ("Holder", wording.known(payment.holder)),
            ("Reference", wording.known(payment.reference)),
            ("Expires", view.at(payment.expires_at, "no expiry known")),
            *([("Lapsed", Cell(view.at(payment.lapsed_at), "warning"))] if payment.lapsed_at else []),
        ])  # fmt: skip
    if payment.operations:
        page.table(
            _columns(view, payment),
            payment.operations,
            key=lambda one: OperationKey(payment.number, one.number),
            below=lambda one: _operation(page, view, payment, one),
        )
    else:
        page.say("Nothing was asked of it yet.")


def _columns(view: View, payment: Payment) -> list[Column[Operation]]:
    amounts = [format_money(one.amount) for one in payment.operations]
    return [
        Column(id="no", title="", width=2, align="right", render=lambda one: str(one.number)),
        Column(id="kind", title="Operation", width=9, render=lambda one: word(one.kind)),
        Column(id="state", title="State", width=9, render=lambda one: wording.operation_state(one.state)),
        Column(id="amount", title="Amount", width=widest(amounts, 6, 24), align="right",
               render=lambda one: format_money(one.amount)),
        Column(id="at", title="Time", width=12, render=lambda one: view.at(one.at)),
        Column(id="shipment", title="Shipment", width=8, priority=2,
               render=lambda one: Cell(one.shipment or "–", "muted")),
        Column(id="reference", title="Reference", width=14, flex=1, most=30, priority=1,
               render=lambda one: Cell(one.reference or "–", "muted")),
        Column(id="cause", title="Cause", width=10, flex=1, priority=3,
               render=lambda one: Cell(one.cause, "muted")),
    ]  # fmt: skip


def _operation(page: Page, view: View, payment: Payment, one: Operation) -> None:
    if OperationKey(payment.number, one.number) not in view.opened:
        return
    page.facts(
        [
            ("Time", view.exactly(one.at)),
            ("Reference", wording.known(one.reference)),
            ("Cause", wording.known(one.cause)),
            ("Shipment", one.shipment or "not for one shipment"),
            *([("Answers", f"operation {one.answers}")] if one.answers is not None else []),
        ],
        indent=4,
    )


def _invoices(page: Page, view: View) -> None:
    """The documents of the order, as far as they are known."""
    order = view.order
    page.heading("Invoices")
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

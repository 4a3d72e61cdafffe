"""Part Details: each payment with its masked card, its expiry, and every operation with what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from oms_tui.domain.concerns import span_text
from oms_tui.domain.money import Money, format_money
from oms_tui.domain.order import Operation, Order, Payment
from oms_tui.domain.payment import Balance, balance, latest, overcharge
from oms_tui.domain.status import PaymentMethod, PaymentStatus, word
from oms_tui.screens import wording
from oms_tui.screens.profile.page import Page, widest
from oms_tui.screens.profile.payments.sums import beside, groups, others
from oms_tui.screens.profile.view import View
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


def put_details(page: Page, view: View) -> None:
    """Put the part on the page."""
    if not view.order.payments:
        return
    page.part("Details")
    statuses = view.profile.payment_statuses
    for place, (payment, status) in enumerate(zip(view.order.payments, statuses, strict=False)):
        if place:
            page.blank()
        _payment(page, view, payment, status)


def _payment(page: Page, view: View, payment: Payment, status: PaymentStatus) -> None:
    said = wording.payment_status(status, is_checked=bool(view.checked(payment.number)))
    name = f"{payment.number} {wording.payment_name(payment)}"
    page.put((name, "strong"), ("  ", ""), (said.text, said.look), key=PaymentKey(payment.number))
    if payment.method is PaymentMethod.LEDGER:
        page.say("Taken over from an import that does not say how it was paid.")
    else:
        sums = balance(payment)
        shown = [*beside(view.order, payment), *others(sums)]
        if sums.authorized:
            remaining = format_money(Money(sums.to_capture, payment.currency))
            shown.append(("Remaining", remaining, "" if sums.to_capture else "muted"))
        if status is PaymentStatus.OVERCHARGED:
            shown.append(("Overcharged", format_money(overcharge(view.order)), "problem"))
        page.flow(groups(shown))
        page.facts([
            ("Holder", wording.known(payment.holder)),
            ("Reference", wording.known(payment.reference)),
            ("Expires", _expiry(view, payment)),
        ])  # fmt: skip
    if payment.operations:
        put_operations(page, view, [(payment, one) for one in payment.operations])
    else:
        page.say("Nothing was asked of it yet.")


def _expiry(view: View, payment: Payment) -> Cell:
    """When the authorization ends, and how long that is; what is used up may end as it likes."""
    if payment.lapsed_at is not None:
        ago = span_text(max(view.now - payment.lapsed_at, view.now - view.now))
        return Cell(f"{view.at(payment.lapsed_at)}, lapsed {ago} ago", "warning")
    ends, left = payment.expires_at, balance(payment).to_capture
    if ends is None:
        return Cell("no expiry known", "muted")
    if not left:
        return Cell(f"{view.at(ends)}, {_why_nothing_left(balance(payment))}", "muted")
    if ends <= view.now:
        return Cell(f"{view.at(ends)}, lapsed {span_text(view.now - ends)} ago", "warning")
    return Cell(f"{view.at(ends)}, lapses in {span_text(ends - view.now)}")


def _why_nothing_left(sums: Balance) -> str:
    if not sums.authorized:
        return "nothing is authorized of it"
    if sums.pending_capture:
        return "a capture of the rest is asked for"
    return "a void of the rest is asked for" if sums.pending_void else "nothing is left of it"


# -- operations --------------------------------------------------------------------------------------------

Asked = tuple[Payment, Operation]


def put_operations(page: Page, view: View, rows: Sequence[Asked], *, of_shipment: bool = False) -> None:
    """A table of operations, each opened by enter; those of a shipment name their payment instead of it."""
    page.table(
        _columns(view, rows, of_shipment=of_shipment),
        rows,
        key=lambda row: OperationKey(row[0].number, row[1].number),
        below=lambda row: _opened(page, view, *row),
    )


def operations_for(order: Order, shipment: str) -> list[Asked]:
    """Every operation in the name of a shipment, each payment's in their order."""
    return [
        (payment, one) for payment in order.payments for one in payment.operations if one.shipment == shipment
    ]


def _columns(view: View, rows: Sequence[Asked], *, of_shipment: bool) -> list[Column[Asked]]:
    amounts = [format_money(one.amount) for _, one in rows]
    arrow = ">" if view.ascii_only else "→"
    last_words = {(payment.number, one.number) for payment, _ in rows for one in latest(payment.operations)}
    states = {
        (payment.number, one.number): _state(
            one,
            is_last_word=(payment.number, one.number) in last_words,
            is_checked=one in view.checked(payment.number),
        )
        for payment, one in rows
    }
    payment: list[Column[Asked]] = [
        Column(id="payment", title="Payment", width=10, render=lambda row: wording.method_name(row[0])),
    ]
    shipment: list[Column[Asked]] = [
        Column(id="shipment", title="Shipment", width=8, priority=2,
               render=lambda row: Cell(row[1].shipment or "–", "muted")),
    ]  # fmt: skip
    return [
        Column(id="no", title="No", width=5, render=lambda row: _number(row[1], arrow)),
        *(payment if of_shipment and len(view.order.payments) > 1 else ()),
        Column(id="kind", title="Operation", width=9, render=lambda row: word(row[1].kind)),
        Column(id="state", title="State", width=widest((cell.text for cell in states.values()), 9, 19),
               render=lambda row: states[row[0].number, row[1].number]),
        Column(id="amount", title="Amount", width=widest(amounts, 6, 24), align="right",
               render=lambda row: format_money(row[1].amount)),
        Column(id="at", title="Time", width=12, render=lambda row: view.at(row[1].at)),
        Column(id="reference", title="Reference", width=9, flex=2, most=40, priority=1,
               render=lambda row: Cell(row[1].reference or "–", "muted")),
        *(() if of_shipment else shipment),
        Column(id="cause", title="Cause", width=10, flex=3, priority=3,
               render=lambda row: Cell(row[1].cause, "muted")),
    ]  # fmt: skip


def _number(one: Operation, arrow: str) -> str:
    """Its number; of an answer with the number of what it answers."""
    return f"{one.number:>2}" + (f"{arrow}{one.answers}" if one.answers is not None else "")


def _state(one: Operation, *, is_last_word: bool, is_checked: bool) -> Cell:
    """How far it got; of what was answered since no more than that it was so once."""
    if not is_last_word:
        return Cell(f"{word(one.state)}, answered", "muted")
    return wording.operation_state(one.state, is_checked=is_checked)


def _opened(page: Page, view: View, payment: Payment, one: Operation) -> None:
    if OperationKey(payment.number, one.number) not in view.opened:
        return
    answer = next((other for other in payment.operations if other.answers == one.number), None)
    page.facts(
        [
            ("Time", view.exactly(one.at)),
            ("Payment", f"{payment.number} {wording.payment_name(payment)}"),
            ("Reference", wording.known(one.reference)),
            ("Cause", wording.known(one.cause)),
            ("Shipment", one.shipment or "not for one shipment"),
            *([("Answers", _named(payment, one.answers))] if one.answers is not None else []),
            *([("Answered by", _named(payment, answer.number))] if answer is not None else []),
        ],
        indent=4,
    )


def _named(payment: Payment, number: int) -> str:
    """An operation by its number, and what it was."""
    for one in payment.operations:
        if one.number == number:
            return f"operation {number}: {word(one.kind).lower()} {word(one.state).lower()}"
    return f"operation {number}"

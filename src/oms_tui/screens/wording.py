"""How facts of an order read wherever a screen shows them: times, statuses, claims, what is not known."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from oms_tui.clock import age_text
from oms_tui.domain.flow import FlowTask, TaskState
from oms_tui.domain.money import Money, format_money
from oms_tui.domain.order import Address, Customer, Hold, Order, Payment
from oms_tui.domain.payment import Balance
from oms_tui.domain.plan import Claim
from oms_tui.domain.status import (
    HOLD_GLYPH,
    InvoiceStatus,
    LineStatus,
    OperationKind,
    OperationState,
    OrderStatus,
    PaymentMethod,
    PaymentStatus,
    ReturnStatus,
    glyph,
    word,
)
from oms_tui.screens.actions import action, known_ids
from oms_tui.screens.keymap import Keys
from oms_tui.screens.order_cells import STATUS_LOOKS
from oms_tui.widgets.lines import Piece
from oms_tui.widgets.long_list.columns import Cell

NOT_KNOWN = "not known"
"""What a screen says where a source is silent: never an empty hole, never something made up."""
_IN_THE_ORDER = {
    LineStatus.PENDING_ACK: OrderStatus.ALLOCATED,
    LineStatus.PENDING_CONFIRM: OrderStatus.ALLOCATED,
}
_PAYMENT_LOOKS = {
    PaymentStatus.OVERCHARGED: "problem",
    PaymentStatus.DISPUTED: "problem",
    PaymentStatus.UNKNOWN: "warning",
    PaymentStatus.FAILED: "problem",
    PaymentStatus.LAPSED: "warning",
    PaymentStatus.CAPTURED: "good",
    PaymentStatus.AUTHORIZED: "active",
    PaymentStatus.NOT_KNOWN: "muted",
}
TASK_LOOKS = {
    TaskState.PENDING: "muted",
    TaskState.ACTIVE: "active",
    TaskState.COMPLETE: "good",
    TaskState.SKIPPED: "muted",
    TaskState.FAILED: "problem",
    TaskState.CANCELLED: "muted",
}
_ASCII_TASKS = {
    TaskState.PENDING: ".",
    TaskState.ACTIVE: ">",
    TaskState.COMPLETE: "+",
    TaskState.SKIPPED: "-",
    TaskState.FAILED: "x",
    TaskState.CANCELLED: "/",
}
_STATE_LOOKS = {
    OperationState.REQUESTED: "warning",
    OperationState.SUCCEEDED: "",
    OperationState.FAILED: "problem",
    OperationState.UNKNOWN: "warning",
}
_RETURN_LOOKS = {
    ReturnStatus.PENDING_REVIEW: "warning",
    ReturnStatus.REJECTED: "problem",
    ReturnStatus.REFUNDED: "good",
    ReturnStatus.COMPLETED: "good",
    ReturnStatus.CANCELLED: "muted",
    ReturnStatus.EXPIRED: "muted",
}


def known(text: str) -> Cell:
    """The text, or that it is not known."""
    return Cell(text) if text.strip() else Cell(NOT_KNOWN, "muted")


def moment(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Day and minute in the business zone: `22 Nov 08:12`, of another year `22 Nov 2025 08:12`."""
    local = at.astimezone(zone)
    year = "" if local.year == now.astimezone(zone).year else f" {local.year}"
    return f"{local.day} {local:%b}{year} {local:%H:%M}"


def exact_moment(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """As `moment`, to the second."""
    return f"{moment(at, zone, now)}:{at.astimezone(zone):%S}"


def second_moment(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """To the second, with the day where it is not today: `08:12:04`, `21 Nov 08:12:04`."""
    local = at.astimezone(zone)
    is_today = local.date() == now.astimezone(zone).date()
    return f"{local:%H:%M:%S}" if is_today else exact_moment(at, zone, now)


def line_status(status: LineStatus, *, ascii_only: bool = False) -> Cell:
    """A line's status: glyph, word, colour."""
    of_order = _IN_THE_ORDER.get(status) or OrderStatus(status.value)
    return Cell(f"{glyph(status, ascii_only=ascii_only)} {word(status)}", STATUS_LOOKS[of_order])


def order_status(status: OrderStatus, fraction: str = "", *, ascii_only: bool = False) -> Piece:
    """An order's status: glyph, word, fraction, colour."""
    parts = (glyph(status, ascii_only=ascii_only), word(status), fraction)
    return " ".join(part for part in parts if part), STATUS_LOOKS[status]


def payment_status(status: PaymentStatus, *, is_checked: bool = False) -> Cell:
    """A payment status: word, colour; `is_checked` = the provider is asked about what is unknown."""
    text = f"{word(status)}, checking" if is_checked and status is PaymentStatus.UNKNOWN else word(status)
    return Cell(text, _PAYMENT_LOOKS.get(status, ""))


def invoice_status(status: InvoiceStatus) -> Cell:
    """An invoice status."""
    return Cell(word(status), "muted" if status is not InvoiceStatus.INVOICED else "")


def return_status(status: ReturnStatus) -> Cell:
    """A return's status."""
    return Cell(word(status), _RETURN_LOOKS.get(status, "active"))


def operation_state(state: OperationState, *, is_checked: bool = False) -> Cell:
    """How far an operation got: requested, unknown and failed are never shown as done; `is_checked` = the
    provider is asked about it."""
    return Cell(f"{word(state)}, checking" if is_checked else word(state), _STATE_LOOKS[state])


def task_name(task: FlowTask, *, ascii_only: bool = False) -> Cell:
    """Glyph of its state and name."""
    sign = _ASCII_TASKS[task.state] if ascii_only else task.state.glyph
    return Cell(f"{sign} {word(task.task)}", TASK_LOOKS[task.state])


def hold_pieces(holds: Iterable[Hold], has_undelivered: bool, *, ascii_only: bool = False) -> list[Piece]:
    """The flags of an order: each open hold by name, and whether a line came to nobody."""
    flag = "H" if ascii_only else HOLD_GLYPH
    pieces: list[Piece] = [(f"{flag} {word(hold.kind)}", "warning") for hold in holds]
    if has_undelivered:
        pieces.append(
            (f"{glyph(LineStatus.UNDELIVERED, ascii_only=ascii_only)} a line undelivered", "problem")
        )
    spaced: list[Piece] = []
    for number, piece in enumerate(pieces):
        spaced += [("  ", ""), piece] if number else [piece]
    return spaced


def claim_text(claim: Claim | None, me: str, zone: ZoneInfo, now: datetime) -> str:
    """Who works on it and since when; "" where nobody does."""
    if claim is None or claim.until <= now:
        return ""
    if claim.person == me:
        return f"claimed by you, {age_text((now - claim.since).total_seconds())}"
    return f"claimed by {claim.person} since {claim.since.astimezone(zone):%H:%M}"


def customer_text(customer: Customer) -> str:
    """The customer's name, or what else is known of them."""
    number = f"customer {customer.number}" if customer.number else ""
    return customer.name or customer.email or number or "customer not known"


def address_lines(address: Address) -> list[str]:
    """An address as an envelope has it; a part that is not known is left out, all of it says so."""
    place = " ".join(part for part in (address.postal_code, address.city, address.area) if part)
    parts = [address.recipient, address.company, *address.street, place, address.country]
    return [part for part in parts if part] or [NOT_KNOWN]


def authorized(order: Order, sums: Balance) -> str:
    """What is authorized; of an order that came with its captures alone, that it is not known."""
    kinds = {one.kind for payment in order.payments for one in payment.operations}
    if not sums.authorized and sums.captured and OperationKind.AUTHORIZE not in kinds:
        return NOT_KNOWN
    return format_money(Money(sums.authorized, order.currency))


def method_name(payment: Payment) -> str:
    """How it is paid: method and card type."""
    return f"{word(payment.method)} {payment.card_type}".rstrip()


def payment_name(payment: Payment) -> str:
    """What it is paid with: method, card type, masked card."""
    if payment.method is PaymentMethod.LEDGER:
        return "Ledger (how it was paid is not known)"
    parts = (word(payment.method), payment.card_type, payment.masked_card)
    return " ".join(part for part in parts if part)


def refusal_text(blockers: Iterable[tuple[str, str | None]], keys: Keys) -> str:
    """Why something is refused, each fact with the key that would help, where there is one."""
    return " ".join(_blocked(reason, fix, keys) for reason, fix in blockers)


def _blocked(reason: str, fix: str | None, keys: Keys) -> str:
    sentence = reason if reason.endswith((".", "!", "?")) else f"{reason}."
    key = keys.shown(fix) if fix is not None and fix in known_ids() else ""
    if not key or fix is None:
        return sentence
    # By name as well: a key may start several verbs.
    return f"{sentence} {action(fix).label} ({key}) does that instead."

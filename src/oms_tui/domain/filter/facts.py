"""What a filter can ask of an order, taken from its value once: for the store's index and for `match`."""

from collections.abc import Iterable
from dataclasses import dataclass

from oms_tui.domain.cancel_requests import open_request
from oms_tui.domain.derive import blocked_by, is_blocked, order_status, waits_for_stock
from oms_tui.domain.filter.dates import microseconds
from oms_tui.domain.filter.fields import BLOCKED, STOCK
from oms_tui.domain.filter.index import (
    articles_of,
    places_of,
    recipients_of,
    references_of,
    skus_of,
    tracking_of,
)
from oms_tui.domain.money import Money
from oms_tui.domain.order import Order
from oms_tui.domain.payment import (
    is_uncaptured,
    is_uncaptured_after_shipment,
    lapses_at,
    open_refund_states,
    order_payment_status,
)
from oms_tui.domain.status import (
    SHIPPED_OR_LATER,
    ChannelType,
    HoldKind,
    LineStatus,
    OperationState,
    OrderStatus,
    PaymentStatus,
    ReturnStatus,
)
from oms_tui.domain.totals import order_total


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a filter can ask of one order: the index the store keeps of it. "" and () = not known or none."""

    id: str
    status: OrderStatus
    lines: frozenset[LineStatus] = frozenset()
    """The statuses its lines have."""
    payment: PaymentStatus = PaymentStatus.NOT_KNOWN
    is_uncaptured: bool = False
    """Whether more is authorized than captured (`payment.is_uncaptured`)."""
    is_uncaptured_after_shipment: bool = False
    """Whether that is so although goods have left (`payment.is_uncaptured_after_shipment`)."""
    refunds: frozenset[OperationState] = frozenset()
    """The states of its refunds that are not done (`payment.open_refund_states`)."""
    lapses: int | None = None
    """When an authorization lapses while something has to leave (`lapse_of`), microseconds since 1970."""
    asked: int | None = None
    """When the customer asked to cancel and nobody has answered (`asked_of`), microseconds since 1970."""
    holds: frozenset[HoldKind] = frozenset()
    """The kinds of its open holds."""
    tasks: frozenset[str] = frozenset()
    """Its open tasks as `state/name`, and `blocked` where its Pick Ticket waits (`fields.TASK_STATES`)."""
    blocked: frozenset[str] = frozenset()
    """What keeps it from being picked (`fields.BLOCKERS`)."""
    returns: frozenset[ReturnStatus] = frozenset()
    """The statuses of its returns."""
    country: str = ""
    """Where the goods go; for a carry-out sale the store's country (spec 8)."""
    bill_country: str = ""
    region: str = ""
    channel: str = ""
    """The channel's code."""
    channel_type: ChannelType
    method: str = ""
    """Shipping method as the channel names it."""
    skus: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    """Names of the articles on its lines; found by bare words only."""
    email: str = ""
    phone: str = ""
    first: str = ""
    last: str = ""
    recipients: tuple[str, ...] = ()
    """Names and companies on its addresses; found by bare words only."""
    places: tuple[str, ...] = ()
    """Cities and postal codes of its addresses; found by bare words only."""
    tracking: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    """References of its payments."""
    notes: tuple[str, ...] = ()
    total: Money
    created: int
    """Microseconds since 1970 in UTC."""
    claimed_by: str = ""
    """Who holds a claim that has not run out."""


def facts_of(order: Order, *, claimed_by: str = "", returns: Iterable[ReturnStatus] = ()) -> Facts:
    """The facts of an order's value, and of what stands beside it: who claims it, how far its returns are."""
    customer, channel = order.customer, order.channel
    return Facts(
        id=order.id,
        status=order_status(order),
        lines=frozenset(line.status for line in order.lines),
        payment=order_payment_status(order),
        is_uncaptured=is_uncaptured(order),
        is_uncaptured_after_shipment=is_uncaptured_after_shipment(order),
        refunds=open_refund_states(order),
        lapses=lapse_of(order),
        asked=asked_of(order),
        holds=frozenset(hold.kind for hold in order.open_holds()),
        tasks=_task_facts(order),
        blocked=blockers(order),
        returns=frozenset(returns),
        country=channel.country if order.is_carry_out else order.ship_to.country,
        bill_country=order.bill_to.country,
        region=channel.region,
        channel=channel.code,
        channel_type=channel.type,
        method=order.method,
        skus=skus_of(order),
        articles=articles_of(order),
        email=customer.email,
        phone=customer.phone,
        first=customer.first_name,
        last=customer.last_name,
        recipients=recipients_of(order),
        places=places_of(order),
        tracking=tracking_of(order),
        references=references_of(order),
        notes=tuple(note.text for note in order.notes),
        total=order_total(order),
        created=microseconds(order.created),
        claimed_by=claimed_by,
    )


def lapse_of(order: Order) -> int | None:
    """When the first authorization lapses with something still to be captured of it and to leave, in
    microseconds since 1970; None where none does."""
    if all(line.is_cancelled or line.status in SHIPPED_OR_LATER for line in order.lines):
        return None
    at = lapses_at(order)
    return None if at is None else microseconds(at)


def asked_of(order: Order) -> int | None:
    """When the customer asked to cancel and nobody has answered, in microseconds since 1970; None where they
    did not."""
    request = open_request(order)
    return None if request is None else microseconds(request.at)


def _task_facts(order: Order) -> frozenset[str]:
    facts = {f"{task.state.value}/{task.task.value}" for task in order.tasks if task.state.is_open}
    return frozenset(facts | {BLOCKED} if is_blocked(order) else facts)


def blockers(order: Order) -> frozenset[str]:
    """What keeps an order from being picked, in the values of the field `blocked`."""
    found = {task.value for task in blocked_by(order)}
    return frozenset(found | {STOCK} if waits_for_stock(order) else found)

"""Provide status: a plain answer for the customer, ready to copy (spec 6).

In words a customer understands, with what happens next, tracking and amounts; nothing internal, no holds,
and never the word fraud: the text is made from line statuses and shipments alone. Since it is the same with
and without holds (spec 2), no step is promised that a hold may keep from happening.
"""

from zoneinfo import ZoneInfo

from oms_tui.domain.authority import Right
from oms_tui.domain.money import Money, format_money
from oms_tui.domain.order import Line, Order, Shipment
from oms_tui.domain.payment import order_balance
from oms_tui.domain.status import LineStatus
from oms_tui.domain.totals import order_total
from oms_tui.verbs.base import Answer, Arguments, Context, Subject, Verb

_S = LineStatus
_WORDS: dict[LineStatus, str] = {
    _S.PENDING_ALLOCATION: "is being processed",
    _S.ALLOCATED: "is reserved for you",
    _S.PENDING_ACK: "is reserved for you",
    _S.PENDING_CONFIRM: "is reserved for you",
    _S.CONFIRMED: "is being prepared",
    _S.PACKED: "is packed and leaves soon",
    _S.SHIPPED: "is on its way",
    _S.DELIVERED: "was delivered",
    _S.UNDELIVERED: "could not be delivered",
    _S.RETURNED: "was returned",
    _S.CANCELLED: "was cancelled",
}
_WHEN_IT_LEAVES = "You will get the tracking number when it leaves; we will be in touch if we need anything."
_NEXT: dict[LineStatus, str] = {
    _S.PENDING_ALLOCATION: _WHEN_IT_LEAVES,
    _S.ALLOCATED: _WHEN_IT_LEAVES,
    _S.CONFIRMED: _WHEN_IT_LEAVES,
    _S.PACKED: "It will be handed to the carrier next.",
    _S.SHIPPED: "The carrier will deliver it next.",
    _S.UNDELIVERED: "We are finding out with the carrier how to bring it to you and will get in touch.",
}


def status_text(order: Order, zone: ZoneInfo) -> str:
    """The answer as the customer reads it; times in `zone`."""
    placed = order.created.astimezone(zone)
    opening = f"Your order {order.id} of {placed:%d %B %Y}".replace(" 0", " ")
    groups: dict[LineStatus, list[Line]] = {}
    for line in order.lines:
        groups.setdefault(_merge(line.status), []).append(line)
    parts = (
        [f"{opening} {_WORDS[next(iter(groups))]}."] if len(groups) == 1 else [f"{opening}:", *_items(groups)]
    )
    parts += [
        _shipment(order, shipment, zone) for shipment in order.shipments if shipment.shipped_at is not None
    ]
    upcoming = next((_NEXT[status] for status in _NEXT if status in groups), "")
    parts.append(upcoming)
    parts.append(_amounts(order))
    return "\n".join(part for part in parts if part)


def _merge(status: LineStatus) -> LineStatus:
    return _S.ALLOCATED if status in (_S.PENDING_ACK, _S.PENDING_CONFIRM) else status


def _items(groups: dict[LineStatus, list[Line]]) -> list[str]:
    return [
        f"- {line.quantity} × {line.name or line.sku} {_WORDS[status]}"
        for status, lines in groups.items()
        for line in lines
    ]


def _shipment(order: Order, shipment: Shipment, zone: ZoneInfo) -> str:
    carried = [line for line in order.lines if line.shipment == shipment.number and not line.is_cancelled]
    if shipment.shipped_at is None or not carried:
        return ""
    when = f"{shipment.shipped_at.astimezone(zone):%d %B %Y}".lstrip("0")
    carrier = f" with {shipment.carrier}" if shipment.carrier else ""
    tracking = f", tracking number {shipment.tracking}" if shipment.tracking else ""
    arrived = ""
    if shipment.delivered_at is not None:
        day = f"{shipment.delivered_at.astimezone(zone):%d %B %Y}".lstrip("0")
        arrived = f"; it was delivered on {day}"
    return f"The parcel left on {when}{carrier}{tracking}{arrived}."


def _amounts(order: Order) -> str:
    total, sums = order_total(order), order_balance(order)
    texts = [f"Order total: {format_money(total)}." if total else ""]
    if sums.refunded:
        texts.append(f"Refunded: {format_money(Money(sums.refunded, order.currency))}.")
    if sums.pending_refund:
        texts.append(f"Refund on its way: {format_money(Money(sums.pending_refund, order.currency))}.")
    return " ".join(text for text in texts if text)


def _answer(subject: Subject, arguments: Arguments, context: Context) -> Answer:
    text = status_text(subject.order, ZoneInfo(context.policy.time_zone))
    return Answer(
        text=text, summary=f"Showed the status of order {subject.order.id} in words for the customer"
    )


PROVIDE_STATUS = Verb(
    id="order.status",
    key="Y",
    label="Provide status",
    help="A plain answer for the customer, ready to copy; nothing internal in it.",
    right=Right.PROVIDE_STATUS,
    answer=_answer,
)

"""What a new address does to an order: its shipments, its flow, its holds, and who has to hear of it (spec 6,
Correct and Force address)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from oms_tui.domain.flow import FlowTask, Run, Task, TaskState, put_tasks, reopen
from oms_tui.domain.letters import HOUSE_LANGUAGE
from oms_tui.domain.order import Address, Order, Shipment
from oms_tui.domain.plan import Intent, Message
from oms_tui.domain.recall import can_recall, recall, stop_messages
from oms_tui.domain.status import BEFORE_PACKED, HoldKind, LineStatus
from oms_tui.domain.steps.base import own_holds, place_hold, release_hold, standing_lines
from oms_tui.domain.steps.before import FORCED
from oms_tui.domain.world import AddressVerdict
from oms_tui.verbs.base import Context

FIELDS = ("recipient", "company", "street", "city", "area", "postal_code", "country", "phone")
"""The fields of an address, in the order a form asks for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readdressed:
    """The order with its new address, and everything that goes out with it."""

    order: Order
    messages: tuple[Message, ...] = ()
    intents: tuple[Intent, ...] = ()
    warnings: tuple[str, ...] = ()


CORRECTED = "corrected by"
"""How the result of an address task begins whose address somebody corrected."""


def why_not(order: Order) -> str:
    """Why the address of an order cannot change any more; "" if it can: something is not packed yet, or came
    back undelivered."""
    standing = [line for line in order.lines if not line.is_cancelled]
    if any(line.status in BEFORE_PACKED or line.status is LineStatus.UNDELIVERED for line in standing):
        return ""
    if order.lines and not standing:
        return "The order is cancelled: nothing goes anywhere."
    return "Every piece is packed or has left, and none is undelivered."


def forced_by(order: Order) -> str:
    """Who forced the address that the order has, and why: "forced by ana: …"; "" if nobody did."""
    task = _validation(order)
    last = task.runs[-1].result if task is not None and task.runs else ""
    return last if last.startswith(FORCED) else ""


def is_held(order: Order) -> bool:
    """Whether the order as a whole is held for its address now."""
    return any(hold.is_open for hold in own_holds(order, HoldKind.ADDRESS))


def changed_since(order: Order, moment: datetime) -> bool:
    """Whether somebody corrected or forced the address after a moment."""
    task = _validation(order)
    runs = () if task is None else task.runs
    return any(run.start > moment and run.result.startswith((CORRECTED, FORCED)) for run in runs)


def _validation(order: Order) -> FlowTask | None:
    return next((x for x in order.tasks if x.task is Task.ADDRESS_VALIDATION and x.shipment is None), None)


def validated(order: Order, verdict: AddressVerdict, context: Context) -> Order:
    """The order after a person had its address checked: task and hold say what came of it."""
    now = context.now
    if verdict.is_valid:
        return _with_result(release_holds(order, now, context.actor.name), "the address is valid", now)
    reason = "; ".join(f"{one.field.replace('_', ' ')} {one.reason}" for one in verdict.problems)
    evidence = " ".join(sorted({problem.field for problem in verdict.problems}))
    if not is_held(order):
        order = place_hold(order, HoldKind.ADDRESS, reason, now, evidence=evidence)
    return _with_result(order, reason, now, again=now + context.policy.flow.interval)


def release_holds(order: Order, now: datetime, by: str) -> Order:
    """The order with its address holds released."""
    for hold in order.open_holds():
        if hold.kind is HoldKind.ADDRESS:
            order = release_hold(order, hold.number, now, by=by)
    return order


def _with_result(order: Order, result: str, now: datetime, *, again: datetime | None = None) -> Order:
    """One more run of Address Validation, done by a person: Complete, or Active with the error until it runs
    `again`."""
    is_open = again is not None
    task = _validation(order)
    if task is None or task.state is TaskState.CANCELLED:
        return order
    run = Run(now, now, result)
    return put_tasks(
        order,
        [
            replace(
                task,
                state=TaskState.ACTIVE if is_open else TaskState.COMPLETE,
                error=result if is_open else "",
                next_run=again,
                runs=(*task.runs, run),
            )
        ],
    )


def readdress(
    order: Order,
    new: Address,
    context: Context,
    *,
    result: str,
    until: datetime,
    is_forced: bool = False,
    is_news: bool = True,
) -> Readdressed:
    """Put a new address on the order and on its shipments that are not packed or came back.

    Args:
        order: with its new details, if there are any.
        new: the address, as it is to be taken.
        context: who, when.
        result: what Address Validation says of it.
        until: how long a location may take to give a pick ticket back.
        is_forced: whether order and shipments are flagged for good.
        is_news: whether address or details differ at all, so that those who have the old ones must hear of
            it.
    """
    to_change, skipped = _shipments(order)
    undelivered = [one for one in to_change if is_news and _is_undelivered(order, one)]
    recalled = [one.number for one in to_change if is_news and can_recall(order, one)]
    after, intents = recall(order, recalled, context.now, until=until, reason="address corrected")
    after = _with_address(after, new, to_change, undelivered, is_forced=is_forced)
    after = release_holds(after, context.now, context.actor.name)
    after = _with_result(after, result, context.now)
    runs_again = any(line.status in BEFORE_PACKED for line in order.lines)
    if runs_again:
        after = reopen(after, (Task.FRAUD_CHECK, Task.DUTIES), context.now)
    return Readdressed(
        order=after,
        messages=(
            *stop_messages(order, intents),
            *(_to_carrier(order, one, new) for one in undelivered),
        ),
        intents=intents,
        warnings=tuple(_warnings(recalled, undelivered, skipped, runs_again=runs_again)),
    )


def _shipments(order: Order) -> tuple[list[Shipment], list[Shipment]]:
    """(those that take the new address, those that it comes too late for)."""
    to_change: list[Shipment] = []
    skipped: list[Shipment] = []
    for one in order.shipments:
        lines = standing_lines(order, one.number)
        if not lines:
            continue
        is_inside = all(line.status in BEFORE_PACKED for line in lines)
        (to_change if is_inside or _is_undelivered(order, one) else skipped).append(one)
    return to_change, skipped


def _is_undelivered(order: Order, shipment: Shipment) -> bool:
    return any(line.status is LineStatus.UNDELIVERED for line in standing_lines(order, shipment.number))


def _with_address(
    order: Order,
    new: Address,
    to_change: Iterable[Shipment],
    undelivered: Iterable[Shipment],
    *,
    is_forced: bool,
) -> Order:
    changing, back = {one.number for one in to_change}, {one.number for one in undelivered}

    def changed(shipment: Shipment) -> Shipment:
        if shipment.number not in changing:
            return shipment
        # What is not released takes the order's address when it is.
        is_out = shipment.released_at is not None
        ship_to = new if shipment.number in back else shipment.ship_to if is_out else None
        method = order.method if shipment.shipped_at is None else ""
        return replace(
            shipment,
            ship_to=ship_to,
            method=method or shipment.method,
            is_forced=shipment.is_forced or is_forced,
        )

    return replace(
        order,
        ship_to=new,
        is_forced=order.is_forced or is_forced,
        shipments=tuple(changed(one) for one in order.shipments),
    )


def _to_carrier(order: Order, shipment: Shipment, new: Address) -> Message:
    """What the carrier has to know of a parcel that came to nobody."""
    lines = (new.recipient, new.company, *new.street, new.city, new.area, new.postal_code, new.country)
    where = ", ".join(text for text in (*lines, new.phone) if text)
    return Message(
        recipient=shipment.carrier or shipment.number,
        audience="carrier",
        template="address_corrected",
        language=HOUSE_LANGUAGE,
        text=f"Order {order.id}, parcel {shipment.tracking or shipment.number}: the address is now {where}.",
    )


def _warnings(
    recalled: list[str], undelivered: list[Shipment], skipped: list[Shipment], *, runs_again: bool
) -> Iterable[str]:
    if skipped:
        names = ", ".join(one.number for one in skipped)
        yield f"Shipment {names} is packed or has left: it keeps the address it has."
    if recalled:
        yield f"The pick ticket of {', '.join(recalled)} is out: it is recalled and goes out anew."
    if undelivered:
        carriers = ", ".join(f"{one.carrier or 'the carrier'} ({one.number})" for one in undelivered)
        yield f"{carriers} is told the new address."
    again = "Fraud Check and Duties run again. " if runs_again else ""
    yield f"{again}The shipping cost stays as it is."

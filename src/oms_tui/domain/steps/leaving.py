"""The steps of one shipment: Pick Ticket, Packing, Invoice, Shipment, Delivery (spec 3.3)."""

from dataclasses import replace

from oms_tui.domain.documents import DocumentKind
from oms_tui.domain.flow import Complete, Failed, FlowTask, Skipped, Waiting
from oms_tui.domain.issuing import with_invoice
from oms_tui.domain.letters import HOUSE_LANGUAGE
from oms_tui.domain.order import Line, Order, Shipment
from oms_tui.domain.plan import Message
from oms_tui.domain.status import BEFORE_PACKED, SHIPPED_OR_LATER, LineStatus, word
from oms_tui.domain.steps.base import FlowContext, Step, held_by, names, pieces, standing_lines, step

_DONE = (LineStatus.DELIVERED, LineStatus.RETURNED)


def _parts(order: Order, task: FlowTask) -> tuple[Shipment, tuple[Line, ...]]:
    """The shipment of a delivery task, and its lines that are not cancelled."""
    shipment = order.shipment(str(task.shipment))
    return shipment, standing_lines(order, shipment.number)


def pick_ticket(order: Order, task: FlowTask, context: FlowContext) -> Step:
    """Releases the shipment to its location: nothing passes with an open hold."""
    shipment, lines = _parts(order, task)
    if not lines:
        return step(Skipped("nothing of it is left to pick"), order)
    if shipment.released_at is not None:
        return step(Complete("released"), order)
    if holds := held_by(order):
        return step(Waiting(f"held: {holds}"), order)
    if reason := _not_confirmed(order, shipment, lines):
        return step(Waiting(reason), order)
    released = replace(
        shipment,
        ship_to=shipment.ship_to if shipment.is_forced and shipment.ship_to else order.ship_to,
        released_at=context.now,
    )
    order = replace(
        order, shipments=tuple(released if s.number == released.number else s for s in order.shipments)
    )
    message = Message(
        recipient=shipment.location,
        audience="location",
        template="pick_ticket",
        language=HOUSE_LANGUAGE,
        text=f"Order {order.id}, shipment {shipment.number}: please pick {pieces(lines)}.",
    )
    return step(Complete(f"released to {shipment.location}"), order, messages=(message,))


def _not_confirmed(order: Order, shipment: Shipment, lines: tuple[Line, ...]) -> str:
    """What is not confirmed yet, as a reason; "" when the shipment may go."""
    missing = [line for line in lines if line.status in BEFORE_PACKED[:-1]]
    if missing:
        numbers = names(f"line {line.number}" for line in missing)
        return f"{shipment.location} has not confirmed {numbers}"
    if order.channel.ships_complete:
        others = [line for line in order.lines if line.status in BEFORE_PACKED[:-1]]
        if others:
            return (
                f"the channel ships complete: {names(f'line {line.number}' for line in others)} not confirmed"
            )
    return ""


def packing(order: Order, task: FlowTask, context: FlowContext) -> Step:
    """Waits for the location to pack."""
    shipment, lines = _parts(order, task)
    if any(line.status in BEFORE_PACKED for line in lines):
        return step(Waiting(f"{shipment.location} packs it"), order)
    return step(Complete("packed") if lines else Skipped("nothing of it is left to pack"), order)


def invoice(order: Order, task: FlowTask, context: FlowContext) -> Step:
    """Issues the shipment's invoice, once."""
    shipment, _ = _parts(order, task)
    if shipment.invoice:
        return step(Complete(f"invoice {shipment.invoice}"), order)
    number = context.world.document_number(order, DocumentKind.INVOICE)
    if not number:
        return step(Waiting("no number for the invoice was given yet"), order)
    order = with_invoice(order, shipment.number, number, context.now)
    return step(Complete(f"invoice {number}"), order)


def handing_over(order: Order, task: FlowTask, context: FlowContext) -> Step:
    """Waits until the parcel left. That it did is a fact, even under a hold."""
    shipment, lines = _parts(order, task)
    if all(line.status in SHIPPED_OR_LATER for line in lines):
        holds = held_by(order)
        return step(Complete(f"shipped under a hold: {holds}" if holds else "shipped"), order)
    if holds := held_by(order):
        return step(Waiting(f"held: {holds}"), order)
    return step(Waiting(f"{shipment.location} hands it over"), order)


def delivery(order: Order, task: FlowTask, context: FlowContext) -> Step:
    """Waits for the carrier; what came to nobody needs somebody to resolve it."""
    _, lines = _parts(order, task)
    if all(line.status in _DONE for line in lines):
        return step(Complete("delivered"), order)
    if lost := [line for line in lines if line.status is LineStatus.UNDELIVERED]:
        return step(Failed(undelivered(lost[0])), order)
    return step(Waiting("on its way"), order)


def undelivered(line: Line) -> str:
    """Why a line came to nobody, in words: "undelivered: not collected"."""
    return word(line.cause).lower().replace("undelivered ", "undelivered: ")

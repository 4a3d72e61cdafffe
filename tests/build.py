"""Small orders for tests: a line, an order, a payment, made with as few words as the test needs."""

from datetime import UTC, datetime, timedelta
from typing import Any

from oms_tui.domain.flow import ORDER_FLOW, FlowTask, Run, TaskState
from oms_tui.domain.money import Money
from oms_tui.domain.order import (
    Address,
    Channel,
    Charge,
    Customer,
    Line,
    Operation,
    Order,
    Payment,
    Shipment,
)
from oms_tui.domain.people import Actor, Role
from oms_tui.domain.status import (
    Cause,
    ChannelType,
    ChargeKind,
    CustomerType,
    LineStatus,
    OperationKind,
    OperationState,
    PaymentMethod,
)
from oms_tui.domain.totals import total_of
from oms_tui.verbs import Context, Policy

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
EUR = "EUR"

WEB_DE = Channel(
    code="web-de",
    name="Web Germany",
    type=ChannelType.WEB,
    region="EMEA",
    country="DE",
    language="de",
    currency=EUR,
    time_zone="Europe/Berlin",
    selling_entity="acme-de",
)


def eur(minor: int) -> Money:
    """Euro cents."""
    return Money(minor, EUR)


def line(number: int = 1, status: LineStatus = LineStatus.ALLOCATED, minor: int = 1000, **rest: Any) -> Line:
    """One line; `minor` is its amount in the currency given (euro)."""
    currency = rest.pop("currency", EUR)
    values: dict[str, Any] = {
        "number": number,
        "sku": f"SKU-{number}",
        "name": f"Article {number}",
        "quantity": 1,
        "status": status,
        "cause": Cause.ACCEPTED,
        "location": "" if status is LineStatus.PENDING_ALLOCATION else "BER-1",
        "amount": Money(minor, currency),
        "discount": Money(0, currency),
        "tax": Money(0, currency),
        "reduction": Money(0, currency),
        "tax_reduction": Money(0, currency),
    }
    return Line(**(values | rest))


def charge(number: int = 1, minor: int = 490, **rest: Any) -> Charge:
    """A shipping charge."""
    currency = rest.pop("currency", EUR)
    values: dict[str, Any] = {
        "number": number,
        "kind": ChargeKind.SHIPPING,
        "name": "Shipping",
        "amount": Money(minor, currency),
        "discount": Money(0, currency),
        "tax": Money(0, currency),
        "reduction": Money(0, currency),
        "tax_reduction": Money(0, currency),
    }
    return Charge(**(values | rest))


def operation(number: int, kind: OperationKind, minor: int, **rest: Any) -> Operation:
    """A payment operation that succeeded, unless said otherwise."""
    currency = rest.pop("currency", EUR)
    values: dict[str, Any] = {
        "number": number,
        "kind": kind,
        "state": OperationState.SUCCEEDED,
        "amount": Money(minor, currency),
        "at": NOON,
    }
    return Operation(**(values | rest))


def card(minor: int, *more: Operation, number: int = 1, **rest: Any) -> Payment:
    """A card with `minor` authorized and whatever else happened to it."""
    authorized = operation(1, OperationKind.AUTHORIZE, minor, reference="auth-1")
    values: dict[str, Any] = {
        "number": number,
        "method": PaymentMethod.CARD,
        "card_type": "Visa",
        "masked_card": "411111••••••1111",
        "currency": EUR,
        "operations": (authorized, *more),
    }
    return Payment(**(values | rest))


def shipment(number: str = "S-1", **rest: Any) -> Shipment:
    """A planned shipment."""
    values: dict[str, Any] = {"number": number, "location": "BER-1", "planned_at": NOON}
    return Shipment(**(values | rest))


def flow(until: int = 3, **states: TaskState) -> tuple[FlowTask, ...]:
    """The order flow with its first `until` tasks complete and the next one active."""
    tasks = []
    for index, name in enumerate(ORDER_FLOW):
        if index < until:
            run = Run(NOON, NOON + timedelta(seconds=1), "done")
            tasks.append(FlowTask(task=name, state=TaskState.COMPLETE, runs=(run,)))
        else:
            state = TaskState.ACTIVE if index == until else TaskState.PENDING
            tasks.append(FlowTask(task=name, state=states.get(name.value, state)))
    return tuple(tasks)


def order(*lines: Line, **rest: Any) -> Order:
    """An order of these lines, paid by a card authorized for its total unless payments are given."""
    lines = lines or (line(),)
    charges: tuple[Charge, ...] = rest.get("charges", ())
    currency = lines[0].amount.currency
    total = total_of(currency, lines, charges)
    address = Address(
        recipient="Hans Müller", street=("Hauptstr. 1",), city="Berlin", postal_code="10115", country="DE"
    )
    values: dict[str, Any] = {
        "id": "10427",
        "channel": WEB_DE,
        "selling_entity": WEB_DE.selling_entity,
        "currency": currency,
        "created": NOON,
        "language": "de",
        "method": "Standard",
        "customer": Customer(
            number="C1",
            type=CustomerType.REGISTERED,
            first_name="Hans",
            last_name="Müller",
            email="hans@example.com",
            phone="+49 30 1234567",
        ),
        "bill_to": address,
        "ship_to": address,
        "placed_total": total,
        "lines": lines,
        "payments": (card(total.minor),) if currency == EUR else (),
        "tasks": flow(),
    }
    return Order(**(values | rest))


def actor(*roles: Role, name: str = "ana") -> Actor:
    """Somebody with these roles; Customer Support if none is named."""
    return Actor(name=name, display_name=name.title(), roles=frozenset(roles or (Role.CS,)))


def context(*roles: Role, **rest: Any) -> Context:
    """The context of a verb at noon."""
    values: dict[str, Any] = {"actor": actor(*roles), "now": NOON, "policy": Policy()}
    return Context(**(values | rest))

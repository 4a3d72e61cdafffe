"""What can have become of a sample order: one row for each state worth showing, with how common it is (spec
3)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from oms_tui.domain.flow import Task, TaskState
from oms_tui.domain.status import Cause, HoldKind, LineStatus, OperationState, ReturnStatus

_S = LineStatus


class Pay(StrEnum):
    """How far the money got."""

    ASKED = "asked"
    DECLINED = "declined"
    AUTHORIZED = "authorized"
    CAPTURED = "captured"
    CAPTURE_REQUESTED = "capture requested"
    CAPTURE_FAILED = "capture failed"
    CAPTURE_UNKNOWN = "capture unknown"
    SECOND_FAILED = "second capture failed"
    """Captured for the shipment that left first, failed for the one that left after it."""
    LAPSED = "lapsed"
    VOIDED = "voided"
    PREPAID = "prepaid"
    OVERCHARGED = "overcharged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One course an order can have taken.

    `line` is the status of its lines; `rest` that of the last line where pieces differ. `age` is its range
    in hours;
    finished orders get any age beyond it.
    """

    name: str
    weight: int
    line: LineStatus
    cause: Cause
    rest: LineStatus | None = None
    splits: bool = False
    """Whether `rest` is part of a line's quantity, not a line of its own."""
    pay: Pay
    task: Task | None = None
    state: TaskState = TaskState.ACTIVE
    error: str = ""
    hold: HoldKind | None = None
    reason: str = ""
    evidence: str = ""
    age: tuple[int, int]
    refund: OperationState | None = None
    returned: ReturnStatus | None = None
    has_gift_card: bool = False
    """Whether part of it was paid by gift card, for certain; now and then one is anyway."""
    is_picking: bool = False
    is_adjusted: bool = False
    is_carry_out: bool = False
    is_forced: bool = False
    is_finished: bool = False


def _open(name: str, weight: int, line: LineStatus, cause: Cause, **rest: object) -> Scenario:
    values: dict[str, object] = {"pay": Pay.AUTHORIZED, "age": (1, 72)}
    return Scenario(name=name, weight=weight, line=line, cause=cause, **(values | rest))  # type: ignore[arg-type]


def _done(name: str, weight: int, line: LineStatus, cause: Cause, **rest: object) -> Scenario:
    values: dict[str, object] = {"pay": Pay.CAPTURED, "age": (120, 0), "is_finished": True}
    return Scenario(name=name, weight=weight, line=line, cause=cause, **(values | rest))  # type: ignore[arg-type]


_A = TaskState.ACTIVE
_F = TaskState.FAILED

OPEN: Final = (
    _open(
        "payment asked",
        4,
        _S.PENDING_ALLOCATION,
        Cause.ACCEPTED,
        pay=Pay.ASKED,
        task=Task.PAYMENT_AUTHORIZATION,
        error="the provider has not answered",
        age=(0, 3),
    ),
    _open(
        "payment declined",
        3,
        _S.PENDING_ALLOCATION,
        Cause.ACCEPTED,
        pay=Pay.DECLINED,
        task=Task.PAYMENT_AUTHORIZATION,
        state=_F,
        error="declined: insufficient funds",
        hold=HoldKind.PAYMENT,
        reason="authorization declined",
    ),
    _open(
        "bad address",
        5,
        _S.ALLOCATED,
        Cause.ALLOCATION,
        task=Task.ADDRESS_VALIDATION,
        hold=HoldKind.ADDRESS,
    ),
    _open(
        "waits for stock",
        7,
        _S.PENDING_ALLOCATION,
        Cause.ACCEPTED,
        task=Task.ALLOCATION,
        error="no stock at any location",
        age=(2, 90),
    ),
    _open(
        "reallocated",
        2,
        _S.PENDING_ALLOCATION,
        Cause.SHORT,
        task=Task.ALLOCATION,
        error="BER-1 was short; no stock elsewhere",
        age=(4, 60),
    ),
    _open(
        "allocation failed",
        2,
        _S.PENDING_ALLOCATION,
        Cause.ACCEPTED,
        task=Task.ALLOCATION,
        state=_F,
        error="the stock service answered with nonsense",
        age=(4, 60),
    ),
    _open(
        "fraud review",
        6,
        _S.ALLOCATED,
        Cause.ALLOCATION,
        task=Task.MANUAL_APPROVAL,
        error="fraud review: CS decides (f)",
        hold=HoldKind.FRAUD,
    ),
    _open("remorse period", 8, _S.ALLOCATED, Cause.ALLOCATION, age=(0, 0)),
    _open(
        "approval",
        3,
        _S.ALLOCATED,
        Cause.ALLOCATION,
        task=Task.MANUAL_APPROVAL,
        error="approval: OP decides (t)",
        hold=HoldKind.APPROVAL,
        reason="order above the value that needs approval",
        evidence="value",
    ),
    _open(
        "manual hold",
        2,
        _S.ALLOCATED,
        Cause.ALLOCATION,
        task=Task.MANUAL_APPROVAL,
        error="manual: OP decides (t)",
        hold=HoldKind.MANUAL,
        reason="customer asked to wait until Monday",
    ),
    _open(
        "lapsed",
        2,
        _S.ALLOCATED,
        Cause.ALLOCATION,
        pay=Pay.LAPSED,
        hold=HoldKind.PAYMENT,
        reason="authorization lapsed",
        task=Task.MANUAL_APPROVAL,
        error="payment: OP decides (b)",
        age=(180, 300),
    ),
    _open("told", 6, _S.PENDING_ACK, Cause.LOCATION_TOLD, age=(1, 12)),
    _open("answered", 6, _S.PENDING_CONFIRM, Cause.ACKNOWLEDGED, age=(1, 20)),
    _open("confirmed", 9, _S.CONFIRMED, Cause.LOCATION_CONFIRMED, age=(2, 30)),
    _open("being picked", 8, _S.CONFIRMED, Cause.LOCATION_CONFIRMED, is_picking=True, age=(2, 30)),
    _open("packed", 8, _S.PACKED, Cause.PACKING, age=(3, 36)),
    _open(
        "capture failed",
        3,
        _S.PACKED,
        Cause.PACKING,
        pay=Pay.CAPTURE_FAILED,
        task=Task.CAPTURE,
        state=_F,
        error="do not honour",
        age=(3, 60),
    ),
    _open(
        "capture unknown",
        2,
        _S.PACKED,
        Cause.PACKING,
        pay=Pay.CAPTURE_UNKNOWN,
        task=Task.CAPTURE,
        error="no answer from the provider; asking again",
        age=(3, 24),
    ),
    _open(
        "partly packed", 4, _S.CONFIRMED, Cause.LOCATION_CONFIRMED, rest=_S.PACKED, splits=True, age=(3, 48)
    ),
    _open("partly shipped", 7, _S.CONFIRMED, Cause.LOCATION_CONFIRMED, rest=_S.SHIPPED, age=(12, 96)),
    _open("partly cancelled", 3, _S.ALLOCATED, Cause.ALLOCATION, rest=_S.CANCELLED, splits=True, age=(2, 72)),
    _open("shipped", 24, _S.SHIPPED, Cause.HANDED_OVER, pay=Pay.CAPTURED, age=(24, 120)),
    _open(
        "shipped, not captured",
        4,
        _S.SHIPPED,
        Cause.HANDED_OVER,
        pay=Pay.CAPTURE_FAILED,
        task=Task.CAPTURE,
        state=_F,
        error="authorization not found",
        age=(24, 160),
    ),
    _open(
        "shipped, capture asked", 2, _S.SHIPPED, Cause.HANDED_OVER, pay=Pay.CAPTURE_REQUESTED, age=(24, 60)
    ),
    _open("address unknown", 2, _S.UNDELIVERED, Cause.UNDELIVERED_ADDRESS, pay=Pay.CAPTURED, age=(72, 240)),
    _open(
        "refused at the door", 2, _S.UNDELIVERED, Cause.UNDELIVERED_REFUSED, pay=Pay.CAPTURED, age=(72, 240)
    ),
    _open(
        "not collected", 2, _S.UNDELIVERED, Cause.UNDELIVERED_NOT_COLLECTED, pay=Pay.CAPTURED, age=(200, 400)
    ),
    _open("damaged", 1, _S.UNDELIVERED, Cause.UNDELIVERED_DAMAGED, pay=Pay.CAPTURED, age=(72, 200)),
    _open("lost", 1, _S.UNDELIVERED, Cause.UNDELIVERED_LOST, pay=Pay.CAPTURED, age=(200, 500)),
    _open(
        "partly undelivered",
        2,
        _S.DELIVERED,
        Cause.CARRIER_DELIVERED,
        rest=_S.UNDELIVERED,
        pay=Pay.CAPTURED,
        age=(100, 240),
    ),
    _open(
        "disputed",
        1,
        _S.DELIVERED,
        Cause.CARRIER_DELIVERED,
        pay=Pay.CAPTURED,
        hold=HoldKind.DISPUTE,
        reason="chargeback: goods not received",
        age=(300, 900),
    ),
    _open("overcharged", 1, _S.DELIVERED, Cause.CARRIER_DELIVERED, pay=Pay.OVERCHARGED, age=(200, 600)),
    _open(
        "refund failed",
        1,
        _S.CANCELLED,
        Cause.CANCEL,
        pay=Pay.PREPAID,
        refund=OperationState.FAILED,
        age=(48, 200),
    ),
    _open(
        "refund unknown",
        1,
        _S.CANCELLED,
        Cause.CANCEL,
        pay=Pay.PREPAID,
        refund=OperationState.UNKNOWN,
        age=(24, 90),
    ),
    _open(
        "refund asked",
        2,
        _S.CANCELLED,
        Cause.CANCEL,
        pay=Pay.PREPAID,
        refund=OperationState.REQUESTED,
        age=(1, 48),
    ),
    _open(
        "lapses soon",
        2,
        _S.PENDING_ALLOCATION,
        Cause.ACCEPTED,
        task=Task.ALLOCATION,
        error="no stock at any location",
        age=(124, 166),
    ),
    _open(
        "gift card and card",
        3,
        _S.CONFIRMED,
        Cause.LOCATION_CONFIRMED,
        rest=_S.SHIPPED,
        has_gift_card=True,
        age=(12, 96),
    ),
    _open(
        "second capture failed",
        2,
        _S.SHIPPED,
        Cause.HANDED_OVER,
        rest=_S.DELIVERED,
        pay=Pay.SECOND_FAILED,
        task=Task.CAPTURE,
        state=_F,
        error="authorization not found",
        age=(48, 150),
    ),
    *(
        _open(
            f"return {status.value}",
            weight,
            _S.DELIVERED,
            Cause.CARRIER_DELIVERED,
            pay=Pay.CAPTURED,
            returned=status,
            age=(200, 700),
        )
        for status, weight in (
            (ReturnStatus.CREATED, 5),
            (ReturnStatus.SHIPPED, 4),
            (ReturnStatus.DELIVERED, 3),
            (ReturnStatus.PENDING_REVIEW, 6),
            (ReturnStatus.ACCEPTED, 2),
            (ReturnStatus.REJECTED, 2),
            (ReturnStatus.REFUNDED, 2),
            (ReturnStatus.CANCELLED, 1),
            (ReturnStatus.EXPIRED, 1),
        )
    ),
)
"""Work to be done, or just done: what an agent meets."""

FINISHED: Final = (
    _done("delivered", 740, _S.DELIVERED, Cause.CARRIER_DELIVERED),
    _done("forced and delivered", 5, _S.DELIVERED, Cause.CARRIER_DELIVERED, is_forced=True),
    _done("adjusted", 20, _S.DELIVERED, Cause.CARRIER_DELIVERED, is_adjusted=True),
    _done("carry-out", 70, _S.DELIVERED, Cause.ACCEPTED, is_carry_out=True),
    _done("cancelled", 45, _S.CANCELLED, Cause.CANCEL, pay=Pay.VOIDED),
    _done(
        "cancelled and refunded",
        10,
        _S.CANCELLED,
        Cause.CANCEL,
        pay=Pay.PREPAID,
        refund=OperationState.SUCCEEDED,
    ),
    _done("returned", 80, _S.DELIVERED, Cause.CARRIER_DELIVERED, returned=ReturnStatus.COMPLETED),
)
"""What lies behind: the mass of the orders. About one in seven is cancelled or comes back, as credits do in
real retail."""

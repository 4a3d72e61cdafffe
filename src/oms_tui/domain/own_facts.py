"""What a queue is about, said of one of its orders: the amount, the moment, the words that its row shows
beside the order (spec 7)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Protocol

from oms_tui.domain.cancel_requests import open_request, words_of
from oms_tui.domain.money import Money
from oms_tui.domain.operations import (
    asking_rows,
    balance,
    is_withdrawn,
    latest,
    order_balance,
    said_of_failure,
)
from oms_tui.domain.order import Operation, Order, Payment
from oms_tui.domain.payment import lapses_at, left_uncaptured, still_owed
from oms_tui.domain.status import OperationKind, OperationState

_ST = OperationState


class OwnKind(StrEnum):
    """What a list can be about beyond its orders, by the field of the filter that asks for it."""

    UNCAPTURED = "uncaptured"
    LAPSES = "lapses"
    REFUND = "refund"
    ASKED = "cancel"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFact:
    """The fact a list is about, of one order."""

    kind: OwnKind
    amount: Money | None = None
    """What is not captured, or was to be refunded."""
    at: datetime | None = None
    """When the goods left, the authorization lapses, the refund was last asked for, the customer asked
    to cancel."""
    text: str = ""
    """What became of a refund; what the customer said."""


class _Asked(Protocol):
    """A condition of a filter, as read or made ready."""

    @property
    def field(self) -> str: ...

    @property
    def negated(self) -> bool: ...


def own_kind(conditions: Iterable[_Asked]) -> OwnKind | None:
    """What a filter with these conditions is about; None where it is about orders alone."""
    fields = (one.field for one in conditions if not one.negated)
    return next((OwnKind(name) for name in fields if name in _FACTS), None)


def own_fact(order: Order, kind: OwnKind) -> OwnFact | None:
    """That fact of an order; None where it has none."""
    return _FACTS[kind](order)


def _uncaptured(order: Order) -> OwnFact | None:
    """What has left without being captured, and since when; else what is only authorized."""
    where = left_uncaptured(order)
    own = [one.shipped_at for one in order.shipments if one.number in where]
    moments = [at for at in own or [one.shipped_at for one in order.shipments] if at is not None]
    minor = sum(where.values()) or order_balance(order).to_capture
    if minor <= 0:
        return None
    at = min(moments, default=None) if where else None
    return OwnFact(kind=OwnKind.UNCAPTURED, amount=Money(minor, order.currency), at=at)


def _lapses(order: Order) -> OwnFact | None:
    """What can no longer be captured once the first authorization has lapsed."""
    at = lapses_at(order)
    if at is None:
        return None
    reserved = sum(balance(one).to_capture for one in order.payments if one.expires_at == at)
    amount = Money(min(reserved, still_owed(order).minor), order.currency)
    return OwnFact(kind=OwnKind.LAPSES, amount=amount, at=at)


def _refund(order: Order) -> OwnFact | None:
    """The refund that needs somebody most: failed before unknown before on its way."""
    found = [
        (payment, one)
        for payment in order.payments
        for one in latest(payment.operations)
        if one.kind is OperationKind.REFUND and one.state in _BY_NEED and not is_withdrawn(one)
    ]
    if not found:
        return None
    payment, first = min(found, key=lambda one: _BY_NEED.index(one[1].state))
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return OwnFact(
        kind=OwnKind.REFUND,
        amount=first.amount,
        at=_last_asked(payment, first),
        text=_what_became(payment, first) + more,
    )


def _last_asked(payment: Payment, refund: Operation) -> datetime:
    """When it was asked for the last time: of one asked for again not when the one that failed was."""
    row = asking_rows(payment.operations)[refund.number]
    return next(one.at for one in payment.operations if one.number == row)


_BY_NEED: Final = (_ST.FAILED, _ST.UNKNOWN, _ST.REQUESTED)


def _what_became(payment: Payment, refund: Operation) -> str:
    if refund.state is _ST.FAILED:
        said = said_of_failure(payment, refund)
        return f"failed: {said}" if said else "failed"
    return "unknown" if refund.state is _ST.UNKNOWN else "asked for, no answer yet"


def _asked(order: Order) -> OwnFact | None:
    request = open_request(order)
    if request is None:
        return None
    return OwnFact(kind=OwnKind.ASKED, at=request.at, text=words_of(request))


_FACTS: Final[Mapping[str, Callable[[Order], OwnFact | None]]] = MappingProxyType(
    {
        OwnKind.UNCAPTURED: _uncaptured,
        OwnKind.LAPSES: _lapses,
        OwnKind.REFUND: _refund,
        OwnKind.ASKED: _asked,
    }
)

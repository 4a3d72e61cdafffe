"""What a person should know of an order's money now: what failed, is not known, is too much, lapses or waits.

Derived like a status, never stored. Each concern is one sentence without its end, so that whoever shows it
can add a time in the zone of the person who reads it.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from oms_tui.domain.books import accounts
from oms_tui.domain.cancel_requests import open_request, words_of
from oms_tui.domain.events.cases import EventCase
from oms_tui.domain.money import Money, format_money
from oms_tui.domain.operations import asking_rows, is_withdrawn, said_of_failure
from oms_tui.domain.order import Operation, Order, Payment
from oms_tui.domain.payment import balance, latest, still_owed
from oms_tui.domain.positions import lines_of, position
from oms_tui.domain.status import SHIPPED_OR_LATER, HoldKind, OperationKind, OperationState
from oms_tui.domain.steps.base import standing_lines

_K, _ST = OperationKind, OperationState
SOON: Final = timedelta(hours=48)
"""How long before its expiry an authorization is about to lapse, unless the settings say otherwise."""
UNANSWERED: Final = timedelta(hours=1)
"""How long after it was asked a capture without an answer is worth a word."""
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


class ConcernKind(StrEnum):
    """What it is about, the most pressing first: screens show them in this order."""

    OVERCHARGED = "overcharged"
    DISPUTED = "disputed"
    CANCEL_ASKED = "cancel_asked"
    EVENT_PROBLEM = "event_problem"
    CAPTURE_UNKNOWN = "capture_unknown"
    CAPTURE_FAILED = "capture_failed"
    CAPTURE_UNANSWERED = "capture_unanswered"
    REFUND_UNKNOWN = "refund_unknown"
    REFUND_FAILED = "refund_failed"
    VOID_UNKNOWN = "void_unknown"
    VOID_FAILED = "void_failed"
    LEFT_UNCAPTURED = "left_uncaptured"
    LAPSED = "lapsed"
    LAPSES_SOON = "lapses_soon"
    WAITS_FOR_STOP = "waits_for_stop"
    REFUND_ASKED = "refund_asked"
    VOID_ASKED = "void_asked"

    @property
    def is_calm(self) -> bool:
        """Whether it only has to be waited for."""
        return self in (ConcernKind.REFUND_ASKED, ConcernKind.VOID_ASKED, ConcernKind.WAITS_FOR_STOP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """One thing about an order, most often its money, that a person should know."""

    kind: ConcernKind
    text: str
    """A sentence without its full stop."""
    until: datetime | None = None
    """A moment that belongs at the end of the sentence: "… waits until 23 Nov 13:00"."""
    at: datetime | None = None
    """When it was said: "The customer asked to cancel (23 Nov 05:01): …"."""
    said: str = ""
    """What was said, in the words of whoever said it."""
    shipment: str | None = None
    """The shipment it is about; None = the order."""
    payment: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedToStop:
    """A request to stop picking that its location has not answered, and the money that waits for it (spec 6,
    Cancel)."""

    kind: str = ""
    """"refund" or "void"; "" where no money waits."""
    amount: Money | None = None
    shipments: tuple[str, ...]
    """What the location was asked to stop; () where that is not known any more."""
    until: datetime | None = None
    """When the money moves even without an answer."""


def concerns(
    order: Order,
    now: datetime,
    *,
    soon: timedelta = SOON,
    stops: Iterable[AskedToStop] = (),
    checked: Collection[tuple[int, int]] = (),
    problems: Iterable[EventCase] = (),
) -> tuple[Concern, ...]:
    """What a person should know of the order's money, the most pressing first.

    Args:
        order: the order.
        now: the moment, aware.
        soon: how long before its expiry an authorization is about to lapse.
        stops: money that waits for a location to stop picking.
        checked: (payment, row that asked) of what the provider is asked about.
        problems: its events that somebody must look at.
    """
    found = [
        *_of_order(order),
        *(one for payment in order.payments for one in _of_operations(payment, now, checked)),
        *_of_shipments(order),
        *(one for payment in order.payments for one in _of_expiry(order, payment, now, soon)),
        *(_of_stop(order, stop) for stop in stops if _is_awaited(order, stop, now)),
        *_of_cancelling(order),
        *(_of_event(case) for case in problems),
    ]
    rank = {kind: place for place, kind in enumerate(ConcernKind)}
    return tuple(sorted(found, key=lambda one: rank[one.kind]))


def _of_order(order: Order) -> Iterator[Concern]:
    # What a failed refund should have brought back is told as that.
    if excess := sum(one.to_return for one in accounts(order).values()):
        text = f"{format_money(Money(excess, order.currency))} more was taken than the order owes"
        yield Concern(kind=ConcernKind.OVERCHARGED, text=text)
    for hold in order.open_holds():
        if hold.kind is HoldKind.DISPUTE:
            yield Concern(kind=ConcernKind.DISPUTED, text=f"Disputed: {hold.reason or 'no reason given'}")


def _of_cancelling(order: Order) -> Iterator[Concern]:
    if (wish := open_request(order)) is not None:
        asked = "The customer asked to cancel"
        yield Concern(kind=ConcernKind.CANCEL_ASKED, text=asked, at=wish.at, said=words_of(wish))


def _of_event(case: EventCase) -> Concern:
    text = "An event was taken that should not be" if case.is_taken else "An event could not be taken"
    return Concern(
        kind=ConcernKind.EVENT_PROBLEM, text=text, said=case.reason, shipment=case.event.shipment or None
    )


# -- operations --------------------------------------------------------------------------------------------


def unmended(payment: Payment) -> tuple[Operation, ...]:
    """The operations that failed, are still wanted, and that no later one of their kind took the place of.

    One that names no shipment stands for all of them, as in the payment's status.
    """
    failed: dict[tuple[OperationKind, str | None], Operation] = {}
    for one in latest(payment.operations):
        is_lapsed = one.kind is _K.VOID and payment.lapsed_at is not None
        if one.state is _ST.FAILED and not is_withdrawn(one) and not is_lapsed:
            failed[one.kind, one.shipment] = one
        elif one.shipment is None:
            failed = {key: value for key, value in failed.items() if key[0] is not one.kind}
        else:
            failed.pop((one.kind, one.shipment), None)
    return tuple(failed.values())


def _of_operations(
    payment: Payment, now: datetime, checked: Collection[tuple[int, int]]
) -> Iterator[Concern]:
    failed, asking = unmended(payment), asking_rows(payment.operations)
    for one in latest(payment.operations):
        kind = _KINDS.get((one.kind, one.state))
        if kind is None or (one.state is _ST.FAILED and one not in failed):
            continue
        if kind is ConcernKind.CAPTURE_UNANSWERED and now - one.at < UNANSWERED:
            continue
        where = f" for {one.shipment}" if one.shipment else ""
        is_checked = (payment.number, asking[one.number]) in checked
        said = {
            _ST.FAILED: f"failed{_why(payment, one)}",
            _ST.UNKNOWN: f"is unknown{', checking' if is_checked else _ASK_FIRST.get(one.kind, '')}",
        }.get(one.state, "is asked for and not answered yet")
        if kind is ConcernKind.CAPTURE_UNANSWERED:
            said = f"asked {span_text(now - one.at)} ago is not answered: ask the provider"
        text = f"A {one.kind.value} of {format_money(one.amount)}{where} {said}"
        yield Concern(kind=kind, text=text, shipment=one.shipment, payment=payment.number)


def _why(payment: Payment, failed: Operation) -> str:
    said = said_of_failure(payment, failed)
    return f": {said}" if said else ""


_ASK_FIRST: Final = {_K.REFUND: ": ask the provider first whether it was paid"}
"""What asking again without knowing would do twice."""
_KINDS: Final = {
    (_K.CAPTURE, _ST.REQUESTED): ConcernKind.CAPTURE_UNANSWERED,
    (_K.CAPTURE, _ST.FAILED): ConcernKind.CAPTURE_FAILED,
    (_K.CAPTURE, _ST.UNKNOWN): ConcernKind.CAPTURE_UNKNOWN,
    (_K.REFUND, _ST.FAILED): ConcernKind.REFUND_FAILED,
    (_K.REFUND, _ST.UNKNOWN): ConcernKind.REFUND_UNKNOWN,
    (_K.REFUND, _ST.REQUESTED): ConcernKind.REFUND_ASKED,
    (_K.VOID, _ST.REQUESTED): ConcernKind.VOID_ASKED,
    (_K.VOID, _ST.FAILED): ConcernKind.VOID_FAILED,
    (_K.VOID, _ST.UNKNOWN): ConcernKind.VOID_UNKNOWN,
}


# -- shipments ---------------------------------------------------------------------------------------------


def _of_shipments(order: Order) -> Iterator[Concern]:
    """Parcels that left although money for them is still only reserved, and nothing was asked for it."""
    for shipment in order.shipments:
        gone = [line for line in lines_of(order, shipment.number) if not line.is_cancelled]
        if not gone or any(line.status not in SHIPPED_OR_LATER for line in gone):
            continue
        its = position(order, shipment.number)
        asked = any(
            one.kind is _K.CAPTURE and one.shipment == shipment.number and one.state is not _ST.SUCCEEDED
            for payment in order.payments
            for one in latest(payment.operations)
        )
        if its.to_capture and not asked:
            amount = format_money(its.to_capture)
            text = f"{shipment.number} has left and {amount} of it is not captured"
            if not any(balance(payment).to_capture for payment in order.payments):
                text += "; no payment has it authorized: the customer has to pay again"
            yield Concern(kind=ConcernKind.LEFT_UNCAPTURED, text=text, shipment=shipment.number)


# -- expiry ------------------------------------------------------------------------------------------------


def _of_expiry(order: Order, payment: Payment, now: datetime, soon: timedelta) -> Iterator[Concern]:
    left, owed = balance(payment).to_capture, still_owed(order).minor
    needed = min(left, owed)
    if needed <= 0:
        return
    amount = format_money(Money(needed, payment.currency))
    what = f"Payment {payment.number}"
    ended = payment.lapsed_at or payment.expires_at
    if payment.lapsed_at is not None or (ended is not None and ended <= now):
        ago = f" {span_text(now - ended)} ago" if ended is not None and ended <= now else ""
        text = f"{what} lapsed{ago}: {amount} can no longer be captured"
        yield Concern(kind=ConcernKind.LAPSED, text=text, payment=payment.number)
    elif ended is not None and ended - now <= soon:
        text = f"{what} lapses in {span_text(ended - now)}: {amount} is not captured yet"
        yield Concern(kind=ConcernKind.LAPSES_SOON, text=text, payment=payment.number)


def span_text(span: timedelta) -> str:
    """A span of time in its two greatest units: "2 d 4 h", "4 h 12 min", "12 min", "less than 1 min"."""
    seconds = int(span.total_seconds())
    if seconds < _MINUTE:
        return "less than 1 min"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    if seconds < _DAY:
        return _two(seconds, _HOUR, "h", _MINUTE, "min")
    return _two(seconds, _DAY, "d", _HOUR, "h")


def _two(seconds: int, great: int, great_name: str, small: int, small_name: str) -> str:
    rest = seconds % great // small
    return f"{seconds // great} {great_name}" + (f" {rest} {small_name}" if rest else "")


# -- cancelled while being picked --------------------------------------------------------------------------


def _is_awaited(order: Order, stop: AskedToStop, now: datetime) -> bool:
    """Whether the answer still matters: for money until it moves by itself; else until the ticket, which was
    taken back, goes out again."""
    if stop.amount is not None:
        return stop.until is not None and stop.until > now
    back = {one.number for one in order.shipments if one.released_at is None and one.packed_at is None}
    return all(name in back and standing_lines(order, name) for name in stop.shipments)


def _of_stop(order: Order, stop: AskedToStop) -> Concern:
    places = {one.number: one.location for one in order.shipments}
    asked = [f"{places[name]} ({name})" for name in stop.shipments if name in places]
    who = ", ".join(asked) or "The location"
    has = "have" if len(asked) > 1 else "has"
    text = f"{who} {has} not answered the request to stop"
    if stop.amount is not None:
        text += f": the {stop.kind} of {format_money(stop.amount)} waits"
    return Concern(
        kind=ConcernKind.WAITS_FOR_STOP,
        text=text,
        until=stop.until,
        shipment=stop.shipments[0] if len(stop.shipments) == 1 else None,
    )

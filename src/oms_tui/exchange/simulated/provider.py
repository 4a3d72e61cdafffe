"""The payment provider: it answers what was asked of it, mostly soon and mostly with yes (spec 3.3, 4)."""

from collections.abc import Iterator
from datetime import UTC, timedelta
from typing import Final

from oms_tui.domain.events import EventKind
from oms_tui.domain.events.kinds import EXPIRES_AT
from oms_tui.domain.order import Operation, Payment
from oms_tui.domain.payment import latest
from oms_tui.domain.status import HoldKind, OperationKind, OperationState
from oms_tui.exchange.simulated.words import Said, Scene, Word, hours, minutes

_K, _E = OperationKind, EventKind
_YES: Final = {
    _K.AUTHORIZE: _E.AUTHORIZED,
    _K.CAPTURE: _E.CAPTURED,
    _K.VOID: _E.VOIDED,
    _K.REFUND: _E.REFUNDED,
}
_NO: Final = {
    _K.AUTHORIZE: _E.AUTHORIZATION_FAILED,
    _K.CAPTURE: _E.CAPTURE_FAILED,
    _K.REFUND: _E.REFUND_FAILED,
}
_AIR: Final = (OperationState.REQUESTED, OperationState.UNKNOWN)
_SOON: Final = (timedelta(seconds=5), minutes(5))
_LATE: Final = (hours(2), hours(6))
_VALID_FOR: Final = timedelta(days=7)
"""How long an authorization stands, counted from when it was asked for."""
_AGAIN: Final = (minutes(20), minutes(90))
_CAUSES: Final = ("insufficient funds", "do not honour", "card expired", "limit exceeded")
_REFUND_CAUSES: Final = ("account closed", "card expired", "refund limit reached")
_DISPUTES: Final = ("goods not received", "not as described", "payment not recognised")


def says(scene: Scene) -> Iterator[Word]:
    """Answers to everything that was asked, and what nobody asked for."""
    for payment in scene.order.payments:
        operations = latest(payment.operations)
        for operation in operations:
            if operation.state in _AIR and operation.kind in _YES and not _comes_first(operation, operations):
                yield from _answers(scene, payment, operation)
        yield from _pays_after_all(scene, payment, operations)
    yield from _disputes(scene)


def _comes_first(operation: Operation, operations: tuple[Operation, ...]) -> bool:
    """Whether an authorization must be answered before it can be voided."""
    return operation.kind is _K.VOID and any(
        one.kind is _K.AUTHORIZE and one.state in _AIR for one in operations
    )


def _answers(scene: Scene, payment: Payment, operation: Operation) -> Iterator[Word]:
    dice, odds = scene.dice, scene.odds
    place = f"{payment.number}.{operation.number}"
    if dice.hits(odds.silent, "silent", place):
        return
    is_no = operation.kind in _NO and dice.hits(_no_odds(scene, payment, operation), "no", place)
    kind = _NO[operation.kind] if is_no else _YES[operation.kind]
    said = Said(
        shipment=operation.shipment or "",
        payment=payment.number,
        amount=operation.amount,
        reference=operation.reference or f"sim_{scene.order.id}_{place}",
        cause=_why(scene, operation, place) if is_no else "",
        data={"operation": str(operation.number)} | ({} if is_no else _expiry(operation)),
    )
    is_late = operation.state is OperationState.UNKNOWN or dice.hits(odds.late, "late", place)
    yield scene.word(kind, place, _LATE if is_late else _SOON, said)
    if dice.hits(odds.twice, "twice", place):
        yield scene.word(kind, f"{place}:again", _AGAIN, said)


def _expiry(asked: Operation) -> dict[str, str]:
    """Until when an authorization stands; of anything else nothing."""
    until = asked.at.astimezone(UTC) + _VALID_FOR
    return {EXPIRES_AT: until.isoformat()} if asked.kind is _K.AUTHORIZE else {}


def _no_odds(scene: Scene, payment: Payment, operation: Operation) -> int:
    """How often in a thousand it is refused: what is asked again after a refusal seldom is."""
    odds = {
        _K.AUTHORIZE: scene.odds.declined,
        _K.CAPTURE: scene.odds.capture_fails,
        _K.REFUND: scene.odds.refund_fails,
    }[operation.kind]
    was_refused = any(
        one.kind is operation.kind and one.state is OperationState.FAILED for one in payment.operations
    )
    return odds // 3 if was_refused else odds


def _why(scene: Scene, operation: Operation, place: str) -> str:
    causes = _REFUND_CAUSES if operation.kind is _K.REFUND else _CAUSES
    return scene.dice.pick(causes, "why", place)


def _pays_after_all(scene: Scene, payment: Payment, operations: tuple[Operation, ...]) -> Iterator[Word]:
    """After a decline a customer may pay with another card: an authorization that nobody asked for."""
    asked = [one for one in operations if one.kind is _K.AUTHORIZE]
    is_declined = bool(asked) and all(one.state is OperationState.FAILED for one in asked)
    place = f"{payment.number}.{len(asked)}"
    if is_declined and scene.dice.hits(scene.odds.pays_after_all, "pays after all", place):
        said = Said(
            payment=payment.number,
            amount=asked[-1].amount,
            reference=f"sim_{scene.order.id}_{place}_anew",
            data=_expiry(asked[-1]),
        )
        yield scene.word(_E.AUTHORIZED, f"{place}:anew", (hours(1), hours(4)), said)


def _disputes(scene: Scene) -> Iterator[Word]:
    """Now and then a customer disputes what was captured for a parcel that left."""
    order = scene.order
    if any(hold.kind is HoldKind.DISPUTE for hold in order.holds):
        return
    for payment in order.payments:
        for one in latest(payment.operations):
            is_taken = one.kind is _K.CAPTURE and one.state is OperationState.SUCCEEDED
            if is_taken and one.shipment and order.shipment(one.shipment).shipped_at:
                place = f"{payment.number}.{one.number}"
                if scene.dice.hits(scene.odds.disputed, "disputed", payment.number):
                    said = Said(
                        reference=f"dsp_{order.id}_{payment.number}",
                        cause=scene.dice.pick(_DISPUTES, "dispute", place),
                    )
                    yield scene.word(_E.DISPUTED, str(payment.number), (hours(6), hours(12)), said)
                return

"""Provide status: a plain answer for the customer, ready to copy (spec 6).

In words a customer understands and in their language: where it stands, what happens next, tracking, what is
reserved, charged and refunded; nothing internal. No hold is named, and the text is the same with and without
one; only what the customer alone can mend is asked for: an address, a payment.
"""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from oms_tui.domain.authority import Right
from oms_tui.domain.books import accounts, operations_of
from oms_tui.domain.letters import amount_in, language_of
from oms_tui.domain.money import Money
from oms_tui.domain.operations import IN_THE_AIR, balance, failed_refunds, is_withdrawn, order_balance
from oms_tui.domain.order import Line, Order, Shipment
from oms_tui.domain.payment import overcharge, still_owed
from oms_tui.domain.status import (
    BEFORE_PACKED,
    HoldKind,
    LineStatus,
    OperationKind,
    OperationState,
)
from oms_tui.domain.telling import day_in, told
from oms_tui.domain.totals import order_total
from oms_tui.verbs.base import Answer, Arguments, Context, Subject, Verb

_S, _K = LineStatus, OperationKind
_NEXT: dict[LineStatus, str] = {
    _S.PENDING_ALLOCATION: "when_it_leaves",
    _S.ALLOCATED: "when_it_leaves",
    _S.CONFIRMED: "when_it_leaves",
    _S.PACKED: "handed_over_next",
    _S.SHIPPED: "delivered_next",
    _S.UNDELIVERED: "undelivered_next",
}


def status_text(order: Order, zone: ZoneInfo, *, with_payments: bool = True) -> str:
    """The answer as the customer reads it, in the order's language; days in `zone`.

    Without payments it leaves out what was reserved and charged: not everybody may see it (spec 5).
    """
    return "\n".join(part for part in _Answer(order, zone, with_payments=with_payments).parts() if part)


def _merge(status: LineStatus) -> LineStatus:
    return _S.ALLOCATED if status in (_S.PENDING_ACK, _S.PENDING_CONFIRM) else status


class _Answer:
    """The sentences about one order."""

    def __init__(self, order: Order, zone: ZoneInfo, *, with_payments: bool) -> None:
        self._order, self._zone, self._with_payments = order, zone, with_payments
        self._language = language_of(order.language or order.channel.language)
        self._parcels = tuple(one for one in order.shipments if self._standing(one.number))

    def parts(self) -> list[str]:
        """One text after the other; empty where there is nothing to say."""
        placed = day_in(self._language, self._order.created.astimezone(self._zone).date())
        opening = self._told("opening", order=self._order.id, date=placed)
        groups: dict[LineStatus, list[Line]] = {}
        for line in self._order.lines:
            groups.setdefault(_merge(line.status), []).append(line)
        if len(groups) == 1:
            found = [f"{opening}: {self._told(next(iter(groups)))}."]
        else:
            found = [f"{opening}:", *self._items(groups)] if groups else [f"{opening}."]
        return [*found, *map(self._sent, self._parcels), *self._upcoming(), self._money()]

    def _told(self, name: str, **fields: str) -> str:
        return told(self._language, name, **fields)

    def _standing(self, shipment: str | None) -> list[Line]:
        return [x for x in self._order.lines if x.shipment == shipment and not x.is_cancelled]

    def _items(self, groups: Mapping[LineStatus, list[Line]]) -> list[str]:
        return [
            f"- {line.quantity} × {line.name or line.sku}: {self._told(status)}"
            for status, lines in groups.items()
            for line in lines
        ]

    def _parcel(self, shipment: str) -> str:
        """The parcel, by its number where there are several."""
        name = self._told("parcel")
        return f"{name} {shipment}" if len(self._parcels) > 1 else name

    def _sent(self, shipment: Shipment) -> str:
        if shipment.shipped_at is None:
            return ""
        sent, arrived = shipment.shipped_at, shipment.delivered_at
        facts = [
            self._told("sent", date=day_in(self._language, sent.astimezone(self._zone).date())),
            shipment.carrier,
            self._told("tracking", number=shipment.tracking) if shipment.tracking else "",
        ]
        if arrived is not None:
            day = day_in(self._language, arrived.astimezone(self._zone).date())
            facts.append(self._told("arrived", date=day))
        return f"{self._parcel(shipment.number)}: {', '.join(fact for fact in facts if fact)}."

    def _upcoming(self) -> list[str]:
        """What happens next: of each parcel where there are several, then what we need of the customer."""
        found = []
        if len(self._parcels) > 1:
            for parcel in self._parcels:
                if following := self._next(self._standing(parcel.number)):
                    found.append(f"{self._parcel(parcel.number)}: {following}")
            found.append(self._next(self._standing(None)))
        else:
            found.append(self._next([line for line in self._order.lines if not line.is_cancelled]))
        needs_address = any(hold.kind is HoldKind.ADDRESS for hold in self._order.open_holds())
        return [*found, self._told("address") if needs_address else ""]

    def _next(self, lines: list[Line]) -> str:
        statuses = {_merge(line.status) for line in lines}
        return next((self._told(_NEXT[status]) for status in _NEXT if status in statuses), "")

    # -- money ---------------------------------------------------------------------------------------------

    def _money(self) -> str:
        """Total, and what became of the money: "have you charged me?"."""
        order, sums, books = self._order, order_balance(self._order), accounts(self._order)
        reserved = sum(balance(x).to_capture for x in order.payments if x.lapsed_at is None)
        shares = {name: {k: getattr(one, name) for k, one in books.items()} for name in _SHARES}
        total = order_total(order).minor
        found = [self._amount("total", total)]
        if order.payments and total and not (sums.captured or sums.pending_capture):
            found.append(self._told("nothing_charged"))
        if self._with_payments:
            found += [
                self._amount("reserved", reserved, shares["to_capture"]),
                self._amount("released", sums.pending_void),
                self._amount("being_charged", sums.pending_capture, shares["in_the_air"]),
                self._amount("charged", sums.captured, shares["captured"]),
                self._amount("not_paid", self._unpaid(reserved)),
            ]
        found += [
            self._amount("refunded", sums.refunded, self._refunds(OperationState.SUCCEEDED)),
            self._amount("refund_asked", sums.pending_refund, self._refunds(*IN_THE_AIR)),
            self._amount("refund_failed", self._stuck(), self._refunds(OperationState.FAILED)),
        ]
        return " ".join(text for text in found if text)

    def _amount(self, name: str, minor: int, shares: Mapping[str | None, int] | None = None) -> str:
        """The sentence about an amount, with its share of each parcel where there are several; "" of zero."""
        if minor <= 0:
            return ""
        text = self._written(minor)
        parts = {where: share for where, share in (shares or {}).items() if share and where is not None}
        if len(self._parcels) > 1 and sum(parts.values()) == minor:
            each = (f"{self._parcel(where)}: {self._written(share)}" for where, share in parts.items())
            text += f" ({', '.join(each)})"
        return self._told(name, amount=text)

    def _written(self, minor: int) -> str:
        return amount_in(self._language, Money(minor, self._order.currency))

    def _refunds(self, *states: OperationState) -> dict[str | None, int]:
        found: dict[str | None, int] = {}
        for one in operations_of(self._order):
            if one.kind is _K.REFUND and one.state in states and not is_withdrawn(one):
                found[one.shipment] = found.get(one.shipment, 0) + one.amount.minor
        return found

    def _stuck(self) -> int:
        """What is to go back and neither did nor is on its way."""
        payments = self._order.payments
        failed = sum(min(failed_refunds(one), max(balance(one).refundable, 0)) for one in payments)
        return max(failed, overcharge(self._order).minor)

    def _unpaid(self, reserved: int) -> int:
        """What a payment that was declined or lapsed left without any, while the order waits for it."""
        order = self._order
        if not any(line.status in BEFORE_PACKED for line in order.lines):
            return 0
        has_failed = any(one.lapsed_at is not None for one in order.payments) or any(
            one.kind is _K.AUTHORIZE and one.state is OperationState.FAILED for one in operations_of(order)
        )
        in_the_air = any(one.kind is _K.AUTHORIZE and one.state in IN_THE_AIR for one in operations_of(order))
        return max(still_owed(order).minor - reserved, 0) if has_failed and not in_the_air else 0


_SHARES = ("to_capture", "in_the_air", "captured")


def _answer(subject: Subject, arguments: Arguments, context: Context) -> Answer:
    sees = context.policy.authority.allows(context.actor.roles, Right.VIEW_PAYMENT_DETAIL)
    text = status_text(subject.order, ZoneInfo(context.policy.time_zone), with_payments=sees)
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

"""The payments of sample orders: tenders in their order of use, with every operation of their course."""

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from oms_tui.domain.money import Money, share_minor
from oms_tui.domain.order import Charge, Line, Operation, Payment, Shipment
from oms_tui.domain.status import OperationKind, OperationState, PaymentMethod
from oms_tui.domain.totals import price, total_of
from oms_tui.exchange.sample.scenarios import Pay, Scenario

_K, _ST = OperationKind, OperationState
_ASKED: Final = {Pay.ASKED: _ST.REQUESTED, Pay.DECLINED: _ST.FAILED}
"""What became of the authorization; of all others it succeeded."""
_CAPTURED: Final = {
    Pay.CAPTURE_REQUESTED: _ST.REQUESTED,
    Pay.CAPTURE_FAILED: _ST.FAILED,
    Pay.CAPTURE_UNKNOWN: _ST.UNKNOWN,
}
_CAPTURING: Final = (Pay.CAPTURE_FAILED, Pay.CAPTURE_UNKNOWN)
"""What is asked of the provider as soon as a parcel is packed."""
_AT_ONCE: Final = timedelta(seconds=2)
_VALID_FOR: Final = timedelta(days=7)
"""How long an authorization of a card is good for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """What is to be paid, and by whom."""

    number: int
    """Of the order."""
    scenario: Scenario
    holder: str
    card_country: str
    lines: tuple[Line, ...]
    charges: tuple[Charge, ...]
    shipments: tuple[Shipment, ...]
    placed: Money
    created: datetime

    @property
    def owed(self) -> int:
        """Minor units of what is not cancelled."""
        minor = sum(price(line).minor for line in self.lines if not line.is_cancelled)
        return minor + sum(price(charge).minor for charge in self.charges if not charge.is_cancelled)


@dataclass(frozen=True, slots=True)
class Capture:
    """What was asked of a card, when, and for which shipment."""

    minor: int
    at: datetime
    shipment: str | None = None
    state: OperationState = _ST.SUCCEEDED


class Ledger:
    """Writes the operations of one tender in turn."""

    def __init__(self, currency: str) -> None:
        self._currency = currency
        self.operations: list[Operation] = []

    def add(
        self,
        kind: OperationKind,
        state: OperationState,
        minor: int,
        at: datetime,
        *,
        cause: str = "",
        shipment: str | None = None,
        reference: str = "",
    ) -> None:
        """One more operation; nothing is written for no money."""
        if minor:
            number = len(self.operations) + 1
            self.operations.append(
                Operation(
                    number=number,
                    kind=kind,
                    state=state,
                    amount=Money(minor, self._currency),
                    at=at,
                    cause=cause,
                    shipment=shipment,
                    reference=reference,
                )
            )


class Till:
    """Makes the payments of one order after another, with the generator of all that is random."""

    def __init__(self, rng: random.Random, now: datetime) -> None:
        self._rng, self._now = rng, now

    def pay(self, sale: Sale) -> tuple[Payment, ...]:
        """The tenders of an order in their order of use: prepaid ones first, then the card."""
        scenario, rng = sale.scenario, self._rng
        if not sale.placed:
            return ()
        owed = sale.owed
        if scenario.is_carry_out and rng.random() < 0.4:
            return (_prepaid(PaymentMethod.CASH, 1, sale, sale.placed.minor),)
        payments: list[Payment] = []
        authorized = sale.placed.minor
        is_usual = scenario.pay is Pay.CAPTURED and not scenario.is_carry_out
        if scenario.has_gift_card or (is_usual and rng.random() < 0.06):
            method = PaymentMethod.GIFT_CARD if rng.random() < 0.7 else PaymentMethod.STORE_CREDIT
            gift = share_minor(owed, 1, 4)
            if gift:
                payments.append(_prepaid(method, 1, sale, gift))
                authorized, owed = authorized - gift, owed - gift
        payments.append(self._card(sale, len(payments) + 1, authorized, _captures(sale, owed)))
        return tuple(payments)

    def _card(self, sale: Sale, number: int, authorized: int, captures: list[Capture]) -> Payment:
        """A card as its scenario left it."""
        index, lapses = sale.number, sale.created + _VALID_FOR
        reference = f"pay_{index:08d}{number}"
        last_four = index * 7919 % 10_000
        return Payment(
            number=number,
            method=PaymentMethod.CARD,
            card_type=("Visa", "Mastercard", "Amex", "JCB")[index % 4],
            masked_card=f"{('411111', '555555', '378282', '353011')[index % 4]}••••••{last_four:04d}",
            card_country=sale.card_country,
            holder=sale.holder,
            reference=reference,
            currency=sale.placed.currency,
            expires_at=lapses,
            lapsed_at=lapses if sale.scenario.pay is Pay.LAPSED else None,
            operations=self._operations(sale, reference, authorized, captures),
        )

    def _operations(
        self, sale: Sale, reference: str, authorized: int, captures: list[Capture]
    ) -> tuple[Operation, ...]:
        scenario, ledger = sale.scenario, Ledger(sale.placed.currency)
        asked = _ASKED.get(scenario.pay, _ST.SUCCEEDED)
        cause = "insufficient funds" if asked is _ST.FAILED else "placed"
        at = sale.created + timedelta(seconds=1)
        ledger.add(_K.AUTHORIZE, asked, authorized, at, cause=cause, reference=f"{reference}a")
        for turn, one in enumerate(captures, 1):
            surplus = one.minor // 10 if scenario.pay is Pay.OVERCHARGED else 0
            ledger.add(
                _K.CAPTURE,
                one.state,
                one.minor + surplus,
                one.at,
                cause=scenario.error if one.state is _ST.FAILED else "shipment",
                shipment=one.shipment,
                reference=f"{reference}c{turn}",
            )
        moved = sale.created + min((self._now - sale.created) / 2, timedelta(days=4))
        if scenario.pay is Pay.VOIDED:
            ledger.add(_K.VOID, _ST.SUCCEEDED, authorized, moved, cause="cancelled: customer request")
        if scenario.pay is Pay.PREPAID:
            refund = scenario.refund or _ST.SUCCEEDED
            cause = "card closed" if refund is _ST.FAILED else "cancelled: customer request"
            ledger.add(_K.REFUND, refund, authorized, moved, cause=cause, reference=f"{reference}r")
        return tuple(ledger.operations)


def _prepaid(method: PaymentMethod, number: int, sale: Sale, minor: int) -> Payment:
    """A tender captured at placement: gift card, store credit, cash (spec 4)."""
    ledger, reference = Ledger(sale.placed.currency), f"pre_{sale.number:08d}"
    for kind in (_K.AUTHORIZE, _K.CAPTURE):
        ledger.add(
            kind, _ST.SUCCEEDED, minor, sale.created, cause="placed", reference=f"{reference}{kind.value[0]}"
        )
    return Payment(
        number=number,
        method=method,
        reference=reference,
        currency=sale.placed.currency,
        operations=tuple(ledger.operations),
    )


def _captures(sale: Sale, owed: int) -> list[Capture]:
    """What was captured of `owed` minor units: at placement for prepaid and carry-out, else with each
    shipment that left."""
    scenario = sale.scenario
    if scenario.pay is Pay.PREPAID:
        return [
            Capture(total_of(sale.placed.currency, sale.lines, sale.charges).minor, sale.created + _AT_ONCE)
        ]
    if scenario.is_carry_out:
        return [Capture(owed, sale.created + _AT_ONCE)]
    gone = [
        one
        for one in sale.shipments
        if one.shipped_at or (one.packed_at and scenario.pay in _CAPTURING and scenario.task)
    ]
    failing = {line.shipment for line in sale.lines if line.status is scenario.line}
    if scenario.pay is Pay.SECOND_FAILED:
        gone.sort(key=lambda one: one.number in failing)
    captures: list[Capture] = []
    left = owed
    for turn, shipment in enumerate(gone):
        minor = sum(price(line).minor for line in sale.lines if line.shipment == shipment.number)
        minor += sum(price(charge).minor for charge in sale.charges) if turn == 0 else 0
        minor = left if len(gone) == len(sale.shipments) == turn + 1 else min(minor, left)
        left -= minor
        at = (shipment.packed_at or sale.created) + timedelta(minutes=1)
        state = _CAPTURED.get(scenario.pay, _ST.SUCCEEDED)
        if scenario.pay is Pay.SECOND_FAILED and shipment.number in failing:
            state = _ST.FAILED
        captures.append(Capture(minor, at, shipment.number, state))
    return captures


def refunded(payment: Payment, minor: int, at: datetime, shipment: str | None) -> Payment:
    """The payment with what a price adjustment gave back for a shipment."""
    if not minor:
        return payment
    operation = Operation(
        number=len(payment.operations) + 1,
        kind=_K.REFUND,
        state=_ST.SUCCEEDED,
        amount=Money(minor, payment.currency),
        at=at,
        cause="price adjustment",
        shipment=shipment,
        reference=f"{payment.reference}r",
    )
    return replace(payment, operations=(*payment.operations, operation))

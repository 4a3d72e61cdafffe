"""What a difference of a settlement file means, in words, and what mends it: a verb with its arguments, or
what to do outside (spec 6, Mark as paid to Refund overcharge).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from oms_tui.domain.events import EventKind
from oms_tui.domain.money import Money, format_money
from oms_tui.domain.operations import history_of
from oms_tui.domain.order import Order, Payment
from oms_tui.domain.payment import overcharge
from oms_tui.domain.settlement import (
    Held,
    Judgement,
    Reason,
    RowKind,
    SettlementRow,
    Verdict,
    held_of,
)
from oms_tui.domain.settling import WHOLE_ORDER, Unpaid, open_refunds, unpaid, use_of
from oms_tui.domain.status import OperationKind

MARK_PAID, RECORD_REFUND = "order.mark-paid", "order.record-refund"
REFUND_OVERCHARGE = "order.refund-overcharge"
_NOT_DONE = (Reason.REQUESTED, Reason.UNKNOWN, Reason.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way on from a difference."""

    text: str
    """What it is good for, or what to do where no verb helps."""
    verb: str = ""
    """ID of the verb; "" = none: it is done outside."""
    arguments: Mapping[str, str] = field(default_factory=dict)
    """What its form starts with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A difference with all that its words and ways are made from."""

    row: SettlementRow | None
    """None: an operation of ours that the file does not have."""
    judgement: Judgement
    order: Order | None
    payment: Payment | None
    source: str = ""
    """The name of the file."""

    @property
    def held(self) -> Held | None:
        """Our operation, as it stands now."""
        if self.payment is None or self.judgement.operation is None:
            return None
        return next((x for x in held_of(self.payment) if x.root == self.judgement.operation), None)

    @property
    def kind(self) -> str:
        """What it is about: "capture", "refund"."""
        if self.row is not None:
            return self.row.kind.value
        return self.held.now.kind.value if self.held is not None else "operation"


def explain(case: Case) -> str:
    """What the verdict says, in one or two sentences for a person."""
    judged, kind = case.judgement, case.kind
    ours = format_money(judged.ours) if judged.ours is not None else ""
    theirs = format_money(case.row.amount) if case.row is not None else ""
    return {
        Reason.EXACT: f"The provider's {kind} and ours are the same.",
        Reason.IN_PARTS: "The amounts of this reference are split otherwise in the file; their sum is ours.",
        Reason.FEE: "A fee of the provider: nothing of ours stands against it.",
        Reason.DISPUTED: "The dispute is known here.",
        Reason.NO_PAYMENT: "No payment here has this reference.",
        Reason.NOTHING: f"The reference leads to a payment here, but we hold no {kind} that this could be.",
        Reason.TWICE: f"The file has this {kind} more often than we hold it: it may have been done twice.",
        Reason.REQUESTED: f"We asked for this {kind} of {ours} and have no answer; the provider did it.",
        Reason.UNKNOWN: f"Whether this {kind} of {ours} was done is not known here; the provider did it.",
        Reason.FAILED: f"We hold this {kind} of {ours} as failed; the provider did it.",
        Reason.NO_DISPUTE: "The provider took the money back for a dispute that is not known here.",
        Reason.AMOUNT: f"The provider's {kind} is {theirs}, we hold {ours}.",
        Reason.CURRENCY: f"The provider's {kind} is {theirs}, we hold {ours}: another currency.",
        Reason.PARTS_DIFFER: f"The file has this {kind} in parts whose sum is not what we hold.",
        Reason.NOT_IN_FILE: f"We hold this {kind} of {ours} as done; the provider's file does not have it.",
        Reason.IN_ANOTHER_FILE: f"This {kind} of {ours} is in another file of the provider.",
        Reason.NOT_HELD: f"We do not hold this {kind} as done any more.",
    }[judged.reason]


def ways_on(case: Case, zone: ZoneInfo) -> tuple[Way, ...]:
    """What mends it, the likeliest first; nothing where there is nothing to mend.

    Args:
        case: The difference.
        zone: The business time zone, in which dates are given to verbs.
    """
    if case.judgement.verdict is Verdict.MATCHED:
        return ()
    return _by_verb(case, zone) or _outside(case)


def _by_verb(case: Case, zone: ZoneInfo) -> tuple[Way, ...]:
    row, order = case.row, case.order
    if order is None or case.judgement.verdict is Verdict.MISSING_THERE:
        return ()
    if row is not None and case.judgement.reason in (*_NOT_DONE, Reason.NOTHING):
        if row.kind is RowKind.CAPTURE:
            return _mark_paid(case, order, row, zone)
        if row.kind is RowKind.REFUND:
            return _record_refund(case, row, order, zone)
    if overcharge(order):
        excess = format_money(overcharge(order))
        return (Way(verb=REFUND_OVERCHARGE, text=f"The order was charged {excess} too much: give it back."),)
    return ()


def _mark_paid(case: Case, order: Order, row: SettlementRow, zone: ZoneInfo) -> tuple[Way, ...]:
    """Mark as paid, for the position whose capture it is, or any that has left and is not paid."""
    held = case.held
    fitting = [
        one
        for one in unpaid(order)
        if case.payment is None or one.payment.number == case.payment.number
        if held is None or one.where == held.now.shipment
    ]
    # The one that owes just this comes first.
    fitting.sort(key=lambda one: one.minor != row.amount.minor)
    return tuple(_mark_one(case, order, row, one, zone) for one in fitting)


def _mark_one(case: Case, order: Order, row: SettlementRow, one: Unpaid, zone: ZoneInfo) -> Way:
    where = "The order" if one.where is None else f"Shipment {one.where}"
    due = format_money(Money(one.minor, order.currency))
    text = f"{where} has left with {due} due: record this capture."
    arguments = {
        "shipment": WHOLE_ORDER if one.where is None else one.where,
        "payment": str(one.payment.number),
        "captured": f"{row.at.astimezone(zone):%Y-%m-%d}",
        "note": _note(case),
    }
    if _is_free(order, row.reference, one):
        arguments["reference"] = row.reference
    else:
        text += " The file names the payment alone: give the capture's own reference."
    return Way(verb=MARK_PAID, text=text, arguments=arguments)


def _is_free(order: Order, reference: str, one: Unpaid) -> bool:
    """Whether a reference stands for nothing but the capture that would be resolved."""
    found = use_of(order, reference)
    if found is None:
        return True
    owner, used = found
    resolved = () if one.answers is None else history_of(one.payment, one.answers)
    return owner.number == one.payment.number and any(used.number == row.number for row in resolved)


def _note(case: Case) -> str:
    line = "" if case.row is None else f", line {case.row.line}"
    return f"settlement file {case.source}{line}"


def _record_refund(case: Case, row: SettlementRow, order: Order, zone: ZoneInfo) -> tuple[Way, ...]:
    held = case.held
    if held is None:
        return ()
    return tuple(
        Way(
            verb=RECORD_REFUND,
            text="Record that the refund was made; no money moves.",
            arguments={
                "refund": one.name,
                "tender": one.payment.method.value,
                "reference": row.reference,
                "refunded": f"{row.at.astimezone(zone):%Y-%m-%d}",
                "note": _note(case),
            },
        )
        for one in open_refunds(order)
        if case.payment is not None and one.payment.number == case.payment.number
        if one.operation.number == held.now.number
    )


_OUTSIDE: Mapping[Reason, str] = {
    Reason.NO_PAYMENT: "Ask the provider which order it is; if it is none of ours, accept it with a note.",
    Reason.TWICE: "Ask the provider whether it was done twice and to undo one; then accept it with a note.",
    Reason.REQUESTED: "The provider's answer is missing: have it sent again (oms-tui ingest).",
    Reason.UNKNOWN: "The provider's answer is missing: have it sent again (oms-tui ingest).",
    Reason.FAILED: "Have the provider send its answer again (oms-tui ingest): the later word counts.",
    Reason.NO_DISPUTE: "Have the provider send the dispute (oms-tui ingest), so that the order is held.",
    Reason.CURRENCY: "Ask the provider which currency moved; an order has one. Then accept it with a note.",
    Reason.PARTS_DIFFER: "Ask the provider for the part that is missing or too much.",
    Reason.NOT_IN_FILE: "Ask the provider: it may be in the next file; if it was not done, have it say so "
    "(oms-tui ingest), and it can be asked for again.",
}


_SAID_BY: Mapping[OperationKind, EventKind] = {
    OperationKind.AUTHORIZE: EventKind.AUTHORIZED,
    OperationKind.CAPTURE: EventKind.CAPTURED,
    OperationKind.VOID: EventKind.VOIDED,
    OperationKind.REFUND: EventKind.REFUNDED,
}
"""What a provider tells that it did -> the event that says so, and corrects what was said before."""


def _other_amount(case: Case) -> str:
    """Who gives what we hold another amount: the provider, by the same reference once more."""
    held = case.held
    event = None if held is None or not held.now.reference else _SAID_BY.get(held.now.kind)
    if held is None or case.row is None or event is None:
        return (
            "Ask the provider which amount holds, then accept it with a note: ours came without a reference."
        )
    theirs = format_money(case.row.amount)
    return (
        f"If theirs holds, have the provider send {event.value} with {held.now.reference} and {theirs} "
        "(oms-tui ingest): it corrects ours. Else accept it with a note."
    )


_NOT_ASKED: Mapping[str, str] = {
    RowKind.CAPTURE.value: "Nothing that has left is unpaid, so it cannot be marked as paid",
}
_WHO_ASKED = (
    ": ask the provider who did. Its event (oms-tui ingest) can be taken as a fact in Event problems; or "
    "accept it with a note."
)


def _outside(case: Case) -> tuple[Way, ...]:
    if case.judgement.reason is Reason.AMOUNT:
        return (Way(text=_other_amount(case)),)
    if case.judgement.reason is Reason.NOTHING:
        return (Way(text=_NOT_ASKED.get(case.kind, "Nobody here asked for it") + _WHO_ASKED),)
    text = _OUTSIDE.get(case.judgement.reason, "")
    if text and case.kind == RowKind.CAPTURE.value and case.judgement.reason in _NOT_DONE:
        text += " Once the goods have left it can be marked as paid."
    return (Way(text=text),) if text else ()

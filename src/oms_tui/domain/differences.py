"""The differences between two values of one order, and what else a decision does: what previews and audit
entries say.

`diff(before, after)` is the one source of both (architecture 3).
"""

from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from oms_tui.domain.derive import standing
from oms_tui.domain.flow import FlowTask
from oms_tui.domain.money import Money, format_money
from oms_tui.domain.operations import latest
from oms_tui.domain.order import AdjustedPart, Adjustment, Hold, Operation, Order, Payment
from oms_tui.domain.payment import order_payment_status, still_charged
from oms_tui.domain.plan import Change, ChangeKind, Intent, Outcome
from oms_tui.domain.remembered import remembered
from oms_tui.domain.status import OperationKind, OperationState, word
from oms_tui.domain.totals import order_total


def show(value: object) -> str:
    """A value as a preview or timeline shows it."""
    if value is None or value == "":
        return "–"
    if isinstance(value, Money):
        return format_money(value)
    if isinstance(value, StrEnum):
        return word(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S%z")
    if isinstance(value, tuple):
        return ", ".join(show(item) for item in value) or "–"
    if is_dataclass(value) and not isinstance(value, type):
        parts = (show(getattr(value, field.name)) for field in fields(value))
        return ", ".join(part for part in parts if part != "–")
    return str(value)


def diff(before: Order, after: Order) -> tuple[Change, ...]:
    """Every difference between two values of one order, derived facts first, for previews and audit
    entries."""
    changes = [*_derived(before, after)]
    for path, label, kind in _PARTS:
        old, new = getattr(before, path), getattr(after, path)
        # The same parts, which most are, are not looked through.
        if old is not new:
            changes += _holds(old, new) if path == "holds" else _collection(old, new, path, label, kind)
    changes += _documents(before, after)
    changes += _tasks(before.tasks, after.tasks)
    changes += _fields(before, after, "", "", _ORDER_FIELDS, ChangeKind.OTHER)
    changes += _fields(before.customer, after.customer, "customer/", "customer ", None, ChangeKind.OTHER)
    for name in ("bill_to", "ship_to"):
        old, new = getattr(before, name), getattr(after, name)
        changes += _fields(old, new, f"{name}/", f"{name.replace('_', '-')} ", None, ChangeKind.ADDRESS)
    return tuple(changes)


_PARTS = (
    ("lines", "line", ChangeKind.LINE),
    ("charges", "charge", ChangeKind.MONEY),
    ("shipments", "shipment", ChangeKind.SHIPMENT),
    ("payments", "payment", ChangeKind.MONEY),
    ("holds", "hold", ChangeKind.HOLD),
    ("adjustments", "adjustment", ChangeKind.MONEY),
    ("notes", "note", ChangeKind.NOTE),
)
"""The parts of an order that bear numbers: where they are, what one is called, what a change of them is
about."""
_ORDER_FIELDS = (
    "language",
    "method",
    "preferred_date",
    "is_forced",
    "is_carry_out",
    "selling_entity",
    "currency",
    "created",
    "placed_total",
)


@remembered
def _standing(order: Order) -> str:
    return standing(order.lines).text()


_FACTS: tuple[tuple[ChangeKind, str, str, Callable[[Order], object]], ...] = (
    (ChangeKind.STATUS, "status", "order", _standing),
    (ChangeKind.MONEY, "total", "total", order_total),
    (ChangeKind.STATUS, "payment_status", "payment", order_payment_status),
    (ChangeKind.MONEY, "to_capture", "authorization to capture", still_charged),
)


def _derived(before: Order, after: Order) -> Iterable[Change]:
    for kind, path, label, fact in _FACTS:
        old, new = fact(before), fact(after)
        if old != new:
            yield Change(kind, path, label, show(old), show(new))


def _collection(
    before: Iterable[Any],
    after: Iterable[Any],
    path: str,
    label: str,
    kind: ChangeKind,
) -> Iterable[Change]:
    """The differences between parts that bear numbers."""
    old = {item.number: item for item in before}
    for item in after:
        name = item.number
        previous = old.pop(name, None)
        if previous is None:
            yield Change(kind, f"{path}/{name}", f"{label} {name}", "–", _describe(item))
        elif previous is not item and previous != item:
            yield from _fields(previous, item, f"{path}/{name}/", f"{label} {name} ", None, kind)
    for name, item in old.items():
        yield Change(kind, f"{path}/{name}", f"{label} {name}", _describe(item), "–")


def _holds(before: Iterable[Hold], after: Iterable[Hold]) -> Iterable[Change]:
    """A hold is placed, released, or said otherwise; a release is one row that names who did it."""
    old = {hold.number: hold for hold in before}
    for hold in after:
        was = old.get(hold.number)
        if was is not None and was.is_open and not hold.is_open:
            path, label = f"holds/{hold.number}/released_by", f"{word(hold.kind)} hold"
            yield Change(ChangeKind.HOLD, path, label, "open", f"released by {hold.released_by}")
            was = replace(was, released_at=hold.released_at, released_by=hold.released_by)
        yield from _collection([] if was is None else [was], [hold], "holds", "hold", ChangeKind.HOLD)


def _documents(before: Order, after: Order) -> Iterable[Change]:
    """Documents are only ever added: "invoice", "LHG-2026-000017 issued"; a preview has no number yet."""
    for place, document in enumerate(after.documents[len(before.documents) :], len(before.documents)):
        text = f"{document.number} issued" if document.number else "issued"
        label = word(document.kind).lower()
        yield Change(ChangeKind.DOCUMENT, f"documents/{place}", label, "–", text)


def _describe(item: Any) -> str:
    if hasattr(item, "sku"):
        return f"{item.name} ×{item.quantity}, {word(item.status)}"
    if hasattr(item, "text"):
        return str(item.text)
    if isinstance(item, Hold):
        return f"{word(item.kind)}: {item.reason}"
    if isinstance(item, Adjustment):
        return f"{item.reason}: {', '.join(map(_adjusted, item.parts))}"
    if isinstance(item, Payment):
        return _payment(item)
    if hasattr(item, "state"):
        return f"{word(item.kind)} {show(item.amount)} {word(item.state).lower()}"
    return show(item)


def _payment(payment: Payment) -> str:
    """A whole payment: "Bank Transfer BT-1: 100.00 € received"."""
    names = (word(payment.method), payment.card_type, payment.masked_card, payment.reference)
    name = " ".join(part for part in names if part)
    said = ", ".join(f"{show(one.amount)} {_what_became(one)}" for one in latest(payment.operations))
    return f"{name}: {said}" if said else name


def _what_became(one: Operation) -> str:
    if one.state is not OperationState.SUCCEEDED:
        return f"{word(one.kind).lower()} {word(one.state).lower()}"
    return _DONE[one.kind]


_DONE = {
    OperationKind.AUTHORIZE: "authorized",
    OperationKind.CAPTURE: "received",
    OperationKind.VOID: "voided",
    OperationKind.REFUND: "refunded",
    OperationKind.IMPORTED: "imported",
}


def _adjusted(part: AdjustedPart) -> str:
    name = f"line {part.line}" if part.line is not None else f"charge {part.charge}"
    return f"{name} {show(part.before)} → {show(part.after)}"


def _fields(
    before: Any, after: Any, path: str, label: str, names: tuple[str, ...] | None, kind: ChangeKind
) -> Iterable[Change]:
    if before is after:
        return
    for name in _names(before.__class__) if names is None else names:
        old, new = getattr(before, name), getattr(after, name)
        if old is new or old == new:
            continue
        if name == "operations":
            yield from _collection(old, new, f"{path}operations", f"{label}operation", kind)
        else:
            text = f"{label}{name.removeprefix('is_').replace('_', ' ')}"
            yield Change(kind, f"{path}{name}", text, show(old), show(new))


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _tasks(before: Iterable[FlowTask], after: Iterable[FlowTask]) -> Iterable[Change]:
    if before is after:
        return
    old = {(task.shipment, task.task): task for task in before}
    for task in after:
        previous = old.get((task.shipment, task.task))
        if previous is task or previous == task:
            continue
        where = f"{task.shipment} " if task.shipment else ""
        state = word(previous.state) if previous else "–"
        if previous and previous.state is task.state and len(previous.runs) == len(task.runs):
            yield Change(
                ChangeKind.TASK,
                f"tasks/{where}{task.task}",
                f"{where}{word(task.task)}",
                previous.error,
                task.error,
            )
        else:
            after_text = (
                word(task.state) if state != word(task.state) else f"{word(task.state)}, run {len(task.runs)}"
            )
            yield Change(
                ChangeKind.TASK, f"tasks/{where}{task.task}", f"{where}{word(task.task)}", state, after_text
            )


def consequences(before: Order, outcome: Outcome, after: Order | None = None) -> tuple[Change, ...]:
    """The whole preview: the order's diff, then claim, stock, messages and what is asked of the outside.

    Args:
        before: the order as it was.
        outcome: what was decided.
        after: the order as it is written, whose facts are remembered from there; None = the outcome's.
    """
    rows = list(diff(before, outcome.order if after is None else after))
    if outcome.claim is not None:
        rows.append(Change(ChangeKind.CLAIM, "claim", "claimed by", "–", outcome.claim.person))
    if outcome.releases_claim:
        rows.append(Change(ChangeKind.CLAIM, "claim", "claim", "claimed", "released"))
    stock: dict[str, list[str]] = {}
    for move in outcome.stock:
        stock.setdefault(move.location, []).append(move.text)
    rows += [
        Change(ChangeKind.STOCK, f"stock/{location}", f"stock at {location}", "–", ", ".join(moves))
        for location, moves in stock.items()
    ]
    rows += [
        Change(
            ChangeKind.MESSAGE,
            f"intents/{i}",
            _INTENT_LABELS.get(intent.kind, intent.kind),
            "–",
            _intent_text(intent),
        )
        for i, intent in enumerate(outcome.intents)
    ]
    rows += [
        Change(
            ChangeKind.MESSAGE, f"messages/{i}", f"{m.audience} told", "–", m.recipient or "no address known"
        )
        for i, m in enumerate(outcome.messages)
    ]
    return tuple(rows)


_INTENT_LABELS = {
    "void": "void",
    "refund": "refund",
    "stop_picking": "location asked to stop",
}


def _intent_text(intent: Intent) -> str:
    what = (
        f"{show(intent.amount)} requested"
        if intent.amount is not None
        else f"{intent.shipment or ''} requested"
    )
    return f"{what}, waits for {intent.waits_for}" if intent.waits_for else what.strip()

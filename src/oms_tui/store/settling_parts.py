"""What the matching of settlement files reads: rows, how they stand, the payments that references lead to."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, bindparam, literal_column, select

from oms_tui.clock import from_micros
from oms_tui.domain.filter.keys import code_key
from oms_tui.domain.money import Money
from oms_tui.domain.order import Payment
from oms_tui.domain.settlement import OURS, Judgement, Reason, RowKind, SettlementRow, Standing, Verdict
from oms_tui.domain.status import HoldKind, OperationState
from oms_tui.store.mapping import operation_of, payment_of
from oms_tui.store.statements import BATCH, one_of_batch, padded, rows_of_orders, rows_with
from oms_tui.store.tables import (
    HoldRow,
    OperationRow,
    PaymentRow,
    SettlementFindingRow,
    SettlementRowRow,
    table,
)

STANDINGS: Final = tuple(Standing)
"""Place -> standing, as stored."""
PLACE: Final = {standing: place for place, standing in enumerate(STANDINGS)}
"""Standing -> place."""
_KIND = {kind.value: kind for kind in RowKind}
_VERDICT = {one.value: one for one in Verdict}
_REASON = {one.value: one for one in Reason}
_STATE = {one.value: one for one in OperationState}

PaymentKey = tuple[int, int]
"""(order's number, payment's number)."""
RowKey = tuple[int, int]
"""(file, row's number)."""


@dataclass(slots=True)
class Finding:
    """A finding as it is stored."""

    pk: int | None
    file: int
    row: int | None
    key: PaymentKey | None
    judgement: Judgement | None = None
    standing: Standing | None = None
    version: int = 0
    new_key: PaymentKey | None = None


@dataclass(slots=True)
class Books:
    """Payments of the orders that are looked at, as they are stored now."""

    payments: dict[PaymentKey, Payment] = field(default_factory=dict)
    disputed: set[int] = field(default_factory=set)


def load_rows(
    conn: Connection, keys: Iterable[RowKey]
) -> tuple[dict[RowKey, SettlementRow], dict[RowKey, Finding]]:
    """Rows, and how they stand; a row that was never judged has a finding without a number."""
    by_file: dict[int, list[int]] = defaultdict(list)
    for file, number in keys:
        by_file[file].append(number)
    rows: dict[RowKey, SettlementRow] = {}
    found: dict[RowKey, Finding] = {}
    for file, numbers in by_file.items():
        for start in range(0, len(numbers), BATCH):
            some = padded(sorted(numbers[start : start + BATCH]))
            for values in rows_with(conn, _rows_by_number, SettlementRowRow, file, *some):
                rows[file, values[1]] = row_of(values)
                found[file, values[1]] = Finding(None, file, values[1], None)
            for values in rows_with(conn, _findings_by_row, SettlementFindingRow, file, *some):
                found[file, values[2]] = _finding_of(values)
    return rows, found


def _rows_by_number(row: Any) -> Any:
    part = table(row)
    return select(part).where(part.c.file == bindparam("file"), one_of_batch(part.c.number))


def _findings_by_row(row: Any) -> Any:
    part = table(row)
    return select(part).where(part.c.file == bindparam("file"), one_of_batch(part.c.row))


def _findings_by_order(row: Any) -> Any:
    part = table(row)
    return select(part).where(one_of_batch(part.c.order_pk)).order_by(part.c.pk)


def findings_of_orders(conn: Connection, pks: Sequence[int]) -> Iterator[Finding]:
    """The findings about these orders."""
    for start in range(0, len(pks), BATCH):
        some = padded(pks[start : start + BATCH])
        yield from map(_finding_of, rows_with(conn, _findings_by_order, SettlementFindingRow, *some))


def row_of(values: Sequence[Any]) -> SettlementRow:
    """A row of a file from its row in the database."""
    _file, number, line, reference, _key, kind, amount, currency, at, fee = values
    return SettlementRow(
        number=number,
        line=line,
        reference=reference,
        kind=_KIND[kind],
        amount=Money(amount, currency),
        at=from_micros(at),
        fee=Money(fee, currency),
    )


def _finding_of(values: Sequence[Any]) -> Finding:
    pk, file, row, order_pk, payment, *_rest, standing, version = values
    key = None if order_pk is None or payment is None else (order_pk, payment)
    return Finding(pk, file, row, key, judgement_of(values), STANDINGS[standing], version)


def judgement_of(values: Sequence[Any]) -> Judgement:
    """What a finding says, from its row in the database."""
    _pk, _file, _row, _order, _payment, operation, verdict, reason, ours, currency, state, *_ = values
    return Judgement(
        verdict=_VERDICT[verdict],
        reason=_REASON[reason],
        operation=operation,
        ours=None if ours is None else Money(ours, currency),
        state=_STATE[state] if state else None,
    )


# -- which payment a row is about --------------------------------------------------------------------------


def _keyed(row: Any) -> Any:
    part = table(row)
    kind = part.c.kind if row is OperationRow else part.c.method
    amount = part.c.amount if row is OperationRow else part.c.number
    payment = part.c.payment if row is OperationRow else part.c.number
    return select(part.c.reference_key, part.c.order_pk, payment, kind, amount).where(
        one_of_batch(part.c.reference_key), part.c.reference_key != literal_column("''")
    )


def assign(conn: Connection, rows: Mapping[RowKey, SettlementRow], found: Mapping[RowKey, Finding]) -> None:
    """Give each row the payment its reference leads to: by an operation of its kind, by another one, by the
    payment's own. Of several, one with the same amount, then the oldest order."""
    wanted = {key: code_key(rows[key].reference) for key in found}
    texts: list[Any] = sorted(set(wanted.values()) - {""})
    candidates: dict[str, list[tuple[int, Any, Any, PaymentKey]]] = defaultdict(list)
    for start in range(0, len(texts), BATCH):
        some = padded(texts[start : start + BATCH])
        for rank, part in ((0, OperationRow), (2, PaymentRow)):
            for text, order_pk, payment, kind, amount in rows_with(conn, _keyed, part, *some):
                candidates[text].append((rank, kind, amount, (order_pk, payment)))
    for key, finding in found.items():
        row, choices = rows[key], candidates.get(wanted[key])
        if choices:
            finding.new_key = min(choices, key=lambda one: _rank(row, one))[3]


def _rank(row: SettlementRow, candidate: tuple[int, Any, Any, PaymentKey]) -> tuple[int, bool, PaymentKey]:
    rank, kind, amount, key = candidate
    if rank == 0 and row.kind in OURS and kind not in {one.value for one in OURS[row.kind]}:
        rank = 1
    return rank, amount != row.amount.minor, key


def _rows_keyed(row: Any) -> Any:
    part = table(row)
    return select(part.c.file, part.c.number).where(one_of_batch(part.c.reference_key))


def rows_with_keys(conn: Connection, keys: Sequence[Any]) -> list[RowKey]:
    """The rows of all files that have one of these references, as compared."""
    found: list[RowKey] = []
    for start in range(0, len(keys), BATCH):
        some = padded(keys[start : start + BATCH])
        found += [(file, number) for file, number in rows_with(conn, _rows_keyed, SettlementRowRow, *some)]
    return found


def books_of(conn: Connection, pks: Sequence[int]) -> Books:
    """The payments of orders as they are stored, without the rest of the orders."""
    books = Books()
    for start in range(0, len(pks), BATCH):
        some = pks[start : start + BATCH]
        operations: dict[PaymentKey, list[Any]] = defaultdict(list)
        for values in rows_of_orders(conn, OperationRow, some):
            operations[values[0], values[1]].append(values)
        for values in rows_of_orders(conn, PaymentRow, some):
            key, currency = (values[0], values[1]), values[8]
            own = tuple(operation_of(one, currency) for one in operations[key])
            books.payments[key] = payment_of(values, own)
        for values in rows_of_orders(conn, HoldRow, some):
            if values[2] == HoldKind.DISPUTE.value:
                books.disputed.add(values[0])
    return books

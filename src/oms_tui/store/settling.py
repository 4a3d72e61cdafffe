"""How rows of settlement files stand to our operations, kept in step with the orders.

A finding is a copy: of a row and the payment its reference leads to, or of an operation of ours that a file
lacks. It is made when a file comes in and follows whatever changes the order, in the same transaction. What
the matching says is `domain.settlement`'s; here is which rows and payments belong together.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, text

from oms_tui.clock import from_micros, to_micros
from oms_tui.domain.filter.keys import code_key
from oms_tui.domain.order import Order
from oms_tui.domain.settlement import (
    Covered,
    Judgement,
    SettlementRow,
    Standing,
    held_of,
    judge,
    missing_there,
    standing_after,
)
from oms_tui.domain.status import HoldKind, PaymentMethod
from oms_tui.store.settling_parts import (
    PLACE,
    Books,
    Finding,
    PaymentKey,
    RowKey,
    assign,
    books_of,
    findings_of_orders,
    load_rows,
    rows_with_keys,
)
from oms_tui.store.statements import BATCH, insert_rows, rows_of, update_row
from oms_tui.store.tables import (
    SettlementCoveredRow,
    SettlementFileRow,
    SettlementFindingRow,
    SettlementMarkRow,
    table,
)
from oms_tui.store.tables.settlements import MarkKind

_FILE, _COVERED = table(SettlementFileRow), table(SettlementCoveredRow)
_FINDING = table(SettlementFindingRow)
_FILES = select(_FILE.c.pk, _FILE.c.row_count).order_by(_FILE.c.pk)
_LACKED = (
    select(_FINDING.c.order_pk)
    .where(_FINDING.c.file == bindparam("file"), _FINDING.c.row.is_(None), _FINDING.c.order_pk.is_not(None))
    .distinct()
)
_NEWEST_FILE = select(func.max(_FILE.c.pk))


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """On what occasion findings are made again."""

    at: int
    """Microseconds."""
    person: str = ""
    """Who brought a file; "" where a change of an order is the occasion."""
    version: int | None = None
    """The version that the order changes to."""
    file: int | None = None
    """The file that is just coming in: what its rows are found to be is no news yet."""


def has_files(conn: Connection) -> bool:
    """Whether any settlement file was ever taken in."""
    return rows_of(conn, _NEWEST_FILE)[0][0] is not None


def follow(conn: Connection, pk: int, before: Order, after: Order, at: int) -> None:
    """After an order was saved: make the findings again that are about its payments."""
    is_same = before.payments is after.payments or before.payments == after.payments
    if is_same and _disputes(before) == _disputes(after):
        return
    if has_files(conn):
        _judge_orders(conn, [(pk, after)], Occasion(at=at, version=after.version))


def follow_new(conn: Connection, numbered: Sequence[tuple[int, Order]], at: int | None) -> None:
    """After new orders were inserted: the same for what files said of them before they came.

    Args:
        conn: A connection that holds the write lock.
        numbered: The orders with their numbers.
        at: When they came in, in microseconds; None = when each was created.
    """
    if not has_files(conn):
        return
    if at is None:
        at = max(to_micros(order.created) for _, order in numbered)
    with_payments = [(pk, order) for pk, order in numbered if order.payments]
    for start in range(0, len(with_payments), BATCH):
        _judge_orders(conn, with_payments[start : start + BATCH], Occasion(at=at))


def _disputes(order: Order) -> int:
    return sum(hold.kind is HoldKind.DISPUTE for hold in order.holds)


def _judge_orders(conn: Connection, orders: Sequence[tuple[int, Order]], occasion: Occasion) -> None:
    keys = {
        key
        for _, order in orders
        for payment in order.payments
        for text in (payment.reference, *(one.reference for one in payment.operations))
        if (key := code_key(text))
    }
    pks = [pk for pk, _ in orders]
    found = [(row.file, row.row) for row in findings_of_orders(conn, pks) if row.row is not None]
    wanted = dict.fromkeys((*rows_with_keys(conn, sorted(keys)), *found))
    judge_rows(conn, list(wanted), occasion)
    judge_lacking(conn, pks, occasion)


# -- rows of a file ----------------------------------------------------------------------------------------


def judge_rows(conn: Connection, keys: Sequence[RowKey], occasion: Occasion) -> list[int]:
    """Find the payments that these rows are about, and judge all rows of those files about those payments.

    Returns:
        The numbers of the orders they are about.
    """
    judged, pks = _look_at_rows(conn, keys)
    _write(conn, judged, occasion)
    return pks


def try_rows(
    conn: Connection, rows: Mapping[RowKey, SettlementRow], books: Books
) -> list[tuple[Finding, Judgement]]:
    """What rows that are not stored are found to be; the payments they lead to are added to the books."""
    found = {key: Finding(None, *key, None) for key in rows}
    assign(conn, rows, found)
    led_to = books_of(conn, sorted({one.new_key[0] for one in found.values() if one.new_key is not None}))
    books.payments |= led_to.payments
    books.disputed |= led_to.disputed
    return _judged(rows, found, books)


def _look_at_rows(
    conn: Connection, keys: Sequence[RowKey]
) -> tuple[list[tuple[Finding, Judgement]], list[int]]:
    """What rows, and others about the same payments, are found to be; and the orders they are about."""
    rows, found = load_rows(conn, keys)
    assign(conn, rows, found)
    touched = {one.key for one in found.values()} | {one.new_key for one in found.values()}
    pks = sorted({key[0] for key in touched if key is not None})
    files = {one.file for one in found.values()}
    others = [
        (one.file, one.row)
        for one in findings_of_orders(conn, pks)
        if one.row is not None
        and one.file in files
        and one.key in touched
        and (one.file, one.row) not in found
    ]
    other_rows, more = load_rows(conn, others)
    for one in more.values():
        one.new_key = one.key
    return _judged(rows | other_rows, found | more, books_of(conn, pks)), pks


def _judged(
    rows: Mapping[RowKey, SettlementRow], found: Mapping[RowKey, Finding], books: Books
) -> list[tuple[Finding, Judgement]]:
    """The rows of a file about a payment are judged together."""
    groups: dict[tuple[int, PaymentKey | None], list[RowKey]] = defaultdict(list)
    for key in sorted(found):
        groups[key[0], found[key].new_key].append(key)
    judged: list[tuple[Finding, Judgement]] = []
    for (_file, about), keys in groups.items():
        payment = None if about is None else books.payments.get(about)
        is_disputed = about is not None and about[0] in books.disputed
        verdicts = judge([rows[key] for key in keys], payment, is_disputed=is_disputed)
        judged += zip((found[key] for key in keys), verdicts, strict=True)
    return judged


# -- what of ours a file lacks -----------------------------------------------------------------------------

_WHOLE_FILES = (
    select(_FILE.c.pk, _FILE.c.since, _FILE.c.until, _COVERED.c.currency, _COVERED.c.method)
    .join(_COVERED, _COVERED.c.file == _FILE.c.pk)
    .where(_FILE.c.since <= bindparam("last"), _FILE.c.until > bindparam("first"))
)
_MOVED = text(
    # The condition is the index's own, word for word, so that it is the index that is read.
    "SELECT DISTINCT order_pk FROM payment_operation WHERE state = 'succeeded' "
    "AND (kind = 'capture' OR kind = 'refund') AND at >= :since AND at < :until"
)


def moved_between(conn: Connection, since: int, until: int) -> list[int]:
    """The orders for which money moved between two moments, by rising number."""
    found = conn.execute(_MOVED, {"since": since, "until": until}).scalars().all()
    return sorted(found)


def covered_by(conn: Connection, first: int, last: int) -> dict[int, Covered]:
    """What the whole files cover that are about any moment between two."""
    about: dict[int, tuple[int, int, set[str], set[PaymentMethod]]] = {}
    for file, since, until, currency, method in rows_of(conn, _WHOLE_FILES, last, first):
        known = about.setdefault(file, (since, until, set(), set()))
        known[2].add(currency)
        if method:
            known[3].add(PaymentMethod(method))
    return {
        file: Covered(
            since=from_micros(since),
            until=from_micros(until),
            currencies=frozenset(currencies),
            methods=frozenset(methods),
        )
        for file, (since, until, currencies, methods) in about.items()
    }


def judge_lacking(
    conn: Connection, pks: Sequence[int], occasion: Occasion, files: Mapping[int, Covered] | None = None
) -> None:
    """Find what of these orders' operations the files lack that cover them; judge again what they lacked.

    Args:
        conn: A connection that holds the write lock.
        pks: The orders.
        occasion: On what occasion.
        files: Look for more in these only; None = in all whole files that are about the operations' moments.
    """
    _write(conn, look_for_lacking(conn, findings_of_orders(conn, pks), pks, files), occasion)


def look_for_lacking(
    conn: Connection, known: Iterable[Finding], pks: Sequence[int], files: Mapping[int, Covered] | None
) -> list[tuple[Finding, Judgement]]:
    """What of these orders' operations files lack, as `judge_lacking`; nothing is written.

    Args:
        conn: A connection.
        known: The findings about these orders.
        pks: The orders.
        files: Look for more in these only; None = in all whole files that are about the operations' moments.
    """
    lacking: dict[tuple[int, PaymentKey, int], Finding] = {}
    in_files: dict[tuple[PaymentKey, int], set[int]] = defaultdict(set)
    for one in known:
        operation = one.judgement.operation if one.judgement else None
        if one.key is not None and operation is not None:
            if one.row is None:
                lacking[one.file, one.key, operation] = one
            else:
                in_files[one.key, operation].add(one.file)
    if not lacking and files is not None and not files:
        return []
    books = books_of(conn, pks)
    held = {(key, one.root): one for key, payment in books.payments.items() for one in held_of(payment)}
    if files is None:
        files = _files_about(conn, books)
    for (key, root), one_held in held.items():
        for file, covered in files.items():
            if not in_files[key, root] and covered.expects(books.payments[key], one_held):
                lacking.setdefault((file, key, root), Finding(None, file, None, key))
    judged = []
    for (_file, key, root), finding in lacking.items():
        finding.new_key = key
        verdict = missing_there(held.get((key, root)), is_in_another_file=bool(in_files[key, root]))
        judged.append((finding, verdict))
    return judged


def _files_about(conn: Connection, books: Books) -> dict[int, Covered]:
    moments = [one.at for payment in books.payments.values() for one in payment.operations]
    return covered_by(conn, to_micros(min(moments)), to_micros(max(moments))) if moments else {}


# -- writing -----------------------------------------------------------------------------------------------


def _write(conn: Connection, judged: Iterable[tuple[Finding, Judgement]], occasion: Occasion) -> None:
    fresh: list[tuple[Any, ...]] = []
    for finding, judgement in judged:
        if finding.pk is None:
            place = PLACE[standing_after(judgement.verdict, None)]
            values = _values(finding.new_key, judgement)
            fresh.append((None, finding.file, finding.row, *values, place, 1))
        elif judgement != finding.judgement or finding.new_key != finding.key:
            _change(conn, finding, judgement, occasion)
    fresh.sort(key=lambda values: (values[1], values[2] is None, values[2] or 0))
    insert_rows(conn, SettlementFindingRow, fresh)


def _values(key: PaymentKey | None, judgement: Judgement) -> tuple[Any, ...]:
    """The columns from the order's number to the state."""
    ours = judgement.ours
    return (
        *(key or (None, None)),
        judgement.operation,
        judgement.verdict.value,
        judgement.reason.value,
        None if ours is None else ours.minor,
        "" if ours is None else ours.currency,
        "" if judgement.state is None else judgement.state.value,
    )


_CHANGED = ("order_pk", "payment", "operation", "verdict", "reason", "ours", "ours_currency", "state")


def _change(conn: Connection, finding: Finding, judgement: Judgement, occasion: Occasion) -> None:
    is_first = finding.file == occasion.file
    before = None if is_first else finding.standing
    now = standing_after(judgement.verdict, before)
    changed = dict(zip(_CHANGED, _values(finding.new_key, judgement), strict=True))
    changed |= {"standing": PLACE[now], "version": finding.version + 1}
    update_row(conn, SettlementFindingRow, changed, {"pk": finding.pk, **changed})
    how = _mark_of(before, now)
    if how is not None:
        values = (None, finding.pk, occasion.at, how.value, occasion.person, occasion.version, "")
        insert_rows(conn, SettlementMarkRow, [values])


def _mark_of(before: Standing | None, now: Standing) -> MarkKind | None:
    if now is Standing.MENDED and before is not Standing.MENDED:
        return MarkKind.MENDED
    was_settled = before in (Standing.MATCHED, Standing.MENDED, Standing.ACCEPTED)
    return MarkKind.REOPENED if was_settled and now.is_open else None


# -- doctor ------------------------------------------------------------------------------------------------


def problems(conn: Connection) -> Iterator[str]:
    """One sentence for every file with findings that are not what the rows and orders say now (S3)."""
    for file, rows in rows_of(conn, _FILES):
        wrong = 0
        for start in range(1, rows + 1, BATCH):
            keys = [(file, number) for number in range(start, start + BATCH)]
            wrong += _wrong(_look_at_rows(conn, keys)[0], file)
        pks = [pk for (pk,) in rows_of(conn, _LACKED, file)]
        for start in range(0, len(pks), BATCH):
            some = pks[start : start + BATCH]
            wrong += _wrong(look_for_lacking(conn, findings_of_orders(conn, some), some, {}), file)
        if wrong:
            yield f"Settlement file {file}: {wrong:,} rows do not stand as the orders say."


def _wrong(judged: Iterable[tuple[Finding, Judgement]], file: int) -> int:
    of_file = [(one, now) for one, now in judged if one.file == file]
    return sum(one.judgement != now or one.key != one.new_key for one, now in of_file)

"""Returns and credit notes in and out, with the tags and counters that follow returns (spec 2, 3.2)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from oms_tui.clock import from_micros, to_micros
from oms_tui.domain.filter.keys import bare_key
from oms_tui.domain.money import Money
from oms_tui.domain.returns import (
    CreditNote,
    CreditNoteLine,
    Return,
    ReturnLine,
    refund_total,
    return_status,
)
from oms_tui.domain.status import (
    CreditNoteStatus,
    OutcomeOption,
    RefundStatus,
    ReturnPointType,
    ReturnStatus,
)
from oms_tui.store import facts
from oms_tui.store.packing import micros_or_none, moment_or_none, pack_tasks, unpack_tasks
from oms_tui.store.statements import BATCH, Values, columns, insert_rows, rows_of
from oms_tui.store.tables import (
    CreditNoteLineRow,
    CreditNoteRow,
    OrderRow,
    ReturnLineRow,
    ReturnRow,
    TagRow,
    table,
)

_ORDER = table(OrderRow)
_RETURN = table(ReturnRow)
_LINE = table(ReturnLineRow)
_NOTE = table(CreditNoteRow)
_NOTE_LINE = table(CreditNoteLineRow)
_TAG = table(TagRow)
_OF_ORDER = (
    select(_RETURN, _ORDER.c.id)
    .join(_ORDER, _ORDER.c.pk == _RETURN.c.order_pk)
    .where(_RETURN.c.order_pk == bindparam("pk"))
    .order_by(_RETURN.c.created, _RETURN.c.id)
)
_NOTES_OF_ORDER = (
    select(_NOTE_LINE.c.credit_note).where(_NOTE_LINE.c.order_id == bindparam("order_id")).distinct()
)


def of_order(conn: Connection, pk: int) -> tuple[Return, ...]:
    """The returns of an order, oldest first."""
    rows = rows_of(conn, _OF_ORDER, pk)
    return tuple(_with_lines(conn, rows)) if rows else ()


def find(conn: Connection, return_id: str) -> tuple[int, Return] | None:
    """The number of the order that a return belongs to and the return, or None."""
    own = (
        select(_RETURN, _ORDER.c.id)
        .join(_ORDER, _ORDER.c.pk == _RETURN.c.order_pk)
        .where(_RETURN.c.id == return_id)
    )
    rows = conn.execute(own).fetchall()
    return None if not rows else (int(rows[0].order_pk), _with_lines(conn, rows)[0])


def differing(conn: Connection) -> Iterator[tuple[str, list[str]]]:
    """Returns whose row differs from what their value gives, and in which columns (invariant S3)."""
    own = (
        select(_RETURN, _ORDER.c.id)
        .join(_ORDER, _ORDER.c.pk == _RETURN.c.order_pk)
        .order_by(_RETURN.c.id)
        .limit(BATCH)
    )
    names, last = columns(ReturnRow), ""
    while rows := conn.execute(own.where(_RETURN.c.id > last)).fetchall():
        for row, value in zip(rows, _with_lines(conn, rows), strict=True):
            wanted = _values(row.order_pk, value, row.touched) if value.lines else (None,) * len(names)
            wrong = [name for name, has, want in zip(names, row, wanted, strict=False) if has != want]
            if wrong:
                yield value.id, wrong
        last = rows[-1][0]


def existing_returns(conn: Connection, ids: Iterable[str]) -> set[str]:
    """Those of the IDs that a return here has."""
    return _existing(conn, _RETURN.c.id, ids)


def existing_credit_notes(conn: Connection, numbers: Iterable[str]) -> set[str]:
    """Those of the numbers that a credit note here has."""
    return _existing(conn, _NOTE.c.number, numbers)


def insert(
    conn: Connection, returns: Sequence[Return], pks: Mapping[str, int], *, touched: int | None = None
) -> None:
    """Insert whole returns with their lines; the tags and counters of their orders follow.

    Args:
        conn: A connection that holds the write lock.
        returns: New returns; their IDs are not here yet.
        pks: The number of each one's order, by the order's ID.
        touched: When it happened, for the order feed; None = each return's own time of creation.

    Raises:
        KeyError: An order is not among `pks`.
        StoreError: The database refused a row.
    """
    orders = sorted({pks[value.order_id] for value in returns})
    before = _tags_of(conn, orders)
    insert_rows(conn, ReturnRow, [_values(pks[value.order_id], value, touched) for value in returns])
    insert_rows(conn, ReturnLineRow, [_line_values(value.id, x) for value in returns for x in value.lines])
    _follow(conn, orders, before)


def save(conn: Connection, pk: int, before: Return, after: Return, *, touched: int) -> None:
    """Write what differs between two values of a return; the tags and counters of its order follow."""
    tags = _tags_of(conn, [pk])
    conn.execute(
        update(_RETURN)
        .where(_RETURN.c.id == after.id)
        .values(dict(zip(columns(ReturnRow), _values(pk, after, touched), strict=True)))
    )
    old = {line.number: line for line in before.lines}
    for line in after.lines:
        previous = old.pop(line.number, None)
        values = _line_values(after.id, line)
        if previous is None:
            insert_rows(conn, ReturnLineRow, [values])
        elif previous != line:
            named = dict(zip(columns(ReturnLineRow), values, strict=True))
            conn.execute(
                update(_LINE)
                .where(_LINE.c.return_id == after.id, _LINE.c.number == line.number)
                .values(named)
            )
    for number in old:
        conn.execute(delete(_LINE).where(_LINE.c.return_id == after.id, _LINE.c.number == number))
    _follow(conn, [pk], tags)


def credit_notes_of(conn: Connection, order_id: str) -> tuple[CreditNote, ...]:
    """The credit notes that a row of names the order, whole, oldest first."""
    numbers = [number for (number,) in rows_of(conn, _NOTES_OF_ORDER, order_id)]
    return _credit_notes(conn, _NOTE.c.number.in_(numbers)) if numbers else ()


def credit_note(conn: Connection, number: str) -> CreditNote | None:
    """The credit note of that number, or None."""
    return next(iter(_credit_notes(conn, _NOTE.c.number == number)), None)


def insert_credit_notes(conn: Connection, notes: Sequence[CreditNote]) -> None:
    """Insert whole credit notes; their numbers are not here yet.

    Raises:
        StoreError: The database refused a row.
    """
    insert_rows(
        conn,
        CreditNoteRow,
        [
            (note.number, to_micros(note.at), note.currency, note.customer_number, note.country, note.source)
            for note in notes
        ],
    )
    rows: list[Values] = []
    for note in notes:
        for line in note.lines:
            if line.amount.currency != note.currency:
                raise ValueError(f"Credit note {note.number} is in {note.currency} alone.")
            rows.append(
                (
                    note.number,
                    line.number,
                    line.code,
                    line.name,
                    line.quantity,
                    line.amount.minor,
                    line.order_id,
                    line.return_id,
                )
            )
    insert_rows(conn, CreditNoteLineRow, rows)


def _existing(conn: Connection, column: Any, wanted: Iterable[str]) -> set[str]:
    names = list(dict.fromkeys(wanted))
    query = select(column).where(column.in_(bindparam("names", expanding=True)))
    found: set[str] = set()
    for start in range(0, len(names), BATCH):
        found.update(conn.execute(query, {"names": names[start : start + BATCH]}).scalars())
    return found


def _with_lines(conn: Connection, rows: Sequence[Any]) -> list[Return]:
    if not rows:
        return []
    query = (
        select(_LINE)
        .where(_LINE.c.return_id.in_([row[0] for row in rows]))
        .order_by(_LINE.c.return_id, _LINE.c.number)
    )
    lines: dict[str, list[Any]] = {}
    for line in conn.execute(query):
        lines.setdefault(line.return_id, []).append(line)
    return [_return_of(row, lines.get(row[0], [])) for row in rows]


def _return_of(row: Any, lines: Iterable[Any]) -> Return:
    return_id, _pk, created, _touched, point, point_type, tracking, _key, closed, currency = row[:10]
    _status, _refund, flow, version, order_id = row[10:]
    return Return(
        id=return_id,
        order_id=order_id,
        created=from_micros(created),
        return_point=point,
        return_point_type=None if point_type is None else ReturnPointType(point_type),
        tracking=tracking,
        closed_at=moment_or_none(closed),
        lines=tuple([_line_of(line, currency) for line in lines]),
        tasks=unpack_tasks(flow),
        version=version,
    )


def _line_of(row: Any, currency: str) -> ReturnLine:
    _id, number, order_line, sku, name, quantity, reason, rule, rule_name, condition = row[:10]
    status, refund, captured_status, refund_status, note_status, note = row[10:]
    return ReturnLine(
        number=number,
        order_line=order_line,
        sku=sku,
        name=name,
        quantity=quantity,
        reason=reason,
        review_rule=None if rule is None else OutcomeOption(rule),
        rule_name=rule_name,
        condition=condition,
        status=ReturnStatus(status),
        refund=Money(refund, currency),
        captured_status=captured_status,
        refund_status=RefundStatus(refund_status),
        credit_note_status=CreditNoteStatus(note_status),
        credit_note=note,
    )


def _values(pk: int, value: Return, touched: int | None) -> Values:
    created = to_micros(value.created)
    numbers = [line.number for line in value.lines]
    if not numbers or sorted(set(numbers)) != numbers:
        raise ValueError(f"Return {value.id}: its lines must stand in the order of their numbers.")
    currencies = {line.refund.currency for line in value.lines}
    if len(currencies) != 1:
        raise ValueError(f"Return {value.id} has several currencies: {', '.join(sorted(currencies))}.")
    return (
        value.id,
        pk,
        created,
        created if touched is None else touched,
        value.return_point,
        None if value.return_point_type is None else value.return_point_type.value,
        value.tracking,
        bare_key(value.tracking),
        micros_or_none(value.closed_at),
        currencies.pop(),
        return_status(value).value,
        refund_total(value).minor,
        pack_tasks(value.tasks),
        value.version,
    )


def _line_values(return_id: str, line: ReturnLine) -> Values:
    return (
        return_id,
        line.number,
        line.order_line,
        line.sku,
        line.name,
        line.quantity,
        line.reason,
        None if line.review_rule is None else line.review_rule.value,
        line.rule_name,
        line.condition,
        line.status.value,
        line.refund.minor,
        line.captured_status,
        line.refund_status.value,
        line.credit_note_status.value,
        line.credit_note,
    )


def _tags_of(conn: Connection, pks: Sequence[int]) -> set[tuple[str, int]]:
    """The tags that orders have from their returns as these are stored: (tag, order)."""
    query = select(_RETURN.c.status, _RETURN.c.order_pk).where(
        _RETURN.c.order_pk.in_(bindparam("pks", expanding=True))
    )
    found: set[tuple[str, int]] = set()
    for start in range(0, len(pks), BATCH):
        rows = conn.execute(query, {"pks": list(pks[start : start + BATCH])})
        found.update((f"return:{status}", pk) for status, pk in rows)
    return found


def _follow(conn: Connection, pks: Sequence[int], before: set[tuple[str, int]]) -> None:
    """Bring tags and counters from what they were before a change to what the returns say now."""
    after = _tags_of(conn, pks)
    if after == before:
        return
    created = select(_ORDER.c.pk, _ORDER.c.created).where(_ORDER.c.pk.in_(bindparam("pks", expanding=True)))
    at: dict[int, int] = {}
    for start in range(0, len(pks), BATCH):
        at.update(
            (pk, moment) for pk, moment in conn.execute(created, {"pks": list(pks[start : start + BATCH])})
        )
    for tag, pk in sorted(before - after):
        conn.execute(delete(_TAG).where(_TAG.c.tag == tag, _TAG.c.created == at[pk], _TAG.c.order_pk == pk))
    insert_rows(conn, TagRow, [(tag, at[pk], pk) for tag, pk in sorted(after - before)])
    counted = Counter(tag for tag, _ in after)
    counted.subtract(Counter(tag for tag, _ in before))
    facts.update_counters(conn, counted)


def _credit_notes(conn: Connection, which: Any) -> tuple[CreditNote, ...]:
    rows = conn.execute(select(_NOTE).where(which).order_by(_NOTE.c.at, _NOTE.c.number)).fetchall()
    if not rows:
        return ()
    lines: dict[str, list[CreditNoteLine]] = {}
    currencies = {row.number: row.currency for row in rows}
    query = (
        select(_NOTE_LINE)
        .where(_NOTE_LINE.c.credit_note.in_(list(currencies)))
        .order_by(_NOTE_LINE.c.credit_note, _NOTE_LINE.c.number)
    )
    for note, number, code, name, quantity, amount, order_id, return_id in conn.execute(query):
        line = CreditNoteLine(
            number=number,
            code=code,
            name=name,
            quantity=quantity,
            amount=Money(amount, currencies[note]),
            order_id=order_id,
            return_id=return_id,
        )
        lines.setdefault(note, []).append(line)
    return tuple(
        CreditNote(
            number=number,
            at=from_micros(at),
            currency=currency,
            customer_number=customer,
            country=country,
            source=source,
            lines=tuple(lines.get(number, ())),
        )
        for number, at, currency, customer, country, source in rows
    )

"""Settlement files: taking their rows in, and what people ask of them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, insert, select

from oms_tui.clock import from_micros, to_micros
from oms_tui.domain.answers import Count
from oms_tui.domain.filter.keys import code_key
from oms_tui.domain.money import Money
from oms_tui.domain.settlement import OPEN, Covered, SettlementRow, Standing, Verdict, held_of
from oms_tui.domain.settlement_answers import (
    SettlementFile,
    SettlementLine,
    SettlementMark,
    SettlementPage,
    SettlementSum,
)
from oms_tui.domain.status import OperationState, PaymentMethod
from oms_tui.store import audit
from oms_tui.store.settling import Occasion, judge_lacking, judge_rows, moved_between
from oms_tui.store.settling_parts import PLACE, STANDINGS, books_of, judgement_of, row_of
from oms_tui.store.statements import BATCH, columns, insert_rows, update_row
from oms_tui.store.tables import (
    OrderRow,
    PaymentRow,
    SettlementCoveredRow,
    SettlementFileRow,
    SettlementFindingRow,
    SettlementMarkRow,
    SettlementRowRow,
    table,
)
from oms_tui.store.tables.settlements import MarkKind

_FILE, _ROW, _FINDING = table(SettlementFileRow), table(SettlementRowRow), table(SettlementFindingRow)
_COVERED, _MARK = table(SettlementCoveredRow), table(SettlementMarkRow)
_ORDER, _PAYMENT = table(OrderRow), table(PaymentRow)
_OPEN_PLACES: Final = len(OPEN)
MOST_FILES: Final = 500
"""Files that are listed, the newest."""
MOST_ENTRIES: Final = 500
"""Audit entries of an order that are looked through for what mended a row."""
_OF_LINE = (
    select(_FINDING, _ORDER.c.id, *(_ROW.c[name] for name in columns(SettlementRowRow)))
    .join(_ORDER, _ORDER.c.pk == _FINDING.c.order_pk, isouter=True)
    .join(_ROW, (_ROW.c.file == _FINDING.c.file) & (_ROW.c.number == _FINDING.c.row), isouter=True)
)
_OWN = len(columns(SettlementFindingRow))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """A file about to come in."""

    name: str
    digest: str
    person: str
    taken: datetime
    since: datetime
    until: datetime
    row_count: int
    rejected: int


# -- coming in ---------------------------------------------------------------------------------------------


def find_digest(conn: Connection, digest: str) -> int | None:
    """The number of the file of that content, or None."""
    return conn.execute(select(_FILE.c.pk).where(_FILE.c.digest == digest)).scalar_one_or_none()


def add_file(conn: Connection, new: NewFile) -> int:
    """Write that a file comes in; its number."""
    values = {
        "name": new.name,
        "digest": new.digest,
        "person": new.person,
        "taken": to_micros(new.taken),
        "since": to_micros(new.since),
        "until": to_micros(new.until),
        "row_count": new.row_count,
        "rejected": new.rejected,
    }
    return int(conn.execute(insert(_FILE).values(values).returning(_FILE.c.pk)).scalar_one())


def rows_in(conn: Connection, file: int) -> int:
    """How many rows of a file are in: the first so many."""
    return conn.execute(select(func.max(_ROW.c.number)).where(_ROW.c.file == file)).scalar_one() or 0


def is_whole(conn: Connection, file: int) -> bool:
    """Whether all of a file is in and everything of ours was held against it."""
    found = select(_COVERED.c.file).where(_COVERED.c.file == file).limit(1)
    return conn.execute(found).scalar_one_or_none() is not None


def add_rows(conn: Connection, file: int, rows: Sequence[SettlementRow], at: datetime, person: str) -> None:
    """Write the next rows of a file and judge them."""
    insert_rows(
        conn,
        SettlementRowRow,
        [
            (
                file,
                row.number,
                row.line,
                row.reference,
                code_key(row.reference),
                row.kind.value,
                row.amount.minor,
                row.amount.currency,
                to_micros(row.at),
                row.fee.minor,
            )
            for row in rows
        ],
    )
    occasion = Occasion(at=to_micros(at), person=person, file=file)
    pks = judge_rows(conn, [(file, row.number) for row in rows], occasion)
    for start in range(0, len(pks), BATCH):
        # What other files lacked may be in this one.
        judge_lacking(conn, pks[start : start + BATCH], occasion, {})


def covers(conn: Connection, file: int) -> set[tuple[str, str]]:
    """The currencies of a file's rows, each with "" and the methods of the payments they lead to."""
    found = {(currency, "") for (currency,) in _distinct(conn, select(_ROW.c.currency), file, _ROW.c.file)}
    of_payments = (
        select(_ROW.c.currency, _PAYMENT.c.method)
        .select_from(_FINDING)
        .join(_ROW, (_ROW.c.file == _FINDING.c.file) & (_ROW.c.number == _FINDING.c.row))
        .join(
            _PAYMENT,
            (_PAYMENT.c.order_pk == _FINDING.c.order_pk) & (_PAYMENT.c.number == _FINDING.c.payment),
        )
    )
    return found | {(one[0], one[1]) for one in _distinct(conn, of_payments, file, _FINDING.c.file)}


def _distinct(conn: Connection, query: Select[Any], file: int, column: ColumnElement[Any]) -> list[Any]:
    return list(conn.execute(query.where(column == file).distinct()))


def orders_moved(conn: Connection, file: int) -> list[int]:
    """The orders for which money moved on the days that a file covers, by rising number."""
    bounds = conn.execute(select(_FILE.c.since, _FILE.c.until).where(_FILE.c.pk == file)).one()
    return moved_between(conn, bounds.since, bounds.until)


def look_for_lacking(
    conn: Connection, file: int, about: Iterable[tuple[str, str]], pks: Sequence[int], at: datetime
) -> None:
    """Find what of these orders a file lacks, of the currencies and methods it is about."""
    bounds = conn.execute(select(_FILE.c.since, _FILE.c.until).where(_FILE.c.pk == file)).one()
    pairs = tuple(about)
    covered = Covered(
        since=from_micros(bounds.since),
        until=from_micros(bounds.until),
        currencies=frozenset(currency for currency, _ in pairs),
        methods=frozenset(PaymentMethod(method) for _, method in pairs if method),
    )
    judge_lacking(conn, pks, Occasion(at=to_micros(at), file=file), {file: covered})


def finish(conn: Connection, file: int, about: Iterable[tuple[str, str]]) -> None:
    """Write what a file covers: it is whole now."""
    insert_rows(conn, SettlementCoveredRow, [(file, currency, method) for currency, method in sorted(about)])


# -- asking ------------------------------------------------------------------------------------------------


def files(conn: Connection, *, only: int | None = None) -> tuple[SettlementFile, ...]:
    """The files, the newest first, with how many of their rows stand how."""
    query = select(_FILE).order_by(_FILE.c.pk.desc()).limit(MOST_FILES)
    if only is not None:
        query = query.where(_FILE.c.pk == only)
    rows = conn.execute(query).all()
    first, last = (rows[-1].pk, rows[0].pk) if rows else (0, 0)
    counted = _standings(conn, first, last)
    covered = select(_COVERED.c.file).where(_COVERED.c.file.between(first, last)).distinct()
    whole = set(conn.execute(covered).scalars())
    return tuple(_file_of(row, counted[row.pk], row.pk in whole) for row in rows)


def _standings(conn: Connection, first: int, last: int) -> Mapping[int, Counter[tuple[Standing, bool]]]:
    """Of files in a row, (standing, whether it is a row of the file) -> how many; what matched from the start
    is not counted: that is nearly all, and what an index of the rest tells without it."""
    found: dict[int, Counter[tuple[Standing, bool]]] = defaultdict(Counter)
    is_row = _FINDING.c.row.is_not(None)
    query = (
        select(_FINDING.c.file, _FINDING.c.standing, is_row, func.count())
        .where(_FINDING.c.file.between(first, last), _FINDING.c.standing < _literal(PLACE[Standing.MATCHED]))
        .group_by(_FINDING.c.file, _FINDING.c.standing, is_row)
    )
    for file, place, has_row, count in conn.execute(query):
        found[file][STANDINGS[place], bool(has_row)] += count
    return found


def _file_of(row: Any, counted: Counter[tuple[Standing, bool]], is_whole: bool) -> SettlementFile:
    counts = {standing: counted[standing, True] + counted[standing, False] for standing in Standing}
    others = sum(count for (_, has_row), count in counted.items() if has_row)
    counts[Standing.MATCHED] = row.row_count - others if is_whole else 0
    return SettlementFile(
        number=row.pk,
        name=row.name,
        digest=row.digest,
        person=row.person,
        taken=from_micros(row.taken),
        since=from_micros(row.since),
        until=from_micros(row.until),
        rows=row.row_count,
        rejected=row.rejected,
        is_whole=is_whole,
        counts=counts,
    )


def open_count(conn: Connection, bound: int) -> Count:
    """How many differences of all files are open."""
    some = select(_FINDING.c.pk).where(_FINDING.c.standing < _literal(_OPEN_PLACES)).limit(bound + 1)
    found = conn.execute(select(func.count()).select_from(some.subquery())).scalar_one()
    return Count(min(found, bound), found <= bound)


def _literal(value: int) -> ColumnElement[int]:
    """A figure in the statement's text, so that a partial index is seen to hold what is asked for."""
    return bindparam(None, value, literal_execute=True)


def page(
    conn: Connection,
    file: int,
    standings: Sequence[Standing],
    *,
    size: int,
    after: tuple[int, int] | None = None,
    before: tuple[int, int] | None = None,
    from_end: bool = False,
) -> SettlementPage:
    """Rows of a file that stand so, the open ones first. Positions are (place of the standing, number)."""
    is_back = before is not None or from_end
    rows: list[Any] = []
    places = sorted(PLACE[one] for one in standings)
    for place in reversed(places) if is_back else places:
        query = _OF_LINE.where(_FINDING.c.file == file, _FINDING.c.standing == place)
        if after is not None:
            if place < after[0]:
                continue
            if place == after[0]:
                query = query.where(_FINDING.c.pk > after[1])
        if before is not None:
            if place > before[0]:
                continue
            if place == before[0]:
                query = query.where(_FINDING.c.pk < before[1])
        order = _FINDING.c.pk.desc() if is_back else _FINDING.c.pk
        rows += conn.execute(query.order_by(order).limit(size + 1 - len(rows))).all()
        if len(rows) > size:
            break
    has_more = len(rows) > size
    found = _lines_of(conn, rows[:size])
    if is_back:
        return SettlementPage(found[::-1], has_before=has_more, has_after=before is not None)
    return SettlementPage(found, has_before=after is not None, has_after=has_more)


def line(conn: Connection, number: int) -> SettlementLine | None:
    """One row by its number, or None."""
    rows = conn.execute(_OF_LINE.where(_FINDING.c.pk == number)).all()
    return next(iter(_lines_of(conn, rows)), None)


def count(conn: Connection, file: int, standings: Iterable[Standing]) -> int:
    """How many rows of a file stand so."""
    places = [PLACE[one] for one in standings]
    query = select(func.count()).where(_FINDING.c.file == file, _FINDING.c.standing.in_(places))
    return int(conn.execute(query).scalar_one())


def _lines_of(conn: Connection, rows: Sequence[Any]) -> tuple[SettlementLine, ...]:
    """Lines of their rows; our operations are read for those that the file lacks."""
    lacking = sorted({row[3] for row in rows if row[2] is None})
    books = books_of(conn, lacking)
    ours = {
        (*key, held.root): held.now for key, payment in books.payments.items() for held in held_of(payment)
    }
    found = []
    for row in rows:
        values = tuple(row)
        finding, order_id, theirs = values[:_OWN], values[_OWN], values[_OWN + 1 :]
        found.append(
            SettlementLine(
                number=finding[0],
                file=finding[1],
                row=None if finding[2] is None else row_of(theirs),
                our=None if finding[2] is not None else ours.get((finding[3], finding[4], finding[5])),
                order_id=order_id or "",
                payment=finding[4],
                judgement=judgement_of(finding),
                standing=STANDINGS[finding[-2]],
                version=finding[-1],
            )
        )
    return tuple(found)


def sums(conn: Connection, file: int) -> tuple[SettlementSum, ...]:
    """What the provider settled, what we hold of it, and the fees: one a currency, as balances."""
    parts = conn.execute(_OF_LINE.where(_FINDING.c.file == file)).partitions(BATCH)
    return sums_of(chain.from_iterable(_lines_of(conn, rows) for rows in parts))


def sums_of(lines: Iterable[SettlementLine]) -> tuple[SettlementSum, ...]:
    """What lines come to."""
    theirs: Counter[str] = Counter()
    ours: Counter[str] = Counter()
    fees: Counter[str] = Counter()
    for one in lines:
        if one.row is not None:
            currency = one.row.amount.currency
            theirs[currency] += one.kind.sign * one.row.amount.minor
            fees[currency] += one.row.fee.minor
        is_matched_row = one.row is not None and one.judgement.verdict is Verdict.MATCHED
        held = one.theirs if is_matched_row else one.ours
        is_lacked = one.row is None and one.judgement.verdict is Verdict.MATCHED
        is_done = is_matched_row or one.judgement.state is OperationState.SUCCEEDED
        if held is not None and is_done and not is_lacked:
            ours[held.currency] += one.kind.sign * held.minor
    return tuple(
        SettlementSum(
            theirs=Money(theirs[currency], currency),
            ours=Money(ours[currency], currency),
            fees=Money(fees[currency], currency),
        )
        for currency in sorted({*theirs, *ours, *fees})
    )


# -- what was reconciled -----------------------------------------------------------------------------------


def accept(conn: Connection, one: SettlementLine, *, person: str, note: str, at: datetime) -> None:
    """Write that somebody accepted a difference."""
    changed = {"standing": PLACE[Standing.ACCEPTED], "version": one.version + 1}
    update_row(conn, SettlementFindingRow, changed, {"pk": one.number, **changed})
    values = (None, one.number, to_micros(at), MarkKind.ACCEPTED.value, person, None, note)
    insert_rows(conn, SettlementMarkRow, [values])


def marks(conn: Connection, one: SettlementLine) -> tuple[SettlementMark, ...]:
    """What happened to a row since it was first judged, the oldest first.

    Where a change of the order did it, the audit entry of that version says whose it was and what.
    """
    rows = conn.execute(select(_MARK).where(_MARK.c.finding == one.number).order_by(_MARK.c.pk)).all()
    pk = order_pk_of(conn, one.number)
    by_version = {}
    if pk is not None and any(row.order_version is not None for row in rows):
        by_version = {entry.version: entry for entry in audit.timeline(conn, pk, None, MOST_ENTRIES)}
    found = []
    for row in rows:
        entry = by_version.get(row.order_version) if row.order_version is not None else None
        found.append(
            SettlementMark(
                at=from_micros(row.at),
                how=row.how,
                person=row.person if entry is None else entry.actor,
                note=row.note if entry is None else entry.summary,
            )
        )
    return tuple(found)


def order_pk_of(conn: Connection, number: int) -> int | None:
    """The number of the order that a row is about."""
    return conn.execute(select(_FINDING.c.order_pk).where(_FINDING.c.pk == number)).scalar_one_or_none()

"""Lists of orders: pages of a filter, counts, tallies of queues, the feed, what was opened last (spec 7)."""

from sqlalchemy import Connection

from oms_tui.domain.answers import OrderPage, Position
from oms_tui.domain.filter import ResolvedFilter
from oms_tui.domain.own_facts import own_kind
from oms_tui.store.beside import beside
from oms_tui.store.counts import count, oldest, tallies
from oms_tui.store.feed import feed, recent
from oms_tui.store.known import Known
from oms_tui.store.reader import Reader
from oms_tui.store.rows import Row, by_number, summary

__all__ = ["count", "feed", "oldest", "page", "recent", "tallies"]


def page(
    conn: Connection,
    resolved: ResolvedFilter,
    *,
    size: int,
    after: Position | None = None,
    before: Position | None = None,
    around: Position | None = None,
    from_end: bool = False,
) -> OrderPage:
    """One page of the orders that match, in the order asked for (newest first where none was).

    Args:
        conn: A connection that sees one snapshot.
        resolved: The filter and its sort.
        size: The most rows.
        after: Rows that come after this position.
        before: The rows just before this position.
        around: Rows on both sides of this position, the row that stands there among them.
        from_end: The last rows.

    A position of another sort is taken for that order's place in this one. Without any, the page is the
    first.
    """
    reader = Reader(Known(conn, resolved))
    if after is not None:
        return _forward(reader, _here(reader, after), size)
    if before is not None:
        return _backward(reader, _here(reader, before), size)
    if around is not None:
        return _around(reader, _here(reader, around), size)
    return _backward(reader, None, size) if from_end else _forward(reader, None, size)


def _forward(reader: Reader, start: Position | None, size: int) -> OrderPage:
    rows = reader.rows(start, size + 1)
    first = reader.sorting.position(rows[0]) if rows else start
    has_before = start is not None and _is_any(reader, first, forward=False, inclusive=not rows)
    return _page(reader, rows[:size], has_before, len(rows) > size)


def _backward(reader: Reader, start: Position | None, size: int) -> OrderPage:
    rows = reader.rows(start, size + 1, forward=False)
    last = reader.sorting.position(rows[0]) if rows else start
    has_after = start is not None and _is_any(reader, last, forward=True, inclusive=not rows)
    return _page(reader, rows[:size][::-1], len(rows) > size, has_after)


def _around(reader: Reader, start: Position | None, size: int) -> OrderPage:
    if start is None:
        return _forward(reader, None, size)
    following = reader.rows(start, size + 1, inclusive=True)
    previous = reader.rows(start, size + 1, forward=False)
    above = min(len(previous), max(size // 2, size - len(following)))
    below = min(len(following), size - above)
    rows = [*previous[:above][::-1], *following[:below]]
    return _page(reader, rows, len(previous) > above, len(following) > below)


def _is_any(reader: Reader, start: Position | None, *, forward: bool, inclusive: bool) -> bool:
    return bool(reader.numbers(start, 1, forward=forward, inclusive=inclusive))


def _page(reader: Reader, rows: list[Row], has_before: bool, has_after: bool) -> OrderPage:
    known = reader.known
    found = beside(known.conn, rows, known.now, own_kind(known.resolved.clauses))
    summaries = (
        summary(row, reader.sorting, claim=one.claim, reason=one.reason, own=one.own)
        for row, one in ((row, found[row.pk]) for row in rows)
    )
    return OrderPage(tuple(summaries), has_before, has_after)


def _here(reader: Reader, position: Position) -> Position | None:
    """The position in the reader's sort; None where there is none, or the order lacks what is sorted by."""
    if reader.sorting.is_position(position):
        return position
    pk = position[-1] if position else None
    row = by_number(reader.known.conn, [pk]).get(pk) if isinstance(pk, int) else None
    here = None if row is None else reader.sorting.position(row)
    return None if here is None or None in here else here

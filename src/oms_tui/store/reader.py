"""Reading the orders of a filter in the order asked for, from any position, forwards or backwards.

Rows are found by keyset: what stands after a position is a condition on the columns of the sort, so a page
deep in the list costs what the first one costs (performance.md 5).
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, literal, select, tuple_, union_all

from oms_tui.domain.answers import Position
from oms_tui.domain.filter import Clause, TimeTest
from oms_tui.store.filters import Where, condition, within
from oms_tui.store.known import Known
from oms_tui.store.rows import ORDERS, Row, Sorting, by_number
from oms_tui.store.search_index import DAY, PK_MASK, SEARCH, first_of_day, found_by, last_of_day
from oms_tui.store.sources import ALL, Branch, Numbers, Runs, Source, Words, numbers, size, sources
from oms_tui.store.sql import apart

_PROBED: Final = 2_000
"""How far the orders of a source are counted to compare it with others."""
_PROBABLY: Final = 10 * _PROBED
"""What more than that are taken for."""
_SORTED: Final = 30_000
"""Orders that may be sorted for one page where their index has them in another order."""
_SORTED_SHARE: Final = 10
"""Sorted otherwise than by time, as many as a tenth of all: what few orders have often lies far down."""
_NEAR: Final = 5_000
"""Orders that are gone through for a page before thousands are sorted."""
_WORTH_IT: Final = 4
"""A "not" must leave out three quarters of all orders to be worth a branch for every other value."""

_WORDED: Final = SEARCH.join(ORDERS, ORDERS.c.pk == SEARCH.c.rowid.op("&")(PK_MASK))
_CREATED: Final = (ORDERS.c.created, ORDERS.c.pk)


class Reader:
    """The orders of one filter."""

    def __init__(self, known: Known) -> None:
        """Choose where the orders come from."""
        self.known = known
        self.sorting = Sorting.of(known.resolved.sort)
        self.source, self._size = self._choose()
        self.conditions = self._without(self.source.implies)
        self._span = _span(known.resolved.clauses)

    def rows(
        self, start: Position | None, limit: int, *, forward: bool = True, inclusive: bool = False
    ) -> list[Row]:
        """At most `limit` rows, nearest first.

        Args:
            start: Where to start, None for the first row (or the last, going back).
            limit: How many.
            forward: In the order of the sort, or against it.
            inclusive: Whether a row that stands just at `start` is one of them.
        """
        pks = self.numbers(start, limit, forward=forward, inclusive=inclusive)
        found = by_number(self.known.conn, pks) if pks else {}
        return [found[pk] for pk in pks]

    def numbers(
        self, start: Position | None, limit: int, *, forward: bool = True, inclusive: bool = False
    ) -> list[int]:
        """The numbers of `rows`. Rows are wide: they are read when it is known which are wanted."""
        bound = _Bound(start, self.sorting.descending is forward, inclusive)
        is_by_time = self.sorting.key == "created"
        match self.source:
            case Words(None):
                return []
            case Words(str(expression)) if is_by_time:
                return self._by_words(expression, bound, limit)
            case Runs() as runs if is_by_time:
                return self._merged(runs, bound, limit)
            case _:
                near = self._nearby(bound, limit) if is_by_time and self._size > _PROBED else None
                return self._sorted(bound, limit) if near is None else near

    def count(self, bound: int) -> int:
        """How many orders match, at most `bound`."""
        statement = self._counted(bound)
        if statement is None:
            return 0
        return int(
            self.known.conn.execute(select(func.count()).select_from(statement.subquery())).scalar_one()
        )

    def _without(self, implied: Sequence[Clause]) -> tuple[Where, ...]:
        """The conditions of all clauses but these."""
        clauses = self.known.resolved.clauses
        return tuple(
            condition(clause, self.known)
            for clause in clauses
            if not any(clause is other for other in implied)
        )

    def _choose(self) -> tuple[Source, int]:
        """The source with the fewest orders, and how many; unknown sizes are probed, not counted."""
        known = self.known
        best: Source = ALL
        everything = least = size(ALL, known, 0)
        is_by_time = self.sorting.key == "created"
        sortable = _SORTED if is_by_time else max(_SORTED, everything // _SORTED_SHARE)
        for source in sources(known):
            is_sorted = is_by_time and not isinstance(source, Numbers)
            enough = _PROBED if is_sorted else sortable
            found = size(source, known, enough + 1)
            if found > enough:
                if not is_sorted:
                    continue
                if not isinstance(source, Runs) or not source.counters:
                    found = _PROBABLY
                if _is_a_not(source) and found * _WORTH_IT > everything:
                    continue
            if found < least or best is ALL:
                best, least = source, found
        return best, least

    def _merged(self, runs: Runs, bound: "_Bound", limit: int) -> list[int]:
        """The first of each branch, merged by time of creation."""
        parts = [self._branch(branch, bound, limit) for branch in runs.branches]
        if not parts:
            return []
        if len(parts) == 1:
            return self._read(parts[0])
        merged = union_all(*(select(part.subquery()) for part in parts)).subquery()
        ordered = bound.ordered((merged.c.created, merged.c.pk))
        return self._read(select(merged.c.pk).order_by(*ordered).limit(limit))

    def _branch(self, branch: Branch, bound: "_Bound", limit: int) -> Select[Any]:
        columns = (branch.created, branch.pk)
        return (
            select(branch.pk.label("pk"), branch.created.label("created"))
            .select_from(branch.rows)
            .where(branch.where, *within(branch.created, *self._span), *self.conditions, *bound.past(columns))
            .order_by(*bound.ordered(columns))
            .limit(limit)
        )

    def _by_words(self, expression: str, bound: "_Bound", limit: int) -> list[int]:
        """Entries of the search index in their order, that of days; within a day they are sorted here."""
        entry, created = SEARCH.c.rowid, ORDERS.c.created
        statement = (
            select(created, ORDERS.c.pk)
            .select_from(_WORDED)
            .where(found_by(expression), *self._days(bound), *self.conditions, *bound.past(_CREATED))
            .order_by(entry.desc() if bound.descending else entry)
        )
        taken: list[tuple[int, int]] = []
        with self.known.conn.execute(statement) as found:
            for at, pk in found:
                if len(taken) >= limit and at // DAY != taken[-1][0] // DAY:
                    break
                taken.append((at, pk))
        taken.sort(reverse=bound.descending)
        return [pk for _at, pk in taken[:limit]]

    def _days(self, bound: "_Bound") -> list[Where]:
        """Bounds on the entries: the days from the position on, and those asked for."""
        start, end = self._span
        if bound.start is not None and self.sorting.key == "created":
            created = int(bound.start[0])
            if bound.descending:
                end = created + 1 if end is None else min(end, created + 1)
            else:
                start = created if start is None else max(start, created)
        entry, sides = SEARCH.c.rowid, []
        if start is not None:
            sides.append(entry >= first_of_day(start))
        if end is not None:
            sides.append(entry <= last_of_day(end - 1))
        return sides

    def _nearby(self, bound: "_Bound", limit: int) -> list[int] | None:
        """The rows as far as they lie among the next orders of all; None where there may be more.

        Thousands of orders sorted for one page are noticed; mostly enough of so many are close.
        """
        # An offset of a fixed size: the end of what is gone through, at any depth.
        edge = select(ORDERS.c.created).where(*bound.past(_CREATED)).order_by(*bound.ordered(_CREATED))
        end = self.known.conn.execute(edge.offset(_NEAR).limit(1)).scalar()
        lowest = end if bound.descending else None
        past_highest = None if end is None or bound.descending else end + 1
        statement = (
            select(ORDERS.c.pk)
            .where(*within(ORDERS.c.created, lowest, past_highest), *bound.past(_CREATED), *self._without(()))
            .order_by(*bound.ordered(_CREATED))
            .limit(limit)
        )
        found = self._read(statement)
        return found if len(found) == limit or end is None else None

    def _sorted(self, bound: "_Bound", limit: int) -> list[int]:
        """Few orders sorted anew, or all in the order of the sort's own index."""
        columns: Sequence[ColumnElement[Any]] = [ORDERS.c[name] for name in self.sorting.names]
        statement = select(ORDERS.c.pk).where(*self.conditions)
        if (few := self.sorting.few) is not None:
            statement = statement.where(few.is_not(None))
        if self.source is not ALL:
            pks = numbers(self.source)
            if pks is None:
                return []
            statement = statement.where(ORDERS.c.pk.in_(pks))
            columns = [apart(column) for column in columns]
        return self._read(
            statement.where(*bound.past(columns)).order_by(*bound.ordered(columns)).limit(limit)
        )

    def _read(self, statement: Select[Any]) -> list[int]:
        return list(self.known.conn.execute(statement).scalars())

    def _counted(self, bound: int) -> Select[Any] | None:
        """At most `bound` rows, one for each order that matches."""
        one = literal(1).label("one")
        match self.source:
            case Numbers(pks):
                return (
                    select(one).select_from(ORDERS).where(ORDERS.c.pk.in_(pks), *self.conditions).limit(bound)
                )
            case Words(found):
                if found is None:
                    return None
                if not self.conditions:
                    return select(one).select_from(SEARCH).where(found_by(found)).limit(bound)
                everywhere = self._days(_Bound(None, descending=True, inclusive=False))
                asked = select(one).select_from(_WORDED).where(found_by(found), *everywhere)
                return asked.where(*self.conditions).limit(bound)
            case Runs(branches):
                parts = [self._counted_branch(branch, bound) for branch in branches]
                return select(union_all(*parts).limit(bound).subquery()) if parts else None

    def _counted_branch(self, branch: Branch, bound: int) -> Select[Any]:
        in_time = within(branch.created, *self._span)
        counted = select(literal(1).label("one")).select_from(branch.rows)
        return select(counted.where(branch.where, *in_time, *self.conditions).limit(bound).subquery())


class _Bound:
    """Where reading starts and which way it goes, as SQL on the columns of the sort."""

    def __init__(self, start: Position | None, descending: bool, inclusive: bool) -> None:
        self.start = start
        self.descending = descending
        self._inclusive = inclusive

    def past(self, columns: Sequence[ColumnElement[Any]]) -> list[Where]:
        """The condition that a row comes after the start."""
        if self.start is None:
            return []
        here, start = tuple_(*columns), tuple_(*(literal(value) for value in self.start))
        if self.descending:
            return [here <= start if self._inclusive else here < start]
        return [here >= start if self._inclusive else here > start]

    def ordered(self, columns: Sequence[ColumnElement[Any]]) -> list[ColumnElement[Any]]:
        """The columns to sort by."""
        return [column.desc() for column in columns] if self.descending else list(columns)


def _is_a_not(source: Source) -> bool:
    return bool(source.implies) and all(clause.negated for clause in source.implies)


def _span(clauses: Sequence[Clause]) -> tuple[int | None, int | None]:
    """Half-open bounds that no matching order was created outside of, for reading less of an index."""
    lows: list[int] = []
    highs: list[int] = []
    for clause in clauses:
        tests = [test for test in clause.tests if isinstance(test, TimeTest)]
        if clause.negated or not tests or clause.field == "lapses":
            continue
        starts = [test.start for test in tests if test.start is not None]
        ends = [test.end for test in tests if test.end is not None]
        lows += [min(starts)] if len(starts) == len(tests) else []
        highs += [max(ends)] if len(ends) == len(tests) else []
    return max(lows, default=None), min(highs, default=None)

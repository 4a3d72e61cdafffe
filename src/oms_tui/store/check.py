"""Whether the database is what it should be: the part of `doctor` that needs the tables (F8, S3, M1).

Every order is read once, in batches, and compared with the rows and copies kept of it; memory stays bounded.
"""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, exists, func, select

from oms_tui.domain.order import Order
from oms_tui.store import event_cases, facts, orders, returns, saving, search_index, settling
from oms_tui.store.assemble import assemble
from oms_tui.store.check_file import file_problems
from oms_tui.store.parts import PARTS
from oms_tui.store.statements import columns, rows_of_orders
from oms_tui.store.tables import (
    CounterRow,
    CreditNoteLineRow,
    OpenTaskRow,
    OrderRow,
    ReturnRow,
    TagRow,
    table,
)

MOST_NAMED = 1_000
"""Problems of one kind that are named one by one; past them only their number is told."""
_ORDER = table(OrderRow)
_RETURN = table(ReturnRow)
_TAG = table(TagRow)
_NOTE_LINE = table(CreditNoteLineRow)
_COUNTER = table(CounterRow)
_OWN = len(columns(OrderRow))
_TOUCHED = columns(OrderRow).index("touched")
_CREATED = columns(OrderRow).index("created")
_HASH_MASK = (1 << 64) - 1

Progress = Callable[[int, int], None]
"""Told how many orders are checked, of how many."""


def problems(conn: Connection, progress: Progress | None = None) -> Iterator[str]:
    """One sentence for everything that is not as it should be, none where all is well.

    Covers the file, references, the schema, whole money, and every stored copy against what it copies. The
    audit chain has a check of its own (`audit.problems`).
    """
    broken = False
    for problem in file_problems(conn):
        broken = True
        yield problem
    if broken:
        yield "The orders themselves were not compared, since the file is not sound."
    else:
        yield from copy_problems(conn, progress)


def copy_problems(conn: Connection, progress: Progress | None = None) -> Iterator[str]:
    """The same for stored copies alone: every order, return, tag, counter and search entry (S3, M4)."""
    walk = _Walk(conn, progress)
    wrong = search_index.differing(conn, walk.pairs())
    yield from walk.found
    if walk.unnamed:
        yield f"{walk.unnamed:,} more orders have copies that differ from their facts."
    yield from _missing_from_search(conn, wrong)
    yield from walk.of_tags()
    yield from walk.of_counters()
    for name, columns_wrong in returns.differing(conn):
        yield f"Return {name}: stored copies differ from the facts: {', '.join(columns_wrong)}."
    yield from _of_credit_notes(conn)
    yield from settling.problems(conn)


class _Walk:
    """One way through all orders, gathering what differs."""

    def __init__(self, conn: Connection, progress: Progress | None) -> None:
        self._conn = conn
        self._progress = progress
        self._counted: Counter[str] = Counter()
        self._tags = _sums_of_tags(conn)
        self.found: list[str] = []
        self.unnamed = 0

    def pairs(self) -> Iterator[tuple[int, Order]]:
        """Every order with its number, compared with its rows, tags and open tasks on the way."""
        total = int(self._conn.execute(select(func.count()).select_from(_ORDER)).scalar_one())
        done = last = 0
        while pks := orders.next_pks(self._conn, last):
            open_tasks = _by_order(rows_of_orders(self._conn, OpenTaskRow, pks))
            return_tags = self._return_tags(pks)
            for raw in orders.rows_of_batch(self._conn, pks):
                try:
                    order = assemble(raw.row, raw.parts)
                    self._compare(raw, order, open_tasks.get(raw.pk, []), return_tags.get(raw.pk, set()))
                except (LookupError, ValueError, TypeError) as error:
                    self._say(f"Order {raw.row[1]} cannot be read: {error!r}.")
                    continue
                yield raw.pk, order
            last, done = pks[-1], done + len(pks)
            if self._progress is not None:
                self._progress(done, total)

    def of_tags(self) -> Iterator[str]:
        """Tags of orders that are not there; those of the others were compared on the way."""
        stray = sum(1 for left in self._tags if left)
        if stray:
            yield f"{stray:,} orders that are not there have tags."

    def of_counters(self) -> Iterator[str]:
        """Counters that are not what counting gives: orders, their tags, and cases of events."""
        self._counted.update(event_cases.counted(self._conn))
        stored = {name: n for name, n in self._conn.execute(select(_COUNTER.c.name, _COUNTER.c.value))}
        for name in sorted(stored.keys() | self._counted.keys()):
            if stored.get(name, 0) != self._counted[name]:
                yield f"Counter {name} is {stored.get(name, 0):,}, counted {self._counted[name]:,}."

    def _compare(
        self, raw: orders.OrderRows, order: Order, open_tasks: list[Any], return_tags: set[str]
    ) -> None:
        copies = facts.copies(order)
        tags = facts.tags(order) | return_tags
        self._counted.update(facts.counter_names(copies["status"], tags))
        wrong = [
            *_own_row(raw, order, copies),
            *_part_rows(raw, order),
        ]
        if not self._has_tags(raw.pk, raw.row[_CREATED], tags):
            wrong.append("order_tag")
        if sorted(saving.open_tasks(raw.pk, order), key=repr) != sorted(map(tuple, open_tasks), key=repr):
            wrong.append("open_task")
        if wrong:
            self._say(f"Order {order.id}: stored copies differ from the facts: {', '.join(wrong)}.")

    def _has_tags(self, pk: int, created: int, tags: Iterable[str]) -> bool:
        wanted = sum(hash((tag, created)) for tag in tags) & _HASH_MASK
        kept = self._tags[pk] if pk < len(self._tags) else 0
        if pk < len(self._tags):
            self._tags[pk] = 0
        return kept == wanted

    def _return_tags(self, pks: list[int]) -> dict[int, set[str]]:
        query = select(_RETURN.c.order_pk, _RETURN.c.status).where(_RETURN.c.order_pk.in_(pks))
        found: dict[int, set[str]] = {}
        for pk, status in self._conn.execute(query):
            found.setdefault(pk, set()).add(f"return:{status}")
        return found

    def _say(self, problem: str) -> None:
        if len(self.found) < MOST_NAMED:
            self.found.append(problem)
        else:
            self.unnamed += 1


def _own_row(raw: orders.OrderRows, order: Order, copies: dict[str, object]) -> list[str]:
    """The columns of the order's row that differ from what its value gives."""
    stored = tuple(raw.row[:_OWN])
    wanted = saving.order_values(raw.pk, order, copies, stored[_TOUCHED])
    if stored == wanted:
        return []
    return [name for name, has, want in zip(columns(OrderRow), stored, wanted, strict=True) if has != want]


def _part_rows(raw: orders.OrderRows, order: Order) -> list[str]:
    """The tables whose rows are not those that the order's value gives: a copy differs, a row is adrift."""
    wrong = []
    for part in PARTS:
        stored = raw.parts[part.row]
        wanted = {part.values(raw.pk, key, item) for key, item in part.items(order)}
        if len(stored) != len(wanted) or any(tuple(row) not in wanted for row in stored):
            wrong.append(str(part.row.__tablename__))
    return wrong


def _sums_of_tags(conn: Connection) -> "array[int]":
    """For each order, by its number, a sum over its tags: 8 bytes an order instead of all tags."""
    sums = array("Q")
    for tag, created, pk in conn.execute(select(_TAG.c.tag, _TAG.c.created, _TAG.c.order_pk)):
        if pk >= len(sums):
            sums.extend([0] * (pk + 1 - len(sums)))
        sums[pk] = (sums[pk] + hash((tag, created))) & _HASH_MASK
    return sums


def _missing_from_search(conn: Connection, pks: list[int]) -> Iterator[str]:
    for pk in pks[:MOST_NAMED]:
        name = conn.execute(select(_ORDER.c.id).where(_ORDER.c.pk == pk)).scalar()
        if name is None:
            yield f"The search index has an entry of an order {pk} that is not there."
        else:
            yield f"Order {name}: its search entry is not what it should be."
    if len(pks) > MOST_NAMED:
        yield f"{len(pks) - MOST_NAMED:,} more search entries are not what they should be."


def _of_credit_notes(conn: Connection) -> Iterator[str]:
    """Rows of credit notes that name an order or a return that is not there: no foreign key watches them."""
    for what, named, there in (
        ("order", _NOTE_LINE.c.order_id, _ORDER.c.id),
        ("return", _NOTE_LINE.c.return_id, _RETURN.c.id),
    ):
        query = (
            select(_NOTE_LINE.c.credit_note, named)
            .where(named.is_not(None), ~exists().where(there == named))
            .distinct()
            .order_by(_NOTE_LINE.c.credit_note, named)
            .limit(MOST_NAMED)
        )
        for note, name in conn.execute(query):
            yield f"Credit note {note} names {what} {name}, which is not there."


def _by_order(rows: list[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row)
    return found

"""The search index: which words each order is found by, newest first (architecture 5).

An FTS5 table without content keeps for every word the list of its orders. An entry's number is the order's
day and its `pk`, so that the newest come first without sorting and the lists stay small: a step to another
day costs five bytes, within a day one or two. The words are those of `domain.filter.order_words`, with a
blank between; the `ascii` tokenizer changes nothing of them. They reach the index quoted and as parameters
only (T8).
"""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import BigInteger, ColumnElement, Connection, Text, bindparam, column, select, table

from oms_tui.clock import to_micros
from oms_tui.domain.filter import order_words
from oms_tui.domain.filter.index import searched_texts
from oms_tui.domain.order import Order
from oms_tui.store.sql import successor

CREATE_SQL: Final[tuple[str, ...]] = (
    "CREATE VIRTUAL TABLE order_search USING fts5("
    "words, content='', columnsize=0, detail=none, prefix='1 2 3 4 5 6', tokenize='ascii')",
    "CREATE VIRTUAL TABLE order_word USING fts5vocab('order_search', 'row')",
    "CREATE VIRTUAL TABLE order_entry USING fts5vocab('order_search', 'instance')",
)
"""What makes the index. `order_word` and `order_entry` are views of it: its words, and where they are."""

DAY: Final = 86_400_000_000
"""Microseconds of a day in UTC."""
_PK_BITS: Final = 32
PK_MASK: Final = (1 << _PK_BITS) - 1
"""The part of an entry's number that is the order's `pk`."""
INDEXED_BEGINNING: Final = 6
"""Beginnings up to this many characters are kept by the index itself (`prefix` in `CREATE_SQL`)."""
_MOST_SPELLED_OUT: Final = 64
"""A longer beginning is asked for as the words it begins, where they are no more than this: their orders are
read newest first as they lie; those of a beginning would all be gathered and sorted first."""
_MOST_LOOKED_UP: Final = 16
"""So many beginnings of one question are looked up among the words."""
_HASH_MASK: Final = (1 << 64) - 1

SEARCH = table("order_search", column("rowid", BigInteger), column("order_search", Text))
_WORD = table("order_word", column("term", Text))
_ENTRY = table("order_entry", column("term", Text), column("doc", BigInteger))
_BEGUN_BY = (
    select(_WORD.c.term)
    .where(_WORD.c.term >= bindparam("first"), _WORD.c.term < bindparam("past"))
    .limit(_MOST_SPELLED_OUT + 1)
)
_INSERT = "INSERT INTO order_search(rowid, words) VALUES (?, ?)"
_DELETE = "INSERT INTO order_search(order_search, rowid, words) VALUES ('delete', ?, ?)"
_DELETE_ALL = "INSERT INTO order_search(order_search) VALUES ('delete-all')"


@dataclass(frozen=True, slots=True)
class Sought:
    """A word to look for: the whole of it, or its beginning."""

    word: str
    is_whole: bool = False


def index(conn: Connection, pairs: Iterable[tuple[int, Order]]) -> None:
    """Add the entries of new orders, given with their numbers."""
    rows = [(entry_number(pk, order), _document(order)) for pk, order in pairs]
    if rows:
        conn.exec_driver_sql(_INSERT, rows)


def reindex(conn: Connection, changes: Iterable[tuple[int, Order, Order]]) -> None:
    """Bring the entries of orders, given with their numbers and their values before and after, up to date;
    nothing is written of those whose words and day are the same."""
    old, new = [], []
    for pk, before, after in changes:
        was, now = entry_number(pk, before), entry_number(pk, after)
        if was == now and searched_texts(before) == searched_texts(after):
            continue
        gone, come = (was, _document(before)), (now, _document(after))
        if gone != come:
            old.append(gone)
            new.append(come)
    if old:
        conn.exec_driver_sql(_DELETE, old)
        conn.exec_driver_sql(_INSERT, new)


def rebuild(conn: Connection, pairs: Iterable[tuple[int, Order]], *, batch: int = 1000) -> None:
    """Make the whole index anew from all orders."""
    conn.exec_driver_sql(_DELETE_ALL)
    rows: list[tuple[int, Order]] = []
    for pair in pairs:
        rows.append(pair)
        if len(rows) == batch:
            index(conn, rows)
            rows.clear()
    index(conn, rows)


def differing(conn: Connection, pairs: Iterable[tuple[int, Order]]) -> list[int]:
    """The numbers of orders whose entry is not what it should be, given all orders (invariant S3).

    Reads the whole index once; 8 bytes an order are kept.
    """
    kept = array("Q")
    for word, number in conn.execute(select(_ENTRY.c.term, _ENTRY.c.doc)):
        pk = number & PK_MASK
        if pk >= len(kept):
            kept.extend([0] * (pk + 1 - len(kept)))
        kept[pk] = (kept[pk] + hash((word, number))) & _HASH_MASK
    wrong = []
    for pk, order in pairs:
        number = entry_number(pk, order)
        wanted = sum(hash((word, number)) for word in order_words(order)) & _HASH_MASK
        if (kept[pk] if pk < len(kept) else 0) != wanted:
            wrong.append(pk)
        if pk < len(kept):
            kept[pk] = 0
    return sorted({*wrong, *(pk for pk, left in enumerate(kept) if left)})


def entry_number(pk: int, order: Order) -> int:
    """The number of an order's entry."""
    return first_of_day(to_micros(order.created)) | pk


def first_of_day(created: int) -> int:
    """The number below all entries of the day of a moment in microseconds."""
    return created // DAY << _PK_BITS


def last_of_day(created: int) -> int:
    """The number above all entries of the day of a moment in microseconds."""
    return first_of_day(created) | PK_MASK


def newest(conn: Connection, expression: str, *, at_least: int, at_most: int) -> list[int]:
    """The numbers of the newest orders that an expression finds.

    Whole days are read, since entries of one day lie in the order in which they came: between `at_least` and
    `at_most`, fewer where there are no more.
    """
    asked = select(SEARCH.c.rowid).where(found_by(expression)).order_by(SEARCH.c.rowid.desc()).limit(at_most)
    found: list[int] = []
    with conn.execute(asked) as entries:
        for entry in entries.scalars():
            if len(found) >= at_least and entry >> _PK_BITS != found[-1] >> _PK_BITS:
                break
            found.append(entry)
    return [entry & PK_MASK for entry in found]


def found_by(expression: str) -> ColumnElement[bool]:
    """The condition that an entry of `SEARCH` is one that the expression finds."""
    return SEARCH.c.order_search.match(expression)


class Spelling:
    """Writes the index's own expressions for one question, looking up long beginnings among the words."""

    def __init__(self, conn: Connection) -> None:
        """Look up nothing yet."""
        self._conn = conn
        self._looked_up = 0

    def expression(self, either: Iterable[Sequence[Sought]]) -> str | None:
        """An expression for any of several combinations of words; None where no order can match."""
        parts = [part for combination in either if (part := self._all_of(combination)) is not None]
        return f"({' OR '.join(parts)})" if parts else None

    def _all_of(self, combination: Sequence[Sought]) -> str | None:
        """One combination in brackets, None where one of its words is nowhere."""
        if not all(map(_is_token, combination)):
            return None
        terms = [self._term(sought) for sought in _without_implied(combination)]
        if not terms or any(term is None for term in terms):
            return None
        return f"({' AND '.join(term for term in terms if term)})"

    def _term(self, sought: Sought) -> str | None:
        if sought.is_whole:
            return _quoted(sought.word)
        if len(sought.word) > INDEXED_BEGINNING and self._looked_up < _MOST_LOOKED_UP:
            self._looked_up += 1
            bounds = {"first": sought.word, "past": successor(sought.word) or "\U0010ffff"}
            known = self._conn.execute(_BEGUN_BY, bounds).scalars().all()
            if len(known) <= _MOST_SPELLED_OUT:
                return f"({' OR '.join(map(_quoted, known))})" if known else None
        return f"{_quoted(sought.word)} *"


def _without_implied(combination: Sequence[Sought]) -> list[Sought]:
    """The words of a combination without the beginnings that another of its words has anyway."""
    distinct = list(dict.fromkeys(combination))
    return [
        sought
        for sought in distinct
        if sought.is_whole
        or not any(other != sought and other.word.startswith(sought.word) for other in distinct)
    ]


def _is_token(sought: Sought) -> bool:
    """Whether the tokenizer keeps it whole, as it does all folded words."""
    return all(char.isalnum() or not char.isascii() for char in sought.word)


def _document(order: Order) -> str:
    return " ".join(order_words(order))


def _quoted(word: str) -> str:
    """A word as the index's expressions have it. Folded words hold no quote; doubled all the same (T8)."""
    return '"' + word.replace('"', '""') + '"'

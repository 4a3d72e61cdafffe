"""The last step of a search: orders that have all the words, newest first, and where they have them (spec 8).

Beginnings longer than the index keeps are first looked for by what it keeps of them, and each order is read
to see whether it has the whole. Where that leaves too few, the index is asked for the whole: it takes longer.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection

from oms_tui.store import search_steps as steps
from oms_tui.store.rows import by_number
from oms_tui.store.search_fields import name_fields
from oms_tui.store.search_index import INDEXED_BEGINNING, Sought, Spelling, newest
from oms_tui.store.search_steps import Match

Combination = tuple[Sought, ...]
"""Words that an order must all have."""
_READ: Final = 60
"""Orders with the words that are looked at; more where they are of one day."""
_READ_AT_MOST: Final = 200
"""Of one day: its entries lie in the order in which they came in."""


def by_words(conn: Connection, either: Sequence[Combination], limit: int) -> tuple[list[Match], list[int]]:
    """The newest orders that have any of the combinations of words.

    Returns:
        At most `limit` orders with the field and the text that has the words, and the numbers of all that
        were looked at, both newest first.
    """
    if not either:
        return [], []
    rough = [tuple(map(_shortened, combination)) for combination in either]
    found, looked_at = _named(conn, rough, either, limit)
    if len(found) < limit and len(looked_at) >= _READ and rough != list(either):
        return _named(conn, either, either, limit)
    return found, looked_at


def _named(
    conn: Connection, asked: Sequence[Combination], either: Sequence[Combination], limit: int
) -> tuple[list[Match], list[int]]:
    """Orders that the index has for what is `asked`, as far as they are found to have `either`."""
    expression = Spelling(conn).expression(asked)
    if expression is None:
        return [], []
    entries = newest(conn, expression, at_least=_READ, at_most=_READ_AT_MOST)
    placed = sorted(steps.placed(conn, entries), reverse=True)[:_READ]
    words = [tuple(sought.word for sought in combination) for combination in either]
    found: list[Match] = []
    for start in range(0, len(placed), limit):
        some = placed[start : start + limit]
        rows = by_number(conn, [pk for _created, pk in some])
        named = name_fields(conn, words, rows.values())
        found += [Match(named[pk][0], pk, created, named[pk][1]) for created, pk in some if pk in named]
        if len(found) >= limit:
            break
    return found[:limit], [pk for _created, pk in placed]


def _shortened(sought: Sought) -> Sought:
    """A beginning as the index keeps it; few words begin like a number, they need no shortening."""
    if sought.is_whole or any(char.isdecimal() for char in sought.word):
        return sought
    return Sought(sought.word[:INDEXED_BEGINNING])

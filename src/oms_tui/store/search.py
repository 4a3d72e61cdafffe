"""Finding orders by anything a customer can say (spec 8): exact, beginning, end of a telephone number, words.

Every step is bounded and newest first; an order is found once, by its best field. Any text gives results or
none, never an error (invariant T8).
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from oms_tui.domain.answers import Hit, SearchResult
from oms_tui.domain.filter.keys import bare_key, code_key, phone_digits, phone_tail, words
from oms_tui.domain.filter.lexer import readable
from oms_tui.store import search_steps as steps
from oms_tui.store.rows import NEWEST_FIRST, Sorting, by_number, summary
from oms_tui.store.search_fields import name_fields
from oms_tui.store.search_index import (
    CREATE_SQL,
    Sought,
    differing,
    expression,
    index,
    newest,
    rebuild,
    reindex,
)
from oms_tui.store.search_steps import Match

LONGEST: Final = 200
"""Characters of a text that are searched for; what a customer says is shorter."""
MOST_WORDS: Final = 16
"""Words that are searched for."""
LEAST_DIGITS: Final = 4
"""Last digits of a telephone number that are enough to look for it."""
LEAST_BEGINNING: Final = 2
"""Characters of a beginning of an ID, e-mail address, SKU or tracking number."""
_CANDIDATES: Final = 100
"""Orders with the words that are looked at for a better reason than their words."""
_MOST_CANDIDATES: Final = 1000

__all__ = ["CREATE_SQL", "differing", "find", "index", "rebuild", "reindex"]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A text as each step compares it."""

    spellings: tuple[str, ...]
    code: str
    bare: str
    words: tuple[str, ...]
    whole_phone: str
    """Digits from last to first, "" where it is no telephone number."""
    phone_ends: tuple[str, ...]
    """Last digits, from last to first: as typed, without 00, without the zero of a national form."""

    @classmethod
    def of(cls, text: str) -> "_Asked":
        typed = readable(text[:LONGEST]).strip()
        number = typed.lstrip("#").strip()
        plain = "".join(number.split())
        digits = "".join(str(unicodedata.decimal(char)) for char in typed if char.isdecimal())
        is_phone = len(digits) >= LEAST_DIGITS and not any(char.isalpha() for char in typed)
        ends = dict.fromkeys((digits, phone_digits(typed), phone_tail(typed))) if is_phone else {}
        return cls(
            spellings=tuple(dict.fromkeys((number, plain, plain.upper()))),
            code=code_key(number),
            bare=bare_key(number),
            words=tuple(dict.fromkeys(words(typed)))[:MOST_WORDS],
            whole_phone=phone_digits(typed)[::-1] if is_phone else "",
            phone_ends=tuple(end[::-1] for end in ends if len(end) >= LEAST_DIGITS),
        )


def find(conn: Connection, text: str, limit: int = 20) -> SearchResult:
    """The orders a text finds: best first, newest first among equals, each once.

    Every step has its share of the places where there are more matches than places.
    """
    asked = _Asked.of(text)
    if limit < 1 or not (asked.code or asked.words):
        return SearchResult((), has_more=False)
    groups = _each_once(_steps(conn, asked, limit + 1))
    counts = _shares([len(group) for group in groups], limit)
    chosen = [match for group, count in zip(groups, counts, strict=True) for match in group[:count]]
    return SearchResult(_hits(conn, asked, chosen), has_more=sum(map(len, groups)) > len(chosen))


def _steps(conn: Connection, asked: _Asked, limit: int) -> list[list[Match]]:
    """What each step found, at most `limit` each."""
    exact = steps.exact(
        conn,
        spellings=asked.spellings,
        code=asked.code,
        bare=asked.bare,
        tail=asked.whole_phone,
        limit=limit,
    )
    begun: list[Match] = []
    if len(asked.code) >= LEAST_BEGINNING:
        begun = steps.by_id_beginning(conn, code=asked.code, spelling=asked.spellings[-1], limit=limit)
    ends = (steps.by_phone_tail(conn, end, limit) for end in asked.phone_ends)
    phone = next((found for found in ends if found), [])
    worded, coded = _by_words(conn, asked)
    begun = sorted(begun + coded, key=lambda match: (match.created, match.pk), reverse=True)
    return [exact, begun, phone, worded]


def _by_words(conn: Connection, asked: _Asked) -> tuple[list[Match], list[Match]]:
    """Orders that have all the words, and those among them that have the text as the beginning of a code."""
    either = [[Sought(word) for word in asked.words]] if asked.words else []
    if len(asked.words) > 1 and any(char.isdigit() for char in asked.bare):
        either.append([Sought(asked.bare)])  # a number typed with blanks or signs of its own
    sought = expression(conn, either)
    if sought is None:
        return [], []
    pks = newest(conn, sought, at_least=_CANDIDATES, at_most=_MOST_CANDIDATES)
    placed = steps.placed(conn, pks)
    newest_first = sorted(placed, reverse=True)[:_CANDIDATES]
    coded: dict[int, Match] = {}
    if newest_first and len(asked.code) >= LEAST_BEGINNING:
        looked_at = [pk for _created, pk in newest_first]
        coded = steps.by_code_beginning(conn, looked_at, code=asked.code, bare=asked.bare)
    worded = [Match("", pk, created, "") for created, pk in newest_first]
    return worded, list(coded.values())


def _each_once(groups: Iterable[Iterable[Match]]) -> list[list[Match]]:
    """The groups without orders that an earlier one has."""
    seen: set[int] = set()
    kept = []
    for group in groups:
        best = {match.pk: match for match in reversed(list(group)) if match.pk not in seen}
        kept.append([match for match in group if best.get(match.pk) is match])
        seen.update(best)
    return kept


def _shares(sizes: Sequence[int], places: int) -> list[int]:
    """How many of each group have a place: what is exact first, then a quarter each, then by rank."""
    exact, *others = sizes
    counts = [min(exact, places)]
    left = places - counts[0]
    fair = max(places // 4, 1)
    for size in others:
        counts.append(min(size, fair, left))
        left -= counts[-1]
    for rank, size in enumerate(sizes):
        more = min(size - counts[rank], left)
        counts[rank] += more
        left -= more
    return counts


def _hits(conn: Connection, asked: _Asked, matches: Sequence[Match]) -> tuple[Hit, ...]:
    rows = by_number(conn, [match.pk for match in matches])
    unnamed = [rows[match.pk] for match in matches if not match.field]
    named = name_fields(
        conn, asked.words, [(row.pk, row.id, row.first_name, row.last_name, row.email) for row in unnamed]
    )
    sorting = Sorting.of(NEWEST_FIRST)
    hits = []
    for match in matches:
        field, matched = named.get(match.pk, (match.field, match.matched))
        hits.append(Hit(summary(rows[match.pk], sorting), field, matched))
    return tuple(hits)

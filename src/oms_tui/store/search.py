"""Finding orders by anything a customer can say (spec 8): exact, beginning, end of a telephone or tracking
number, words.

Every step is bounded and newest first; an order is found once, by its best field. Any text gives results or
none, never an error (invariant T8).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from typing import Final

from sqlalchemy import Connection

from oms_tui.domain.answers import Hit, SearchResult
from oms_tui.domain.filter.index import bare_word
from oms_tui.domain.filter.keys import bare_key, code_key, phone_digits, phone_tail, words
from oms_tui.domain.filter.lexer import readable
from oms_tui.store import search_steps as steps
from oms_tui.store.rows import NEWEST_FIRST, Sorting, by_number, summary
from oms_tui.store.search_index import CREATE_SQL, Sought, differing, index, rebuild, reindex
from oms_tui.store.search_steps import Match
from oms_tui.store.search_words import Combination, by_words

LONGEST: Final = 200
"""Characters of a text that are searched for; what a customer says is shorter."""
MOST_WORDS: Final = 16
"""Words that are searched for."""
LEAST_DIGITS: Final = 4
"""Last digits of a telephone or tracking number that are enough to look for it."""
LEAST_BEGINNING: Final = 2
"""Characters of a beginning of an ID, e-mail address, SKU or tracking number."""
MOST_SPELLINGS: Final = 8
"""Other spellings of a question that are looked for."""
_UMLAUTS: Final = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}  # codespell:ignore
)
_UMLAUT: Final = re.compile("(?<![aeq])([aou])e(?=[a-z])")
"""What may be written for an umlaut in a folded word: neither `Bauer` nor `queue` has one."""
_OF_AN_ID: Final = re.compile(r"(?:order|return)\b[\s:#]*(?=\S*\d\S*$)", re.IGNORECASE)
"""The word that people say before a number."""

__all__ = ["CREATE_SQL", "differing", "find", "index", "rebuild", "reindex"]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A text as each step compares it."""

    spellings: tuple[str, ...]
    code: str
    bare: str
    either: tuple[Combination, ...]
    """The words; and the whole of it, where it may be a number typed with blanks or signs of its own."""
    otherwise: tuple[Combination, ...]
    """The words as somebody spells them who writes umlauts as two letters, or does not."""
    whole_phone: str
    """Digits from last to first, "" where it is no telephone number."""
    phone_ends: tuple[str, ...]
    """Last digits, from last to first: as typed, without 00, without the zero of a national form."""
    tracking_end: str
    """The key of what a tracking number may end with, "" where it is too short or of letters mostly."""

    @classmethod
    def of(cls, text: str) -> "_Asked":
        typed = _OF_AN_ID.sub("", unicodedata.normalize("NFC", readable(text[:LONGEST]).strip()), count=1)
        number = typed.lstrip("#").strip()
        plain = "".join(number.split())
        digits = "".join(str(unicodedata.decimal(char)) for char in typed if char.isdecimal())
        is_phone = len(digits) >= LEAST_DIGITS and not any(char.isalpha() for char in typed)
        bare = bare_key(number)
        ends = dict.fromkeys((digits, phone_digits(typed), phone_tail(typed))) if is_phone else {}
        return cls(
            spellings=tuple(dict.fromkeys((number, plain, plain.upper()))),
            code=code_key(number),
            bare=bare,
            either=_either(tuple(dict.fromkeys(_sought(typed)))[:MOST_WORDS], bare_word(number)),
            otherwise=tuple(islice(_otherwise(typed), MOST_SPELLINGS)),
            whole_phone=phone_digits(typed)[::-1] if is_phone else "",
            phone_ends=tuple(end[::-1] for end in ends if len(end) >= LEAST_DIGITS),
            tracking_end=bare if len(digits) >= LEAST_DIGITS and "@" not in typed else "",
        )

    @property
    def is_plain(self) -> bool:
        """Whether it is digits alone or words: something that may well mean several things."""
        return self.code.isdecimal() or not any(char.isdecimal() or char == "@" for char in self.code)


def find(conn: Connection, text: str, limit: int = 20) -> SearchResult:
    """The orders a text finds: best first, newest first among equals, each once.

    Every step has its share of the places where there are more matches than places.
    """
    asked = _Asked.of(text)
    if limit < 1 or not (asked.code or asked.either):
        return SearchResult((), has_more=False)
    groups = _each_once(_steps(conn, asked, limit + 1))
    counts = _shares([len(group) for group in groups], limit)
    chosen = [match for group, count in zip(groups, counts, strict=True) for match in group[:count]]
    return SearchResult(_hits(conn, chosen), has_more=sum(map(len, groups)) > len(chosen))


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
    ended = next((found for found in ends if found), [])
    if asked.tracking_end:
        ended = steps.newest_first(ended + steps.by_tracking_ending(conn, asked.tracking_end, limit))
    worded: list[Match] = []
    # An address or a number of letters and digits that is just right is not meant as words as well.
    if not exact or asked.is_plain:
        worded, newest = by_words(conn, asked.either, limit)
        begun += _coded(conn, asked, newest)
        if len(worded) < limit and asked.otherwise:
            worded += by_words(conn, asked.otherwise, limit - len(worded))[0]
    begun = steps.newest_first(begun)
    return [exact, begun, ended, worded]


def _coded(conn: Connection, asked: _Asked, newest: Sequence[int]) -> list[Match]:
    """Those among the newest orders with the words of which a code begins so."""
    if not newest or len(asked.code) < LEAST_BEGINNING:
        return []
    return list(steps.by_code_beginning(conn, newest, code=asked.code, bare=asked.bare).values())


def _either(words: Combination, bare: str) -> tuple[Combination, ...]:
    is_number = len(words) > 1 and any(char.isdecimal() for char in bare)
    return ((words,) if words else ()) + (((Sought(bare),),) if is_number else ())


def _sought(typed: str) -> Iterator[Sought]:
    """The words of a text. What signs keep together is whole but for its end (`jana@exam`)."""
    for piece in typed.split():
        *whole, begun = words(piece) or ("",)
        yield from (Sought(word, is_whole=True) for word in whole)
        if begun:
            yield Sought(begun)


def _otherwise(typed: str) -> Iterator[Combination]:
    """The words of a text in its other spellings: Schaefer for Schäfer, and the other way round."""
    as_typed = tuple(dict.fromkeys(_sought(typed)))[:MOST_WORDS]
    spread = tuple(dict.fromkeys(_sought(typed.translate(_UMLAUTS))))[:MOST_WORDS]
    if spread != as_typed:
        yield spread
    spellings = (dict.fromkeys((one, replace(one, word=_UMLAUT.sub(r"\1", one.word)))) for one in as_typed)
    yield from (one for one in product(*spellings) if one != as_typed)


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


def _hits(conn: Connection, matches: Sequence[Match]) -> tuple[Hit, ...]:
    rows = by_number(conn, [match.pk for match in matches])
    sorting = Sorting.of(NEWEST_FIRST)
    return tuple(Hit(summary(rows[match.pk], sorting), match.field, match.matched) for match in matches)

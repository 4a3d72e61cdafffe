"""Which field of an order the words of a search were found in, and what stands there (spec 8).

The index knows that an order has the words, not where. The few orders that are shown are read for it, field
by field, until every word is accounted for.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import BindParameter, Connection, FromClause, bindparam, select, union_all

from oms_tui.domain.filter.index import words_among
from oms_tui.domain.order import full_name
from oms_tui.store.packing import unpack_address
from oms_tui.store.rows import ORDERS
from oms_tui.store.search_steps import EMAIL, ORDER_ID, REFERENCE, SKU, TRACKING
from oms_tui.store.tables import LineRow, NoteRow, OperationRow, PaymentRow, ShipmentRow, table

NAME: Final = "name"
ARTICLE: Final = "article"
ADDRESS: Final = "address"
NOTE: Final = "note"
LONGEST_SHOWN: Final = 80
"""Characters shown of a text that matched."""
_BEFORE: Final = 20
"""Characters shown before the word that matched, where a text is cut."""

_Candidate = tuple[str, str, str]
"""A field, the text in it, the words of that text with a blank before each."""


@dataclass(slots=True)
class _Traces:
    """What is found so far of the words of one combination in one order."""

    missing: list[str]
    fields: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def take(self, candidates: Iterable["_Candidate"]) -> None:
        """Account for missing words by the texts that have most of them."""
        left = [candidate for candidate in candidates if candidate[1]]
        while self.missing and left:
            having = [(self._had_by(known), name, text) for name, text, known in left]
            had, name, text = max(having, key=lambda one: len(one[0]))
            if not had:
                return
            self.missing = [word for word in self.missing if word not in had]
            self.fields.append(name)
            self.texts.append(_cut(text, had[0]))

    def told(self) -> tuple[str, str]:
        """The fields and what stands there."""
        return ", ".join(dict.fromkeys(self.fields)), " · ".join(dict.fromkeys(self.texts))

    def _had_by(self, known: str) -> list[str]:
        return [word for word in self.missing if f" {word}" in known]


def name_fields(
    conn: Connection, either: Sequence[Sequence[str]], rows: Iterable[Any]
) -> dict[int, tuple[str, str]]:
    """The fields and the texts in which orders have words; orders that do not have them are left out.

    Args:
        conn: A connection.
        either: Folded words, all of which an order must have; any of several combinations.
        rows: The orders, read with `rows.COLUMNS`.
    """
    traces: dict[int, list[_Traces]] = {}
    for row in rows:
        name = full_name(row.first_name, row.last_name)
        of_name = (NAME, name, _spaced(words_among((), row.first_name, row.last_name, ())))
        traces[row.pk] = [_Traces(list(words)) for words in either]
        for trace in traces[row.pk]:
            trace.take([of_name, _candidate(EMAIL, row.email), _candidate(ORDER_ID, row.id)])
    for read in (_lines, _addresses, _rest):
        found: dict[int, list[_Candidate]] = {pk: [] for pk, some in traces.items() if not _complete(some)}
        if not found:
            break
        for pk, field_name, text in read(conn, list(found)):
            found[pk].append(_candidate(field_name, text))
        for pk, candidates in found.items():
            for trace in traces[pk]:
                trace.take(candidates)
    return {pk: done[0].told() for pk, some in traces.items() if (done := _complete(some))}


def _complete(traces: Iterable[_Traces]) -> list[_Traces]:
    return [trace for trace in traces if not trace.missing]


@lru_cache(maxsize=8192)  # a shop's articles are on many orders
def _candidate(name: str, text: str) -> _Candidate:
    codes, texts = ((text,), ()) if name in _CODES else ((), (text,))
    return name, text, _spaced(words_among(codes, "", "", texts))


def _spaced(words: Iterable[str]) -> str:
    return "".join(f" {word}" for word in words)


def _cut(text: str, word: str) -> str:
    """A text on one line, cut around a word where it is long."""
    line = " ".join(text.split())
    if len(line) <= LONGEST_SHOWN:
        return line
    at = max(line.casefold().find(word) - _BEFORE, 0)
    start = min(at, len(line) - LONGEST_SHOWN)
    shown = line[start : start + LONGEST_SHOWN]
    return ("…" if start else "") + shown + ("…" if start + LONGEST_SHOWN < len(line) else "")


_AMONG: Final[BindParameter[Any]] = bindparam("pks", expanding=True)
_LINE, _NOTE = table(LineRow), table(NoteRow)
_READ_LINES: Final = select(_LINE.c.order_pk, _LINE.c.sku, _LINE.c.name).where(_LINE.c.order_pk.in_(_AMONG))
_READ_ADDRESSES: Final = select(ORDERS.c.pk, ORDERS.c.bill_to, ORDERS.c.ship_to).where(
    ORDERS.c.pk.in_(_AMONG)
)
_CODES: Final = frozenset({ORDER_ID, SKU, TRACKING, REFERENCE})


def _lines(conn: Connection, pks: Sequence[int]) -> Iterator[tuple[int, str, str]]:
    for pk, sku, name in conn.execute(_READ_LINES, {"pks": pks}):
        yield pk, SKU, sku
        yield pk, ARTICLE, name


def _addresses(conn: Connection, pks: Sequence[int]) -> Iterator[tuple[int, str, str]]:
    for pk, *packed in conn.execute(_READ_ADDRESSES, {"pks": pks}):
        for text in packed:
            address = unpack_address(text)
            place = f"{address.postal_code} {address.city}".strip()
            known = (address.recipient, address.company, place)
            yield pk, ADDRESS, ", ".join(part for part in known if part)


def _rest(conn: Connection, pks: Sequence[int]) -> Iterator[tuple[int, str, str]]:
    for pk, place, text in conn.execute(_READ_REST, {"pks": pks}):
        yield pk, _REST[place][0], text


def _parts() -> tuple[tuple[str, FromClause, Any], ...]:
    shipment, payment, operation = table(ShipmentRow), table(PaymentRow), table(OperationRow)
    return (
        (NOTE, _NOTE, _NOTE.c.text),
        (TRACKING, shipment, shipment.c.tracking),
        (REFERENCE, payment, payment.c.reference),
        (REFERENCE, operation, operation.c.reference),
    )


_REST: Final = _parts()
_READ_REST: Final = union_all(
    *(
        select(part.c.order_pk, bindparam(None, place, literal_execute=True), text).where(
            part.c.order_pk.in_(_AMONG), text != ""
        )
        for place, (_name, part, text) in enumerate(_REST)
    )
)

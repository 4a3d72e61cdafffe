"""Which field of an order the words of a search were found in, and what stands there (spec 8).

The index knows that an order has the words, not where. The few orders that are shown are read for it, field
by field, until every word is accounted for.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, FromClause, bindparam, select, union_all

from oms_tui.domain.filter.index import words_among
from oms_tui.store.packing import unpack_address
from oms_tui.store.rows import ORDERS
from oms_tui.store.search_steps import EMAIL, ORDER_ID, REFERENCE, SKU, TRACKING
from oms_tui.store.tables import LineRow, NoteRow, OperationRow, PaymentRow, ShipmentRow, table

NAME: Final = "name"
ARTICLE: Final = "article"
ADDRESS: Final = "address"
NOTE: Final = "note"
WORDS: Final = "words"
"""Where no field has the words any more."""
LONGEST_SHOWN: Final = 80
"""Characters shown of a text that matched."""
_BEFORE: Final = 20
"""Characters shown before the word that matched, where a text is cut."""

_Candidate = tuple[str, str, frozenset[str]]
"""A field, the text in it, the words of that text."""


@dataclass(slots=True)
class _Traces:
    """What is found of one order's words so far."""

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

    def _had_by(self, known: frozenset[str]) -> list[str]:
        return [word for word in self.missing if any(other.startswith(word) for other in known)]


def name_fields(
    conn: Connection, searched: Sequence[str], rows: Iterable[tuple[int, str, str, str, str]]
) -> dict[int, tuple[str, str]]:
    """The field and the text in which each order has the words.

    Args:
        conn: A connection.
        searched: Folded words.
        rows: Number, ID, first name, last name and e-mail address of each order.
    """
    traces: dict[int, _Traces] = {}
    for pk, order_id, first, last, email in rows:
        name = (NAME, f"{first} {last}".strip(), words_among((), first, last, ()))
        traces[pk] = _Traces(list(searched))
        traces[pk].take([name, _candidate(EMAIL, email), _candidate(ORDER_ID, order_id)])
    for read in (_lines, _addresses, _rest):
        pks = [pk for pk, trace in traces.items() if trace.missing]
        if not pks:
            break
        found: dict[int, list[_Candidate]] = {pk: [] for pk in pks}
        for pk, field_name, text in read(conn, pks):
            found[pk].append(_candidate(field_name, text))
        for pk, candidates in found.items():
            traces[pk].take(candidates)
    return {pk: _told(trace) for pk, trace in traces.items()}


def _candidate(name: str, text: str) -> _Candidate:
    codes, texts = ((text,), ()) if name in _CODES else ((), (text,))
    return name, text, words_among(codes, "", "", texts)


def _told(trace: _Traces) -> tuple[str, str]:
    fields = ", ".join(dict.fromkeys(trace.fields)) or WORDS
    return fields, " · ".join(dict.fromkeys(trace.texts))


def _cut(text: str, word: str) -> str:
    """A text on one line, cut around a word where it is long."""
    line = " ".join(text.split())
    if len(line) <= LONGEST_SHOWN:
        return line
    at = max(line.casefold().find(word) - _BEFORE, 0)
    start = min(at, len(line) - LONGEST_SHOWN)
    shown = line[start : start + LONGEST_SHOWN]
    return ("…" if start else "") + shown + ("…" if start + LONGEST_SHOWN < len(line) else "")


_AMONG: Final = bindparam("pks", expanding=True)
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

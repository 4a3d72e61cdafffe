"""The steps of a search on indexed columns: exact, by beginning, by the end of a telephone or tracking number
(spec 8).

Each is one statement, made once; it gives the kind of match, the order's number and time, and what matched.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    String,
    bindparam,
    func,
    literal,
    literal_column,
    select,
    union_all,
)

from oms_tui.store.rows import ORDERS
from oms_tui.store.sql import apart, successor
from oms_tui.store.tables import (
    CreditNoteLineRow,
    CreditNoteRow,
    LineRow,
    OperationRow,
    PaymentRow,
    ReturnRow,
    ShipmentRow,
    table,
)

ORDER_ID: Final = "order ID"
RETURN_ID: Final = "return ID"
EMAIL: Final = "e-mail"
PHONE: Final = "phone"
TRACKING: Final = "tracking number"
REFERENCE: Final = "payment reference"
CREDIT_NOTE: Final = "credit note"
CUSTOMER: Final = "customer number"
SKU: Final = "SKU"
_FIELDS: Final = (ORDER_ID, RETURN_ID, EMAIL, PHONE, TRACKING, REFERENCE, CREDIT_NOTE, CUSTOMER, SKU)

_LINE, _SHIPMENT, _PAYMENT = table(LineRow), table(ShipmentRow), table(PaymentRow)
_OPERATION, _RETURN = table(OperationRow), table(ReturnRow)
_NOTE, _NOTE_LINE = table(CreditNoteRow), table(CreditNoteLineRow)
_LAST: Final = 4
"""Last characters of tracking numbers that the index has."""
_AFTER_ALL_TEXT: Final = "\U0010ffff"
"""An upper bound for a beginning that nothing comes after."""


@dataclass(frozen=True, slots=True)
class Match:
    """An order that matched, in which field and with what."""

    field: str
    pk: int
    created: int
    matched: str


def exact(
    conn: Connection, *, spellings: Sequence[str], code: str, bare: str, tail: str, limit: int
) -> list[Match]:
    """Orders of which an ID or number is just what was typed, best field first, newest first within it.

    Args:
        conn: A connection.
        spellings: The text as numbers of returns and papers may spell it.
        code: The key of IDs, references and e-mail addresses.
        bare: The key of tracking numbers.
        tail: The digits of a telephone number from last to first, "" where it is none.
        limit: The most per field.
    """
    given = {"spellings": list(spellings), "code": code, "bare": bare, "tail": tail, "limit": limit}
    found = _matches(conn.execute(_EXACT, given))
    return sorted(found, key=lambda match: (_FIELDS.index(match.field), -match.created, -match.pk))


def by_id_beginning(conn: Connection, *, code: str, spelling: str, limit: int) -> list[Match]:
    """Orders whose ID, or a return's ID, begins so: the highest IDs, newest first."""
    given = {**_bounds("code", code), **_bounds("spelling", spelling), "limit": limit}
    return newest_first(_matches(conn.execute(_ID_BEGINNING, given)))


def by_code_beginning(conn: Connection, pks: Sequence[int], *, code: str, bare: str) -> dict[int, Match]:
    """Those of the orders whose ID, e-mail address, SKU or tracking number begins so."""
    given = {**_bounds("code", code), **_bounds("bare", bare or _AFTER_ALL_TEXT), "pks": list(pks)}
    found: dict[int, Match] = {}
    for match in _matches(conn.execute(_CODE_BEGINNING, given)):
        found.setdefault(match.pk, match)
    return found


def by_phone_tail(conn: Connection, tail: str, limit: int) -> list[Match]:
    """Orders whose telephone number ends so, newest first; `tail` goes from the last digit to the first."""
    given = {**_bounds("tail", tail), "limit": limit}
    shown = f"…{tail[::-1]}"
    return [Match(PHONE, pk, created, shown) for pk, created in conn.execute(_PHONE_TAIL, given)]


def by_tracking_ending(conn: Connection, ending: str, limit: int) -> list[Match]:
    """Orders of which a tracking number ends so, newest first; `ending` is its key, four characters or
    more."""
    given = {"last": ending[-_LAST:], "ending": ending, "length": -len(ending), "limit": limit}
    return [Match(TRACKING, *found) for found in conn.execute(_TRACKING_ENDING, given)]


def placed(conn: Connection, pks: Sequence[int]) -> list[tuple[int, int]]:
    """When each of the orders was placed, and its number."""
    return [(created, pk) for created, pk in conn.execute(_PLACED, {"pks": list(pks)})]


def _matches(rows: Iterable[Any]) -> list[Match]:
    return [Match(_FIELDS[field], pk, created, matched) for field, pk, created, matched in rows]


def newest_first(matches: Iterable[Match]) -> list[Match]:
    """The matches by when their orders were placed."""
    return sorted(matches, key=lambda match: (match.created, match.pk), reverse=True)


def _bounds(name: str, beginning: str) -> Mapping[str, str]:
    return {name: beginning, f"past_{name}": successor(beginning) or _AFTER_ALL_TEXT}


def _begins(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    return (column >= bindparam(name)) & (column < bindparam(f"past_{name}"))


def _branch(field: str, matched: Any, joined: FromClause, *where: Any, order_by: Any = None) -> Select[Any]:
    """The newest orders of one field, as a part of a union."""
    asked = (
        select(literal(_FIELDS.index(field)).label("field"), ORDERS.c.pk, ORDERS.c.created, matched)
        .select_from(joined)
        .where(*where)
        .order_by(*(order_by or (ORDERS.c.created.desc(), ORDERS.c.pk.desc())))
        .limit(bindparam("limit"))
    )
    return select(asked.subquery())


def _with_order(part: FromClause) -> FromClause:
    return part.join(ORDERS, ORDERS.c.pk == part.c.order_pk)


def _exact() -> Any:
    code, bare, tail = (bindparam(name, type_=String) for name in ("code", "bare", "tail"))
    spelled = bindparam("spellings", type_=String, expanding=True)
    cited = _NOTE_LINE.join(ORDERS, ORDERS.c.id == _NOTE_LINE.c.order_id)
    of_customer = _NOTE.join(ORDERS, ORDERS.c.customer_number == _NOTE.c.customer_number)
    loose = ~select(_NOTE_LINE.c.number).where(
        _NOTE_LINE.c.credit_note == _NOTE.c.number, _NOTE_LINE.c.order_id.is_not(None)
    ).exists()  # fmt: skip
    known = ORDERS.c.customer_number != ""
    return union_all(
        _branch(ORDER_ID, ORDERS.c.id, ORDERS, ORDERS.c.id_key == code),
        _branch(RETURN_ID, _RETURN.c.id, _with_order(_RETURN), _RETURN.c.id.in_(spelled)),
        _branch(EMAIL, ORDERS.c.email, ORDERS, ORDERS.c.email_key == code, ORDERS.c.email_key != ""),
        _branch(PHONE, ORDERS.c.phone, ORDERS, ORDERS.c.phone_tail == tail, ORDERS.c.phone_tail != ""),
        *(
            _branch(TRACKING, p.c.tracking, _with_order(p), p.c.tracking_key == bare, p.c.tracking_key != "")
            for p in (_SHIPMENT, _RETURN)
        ),
        *(
            _branch(
                REFERENCE, p.c.reference, _with_order(p), p.c.reference_key == code, p.c.reference_key != ""
            )
            for p in (_PAYMENT, _OPERATION)
        ),
        _branch(CREDIT_NOTE, _NOTE_LINE.c.credit_note, cited, _NOTE_LINE.c.credit_note.in_(spelled)),
        _branch(CREDIT_NOTE, _NOTE.c.number, of_customer, _NOTE.c.number.in_(spelled), loose, known),
        _branch(CUSTOMER, ORDERS.c.customer_number, ORDERS, ORDERS.c.customer_number.in_(spelled), known),
    )


def _id_beginning() -> Any:
    returns = _with_order(_RETURN)
    ids, return_ids = ORDERS.c.id_key, _RETURN.c.id
    return union_all(
        _branch(ORDER_ID, ORDERS.c.id, ORDERS, _begins(ids, "code"), order_by=(ids.desc(),)),
        _branch(
            RETURN_ID, return_ids, returns, _begins(return_ids, "spelling"), order_by=(return_ids.desc(),)
        ),
    )


def _code_beginning() -> Any:
    among = bindparam("pks", type_=BigInteger, expanding=True)

    def part(field: str, matched: ColumnElement[Any], joined: FromClause, *where: Any) -> Select[Any]:
        shown = (literal(_FIELDS.index(field)), ORDERS.c.pk, ORDERS.c.created, matched)
        # A column behind a plus is not looked up in an index: these orders are known by number.
        return select(*shown).select_from(joined).where(ORDERS.c.pk.in_(among), *where)

    return union_all(
        part(ORDER_ID, ORDERS.c.id, ORDERS, _begins(apart(ORDERS.c.id_key), "code")),
        part(EMAIL, ORDERS.c.email, ORDERS, _begins(apart(ORDERS.c.email_key), "code")),
        part(SKU, _LINE.c.sku, _with_order(_LINE), _begins(_LINE.c.sku_key, "code")),
        part(
            TRACKING,
            _SHIPMENT.c.tracking,
            _with_order(_SHIPMENT),
            _begins(apart(_SHIPMENT.c.tracking_key), "bare"),
        ),
    )


def _phone_tail() -> Any:
    phones = (_begins(ORDERS.c.phone_tail, "tail"), ORDERS.c.phone_tail != "")
    newest = (ORDERS.c.created.desc(), ORDERS.c.pk.desc())
    return select(ORDERS.c.pk, ORDERS.c.created).where(*phones).order_by(*newest).limit(bindparam("limit"))


def _tracking_ending() -> Any:
    key = _SHIPMENT.c.tracking_key
    # Written out as the index has it: with a parameter it would be another expression.
    last = func.substr(key, literal_column(f"-{_LAST}"))
    return (
        select(ORDERS.c.pk, ORDERS.c.created, _SHIPMENT.c.tracking)
        .select_from(_with_order(_SHIPMENT))
        .where(
            last == bindparam("last"),
            key != literal_column("''"),
            func.substr(key, bindparam("length")) == bindparam("ending"),
        )
        .order_by(ORDERS.c.created.desc(), ORDERS.c.pk.desc())
        .limit(bindparam("limit"))
    )


_EXACT: Final = _exact()
_ID_BEGINNING: Final = _id_beginning()
_CODE_BEGINNING: Final = _code_beginning()
_PHONE_TAIL: Final = _phone_tail()
_TRACKING_ENDING: Final = _tracking_ending()
_PLACED: Final = select(ORDERS.c.created, ORDERS.c.pk).where(
    ORDERS.c.pk.in_(bindparam("pks", type_=BigInteger, expanding=True))
)

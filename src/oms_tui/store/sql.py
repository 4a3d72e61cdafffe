"""Small pieces of SQL that the reads share: beginnings of text, and columns kept from the index planner."""

from typing import Any

from sqlalchemy import ColumnElement, Select, UnaryExpression, and_, func, select
from sqlalchemy.sql.operators import custom_op

_PLUS = custom_op[Any]("+")
_LAST_POINT = 0x10FFFF


def apart(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The same value, which SQLite does not look up in an index (it takes `+column` for an expression).

    The reads choose their index themselves; without statistics the planner would choose by the order of the
    conditions.
    """
    return UnaryExpression(column, operator=_PLUS, type_=column.type)


def begins(column: ColumnElement[Any], beginning: str) -> ColumnElement[bool]:
    """The condition that a text begins so, as bounds that an index can use. Nothing in it is a wildcard."""
    past = successor(beginning)
    return column >= beginning if past is None else and_(column >= beginning, column < past)


def successor(beginning: str) -> str | None:
    """The first text after all that begin so, as SQLite and UTF-8 order text; None where none comes after."""
    for end in range(len(beginning) - 1, -1, -1):
        point = ord(beginning[end])
        if point < _LAST_POINT:
            # Surrogates are no text: the character after U+D7FF is U+E000.
            return beginning[:end] + chr(0xE000 if point == 0xD7FF else point + 1)
    return None


def distinct_values(column: ColumnElement[Any]) -> Select[Any]:
    """The values of a column that an index begins with: a few steps through the index, not all of it."""
    found = select(func.min(column).label("value")).cte("found", recursive=True)
    following = select(func.min(column)).where(column > found.c.value).scalar_subquery()
    found = found.union_all(select(following).where(found.c.value.is_not(None)))
    return select(found.c.value).where(found.c.value.is_not(None))

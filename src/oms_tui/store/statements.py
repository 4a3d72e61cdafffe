"""Statements made once per table and kept as text, so that many rows and single orders cost little.

They are built by SQLAlchemy and given to the driver with plain tuples: no values are ever put into the text.
Measured, an order of ten tables is read three times as quickly as with SQLAlchemy's own results.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import Connection, Executable, Select, bindparam, delete, func, insert, select, update
from sqlmodel import SQLModel

from oms_tui.store.tables import table

Values = tuple[Any, ...]
"""One row's values in the order of the table's columns."""
BATCH = 500
"""Orders read at once: below the number of variables that any SQLite takes."""
_ENCODE = msgspec.json.Encoder().encode
_updates: dict[tuple[type[SQLModel], tuple[str, ...], str], tuple[str, tuple[str, ...]]] = {}
_kept: dict[tuple[Select[Any], str], str] = {}
_texts: dict[tuple[Callable[[type[SQLModel]], Any], type[SQLModel], str], str] = {}


@cache
def columns(row: type[SQLModel]) -> tuple[str, ...]:
    """The names of a table's columns, in order."""
    return tuple(column.name for column in table(row).columns)


def insert_rows(conn: Connection, row: type[SQLModel], values: Sequence[Values]) -> None:
    """Insert whole rows, each with every column of the table in its order."""
    run_for_rows(conn, _insert, row, values)


def run_for_rows(
    conn: Connection,
    build: Callable[[type[SQLModel]], Executable],
    row: type[SQLModel],
    values: Sequence[Values],
) -> None:
    """Run a statement that `build` makes, once, for a table, with the parameters of each of some rows by
    position."""
    if values:
        _run_many(conn, _text(conn, build, row), values)


def update_row(
    conn: Connection, row: type[SQLModel], changed: Mapping[str, Any], whole: Mapping[str, Any]
) -> int:
    """Write the columns in `changed` of the row whose primary key stands in `whole`; how many rows it was."""
    text, names = _update(conn, row, tuple(sorted(changed)))
    given = {**whole, **changed}
    return _run_many(conn, text, [tuple([given[name] for name in names])])


def update_rows(conn: Connection, row: type[SQLModel], pairs: Iterable[tuple[Values, Values]]) -> None:
    """Write the columns in which rows of one key differ: each given whole, as it is stored and as it shall
    be.

    Raises:
        LookupError: One of them is not there.
    """
    alike: dict[tuple[int, ...], list[Values]] = {}
    for before, after in pairs:
        places = tuple([place for place, old in enumerate(before) if old != after[place]])
        if places:
            alike.setdefault(places, []).append(after)
    columns_of = columns(row)
    for places, rows in alike.items():
        text, names = _update(conn, row, tuple([columns_of[place] for place in places]))
        order = [columns_of.index(name) for name in names]
        written = _run_many(conn, text, [tuple([values[place] for place in order]) for values in rows])
        if written != len(rows):
            raise LookupError(f"{written} rows of {table(row).name} were written instead of {len(rows)}")


def delete_rows(conn: Connection, row: type[SQLModel], rows: Sequence[Values]) -> None:
    """Delete rows by their primary keys, each given whole."""
    if rows:
        key = [column.name for column in table(row).primary_key.columns]
        places = [columns(row).index(name) for name in key]
        run_for_rows(conn, _delete, row, [tuple([values[place] for place in places]) for values in rows])


def _update(conn: Connection, row: type[SQLModel], changed: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The text that writes these columns of a row by its key, and the columns of its parameters."""
    key = (row, changed, conn.dialect.name)
    if key not in _updates:
        part = table(row)
        is_it = [column == bindparam(f"is_{column.name}") for column in part.primary_key.columns]
        written = update(part).where(*is_it).values({name: bindparam(f"to_{name}") for name in changed})
        compiled = written.compile(dialect=conn.dialect)
        names = [name.partition("_")[2] for name in compiled.positiontup or ()]
        _updates[key] = str(compiled), tuple(names)
    return _updates[key]


def _run_many(conn: Connection, text: str, rows: Sequence[Values]) -> int:
    """Run a text with the parameters of each of some rows; how many rows it wrote in all."""
    cursor = conn.connection.cursor()
    try:
        cursor.executemany(text, rows)
        return int(cursor.rowcount)
    finally:
        cursor.close()


def rows_with(
    conn: Connection, build: Callable[[type[SQLModel]], Executable], row: type[SQLModel], *given: Any
) -> list[Any]:
    """The plain rows of a SELECT that `build` makes, once, for a table.

    `given` are its parameters by position.
    """
    cursor = conn.connection.cursor()
    try:
        cursor.execute(_text(conn, build, row), given)
        return list(cursor.fetchall())
    finally:
        cursor.close()


def rows_of(conn: Connection, statement: Select[Any], *given: Any) -> list[Any]:
    """The plain rows of a SELECT that a module keeps. `given` are its parameters by position.

    Raises:
        ValueError: It holds a value of its own, which its text alone would lose.
    """
    key = (statement, conn.dialect.name)
    if key not in _kept:
        compiled = statement.compile(dialect=conn.dialect)
        if any(value is not None for value in compiled.params.values()):
            raise ValueError(f"Every value must be a parameter: {compiled}")
        _kept[key] = str(compiled)
    cursor = conn.connection.cursor()
    try:
        cursor.execute(_kept[key], given)
        return list(cursor.fetchall())
    finally:
        cursor.close()


def rows_of_order(conn: Connection, row: type[SQLModel], pk: int) -> list[Any]:
    """The rows of one order in a part's table, in the order of its key."""
    return rows_with(conn, _of_order, row, pk)


def rows_of_orders(conn: Connection, row: type[SQLModel], pks: Sequence[int]) -> list[Any]:
    """The rows of up to `BATCH` orders in a part's table, in the order of its key: one SELECT for all."""
    return rows_with(conn, _of_orders, row, listed(pks))


def listed(numbers: Iterable[int]) -> str:
    """The parameter of `is_listed`: some numbers, however many."""
    return _ENCODE(list(numbers)).decode()


def is_listed(column: Any) -> Any:
    """The condition that a column is one of the numbers that are given with `listed`, as one parameter: a few
    are looked up much more quickly than among the places of `one_of_batch`."""
    many = func.json_each(bindparam("numbers")).table_valued("value")
    return column.in_(select(many.c.value))


def padded(pks: Sequence[int]) -> list[int | None]:
    """As many values as `one_of_batch` takes; what is missing is null, which equals nothing."""
    return [*pks, *[None] * (BATCH - len(pks))]


def one_of_batch(column: Any) -> Any:
    """The condition that a column is one of `BATCH` parameters: the text of such a SELECT stays the same."""
    return column.in_([bindparam(f"pk_{place}") for place in range(BATCH)])


def _text(conn: Connection, build: Callable[[type[SQLModel]], Any], row: type[SQLModel]) -> str:
    key = (build, row, conn.dialect.name)
    if key not in _texts:
        _texts[key] = str(build(row).compile(dialect=conn.dialect))
    return _texts[key]


def _insert(row: type[SQLModel]) -> Any:
    return insert(table(row))


def _delete(row: type[SQLModel]) -> Any:
    part = table(row)
    return delete(part).where(*[column == bindparam(column.name) for column in part.primary_key.columns])


def _of_order(row: type[SQLModel]) -> Any:
    part = table(row)
    return select(part).where(part.c.order_pk == bindparam("pk")).order_by(*part.primary_key.columns)


def _of_orders(row: type[SQLModel]) -> Any:
    part = table(row)
    return select(part).where(is_listed(part.c.order_pk)).order_by(*part.primary_key.columns)

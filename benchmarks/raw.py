"""The same questions in plain SQL on the standard library's driver: about the least a database can cost."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

SIX = (
    "SELECT * FROM orders WHERE id = ?",
    "SELECT * FROM order_line WHERE order_pk = ? ORDER BY number",
    "SELECT * FROM payment WHERE order_pk = ? ORDER BY number",
    "SELECT * FROM payment_operation WHERE order_pk = ? ORDER BY payment, number",
    "SELECT * FROM shipment WHERE order_pk = ? ORDER BY place",
    "SELECT * FROM note WHERE order_pk = ? ORDER BY number",
)
"""The tables in which nearly every order has rows."""


class Raw:
    """A plain connection that only reads, set as the program sets its own."""

    def __init__(self, path: Path) -> None:
        """Open the database."""
        self.connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self.connection.execute("PRAGMA cache_size = -8192")

    def rows(self, sql: str, *given: object) -> Sequence[tuple[object, ...]]:
        """Everything a question gives."""
        return self.connection.execute(sql, given).fetchall()

    def texts(self, sql: str, *given: object) -> list[str]:
        """The first column."""
        return [str(row[0]) for row in self.rows(sql, *given)]

    def number(self, sql: str, *given: object) -> int:
        """One whole number."""
        found = self.connection.execute(sql, given).fetchone()[0]
        return 0 if found is None else int(found)

    def order(self, order_id: str) -> int:
        """Read an order's rows with six questions; how many there were."""
        found = self.rows(SIX[0], order_id)
        pk = found[0][0]
        return len(found) + sum(len(self.rows(sql, pk)) for sql in SIX[1:])

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

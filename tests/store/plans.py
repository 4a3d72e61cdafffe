"""How SQLite goes about what is asked of it."""

from collections.abc import Callable

from sqlalchemy import Connection, event


def explained(conn: Connection, ask: Callable[[], object]) -> str:
    """SQLite's plans of every statement that `ask` runs, a step a line."""
    told: list[str] = []

    def explain(_conn: object, _cursor: object, statement: str, parameters: object, *_rest: object) -> None:
        driver = conn.connection.driver_connection
        assert driver is not None
        told.extend(row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", parameters))

    event.listen(conn, "before_cursor_execute", explain)
    try:
        ask()
    finally:
        event.remove(conn, "before_cursor_execute", explain)
    return "\n".join(told) + "\n"


def full_scans(plan: str) -> list[str]:
    """The steps of a plan that go through the whole of a table."""
    tables = ("orders", "order_line", "shipment", "payment", "payment_operation", "note", "return_order")
    return [step for step in plan.splitlines() if step in {f"SCAN {name}" for name in tables}]

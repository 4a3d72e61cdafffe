"""Settlement files of the payment provider, and what was reconciled."""

import sqlalchemy as sa
from alembic import op

from oms_tui.store.migrations.columns import (
    big,
    big_or_null,
    check,
    check_on_sqlite,
    key,
    number,
    number_or_null,
    refers,
    row_number,
    text,
)

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_APPEND_ONLY = ("settlement_file", "settlement_row", "settlement_covered", "settlement_mark")


def upgrade() -> None:
    """Make the tables, their triggers, and the index of operations by when money moved."""
    _file()
    _row()
    _covered()
    _finding()
    _mark()
    for table in _APPEND_ONLY:
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} BEGIN "
                f"SELECT RAISE(ABORT, '{table} is append-only: {action} is refused'); END"
            )
    op.create_index(
        "operation_moved",
        "payment_operation",
        ["at"],
        sqlite_where=sa.text("state = 'succeeded' AND (kind = 'capture' OR kind = 'refund')"),
    )


def _file() -> None:
    op.create_table(
        "settlement_file",
        row_number("pk"),
        *text("name", "digest", "person"),
        *big("taken", "since", "until"),
        *number("row_count", "rejected"),
        key("pk"),
        check("row_count", "row_count >= 1"),
        sa.UniqueConstraint("digest"),
    )


def _row() -> None:
    op.create_table(
        "settlement_row",
        *big("file"),
        *number("number", "line"),
        *text("reference", "reference_key", "kind"),
        *big("amount"),
        *text("currency"),
        *big("at", "fee"),
        key("file", "number"),
        check_on_sqlite(
            "whole", "typeof(amount) = 'integer' AND typeof(fee) = 'integer' AND typeof(at) = 'integer'"
        ),
        check(
            "kind",
            "kind = 'authorize' OR kind = 'capture' OR kind = 'void' OR kind = 'refund' OR "
            "kind = 'chargeback' OR kind = 'fee'",
        ),
        refers("file", "settlement_file.pk"),
        sqlite_with_rowid=False,
    )
    op.create_index("settlement_row_reference", "settlement_row", ["reference_key"])


def _covered() -> None:
    op.create_table(
        "settlement_covered",
        *big("file"),
        *text("currency", "method"),
        key("file", "currency", "method"),
        refers("file", "settlement_file.pk"),
        sqlite_with_rowid=False,
    )


def _finding() -> None:
    op.create_table(
        "settlement_finding",
        row_number("pk"),
        *big("file"),
        *number_or_null("row"),
        *big_or_null("order_pk"),
        *number_or_null("payment", "operation"),
        *text("verdict", "reason"),
        *big_or_null("ours"),
        *text("ours_currency", "state"),
        *number("standing", "version"),
        key("pk"),
        check(
            "verdict",
            "verdict = 'matched' OR verdict = 'missing_here' OR verdict = 'missing_there' OR "
            "verdict = 'different'",
        ),
        check_on_sqlite("whole", "typeof(ours) IN ('integer', 'null')"),
        refers("file", "settlement_file.pk"),
        refers("order_pk", "orders.pk", restrict=True),
    )
    op.create_index("settlement_finding_place", "settlement_finding", ["file", "standing", "pk"])
    op.create_index(
        "settlement_finding_row",
        "settlement_finding",
        ["file", "row"],
        unique=True,
        sqlite_where=sa.text("row IS NOT NULL"),
    )
    op.create_index(
        "settlement_finding_order",
        "settlement_finding",
        ["order_pk"],
        sqlite_where=sa.text("order_pk IS NOT NULL"),
    )
    op.create_index(
        "settlement_finding_open", "settlement_finding", ["standing"], sqlite_where=sa.text("standing < 3")
    )


def _mark() -> None:
    op.create_table(
        "settlement_mark",
        row_number("pk"),
        *big("finding", "at"),
        *text("how", "person"),
        *big_or_null("order_version"),
        *text("note"),
        key("pk"),
        check("how", "how = 'accepted' OR how = 'mended' OR how = 'reopened'"),
        refers("finding", "settlement_finding.pk"),
    )
    op.create_index("ix_settlement_mark_finding", "settlement_mark", ["finding"])

"""The desk itself: facts, people, commit keys, the audit chain."""

from alembic import op

from oms_tui.store.migrations.columns import (
    big,
    big_or_null,
    check,
    flag,
    key,
    number,
    number_or_null,
    octets,
    row_number,
    text,
)

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _meta()
    _commit_key()
    _person()
    _sign_in_failure()
    _audit_entry()
    _audit_detail()


def _meta() -> None:
    op.create_table(
        "meta",
        *text("key", "value"),
        key("key"),
    )


def _commit_key() -> None:
    op.create_table(
        "commit_key",
        *text("actor", "key"),
        *big("at"),
        *text("body", "answer"),
        key("actor", "key"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_commit_key_at", "commit_key", ["at"])


def _person() -> None:
    op.create_table(
        "person",
        *text("name_key", "name", "display_name", "roles", "password_hash"),
        *flag("is_disabled"),
        *big("created"),
        key("name_key"),
    )


def _sign_in_failure() -> None:
    op.create_table(
        "sign_in_failure",
        *text("scope"),
        *number("failures"),
        *big("last_at"),
        key("scope"),
    )


def _audit_entry() -> None:
    op.create_table(
        "audit_entry",
        row_number("seq"),
        *big("at"),
        *text("actor", "session", "origin", "action"),
        *big_or_null("order_pk"),
        *text("subject"),
        *number_or_null("version"),
        *text("key", "result", "detail_digest"),
        *octets("link"),
        key("seq"),
        check("link", "length(link) = 32"),
        check("seq", "seq >= 1"),
    )
    op.create_index("audit_order", "audit_entry", ["order_pk", "seq"])


def _audit_detail() -> None:
    op.create_table(
        "audit_detail",
        *big("seq"),
        *text("body"),
        key("seq"),
        sqlite_with_rowid=False,
    )

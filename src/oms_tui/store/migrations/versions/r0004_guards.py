"""Triggers that keep history as it was written: money rows, notes and the audit chain (invariants M7, A3)."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "payment_operation",
    "adjustment",
    "adjusted_part",
    "note",
    "credit_note",
    "credit_note_line",
    "audit_entry",
)


def upgrade() -> None:
    """Make the triggers."""
    for table in APPEND_ONLY:
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} BEGIN "
                f"SELECT RAISE(ABORT, '{table} is append-only: {action} is refused'); END"
            )
    op.execute(
        "CREATE TRIGGER audit_detail_no_update BEFORE UPDATE ON audit_detail "
        "WHEN NEW.body <> '' OR NEW.seq <> OLD.seq BEGIN "
        "SELECT RAISE(ABORT, 'audit_detail can only be erased'); END"
    )
    op.execute(
        "CREATE TRIGGER audit_detail_no_delete BEFORE DELETE ON audit_detail BEGIN "
        "SELECT RAISE(ABORT, 'audit_detail can only be erased'); END"
    )

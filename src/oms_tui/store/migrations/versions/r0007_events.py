"""What came from outside and could not be taken at once."""

import sqlalchemy as sa
from alembic import op

from oms_tui.store.migrations.columns import (
    big,
    big_or_null,
    check,
    flag,
    key,
    later_text,
    number,
    refers,
    text,
)

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of cases; events that were taken remember what they said."""
    op.add_column("event", later_text("digest"))
    op.create_table(
        "event_case",
        *text("id"),
        *big_or_null("order_pk"),
        *text("order_id", "kind"),
        *big("at", "received"),
        *text("state"),
        *flag("is_taken"),
        *text("reason", "digest", "body"),
        *big_or_null("until", "next_try"),
        *text("person", "note"),
        *number("version"),
        key("id"),
        check("state", "state = 'waiting' OR state = 'kept' OR state = 'problem' OR state = 'parked'"),
        check("next_try", "(state = 'waiting') = (next_try IS NOT NULL)"),
        check("is_taken", "is_taken = 0 OR order_pk IS NOT NULL"),
        refers("order_pk", "orders.pk", restrict=True),
    )
    op.create_index("event_case_order", "event_case", ["order_pk"])
    op.create_index(
        "event_case_due", "event_case", ["next_try"], sqlite_where=sa.text("next_try IS NOT NULL")
    )
    op.create_index(
        "event_case_unknown", "event_case", ["order_id"], sqlite_where=sa.text("order_pk IS NULL")
    )
    op.create_index("event_case_state", "event_case", ["state", "received", "id"])

"""What is asked of the payment provider: its key, how often it was sent, when it is looked at."""

import sqlalchemy as sa
from alembic import op

from oms_tui.store.migrations.columns import big_or_null, later_number, later_text

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_ANSWERED = (
    "UPDATE outbox_intent SET state = 'answered' WHERE kind IN ('capture', 'void', 'refund') AND EXISTS ("
    "SELECT 1 FROM payment_operation AS answer WHERE answer.order_pk = outbox_intent.order_pk "
    "AND answer.payment = outbox_intent.payment AND answer.answers = outbox_intent.operation "
    "AND answer.state IN ('succeeded', 'failed'))"
)
_KEY = "UPDATE outbox_intent SET key = lower(hex(randomblob(16)))"
_DUE = (
    "UPDATE outbox_intent SET next_try = CASE WHEN waits_for = '' THEN at ELSE until END "
    "WHERE state = 'requested' AND kind IN ('capture', 'void', 'refund')"
)


def upgrade() -> None:
    """Add the columns; what was asked for and has no answer is looked at from now on."""
    for column in (
        later_text("key"),
        later_number("tries"),
        *big_or_null("next_try", "left_at"),
        later_text("error"),
    ):
        op.add_column("outbox_intent", column)
    for statement in (_ANSWERED, _KEY, _DUE):
        op.execute(statement)
    op.create_index(
        "intent_due", "outbox_intent", ["next_try", "pk"], sqlite_where=sa.text("next_try IS NOT NULL")
    )
    op.create_index("intent_key", "outbox_intent", ["key"], unique=True)

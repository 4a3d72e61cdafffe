"""When an authorization of an order lapses: for the queue of those about to.

The copies of orders with open tasks are made anew after every upgrade; no other order has anything to leave.
"""

import sqlalchemy as sa
from alembic import op

from oms_tui.store.migrations.columns import big_or_null

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and its index."""
    op.add_column("orders", big_or_null("lapses")[0])
    op.create_index("orders_lapses", "orders", ["lapses", "pk"], sqlite_where=sa.text("lapses IS NOT NULL"))

"""When the customer of an order asked to cancel: the queue of those who wait is sorted by it.

The copies of these orders are made anew after every upgrade.
"""

import sqlalchemy as sa
from alembic import op

from oms_tui.store.migrations.columns import big_or_null

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and its index."""
    op.add_column("orders", big_or_null("asked")[0])
    op.create_index("orders_asked", "orders", ["asked", "pk"], sqlite_where=sa.text("asked IS NOT NULL"))

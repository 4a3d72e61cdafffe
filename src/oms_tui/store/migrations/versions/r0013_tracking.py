"""The last characters of tracking numbers, by which a search finds their orders."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index(
        "shipment_ending",
        "shipment",
        [sa.text("substr(tracking_key, -4)")],
        sqlite_where=sa.text("tracking_key <> ''"),
    )

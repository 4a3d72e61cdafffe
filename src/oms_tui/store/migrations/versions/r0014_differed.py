"""An index of what differed or differs in settlement files, from which the list of files is counted."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index(
        "settlement_finding_differed",
        "settlement_finding",
        ["file", "standing", "row"],
        sqlite_where=sa.text("standing < 5"),
    )

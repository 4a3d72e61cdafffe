"""The payment status of an order with several payments: captured, or refunded, only where all of them are.

No table changes. The copies of these orders are made anew after every upgrade.
"""

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to do but to be newer: that makes the copies anew."""

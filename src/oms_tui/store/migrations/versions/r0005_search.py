"""The search index: the words of every order, and views of the words there are."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

CREATE = (
    "CREATE VIRTUAL TABLE order_search USING fts5("
    "words, content='', columnsize=0, detail=none, prefix='1 2 3 4 5 6', tokenize='ascii')",
    "CREATE VIRTUAL TABLE order_word USING fts5vocab('order_search', 'row')",
    "CREATE VIRTUAL TABLE order_entry USING fts5vocab('order_search', 'instance')",
)


def upgrade() -> None:
    """Make the index."""
    for statement in CREATE:
        op.execute(statement)

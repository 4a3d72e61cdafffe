"""Alembic's environment: run by Alembic itself, with the connection that `run` hands over."""

from alembic import context

from oms_tui.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()

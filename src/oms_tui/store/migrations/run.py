"""Running the migrations from the installed package, on a connection that holds the write lock."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def upgrade_to_head(connection: Connection) -> None:
    """Bring the schema to the newest revision inside the connection's own transaction."""
    command.upgrade(configuration(connection), "head")


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's settings: the scripts are found in this package, no file of settings is needed."""
    config = Config()
    config.set_main_option("script_location", "oms_tui.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config

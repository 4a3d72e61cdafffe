"""What the flow engine works with: locations, stock, document numbers, events, workers, when an order is due.

Stock begins as what the open lines of the orders hold: all of it reserved, nothing free.
"""

import sqlalchemy as sa
from alembic import op

from oms_tui.store.migrations.columns import (
    big,
    big_or_null,
    check,
    key,
    later_big,
    later_number,
    later_text,
    number,
    refers,
    text,
)

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_OF_THE_SAMPLE = {
    "BER-1": "DE",
    "MXP-1": "IT",
    "LDS-2": "GB",
    "EWR-1": "US",
    "ONT-3": "US",
    "GRU-1": "BR",
    "NRT-1": "JP",
    "ICN-1": "KR",
}
"""Where the locations of sample data lie; of others nothing is known but their codes."""
_LOCATIONS = (
    "INSERT INTO location (code, name, country, type) "
    "SELECT code, code, '', 'warehouse' FROM (SELECT DISTINCT location AS code FROM order_line "
    "UNION SELECT DISTINCT location FROM shipment) WHERE code <> ''"
)
_STORES = (
    "UPDATE location SET type = 'store', "
    "name = (SELECT name FROM channel WHERE channel.code = location.code), "
    "country = (SELECT country FROM channel WHERE channel.code = location.code) "
    "WHERE code IN (SELECT code FROM channel)"
)
_STOCK = (
    "INSERT INTO stock (sku_key, location, sku, on_hand, reserved) "
    "SELECT sku_key, location, min(sku), sum(quantity), sum(quantity) FROM order_line "
    "WHERE location <> '' "
    "AND status IN ('allocated', 'pending_ack', 'pending_confirm', 'confirmed', 'packed') "
    "GROUP BY sku_key, location"
)
_SAMPLE = (
    "UPDATE location SET country = :country WHERE code = :code AND country = '' "
    "AND EXISTS (SELECT 1 FROM meta WHERE key = 'kind' AND value = 'sample')"
)


def upgrade() -> None:
    """Make the tables and columns, and fill them from the orders that are here."""
    _location()
    _stock()
    _series()
    _event()
    _flow_worker()
    _flow_failure()
    _columns()
    _fill()


def _location() -> None:
    op.create_table(
        "location",
        *text("code", "name", "country", "type"),
        key("code"),
        check("type", "type = 'warehouse' OR type = 'store'"),
        sqlite_with_rowid=False,
    )


def _stock() -> None:
    op.create_table(
        "stock",
        *text("sku_key", "location", "sku"),
        *number("on_hand", "reserved"),
        key("sku_key", "location"),
        check("reserved", "0 <= reserved AND reserved <= on_hand"),
        refers("location", "location.code"),
        sqlite_with_rowid=False,
    )
    op.create_index("stock_location", "stock", ["location"])


def _series() -> None:
    op.create_table(
        "series",
        *text("entity", "kind"),
        *big("year"),
        *text("prefix"),
        *big("last"),
        key("entity", "kind", "year"),
        check("last", "last >= 1"),
        sqlite_with_rowid=False,
    )


def _event() -> None:
    op.create_table(
        "event",
        *text("id"),
        *big("order_pk"),
        *text("kind"),
        *big("at", "taken"),
        key("id"),
        refers("order_pk", "orders.pk", restrict=True),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_event_order_pk", "event", ["order_pk"])


def _flow_worker() -> None:
    op.create_table(
        "flow_worker",
        *text("name", "host"),
        *number("pid"),
        *big("started", "seen", "orders"),
        key("name"),
    )


def _flow_failure() -> None:
    op.create_table(
        "flow_failure",
        *big("order_pk", "at", "until"),
        *text("error"),
        key("order_pk"),
        refers("order_pk", "orders.pk", restrict=True),
    )


def _columns() -> None:
    op.add_column("orders", big_or_null("due")[0])
    op.add_column("orders", later_text("preferred_date"))
    op.create_index("orders_due", "orders", ["due", "pk"], sqlite_where=sa.text("due IS NOT NULL"))
    op.add_column("payment", later_text("card_country"))
    op.add_column("stock_move", later_text("kind", "freed"))
    op.add_column("outbox_message", later_number("tries"))
    op.add_column("outbox_message", later_big("next_try"))
    op.add_column("outbox_message", later_text("error"))
    op.create_index(
        "message_waiting",
        "outbox_message",
        ["next_try", "pk"],
        sqlite_where=sa.text("state = 'requested'"),
    )


def _fill() -> None:
    for statement in (_LOCATIONS, _STORES, _STOCK):
        op.execute(statement)
    for code, country in _OF_THE_SAMPLE.items():
        op.execute(sa.text(_SAMPLE).bindparams(code=code, country=country))

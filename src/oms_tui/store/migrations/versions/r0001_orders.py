"""Orders and their parts."""

import sqlalchemy as sa
from alembic import op

from oms_tui.store.migrations.columns import (
    big,
    big_or_null,
    check,
    check_on_sqlite,
    flag,
    key,
    number,
    number_or_null,
    refers,
    row_number,
    text,
    text_or_null,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _channel()
    _orders()
    _order_line()
    _charge()
    _shipment()
    _payment()
    _payment_operation()
    _hold()
    _adjustment()
    _adjusted_part()
    _note()


def _channel() -> None:
    op.create_table(
        "channel",
        *text(
            "code", "name", "type", "region", "country", "language", "currency", "time_zone", "selling_entity"
        ),
        *flag("ships_complete"),
        key("code"),
        check("type", "type = 'web' OR type = 'store' OR type = 'marketplace'"),
    )


def _orders() -> None:
    op.create_table(
        "orders",
        row_number("pk"),
        *text("id", "id_key"),
        *number("version"),
        *text("channel_code", "selling_entity", "currency"),
        *big("created", "touched"),
        *text("language", "method", "source"),
        *flag("is_carry_out", "is_forced"),
        *text(
            "customer_number",
            "customer_type",
            "customer_role",
            "first_name",
            "first_key",
            "last_name",
            "last_key",
            "email",
            "email_key",
            "phone",
            "phone_tail",
            "bill_to",
            "ship_to",
            "bill_country",
            "country",
            "region",
            "channel_type",
        ),
        *big("placed_minor", "total_minor"),
        *text("status"),
        *number("ahead", "pieces"),
        *text("payment_status", "holds"),
        *flag("has_undelivered"),
        *text("flow"),
        key("pk"),
        check_on_sqlite(
            "whole",
            (
                "typeof(placed_minor) = 'integer' AND typeof(total_minor) = 'integer' AND "
                "typeof(created) = 'integer' AND typeof(touched) = 'integer'"
            ),
        ),
        check(
            "status",
            (
                "status = 'pending_allocation' OR status = 'allocated' OR status = 'confirmed' "
                "OR status = 'packed' OR status = 'shipped' OR status = 'delivered' OR status = "
                "'undelivered' OR status = 'returned' OR status = 'cancelled'"
            ),
        ),
        check(
            "payment_status",
            (
                "payment_status = 'overcharged' OR payment_status = 'disputed' OR "
                "payment_status = 'unknown' OR payment_status = 'failed' OR payment_status = "
                "'refunded' OR payment_status = 'partly_refunded' OR payment_status = "
                "'captured' OR payment_status = 'partly_captured' OR payment_status = 'lapsed' "
                "OR payment_status = 'authorized' OR payment_status = 'voided' OR "
                "payment_status = 'pending' OR payment_status = 'not_known'"
            ),
        ),
        check("version", "version >= 1"),
        check("pieces", "0 <= ahead AND ahead <= pieces"),
        check("cancelled", "status <> 'cancelled' OR pieces = 0"),
        sa.UniqueConstraint("id"),
        refers("channel_code", "channel.code"),
    )
    op.create_index("ix_orders_id_key", "orders", ["id_key"])
    op.create_index(
        "orders_bill_country",
        "orders",
        ["bill_country", "created", "pk"],
        sqlite_where=sa.text("bill_country <> country"),
    )
    op.create_index("orders_channel", "orders", ["channel_code", "created", "pk"])
    op.create_index("orders_country", "orders", ["country", "created", "pk"])
    op.create_index("orders_created", "orders", ["created", "pk"])
    op.create_index(
        "orders_customer",
        "orders",
        ["customer_number", "created"],
        sqlite_where=sa.text("customer_number <> ''"),
    )
    op.create_index(
        "orders_email", "orders", ["email_key", "created"], sqlite_where=sa.text("email_key <> ''")
    )
    op.create_index("orders_method", "orders", ["method", "created", "pk"])
    op.create_index("orders_payment", "orders", ["payment_status", "created", "pk"])
    op.create_index(
        "orders_phone", "orders", ["phone_tail", "created"], sqlite_where=sa.text("phone_tail <> ''")
    )
    op.create_index("orders_status", "orders", ["status", "created", "pk"])
    op.create_index("orders_total", "orders", ["currency", "total_minor", "pk"])
    op.create_index("orders_touched", "orders", ["touched", "pk"])


def _order_line() -> None:
    op.create_table(
        "order_line",
        *big("order_pk"),
        *number("number"),
        *number_or_null("parent"),
        *text("sku", "sku_key", "upc", "name", "size", "category", "promo"),
        *number("quantity"),
        *text("status", "cause", "location"),
        *text_or_null("shipment"),
        *big("amount", "discount", "tax"),
        *number("tax_rate"),
        *flag("tax_included"),
        *big("reduction", "tax_reduction"),
        *flag("is_returnable"),
        *text("review_rule"),
        key("order_pk", "number"),
        check_on_sqlite(
            "whole",
            (
                "typeof(amount) = 'integer' AND typeof(discount) = 'integer' AND typeof(tax) = "
                "'integer' AND typeof(reduction) = 'integer' AND typeof(tax_reduction) = "
                "'integer'"
            ),
        ),
        check(
            "status",
            (
                "status = 'pending_allocation' OR status = 'allocated' OR status = "
                "'pending_ack' OR status = 'pending_confirm' OR status = 'confirmed' OR status "
                "= 'packed' OR status = 'shipped' OR status = 'delivered' OR status = "
                "'undelivered' OR status = 'returned' OR status = 'cancelled'"
            ),
        ),
        check("quantity", "quantity > 0"),
        check("cancelled", "(status = 'cancelled') = (cause = 'cancel')"),
        check("undelivered", "(status = 'undelivered') = (substr(cause, 1, 11) = 'undelivered')"),
        check("parent", "parent IS NULL OR parent <> number"),
        refers("order_pk", "orders.pk", restrict=True),
        sqlite_with_rowid=False,
    )


def _charge() -> None:
    op.create_table(
        "charge",
        *big("order_pk"),
        *number("number"),
        *text("kind", "code", "name"),
        *big("amount", "discount", "tax"),
        *number("tax_rate"),
        *flag("tax_included"),
        *big("reduction", "tax_reduction"),
        *flag("is_cancelled"),
        key("order_pk", "number"),
        check_on_sqlite(
            "whole",
            (
                "typeof(amount) = 'integer' AND typeof(discount) = 'integer' AND typeof(tax) = "
                "'integer' AND typeof(reduction) = 'integer' AND typeof(tax_reduction) = "
                "'integer'"
            ),
        ),
        check("kind", "kind = 'shipping' OR kind = 'gift_wrap' OR kind = 'other'"),
        refers("order_pk", "orders.pk", restrict=True),
        sqlite_with_rowid=False,
    )


def _shipment() -> None:
    op.create_table(
        "shipment",
        *big("order_pk"),
        *text("number"),
        *number("place"),
        *text("location", "method", "carrier", "tracking", "tracking_key"),
        *text_or_null("ship_to"),
        *flag("is_forced"),
        *text("invoice"),
        *big("planned_at"),
        *big_or_null("released_at", "packed_at", "shipped_at", "delivered_at"),
        key("order_pk", "number"),
        refers("order_pk", "orders.pk", restrict=True),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "shipment_tracking", "shipment", ["tracking_key"], sqlite_where=sa.text("tracking_key <> ''")
    )


def _payment() -> None:
    op.create_table(
        "payment",
        *big("order_pk"),
        *number("number"),
        *text("method", "card_type", "masked_card", "holder", "reference", "reference_key", "currency"),
        *big_or_null("expires_at", "lapsed_at"),
        key("order_pk", "number"),
        check(
            "method",
            (
                "method = 'store_credit' OR method = 'gift_card' OR method = 'card' OR method = "
                "'wallet' OR method = 'bank_transfer' OR method = 'cash' OR method = 'ledger'"
            ),
        ),
        refers("order_pk", "orders.pk", restrict=True),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "payment_reference", "payment", ["reference_key"], sqlite_where=sa.text("reference_key <> ''")
    )


def _payment_operation() -> None:
    op.create_table(
        "payment_operation",
        *big("order_pk"),
        *number("payment", "number"),
        *text("kind", "state"),
        *big("amount", "at"),
        *text("reference", "reference_key", "cause"),
        *text_or_null("shipment"),
        *number_or_null("answers"),
        key("order_pk", "payment", "number"),
        check_on_sqlite("whole", "typeof(amount) = 'integer' AND typeof(at) = 'integer'"),
        check(
            "kind",
            (
                "kind = 'authorize' OR kind = 'capture' OR kind = 'void' OR kind = 'refund' OR "
                "kind = 'imported'"
            ),
        ),
        check(
            "state", ("state = 'requested' OR state = 'succeeded' OR state = 'failed' OR state = 'unknown'")
        ),
        check("answers", "answers IS NULL OR answers < number"),
        refers("order_pk", "orders.pk", restrict=True),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "operation_reference",
        "payment_operation",
        ["reference_key"],
        sqlite_where=sa.text("reference_key <> ''"),
    )


def _hold() -> None:
    op.create_table(
        "hold",
        *big("order_pk"),
        *number("number"),
        *text("kind", "reason", "evidence"),
        *big("placed_at"),
        *text("placed_by"),
        *big_or_null("released_at"),
        *text("released_by"),
        key("order_pk", "number"),
        check(
            "kind",
            (
                "kind = 'fraud' OR kind = 'address' OR kind = 'approval' OR kind = 'payment' OR "
                "kind = 'dispute' OR kind = 'manual'"
            ),
        ),
        check("released", "(released_at IS NULL) = (released_by = '')"),
        refers("order_pk", "orders.pk", restrict=True),
        sqlite_with_rowid=False,
    )


def _adjustment() -> None:
    op.create_table(
        "adjustment",
        *big("order_pk"),
        *number("number"),
        *big("at"),
        *text("person", "reason", "note"),
        key("order_pk", "number"),
        refers("order_pk", "orders.pk", restrict=True),
        sqlite_with_rowid=False,
    )


def _adjusted_part() -> None:
    op.create_table(
        "adjusted_part",
        *big("order_pk"),
        *number("adjustment", "part"),
        *number_or_null("line", "charge"),
        *big("before", "after"),
        key("order_pk", "adjustment", "part"),
        check_on_sqlite("whole", "typeof(before) = 'integer' AND typeof(after) = 'integer'"),
        check("part", "(line IS NULL) <> (charge IS NULL)"),
        refers("order_pk", "orders.pk", restrict=True),
        sqlite_with_rowid=False,
    )


def _note() -> None:
    op.create_table(
        "note",
        *big("order_pk"),
        *number("number"),
        *big("at"),
        *text("person", "text"),
        *number_or_null("line"),
        *text_or_null("shipment"),
        key("order_pk", "number"),
        refers("order_pk", "orders.pk", restrict=True),
        sqlite_with_rowid=False,
    )

"""What stands around orders: returns, credit notes, copies for queues, claims, the outbox."""

from alembic import op

from oms_tui.store.migrations.columns import (
    big,
    big_or_null,
    check,
    check_on_sqlite,
    key,
    number,
    number_or_null,
    refers,
    row_number,
    text,
    text_or_null,
)

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _return_order()
    _return_line()
    _credit_note()
    _credit_note_line()
    _open_task()
    _order_tag()
    _counter()
    _claim()
    _opened()
    _stock_move()
    _outbox_message()
    _outbox_intent()


def _return_order() -> None:
    op.create_table(
        "return_order",
        *text("id"),
        *big("order_pk", "created", "touched"),
        *text("return_point"),
        *text_or_null("return_point_type"),
        *text("tracking", "tracking_key"),
        *big_or_null("closed_at"),
        *text("currency", "status"),
        *big("refund_minor"),
        *text("flow"),
        *number("version"),
        key("id"),
        check_on_sqlite(
            "whole",
            (
                "typeof(refund_minor) = 'integer' AND typeof(created) = 'integer' AND "
                "typeof(touched) = 'integer'"
            ),
        ),
        check(
            "status",
            (
                "status = 'created' OR status = 'shipped' OR status = 'delivered' OR status = "
                "'pending_review' OR status = 'accepted' OR status = 'rejected' OR status = "
                "'refunded' OR status = 'completed' OR status = 'cancelled' OR status = "
                "'expired'"
            ),
        ),
        check("version", "version >= 1"),
        refers("order_pk", "orders.pk", restrict=True),
    )
    op.create_index("ix_return_order_order_pk", "return_order", ["order_pk"])
    op.create_index("ix_return_order_tracking_key", "return_order", ["tracking_key"])
    op.create_index("return_status", "return_order", ["status", "created"])
    op.create_index("return_touched", "return_order", ["touched"])


def _return_line() -> None:
    op.create_table(
        "return_line",
        *text("return_id"),
        *number("number", "order_line"),
        *text("sku", "name"),
        *number("quantity"),
        *text("reason"),
        *text_or_null("review_rule"),
        *text("rule_name", "condition", "status"),
        *big("refund"),
        *text("captured_status", "refund_status", "credit_note_status", "credit_note"),
        key("return_id", "number"),
        check_on_sqlite("whole", "typeof(refund) = 'integer'"),
        check(
            "status",
            (
                "status = 'created' OR status = 'shipped' OR status = 'delivered' OR status = "
                "'pending_review' OR status = 'accepted' OR status = 'rejected' OR status = "
                "'refunded' OR status = 'completed' OR status = 'cancelled' OR status = "
                "'expired'"
            ),
        ),
        check(
            "refund_status",
            (
                "refund_status = 'review_pending' OR refund_status = 'requested' OR "
                "refund_status = 'unknown' OR refund_status = 'failed' OR refund_status = "
                "'refunded' OR refund_status = 'refused' OR refund_status = 'not_known'"
            ),
        ),
        check(
            "credit_note_status",
            (
                "credit_note_status = 'pending' OR credit_note_status = 'issued' OR "
                "credit_note_status = 'none'"
            ),
        ),
        check("quantity", "quantity > 0"),
        refers("return_id", "return_order.id"),
        sqlite_with_rowid=False,
    )


def _credit_note() -> None:
    op.create_table(
        "credit_note",
        *text("number"),
        *big("at"),
        *text("currency", "customer_number", "country", "source"),
        key("number"),
    )
    op.create_index("ix_credit_note_customer_number", "credit_note", ["customer_number"])


def _credit_note_line() -> None:
    op.create_table(
        "credit_note_line",
        *text("credit_note"),
        *number("number"),
        *text("code", "name"),
        *number("quantity"),
        *big("amount"),
        *text_or_null("order_id", "return_id"),
        key("credit_note", "number"),
        check_on_sqlite("whole", "typeof(amount) = 'integer'"),
        refers("credit_note", "credit_note.number"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_credit_note_line_order_id", "credit_note_line", ["order_id"])


def _open_task() -> None:
    op.create_table(
        "open_task",
        *big("order_pk"),
        *text("shipment", "task", "state"),
        *big_or_null("next_run"),
        key("order_pk", "shipment", "task"),
        refers("order_pk", "orders.pk", restrict=True),
        sqlite_with_rowid=False,
    )
    op.create_index("open_task_due", "open_task", ["next_run"])


def _order_tag() -> None:
    op.create_table(
        "order_tag",
        *text("tag"),
        *big("created", "order_pk"),
        key("tag", "created", "order_pk"),
        refers("order_pk", "orders.pk", restrict=True),
        sqlite_with_rowid=False,
    )


def _counter() -> None:
    op.create_table(
        "counter",
        *text("name"),
        *big("value"),
        key("name"),
        sqlite_with_rowid=False,
    )


def _claim() -> None:
    op.create_table(
        "claim",
        *big("order_pk"),
        *text("person"),
        *big("since", "until"),
        key("order_pk"),
        check("until", "until >= since"),
        refers("order_pk", "orders.pk", restrict=True),
    )
    op.create_index("claim_person", "claim", ["person", "since"])
    op.create_index("claim_until", "claim", ["until"])


def _opened() -> None:
    op.create_table(
        "opened",
        *text("person"),
        *big("order_pk", "at"),
        key("person", "order_pk"),
        refers("order_pk", "orders.pk", restrict=True),
    )
    op.create_index("opened_person", "opened", ["person", "at"])


def _stock_move() -> None:
    op.create_table(
        "stock_move",
        row_number("pk"),
        *big("order_pk", "at"),
        *text("location", "sku"),
        *number("quantity"),
        key("pk"),
        refers("order_pk", "orders.pk", restrict=True),
    )
    op.create_index("ix_stock_move_order_pk", "stock_move", ["order_pk"])


def _outbox_message() -> None:
    op.create_table(
        "outbox_message",
        row_number("pk"),
        *big("order_pk", "at"),
        *text("state", "audience", "recipient", "template", "language", "text"),
        key("pk"),
        refers("order_pk", "orders.pk", restrict=True),
    )
    op.create_index("ix_outbox_message_order_pk", "outbox_message", ["order_pk"])


def _outbox_intent() -> None:
    op.create_table(
        "outbox_intent",
        row_number("pk"),
        *big("order_pk", "at"),
        *text("state", "kind"),
        *number_or_null("payment", "operation"),
        *text_or_null("shipment"),
        *big_or_null("amount"),
        *text_or_null("currency"),
        *text("lines", "waits_for"),
        *big_or_null("until"),
        key("pk"),
        check_on_sqlite("whole", "typeof(amount) IN ('integer', 'null')"),
        check("amount", "(amount IS NULL) = (currency IS NULL)"),
        refers("order_pk", "orders.pk", restrict=True),
    )
    op.create_index("ix_outbox_intent_order_pk", "outbox_intent", ["order_pk"])

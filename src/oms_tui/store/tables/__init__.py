"""The SQLModel tables: the schema, and Alembic's source (architecture 5)."""

from sqlalchemy import MetaData, Table
from sqlmodel import SQLModel

from oms_tui.store.tables.beside import ClaimRow, IntentRow, MessageRow, OpenedRow, StockMoveRow
from oms_tui.store.tables.desk import (
    AuditDetailRow,
    AuditRow,
    CommitKeyRow,
    MetaRow,
    PersonRow,
    SignInFailureRow,
)
from oms_tui.store.tables.documents import DocumentRow, LogoRow, PaperRow, PrintRow
from oms_tui.store.tables.events import EventCaseRow, EventRow
from oms_tui.store.tables.flows import (
    FlowFailureRow,
    LocationRow,
    SeriesRow,
    StockRow,
    WorkerRow,
)
from oms_tui.store.tables.index import CounterRow, OpenTaskRow, TagRow
from oms_tui.store.tables.orders import (
    AdjustedPartRow,
    AdjustmentRow,
    ChannelRow,
    ChargeRow,
    HoldRow,
    LineRow,
    NoteRow,
    OperationRow,
    OrderRow,
    PaymentRow,
    ShipmentRow,
)
from oms_tui.store.tables.returns import CreditNoteLineRow, CreditNoteRow, ReturnLineRow, ReturnRow
from oms_tui.store.tables.settlements import (
    SettlementCoveredRow,
    SettlementFileRow,
    SettlementFindingRow,
    SettlementMarkRow,
    SettlementRowRow,
)

METADATA: MetaData = SQLModel.metadata
"""Every table of the schema."""

APPEND_ONLY: tuple[str, ...] = (
    "payment_operation",
    "adjustment",
    "adjusted_part",
    "note",
    "credit_note",
    "credit_note_line",
    "audit_entry",
    "settlement_file",
    "settlement_row",
    "settlement_covered",
    "settlement_mark",
    "document",
    "document_paper",
    "document_logo",
    "document_print",
)
"""Tables on which UPDATE and DELETE fail in the database itself (M7, A3). `audit_detail` is only erased."""


def table(row: type[SQLModel]) -> Table:
    """The table behind a row class, for Core."""
    return METADATA.tables[str(row.__tablename__)]


__all__ = [
    "APPEND_ONLY",
    "METADATA",
    "AdjustedPartRow",
    "AdjustmentRow",
    "AuditDetailRow",
    "AuditRow",
    "ChannelRow",
    "ChargeRow",
    "ClaimRow",
    "CommitKeyRow",
    "CounterRow",
    "CreditNoteLineRow",
    "CreditNoteRow",
    "DocumentRow",
    "EventCaseRow",
    "EventRow",
    "FlowFailureRow",
    "HoldRow",
    "IntentRow",
    "LineRow",
    "LocationRow",
    "LogoRow",
    "MessageRow",
    "MetaRow",
    "NoteRow",
    "OpenTaskRow",
    "OpenedRow",
    "OperationRow",
    "OrderRow",
    "PaperRow",
    "PaymentRow",
    "PersonRow",
    "PrintRow",
    "ReturnLineRow",
    "ReturnRow",
    "SeriesRow",
    "SettlementCoveredRow",
    "SettlementFileRow",
    "SettlementFindingRow",
    "SettlementMarkRow",
    "SettlementRowRow",
    "ShipmentRow",
    "SignInFailureRow",
    "StockMoveRow",
    "StockRow",
    "TagRow",
    "WorkerRow",
    "table",
]

"""An order's documents as rows and back, exactly both ways."""

from collections.abc import Sequence
from typing import Any

from oms_tui.clock import from_micros, to_micros
from oms_tui.domain.documents import DocumentKind, DocumentPart, IssuedDocument
from oms_tui.domain.money import Money
from oms_tui.store.packing import pack_rows, unpack_rows
from oms_tui.store.statements import Values

_KIND = {member.value: member for member in DocumentKind}


def document_values(pk: int, place: int, document: IssuedDocument) -> Values:
    """A document's row; `place` is its place among the order's."""
    parts = [(x.line, x.charge, x.quantity, x.amount.minor, x.tax.minor) for x in document.parts]
    return (
        pk,
        place,
        document.kind.value,
        document.number,
        to_micros(document.at),
        document.entity,
        document.shipment,
        document.total.minor,
        pack_rows(parts),
        pack_rows(document.operations),
        document.refers_to,
        document.reason,
        document.is_imported,
    )


def document_of(row: Sequence[Any], currency: str) -> IssuedDocument:
    """The document of a row."""
    _pk, _place, kind, number, at, entity, shipment, total, parts, operations = row[:10]
    refers_to, reason, is_imported = row[10:]
    return IssuedDocument(
        kind=_KIND[kind],
        number=number,
        at=from_micros(at),
        entity=entity,
        shipment=shipment,
        total=Money(total, currency),
        parts=tuple(
            [
                DocumentPart(
                    line=line,
                    charge=charge,
                    quantity=quantity,
                    amount=Money(amount, currency),
                    tax=Money(tax, currency),
                )
                for line, charge, quantity, amount, tax in unpack_rows(parts)
            ]
        ),
        operations=tuple([(payment, operation) for payment, operation in unpack_rows(operations)]),
        refers_to=refers_to,
        reason=reason,
        is_imported=bool(is_imported),
    )

"""An order's parts as rows and back, exactly both ways, each value in its table's column order."""

from collections.abc import Sequence
from typing import Any

from oms_tui.clock import from_micros, to_micros
from oms_tui.domain.filter.keys import bare_key, code_key
from oms_tui.domain.money import Money
from oms_tui.domain.order import (
    AdjustedPart,
    Adjustment,
    Channel,
    Charge,
    Hold,
    Line,
    Note,
    Operation,
    Payment,
    Shipment,
)
from oms_tui.domain.status import (
    Cause,
    ChannelType,
    ChargeKind,
    HoldKind,
    LineStatus,
    OperationKind,
    OperationState,
    OutcomeOption,
    PaymentMethod,
)
from oms_tui.store.packing import micros_or_none, moment_or_none, pack_address, unpack_address
from oms_tui.store.statements import Values

Row = Sequence[Any]

# By value: a dictionary is several times quicker than calling the enum.
_CAUSE = {member.value: member for member in Cause}
_CHARGE_KIND = {member.value: member for member in ChargeKind}
_HOLD_KIND = {member.value: member for member in HoldKind}
_LINE_STATUS = {member.value: member for member in LineStatus}
_METHOD = {member.value: member for member in PaymentMethod}
_OPERATION_KIND = {member.value: member for member in OperationKind}
_OPERATION_STATE = {member.value: member for member in OperationState}
_RULE = {member.value: member for member in OutcomeOption}


def channel_values(channel: Channel) -> Values:
    """A channel's row."""
    return (
        channel.code,
        channel.name,
        channel.type.value,
        channel.region,
        channel.country,
        channel.language,
        channel.currency,
        channel.time_zone,
        channel.selling_entity,
        channel.ships_complete,
    )


def channel_of(row: Row) -> Channel:
    """The channel of a row."""
    code, name, kind, region, country, language, currency, zone, entity, ships_complete = row
    return Channel(
        code=code,
        name=name,
        type=ChannelType(kind),
        region=region,
        country=country,
        language=language,
        currency=currency,
        time_zone=zone,
        selling_entity=entity,
        ships_complete=bool(ships_complete),
    )


def line_values(pk: int, line: Line) -> Values:
    """A line's row."""
    return (
        pk,
        line.number,
        line.parent,
        line.sku,
        code_key(line.sku),
        line.upc,
        line.name,
        line.size,
        line.category,
        line.promo,
        line.quantity,
        line.status.value,
        line.cause.value,
        line.location,
        line.shipment,
        line.amount.minor,
        line.discount.minor,
        line.tax.minor,
        line.tax_rate,
        line.tax_included,
        line.reduction.minor,
        line.tax_reduction.minor,
        line.is_returnable,
        line.review_rule.value,
    )


def line_of(row: Row, currency: str) -> Line:
    """The line of a row."""
    _pk, number, parent, sku, _key, upc, name, size, category, promo, quantity, status, cause = row[:13]
    location, shipment, amount, discount, tax, tax_rate, tax_included, reduction, tax_reduction = row[13:22]
    return Line(
        number=number,
        parent=parent,
        sku=sku,
        upc=upc,
        name=name,
        size=size,
        category=category,
        promo=promo,
        quantity=quantity,
        status=_LINE_STATUS[status],
        cause=_CAUSE[cause],
        location=location,
        shipment=shipment,
        amount=Money(amount, currency),
        discount=Money(discount, currency),
        tax=Money(tax, currency),
        tax_rate=tax_rate,
        tax_included=bool(tax_included),
        reduction=Money(reduction, currency),
        tax_reduction=Money(tax_reduction, currency),
        is_returnable=bool(row[22]),
        review_rule=_RULE[row[23]],
    )


def charge_values(pk: int, charge: Charge) -> Values:
    """A charge's row."""
    return (
        pk,
        charge.number,
        charge.kind.value,
        charge.code,
        charge.name,
        charge.amount.minor,
        charge.discount.minor,
        charge.tax.minor,
        charge.tax_rate,
        charge.tax_included,
        charge.reduction.minor,
        charge.tax_reduction.minor,
        charge.is_cancelled,
    )


def charge_of(row: Row, currency: str) -> Charge:
    """The charge of a row."""
    _pk, number, kind, code, name, amount, discount, tax, rate, included, reduction, tax_reduction, over = row
    return Charge(
        number=number,
        kind=_CHARGE_KIND[kind],
        code=code,
        name=name,
        amount=Money(amount, currency),
        discount=Money(discount, currency),
        tax=Money(tax, currency),
        tax_rate=rate,
        tax_included=bool(included),
        reduction=Money(reduction, currency),
        tax_reduction=Money(tax_reduction, currency),
        is_cancelled=bool(over),
    )


def shipment_values(pk: int, place: int, shipment: Shipment) -> Values:
    """A shipment's row; `place` is its place among the order's."""
    return (
        pk,
        shipment.number,
        place,
        shipment.location,
        shipment.method,
        shipment.carrier,
        shipment.tracking,
        bare_key(shipment.tracking),
        None if shipment.ship_to is None else pack_address(shipment.ship_to),
        shipment.is_forced,
        shipment.invoice,
        to_micros(shipment.planned_at),
        micros_or_none(shipment.released_at),
        micros_or_none(shipment.packed_at),
        micros_or_none(shipment.shipped_at),
        micros_or_none(shipment.delivered_at),
    )


def shipment_of(row: Row) -> Shipment:
    """The shipment of a row."""
    _pk, number, _place, location, method, carrier, tracking, _key, ship_to, forced, invoice = row[:11]
    planned, released, packed, shipped, delivered = row[11:]
    return Shipment(
        number=number,
        location=location,
        method=method,
        carrier=carrier,
        tracking=tracking,
        ship_to=None if ship_to is None else unpack_address(ship_to),
        is_forced=bool(forced),
        invoice=invoice,
        planned_at=from_micros(planned),
        released_at=moment_or_none(released),
        packed_at=moment_or_none(packed),
        shipped_at=moment_or_none(shipped),
        delivered_at=moment_or_none(delivered),
    )


def payment_values(pk: int, payment: Payment) -> Values:
    """A payment's row, without its operations."""
    return (
        pk,
        payment.number,
        payment.method.value,
        payment.card_type,
        payment.masked_card,
        payment.holder,
        payment.reference,
        code_key(payment.reference),
        payment.currency,
        micros_or_none(payment.expires_at),
        micros_or_none(payment.lapsed_at),
        payment.card_country,
    )


def payment_of(row: Row, operations: tuple[Operation, ...]) -> Payment:
    """The payment of a row, with its operations."""
    _pk, number, method, card_type, masked, holder, reference, _key, currency = row[:9]
    expires, lapsed, card_country = row[9:]
    return Payment(
        number=number,
        method=_METHOD[method],
        card_type=card_type,
        masked_card=masked,
        card_country=card_country,
        holder=holder,
        reference=reference,
        currency=currency,
        expires_at=moment_or_none(expires),
        lapsed_at=moment_or_none(lapsed),
        operations=operations,
    )


def operation_values(pk: int, payment: int, operation: Operation) -> Values:
    """An operation's row under its payment's number."""
    return (
        pk,
        payment,
        operation.number,
        operation.kind.value,
        operation.state.value,
        operation.amount.minor,
        to_micros(operation.at),
        operation.reference,
        code_key(operation.reference),
        operation.cause,
        operation.shipment,
        operation.answers,
    )


def operation_of(row: Row, currency: str) -> Operation:
    """The operation of a row."""
    _pk, _payment, number, kind, state, amount, at, reference, _key, cause, shipment, answers = row
    return Operation(
        number=number,
        kind=_OPERATION_KIND[kind],
        state=_OPERATION_STATE[state],
        amount=Money(amount, currency),
        at=from_micros(at),
        reference=reference,
        cause=cause,
        shipment=shipment,
        answers=answers,
    )


def hold_values(pk: int, hold: Hold) -> Values:
    """A hold's row."""
    return (
        pk,
        hold.number,
        hold.kind.value,
        hold.reason,
        hold.evidence,
        to_micros(hold.placed_at),
        hold.placed_by,
        micros_or_none(hold.released_at),
        hold.released_by,
    )


def hold_of(row: Row) -> Hold:
    """The hold of a row."""
    _pk, number, kind, reason, evidence, placed_at, placed_by, released_at, released_by = row
    return Hold(
        number=number,
        kind=_HOLD_KIND[kind],
        reason=reason,
        evidence=evidence,
        placed_at=from_micros(placed_at),
        placed_by=placed_by,
        released_at=moment_or_none(released_at),
        released_by=released_by,
    )


def adjustment_values(pk: int, adjustment: Adjustment) -> Values:
    """An adjustment's row, without its parts."""
    return (
        pk,
        adjustment.number,
        to_micros(adjustment.at),
        adjustment.person,
        adjustment.reason,
        adjustment.note,
    )


def adjustment_of(row: Row, parts: tuple[AdjustedPart, ...]) -> Adjustment:
    """The adjustment of a row, with its parts."""
    _pk, number, at, person, reason, note = row
    return Adjustment(number=number, at=from_micros(at), person=person, reason=reason, note=note, parts=parts)


def adjusted_part_values(pk: int, adjustment: int, place: int, part: AdjustedPart) -> Values:
    """The row of one part of an adjustment; `place` is its place in it."""
    return (pk, adjustment, place, part.line, part.charge, part.before.minor, part.after.minor)


def adjusted_part_of(row: Row, currency: str) -> AdjustedPart:
    """The part of a row."""
    _pk, _adjustment, _place, line, charge, before, after = row
    return AdjustedPart(
        line=line, charge=charge, before=Money(before, currency), after=Money(after, currency)
    )


def note_values(pk: int, note: Note) -> Values:
    """A note's row."""
    return (pk, note.number, to_micros(note.at), note.person, note.text, note.line, note.shipment)


def note_of(row: Row) -> Note:
    """The note of a row."""
    _pk, number, at, person, text, line, shipment = row
    return Note(number=number, at=from_micros(at), person=person, text=text, line=line, shipment=shipment)

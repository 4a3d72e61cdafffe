"""What stands on a document, as values: frozen when it is issued, so that its paper never says anything else
(spec 9).

Every figure is a document's own: rows sum to its total, taxes by rate to the tax of its rows.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from oms_tui.domain.books import accounts
from oms_tui.domain.documents import DocumentKind, DocumentPart, IssuedDocument
from oms_tui.domain.money import Money
from oms_tui.domain.operations import history_of, latest
from oms_tui.domain.order import Address, AdjustedPart, Charge, Line, Operation, Order, Payment
from oms_tui.domain.paper_words import charge_name_in, reason_in, reduction_in
from oms_tui.domain.status import OperationKind, OperationState
from oms_tui.domain.totals import current_tax, price


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """The selling entity as its papers name it."""

    name: str
    address: tuple[str, ...] = ()
    vat_id: str = ""
    footer: tuple[str, ...] = ()
    logo: str = ""
    """Digest of the image; "" = none."""
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRow:
    """One line or charge on a paper; all amounts are signed as the document's total."""

    code: str = ""
    name: str
    quantity: int
    amount: Money
    """Before discount, adjustment and tax that is not included."""
    discount: Money
    adjustment: Money
    tax: Money
    tax_rate: int
    """Parts per million."""
    tax_included: bool
    total: Money
    """What the customer owes for it."""
    is_charge: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperTax:
    """The tax of one rate over all rows."""

    rate: int
    """Parts per million."""
    is_included: bool
    net: Money
    tax: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperPayment:
    """Money that came in, or went back (below zero)."""

    at: datetime | None = None
    """None for what was paid beforehand for several shipments together."""
    method: str
    """A `PaymentMethod`."""
    card: str = ""
    """Type and masked number."""
    reference: str = ""
    amount: Money
    is_requested: bool = False
    """Whether it was only asked for when the paper was issued, and had not gone back yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """Everything that stands on a document."""

    kind: DocumentKind
    number: str
    at: datetime
    language: str
    """BCP 47 tag of the customer's language."""
    seller: Seller
    order_id: str
    ordered: datetime
    customer_number: str = ""
    bill_to: Address
    ship_to: Address | None = None
    shipment: str = ""
    refers_to: str = ""
    reason: str = ""
    rows: tuple[PaperRow, ...] = ()
    taxes: tuple[PaperTax, ...] = ()
    payments: tuple[PaperPayment, ...] = ()
    total: Money

    @property
    def subtotal(self) -> Money:
        """The rows of lines, before discounts and adjustments."""
        return self._sum(row.amount for row in self.rows if not row.is_charge)

    @property
    def charges(self) -> Money:
        """The rows of charges, before discounts and adjustments."""
        return self._sum(row.amount for row in self.rows if row.is_charge)

    @property
    def discount(self) -> Money:
        """What all rows are discounted by."""
        return self._sum(row.discount for row in self.rows)

    @property
    def adjustment(self) -> Money:
        """What price adjustments took off all rows."""
        return self._sum(row.adjustment for row in self.rows)

    @property
    def tax_added(self) -> Money:
        """The tax that is not included in the amounts."""
        return self._sum(row.tax for row in self.rows if not row.tax_included)

    @property
    def paid(self) -> Money:
        """What was paid."""
        return self._sum(payment.amount for payment in self.payments if not payment.is_requested)

    def _sum(self, amounts: Iterable[Money]) -> Money:
        return Money(sum(amount.minor for amount in amounts), self.total.currency)


def paper_of(order: Order, document: IssuedDocument, seller: Seller) -> Paper:
    """What stands on a document of an order.

    Raises:
        ValueError: Its rows do not sum to its total: it must not be issued.
    """
    shipment = next((one for one in order.shipments if one.number == document.shipment), None)
    rows = tuple(_row(order, document, part) for part in document.parts)
    if document.parts and sum(row.total.minor for row in rows) != document.total.minor:
        raise ValueError(f"The rows of {document.kind.value} {document.number} are not its total.")
    return Paper(
        kind=document.kind,
        number=document.number,
        at=document.at,
        language=_language(order),
        seller=seller,
        order_id=order.id,
        ordered=order.created,
        customer_number=order.customer.number,
        bill_to=order.bill_to,
        ship_to=None if order.is_carry_out else (shipment and shipment.ship_to) or order.ship_to,
        shipment="" if shipment is None else shipment.number,
        refers_to=document.refers_to,
        reason=reason_in(_language(order), document.reason),
        rows=rows,
        taxes=_taxes(rows, order.currency),
        payments=_payments(order, document),
        total=document.total,
    )


def _row(order: Order, document: IssuedDocument, part: DocumentPart) -> PaperRow:
    """One part with the words of its line or charge. How its amount came about is told where the line is
    still what was billed; where it was split or cheaper since, the amount alone."""
    about = _about(order, part)
    nothing = Money(0, order.currency)
    is_line = isinstance(about, Line)
    tax_added = 0 if about is None or about.tax_included else part.tax.minor
    amount, discount, adjustment = part.amount - Money(tax_added, order.currency), nothing, nothing
    is_as_billed = about is not None and (price(about), current_tax(about)) == (part.amount, part.tax)
    if about is not None and is_as_billed and document.kind is DocumentKind.INVOICE:
        amount, discount, adjustment = about.amount, -about.discount, -about.reduction
    return PaperRow(
        code=about.sku if isinstance(about, Line) else "",
        name=_row_name(order, document, part, about),
        quantity=part.quantity,
        amount=amount,
        discount=discount,
        adjustment=adjustment,
        tax=part.tax,
        tax_rate=0 if about is None else about.tax_rate,
        tax_included=True if about is None else about.tax_included,
        total=part.amount,
        is_charge=not is_line and part.charge is not None,
    )


def _about(order: Order, part: DocumentPart) -> Line | Charge | None:
    found: Iterable[Line | Charge] = order.lines if part.line is not None else order.charges
    number = part.line if part.line is not None else part.charge
    return next((one for one in found if one.number == number), None)


def _language(order: Order) -> str:
    return order.language or order.channel.language


def _row_name(order: Order, document: IssuedDocument, part: DocumentPart, about: Line | Charge | None) -> str:
    """A credit note for lower prices says so: nothing came back."""
    name = _name(order, about, part)
    if document.kind not in (DocumentKind.CREDIT_NOTE, DocumentKind.REVERSAL):
        return name
    return reduction_in(_language(order), name, _adjusted(order, document, part))


def _adjusted(order: Order, document: IssuedDocument, part: DocumentPart) -> AdjustedPart | None:
    """What the adjustment that a credit note came with did to one of its parts; of a reversal that of the
    credit note which it takes back."""
    at = next((x.at for x in order.documents if x.number == document.refers_to), document.at)
    at = at if document.kind is DocumentKind.REVERSAL else document.at
    made = (one for entry in order.adjustments if entry.at == at for one in entry.parts)
    return next((one for one in made if (one.line, one.charge) == (part.line, part.charge)), None)


def _name(order: Order, about: Line | Charge | None, part: DocumentPart) -> str:
    if isinstance(about, Line):
        return " · ".join(text for text in (about.name or about.sku, about.size) if text)
    if about is not None:
        return charge_name_in(_language(order), about)
    return f"#{part.line if part.line is not None else part.charge}"


def _taxes(rows: Iterable[PaperRow], currency: str) -> tuple[PaperTax, ...]:
    """By rate, the highest first; rows without tax are those of rate 0."""
    sums: dict[tuple[int, bool], tuple[int, int]] = {}
    for row in rows:
        net, tax = sums.get((row.tax_rate, row.tax_included), (0, 0))
        key = (row.tax_rate, row.tax_included)
        sums[key] = (net + row.total.minor - row.tax.minor, tax + row.tax.minor)
    return tuple(
        PaperTax(rate=rate, is_included=included, net=Money(net, currency), tax=Money(tax, currency))
        for (rate, included), (net, tax) in sorted(sums.items(), reverse=True)
    )


def _payments(order: Order, document: IssuedDocument) -> tuple[PaperPayment, ...]:
    if document.kind is DocumentKind.INVOICE:
        return _paid_for(order, document)
    asked = set(document.operations)
    return tuple(
        _payment(payment, one)
        for payment in order.payments
        for one in latest(payment.operations)
        if any((payment.number, row.number) in asked for row in history_of(payment, one))
    )


def _paid_for(order: Order, document: IssuedDocument) -> tuple[PaperPayment, ...]:
    """What was captured for a position: by its name, and its share of what was paid beforehand; on a further
    invoice what the papers before it do not need."""
    where = document.shipment
    found = _captured_for(order, where)
    before = [one for one in order.documents[: order.documents.index(document)] if one.shipment == where]
    if where is None or not any(one.kind is DocumentKind.INVOICE for one in before):
        return found
    needed = sum(one.total.minor for one in before if one.kind is not DocumentKind.RECEIPT)
    needed += accounts(order)[where].given_back
    left: list[PaperPayment] = []
    for one in found:
        used = min(needed, one.amount.minor)
        needed -= used
        if used < one.amount.minor:
            left.append(replace(one, amount=Money(one.amount.minor - used, order.currency)))
    return tuple(left)


def _captured_for(order: Order, where: str | None) -> tuple[PaperPayment, ...]:
    own = [
        _payment(payment, one)
        for payment in order.payments
        for one in _captured(payment)
        if where is None or one.shipment == where
    ]
    if where is None:
        return tuple(own)
    books = accounts(order, first=where)
    share = books[where].prepaid if where in books else 0
    wide = next((x for x in order.payments if any(o.shipment is None for o in _captured(x))), None)
    if share and wide is not None:
        own.append(
            PaperPayment(method=wide.method.value, card=_card(wide), amount=Money(share, order.currency))
        )
    return tuple(own)


def _captured(payment: Payment) -> tuple[Operation, ...]:
    return tuple(
        one
        for one in latest(payment.operations)
        if one.kind in (OperationKind.CAPTURE, OperationKind.IMPORTED)
        and one.state is OperationState.SUCCEEDED
    )


def _payment(payment: Payment, operation: Operation) -> PaperPayment:
    amount = operation.amount
    return PaperPayment(
        at=operation.at,
        method=payment.method.value,
        card=_card(payment),
        reference=operation.reference,
        amount=-amount if operation.kind is OperationKind.REFUND else amount,
        is_requested=operation.state is not OperationState.SUCCEEDED,
    )


def _card(payment: Payment) -> str:
    return f"{payment.card_type} {payment.masked_card}".strip()

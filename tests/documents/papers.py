"""Papers for tests, and what a second program reads on them."""

import random
from dataclasses import replace
from typing import Any

import pypdfium2 as pdfium

from oms_tui.domain.issuing import with_invoice, with_receipt
from oms_tui.domain.money import Money
from oms_tui.domain.order import Address, Order
from oms_tui.domain.papers import Paper, Seller, paper_of
from oms_tui.domain.status import LineStatus, OperationKind
from oms_tui.domain.totals import order_total
from tests.build import NOON, card, charge, line, operation, order, shipment

SELLER = Seller(
    name="Lumen Home GmbH",
    address=("Lampenweg 3", "10115 Berlin"),
    vat_id="DE123456789",
    footer=("HRB 12345",),
    time_zone="Europe/Berlin",
)


def invoice(value: Order, seller: Seller = SELLER) -> Paper:
    """The paper of the invoice of S-1."""
    value = with_invoice(value, "S-1", "LHG-2026-000017", NOON)
    return paper_of(value, value.documents[-1], seller)


def receipt(value: Order, seller: Seller = SELLER) -> Paper:
    """The paper of a receipt."""
    value = with_receipt(value, "LHG-R-2026-000001", NOON)
    return paper_of(value, value.documents[-1], seller)


def sold(count: int = 2, currency: str = "EUR", **rest: Any) -> Order:
    """An order that is packed whole in S-1, paid by card."""
    lines = [
        line(number, LineStatus.PACKED, 1000 * number, currency=currency, shipment="S-1")
        for number in range(1, count + 1)
    ]
    value = order(*lines, **({"shipments": (shipment(packed_at=NOON),), "payments": ()} | rest))
    minor = order_total(value).minor
    captured = operation(2, OperationKind.CAPTURE, minor, shipment="S-1", currency=currency)
    paid = card(minor, captured, currency=currency)
    asked = replace(paid.operations[0], amount=Money(minor, currency))
    return replace(value, payments=(replace(paid, operations=(asked, captured)),))


def somewhere(name: str, **rest: Any) -> Address:
    """An address with that name on it."""
    return Address(recipient=name, street=("1",), city="X", country="DE", **rest)


def random_order(pick: random.Random) -> Order:
    """An order in any currency, with discounts, adjustments, taxes both ways and charges."""
    currency = pick.choice(["EUR", "USD", "JPY", "KWD", "GBP", "CHF"])

    def priced(minor: int) -> dict[str, Any]:
        discount = pick.randint(0, minor // 3)
        reduction = pick.choice([0, pick.randint(0, (minor - discount) // 2)])
        rate = pick.choice([0, 70_000, 72_500, 190_000])
        tax = (minor - discount) * rate // 1_000_000
        return {
            "currency": currency,
            "discount": Money(discount, currency),
            "reduction": Money(reduction, currency),
            "tax": Money(tax, currency),
            "tax_reduction": Money(pick.randint(0, tax) if reduction else 0, currency),
            "tax_rate": rate,
            "tax_included": included,
        }

    included = pick.random() < 0.6
    lines = []
    for number in range(1, pick.randint(1, 9) + 1):
        minor = pick.choice([pick.randint(1, 500), pick.randint(1, 10**7)])
        status = pick.choice([LineStatus.PACKED] * 5 + [LineStatus.CANCELLED])
        lines.append(
            line(number, status, minor, shipment="S-1", quantity=pick.randint(1, 9), **priced(minor))
        )
    fees = [charge(1, fee, **priced(fee)) for fee in [pick.randint(0, 2000)] if pick.random() < 0.7]
    language = pick.choice(["de", "en-GB", "fr", "it", "es", "ja", "nl"])
    return order(
        *lines,
        charges=tuple(fees),
        shipments=(shipment(packed_at=NOON, shipped_at=NOON),),
        payments=(),
        language=language,
    )


def text_of(content: bytes) -> str:
    """What a second program reads, page by page; blanks of every kind are one."""
    document = pdfium.PdfDocument(content)
    pages = [page.get_textpage().get_text_range() for page in document]
    return " ".join("\n".join(pages).replace("\N{NO-BREAK SPACE}", " ").split())


def pages_of(content: bytes) -> list[str]:
    """The text of each page."""
    document = pdfium.PdfDocument(content)
    return [" ".join(page.get_textpage().get_text_range().split()) for page in document]

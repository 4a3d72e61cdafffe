"""A paper in words: everything that is printed of it, in its customer's language."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from oms_tui.documents.figures import Figures, locale_of
from oms_tui.documents.labels import language_of, words_in
from oms_tui.domain.documents import DocumentKind
from oms_tui.domain.money import Money
from oms_tui.domain.order import Address
from oms_tui.domain.papers import Paper, PaperPayment, PaperRow

_REFERS = {DocumentKind.CREDIT_NOTE: "for_invoice", DocumentKind.REVERSAL: "reverses"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row as it is printed; amounts in minor units."""

    place: str
    name: str
    code: str
    quantity: str
    rate: str
    amount: int
    changes: tuple[tuple[str, int], ...]
    """Discount and price adjustment, where there are any."""

    @property
    def sum(self) -> int:
        """What it adds to the column."""
        return self.amount + sum(amount for _, amount in self.changes)


class Told:
    """A paper with its words and figures."""

    def __init__(self, paper: Paper, copy: int) -> None:
        """Tell a paper; `copy` is 0 for the original."""
        self.paper = paper
        self.language = language_of(paper.language)
        self._words = words_in(self.language)
        self._figures = Figures(locale_of(paper.language), ZoneInfo(paper.seller.time_zone))
        self.copy = self.word("copy") if copy else ""

    def word(self, name: str) -> str:
        """A word of the paper's own."""
        return self._words[name]

    def money(self, minor: int) -> str:
        """An amount in the paper's currency."""
        return self._figures.money(Money(minor, self.paper.total.currency))

    @property
    def title(self) -> str:
        """What it is."""
        return self.word(self.paper.kind.value)

    @property
    def is_receipt(self) -> bool:
        """Whether it confirms money rather than bills it."""
        return self.paper.kind is DocumentKind.RECEIPT

    @cached_property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What names the document: labels and values."""
        paper, figures = self.paper, self._figures
        found = [
            (self.word("number"), paper.number),
            (self.word("date"), figures.day(paper.at)),
            (self.word("order"), paper.order_id),
            (self.word("ordered"), figures.day(paper.ordered)),
            (self.word("customer"), paper.customer_number),
            (self.word("shipment"), paper.shipment),
            (self.word(_REFERS.get(paper.kind, "for_invoice")), paper.refers_to),
            (self.word("reason"), paper.reason),
        ]
        return tuple((label, value) for label, value in found if value)

    @cached_property
    def bill_to(self) -> tuple[str, ...]:
        """The lines of the address that pays."""
        return tuple(self._address(self.paper.bill_to))

    @cached_property
    def ship_to(self) -> tuple[str, ...]:
        """The lines of the address that gets the goods; none where there is none to tell."""
        address = self.paper.ship_to
        return () if address is None or self.is_receipt else tuple(self._address(address))

    def _address(self, address: Address) -> Iterator[str]:
        if (self.language, address.country) == ("ja", "JP"):  # from the large to the small, the name last
            yield f"〒{address.postal_code}" if address.postal_code else ""
            between = " " if f"{address.area}{address.city}".isascii() else ""
            yield between.join(text for text in (address.area, address.city) if text)
            yield from (*address.street, address.company, address.recipient)
            return
        yield address.company
        yield address.recipient
        yield from address.street
        place = f"{address.postal_code} {address.city}".strip()
        yield ", ".join(text for text in (place, address.area) if text)
        yield self._figures.locale.territories.get(address.country, address.country)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The rows."""
        return tuple(self._entry(place, row) for place, row in enumerate(self.paper.rows, 1))

    def _entry(self, place: int, row: PaperRow) -> Entry:
        changes = (
            (self.word("discount"), row.discount.minor),
            (self.word("adjustment"), row.adjustment.minor),
        )
        return Entry(
            place=str(place),
            name=row.name,
            code=row.code,
            quantity="" if row.is_charge else self._figures.count(row.quantity),
            rate=self._figures.rate(row.tax_rate),
            amount=row.amount.minor,
            changes=tuple(change for change in changes if change[1]),
        )

    @cached_property
    def sums(self) -> tuple[tuple[str, int], ...]:
        """What leads to the total, where anything does."""
        paper = self.paper
        found = [
            ("charges", paper.charges.minor),
            ("discount", paper.discount.minor),
            ("adjustment", paper.adjustment.minor),
            ("tax_added", paper.tax_added.minor),
        ]
        shown = [(self.word(name), minor) for name, minor in found if minor]
        return ((self.word("subtotal"), paper.subtotal.minor), *shown) if shown else ()

    @cached_property
    def included(self) -> int:
        """Tax that is in the total without having been added."""
        return sum(row.tax.minor for row in self.paper.rows if row.tax_included)

    @cached_property
    def taxes(self) -> tuple[tuple[str, int, int, int], ...]:
        """Rate, net, tax and gross."""
        return tuple(
            (self._figures.rate(x.rate), x.net.minor, x.tax.minor, x.net.minor + x.tax.minor)
            for x in self.paper.taxes
        )

    @cached_property
    def payments(self) -> tuple[tuple[str, str, int], ...]:
        """Day, what it was, amount."""
        return tuple((self._when(one), self._what(one), one.amount.minor) for one in self.paper.payments)

    def _when(self, payment: PaperPayment) -> str:
        return self._figures.short_day(payment.at) if payment.at else self.word("beforehand")

    def _what(self, payment: PaperPayment) -> str:
        asked = self.word("refund_requested") if payment.is_requested else ""
        texts = (asked, self._words.get(payment.method, payment.method), payment.card, payment.reference)
        return " · ".join(text for text in texts if text)

    @cached_property
    def balance(self) -> int | None:
        """What an invoice leaves to be paid; None on other documents, and where it was paid."""
        if self.paper.kind is not DocumentKind.INVOICE:
            return None
        return self.paper.total.minor - self.paper.paid.minor

    def texts(self) -> Iterator[str]:
        """Everything that is printed, for finding its fonts."""
        paper = self.paper
        yield from self._words.values()
        yield from (*self.bill_to, *self.ship_to, *(value for _, value in self.facts))
        yield from (paper.seller.name, *paper.seller.address, paper.seller.vat_id, *paper.seller.footer)
        for entry in self.entries:
            yield from (entry.name, entry.code, entry.quantity, entry.rate)
        yield from (what + when for when, what, _ in self.payments)
        yield from (rate for rate, *_ in self.taxes)
        yield self.money(1234567)
        yield self.money(-1234567)

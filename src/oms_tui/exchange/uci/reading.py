"""Reading a UCI Online Retail CSV: both column layouts, plain or gzipped, into columns of integers.

Half a million rows stay small this way: texts are kept once and named by number, everything else is an
integer in an
array.
"""

import csv
import gzip
import io
import re
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO, Final
from zoneinfo import ZoneInfo

from oms_tui.domain.money import MAX_MINOR, MoneyError, parse_amount

CURRENCY: Final = "GBP"
ZONE: Final = ZoneInfo("Europe/London")
"""Times in the files are local UK time without a zone."""
LAYOUTS: Final = (
    ("Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price", "Customer ID", "Country"),
    (
        "InvoiceNo",
        "StockCode",
        "Description",
        "Quantity",
        "InvoiceDate",
        "UnitPrice",
        "CustomerID",
        "Country",
    ),
)
ORDER_NUMBER: Final = re.compile(r"[0-9]{6}")
CREDIT_NUMBER: Final = re.compile(r"C[0-9]{6}")
LEDGER_NUMBER: Final = re.compile(r"A[0-9]{6}")
_MAX_QUANTITY: Final = 10_000_000
_MOST_DECIMALS: Final = 6
"""With more a price is not even counted in the sums, which are exact."""

WRITE_OFF = "stock write-off: negative quantity on an invoice that is no credit"
LEDGER = "ledger adjustment (A): no order"
BAD_DEBT = "bad debt (B): no order"
BEYOND = "amount is beyond all measure"
TOO_FINE = "price with more decimals than GBP has"
NO_PRICED_LINE = "invoice without any priced line"
STRANGE_NUMBER = "invoice number is neither 6 digits nor C or A and 6 digits"
NEGATIVE_PRICE = "price is negative"


class NotUci(ValueError):  # noqa: N818 - says what the file is
    """The file is not in either of the two layouts."""


Progress = Callable[[str, int, int], None]
"""Called with (phase, done, total): bytes while reading, orders while writing."""


class Texts:
    """Texts kept once, named by the order in which they first came."""

    def __init__(self) -> None:
        self._number: dict[str, int] = {}
        self.values: list[str] = []

    def number(self, text: str) -> int:
        """The number of a text, new or known."""
        number = self._number.get(text)
        if number is None:
            number = self._number[text] = len(self.values)
            self.values.append(text)
        return number

    def __len__(self) -> int:
        return len(self.values)


class Rows:
    """The rows that may become something, column by column; `rejected` has line number -> reason for the
    others."""

    def __init__(self) -> None:
        self.invoices, self.codes, self.names = Texts(), Texts(), Texts()
        self.customers, self.countries = Texts(), Texts()
        self.line, self.invoice, self.code, self.name = array("q"), array("q"), array("q"), array("q")
        self.quantity, self.price, self.time = array("q"), array("q"), array("q")
        self.customer, self.country = array("q"), array("q")
        self.rejected: dict[int, str] = {}
        self.read = 0
        self.sum_read: Decimal = Decimal(0)
        self.sum_rejected: Decimal = Decimal(0)
        self.header: tuple[str, ...] = ()

    def reject(self, index: int, reason: str) -> None:
        """Put a row that was kept among the rejects after all."""
        self.rejected[self.line[index]] = reason
        self.sum_rejected += Decimal(self.quantity[index] * self.price[index]).scaleb(-2)


@contextmanager
def open_text(path: Path) -> Iterator[tuple[IO[str], IO[bytes]]]:
    """A CSV as text, gzipped or not, beside the raw file whose position tells how far reading got."""
    with path.open("rb") as raw:
        is_gzip = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        binary = gzip.GzipFile(fileobj=raw) if is_gzip else raw
        with io.TextIOWrapper(binary, encoding="utf-8", newline="") as text:
            yield text, raw


def read_rows(path: Path, progress: Progress) -> Rows:
    """Read a whole file.

    Raises:
        NotUci: the header is neither layout, or the bytes are no text.
    """
    rows = Rows()
    size = path.stat().st_size
    with open_text(path) as (text, raw):
        reader = csv.reader(text)
        try:
            header = tuple(next(reader, ()))
        except (UnicodeDecodeError, OSError, EOFError, csv.Error) as error:
            raise NotUci(f"{path.name} is not a CSV text file: {error}") from error
        if header not in LAYOUTS:
            names = ", ".join(LAYOUTS[0])
            raise NotUci(f"{path.name} does not start with the columns of UCI Online Retail ({names}).")
        rows.header = header
        parse = _Parser(rows)
        try:
            for fields in reader:
                parse(reader.line_num, fields)
                if not rows.read & 0x3FFF:
                    progress("reading", raw.tell(), size)
        except (UnicodeDecodeError, OSError, EOFError, csv.Error) as error:
            raise NotUci(f"{path.name} breaks off after line {reader.line_num}: {error}") from error
    progress("reading", size, size)
    return rows


class _Parser:
    """Puts one row after another into `Rows`; prices and times come again and again and are read once."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._prices: dict[str, int | str] = {}
        self._times: dict[str, int] = {}

    def __call__(self, line: int, fields: list[str]) -> None:
        rows = self._rows
        rows.read += 1
        try:
            invoice, code, name, quantity_text, when, price_text, customer, country = fields
            quantity, price = int(quantity_text), self._price(price_text)
            time = self._times.get(when)
            if time is None:
                time = self._times[when] = _micros(when)
        except (ValueError, OverflowError, InvalidOperation) as error:
            rows.rejected[line] = f"cannot be read: {_reason(fields, error)}"
            return
        if abs(quantity) > _MAX_QUANTITY:
            rows.rejected[line] = "quantity is beyond all measure"
            return
        if price == BEYOND or (isinstance(price, int) and abs(price * quantity) > MAX_MINOR):
            rows.rejected[line] = BEYOND
            return
        exact = Decimal(price).scaleb(-2) if isinstance(price, int) else Decimal(price_text)
        amount = exact * quantity
        rows.sum_read += amount
        code = code.strip()
        refusal = price if isinstance(price, str) else _refusal(invoice, code, quantity, price)
        if refusal or isinstance(price, str):
            rows.rejected[line] = str(refusal)
            rows.sum_rejected += amount
            return
        rows.line.append(line)
        rows.invoice.append(rows.invoices.number(invoice))
        rows.code.append(rows.codes.number(code))
        rows.name.append(rows.names.number(name.strip()))
        rows.quantity.append(quantity)
        rows.price.append(price)
        rows.time.append(time)
        rows.customer.append(rows.customers.number(customer.strip()))
        rows.country.append(rows.countries.number(country.strip()))

    def _price(self, text: str) -> int | str:
        """Minor units, or the reason why not."""
        known = self._prices.get(text)
        if known is None:
            try:
                known = parse_amount(text, CURRENCY).minor
            except MoneyError:
                known = _why_not_price(Decimal(text))
                if not known:
                    raise
            self._prices[text] = known
        return known


def _why_not_price(price: Decimal) -> str:
    """Why a number is no price of ours; "" where it must not even be read."""
    if not price.is_finite():
        return ""
    if abs(price) > MAX_MINOR // 100:
        return BEYOND
    return TOO_FINE if -_MOST_DECIMALS <= int(price.as_tuple().exponent) < -2 else ""


def _reason(fields: list[str], error: Exception) -> str:
    if len(fields) != len(LAYOUTS[0]):
        return f"{len(fields)} columns where {len(LAYOUTS[0])} belong"
    return str(error) or type(error).__name__


def _refusal(invoice: str, code: str, quantity: int, price: int) -> str:
    """Why a row cannot be part of an order or a credit note by itself; "" if it can."""
    if LEDGER_NUMBER.fullmatch(invoice):
        return LEDGER
    if code.upper() == "B":
        return BAD_DEBT
    if ORDER_NUMBER.fullmatch(invoice):
        if quantity <= 0:
            return WRITE_OFF
        return NEGATIVE_PRICE if price < 0 else ""
    if CREDIT_NUMBER.fullmatch(invoice):
        return NEGATIVE_PRICE if price < 0 else ""
    return STRANGE_NUMBER


def _micros(text: str) -> int:
    """Local UK time to microseconds UTC; in the repeated hour of autumn the first one is meant."""
    local = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=ZONE)
    return int(local.timestamp()) * 1_000_000


def rejected_rows(path: Path, rejected: dict[int, str]) -> Iterator[tuple[int, str, list[str]]]:
    """Read the file once more for the rows that were rejected: (line number, reason, row as it stands)."""
    with open_text(path) as (text, _):
        reader = csv.reader(text)
        next(reader)
        for fields in reader:
            reason = rejected.get(reader.line_num)
            if reason is not None:
                yield reader.line_num, reason, fields

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
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO, Final

from oms_tui.domain.money import MAX_MINOR, MoneyError, parse_amount
from oms_tui.exchange.uci.dates import DateOrder, UnclearDates, has_slashes, micros, order_of

CURRENCY: Final = "GBP"
ENCODINGS: Final = ("utf-8-sig", "cp1252")
"""Tried one after the other: copies that went through a Windows spreadsheet are not in UTF-8."""
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
_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,18}")
_SHOWN: Final = 40
"""Characters of a value that a message shows."""
_DATE: Final = LAYOUTS[0].index("InvoiceDate")
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
        self.encoding = ENCODINGS[0]

    def reject(self, index: int, reason: str) -> None:
        """Put a row that was kept among the rejects after all."""
        self.rejected[self.line[index]] = reason
        self.sum_rejected += Decimal(self.quantity[index] * self.price[index]).scaleb(-2)


@contextmanager
def open_text(path: Path, encoding: str) -> Iterator[tuple[IO[str], IO[bytes]]]:
    """A CSV as text, gzipped or not, beside the raw file whose position tells how far reading got."""
    with path.open("rb") as raw:
        is_gzip = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        binary = gzip.GzipFile(fileobj=raw) if is_gzip else raw
        with io.TextIOWrapper(binary, encoding=encoding, newline="") as text:
            yield text, raw


def read_rows(path: Path, progress: Progress, dates: DateOrder | None = None) -> Rows:
    """Read a whole file.

    Args:
        path: the CSV, plain or gzipped.
        progress: told how far reading is.
        dates: what stands first in dates with slashes; None = as the file itself tells.

    Raises:
        NotUci: the header is neither layout, the bytes are no text, or its dates can be read in two ways.
    """
    for encoding in ENCODINGS:
        try:
            return _read_as(encoding, path, progress, dates)
        except UnicodeDecodeError:
            continue
    raise NotUci(f"{path.name} is no text: neither UTF-8 nor Windows-1252.")


def _read_as(encoding: str, path: Path, progress: Progress, dates: DateOrder | None) -> Rows:
    rows = Rows()
    rows.encoding = encoding
    size = path.stat().st_size
    with open_text(path, encoding) as (text, raw):
        reader = csv.reader(text)
        try:
            header = tuple(next(reader, ()))
        except (OSError, EOFError, csv.Error) as error:
            raise NotUci(f"{path.name} is not a CSV text file: {error}") from error
        if header not in LAYOUTS:
            names = ", ".join(LAYOUTS[0])
            raise NotUci(f"{path.name} does not start with the columns of UCI Online Retail ({names}).")
        rows.header = header
        parse = _Parser(rows, lambda: dates or order_of(_dates_of(path, encoding)))
        try:
            for fields in reader:
                parse(reader.line_num, fields)
                if not rows.read & 0x3FFF:
                    progress("reading", raw.tell(), size)
        except UnclearDates as error:
            raise NotUci(f"{path.name}: {error}") from error
        except (OSError, EOFError, csv.Error) as error:
            raise NotUci(f"{path.name} breaks off after line {reader.line_num}: {error}") from error
    progress("reading", size, size)
    return rows


def _dates_of(path: Path, encoding: str) -> Iterator[tuple[int, str]]:
    """Every date of a file with its line number."""
    with open_text(path, encoding) as (text, _):
        reader = csv.reader(text)
        next(reader)
        for fields in reader:
            if len(fields) == len(LAYOUTS[0]):
                yield reader.line_num, fields[_DATE]


class _Parser:
    """Puts one row after another into `Rows`; prices and times come again and again and are read once."""

    def __init__(self, rows: Rows, find_dates: Callable[[], DateOrder]) -> None:
        self._rows = rows
        self._find_dates = find_dates
        self._dates: DateOrder | None = None
        self._prices: dict[str, int | str] = {}
        self._times: dict[str, int] = {}

    def __call__(self, line: int, fields: list[str]) -> None:
        rows = self._rows
        rows.read += 1
        if len(fields) != len(LAYOUTS[0]):
            count = len(LAYOUTS[0])
            rows.rejected[line] = f"cannot be read: {len(fields)} columns where {count} belong"
            return
        invoice, code, name, quantity_text, when, price_text, customer, country = fields
        try:
            quantity, price, time = _whole(quantity_text), self._price(price_text), self._time(when)
        except UnclearDates:
            raise
        except ValueError as error:
            rows.rejected[line] = f"cannot be read: {error}"
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

    def _time(self, text: str) -> int:
        """Microseconds UTC; at the first date with slashes the file tells what stands first in them."""
        known = self._times.get(text)
        if known is None:
            if self._dates is None and has_slashes(text):
                self._dates = self._find_dates()
            known = self._times[text] = micros(text, self._dates)
        return known

    def _price(self, text: str) -> int | str:
        """Minor units, or the reason why not."""
        known = self._prices.get(text)
        if known is None:
            try:
                known = parse_amount(text, CURRENCY).minor
            except MoneyError:
                known = _why_not_price(text)
                if not known:
                    raise ValueError(f"the price {text[:_SHOWN]!r} is no amount such as 2.55") from None
            self._prices[text] = known
        return known


def _whole(text: str) -> int:
    """A quantity."""
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"the quantity {text[:_SHOWN]!r} is no whole number")
    return int(text)


def _why_not_price(text: str) -> str:
    """Why a number is no price of ours; "" where it is no number at all."""
    try:
        price = Decimal(text)
    except InvalidOperation:
        return ""
    if not price.is_finite():
        return ""
    if abs(price) > MAX_MINOR // 100:
        return BEYOND
    return TOO_FINE if -_MOST_DECIMALS <= int(price.as_tuple().exponent) < -2 else ""


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


def rejected_rows(path: Path, rows: Rows) -> Iterator[tuple[int, str, list[str]]]:
    """Read the file once more for the rows that were rejected: (line number, reason, row as it stands)."""
    rejected = rows.rejected
    with open_text(path, rows.encoding) as (text, _):
        reader = csv.reader(text)
        next(reader)
        for fields in reader:
            reason = rejected.get(reader.line_num)
            if reason is not None:
                yield reader.line_num, reason, fields

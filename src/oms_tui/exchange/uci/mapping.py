"""From invoice rows to orders: what each stock code stands for, countries, and what is left not known (spec
9).

Goods rows become lines, postage a shipping charge, `D` rows discount, other special codes a charge *other*
with their
code. Street, e-mail, shipment are not in the source and nothing is made up for them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from oms_tui.clock import from_micros
from oms_tui.domain.flow import FlowTask, Run, Task, TaskState
from oms_tui.domain.money import Money
from oms_tui.domain.order import Address, Channel, Charge, Customer, Line, Operation, Order, Payment
from oms_tui.domain.status import (
    Cause,
    ChannelType,
    ChargeKind,
    CustomerType,
    LineStatus,
    OperationKind,
    OperationState,
    PaymentMethod,
)
from oms_tui.domain.totals import total_of
from oms_tui.exchange.uci.reading import CURRENCY, Rows

SOURCE: Final = "uci"
CHANNEL: Final = Channel(
    code="uci",
    name="UCI Online Retail",
    type=ChannelType.WEB,
    region="UK",
    country="GB",
    language="",  # the files do not say in which language a customer was spoken to
    currency=CURRENCY,
    time_zone="Europe/London",
    selling_entity="UCI Online Retail",
)
POSTAGE: Final = frozenset({"POST", "DOT", "C2", "C3"})
DISCOUNT: Final = "D"
SPECIAL: Final = frozenset(
    {
        "M",
        "S",
        "B",
        "BANK CHARGES",
        "AMAZONFEE",
        "CRUK",
        "ADJUST",
        "ADJUST2",
        "PADS",
        "TEST001",
        "TEST002",
        "GIFT",
    }
)
"""Codes that are no goods; `DCGS…` and `gift_…` are goods."""
NO_COUNTRY: Final = frozenset({"Channel Islands", "West Indies", "European Community", "Unspecified"})
"""Names that are no one country of ISO 3166: kept as the area, the country is not known."""
OTHER_NAMES: Final = {
    "EIRE": "IE",
    "RSA": "ZA",
    "USA": "US",
    "Korea": "KR",
    "Hong Kong": "HK",
    "Czech Republic": "CZ",
}

_ZERO: Final = Money(0, CURRENCY)


def is_goods(code: str) -> bool:
    """Whether a stock code is an article."""
    upper = code.upper()
    return upper not in SPECIAL and upper not in POSTAGE and upper != DISCOUNT


@lru_cache(maxsize=256)
def address_of(country: str) -> Address:
    """All that the source knows of an address: its country, or the name of an area that is none."""
    code = country_code(country)
    if code:
        return Address(country=code)
    return Address(area="" if country == "Unspecified" else country)


@lru_cache(maxsize=256)
def country_code(name: str) -> str:
    """ISO 3166 alpha-2 for an English country name; "" for what is no single country."""
    from babel import Locale

    if name in NO_COUNTRY or not name:
        return ""
    if name in OTHER_NAMES:
        return OTHER_NAMES[name]
    territories = Locale("en").territories
    return next(
        (code for code, text in territories.items() if text == name and len(code) == 2 and code.isalpha()), ""
    )


@dataclass(frozen=True, slots=True)
class Sold:
    """A goods row of an order as matching sees it: `index` is the row, `line` the number of its order
    line."""

    index: int
    line: int


def invoice_order(rows: Rows, indices: Sequence[int], now: datetime) -> Order:
    """The order of one invoice. `indices` are its rows in the order of the file, at least one of them
    priced."""
    first = indices[0]
    number = rows.invoices.values[rows.invoice[first]]
    lines: list[Line] = []
    charges: list[Charge] = []
    for index in indices:
        code = rows.codes.values[rows.code[index]]
        if is_goods(code):
            lines.append(_line(rows, index, code, len(lines) + 1))
        else:
            charges.append(_charge(rows, index, code, len(charges) + 1))
    customer = rows.customers.values[rows.customer[first]]
    address = address_of(rows.countries.values[rows.country[first]])
    created = from_micros(min(rows.time[index] for index in indices))
    total = total_of(CURRENCY, lines, charges)
    return Order(
        id=number,
        channel=CHANNEL,
        selling_entity=CHANNEL.selling_entity,
        currency=CURRENCY,
        created=created,
        customer=Customer(number=customer, type=CustomerType.REGISTERED if customer else CustomerType.GUEST),
        bill_to=address,
        ship_to=address,
        source=SOURCE,
        placed_total=total,
        lines=tuple(lines),
        charges=tuple(charges),
        payments=(_ledger(total, created),),
        tasks=(FlowTask(task=Task.IMPORTED, state=TaskState.COMPLETE, runs=(Run(now, now, "imported"),)),),
    )


def _line(rows: Rows, index: int, code: str, number: int) -> Line:
    return Line(
        number=number,
        sku=code,
        name=rows.names.values[rows.name[index]],
        quantity=rows.quantity[index],
        status=LineStatus.DELIVERED,
        cause=Cause.IMPORTED,
        amount=Money(rows.quantity[index] * rows.price[index], CURRENCY),
        discount=_ZERO,
        tax=_ZERO,
        reduction=_ZERO,
        tax_reduction=_ZERO,
    )


def _charge(rows: Rows, index: int, code: str, number: int) -> Charge:
    """A charge row. A `D` row is order discount: nothing charged, its value as discount with the sign it
    has."""
    value = rows.quantity[index] * rows.price[index]
    is_discount = code.upper() == DISCOUNT
    name = rows.names.values[rows.name[index]] or code
    pieces = f" ×{rows.quantity[index]}" if rows.quantity[index] != 1 else ""
    return Charge(
        number=number,
        kind=ChargeKind.SHIPPING if code.upper() in POSTAGE else ChargeKind.OTHER,
        code=code,
        name=f"{name}{pieces}",
        amount=_ZERO if is_discount else Money(value, CURRENCY),
        discount=Money(-value, CURRENCY) if is_discount else _ZERO,
        tax=_ZERO,
        reduction=_ZERO,
        tax_reduction=_ZERO,
    )


def _ledger(total: Money, at: datetime) -> Payment:
    """The payment of an import that does not say how it was paid (spec 9)."""
    operation = Operation(
        number=1,
        kind=OperationKind.IMPORTED,
        state=OperationState.SUCCEEDED,
        amount=total,
        at=at,
        cause="imported",
    )
    return Payment(
        number=1, method=PaymentMethod.LEDGER, reference="", currency=CURRENCY, operations=(operation,)
    )

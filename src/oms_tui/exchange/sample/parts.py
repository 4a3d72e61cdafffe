"""The parts of a sample order: customers, addresses, baskets, charges."""

import random
from functools import lru_cache
from typing import Final

from oms_tui.domain.money import Money, share_minor
from oms_tui.domain.order import Address, Channel, Charge, Customer, Line
from oms_tui.domain.status import (
    Cause,
    ChannelType,
    ChargeKind,
    CustomerType,
    LineStatus,
    OutcomeOption,
)
from oms_tui.exchange.sample.world import (
    ARTICLES,
    COUNTRIES,
    METHODS,
    RATES,
    SHIP_COUNTRIES,
    TAX_RATES,
    Article,
    Country,
)

TAX_ADDED: Final = frozenset({"USD"})
"""Currencies in which tax comes on top of the price."""
WHOLE: Final = 1_000_000
BASKET: Final = ((1, 38), (2, 26), (3, 16), (4, 8), (6, 8), (14, 3), (60, 1))
"""(most lines, share in percent): small baskets with a long tail of wholesale ones, as in real retail."""
_MIX: Final = 2_654_435_761
"""Knuth's multiplicative hash: spreads customer numbers over names and places without a generator of their
own."""


def price_in(cents: int, currency: str) -> int:
    """Euro cents as minor units of a currency, at the fixed sample rate."""
    times, over = RATES[currency]
    return share_minor(cents * times, 1, over)


def digits(pattern: str, seed: int) -> str:
    """A pattern with each # turned into a digit that depends on `seed` alone."""
    out = []
    for sign in pattern:
        if sign == "#":
            seed = (seed * 1_103_515_245 + 12_345) & 0x7FFFFFFF
            sign = str((seed >> 12) % 10)
        out.append(sign)
    return "".join(out)


@lru_cache(maxsize=65_536)
def person_of(channel: str, number: int) -> tuple[Customer, Address, Country]:
    """The customer of that number: the same person, address and country every time they order."""
    seed = number * _MIX & 0xFFFFFFFF
    shares = SHIP_COUNTRIES[channel].split()
    country = COUNTRIES[shares[seed % len(shares)]]
    first = country.first[(seed >> 3) % len(country.first)]
    last = country.last[(seed >> 7) % len(country.last)]
    city, area, postal = country.places[(seed >> 11) % len(country.places)]
    street = country.streets[(seed >> 13) % len(country.streets)].format(1 + seed % 148)
    phone = digits(country.phone, seed)
    name = f"{last} {first}" if country.family_first else f"{first} {last}"
    customer = Customer(
        number=f"K{number:06d}",
        type=CustomerType.GUEST if seed % 5 == 0 else CustomerType.REGISTERED,
        first_name=first,
        last_name=last,
        email=f"{_mailbox(first, last)}{number}@example.{('com', 'net', 'org')[seed % 3]}",
        phone=phone,
    )
    address = Address(
        recipient=name,
        street=(street,),
        city=city,
        area=area,
        postal_code=digits(postal, seed),
        country=country.code,
        phone=phone,
    )
    return customer, address, country


def _mailbox(first: str, last: str) -> str:
    """A mailbox that looks like the name where it has Latin letters."""
    from oms_tui.text import search_key

    letters = ".".join(
        part
        for part in ("".join(c for c in search_key(x) if c.isascii() and c.isalnum()) for x in (first, last))
        if part
    )
    return letters or "kunde"


def basket(rng: random.Random, size: int | None = None) -> list[tuple[Article, int]]:
    """Articles and quantities: one of the usual baskets, or `size` lines."""
    if size is None:
        pick, low = rng.random() * 100, 1
        for most, percent in BASKET:
            if pick < percent:
                size = rng.randint(low, most)
                break
            pick -= percent
            low = most + 1
        else:
            size = 1
    count = len(ARTICLES)
    wholesale = size > 6
    return [
        (
            ARTICLES[int(rng.random() * count)],
            rng.randint(2, 24) if wholesale else 1 if rng.random() < 0.72 else rng.randint(2, 5),
        )
        for _ in range(size)
    ]


def make_line(
    number: int,
    article: Article,
    quantity: int,
    status: LineStatus,
    cause: Cause,
    currency: str,
    rate: int,
    has_promo: bool,
) -> Line:
    """One line at its price, with tax as its country has it and a promotion's discount where there is one."""
    amount = price_in(article.price, currency) * quantity
    discount = share_minor(amount, 10, 100) if has_promo else 0
    is_added = currency in TAX_ADDED
    net = amount - discount
    tax = share_minor(net, rate, WHOLE if is_added else WHOLE + rate) if rate else 0
    zero = Money(0, currency)
    is_candle = article.category == "Candles"
    return Line(
        number=number,
        sku=article.sku,
        name=article.name,
        size=article.size,
        category=article.category,
        promo="WELCOME10" if has_promo else "",
        quantity=quantity,
        status=status,
        cause=cause,
        amount=Money(amount, currency),
        discount=Money(discount, currency),
        tax=Money(tax, currency),
        tax_rate=rate,
        tax_included=not is_added,
        reduction=zero,
        tax_reduction=zero,
        is_returnable=not is_candle,
        review_rule=OutcomeOption.ALWAYS_REJECT if is_candle else OutcomeOption.DEFAULT_RULES,
    )


def make_charges(channel: Channel, method: int, rate: int, has_gift_wrap: bool) -> tuple[Charge, ...]:
    """Shipping, free for pickup, and now and then gift wrap."""
    currency = channel.currency
    name, _, cents = METHODS[channel.region][method]
    charges = [(ChargeKind.SHIPPING, f"Shipping, {name}", cents)]
    if has_gift_wrap:
        charges.append((ChargeKind.GIFT_WRAP, "Gift wrap", 350))
    zero = Money(0, currency)
    is_added = currency in TAX_ADDED
    made = []
    for number, (kind, label, euro_cents) in enumerate(charges, 1):
        minor = price_in(euro_cents, currency)
        tax = share_minor(minor, rate, WHOLE if is_added else WHOLE + rate) if rate and minor else 0
        made.append(
            Charge(
                number=number,
                kind=kind,
                name=label,
                amount=Money(minor, currency),
                discount=zero,
                tax=Money(tax, currency),
                tax_rate=rate,
                tax_included=not is_added,
                reduction=zero,
                tax_reduction=zero,
            )
        )
    return tuple(made)


def tax_rate(channel: Channel, country: str) -> int:
    """Parts per million: the destination's, none for what leaves the EU or the seller's country."""
    if channel.type is ChannelType.STORE:
        return TAX_RATES[channel.country]
    return TAX_RATES.get(country, 0)

"""Which orders a filter finds: the meaning of each field, of or, and, not (spec 8)."""

import operator as python
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms_tui.domain.currency import DECIMALS
from oms_tui.domain.filter import (
    Condition,
    Facts,
    Filter,
    FilterError,
    code_key,
    facts_of,
    fold,
    index_words,
    matches,
    parse,
    phrase_key,
    resolve,
)
from oms_tui.domain.flow import Task, TaskState
from oms_tui.domain.money import Money
from oms_tui.domain.order import Hold, Note
from oms_tui.domain.queues import QUEUES
from oms_tui.domain.status import (
    ChannelType,
    HoldKind,
    LineStatus,
    OperationKind,
    OperationState,
    OrderStatus,
    PaymentStatus,
    ReturnStatus,
)
from tests import build
from tests.domain.filters import conditions, filters
from tests.support import scaled

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 22, 8, 41, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(moment: datetime) -> int:
    """A moment in microseconds."""
    return (moment - EPOCH) // timedelta(microseconds=1)


ORDER = Facts(
    id="C-10432",
    status=OrderStatus.CONFIRMED,
    lines=frozenset({LineStatus.CONFIRMED, LineStatus.UNDELIVERED}),
    payment=PaymentStatus.AUTHORIZED,
    is_uncaptured=True,
    holds=frozenset({HoldKind.FRAUD}),
    tasks=frozenset({"failed/allocation", "pending/pick_ticket"}),
    returns=frozenset({ReturnStatus.PENDING_REVIEW}),
    country="CZ",
    bill_country="DE",
    region="EMEA North",
    channel="web-de",
    channel_type=ChannelType.WEB,
    method="Express DHL",
    skus=("LS-204-W-M", "WS-011-G"),
    email="Jana.Novak@Example.cz",
    phone="+420 604 123 118",
    first="Jana Maria",
    last="Nováková",
    recipients=("Łukasz Øst",),
    tracking=("1Z 999-AA1",),
    references=("pi_3NxYz",),
    notes=("Birthday gift, call before",),
    total=Money(20000, "EUR"),
    created=micros(NOW - timedelta(hours=4)),
    claimed_by="Ana",
)


def finds(text: str, facts: Facts = ORDER, me: str | None = "ana") -> bool:
    """Whether a filter finds an order."""
    return matches(resolve(parse(text), NOW, BERLIN, me), facts)


FOUND = """
id:c-10432 | id:C-10* | id=C-10432
status:shipped,confirmed | status:confirmed country:CZ | -status:shipped | status:shipped status:confirmed
line:undelivered | line:confirmed | -line:packed
payment:authorized | uncaptured:yes | -uncaptured:shipped | -uncaptured:no
hold:fraud | hold:any | -hold:address | hold:address,any
task:failed | task:failed/allocation | task:pending | -task:blocked | -task:active | -task:failed/packing
return:pending_review | -return:completed
country:CZ | country:DE,CZ | -country:DE | bill-country:de
region:emea | region:"EMEA north" | region:em*
channel:web | channel:web-de | channel:we* | channel-type:web | -channel:web-d
method:express | method:"express dhl" | method:exp*
sku:ls-204-w-m | sku:WS* | -sku:LS | sku:XX,ws-011-g
email:jana.novak@example.cz | email:JANA* | -email:jana
phone:118 | phone:123118 | phone:"+420 604 123 118" | phone:00420604123118 | phone:0604123118
name:jana | name:novakova | name:"nováková jana" | name:"jana maria nov"*
first:jana | last:novak* | -last:novak
tracking:1Z999AA1 | tracking:"1z 999"* | tracking:1Z-999-AA1
reference:PI_3nxyz | reference:pi_3* | -reference:pi
total>=200 | total:200 | total<=200EUR | total>199.99 | total<200.01 | total:100..200
-total>200 | -total:200USD
created:today | created:2026-11-22T05:41 | age>=4h | age:3h..4h | -age>4h | created>=yesterday
claimed:me | claimed:ANA | claimed:anyone | -claimed:nobody | -claimed:bob
text:gift,nothing | text:"call birth" | -text:nothing
nov | jana nov | "novakova jana" | gift* | ls-204 | jana.nov | lukasz ost | 10432 | 1Z | - | jana & gift
-nothing | jana -nothing | status:confirmed gift -status:shipped
"""
NOT_FOUND = """
id:10432 | id:C-1043 | -id:C-10432
status:shipped | -status:confirmed | status:confirmed country:DE | status:confirmed -country:CZ
line:packed | -line:undelivered | -line:undelivered,packed
payment:captured | uncaptured:no | uncaptured:shipped
hold:address | -hold:any | -hold:fraud
task:blocked | task:active | task:failed/packing | -task:failed | task:pending/allocation
return:completed | country:DE | -country:DE,CZ | bill-country:CZ
region:north | channel:de | channel:web-d | channel-type:store | method:dhl | method:expr
sku:LS-204 | -sku:LS* | email:jana | email:novak* | phone:604 | phone:119 | -phone:118
name:maria | name:"jana nov" | first:maria | last:novak | tracking:999* | tracking:1Z999AA | reference:3N*
total>200 | total<200 | total:200USD | total:200.01 | total>=200USD | -total:100..300 | total:1..2
created:yesterday | age>4h | age<4h | created>2026-11-22 | created<2026-11-22
claimed:nobody | claimed:bob | -claimed:me
text:nothing | ova | jana nothing | -nov | jana -gift | 604 | -ls-204
"""


@pytest.mark.parametrize(
    "text", [text.strip() for text in FOUND.replace("\n", "|").split("|") if text.strip()]
)
def test_finds(text: str) -> None:
    assert finds(text)


@pytest.mark.parametrize(
    "text", [text.strip() for text in NOT_FOUND.replace("\n", "|").split("|") if text.strip()]
)
def test_does_not_find(text: str) -> None:
    assert not finds(text)


def test_an_empty_filter_finds_everything() -> None:
    assert finds("")
    assert finds("sort:-age")


def test_what_is_not_known_matches_no_value() -> None:
    unknown = Facts(
        id="1",
        status=OrderStatus.DELIVERED,
        channel_type=ChannelType.WEB,
        total=Money(100, "GBP"),
        created=0,
    )
    for text in (
        "country:GB",
        "name:a*",
        "email:a*",
        "phone:118",
        "tracking:1*",
        "hold:any",
        "claimed:anyone",
    ):
        assert not finds(text, unknown)
        assert finds("-" + text, unknown)
    assert finds("claimed:nobody payment:not_known uncaptured:no", unknown)


def test_me_is_the_person_who_asks_and_nobody_without_one() -> None:
    assert not finds("claimed:me", me="bob")
    with pytest.raises(FilterError, match="nobody is signed in") as caught:
        finds("novak claimed:me", me=None)
    assert (caught.value.start, caught.value.end) == (6, 16)


def test_two_filters_at_once_are_narrower_than_one_text() -> None:
    """A queue's filter narrowed by a typed one is "and", where one text would join the same field by "or"."""
    queue = resolve(parse("status:confirmed sort:id"), NOW, BERLIN, None)
    typed = resolve(parse("status:shipped sort:-age"), NOW, BERLIN, None)
    assert matches(queue, ORDER)
    assert not matches(queue & typed, ORDER)
    assert (queue & typed).sort == typed.sort


@pytest.mark.parametrize("queue", QUEUES, ids=lambda queue: str(queue.id))
def test_every_queue_is_a_filter_in_its_canonical_spelling(queue: Any) -> None:
    assert str(parse(queue.filter)) == queue.filter
    resolve(parse(queue.filter), NOW, BERLIN, "ana")


SIGNS = {">": python.gt, ">=": python.ge, "<": python.lt, "<=": python.le, ":": python.eq, "=": python.eq}
CURRENCIES = st.sampled_from(["JPY", "KRW", "EUR", "USD", "KWD", "TND", "CLF"])


@settings(max_examples=scaled(10_000, 200))
@given(
    st.sampled_from(sorted(SIGNS)),
    st.integers(0, 3000),
    st.integers(0, 4),
    CURRENCIES,
    st.integers(0, 3_000_000),
)
def test_totals_compare_in_the_orders_own_currency(
    sign: str, figure: int, decimals: int, currency: str, minor: int
) -> None:
    """200 is 200.00 euro, 200 yen and 200.000 dinar; a figure finer than the currency is exact too."""
    number = Decimal(figure).scaleb(-decimals)
    total = Decimal(minor).scaleb(-DECIMALS[currency])
    facts = replace(ORDER, total=Money(minor, currency))
    assert finds(f"total{sign}{number:f}", facts) == SIGNS[sign](total, number)
    if decimals <= DECIMALS[currency]:
        assert finds(f"total{sign}{number:f}{currency}", facts) == SIGNS[sign](total, number)
        other = "EUR" if currency != "EUR" else "JPY"
        assert not finds(f"total{sign}{figure}{other}", facts)


@settings(max_examples=scaled(20_000, 200))
@given(CURRENCIES, st.integers(0, 10**6), st.integers(0, 5000), st.integers(0, 5000))
def test_ranges_of_totals_include_both_ends(currency: str, minor: int, one: int, two: int) -> None:
    low, high = sorted((one, two))
    facts = replace(ORDER, total=Money(minor, currency))
    total = Decimal(minor).scaleb(-DECIMALS[currency])
    assert finds(f"total:{low}..{high}", facts) == (low <= total <= high)
    assert finds(f"total:{low}..", facts) == (low <= total)
    assert finds(f"total:..{high}{currency}", facts) == (total <= high)


FACTS = st.builds(
    lambda status, country, holds, minor, hours, first: replace(
        ORDER,
        status=status,
        country=country,
        holds=holds,
        total=Money(minor, "EUR"),
        created=micros(NOW - timedelta(hours=hours)),
        first=first,
    ),
    st.sampled_from(OrderStatus),
    st.sampled_from(["DE", "CZ", ""]),
    st.frozensets(st.sampled_from(HoldKind)),
    st.integers(0, 10**8),
    st.integers(0, 5000),
    st.text(max_size=4),
)


def _matches(facts: Facts, *items: Condition) -> bool | None:
    """Whether a filter of these conditions finds the order; None where it cannot be asked."""
    try:
        return matches(resolve(Filter(items), NOW, BERLIN, "ana"), facts)
    except FilterError:
        return None


@settings(max_examples=scaled(10_000, 150))
@given(conditions(), conditions(), FACTS)
def test_or_and_not(one: Condition, two: Condition, facts: Facts) -> None:
    """Not is the opposite; different fields are "and"; the same field is "or", its nots are none of them."""
    first, second, both = _matches(facts, one), _matches(facts, two), _matches(facts, one, two)
    if first is None or second is None:
        assert both is None
        return
    assert _matches(facts, replace(one, negated=not one.negated)) is not first
    if one.field == two.field and one.negated == two.negated and not one.negated:
        assert both == (first or second)
    else:
        assert both == (first and second)
    if len(one.values) > 1:
        each = [_matches(facts, replace(one, values=(value,), negated=False)) for value in one.values]
        assert any(each) is not (first if one.negated else not first)


@settings(max_examples=scaled(20_000, 200))
@given(filters())
def test_what_was_read_can_be_asked(asked: Filter) -> None:
    """Only a range turned round and a time that never was are refused after reading."""
    try:
        resolved = resolve(asked, NOW, BERLIN, "ana")
    except FilterError as refused:
        assert "ends before it starts" in refused.message or "jumped over" in refused.message  # noqa: PT017
    else:
        assert hash(resolved) == hash(resolve(parse(str(asked)), NOW, BERLIN, "ana"))
        assert matches(resolved, ORDER) in (True, False)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Łódź STRAẞE Ærøskøbing", "lodz strasse aeroskobing"),
        ("O'Brien-Ní  Mháille", "o brien ni mhaille"),
        ("İstanbul ıslak", "istanbul islak"),
        ("Ёлкин Йошкар", "елкин иошкар"),
        ("株式会社 山田", "株式会社 山田"),
        ("ガラス が", "ガラス が"),
        ("हिन्दी", "हिन्दी"),
        ("김민준", "김민준"),
        ("\uff21\uff22\uff11\uff12", "ab12"),
        ("zero\u200bwidth so\u00adft", "zerowidth soft"),
    ],
)
def test_names_are_compared_without_case_and_accents(text: str, key: str) -> None:
    assert phrase_key(text) == key


@settings(max_examples=scaled(20_000, 200))
@given(st.text())
def test_keys_of_keys_are_themselves(text: str) -> None:
    for key in (fold, phrase_key, code_key):
        assert key(key(text)) == key(text)


def test_ascii_text_takes_no_other_way() -> None:
    text = "".join(chr(code) for code in range(128))
    assert fold(text + "é") == fold(text) + "e"
    assert phrase_key(text + " é") == phrase_key(text) + " e"
    assert code_key(text + "é") == code_key(text) + "é"


def test_facts_of_an_order() -> None:
    order = build.order(
        build.line(1, LineStatus.SHIPPED, 1000, shipment="S-1"),
        build.line(2, LineStatus.ALLOCATED, 500),
        shipments=(build.shipment("S-1", tracking="1Z9"), build.shipment("S-2")),
        payments=(build.card(1500, build.operation(2, OperationKind.CAPTURE, 200, reference="cap-2")),),
        holds=(
            Hold(number=1, kind=HoldKind.FRAUD, reason="", placed_at=build.NOON, placed_by="rule"),
            Hold(
                number=2,
                kind=HoldKind.ADDRESS,
                reason="",
                placed_at=build.NOON,
                placed_by="rule",
                released_at=build.NOON,
            ),
        ),
        notes=(Note(number=1, at=build.NOON, person="ana", text="Call Zoë"),),
        tasks=build.flow(2, allocation=TaskState.FAILED),
    )
    facts = facts_of(order, claimed_by="ana", returns=[ReturnStatus.CREATED])
    assert facts.status is OrderStatus.ALLOCATED
    assert facts.lines == {LineStatus.SHIPPED, LineStatus.ALLOCATED}
    assert facts.payment is PaymentStatus.PARTLY_CAPTURED
    assert facts.is_uncaptured
    assert facts.is_uncaptured_after_shipment
    assert facts.holds == {HoldKind.FRAUD}
    assert facts.returns == {ReturnStatus.CREATED}
    assert f"{TaskState.PENDING}/{Task.PICK_TICKET}" in facts.tasks
    assert not any(fact.startswith("complete") for fact in facts.tasks)
    assert facts.skus == ("SKU-1", "SKU-2")
    assert facts.tracking == ("1Z9",)
    assert facts.references == ("auth-1", "cap-2")
    assert facts.total == Money(1500, "EUR")
    assert facts.created == micros(build.NOON)
    assert {"call", "zoe", "muller", "hans", "sku", "1z9", "10427"} <= index_words(facts)
    assert finds(
        "uncaptured:shipped line:shipped total:15EUR claimed:me zoe name:müller phone:1234567", facts
    )


def test_the_country_of_a_carry_out_sale_is_the_stores() -> None:
    store = replace(build.WEB_DE, country="AT", type=ChannelType.STORE)
    order = build.order(is_carry_out=True, channel=store)
    assert facts_of(order).country == "AT"
    assert facts_of(replace(order, is_carry_out=False)).country == "DE"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("lapses<2d", True),
        ("lapses<=30h", True),
        ("lapses<30h", False),
        ("lapses>30h", False),
        ("lapses>=30h", True),
        ("lapses:1d..2d", True),
        ("lapses:31h..2d", False),
        ("-lapses<2d", False),
        ("-lapses<1d", True),
        ("refund:failed", True),
        ("refund:requested,unknown", False),
    ],
)
def test_lapses_and_refunds(text: str, found: bool) -> None:
    """An authorization that lapses in 30 hours, with a line still to leave; a refund that failed."""
    row = build.operation(2, OperationKind.REFUND, 1, state=OperationState.FAILED)
    paid = build.card(1000, row, expires_at=NOW + timedelta(hours=30))
    value = build.order(payments=(paid,))
    asked = resolve(parse(text), NOW, BERLIN, None)
    assert matches(asked, facts_of(value)) is found
    gone = replace(value, lines=(replace(value.lines[0], status=LineStatus.SHIPPED),))
    if not text.startswith(("-", "refund")):
        assert not matches(asked, facts_of(gone)), "nothing has to leave any more"

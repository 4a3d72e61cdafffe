"""What is known of a customer from their other orders (spec 3.3, 6)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from oms_tui.domain.fraud import CONFIRMED
from oms_tui.domain.order import Address, Customer, Hold, Order
from oms_tui.domain.status import Cause, HoldKind, LineStatus
from oms_tui.domain.world import CustomerHistory, EarlierCase
from oms_tui.store import history, orders
from oms_tui.store.engine import Store
from tests.build import NOON, eur, line, order

ANA = Customer(number="C-1", email="Ana@Example.com", phone="+49 30 1234567")
DAY = timedelta(days=1)


def placed(days: int, minor: int = 1000, **rest: Any) -> Order:
    """An order of Ana's, so many days before (or after) noon."""
    status = rest.pop("status", LineStatus.DELIVERED)
    cause = Cause.CANCEL if status is LineStatus.CANCELLED else Cause.ACCEPTED
    made = order(
        line(1, status, minor=minor, cause=cause), id=f"o{days}", created=NOON + days * DAY, customer=ANA
    )
    return replace(made, **rest)


def held(kind: HoldKind = HoldKind.FRAUD, *, is_released: bool = False, **rest: Any) -> Hold:
    values: dict[str, Any] = {
        "number": 1,
        "kind": kind,
        "reason": "countries",
        "placed_at": NOON,
        "placed_by": "system",
        "evidence": "bill-to=DE ship-to=US",
        "released_at": NOON if is_released else None,
        "released_by": "ana" if is_released else "",
    }
    return Hold(**(values | rest))


def asked(store: Store, this: Order, *others: Order) -> CustomerHistory:
    """Their history, with these orders in the database."""
    with store.write() as conn:
        orders.insert(conn, [*others, this])
    with store.read() as conn:
        return history.history_of(conn, this)


def to(country: str) -> dict[str, Any]:
    return {"bill_to": Address(country="DE"), "ship_to": Address(country=country)}


def test_earlier_orders_are_counted_with_what_they_usually_spend_and_where(store: Store) -> None:
    found = asked(
        store,
        placed(0),
        placed(-4, 1000, **to("DE")),
        placed(-3, 2000, **to("DE")),
        placed(-2, 9000, **to("AT")),
        placed(-1, 4000, **to("DE"), status=LineStatus.CANCELLED),
        placed(2, 5000, **to("US")),
    )
    assert found.orders == 3
    assert found.usual == eur(2000)
    assert found.pairs == (("DE", "DE", 2), ("DE", "AT", 1))
    assert found.cases == ()


@pytest.mark.parametrize(
    ("customer", "is_same"),
    [
        (Customer(number="C-1"), True),
        (Customer(email="ana@example.COM"), True),
        (Customer(phone="030 1234567"), True),
        (Customer(phone="0049 (0)30 1234567"), True),
        (Customer(number="C-2", email="bo@example.com", phone="+49 30 7654321"), False),
        (Customer(phone="4567"), False),
        (Customer(), False),
    ],
)
def test_a_customer_is_known_by_number_e_mail_or_telephone(
    store: Store, customer: Customer, is_same: bool
) -> None:
    found = asked(store, placed(0, customer=customer), placed(-1))
    assert found.orders == int(is_same)


def test_a_telephone_without_its_country_finds_the_one_with_it_and_back(store: Store) -> None:
    short = placed(-1, customer=Customer(phone="030 1234567"))
    assert asked(store, placed(0, customer=Customer(phone="+49 30 1234567")), short).orders == 1


def test_an_order_found_by_several_traits_counts_once(store: Store) -> None:
    assert asked(store, placed(0), placed(-1)).orders == 1


def test_nobody_known_by_nothing_has_a_history(store: Store) -> None:
    nobody = Customer()
    assert asked(store, placed(0, customer=nobody), placed(-1, customer=nobody)) == CustomerHistory()


def test_cases_tell_how_they_ended(store: Store) -> None:
    found = asked(
        store,
        placed(0, holds=(held(),)),
        placed(-4, holds=(held(is_released=True, placed_at=NOON - 4 * DAY),)),
        placed(-3, holds=(held(reason=f"countries{CONFIRMED}ana: stolen card", placed_at=NOON - 3 * DAY),)),
        placed(-2, holds=(held(placed_at=NOON - 2 * DAY, evidence=""),)),
        placed(-1, holds=(held(HoldKind.MANUAL),)),
        placed(1, holds=(held(is_released=True, placed_at=NOON + DAY),)),
        placed(-5, holds=(held(placed_at=NOON - 5 * DAY),), status=LineStatus.CANCELLED),
    )
    text = "bill-to=DE ship-to=US"
    assert found.cases == (
        EarlierCase("o1", text, "genuine"),
        EarlierCase("o-2", "", "open"),
        EarlierCase("o-3", text, "fraud"),
        EarlierCase("o-4", text, "genuine"),
        EarlierCase("o-5", text, "open"),
    )


def test_what_is_looked_at_is_bounded(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_EARLIER", 2)
    monkeypatch.setattr(history, "MOST_CASES", 1)
    many = [placed(-n, holds=(held(is_released=True, placed_at=NOON - n * DAY),)) for n in range(1, 6)]
    found = asked(store, placed(0), *many)
    assert found.orders == 2
    assert [case.order_id for case in found.cases] == ["o-1"]


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (history._BY_NUMBER, "orders_customer (customer_number=? AND created>? AND created<?)"),
        (history._BY_EMAIL, "orders_email (email_key=? AND created>? AND created<?)"),
        (history._BY_PHONE, "orders_phone (phone_tail>? AND phone_tail<?)"),
    ],
)
def test_each_question_goes_through_its_index(store: Store, statement: Any, index: str) -> None:
    with store.read() as conn:
        compiled = statement.compile(dialect=conn.dialect)
        driver = conn.connection.driver_connection
        assert driver is not None
        names = compiled.positiontup or ()
        given = [0 if name not in ("key", "tail", "past_tail", "id") else "x" for name in names]
        plan = [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {compiled}", given)]
    assert f"SEARCH orders USING INDEX {index}" in plan, plan

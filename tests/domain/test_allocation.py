"""Allocation: nearest location, fewest parcels, whole lines, splits, and what waits (spec 3.3)."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.domain.derive import waits_for_stock, why_it_stands
from oms_tui.domain.events import EventImpossible
from oms_tui.domain.flow import DELIVERY_FLOW, Task, TaskState
from oms_tui.domain.order import Order
from oms_tui.domain.status import Cause, LineStatus
from oms_tui.domain.totals import order_total
from oms_tui.domain.world import Location
from tests.build import WEB_DE
from tests.domain.shop import PLACES, Shop, placed, states, statuses, task_of, wanted, with_country

S, T = LineStatus, Task
COMPLETE = replace(WEB_DE, ships_complete=True)
MUC = Location(code="MUC-1", name="Munich", country="DE")


def allocate(stock: dict[tuple[str, str], int], *lines: Any, **rest: Any) -> tuple[Order, Shop]:
    """The order after the flow ran once, on these shelves."""
    places = (*PLACES, MUC)
    shop = Shop(stock, places=places)
    value = shop.go(placed(*lines, **rest))
    shop.agrees_with(value)
    return value, shop


def found(value: Order) -> list[tuple[int, int, str, str | None]]:
    """(number, pieces, location, shipment) of each line."""
    return [(x.number, x.quantity, x.location, x.shipment) for x in value.lines]


@pytest.mark.parametrize(
    ("stock", "ship_to", "expected"),
    [
        ({"BER-1": 1, "MXP-1": 9, "EWR-1": 9}, "DE", "BER-1"),
        ({"BER-1": 0, "MXP-1": 1, "EWR-1": 9}, "DE", "MXP-1"),
        ({"BER-1": 0, "MXP-1": 0, "EWR-1": 1}, "DE", "EWR-1"),
        ({"BER-1": 9, "MXP-1": 9, "EWR-1": 1}, "US", "EWR-1"),
        ({"BER-1": 1, "MXP-1": 2, "EWR-1": 1}, "FR", "MXP-1"),
        ({"BER-1": 1, "MXP-1": 1, "EWR-1": 9}, "FR", "BER-1"),
        ({"BER-1": 1, "MXP-1": 9, "EWR-1": 9}, "", "BER-1"),
    ],
)
def test_the_nearest_location_then_most_stock_then_its_code(
    stock: dict[str, int], ship_to: str, expected: str
) -> None:
    shelves = {(place, "SKU-1"): pieces for place, pieces in stock.items()}
    shop = Shop(shelves)
    value = shop.go(with_country(placed(), bill_to=ship_to, ship_to=ship_to))
    assert found(value) == [(1, 1, expected, "S-1")]


def test_as_few_parcels_as_possible_leave() -> None:
    stock = {("BER-1", "SKU-1"): 9, ("BER-1", "SKU-2"): 9, ("MUC-1", "SKU-1"): 1, ("MUC-1", "SKU-2"): 1}
    stock |= {("MUC-1", "SKU-3"): 1}
    value, _ = allocate(stock, wanted(1), wanted(2), wanted(3))
    assert {x.location for x in value.lines} == {"MUC-1"}
    assert len(value.shipments) == 1


def test_a_line_stays_whole_where_one_location_has_it() -> None:
    stock = {("BER-1", "SKU-1"): 2, ("MUC-1", "SKU-1"): 1, ("EWR-1", "SKU-1"): 3}
    value, _ = allocate(stock, wanted(1, 3))
    assert found(value) == [(1, 3, "EWR-1", "S-1")]


def test_else_it_is_split_nearest_first_to_the_minor_unit() -> None:
    stock = {("BER-1", "SKU-1"): 2, ("MXP-1", "SKU-1"): 1, ("EWR-1", "SKU-1"): 1}
    value, _ = allocate(stock, wanted(1, 4, 1001))
    assert found(value) == [(1, 1, "EWR-1", "S-3"), (2, 2, "BER-1", "S-1"), (3, 1, "MXP-1", "S-2")]
    assert [x.parent for x in value.lines] == [None, 1, 1]
    assert order_total(value).minor == 1001


def test_what_nobody_has_waits_and_the_rest_goes_on() -> None:
    value, shop = allocate({("BER-1", "SKU-1"): 1}, wanted(1), wanted(2, 2), wanted(3))
    assert statuses(value) == [S.PENDING_ACK, S.PENDING_ALLOCATION, S.PENDING_ALLOCATION]
    task = task_of(value, T.ALLOCATION)
    assert (task.state, task.error) == (TaskState.ACTIVE, "no stock of SKU-2, SKU-3 at any location")
    assert task_of(value, T.FRAUD_CHECK).state is TaskState.COMPLETE
    assert waits_for_stock(value)
    shop.on_hand |= {("BER-1", "sku-2"): 2, ("BER-1", "sku-3"): 1}
    shop.reserved |= {("BER-1", "sku-2"): 0, ("BER-1", "sku-3"): 0}
    value = shop.go(value, 15)
    assert [s.number for s in value.shipments] == ["S-1", "S-2"]
    assert task_of(value, T.ALLOCATION).cardinality == 2
    assert task_of(value, T.FRAUD_CHECK).cardinality == 2
    assert not waits_for_stock(value)


def test_part_of_a_line_goes_and_the_rest_waits() -> None:
    value, _ = allocate({("BER-1", "SKU-1"): 2}, wanted(1, 5))
    assert found(value) == [(1, 3, "", None), (2, 2, "BER-1", "S-1")]
    assert statuses(value) == [S.PENDING_ALLOCATION, S.PENDING_ACK]


def test_a_channel_that_ships_complete_takes_all_or_nothing() -> None:
    value, shop = allocate({("BER-1", "SKU-1"): 9}, wanted(1), wanted(2), channel=COMPLETE)
    assert statuses(value) == [S.PENDING_ALLOCATION] * 2
    assert not any(shop.reserved.values())
    error = task_of(value, T.ALLOCATION).error
    assert error == "no stock of SKU-2 at any location, and the channel ships complete"
    whole, _ = allocate(
        {("BER-1", "SKU-1"): 9, ("MXP-1", "SKU-2"): 1}, wanted(1), wanted(2), channel=COMPLETE
    )
    assert [x.location for x in whole.lines] == ["BER-1", "MXP-1"]


def test_it_splits_a_line_where_all_of_it_can_leave_together() -> None:
    shelves = {("BER-1", "SKU-1"): 1, ("MXP-1", "SKU-1"): 1}
    value, _ = allocate(shelves, wanted(1, 2), channel=COMPLETE)
    assert found(value) == [(1, 1, "MXP-1", "S-2"), (2, 1, "BER-1", "S-1")]
    lacking, shop = allocate(shelves, wanted(1, 2), wanted(2, 1), channel=COMPLETE)
    assert not any(shop.reserved.values())
    assert task_of(lacking, T.ALLOCATION).error.startswith("no stock of SKU-2 at any location")


def test_one_article_spelled_in_two_ways_is_lacking_once() -> None:
    ordered = [wanted(1, sku="AB-1"), wanted(2, sku=" ab-1")]
    value, _ = allocate({("BER-1", "AB-1"): 1}, *ordered, channel=COMPLETE)
    error = task_of(value, T.ALLOCATION).error
    assert error == "no stock of AB-1 at any location, and the channel ships complete"


def test_lines_of_one_article_share_a_shelf() -> None:
    value, _ = allocate({("BER-1", "AB-1"): 1}, wanted(1, sku="AB-1"), wanted(2, sku=" ab-1"))
    assert statuses(value) == [S.PENDING_ACK, S.PENDING_ALLOCATION]


def test_nothing_is_known_of_locations() -> None:
    shop = Shop(places=())
    value = shop.go(placed())
    assert task_of(value, T.ALLOCATION).error == "no location is known"


def test_the_location_is_told_and_the_shipment_planned() -> None:
    value, shop = allocate({("BER-1", "SKU-1"): 2}, wanted(1, 2))
    (told,) = [m for m in shop.messages if m.audience == "location"]
    assert (told.recipient, told.template) == ("BER-1", "allocation")
    assert told.text == "Order 10427, shipment S-1: please confirm 2 × Article 1."
    (shipment,) = value.shipments
    assert (shipment.location, shipment.method, shipment.ship_to, shipment.planned_at) == (
        "BER-1",
        "Standard",
        None,
        shop.now,
    )
    assert value.lines[0].cause is Cause.LOCATION_TOLD
    assert list(states(value, "S-1")) == [task.value for task in DELIVERY_FLOW]


def test_lines_found_before_are_told_when_the_engine_meets_them() -> None:
    shop = Shop()
    one = replace(wanted(), status=S.ALLOCATED, location="BER-1")
    value = shop.go(placed(one))
    assert statuses(value) == [S.PENDING_ACK]
    assert shop.reserved == {}


def test_a_short_location_sends_the_line_to_another_one() -> None:
    stock = {("BER-1", "SKU-1"): 5, ("MXP-1", "SKU-1"): 5}
    value, shop = allocate(stock, wanted(1, 2))
    value = shop.hear(value, "short", "S-1")
    assert found(value) == [(1, 2, "MXP-1", "S-2")]
    assert set(states(value, "S-1").values()) == {TaskState.CANCELLED}
    assert shop.on_hand["BER-1", "sku-1"] == 0
    shop.agrees_with(value)
    waiting = shop.hear(value, "short", "S-2")
    assert waits_for_stock(waiting)
    assert why_it_stands(waiting) == "Allocation is going on: no stock of SKU-1 at any location."


def test_part_of_a_line_can_be_short() -> None:
    value, shop = allocate({("BER-1", "SKU-1"): 3, ("MXP-1", "SKU-1"): 5}, wanted(1, 3))
    value = shop.hear(value, "short", "S-1", lines=((1, 1),))
    assert found(value) == [(1, 2, "BER-1", "S-1"), (2, 1, "MXP-1", "S-2")]
    assert states(value, "S-1")["pick_ticket"] is TaskState.PENDING
    with pytest.raises(EventImpossible, match="has 2 pieces, not 3"):
        shop.hear(value, "short", "S-1", lines=((1, 3),))


@given(
    st.lists(st.tuples(st.integers(1, 2), st.integers(1, 4)), min_size=1, max_size=5),
    st.lists(st.integers(0, 5), min_size=8, max_size=8),
    st.booleans(),
)
def test_whatever_is_there_is_taken_and_no_more(
    lines: list[tuple[int, int]], stock: list[int], ships_complete: bool
) -> None:
    shelves = {(place.code, f"SKU-{sku}"): stock.pop() for place in (*PLACES, MUC) for sku in (1, 2)}
    ordered = [wanted(n, quantity, sku=f"SKU-{sku}") for n, (sku, quantity) in enumerate(lines, 1)]
    value, _ = allocate(shelves, *ordered, channel=COMPLETE if ships_complete else WEB_DE)
    for sku in ("SKU-1", "SKU-2"):
        asked = sum(quantity for one, quantity in lines if f"SKU-{one}" == sku)
        there = sum(pieces for (_, one), pieces in shelves.items() if one == sku)
        got = sum(x.quantity for x in value.lines if x.sku == sku and x.location)
        is_lacking = any(x.status is S.PENDING_ALLOCATION for x in value.lines)
        assert got == (0 if ships_complete and is_lacking else min(asked, there))
    again, _ = allocate(shelves, *ordered, channel=COMPLETE if ships_complete else WEB_DE)
    assert again == value

"""Stock follows the lines: what open lines hold is reserved, what left is gone."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms_tui.domain.order import Order
from oms_tui.domain.plan import StockKind, StockMove
from oms_tui.domain.status import Cause, LineStatus
from oms_tui.domain.totals import split_line
from oms_tui.domain.world import Location, LocationType
from oms_tui.store import orders, stock
from oms_tui.store.engine import Store
from oms_tui.store.errors import RuleBroken
from oms_tui.store.stock import StockLevel
from tests.build import line, order
from tests.support import scaled

_S = LineStatus


def moved(value: Order, number: int, status: LineStatus, **rest: object) -> Order:
    """The order with one line in another status."""
    fresh = replace(value.line(number), status=status, **rest)  # type: ignore[arg-type]
    return replace(value, lines=tuple(fresh if x.number == number else x for x in value.lines))


def at(conn, location="BER-1", sku="SKU-1"):
    """(on hand, reserved)."""
    found = stock.level(conn, location, sku)
    return None if found is None else (found.on_hand, found.reserved)


def take(conn, *values):
    orders.insert(conn, values)
    stock.take_in(conn, values)


def test_orders_that_come_in_bring_what_they_hold(store: Store) -> None:
    pending = line(2, _S.PENDING_ALLOCATION, quantity=9)
    with store.write() as conn:
        take(
            conn, order(line(1, quantity=2), pending, line(3, _S.SHIPPED)), order(line(1, quantity=3), id="B")
        )
        assert at(conn) == (5, 5)
        assert at(conn, sku="SKU-2") is None
        assert at(conn, sku="SKU-3") is None
        assert list(stock.problems(conn)) == []
        assert [x.code for x in stock.locations(conn)] == ["BER-1"]


def test_free_stock_is_what_is_not_reserved_and_the_sku_is_compared_as_everywhere(store: Store) -> None:
    with store.write() as conn:
        take(conn, order(line(1, quantity=2)))
        assert stock.put_level(conn, "BER-1", "sku-1", 7)
        assert not stock.put_level(conn, "BER-1", "SKU-1", 7)
        assert stock.put_level(conn, "MXP-1", "SKU-1", 0)
        assert stock.free(conn, "Sku-1") == {"BER-1": 5}
        with pytest.raises(RuleBroken, match="2 of SKU-1 are reserved at BER-1"):
            stock.put_level(conn, "BER-1", "SKU-1", 1)


@pytest.mark.parametrize(
    ("status", "cause", "expected"),
    [
        (_S.CANCELLED, Cause.CANCEL, (10, 0)),
        (_S.PACKED, Cause.PACKING, (10, 4)),
        (_S.PENDING_ALLOCATION, Cause.SHORT, (10, 0)),
        (_S.SHIPPED, Cause.HANDED_OVER, (6, 0)),
    ],
)
def test_pieces_are_freed_kept_or_gone(store: Store, status, cause, expected) -> None:
    before = order(line(1, _S.CONFIRMED, quantity=4))
    after = moved(before, 1, status, cause=cause)
    with store.write() as conn:
        take(conn, before)
        stock.put_level(conn, "BER-1", "SKU-1", 10)
        stock.follow(conn, before, after)
        assert at(conn) == expected


def test_a_short_location_has_nothing_free_left(store: Store) -> None:
    before = order(line(1, quantity=4))
    after = moved(before, 1, _S.PENDING_ALLOCATION, cause=Cause.SHORT, location="")
    move = StockMove(location="BER-1", sku="SKU-1", name="Lamp", quantity=4, kind=StockKind.SHORT)
    with store.write() as conn:
        take(conn, before, order(line(1, quantity=1), id="other"))
        stock.put_level(conn, "BER-1", "SKU-1", 30)
        stock.follow(conn, before, after, [move])
        assert at(conn) == (1, 1)
        assert stock.free(conn, "SKU-1") == {}


def test_more_than_is_free_is_never_reserved(store: Store) -> None:
    before = order(line(1, _S.PENDING_ALLOCATION, quantity=4))
    after = moved(before, 1, _S.ALLOCATED, location="BER-1")
    with store.write() as conn:
        take(conn, before)
        stock.put_level(conn, "BER-1", "SKU-1", 3)
        with pytest.raises(RuleBroken, match="has 3 of SKU-1 free, not 4"):
            stock.follow(conn, before, after)
        assert at(conn) == (3, 0)
        with pytest.raises(RuleBroken, match="reserved"):
            stock.follow(conn, after, replace(after, lines=()))  # below zero


def test_a_place_that_nobody_told_of_is_made_where_pieces_are_given_back(store: Store) -> None:
    before = order(line(1, quantity=4))
    with store.write() as conn:
        orders.insert(conn, [before])  # without its stock
        stock.follow(conn, before, moved(before, 1, _S.CANCELLED, cause=Cause.CANCEL))
        assert at(conn) == (4, 0)
        assert stock.locations(conn) == (Location(code="BER-1", name="BER-1", country=""),)


def test_locations_are_written_over(store: Store) -> None:
    known = Location(code="BER-1", name="Berlin", country="DE")
    with store.write() as conn:
        take(conn, order())
        stock.put_locations(
            conn, [known, Location(code="S", name="S", country="US", type=LocationType.STORE)]
        )
        assert stock.locations(conn)[0] == known
        assert stock.locations(conn)[1].type is LocationType.STORE


def test_doctor_names_the_place_where_the_numbers_differ(store: Store) -> None:
    with store.write() as conn:
        take(conn, order(line(1, quantity=2)))
        stock.put_level(conn, "BER-1", "SKU-1", 9)
        conn.exec_driver_sql("UPDATE stock SET reserved = 5")
        assert list(stock.problems(conn)) == ["Stock of SKU-1 at BER-1: 5 reserved, open lines hold 2."]
        conn.exec_driver_sql("DELETE FROM stock")
        assert list(stock.problems(conn)) == ["Stock of sku-1 at BER-1: 0 reserved, open lines hold 2."]


STATUSES = st.sampled_from([s for s in LineStatus if s not in (_S.CANCELLED, _S.UNDELIVERED)])


@settings(max_examples=scaled(1_000, 20), deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.integers(1, 3), STATUSES, st.sampled_from(["BER-1", "MXP-1"]), st.booleans()),
        max_size=12,
    )
)
def test_whatever_happens_to_lines_reserved_is_what_they_hold(tmp_path_factory, steps) -> None:
    """Also where lines are split on the way."""
    value = order(*(line(number, sku="SKU", quantity=6) for number in (1, 2, 3)))
    with Store.open(str(tmp_path_factory.mktemp("stock") / "desk.db")) as store, store.write() as conn:
        pk = orders.insert(conn, [value])["10427"]
        stock.take_in(conn, [value])
        for location in ("BER-1", "MXP-1"):
            stock.put_level(conn, location, "SKU", 100)
        for number, status, location, splits in steps:
            before, target = value, value.line(number)
            if splits and target.quantity > 1:
                stays, part = split_line(target, 1, max(x.number for x in value.lines) + 1)
                rest = tuple(stays if x.number == number else x for x in value.lines)
                value, number = replace(value, lines=(*rest, part)), part.number
            value = moved(value, number, status, location=location)
            orders.save(conn, pk, before, replace(value, version=before.version + 1), touched=1)
            value = replace(value, version=before.version + 1)
            stock.follow(conn, before, value)
            assert list(stock.problems(conn)) == []
        for location in ("BER-1", "MXP-1"):
            left = stock.level(conn, location, "SKU")
            assert left is not None
            assert left.on_hand >= left.reserved >= 0
            assert left.on_hand <= 100


def test_levels_say_what_is_free() -> None:
    assert StockLevel(location="A", sku="S", on_hand=5, reserved=2).free == 3

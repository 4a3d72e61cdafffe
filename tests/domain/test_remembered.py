"""Facts that are remembered of the last orders: told once for each value, never of another."""

from dataclasses import replace

from oms_tui.domain.order import Order
from oms_tui.domain.remembered import KEPT, remembered, remembered_by
from tests.build import order


def test_a_fact_is_worked_out_once_for_each_of_the_last_values() -> None:
    asked = []

    @remembered
    def version(value: Order) -> int:
        asked.append(value)
        return value.version

    values = [replace(order(), version=number) for number in range(KEPT + 1)]
    for value in values[:KEPT]:
        assert [version(value), version(value)] == [value.version] * 2
    assert len(asked) == KEPT
    assert version(values[KEPT]) == KEPT
    assert version(values[1]) == 1
    assert len(asked) == KEPT + 1
    assert version(values[0]) == 0  # forgotten meanwhile
    assert len(asked) == KEPT + 2
    same = replace(values[0])
    assert version(same) == 0  # equal, but another value
    assert len(asked) == KEPT + 3


def test_a_fact_is_known_by_what_it_follows_from() -> None:
    asked = []

    def name(value: Order) -> object:
        return value.id

    @remembered_by(name)
    def length(value: Order) -> int:
        asked.append(value)
        return len(value.id)

    orders = [replace(order(), id="x" * size) for size in range(1, KEPT + 2)]
    for value in orders[:KEPT]:
        assert [length(value), length(replace(value, version=9))] == [len(value.id)] * 2
    assert asked == orders[:KEPT]
    assert [length(orders[KEPT]), length(orders[0])] == [KEPT + 1, 1]  # the first is forgotten meanwhile
    assert len(asked) == KEPT + 2

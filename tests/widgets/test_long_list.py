"""The long list on a screen: what it repaints and how it moves."""

import pytest
from textual.geometry import Region

from oms_tui.widgets.long_list import (
    Counted,
    RowHighlighted,
    RowOpened,
)
from tests.widgets.list_app import ROWS_ON_SCREEN, WIDTH, running, settled
from tests.widgets.rows import ListSource, Row, keys, made_rows

# -- what is repainted -------------------------------------------------------------------------------------


async def test_a_move_repaints_the_two_rows_it_touches():
    async with running(ListSource(made_rows(0, 1000))) as (pilot, rows, _):
        rows.action_cursor_down()
        await pilot.pause()
        assert sorted(rows.repainted) == [Region(0, 1, WIDTH, 1), Region(0, 2, WIDTH, 1)]
        assert rows.repainted_whole == 0


async def test_a_move_repaints_two_cells_in_low_bandwidth_mode():
    async with running(ListSource(made_rows(0, 1000))) as (pilot, rows, _):
        rows.low_bandwidth = True
        await pilot.pause()
        rows.forget_repaints()
        rows.action_cursor_down()
        await pilot.pause()
        assert sorted(rows.repainted) == [Region(0, 1, 1, 1), Region(0, 2, 1, 1)]
        assert [line[0] for line in rows.shown[1:4]] == [" ", "▸", " "]


async def test_a_mark_repaints_its_own_cells():
    async with running(ListSource(made_rows(0, 1000))) as (pilot, rows, _):
        rows.low_bandwidth = True
        await pilot.pause()
        rows.forget_repaints()
        rows.action_toggle_mark()
        await pilot.pause()
        assert rows.repainted == [Region(0, 1, 2, 1)]


async def test_the_edge_turns_a_page():
    async with running(ListSource(made_rows(0, 1000))) as (pilot, rows, _):
        for _ in range(ROWS_ON_SCREEN - 1):
            rows.action_cursor_down()
        await pilot.pause()
        assert keys(rows.visible_rows) == list(range(ROWS_ON_SCREEN))
        rows.forget_repaints()
        rows.action_cursor_down()
        await pilot.pause()
        assert keys(rows.visible_rows) == list(range(ROWS_ON_SCREEN, 2 * ROWS_ON_SCREEN))
        assert rows.shown[1].startswith(f"▸  {ROWS_ON_SCREEN} ")
        assert len(rows.repainted) == ROWS_ON_SCREEN  # the titles stay


async def test_only_changed_rows_are_repainted_when_read_again():
    source = ListSource(made_rows(0, 1000))
    async with running(source) as (pilot, rows, _):
        rows.action_page_down()
        await settled(pilot)
        source.replace(ROWS_ON_SCREEN + 3, Row(key=ROWS_ON_SCREEN + 3, place=ROWS_ON_SCREEN + 3, version=2))
        rows.forget_repaints()
        rows.reload()
        await settled(pilot)
        assert rows.repainted == [Region(0, 1 + 3, WIDTH, 1)]
        assert rows.repainted_whole == 0
        assert rows.shown[4].rstrip().endswith("v2")


async def test_nothing_is_cleared_before_the_new_rows_are_there():
    source, slow = ListSource(made_rows(0, 50)), ListSource(made_rows(100, 150))
    async with running(source) as (pilot, rows, _):
        before = rows.shown
        slow.open.clear()
        rows.set_source(slow)
        await pilot.pause()
        assert rows.shown == before
        assert rows.repainted == []
        slow.open.set()
        await settled(pilot)
        assert keys(rows.visible_rows)[0] == 100


async def test_cells_are_formatted_once_per_version(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("oms_tui.widgets.long_list.rows.PAINT_AHEAD_AFTER", 1000)
    formatted: list[object] = []

    def text_of(row: Row) -> str:
        formatted.append(row.key)
        return row.text

    async with running(ListSource(made_rows(0, 1000)), text=text_of) as (pilot, rows, _):
        assert formatted.count(0) == 1
        rows.action_page_down()
        rows.action_page_up()
        await pilot.pause()
        formatted.clear()
        rows.action_page_down()
        rows.action_page_up()
        await pilot.pause()
        assert formatted == []
        rows.repaint()
        assert formatted == list(range(ROWS_ON_SCREEN))


async def test_the_next_page_is_formatted_before_it_is_turned_to():
    formatted: list[object] = []

    def text_of(row: Row) -> str:
        formatted.append(row.key)
        return row.text

    async with running(ListSource(made_rows(0, 1000)), text=text_of) as (pilot, rows, _):
        while len(formatted) < 2 * ROWS_ON_SCREEN:
            await pilot.pause(0.01)
        assert formatted == list(range(2 * ROWS_ON_SCREEN))
        formatted.clear()
        rows.action_page_down()
        assert formatted == [ROWS_ON_SCREEN]  # the highlighted one


# -- moving ------------------------------------------------------------------------------------------------


async def test_ends_and_pages():
    source = ListSource(made_rows(0, 1000))
    async with running(source) as (pilot, rows, told):
        rows.action_last()
        await settled(pilot)
        assert rows.cursor_row == source.rows[-1]
        assert keys(rows.visible_rows) == list(range(1000 - ROWS_ON_SCREEN, 1000))
        assert rows.position == 1000
        rows.action_page_up()
        rows.action_half_page_up()
        await settled(pilot)
        assert rows.cursor_row == source.rows[999 - ROWS_ON_SCREEN - ROWS_ON_SCREEN // 2]
        rows.action_first()
        await settled(pilot)
        assert (rows.cursor_row, rows.position) == (source.rows[0], 1)
        assert [str(message.count) for message in told.of(Counted)] == ["1,000"]


async def test_a_key_held_down_is_followed_to_the_last_press():
    source = ListSource(made_rows(0, 5000))
    async with running(source) as (pilot, rows, told):
        for _ in range(1000):
            rows.action_cursor_down()
        await settled(pilot)
        assert rows.cursor_row == source.rows[1000]
        assert rows.position == 1001
        for _ in range(1000):
            rows.action_page_down()
        rows.action_cursor_up()
        await settled(pilot)
        assert rows.cursor_row == source.rows[4998]
        highlighted = [message.row for message in told.of(RowHighlighted)]
        assert highlighted[-1] == source.rows[4998]


async def test_the_next_page_is_there_before_it_is_needed():
    source = ListSource(made_rows(0, 5000))
    async with running(source) as (pilot, rows, _):
        for _ in range(20):
            rows.action_page_down()
            assert not rows._navigator.is_waiting
            await settled(pilot)


async def test_keys_pressed_while_rows_load_are_not_lost():
    source = ListSource(made_rows(0, 1000))
    source.open.clear()
    async with running(source) as (pilot, rows, told):
        rows.action_cursor_down()
        rows.action_cursor_down()
        rows.action_toggle_mark()
        rows.action_page_down()
        rows.action_open()
        await pilot.pause()
        assert rows.cursor_row is None
        source.open.set()
        await settled(pilot)
        assert rows.cursor_row == source.rows[2 + ROWS_ON_SCREEN]
        assert rows.marks == {2}
        opened = told.of(RowOpened)
        assert [message.row for message in opened] == [rows.cursor_row]


async def test_memory_stays_flat_over_any_distance():
    async with running(ListSource(made_rows(0, 20_000))) as (pilot, rows, _):
        for _ in range(60):
            for _ in range(25):
                rows.action_page_down()
            await settled(pilot)
        assert rows.position is not None
        assert rows.position > 15_000
        assert len(rows._window.rows) < 1500
        assert len(rows._navigator.cache) <= 32

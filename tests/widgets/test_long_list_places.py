"""The long list keeps its row under the cursor and its marks; and says when it is empty, slow or failing."""

import pytest

from oms_tui.widgets.long_list import (
    Loaded,
    LoadFailed,
    MarksChanged,
    RowHighlighted,
)
from tests.widgets.list_app import ROWS_ON_SCREEN, WIDTH, running, settled
from tests.widgets.rows import ListSource, Row, keys, made_rows

# -- the same order stays under the cursor -----------------------------------------------------------------


async def test_the_cursor_stays_on_its_row_and_line_when_rows_come_above():
    source = ListSource(made_rows(0, 1000))
    async with running(source) as (pilot, rows, _):
        for _ in range(5):
            rows.action_cursor_down()
        await pilot.pause()
        before = rows.shown
        source.insert(Row(key="new", place=-1, text="new"))
        rows.forget_repaints()
        rows.reload()
        await settled(pilot)
        assert rows.cursor_row == source.rows[6]
        assert rows.shown == before
        assert rows.repainted == []
        assert rows.position == 7


async def test_newer_rows_are_seen_at_the_head():
    source = ListSource(made_rows(0, 1000))
    async with running(source) as (pilot, rows, _):
        source.insert(Row(key="new", place=-1, text="new"))
        rows.reload()
        await settled(pilot)
        assert keys(rows.visible_rows)[:2] == ["new", 0]
        assert rows.cursor_row == source.rows[1]


async def test_reloads_under_way_are_answered_by_one_more():
    source = ListSource(made_rows(0, 1000))
    async with running(source) as (pilot, rows, told):
        source.asked.clear()
        source.open.clear()
        for _ in range(10):
            rows.reload()
        await pilot.pause()
        source.replace(0, Row(key=0, place=0, text="changed", version=2))
        source.open.set()
        await settled(pilot)
        assert len(told.of(Loaded)) == 3  # the first rows, the reload, and one for the other nine
        assert rows.cursor_row == Row(key=0, place=0, text="changed", version=2)


async def test_an_answer_of_the_source_before_is_dropped():
    slow, quick = ListSource(made_rows(0, 50)), ListSource(made_rows(100, 150))
    slow.open.clear()
    async with running(slow) as (pilot, rows, _):
        rows.set_source(quick)
        await pilot.pause(0.05)
        assert keys(rows.visible_rows)[0] == 100
        slow.open.set()
        await settled(pilot)
        assert keys(rows.visible_rows)[0] == 100
        assert str(rows.count) == "50"


async def test_going_to_a_row_by_key_and_its_neighbours():
    source = ListSource(made_rows(0, 1000))
    async with running(source) as (pilot, rows, _):
        assert await rows.go_to(700)
        await settled(pilot)
        assert rows.cursor_row == source.rows[700]
        assert source.rows[700] in rows.visible_rows
        assert not await rows.go_to("nowhere")
        assert rows.cursor_row == source.rows[700]
        assert await rows.neighbour(700, 1) == source.rows[701]
        assert await rows.neighbour(3, -1) == source.rows[2]  # far from the screen
        assert await rows.neighbour(0, -1) is None
        assert await rows.neighbour(999, 1) is None


async def test_a_row_that_has_left_the_list_keeps_its_neighbours():
    source = ListSource(made_rows(0, 1000))
    async with running(source) as (pilot, rows, _):
        await rows.go_to(500)
        rows.action_open()
        source.rows = [row for row in source.rows if row.key != 500]
        rows.reload()
        await settled(pilot)
        assert await rows.neighbour(500, 1) == Row(key=501, place=501, text="row 501")
        assert await rows.neighbour(500, -1) == Row(key=499, place=499, text="row 499")


async def test_a_list_can_begin_at_a_row():
    source = ListSource(made_rows(0, 1000))
    async with running(None) as (pilot, rows, _):
        rows.set_source(source, at=source.rows[400])
        await settled(pilot)
        assert rows.cursor_row == source.rows[400]
        assert len(rows.visible_rows) == ROWS_ON_SCREEN


# -- marks -------------------------------------------------------------------------------------------------


async def test_marks_last_over_pages_and_reloads():
    source = ListSource(made_rows(0, 1000))
    async with running(source) as (pilot, rows, told):
        rows.action_mark_down()
        rows.action_mark_down()
        rows.action_last()
        await settled(pilot)
        rows.action_toggle_mark()
        rows.reload()
        rows.action_first()
        await settled(pilot)
        assert rows.marks == {0, 1, 999}
        assert [line[:3] for line in rows.shown[1:4]] == ["▸▪ ", " ▪ ", "   "]
        rows.action_toggle_mark()
        assert rows.marks == {1, 999}
        await pilot.pause()
        marks = [message.marks for message in told.of(MarksChanged)]
        assert marks[-1] == {1, 999}
        rows.set_source(ListSource(made_rows(5, 9)))
        assert rows.marks == frozenset()


# -- empty, slow, failed -----------------------------------------------------------------------------------


async def test_an_empty_list_says_why():
    async with running(ListSource([])) as (_pilot, rows, told):
        middle = rows.shown[1 + (ROWS_ON_SCREEN - 1) // 2]
        text = "No rows match 'ab' – esc clears the filter"
        assert middle == text.rjust((WIDTH + len(text)) // 2).ljust(WIDTH)
        highlighted = told.of(RowHighlighted)
        assert [message.row for message in highlighted] == [None]
        rows.action_open()
        rows.action_toggle_mark()
        rows.action_last()
        assert rows.cursor_row is None
        assert rows.marks == frozenset()


async def test_waiting_is_told_after_a_moment_and_no_longer_than_it_takes(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("oms_tui.widgets.long_list.rows.SHOW_REFRESHING_AFTER", 0.01)
    source = ListSource(made_rows(0, 50))
    source.open.clear()
    async with running(source) as (pilot, rows, _):
        assert not rows.refreshing or "Loading" in "".join(rows.shown)
        while not rows.refreshing:
            await pilot.pause(0.01)
        assert "Loading…" in "".join(rows.shown)
        source.open.set()
        await settled(pilot)
        assert not rows.refreshing
        assert "Loading…" not in "".join(rows.shown)


async def test_a_failure_is_said_and_old_rows_stay():
    source = ListSource(made_rows(0, 50))
    async with running(source) as (pilot, rows, told):
        before = rows.shown
        source.fail("The database is locked.")
        rows.reload()
        await settled(pilot)
        assert rows.shown == before
        failed = told.of(LoadFailed)
        assert [message.text for message in failed] == ["The database is locked."]


async def test_a_source_that_fails_at_first_shows_why_and_can_be_asked_again():
    source = ListSource(made_rows(0, 50))
    source.fail("The database is locked.")
    async with running(source) as (pilot, rows, _):
        assert "The database is locked." in "".join(rows.shown)
        source.error = None
        rows.reload()
        await settled(pilot)
        assert rows.cursor_row == source.rows[0]
        assert "locked" not in "".join(rows.shown)

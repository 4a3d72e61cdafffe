"""The parts of the long list that know no screen: kept pages, the window, movements done as rows arrive."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.widgets.long_list.loader import Loader
from oms_tui.widgets.long_list.navigator import FIRST, LAST, Navigator
from oms_tui.widgets.long_list.page_cache import PageCache, Request, RequestKind
from oms_tui.widgets.long_list.source import Page, RowIdentity
from oms_tui.widgets.long_list.window import KEPT_ROWS, RowWindow
from tests.widgets.rows import ListSource, Row, made_rows

IDENTITY: RowIdentity[Row] = RowIdentity(
    key=lambda row: row.key, cursor=lambda row: row.place, version=lambda row: row.version
)


def page_of(first: int, size: int, total: int = 10_000) -> Page[Row]:
    last = min(first + size, total)
    return Page(tuple(made_rows(first, last)), first > 0, last < total)


def answer(source: Sequence[Row], request: Request, size: int) -> Page[Row]:
    """What a source made of these rows answers, at once."""
    return ListSource(source).answer(request, size)


# -- kept pages --------------------------------------------------------------------------------------------


def test_the_least_recently_used_page_goes_first():
    cache: PageCache[Row] = PageCache(2)
    after = [Request(RequestKind.AFTER, place) for place in range(3)]
    cache.put(after[0], page_of(0, 3))
    cache.put(after[1], page_of(3, 3))
    assert cache.get(after[0]) == page_of(0, 3)  # used: now the newer one
    cache.put(after[2], page_of(6, 3))
    assert [cache.get(request) is None for request in after] == [False, True, False]
    assert len(cache) == 2


def test_a_cleared_cache_knows_nothing():
    cache: PageCache[Row] = PageCache()
    cache.put(FIRST, page_of(0, 3))
    cache.clear()
    assert cache.get(FIRST) is None


def test_a_cache_without_room_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        PageCache(0)


# -- the window --------------------------------------------------------------------------------------------


def window_on(page: Page[Row], height: int, cursor: int = 0) -> RowWindow[Row]:
    window: RowWindow[Row] = RowWindow(IDENTITY)
    window.resize(height)
    window.replace(page, cursor=cursor, screen_row=0)
    return window


def test_a_step_inside_the_screen_leaves_the_screen_where_it_is():
    window = window_on(page_of(0, 100), 10)
    assert window.step(9) == 0
    assert (window.top, window.cursor) == (0, 9)


def test_a_step_over_the_edge_turns_a_page_and_the_cursor_stands_at_its_start():
    window = window_on(page_of(0, 100), 10)
    window.step(9)
    assert window.step(1) == 0
    assert (window.top, window.cursor) == (10, 10)
    assert window.step(-1) == 0
    assert (window.top, window.cursor) == (0, 9)


def test_the_last_screen_is_full():
    window = window_on(page_of(0, 25, total=25), 10)
    window.step(20)
    assert (window.top, window.cursor) == (15, 20)
    window.step(100)
    assert (window.top, window.cursor) == (15, 24)


def test_a_page_that_is_only_partly_loaded_is_not_turned_to():
    window = window_on(page_of(0, 15), 10)
    assert window.step(12) == 3
    assert (window.top, window.cursor) == (0, 9)
    assert not window.turn(10)
    window.join_after(page_of(15, 15))
    assert window.step(3) == 0
    assert (window.top, window.cursor) == (10, 12)


def test_rows_joined_before_leave_the_screen_on_its_rows():
    window = window_on(page_of(50, 20), 10, cursor=3)
    seen, under = list(window.visible), window.cursor_row
    window.join_before(page_of(30, 20))
    assert list(window.visible) == seen
    assert window.cursor_row == under


def test_rows_that_are_loaded_already_are_not_loaded_twice():
    window = window_on(page_of(0, 10), 5)
    window.join_after(page_of(5, 10))
    assert [row.key for row in window.rows] == list(range(15))
    window.join_after(page_of(5, 10))
    assert not window.has_after  # a source that only repeats itself has nothing more


def test_far_rows_are_let_go_in_whole_pages():
    window = window_on(page_of(0, 100), 10)
    for first in range(100, 3000, 100):
        window.join_after(page_of(first, 100))
        window.step(100)
    assert len(window.rows) <= KEPT_ROWS + 200
    assert window.has_before
    assert window.rows[0].place % 100 == 0
    assert window.offset == window.rows[0].place


def test_a_smaller_screen_keeps_the_cursor_on_it():
    window = window_on(page_of(0, 100), 20)
    window.step(19)
    window.resize(5)
    assert window.top <= window.cursor < window.top + 5
    assert window.cursor == 19


# -- movements as rows arrive ------------------------------------------------------------------------------


def entered(rows: Sequence[Row], height: int, size: int) -> Navigator[Row]:
    navigator: Navigator[Row] = Navigator(IDENTITY)
    navigator.window.resize(height)
    navigator.restart()
    feed(navigator, rows, size)
    return navigator


def feed(navigator: Navigator[Row], rows: Sequence[Row], size: int) -> None:
    """Answer every request until none is left."""
    for _ in range(10_000):
        wanted = navigator.advance()
        if not wanted:
            return
        for request in wanted:
            navigator.receive(request, answer(rows, request, size))
    raise AssertionError("it asks for ever")


def test_movements_wait_for_rows_in_the_order_they_were_asked_for():
    rows = made_rows(0, 500)
    navigator = entered(rows, 10, 20)
    navigator.jump_last()
    navigator.step(-3)
    navigator.turn(-10)
    assert navigator.advance()[0] == LAST
    assert navigator.window.cursor_row == rows[0]  # the old rows stay
    feed(navigator, rows, 20)
    assert navigator.window.cursor_row == rows[500 - 1 - 3 - 10]
    assert not navigator.is_waiting


def test_an_end_of_the_list_makes_movements_before_it_void_but_no_action():
    rows = made_rows(0, 500)
    navigator = entered(rows, 10, 20)
    acted: list[Row | None] = []
    navigator.step(300)
    navigator.act(lambda: acted.append(navigator.window.cursor_row))
    navigator.step(100)
    navigator.jump_first()
    feed(navigator, rows, 20)
    assert acted == [rows[300]]
    assert navigator.window.cursor_row == rows[0]


def test_an_answer_nobody_waits_for_any_more_moves_nothing():
    rows = made_rows(0, 500)
    navigator = entered(rows, 10, 20)
    late = Request(RequestKind.AFTER, 300)
    navigator.receive(late, answer(rows, late, 20))
    assert [row.key for row in navigator.window.rows] == list(range(len(navigator.window.rows)))


def test_rows_of_the_old_source_take_no_movement():
    navigator = entered(made_rows(0, 500), 10, 20)
    navigator.restart()
    navigator.step(5)
    navigator.advance()
    assert navigator.window.cursor == 0
    other = [Row(key=row.place + 1000, place=row.place) for row in made_rows(0, 50)]
    feed(navigator, other, 20)
    assert navigator.window.cursor_row == other[5]


def test_what_was_let_go_comes_back_from_the_cache():
    rows = made_rows(0, 3000)
    navigator = entered(rows, 10, 100)
    for _ in range(150):
        navigator.turn(10)
        feed(navigator, rows, 100)
    assert navigator.window.rows[0].place > 0
    asked: list[Request] = []
    for _ in range(100):
        navigator.turn(-10)
        asked += navigator.advance()
    assert asked == []
    assert navigator.window.cursor_row == rows[500]


Movement = tuple[str, int]
MOVEMENTS = st.lists(
    st.one_of(
        st.tuples(st.just("step"), st.integers(-60, 60)),
        st.tuples(st.just("turn"), st.sampled_from([-7, -3, 3, 7])),
        st.tuples(st.sampled_from(["first", "last", "deliver", "resize"]), st.integers(1, 12)),
    ),
    max_size=40,
)


def carry_out(navigator: Navigator[Row], movement: Movement) -> None:
    match movement:
        case ("step", rows):
            navigator.step(rows)
        case ("turn", rows):
            navigator.turn(rows)
        case ("first", _):
            navigator.jump_first()
        case ("last", _):
            navigator.jump_last()


@given(total=st.integers(0, 200), size=st.integers(14, 30), movements=MOVEMENTS)
def test_rows_that_come_late_lead_to_the_same_row(total: int, size: int, movements: list[Movement]):
    """Whatever is loaded when, the cursor ends where it would in a list that was loaded whole."""
    rows, height = made_rows(0, total), 7
    late, whole = entered(rows, height, size), entered(rows, height, 1000)
    for movement in movements:
        carry_out(late, movement)
        carry_out(whole, movement)
        feed(whole, rows, 1000)
        if movement[0] == "deliver":
            for request in late.advance()[: movement[1]]:
                late.receive(request, answer(rows, request, size))
        window = late.window
        assert not window.rows or window.top <= window.cursor < min(window.top + height, len(window.rows))
    feed(late, rows, size)
    assert late.window.cursor_row == whole.window.cursor_row


# -- the same rows read again ------------------------------------------------------------------------------


def refreshed(navigator: Navigator[Row], rows: Sequence[Row], size: int = 60) -> None:
    for _ in range(5):
        request = navigator.refresh_request()
        if navigator.refreshed(request, answer(rows, request, size)):
            return
    raise AssertionError("it never settles")


def test_the_cursor_stays_on_its_row_and_line_when_rows_come_above():
    rows = made_rows(0, 100)
    navigator = entered(rows, 10, 40)
    navigator.step(13)
    feed(navigator, rows, 40)
    line = navigator.window.screen_row
    newer = [*(Row(key=f"new {n}", place=-10 + n) for n in range(3)), *rows]
    refreshed(navigator, newer)
    assert navigator.window.cursor_row == rows[13]
    assert navigator.window.screen_row == line


def test_at_the_head_newer_rows_are_seen_and_the_cursor_sinks_with_its_row():
    rows = made_rows(0, 100)
    navigator = entered(rows, 10, 40)
    newer = [Row(key="new", place=-1), *rows]
    refreshed(navigator, newer)
    assert navigator.window.visible[0] == newer[0]
    assert navigator.window.cursor_row == rows[0]


def test_more_newer_rows_than_the_screen_holds_leave_the_screen_where_it_is():
    rows = made_rows(0, 100)
    navigator = entered(rows, 10, 40)
    newer = [*(Row(key=f"new {n}", place=-50 + n) for n in range(30)), *rows]
    refreshed(navigator, newer)
    assert navigator.window.cursor_row == rows[0]
    assert navigator.window.screen_row == 0


def test_a_row_that_has_gone_leaves_the_cursor_on_the_next_one():
    rows = made_rows(0, 100)
    navigator = entered(rows, 10, 40)
    navigator.step(13)
    feed(navigator, rows, 40)
    refreshed(navigator, [row for row in rows if row.key not in (13, 14)])
    assert navigator.window.cursor_row == rows[15]


def test_a_list_that_became_empty_is_empty():
    rows = made_rows(0, 30)
    navigator = entered(rows, 10, 40)
    navigator.step(3)
    feed(navigator, rows, 40)
    refreshed(navigator, [])
    assert navigator.window.cursor_row is None
    assert list(navigator.window.visible) == []


async def test_a_row_that_was_moved_by_its_change_is_followed():
    source = ListSource(made_rows(0, 1000))
    loader: Loader[Row] = Loader(IDENTITY)
    loader.navigator.window.resize(10)
    loader.take(source)
    loader.navigator.step(30)
    while wanted := loader.wanted():
        for request in wanted:
            await loader.fetch(request)
    assert loader.navigator.window.cursor_row == source.rows[30]
    source.replace(30, Row(key=30, place=700.5))
    assert await loader.read_again()
    assert loader.navigator.window.cursor_row == Row(key=30, place=700.5)


async def test_an_answer_of_an_earlier_source_is_dropped():
    loader: Loader[Row] = Loader(IDENTITY)
    old, new = ListSource(made_rows(0, 50)), ListSource(made_rows(100, 150))
    old.open.clear()
    loader.take(old)
    (request,) = loader.wanted()
    pending = asyncio.create_task(loader.fetch(request))
    await asyncio.sleep(0)
    loader.take(new)
    old.open.set()
    assert not await pending
    assert loader.navigator.window.cursor_row is None

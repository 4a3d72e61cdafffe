"""The dashboard: each role's grid, live numbers, the way into queues and orders."""

from dataclasses import replace
from datetime import timedelta

import pytest
from textual.widgets import Input

from oms_tui.clock import FixedClock
from oms_tui.desk import people
from oms_tui.desk.intake import Batch, take_in
from oms_tui.domain.people import LOCAL_ACTOR, Role
from oms_tui.domain.queues import queues_of
from oms_tui.screens import dashboard
from oms_tui.screens.console import FreshnessChanged
from oms_tui.screens.dashboard import RECONCILIATION
from oms_tui.screens.search import SearchBox
from oms_tui.widgets.search_prompt import SearchPrompt
from oms_tui.widgets.short_list import ShortList
from oms_tui.widgets.tiles import Tiles
from tests.build import WEB_DE, order
from tests.screens.consoles import LARGE, NOW, SMALL, run


def new_order(order_id):
    """An order of a shop that the sample data does not know."""
    return order(id=order_id, channel=replace(WEB_DE, code="web-test"))


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
@pytest.mark.parametrize(("number", "role"), [(1, Role.CS), (2, Role.NM), (3, Role.OP)])
async def test_each_role_sees_its_queues_with_their_counts(sample, number, role, size):
    async with sample.console(number, size=size) as console:
        tallies = {tally.queue: tally for tally in await console.app.backend.queues()}
        expected = queues_of(console.app.actor.roles)
        tiles = {tile.id: tile for tile in console.app.screen.query_one(Tiles).tiles}
        others = [RECONCILIATION] if role is Role.OP else []
        assert list(tiles) == [*(queue.id for queue in expected), *others]
        for queue in expected:
            assert tiles[queue.id].count == str(tallies[queue.id].count), queue.id
            assert console.shows(queue.title) or console.shows(queue.short), queue.title
        assert "Order feed" in console.text
        assert "Recently opened" in console.text
        assert f"{role.value.upper()}" in console.lines[0]
        assert "● live" in console.lines[0]


async def test_somebody_new_starts_in_the_search_box(sample):
    async with sample.console(2) as console:
        assert isinstance(console.app.focused, SearchPrompt)
        await console.type("105")
        assert isinstance(console.app.screen, SearchBox)
        assert console.app.screen.query_one("#wanted", Input).value == "105"


@pytest.mark.parametrize(("number", "is_offered"), [(1, True), (2, False)])
async def test_claiming_the_next_is_offered_where_there_is_a_queue_for_it(sample, number, is_offered):
    async with sample.console(number, size=LARGE) as console:
        console.app.screen.query_one(Tiles).focus()
        await console.settle()
        assert ("C claim next" in console.lines[-1]) == is_offered


async def test_keys_typed_faster_than_the_box_opens_are_all_there(sample):
    """As from a paste or a fast hand: every key is in the queue before the first is worked on."""
    from textual import events

    async with sample.console(2) as console:
        for letter in "müller 10115":
            key = "space" if letter == " " else letter
            console.app.post_message(events.Key(key, letter))
        await console.until(lambda: isinstance(console.app.screen, SearchBox))
        await console.settle()
        assert console.app.screen.query_one("#wanted", Input).value == "müller 10115"


async def test_a_digit_opens_the_queue_of_that_tile(sample):
    async with sample.console(1) as console:
        tile = console.app.screen.query_one(Tiles).tiles[3]
        await console.press("4")
        await console.until(lambda: console.app.current_mode == "orders")
        await console.see(tile.title)


async def test_arrows_and_enter_open_a_tile_too(sample):
    async with sample.console(1) as console:
        tiles = console.app.screen.query_one(Tiles)
        assert tiles.has_focus
        await console.press("right", "j")
        chosen = tiles.cursor_tile
        assert chosen.id != tiles.tiles[0].id
        await console.press("enter")
        await console.until(lambda: console.app.current_mode == "orders")
        await console.see(chosen.title)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
async def test_numbers_change_in_place_when_others_work(sample, size):
    async with sample.console(1, size=size) as console:
        tiles = console.app.screen.query_one(Tiles)
        await console.press("l")
        cursor = tiles.cursor_tile.id
        before = next(tile for tile in tiles.tiles if tile.id == "all")
        region = tiles.region
        other = sample.open()
        assert take_in(other, Batch(orders=(new_order("NEW-1"),)), source="test").refused == ()
        other.close()
        wanted = str(int(before.count.replace(",", "")) + 1)
        await console.until(
            lambda: next(tile for tile in tiles.tiles if tile.id == "all").count == wanted, "the new count"
        )
        assert tiles.cursor_tile.id == cursor
        assert tiles.region == region
        await console.settle()
        assert console.shows("NEW-1")


async def test_the_cursor_of_the_feed_stays_on_its_row(sample):
    async with sample.console(1) as console:
        feed = console.app.screen.query_one("#feed", ShortList)
        feed.focus()
        await console.press("j", "j")
        row = feed.cursor_row
        other = sample.open()
        assert take_in(other, Batch(orders=(new_order("NEW-2"),)), source="test").refused == ()
        other.close()
        await console.until(lambda: any(one.id == "NEW-2" for one in feed.rows), "the new row")
        assert feed.cursor_row == row


async def test_the_cursor_of_the_feed_stays_on_its_row_however_much_happens(sample, monkeypatch):
    """On a busy day the order one looks at is soon not among the newest any more."""
    monkeypatch.setattr(dashboard, "FEED_LENGTH", 6)
    async with sample.console(1) as console:
        feed = console.app.screen.query_one("#feed", ShortList)
        feed.focus()
        await console.press("j", "j")
        row = feed.cursor_row
        for turn in range(2):
            at = NOW + timedelta(seconds=turn)
            many = [replace(new_order(f"NEW-{turn}{number}"), created=at) for number in range(8)]
            other = sample.open()
            other.clock = FixedClock(at)
            assert take_in(other, Batch(orders=many), source="test").refused == ()
            other.close()
            await console.until(lambda wanted=many[-1].id: any(one.id == wanted for one in feed.rows))
            assert feed.cursor_row == row
            assert len(feed.rows) == 7


async def test_a_feed_that_nobody_is_in_goes_on_showing_what_is_newest(sample):
    """However many orders come in: more than its lines hold."""
    async with sample.console(1, size=LARGE) as console:
        feed = console.app.screen.query_one("#feed", ShortList)
        many = [f"NEW-{number}" for number in range(feed.size.height + 3)]
        other = sample.open()
        for number, order_id in enumerate(many, 1):
            other.clock = FixedClock(NOW + timedelta(seconds=number))
            assert (
                take_in(
                    other,
                    Batch(orders=(replace(new_order(order_id), created=other.clock.now()),)),
                    source="test",
                ).refused
                == ()
            )
            await console.until(lambda wanted=order_id: any(one.id == wanted for one in feed.rows))
        other.close()
        await console.settle()
        assert feed.cursor_row == feed.rows[0]


async def test_enter_in_the_feed_opens_the_order(sample):
    async with sample.console(1) as console:
        feed = console.app.screen.query_one("#feed", ShortList)
        feed.focus()
        await console.press("j", "enter")
        wanted = feed.rows[1].order_id
        await console.until(lambda: console.app.screen.order_id == wanted, "the profile")
        await console.press("q")
        await console.until(lambda: console.app.current_mode == "dashboard")
        await console.until(
            lambda: (
                [row.id for row in console.app.screen.query_one("#recent", ShortList).rows][:1] == [wanted]
            ),
            "the order among the recent ones",
        )


async def test_an_administrator_without_a_desk_role_is_told_what_is_theirs(peopled, password):
    desk = peopled.open()
    people.set_roles(desk, LOCAL_ACTOR, "ana", frozenset({Role.AD}))
    desk.close()
    async with run(peopled.app()) as console:
        await console.until(lambda: console.app.desk is not None)
        await console.type("ana")
        await console.press("enter")
        await console.type(password)
        await console.press("enter")
        await console.see("oms-tui people add NAME")
        assert "AD" in console.lines[0]
        await console.type(":or")
        await console.press("enter")
        assert any("Orders are for CS, NM and OP" in text for text in console.told)
        assert console.app.current_mode == "dashboard"


@pytest.mark.parametrize("size", [(59, 24), (80, 15), (20, 5)])
async def test_too_small_a_terminal_gets_one_line(sample, size):
    async with sample.console(1, size=SMALL) as console:
        await console.pilot.resize_terminal(*size)
        await console.settle()
        lines = [line for line in console.lines if line]
        assert len(lines) == 1
        assert lines[0].startswith("Needs 60x16"[: size[0]])
        await console.pilot.resize_terminal(80, 24)
        await console.settle()
        assert "Order feed" in console.text


@pytest.mark.parametrize("size", [(60, 16), (70, 20), (100, 30), (200, 60)])
async def test_every_tile_has_its_place_at_every_size(sample, size):
    async with sample.console(3, size=size) as console:
        tiles = console.app.screen.query_one(Tiles)
        shown = tiles.text
        for tile in tiles.tiles:
            assert tile.title in shown or tile.short_title in shown, tile.title
        assert tiles.region.bottom <= size[1] - 1  # the key line is below
        places = {tiles._place(index, tiles.size.width) for index in range(len(tiles.tiles))}
        assert len(places) == len(tiles.tiles)
        for _ in range(len(tiles.tiles)):
            await console.press("down")
        for _ in range(6):
            await console.press("right")
        assert tiles.cursor_tile is not None


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
async def test_the_feed_tells_other_days_from_today(desk_of, size):
    clock = FixedClock(NOW)
    async with desk_of(order(id="10432")).console(size=size, clock=clock) as console:
        feed = console.app.screen.query_one("#feed", ShortList)

        def row():
            return next(text for text in feed.text.splitlines() if "10432" in text)

        assert "13:00" in row()
        assert "22 Nov" not in row()
        clock.advance(timedelta(days=1))
        console.app.screen.post_message(FreshnessChanged())
        await console.until(lambda: "22 Nov" in row())
        clock.advance(timedelta(days=400))
        console.app.screen.post_message(FreshnessChanged())
        await console.until(lambda: "2026" in row())


async def test_ages_follow_the_minute_and_nothing_moves(desk_of):
    clock = FixedClock(NOW)
    async with desk_of(order(id="10432", created=NOW - timedelta(minutes=4))).console(clock=clock) as console:
        screen = console.app.screen
        tiles = screen.query_one(Tiles)
        await console.press("right", "right")
        before = tiles.cursor_tile.id
        assert "4 min" in tiles.text
        clock.advance(timedelta(minutes=1))
        screen.post_message(FreshnessChanged())
        await console.until(lambda: "5 min" in tiles.text)
        assert tiles.cursor_tile.id == before
        await console.app.open_order("10432")
        await console.settle()
        clock.advance(timedelta(minutes=2))
        await console.press("q")
        await console.until(lambda: "7 min" in tiles.text)


async def test_all_roles_of_a_person_are_named(sample):
    async with sample.console(3, size=LARGE) as console:
        assert "OP+AD" in console.lines[0]

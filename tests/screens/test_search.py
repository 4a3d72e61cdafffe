"""The search box: finds while one types, says what matched, and hands filters to Orders."""

import asyncio

import pytest
from textual.widgets import Input

from oms_tui.backend.local import LocalBackend
from oms_tui.screens.search import SHORT_FIELDS, SearchBox
from oms_tui.widgets.short_list import ShortList
from tests.screens.consoles import LARGE, SMALL


def hits(console):
    return console.app.screen.query_one("#hits", ShortList).rows


async def open_box(console, text=""):
    await console.press("/")
    assert isinstance(console.app.screen, SearchBox)
    if text:
        await console.type(text)


async def orders_of(lying):
    """A few orders of the desk, as the list shows them."""
    desk = lying.open()
    try:
        from oms_tui.store import lists

        with desk.store.read() as conn:
            return lists.feed(conn, 5)
    finally:
        desk.close()


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
async def test_an_id_finds_its_order_and_says_what_matched(sample, size):
    async with sample.console(1, size=size) as console:
        await open_box(console, "10077")
        assert hits(console)[0].order.id == "10077"
        assert console.shows("1 order")
        await console.press("enter")
        await console.until(lambda: console.app.screen.order_id == "10077", "the profile")


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
async def test_what_matched_is_never_cut(sample, size):
    async with sample.console(1, size=size) as console:
        order = next(x.order for x in (await console.app.backend.search("müller")).hits if x.order.email)
        await open_box(console, order.email)
        found = [hit.field for hit in hits(console)]
        assert found
        box = console.app.screen.query_one("#hits", ShortList).text.splitlines()
        for field, row in zip(found, box, strict=False):
            assert (field if size == LARGE else SHORT_FIELDS.get(field, field)) in row
        assert console.shows(f"{hits(console)[0].order.id}: {found[0]} {order.email}")
        if len(found) > 1:
            await console.press("down")
            assert console.shows(f"{hits(console)[1].order.id}: {found[1]} ")


async def test_every_part_of_a_customer_finds_them(sample):
    async with sample.console(1) as console:
        page = await console.app.backend.search("10077")
        order = page.hits[0].order
        words = {
            "id": order.id,
            "e-mail": order.email,
            "last name": order.last_name[:4],
            "phone tail": "".join(filter(str.isdigit, order.phone))[-6:],
        }
        await open_box(console)
        for what, text in words.items():
            if not text:
                continue
            await console.press("ctrl+u")
            await console.type(text)
            assert order.id in [hit.order.id for hit in hits(console)], (what, text)


async def test_enter_before_the_answer_opens_the_first_once_it_is_found(sample):
    async with sample.console(1) as console:
        await console.pilot.press("/", *"10088", "enter")
        await console.until(lambda: console.app.screen.order_id == "10088", "the profile")


async def test_a_late_answer_to_an_earlier_text_is_dropped(sample, monkeypatch):
    first_may_answer = asyncio.Event()
    answers = LocalBackend.search

    async def slow_for_some(self, text, limit=20):
        if text == "10077":
            await first_may_answer.wait()
        return await answers(self, text, limit)

    monkeypatch.setattr(LocalBackend, "search", slow_for_some)
    async with sample.console(1) as console:
        await console.pilot.press("/", *"10077")
        await asyncio.sleep(0.3)  # longer than the debounce: the first question is under way
        await console.pilot.press("backspace", "8")
        await console.until(lambda: [hit.order.id for hit in hits(console)] == ["10078"])
        first_may_answer.set()
        await console.settle()
        assert [hit.order.id for hit in hits(console)] == ["10078"]


async def test_arrows_move_in_the_hits_while_one_types(sample):
    async with sample.console(1) as console:
        await open_box(console, "1007")
        found = [hit.order.id for hit in hits(console)]
        assert len(found) > 3
        await console.press("down", "down", "up")
        assert console.app.screen.query_one("#hits", ShortList).cursor_row.order.id == found[1]
        await console.press("enter")
        await console.until(lambda: console.app.screen.order_id == found[1], "the profile")
        await console.press("]")
        await console.until(lambda: console.app.screen.order_id == found[2], "the next hit's profile")


async def test_nothing_found_says_so_and_the_next_key(sample):
    async with sample.console(1) as console:
        await open_box(console, "zzzzzz")
        await console.see("Nothing matches “zzzzzz” – esc closes the box")
        await console.press("enter")
        assert isinstance(console.app.screen, SearchBox)
        await console.press("escape")
        assert not isinstance(console.app.screen, SearchBox)


async def test_a_filter_is_counted_and_goes_to_orders(sample):
    async with sample.console(1) as console:
        count = await console.app.backend.count("status:shipped")
        await open_box(console, "status:shipped")
        await console.see(f"{count} orders – enter shows them in Orders")
        await console.press("enter")
        await console.until(lambda: console.app.current_mode == "orders")
        await console.see("status:shipped")


async def test_a_filter_on_time_shows_its_bounds(sample):
    async with sample.console(1) as console:
        await open_box(console, "age>4h")
        await console.see("placed ≤ 22 Nov 09:30 +01:00")


async def test_a_wrong_field_is_underlined_with_what_was_meant(sample):
    async with sample.console(1) as console:
        await open_box(console, "10 contry:DE")
        await console.see("did you mean country?")
        fault = next(line for line in console.lines if set(line.strip()) == {"^"})
        typed = next(line for line in console.lines if "contry:DE" in line)
        assert fault.index("^") == typed.index("contry")
        assert hits(console) == ()
        await console.press("enter")
        assert isinstance(console.app.screen, SearchBox)


async def test_tab_takes_a_suggestion(sample):
    async with sample.console(1) as console:
        await open_box(console, "status:shi")
        await console.press("tab")
        await console.until(lambda: console.app.screen.query_one("#wanted", Input).value == "status:shipped")
        await console.see("enter shows them in Orders")


async def test_somebody_new_may_use_the_documented_fields_only(sample):
    async with sample.console(2) as console:
        await open_box(console, "country:DE")
        await console.see("country is a filter that your role does not have")
        await console.press("ctrl+u")
        await console.type("first:a*")
        await console.see("enter shows them in Orders")


async def test_all_that_matches_can_be_listed(sample):
    async with sample.console(1) as console:
        await open_box(console, "1007")
        await console.press("f9")
        await console.until(lambda: console.app.current_mode == "orders")


HOSTILE = [
    "[/]",
    "[@click=app.quit]x[/]",
    "\x1b]52;c;aGk=\x07",
    "a\u202eb",
    "%_%",
    '"',
    "'; drop table",
    "-",
    ":",
    "*",
]


@pytest.mark.parametrize("text", HOSTILE)
async def test_whatever_is_typed_is_text(sample, text):
    async with sample.console(1) as console:
        await open_box(console)
        console.app.screen.query_one("#wanted", Input).value = text
        await console.settle()
        assert isinstance(console.app.screen, SearchBox)
        assert "\x1b" not in console.text
        assert "\u202e" not in console.text


async def test_a_paste_searches_and_submits_nothing(sample):
    from textual import events

    async with sample.console(2) as console:
        console.app.post_message(events.Paste("10077\n10078\n"))
        await console.until(lambda: isinstance(console.app.screen, SearchBox), "the box")
        await console.settle()
        box = console.app.screen.query_one("#wanted", Input)
        assert box.value == "10077"
        box.post_message(events.Paste(" lamp\rand more\r"))
        await console.settle()
        assert box.value == "10077 lamp"
        assert isinstance(console.app.screen, SearchBox)

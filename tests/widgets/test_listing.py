"""The listing: stops, marks, headings, movement through long stretches, and what it repaints."""

from contextlib import asynccontextmanager

import pytest
from textual.app import App

from oms_tui.widgets.listing import Body, Entry, Listing

HEIGHT = 10


class ListingApp(App[None]):
    """A listing alone."""

    CSS = "Listing { height: 1fr; }"

    def __init__(self, build):
        super().__init__()
        self.build = build
        self.heard = []

    def compose(self):
        """The listing."""
        yield Listing()

    def on_mount(self):
        """Show the body."""
        listing = self.query_one(Listing)
        listing.focus()
        listing.present(self.build)

    def on_listing_opened(self, event):
        """Remember what was opened."""
        self.heard.append(("opened", event.key))

    def on_listing_moved(self, event):
        """Remember where the cursor went."""
        self.heard.append(("moved", event.key))


@asynccontextmanager
async def running(build, size=(40, HEIGHT)):
    """The listing on a screen of this size."""
    app = ListingApp(build)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield pilot, app.query_one(Listing)


def text_entry(text, key=None, *, can_mark=False):
    """One line."""
    return Entry(lambda: [(text, "")], key, can_mark)


def rows(count, head=0):
    """A header and rows with keys 0, 1, 2 ..."""
    entries = [text_entry("header")] * head
    entries += [text_entry(f"row {number}", number, can_mark=number % 2 == 0) for number in range(count)]
    return lambda width: Body(tuple(entries), head)


def seen(listing):
    """What stands on the screen, without gutters."""
    return [text[3:] for text in listing.text.split("\n")]


async def test_the_cursor_goes_from_stop_to_stop_and_turns_pages():
    async with running(rows(30, head=1)) as (_pilot, listing):
        assert seen(listing)[:3] == ["header", "row 0", "row 1"]
        for _ in range(HEIGHT - 3):
            listing.action_cursor_down()
        assert seen(listing)[-2:] == ["row 7", "▾ 22 more"]
        listing.action_cursor_down()
        assert listing.cursor_key == 8
        assert seen(listing)[:3] == ["header", "▴ 8 more", "row 8"]
        listing.action_cursor_up()
        assert "row 7" in seen(listing)
        listing.action_last()
        assert (listing.cursor_key, seen(listing)[-1]) == (29, "row 29")
        listing.action_page_up()
        assert listing.cursor_key == 29 - (HEIGHT - 3)
        listing.action_first()
        assert (listing.cursor_key, seen(listing)[1]) == (0, "row 0")
        listing.action_half_page_down()
        assert listing.cursor_key == (HEIGHT - 3) // 2


@pytest.mark.parametrize("count", [1, 4, 5, 10, 25])
@pytest.mark.parametrize("height", [1, 3, 4, 9])
@pytest.mark.parametrize("way", ["cursor_down", "page_down"])
async def test_the_row_under_the_cursor_is_seen_and_every_other_one_is_counted(count, height, way):
    async with running(rows(count), (40, height)) as (_pilot, listing):
        back = way.replace("down", "up")
        passed = set()
        for step in [way] * (count + 2) + [back] * (count + 2):
            shown = [text for text in seen(listing) if text.startswith("row ")]
            numbers = [int(text.split()[1]) for text in shown]
            passed.update(numbers)
            above, below = listing.hidden
            assert listing.cursor_key in numbers
            assert (numbers[0], count - 1 - numbers[-1]) == (above, below)
            both = (f"▴ {above} more", f"▾ {below} more")
            signs = [part for text in seen(listing) for part in both if part in text]
            wanted = [f"{sign} {n} more" for sign, n in (("▴", above), ("▾", below)) if n]
            assert signs == wanted if height > 1 else signs == wanted[-1:]
            getattr(listing, f"action_{step}")()
        assert passed == set(range(count))


async def test_long_stretches_without_stops_are_scrolled_through():
    entries = [text_entry("top", "a"), *(text_entry(f"text {n}") for n in range(40)), text_entry("end", "b")]
    async with running(lambda width: Body(tuple(entries))) as (_pilot, listing):
        for _ in range(3):
            listing.action_cursor_down()
        assert listing.cursor_key == "a"
        assert seen(listing)[:2] == ["▴ 4 more", "text 3"]
        for _ in range(40):
            listing.action_cursor_down()
        assert listing.cursor_key == "b"
        listing.action_first()
        assert seen(listing)[0] == "top"


async def test_text_without_any_stop_scrolls():
    entries = tuple(text_entry(f"text {number}") for number in range(30))
    async with running(lambda width: Body(entries)) as (_pilot, listing):
        listing.action_cursor_down()
        assert seen(listing)[:2] == ["▴ 2 more", "text 2"]
        listing.action_page_down()
        assert seen(listing)[1] == f"text {2 + HEIGHT - 2}"
        listing.action_last()
        assert seen(listing)[-1] == "text 29"
        listing.action_open()
        assert listing.cursor_key is None


async def test_the_heading_above_a_row_is_seen_with_it():
    entries = []
    for group in range(6):
        entries += [text_entry(""), text_entry(f"heading {group}")]
        entries += [text_entry(f"row {group}.{number}", (group, number)) for number in range(4)]
    async with running(lambda width: Body(tuple(entries))) as (_pilot, listing):
        for _ in range(8):
            listing.action_cursor_down()
        assert listing.cursor_key == (2, 0)
        assert "heading 2" in seen(listing)


async def test_entries_of_one_key_are_one_stop():
    entries = (text_entry("a", 1), text_entry("a, more", 1), text_entry("b", 2))
    async with running(lambda width: Body(entries)) as (_pilot, listing):
        assert listing.keys == (1, 2)
        listing.action_cursor_down()
        assert listing.cursor_key == 2


@pytest.mark.parametrize(
    ("height", "kept"),
    [(9, ["subtotal", "total", "due"]), (8, ["total", "due"]), (7, ["due"]), (5, ["due"]), (4, [])],
)
async def test_of_what_stays_at_the_end_the_last_stays_longest(height, kept):
    """Two lines of a head are kept too; below them four lines scroll, or two where there is no more room."""
    entries = [text_entry(f"row {number}", number) for number in range(20)]
    ends = [text_entry(text) for text in ("subtotal", "total", "due")]
    body = Body((text_entry("head"), text_entry("line"), *entries, *ends), head=2, foot=3)
    async with running(lambda _width: body, (40, height)) as (_pilot, listing):
        assert [text for text in seen(listing) if text in ("subtotal", "total", "due")] == kept
        assert any("more" in text for text in seen(listing))


async def test_the_cursor_stays_by_key_when_the_body_changes():
    async with running(rows(30)) as (_pilot, listing):
        for _ in range(5):
            listing.action_cursor_down()
        more = (text_entry("new", "new"), *rows(30)(40).entries)
        listing.present(lambda width: Body(more))
        assert listing.cursor_key == 5
        assert seen(listing)[5] == "row 5"
        listing.present(rows(3))
        assert listing.cursor_key == 2
        listing.present(rows(30), is_new=True)
        assert listing.cursor_key == 0


async def test_only_what_can_be_marked_is():
    async with running(rows(6)) as (_pilot, listing):
        listing.action_toggle_mark()
        listing.action_mark_down()
        listing.action_mark_down()
        listing.action_mark_down()
        assert listing.marks == {0, 2}
        listing.action_mark_up()
        listing.action_mark_up()
        assert listing.cursor_key == 1
        listing.action_cursor_up()
        listing.action_toggle_mark()
        assert listing.marks == {2}
        assert listing.text.split("\n")[2].startswith(" ▪ ")


async def test_it_draws_only_what_is_seen_and_a_move_draws_two_rows():
    drawn = []

    def entry(number):
        def draw():
            drawn.append(number)
            return [(str(number), "")]

        return Entry(draw, number)

    entries = tuple(entry(number) for number in range(10_000))
    async with running(lambda width: Body(entries)) as (pilot, listing):
        assert set(drawn) <= set(range(HEIGHT))
        drawn.clear()
        listing.action_cursor_down()
        await pilot.pause()
        assert sorted(set(drawn)) == [0, 1]


async def test_a_new_width_makes_the_body_anew():
    widths = []

    def build(width):
        widths.append(width)
        return rows(5)(width)

    async with running(build) as (pilot, listing):
        listing.action_cursor_down()
        await pilot.resize_terminal(60, HEIGHT)
        await pilot.pause()
        assert widths[-1] == 57
        assert listing.cursor_key == 1
        made = len(widths)
        await pilot.resize_terminal(60, HEIGHT - 4)
        await pilot.pause()
        assert len(widths) == made


@pytest.mark.parametrize("clicks", [1, 2])
async def test_a_click_moves_and_a_second_one_opens(clicks):
    async with running(rows(6)) as (pilot, listing):
        for _ in range(clicks):
            await pilot.click(Listing, offset=(5, 3))
        assert listing.cursor_key == 3
        expected = [("moved", 3), ("opened", 3)][:clicks]
        assert [one for one in pilot.app.heard if one[0] in ("moved", "opened")] == expected


async def test_it_says_where_the_cursor_went_and_what_was_opened():
    async with running(rows(3)) as (pilot, listing):
        listing.action_cursor_down()
        listing.action_open()
        await pilot.pause()
        assert pilot.app.heard == [("moved", 1), ("opened", 1)]


async def test_text_past_the_last_stop_is_paged_through_and_back():
    entries = [text_entry("top", "a"), *(text_entry(f"text {n}") for n in range(40))]
    async with running(lambda width: Body(tuple(entries))) as (_pilot, listing):
        listing.action_last()
        assert (listing.cursor_key, seen(listing)[-1]) == ("a", "text 39")
        listing.action_page_up()
        assert seen(listing)[-1].endswith("more")
        listing.action_first()
        assert seen(listing)[0] == "top"
        for way in ("page_down", "half_page_down"):
            before = listing.hidden[1]
            getattr(listing, f"action_{way}")()
            assert listing.hidden[1] < before

"""The orders list: rows, queues, filter, sort, columns, view flow, marks, live rows (spec 7, Orders)."""

import json
import re
from datetime import timedelta

import pytest

from oms_tui.clock import FixedClock, age_text
from oms_tui.domain.flow import FlowTask, Task, TaskState
from oms_tui.domain.order import Note
from oms_tui.domain.status import LineStatus
from oms_tui.screens import kept
from oms_tui.screens.console import FreshnessChanged
from oms_tui.screens.orders import OrdersScreen
from oms_tui.screens.profile import ProfileScreen
from oms_tui.screens.search import SearchBox
from tests.build import card, flow, line, order, shipment
from tests.screens.acting import free, many, other_does, partly_shipped
from tests.screens.consoles import LARGE, NOW, SMALL

ROW = "Müller, Hans"
SORT_WORDS = ("newest first", "oldest first", "largest first", "smallest first", "by ID")


async def orders_of(console, filter_text=""):
    """The orders screen, open on a filter."""
    await console.app.open_orders(filter_text)
    await console.settle()
    screen = console.app.screen
    assert isinstance(screen, OrdersScreen)
    return screen


def rows(console):
    """The lines that hold an order."""
    return [text for text in console.lines if ROW in text or "Pending" in text]


async def test_at_80x24_at_least_twelve_orders_with_everything_essential(desk_of):
    desk = desk_of(*many(30), partly_shipped())
    async with desk.console(size=SMALL) as console:
        await orders_of(console)
        assert len(rows(console)) >= 12
        header = next(text for text in console.lines if "Order" in text and "Total" in text)
        for title in ("Order", "Customer", "Status", "Age", "Total"):
            assert title in header
        first = next(text for text in console.lines if "10427" in text)
        assert "◑ Confirmed 2/7" in first
        assert "30 min" in first
        assert "224.90 €" in first
        assert "1 of 31" in console.lines[2]


async def test_at_80x24_the_key_line_names_the_keys_one_needs_most(desk_of):
    async with desk_of(*many(3)).console(size=SMALL) as console:
        await orders_of(console)
        for hint in (
            "enter open",
            "x cancel",
            "n note",
            "/ search",
            "z items",
            "s sort",
            "space mark",
            "? help",
        ):
            assert hint in console.lines[-1]


async def test_the_key_line_of_operations_names_their_keys_first(desk_of):
    """What is for others comes behind them; help is always there."""
    async with desk_of(*many(3)).console(number=3, size=SMALL) as console:
        await orders_of(console)
        hints = console.app.screen.keys.hints
        shown = [hint.key for hint in hints]
        for key in ("T", "b", "t", "n"):
            assert f"{key} " in console.lines[-1]
            assert shown.index(key) < shown.index("x")
        assert hints[-1].text == "help"


async def test_in_a_queue_the_key_line_names_how_to_claim_the_next(desk_of):
    async with desk_of(*many(3)).console(size=SMALL) as console:
        await orders_of(console)
        assert "C claim next" not in console.lines[-1]
        await console.app.open_orders("hold:address", title="Address problems")
        await console.settle()
        assert "C claim next" in console.lines[-1]
        await console.app.open_orders("claimed:me", title="My work")
        await console.settle()
        assert "C claim next" not in console.lines[-1]


async def test_a_large_terminal_shows_queues_beside_and_items_below(desk_of):
    async with desk_of(partly_shipped()).console(size=LARGE) as console:
        screen = await orders_of(console)
        await console.see("Desk lamp")
        assert screen.pane.display
        assert not screen.strip.display
        assert "2 Fraud review" in console.text
        for fact in (
            "view flow",
            "Info",
            "Payment",
            "Invoice",
            "Promo",
            "Tax",
            "Authorized",
            "Total 224.90 €",
        ):
            assert fact in console.text


async def test_digits_show_queues_and_escape_goes_back_to_all(desk_of):
    held = free("10500")
    desk = desk_of(held, partly_shipped())
    other_does(desk, "order.claim", "10500", "k" * 16, person="ana")
    async with desk.console() as console:
        screen = await orders_of(console)
        await console.press("1")
        await console.until(lambda: [row.id for row in screen.orders.visible_rows] == ["10500"])
        assert "claimed:me" in console.lines[2]
        assert "My work" in console.lines[0]
        await console.press("escape")
        await console.until(lambda: len(screen.orders.visible_rows) == 2)
        assert "all orders" in console.lines[2]


async def test_the_queue_line_opens_with_arrows_and_enter(desk_of):
    async with desk_of(free()).console() as console:
        screen = await orders_of(console)
        await console.press("shift+tab")
        assert screen.focused is screen.strip
        await console.press(*"hhhhh", "l", "enter")
        await console.see("No orders match “hold:address” – esc clears the filter, f2 changes it")
        assert screen.focused is screen.orders


async def test_a_filter_shows_its_bounds_with_their_offset(desk_of):
    async with desk_of(free()).console() as console:
        await orders_of(console, "age>1h status:allocated")
        assert "placed < 22 Nov 12:30 +01:00" in console.lines[2] or "+01:00" in console.lines[2]
        assert "f2 age>1h status:allocated" in console.lines[2]


async def test_a_wrong_filter_says_what_is_wrong_and_the_next_key(desk_of):
    async with desk_of(free()).console() as console:
        await orders_of(console, "statsu:shipped")
        await console.see("did you mean status")
        assert "r tries again." in console.text


async def test_f2_refines_the_filter_in_the_search_box(desk_of):
    async with desk_of(free(), partly_shipped()).console() as console:
        screen = await orders_of(console, "status:allocated")
        await console.press("f2")
        assert isinstance(console.app.screen, SearchBox)
        await console.type("country:DE")
        await console.press("enter")
        await console.until(lambda: console.app.screen is screen)
        await console.see("f2 status:allocated country:DE")
        assert [row.id for row in screen.orders.visible_rows] == ["10432"]


async def test_sort_goes_round(desk_of):
    cheap = free("1", created=free().created.replace(hour=9))
    dear = partly_shipped("2")
    async with desk_of(cheap, dear).console() as console:
        screen = await orders_of(console)
        seen = []
        for _ in range(5):
            words = next(words for words in SORT_WORDS if words in console.lines[2])
            seen.append((words, [row.id for row in screen.orders.visible_rows]))
            await console.press("s")
        assert seen == [
            ("newest first", ["2", "1"]),
            ("oldest first", ["1", "2"]),
            ("largest first", ["2", "1"]),
            ("smallest first", ["1", "2"]),
            ("by ID", ["1", "2"]),
        ]
        assert "newest first" in console.lines[2]


async def test_z_shows_the_items_at_80x24_and_moving_never_waits_for_them(desk_of):
    async with desk_of(*many(40)).console() as console:
        screen = await orders_of(console)
        assert not screen.flow.display
        await console.press("z")
        await console.see("Linen shirt, white")
        await console.press(*["j"] * 12)
        assert screen.orders.cursor_row.id == "20028"
        await console.see("20028 view flow")
        await console.press("escape")
        assert not screen.flow.display


async def test_enter_opens_and_back_the_cursor_is_on_the_order_shown_last(desk_of):
    async with desk_of(*many(30)).console() as console:
        screen = await orders_of(console)
        await console.press("j", "enter")
        profile = console.app.screen
        assert isinstance(profile, ProfileScreen)
        assert profile.order_id == "20029"
        await console.see("[ 20030 20028 ]")
        await console.press("]", "]", "]")
        await console.until(lambda: profile.order_id == "20026")
        await console.press("[")
        await console.until(lambda: profile.order_id == "20027")
        await console.press("q")
        await console.until(lambda: console.app.screen is screen)
        await console.until(lambda: screen.orders.cursor_row.id == "20027")


async def test_the_walk_says_where_the_list_ends(desk_of):
    async with desk_of(*many(2)).console() as console:
        await orders_of(console)
        await console.press("enter")
        await console.press("[")
        assert console.told[-1] == "Order 20002 is the first one of the list"
        await console.press("]", "]")
        await console.until(lambda: console.told[-1] == "Order 20001 is the last one of the list")


async def test_verbs_work_on_the_row_under_the_cursor(desk_of):
    async with desk_of(*many(3)).console() as console:
        screen = await orders_of(console)
        await console.press("j", "c")
        await console.until(lambda: "Claimed order 20002" in console.told)
        await console.press("y")
        assert console.app.clipboard == "20002"
        assert console.told[-1] == "Sent 20002 to the clipboard"
        await console.until(lambda: screen.subject() is not None and screen.subject().claim is not None)
        await console.press("c")
        await console.until(lambda: "Released order 20002" in console.told)


async def test_marks_and_marking_all(desk_of):
    async with desk_of(*many(40)).console() as console:
        screen = await orders_of(console)
        await console.press("space", "j", "J", "J")
        assert screen.orders.marks == {"20040", "20039", "20038"}
        assert "3 marked" in console.lines[2]
        await console.press("*")
        await console.see("Mark all 40 orders?")
        await console.press("tab", "enter")
        await console.until(lambda: len(screen.orders.marks) == 40)
        await console.press("escape")
        assert screen.orders.marks == frozenset()


async def test_ages_follow_the_minute_and_the_cursor_stays(desk_of):
    clock = FixedClock(NOW)
    async with desk_of(*many(5)).console(clock=clock) as console:
        screen = await orders_of(console)
        await console.press("j")

        def age():
            return next(text for text in console.lines if "20004" in text)

        placed = (NOW - screen.orders.cursor_row.created).total_seconds()
        assert age_text(placed) in age()
        clock.advance(timedelta(minutes=1))
        screen.post_message(FreshnessChanged())
        await console.until(lambda: age_text(placed + 60) in age())
        assert screen.orders.cursor_row.id == "20004"
        await console.press("enter")
        clock.advance(timedelta(minutes=2))
        await console.press("q")
        await console.until(lambda: age_text(placed + 180) in age())


async def test_a_cancelled_order_shows_what_was_placed(desk_of):
    desk = desk_of(*many(2))
    other_does(desk, "order.cancel", "20002", "k" * 16, person="ana", reason="duplicate")
    async with desk.console() as console:
        screen = await orders_of(console)
        cancelled = next(text for text in console.lines if "20002" in text)
        assert screen.orders.cursor_row.total.minor == 0
        assert cancelled.rstrip().endswith("was 184.90 €")
        assert next(text for text in console.lines if "20001" in text).rstrip().endswith("  184.90 €")


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
@pytest.mark.parametrize("number", [1, 2, 3])
async def test_names_of_queues_are_never_cut(sample, number, size):
    async with sample.console(number, size=size) as console:
        screen = await orders_of(console)
        known = {row.title for row in screen._queue_rows()} | {row.short for row in screen._queue_rows()}
        widget = screen.pane if size == LARGE else screen.strip
        text = widget.text
        assert "…" not in text
        found = [words.strip() for words in re.findall(r"[A-Z][A-Za-z ]+", text)]
        assert found
        assert set(found) <= known


async def test_a_change_elsewhere_shows_and_the_cursor_stays(desk_of):
    desk = desk_of(*many(5))
    async with desk.console(size=LARGE) as console:
        screen = await orders_of(console)
        await console.press("j", "j")
        await console.until(lambda: console.app.session.is_live)
        other_does(desk, "order.cancel", "20003", "k" * 16, person="ana", reason="duplicate")
        await console.until(lambda: screen.orders.cursor_row.status.value == "cancelled", "the change")
        assert screen.orders.cursor_row.id == "20003"
        await console.see("⊘ Cancelled")


async def test_columns_are_chosen_ordered_and_kept_per_person(desk_of):
    desk = desk_of(partly_shipped())
    async with desk.console() as console:
        screen = await orders_of(console)
        await console.press("|")
        await console.press("j", "j", "j", "space")  # the status is always there: space does nothing
        await console.press("G", "space")  # the last one of those not shown
        last = console.app.screen.query_one("ColumnList").cursor_row
        assert last.is_shown
        await console.press(*["K"] * 30, "enter")
        await console.until(lambda: console.app.screen is screen)
        assert screen.orders.shown_columns[0] == last.id
        assert "status" in screen.orders.shown_columns
        kept_file = kept.file_of("ana")
        await console.until(kept_file.exists)
    assert json.loads(kept_file.read_text())["columns.OR"][0] == last.id
    assert kept_file.stat().st_mode & 0o777 == 0o600
    async with desk.console() as console:
        screen = await orders_of(console)
        await console.until(lambda: screen.orders.shown_columns[0] == last.id)
    async with desk.console(3) as console:
        screen = await orders_of(console)
        assert screen.orders.shown_columns[0] == "order"


async def test_every_documented_column_can_be_shown(desk_of):
    documented = {
        "store", "order", "created", "first", "last", "email", "phone", "status", "region", "country",
        "channel-type", "channel", "method", "payment", "holds", "age", "total",
    }  # fmt: skip
    async with desk_of(partly_shipped()).console(size=(250, 30)) as console:
        screen = await orders_of(console)
        screen.orders.set_columns(sorted(documented))
        await console.settle()
        assert set(screen.orders.shown_columns) == documented
        row = next(text for text in console.lines if "10427" in text)
        for fact in ("Online", "Hans", "Müller", "hans@example.com", "+49 30 1234567", "EMEA", "DE", "Web",
                     "web-de", "Standard", "Partly Captured", "224.90 €"):  # fmt: skip
            assert fact.lower() in row.lower()


@pytest.mark.parametrize("content", ["", "no json", "[1]", '{"columns.OR": 3}', '{"columns.OR": ["gone"]}'])
async def test_what_cannot_be_read_of_kept_choices_is_left_aside(desk_of, content):
    path = kept.file_of("ana")
    path.parent.mkdir(parents=True)
    path.write_text(content)
    async with desk_of(free()).console() as console:
        screen = await orders_of(console)
        assert screen.orders.shown_columns[0] == "order"


async def test_an_empty_desk_says_how_to_fill_it(desk_of):
    async with desk_of().console() as console:
        screen = await orders_of(console)
        await console.see("There are no orders here yet")
        await console.press("enter", "x", "y", "*", "z")
        assert screen.order_id is None
        assert console.told[-1] == "There is no order here to copy"


async def test_a_new_member_sees_their_own_work_and_may_list(desk_of):
    async with desk_of(free()).console(2) as console:
        screen = await orders_of(console)
        assert [row.title for row in screen._queue_rows()] == ["My work"]
        assert [row.id for row in screen.orders.visible_rows] == ["10432"]
        await console.press("2")
        assert "all orders" in console.lines[2]


async def test_find_keeps_to_a_filter_that_names_orders_itself(desk_of):
    async with desk_of(*many(5)).console() as console:
        screen = await orders_of(console, "id:20001,20003 sort:id")
        source = screen.orders._loader._source
        assert (await source.find("20003")).id == "20003"
        assert await source.find("20002") is None
        assert await source.find("20001x") is None


# -- who works on an order, and why it stands ----------------------------------------------------------------


async def test_a_claim_is_a_quiet_mark_while_it_runs_and_gone_after(desk_of):
    """Others see that somebody works on it; the pane names them; a claim that has run out never shows."""
    clock = FixedClock(NOW)
    desk = desk_of(*many(3))
    other_does(desk, "order.claim", "20003", "k" * 32)
    async with desk.console(size=SMALL, clock=clock) as console:
        screen = await orders_of(console)

        def row(order_id):
            return next(text for text in console.lines[3:12] if order_id in text)

        assert "@" in row("20003")
        assert "@" not in row("20002")
        await console.press("z")
        await console.see("claimed by olga since")
        clock.advance(timedelta(minutes=16))
        screen.post_message(FreshnessChanged())
        await console.until(lambda: "@" not in row("20003"))
        assert not console.shows("claimed by olga")


async def test_at_120_columns_a_column_names_who_claimed(desk_of):
    desk = desk_of(*many(3))
    other_does(desk, "order.claim", "20003", "k" * 32)
    async with desk.console(size=LARGE) as console:
        screen = await orders_of(console)
        screen.orders.choose(("order", "status", "claim"))
        screen.orders.suit(LARGE[0])
        await console.see("Claimed by")
        assert "olga" in next(text for text in console.lines if "20003" in text)


def stuck(**rest):
    """An order whose capture was declined."""
    failed = FlowTask(task=Task.CAPTURE, state=TaskState.FAILED, error="card declined")
    return free("20009", tasks=(*flow(14)[:8], failed), **rest)


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_a_queue_of_what_stands_still_says_why_in_each_row(desk_of, size):
    async with desk_of(stuck()).console(number=3, size=size) as console:
        await orders_of(console, "task:failed")
        assert console.shows("Why it stands")
        row = next(text for text in console.lines if "20009" in text and "Capture" in text)
        assert "Capture failed: card declined" in row
        await orders_of(console, "status:allocated")
        assert not any("20009" in text and "Capture" in text for text in console.lines[:20])


def wish(order_id, hours, said):
    """An order that left three hours ago, whose customer asked to cancel so many hours ago."""
    at = NOW - timedelta(hours=hours)
    note = Note(number=1, at=at, person="customer", text=f"The customer asks to cancel: {said}")
    left = shipment("S-1", shipped_at=NOW - timedelta(hours=3))
    gone = line(1, LineStatus.SHIPPED, shipment="S-1")
    return order(gone, id=order_id, notes=(note,), payments=(card(1000),), shipments=(left,))


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_a_queue_shows_what_it_is_about_whatever_columns_were_chosen(desk_of, size):
    """Cancel requests: what was said and how long ago, the oldest request first, not the oldest order."""
    desk = desk_of(wish("20001", 2, "ordered twice"), wish("20002", 30, "too late"))
    async with desk.console(size=size, clock=FixedClock(NOW)) as console:
        screen = await orders_of(console, "cancel:requested sort:asked")
        assert [row.id for row in screen.orders.visible_rows] == ["20002", "20001"]
        assert console.shows("What they said")
        row = next(text for text in console.lines if "20002" in text and "too late" in text)
        assert "30 h" in row
        screen.orders.choose(("order", "status"))
        await orders_of(console, "uncaptured:shipped")
        await console.see("Uncaptured")
        row = next(text for text in console.lines if "20002" in text and "Shipped" in text)
        assert "10.00 €" in row
        assert "3 h" in row
        assert "uncaptured" not in screen.orders.suited


async def test_the_items_pane_says_why_the_order_stands(desk_of):
    async with desk_of(stuck()).console(number=3, size=SMALL) as console:
        await orders_of(console)
        await console.press("z")
        await console.see("Capture failed: ")

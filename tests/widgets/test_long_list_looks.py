"""The long list and the mouse, sizes, themes; text stays text; columns."""

import asyncio

import pyte
import pytest
from rich.cells import cell_len
from rich.console import Console
from textual import events
from textual.geometry import Region
from textual.widgets import Input

from oms_tui.widgets.long_list import (
    Cell,
    Column,
    RowOpened,
)
from oms_tui.widgets.long_list.canvas import LineCanvas
from oms_tui.widgets.long_list.columns import fit_parts, lay_out
from tests.widgets.list_app import HEIGHT, ROWS_ON_SCREEN, WIDTH, running, settled
from tests.widgets.rows import ListSource, Row, made_rows

# -- the mouse, sizes, themes ------------------------------------------------------------------------------


async def test_a_click_selects_and_a_second_one_opens():
    source = ListSource(made_rows(0, 1000))
    async with running(source) as (pilot, rows, told):
        await pilot.click(rows, offset=(5, 4))
        assert rows.cursor_row == source.rows[3]
        assert told.of(RowOpened) == []
        await pilot.click(rows, offset=(5, 4))
        opened = told.of(RowOpened)
        assert [message.row for message in opened] == [source.rows[3]]
        await pilot.click(rows, offset=(5, 0))  # the titles are no row
        assert rows.cursor_row == source.rows[3]


async def test_the_wheel_moves_by_rows():
    source = ListSource(made_rows(0, 1000))
    async with running(source) as (pilot, rows, _):
        rows.post_message(events.MouseScrollDown(rows, 5, 5, 0, 1, 0, False, False, False))
        await pilot.pause()
        assert rows.cursor_row == source.rows[3]
        rows.post_message(events.MouseScrollUp(rows, 5, 5, 0, -1, 0, False, False, False))
        await pilot.pause()
        assert rows.cursor_row == source.rows[0]


async def test_a_narrow_screen_drops_columns_by_priority_and_keeps_the_row():
    source = ListSource(made_rows(0, 1000))
    async with running(source) as (pilot, rows, _):
        rows.action_page_down()
        assert rows.shown_columns == ["key", "text", "version"]
        await pilot.resize_terminal(30, 8)
        await settled(pilot)
        assert rows.shown_columns == ["key", "text"]
        assert rows.cursor_row == source.rows[ROWS_ON_SCREEN]
        assert rows.cursor_row in rows.visible_rows
        assert {cell_len(line) for line in rows.shown} == {30}
        rows.set_columns(["version", "key"])
        assert rows.shown_columns == ["version", "key"]


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "ansi-dark"])
async def test_a_theme_repaints_everything_in_its_own_colours(theme: str):
    async with running(ListSource(made_rows(0, 100))) as (pilot, rows, _):
        other = "textual-light" if theme == "textual-dark" else "textual-dark"
        pilot.app.theme = other
        await pilot.pause()
        before = rows.render_line(3)
        pilot.app.theme = theme
        await pilot.pause()
        assert rows.render_line(3).text == before.text
        assert rows.render_line(3) != before
        assert rows.shown[1].startswith("▸")


async def test_the_cursor_is_seen_without_colour_and_without_the_focus(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NO_COLOR", "1")
    async with running(ListSource(made_rows(0, 100))) as (pilot, rows, _):
        field = pilot.app.query_one(Input)
        field.styles.display = "block"
        field.focus()
        await pilot.pause()
        assert [line[0] for line in rows.shown[1:]] == ["▸", *" " * (len(rows.shown) - 2)]


# -- text stays text ---------------------------------------------------------------------------------------

HOSTILE = [
    "\x1b[31mred\x1b[0m",
    "\x1b]52;c;aGk=\x07",
    "\x9b2J",
    "[@click=app.bell]Zoe[/]",
    "[/]",
    "[red",
    "new\nline\ttab\rreturn",
    "right\u202eto left",
    "zero\u200bwidth",
    "lone \ud800 surrogate",
    "NUL\x00",
    "株式会社 山田太郎と山田花子の長い長い名前",
    "e" + "\u0301" * 30,
    "\u0301starts with a mark",
    "family 👨‍👩‍👧‍👦 flag 🇨🇿",
    "ﷺ" * 5,
    "a" * 100_000,
]


async def test_hostile_text_is_shown_literally_and_no_control_reaches_the_terminal():
    rows_ = [Row(key=text, place=number, text=text) for number, text in enumerate(HOSTILE)]
    async with running(ListSource(rows_), size=(WIDTH, len(HOSTILE) + 1)) as (pilot, rows, _):
        for _ in HOSTILE:
            strips = [rows.render_line(y) for y in range(rows.size.height)]
            for strip in strips:
                assert all(character.isprintable() or character == " " for character in strip.text)
                assert cell_len(strip.text) == WIDTH
                assert strip.cell_length == WIDTH
                assert all(segment.style is None or not segment.style.meta for segment in strip)
            rows.action_cursor_down()
            await pilot.pause()
        assert "[@click=app.bell]Zoe[/]" in rows.shown[1 + 3]
        assert "[/]" in rows.shown[1 + 4]


@pytest.mark.parametrize("theme", ["textual-dark", "ansi-dark"])
@pytest.mark.parametrize("term", ["xterm-256color", "screen-256color"])
async def test_what_the_terminal_gets_is_what_textual_means(
    theme: str, term: str, monkeypatch: pytest.MonkeyPatch
):
    """Lines written thriftily over old ones put the same cells on a terminal as Textual's own writing."""
    monkeypatch.setenv("TERM", term)
    rows_ = [Row(key=n, place=n, text="株式会社" if n % 3 else "ab" * n, version=n % 2) for n in range(100)]
    async with running(ListSource(rows_)) as (pilot, rows, _):
        pilot.app.theme = theme
        console = Console(color_system="256", force_terminal=True, _environ={})
        await pilot.pause()
        ours, theirs = pyte.Screen(WIDTH, HEIGHT), pyte.Screen(WIDTH, HEIGHT)
        for move in (
            rows.action_cursor_down,
            rows.action_page_down,
            rows.action_toggle_mark,
            rows.action_last,
        ):
            move()
            await settled(pilot)
            thrifty = rows.render_lines(Region(0, 0, WIDTH, HEIGHT))
            plain = super(LineCanvas, rows).render_lines(Region(0, 0, WIDTH, HEIGHT))
            for screen, strips in ((ours, thrifty), (theirs, plain)):
                for y, strip in enumerate(strips):
                    pyte.Stream(screen).feed(f"\x1b[{y + 1};1H{strip.render(console)}\x1b[m")
            assert ours.display == theirs.display
            assert [[cells(ours, x, y) for x in range(WIDTH)] for y in range(HEIGHT)] == [
                [cells(theirs, x, y) for x in range(WIDTH)] for y in range(HEIGHT)
            ]
            written, meant = (sum(len(strip.render(console)) for strip in each) for each in (thrifty, plain))
            assert written < meant


def cells(screen: pyte.Screen, x: int, y: int) -> tuple[object, ...]:
    cell = screen.buffer[y][x]
    blank = cell.data in (" ", "")
    # The colour of the writing does not show in a blank.
    return (cell.data or " ", None if blank else cell.fg, cell.bg, None if blank else cell.bold)


# -- columns -----------------------------------------------------------------------------------------------


def test_room_is_shared_and_the_least_important_columns_go_first():
    columns = [
        Column(id="a", title="", width=5, render=str),
        Column(id="b", title="", width=10, flex=2, most=20, priority=2, render=str),
        Column(id="c", title="", width=10, flex=1, priority=1, render=str),
    ]
    assert [(slot.column.id, slot.width) for slot in lay_out(columns, 35)] == [("a", 5), ("b", 14), ("c", 12)]
    assert [slot.width for slot in lay_out(columns, 100)] == [5, 20, 71]
    assert [slot.column.id for slot in lay_out(columns, 20)] == ["a", "c"]
    assert [(slot.column.id, slot.width) for slot in lay_out(columns, 3)] == [("a", 3)]
    assert lay_out(columns, 0) == []


@pytest.mark.parametrize("align", ["left", "right"])
@pytest.mark.parametrize("text", HOSTILE)
def test_cells_never_spill(text: str, align):
    for width in (0, 1, 2, 7):
        for shown in (text, Cell(text, "good"), [Cell(text, "good"), Cell("⚑", "warning")]):
            pieces = fit_parts(shown, width, align)
            assert cell_len("".join(piece for piece, _ in pieces)) == width


def test_the_blanks_of_a_coloured_cell_are_not_coloured():
    assert fit_parts(Cell("ab", "good"), 5, "left") == [("ab", "good"), ("   ", "")]
    assert fit_parts([Cell("a", "good"), Cell("b")], 5, "right") == [("   ", ""), ("a", "good"), ("b", "")]


async def test_flood_never_stalls_the_loop():
    """Other work gets its turn between any two keys."""
    async with running(ListSource(made_rows(0, 5000))) as (pilot, rows, _):
        turns = 0

        async def other_work() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        task = asyncio.create_task(other_work())
        for _ in range(200):
            rows.call_later(rows.action_cursor_down)
        await settled(pilot)
        task.cancel()
        assert rows.position == 201
        assert turns >= 200

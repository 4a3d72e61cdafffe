"""Lines of a fixed size: what gives way, what never reaches a terminal, and that nothing is laid out anew."""

from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.color import Color
from textual.screen import Screen

from oms_tui.styles import sheets
from oms_tui.styles.looks import LOOKS, looks_of
from oms_tui.styles.themes import THEMES, defaults_for
from oms_tui.text import cell_width
from oms_tui.widgets.guard import ControlGuard
from oms_tui.widgets.key_line import Hint, KeyLine
from oms_tui.widgets.lines import Lines, Talk, cut, pieces_width, spread
from oms_tui.widgets.long_list.columns import Cell, Column
from oms_tui.widgets.short_list import ShortList
from oms_tui.widgets.tiles import Tile, Tiles
from oms_tui.widgets.top_line import TopFacts, TopLine

FACTS = TopFacts(
    code="OR",
    title="Orders",
    desk="acme-retail (local)",
    person="Ana Costa",
    role="CS",
    time="09:41",
    zone="Europe/Berlin",
    state="live",
)


def words(pieces):
    return "".join(text for text, _ in pieces)


# -- the top line ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [60, 72, 80, 100, 120, 200])
def test_the_top_line_always_says_where_one_is_and_what_time_it_is(width):
    line = TopLine()
    line.tell(FACTS)
    text = words(line.line(0, width))
    assert cell_width(text) == width
    assert text.startswith(" OR Orders")
    assert "09:41" in text
    assert "Berlin" in text
    assert "CS" in text
    assert "●" in text


def test_the_top_line_gives_up_the_desk_before_the_person():
    line = TopLine()
    line.tell(FACTS)
    wide, narrow = words(line.line(0, 120)), words(line.line(0, 66))
    assert "acme-retail (local)" in wide
    assert "Europe/Berlin" in wide
    assert "acme" not in narrow
    assert "Ana Costa" in narrow


def test_outside_text_in_the_top_line_is_made_safe():
    line = TopLine()
    line.tell(
        TopFacts(
            code="PR", title="\x1b[31m10\n77\u202e", desk="[b]", person="x" * 500, role="CS", time="09:41"
        )
    )
    text = words(line.line(0, 100))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert cell_width(text) == 100


# -- the key line ------------------------------------------------------------------------------------------

HINTS = tuple(
    Hint(key, text) for key, text in zip("acdefimnptwx?", ["something"] * 12 + ["help"], strict=True)
)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_help_is_always_in_the_key_line(width):
    line = KeyLine()
    line.tell(HINTS, note="1 of 1,204")
    text = words(line.line(0, width))
    assert "? help" in text
    assert "a something" in text
    assert text.rstrip().endswith("1 of 1,204")
    assert cell_width(text) == width


def test_a_verb_that_cannot_be_done_is_dim_and_dotted():
    line = KeyLine()
    line.tell((Hint("w", "return", is_dim=True), Hint("?", "help")))
    pieces = line.line(0, 80)
    assert ("w return·  ", "muted") in pieces


# -- pieces ------------------------------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.text(max_size=12), st.just("")), max_size=5),
    st.lists(st.tuples(st.text(max_size=8), st.just("")), max_size=3),
    st.integers(min_value=0, max_value=60),
)
def test_pieces_never_take_more_cells_than_there_are(left, right, width):
    assert pieces_width(cut(left, width)) <= width
    if pieces_width(right) + 1 <= width:
        assert pieces_width(spread(left, right, width)) == width


@given(st.text(max_size=200), st.integers(min_value=2, max_value=40))
def test_talk_is_broken_between_words_and_cut_at_its_end(text, width):
    class Sized(Talk):
        height = 3

        @property
        def size(self):
            from textual.geometry import Size

            return Size(width, self.height)

    talk = Sized()
    talk._shown = [[(text, "muted")]]
    lines = [words(cut(talk.line(y, width), width)) for y in range(3)]
    assert all(cell_width(line) <= width for line in lines)


# -- looks -------------------------------------------------------------------------------------------------


class LinesApp(App[None]):
    CSS_PATH: ClassVar = sheets()

    def __init__(self, theme: str = "dark") -> None:
        super().__init__()
        for one in THEMES:
            self.register_theme(one)
        self.theme = theme

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return defaults_for(self.current_theme)

    def compose(self) -> ComposeResult:
        yield Lines(id="lines")
        yield Talk(id="talk")
        yield TopLine(id="top")
        yield Tiles(most_lines=9, id="tiles")
        yield ShortList(
            (
                Column(id="a", title="", width=6, render=lambda row: Cell(row, "warning")),
                Column(id="b", title="", width=6, flex=1, render=lambda row: row * 2),
            ),
            key=lambda row: row,
            heading=lambda row: row if row.startswith("#") else "",
            id="list",
        )


@pytest.mark.parametrize("theme", [one.name for one in THEMES] + ["nord", "textual-light", "ansi-light"])
async def test_every_look_can_be_had_in_every_theme(theme):
    app = LinesApp(theme)
    async with app.run_test():
        looks = looks_of(app)
        assert set(looks) == set(LOOKS)
        assert looks["muted"] != looks["problem"]
        app.query_one("#lines", Lines).show([(look, look) for look in LOOKS])


async def test_without_colour_the_selection_and_problems_can_still_be_told(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    app = LinesApp("ansi")
    async with app.run_test():
        looks = looks_of(app)
        assert all(look.color is None and look.bgcolor is None for look in looks.values())
        assert looks["selected"].reverse
        assert looks["key"].bold


# -- no layout ---------------------------------------------------------------------------------------------


async def test_a_change_of_words_asks_for_no_layout(monkeypatch):
    """Performance guide, point 3."""
    app = LinesApp()
    async with app.run_test() as pilot:
        app.query_one("#tiles", Tiles).set_tiles([Tile(id="a", title="A"), Tile(id="b", title="B")])
        await pilot.pause()
        layouts: list[int] = []
        monkeypatch.setattr(Screen, "_refresh_layout", lambda *_, **__: layouts.append(1))
        app.query_one("#lines", Lines).show([("12:01", "")])
        app.query_one("#talk", Talk).say("something else")
        app.query_one("#top", TopLine).tell(FACTS)
        app.query_one("#tiles", Tiles).set_tiles(
            [Tile(id="a", title="A", count="7"), Tile(id="b", title="B")]
        )
        await pilot.pause()
        assert app.query_one("#lines", Lines).text == "12:01"
        assert "7" in app.query_one("#tiles", Tiles).text
        assert not layouts


# -- the short list ----------------------------------------------------------------------------------------


async def test_the_cursor_stays_on_its_row_by_key():
    app = LinesApp()
    async with app.run_test():
        rows = app.query_one("#list", ShortList)
        rows.set_rows(["a", "b", "c"])
        rows.action_cursor_down()
        assert rows.cursor_row == "b"
        rows.set_rows(["new", "a", "b", "c"])
        assert rows.cursor_row == "b"
        rows.set_rows(["new", "a", "c"])
        assert rows.cursor_row == "c", "the next one that is still there"
        rows.set_rows([])
        assert rows.cursor_row is None
        rows.action_open()
        rows.set_rows(["z"])
        assert rows.cursor_row == "z"


async def test_headings_are_passed_over():
    app = LinesApp()
    async with app.run_test():
        rows = app.query_one("#list", ShortList)
        rows.set_rows(["# one", "a", "# two", "b"])
        assert rows.cursor_row == "a"
        rows.action_cursor_down()
        assert rows.cursor_row == "b"
        rows.action_cursor_down()
        assert rows.cursor_row == "b"
        rows.action_first()
        assert rows.cursor_row == "a"


# -- the last guard ----------------------------------------------------------------------------------------


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=60))
def test_no_control_passes_the_guard(text):
    segments = ControlGuard().apply([Segment(text), Segment("plain")], Color(0, 0, 0))
    shown = "".join(segment.text for segment in segments)
    assert not [one for one in shown if ord(one) < 32 or 127 <= ord(one) < 160 or 0xD800 <= ord(one) < 0xE000]
    assert not set(shown) & set(
        "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u2028\ufeff"
    )


def test_the_guard_leaves_clean_lines_and_the_drivers_own_sequences_alone():
    guard = ControlGuard()
    plain = [Segment("Jana Novák 株式会社 👩\u200d🚀")]
    assert guard.apply(plain, Color(0, 0, 0)) is plain
    control = Segment("\x1b[2J", None, [(1, 1)])  # type: ignore[list-item]
    assert guard.apply([control, Segment("\x1b[31m")], Color(0, 0, 0)) == [control, Segment("[31m")]

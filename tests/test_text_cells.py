"""A cell never spills (T4): measured as the widgets measure, exact in a terminal."""

import csv
import gzip
import sys
from pathlib import Path
from typing import Literal

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from oms_tui.text import ELLIPSIS, cell_width, clean, clean_line, fit, steady
from tests.seeds import seeded
from tests.support import scaled

HOSTILE = [
    "", "Jana Nov\u00e1k", "\u682a\u5f0f\u4f1a\u793e \u5c71\u7530",
    "\u0645\u062d\u0645\u062f \u0639\u0644\u064a", "\u0939\u093f\u0928\u094d\u0926\u0940",
    "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034falgo" * 3, "\u0301\u0301leading marks",
    "\U0001f469\u200d\U0001f4bb" * 9, "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 family",
    "\U0001f3fb" * 9, "\U0001f44d\U0001f3fd" * 9, "\u0915\u094d\u200d" * 20, "\u260e\ufe0f" * 9,
    "1\ufe0f\u20e3" * 9, "\U0001f1e9\U0001f1ea" * 5, "\U0001f1e9" * 5, "\u1100\u1161\u11a8" * 5,
    "\u1161\u1161", "\u3000wide space\u3000", "\uff21\uff22\uff23", "\u2026" * 9, "\u0e33\u0e33\u0e33",
    "\x1b[2J\x1b[31mred\x07", "a\u202eb\u2066c", "tab\tand\nline", "\ud800\udfff", "\U000e0041\U000e0042",
    "\u00ad\u00ad", "\U0001fae8\U0001fadf\U0001f6dc", "\u2630\u4dc0", "\ue0b0\uf8ff",
    "\u0dc1\u0dca\u200d\u0dbb\u0dd3" * 6, "x\ufe0e\ufe0f\u200d",
]  # fmt: skip

ALPHABET = (
    "ab \u00e9\u0301\u5c71\u7530\uff21\u0915\u094d\u093e\u0645\u064b\u200c\u200d\ufe0f\ufe0e"
    "\U0001f469\U0001f4bb\u2764\u260e\U0001f3fd\U0001f1e9\u1100\u1161\u11a81#\u20e3\u0e33\x1b\x9b\u202e\u2028\xad\u3000\u2026\ud800\U000e0100"
)
SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")
texts = st.one_of(st.text(st.sampled_from(ALPHABET), max_size=30), st.text(st.characters(), max_size=30))


def test_every_character_is_as_wide_as_the_widgets_think() -> None:
    for codepoint in range(sys.maxunicode + 1):
        character = chr(codepoint)
        assert cell_width(character) == cell_len(character), hex(codepoint)


@given(texts)
def test_any_text_is_as_wide_as_the_widgets_think(text: str) -> None:
    assert cell_width(text) == cell_len(text)
    assert cell_width(clean(text)) == cell_len(clean(text))


def test_random_text_is_as_wide_as_the_widgets_think() -> None:
    random = seeded()
    for _ in range(scaled(200_000)):
        text = "".join(random.choices(ALPHABET, k=random.randint(1, 12)))
        assert cell_width(text) == cell_len(text), ascii(text)


def test_the_names_of_real_orders_are_as_wide_as_the_widgets_think(shared_data: Path) -> None:
    with gzip.open(shared_data / "uci_online_retail_2010-12_2011-09.csv.gz", "rt", encoding="utf-8") as file:
        names = {text for row in csv.reader(file) for text in row[2:3]}
    with gzip.open(shared_data / "olist_customers.csv.gz", "rt", encoding="utf-8") as file:
        names |= {text for row in csv.reader(file) for text in row}
    assert len(names) > 5_000
    for name in names:
        assert cell_width(name) == cell_len(name)
        assert cell_len(fit(clean_line(name), 20)) == 20


def columns_taken(text: str) -> int:
    """How many columns a terminal gives a text, up to a bar painted behind it."""
    screen = pyte.Screen(200, 2)
    stream = pyte.Stream(screen)
    for character in f"{text}|":
        # One by one: the emulator drops what follows a zero-width character in one piece of text.
        stream.feed(character)
    assert screen.cursor.y == 0
    row = screen.buffer[0]
    return max(column for column in range(200) if row[column].data.startswith("|"))


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_a_cell_takes_its_columns_in_a_terminal(text: str) -> None:
    """T4, in an emulator: whatever the text, the next column starts where it should."""
    for width in (*range(1, 14), 30, 60):
        for align in SIDES:
            cell = fit(clean_line(text), width, align)
            assert cell_len(cell) == cell_width(cell) == width
            assert columns_taken(cell) == width, (width, cell)


@given(
    texts,
    st.integers(-2, 40),
    st.sampled_from(["left", "right"]),
    st.sampled_from([ELLIPSIS, "~", "...", ""]),
)
def test_a_cell_is_exactly_as_wide_as_asked(text: str, width: int, align: str, ellipsis: str) -> None:
    line = clean_line(text)
    cell = fit(line, width, align, ellipsis)  # type: ignore[arg-type]
    assert cell_len(cell) == max(width, 0)
    shown = steady(line)
    if cell_len(shown) <= width:
        assert (cell.rstrip(" ") if align == "left" else cell.lstrip(" ")) == (
            shown.rstrip(" ") if align == "left" else shown.lstrip(" ")
        )
    elif width >= cell_len(ellipsis):
        kept = cell.strip(" ").removesuffix(ellipsis).rstrip(" ")
        assert shown.startswith(kept.strip(" ")) or shown.strip(" ").startswith(kept)


@pytest.mark.parametrize(
    ("text", "width", "align", "cell"),
    [
        ("abc", 5, "left", "abc  "),
        ("abc", 5, "right", "  abc"),
        ("abcdef", 4, "left", "abc\u2026"),
        ("abcdef", 1, "left", "\u2026"),
        ("abc", 0, "left", ""),
        ("\u5c71\u7530\u592a", 6, "left", "\u5c71\u7530\u592a"),
        ("\u5c71\u7530\u592a", 5, "left", "\u5c71\u7530\u2026"),
        ("\u5c71\u7530\u592a", 4, "left", "\u5c71\u2026 "),
        ("\u5c71\u7530\u592a", 4, "right", " \u5c71\u2026"),
        ("\u5c71", 1, "left", "\u2026"),
        ("e\u0301e\u0301e\u0301", 2, "left", "e\u0301\u2026"),
        ("\u0301x", 3, "left", "\u25cc\u0301x "),
        ("\U0001f1e9\U0001f1ea", 3, "right", " \u24b9\u24ba"),
        ("\U0001f469\u200d\U0001f4bb", 4, "left", "\U0001f469\U0001f4bb"),
    ],
)  # fmt: skip
def test_cells_of_known_look(text: str, width: int, align: str, cell: str) -> None:
    assert fit(text, width, align) == cell  # type: ignore[arg-type]


def test_an_ellipsis_wider_than_the_cell_is_left_out() -> None:
    assert fit("abcdef", 2, ellipsis="...") == "ab"
    assert fit("abcdef", 3, ellipsis="~") == "ab~"


@given(texts)
def test_steady_text_never_stands_on_the_cell_before(text: str) -> None:
    shown = steady(clean_line(text))
    assert not shown or cell_len(shown[0]) > 0
    assert steady(shown) == shown

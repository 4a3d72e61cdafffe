"""Pastes stay whole, whatever is in them and in whatever pieces they are read (invariant T7)."""

import pytest
from textual import events

from oms_tui.screens.pasting import BEGIN, END, WholePastes

HOSTILE = "line1\rline2 \x1b[31mred\x1b[0m [b]x"
TEXT = "line1\rline2 [31mred[0m [b]x"


def read(data, size):
    parser = WholePastes()
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    return [message for piece in pieces for message in parser.feed(piece)]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 1000])
@pytest.mark.parametrize(
    "pasted", [HOSTILE, f"{HOSTILE}\x1b", "\x1b[20", "\x1b\x1b[201", "\x1b[20~\r\x1b[24~"]
)
def test_a_paste_is_one_text_in_its_order_and_no_key(pasted, size):
    before, *pastes, after = read(f"a{BEGIN}{pasted}{END}b", size)
    assert [before.key, after.key] == ["a", "b"]
    (paste,) = pastes
    assert isinstance(paste, events.Paste)
    assert paste.text == pasted.replace("\x1b", "")


@pytest.mark.parametrize("size", [1, 4, 1000])
def test_two_pastes_and_keys_between_them(size):
    found = read(f"{BEGIN}{HOSTILE}{END}\x1b[20~\x1b[B{BEGIN}two\x1b{END}", size)
    assert [one.text if isinstance(one, events.Paste) else one.key for one in found] == [
        TEXT,
        "f9",
        "down",
        "two",
    ]


def test_escape_alone_is_not_held_back():
    parser = WholePastes()
    assert list(parser.feed("\x1b")) == []  # the framework waits for the rest of a key, and not for long
    assert [getattr(one, "key", None) for one in parser.feed("\x1b[A")] == ["escape", "up"]
    assert list(parser.feed("")) == []

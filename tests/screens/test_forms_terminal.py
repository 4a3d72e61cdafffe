"""Forms in a real terminal: floods of keys and pastes as a terminal sends them (invariants I6, T7, U1)."""

import time

import pytest

from oms_tui.domain.status import LineStatus
from tests.screens.acting import free, read
from tests.screens.terminals import Terminal, console_script
from tests.support import scaled

F9, F12 = "\x1b[20~", "\x1b[24~"
DRAWN = "f9 cancel the order  esc"
"""What the key line says once the form takes keys; before that the verb is dim, with a dot."""
COUNT = scaled(1000, at_least=200)


@pytest.fixture
def profile(desk_of):
    """A program in a terminal, on the profile of an order that can be cancelled; and its desk."""
    desk = desk_of(free())
    program = Terminal("-c", console_script(desk.url, desk.state))
    program.see("pick who to be")
    program.send("1")
    program.see("Order feed")
    program.send(":10432\r")
    program.see("c claim")
    yield program, desk
    program.close()


def go_to_the_note(program):
    """Press enter, each time as a person does it, until the last field says how to commit."""
    for _ in range(5):
        program.send("\r")
        deadline = time.monotonic() + 1
        program.until(lambda end=deadline: time.monotonic() > end or "F9 commits" in program.text, "enter")
        if "F9 commits" in program.text:
            return
    raise AssertionError(program.text)


def test_commit_keys_held_down_give_one_effect(profile):
    program, desk = profile
    program.send("x")
    program.see(DRAWN)
    program.send(F9 * COUNT)
    program.see("CANCELLED")
    program.send("8")
    program.see("Cancelled order 10432: customer request")
    program.until(lambda: program.text.count("Cancelled order 10432") == 1, "one entry in the timeline")
    assert read(desk, "10432").version == 2


def test_escapes_in_a_paste_leave_it_one_text_in_its_order(profile):
    program, desk = profile
    program.send("x")
    program.see(DRAWN)
    go_to_the_note(program)
    program.send("\x1b[200~line1\rline2 \x1b[31mred\x1b[0m\r\t\r[b]x\x1b[201~")
    program.see("line1 line2 [31mred[0m")
    assert read(desk, "10432").version == 1


def test_enters_from_the_opening_give_none(profile):
    program, desk = profile
    program.send("x" + "\r" * COUNT)
    program.see(DRAWN)
    go_to_the_note(program)
    program.send("\r" * COUNT)
    program.send("z")
    program.see("Note    z")
    assert read(desk, "10432").version == 1


@pytest.mark.parametrize(
    "pasted", ["\x1b[200~one\r\ntwo\r\n\x9b2J\r\n\x1b[201~", "one\rtwo\r\t\r\t\r\t\r"], ids=["paste", "keys"]
)
def test_a_paste_commits_nothing(profile, pasted):
    program, desk = profile
    program.send("x")
    program.see(DRAWN)
    go_to_the_note(program)
    program.send(pasted)
    program.see("one")
    program.send(F12)
    program.see("Go on filling in")
    assert all(one.status is LineStatus.ALLOCATED for one in read(desk, "10432").lines)
    assert "\x9b2J".encode() not in program.written

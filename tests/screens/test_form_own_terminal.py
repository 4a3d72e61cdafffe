"""Address, fraud and price in a real terminal: hostile pastes, wide characters (invariants T1 to T7)."""

import re
import time

import pytest

from tests.screens.acting import read
from tests.screens.terminals import Terminal, console_script
from tests.screens.test_form_address import BRAZILIAN, JAPANESE, at
from tests.screens.test_form_fraud import flagged
from tests.screens.test_hostile import STORED

F6, F9, F12 = "\x1b[17~", "\x1b[20~", "\x1b[24~"
PASTED = "\x1b]52;c;ZXZpbA==\x07", "\x9b2J", "\x1bPq#0\x1b\\", "\x1b[5n", "two\r\nlines"


@pytest.fixture
def opened(desk_of):
    """Opens, in a terminal, the form of a command on an order."""
    programs = []

    def open_form(order, command, words):
        desk = desk_of(order)
        program = Terminal("-c", console_script(desk.url, desk.state))
        programs.append(program)
        program.see("pick who to be")
        program.send("1")
        program.see("Order feed")
        program.send(":10432\r")
        program.see("c claim")
        program.send(f":{command}\r")
        program.see(words)
        return program, desk

    yield open_form
    for program in programs:
        program.close()


def plain(program):
    """The screen, without the blanks that a terminal puts behind wide characters."""
    return re.sub(r"\s+", "", program.text)


def test_an_address_of_wide_characters_is_corrected_at_80x24(opened):
    program, desk = opened(at(JAPANESE), "address", "Change what is wrong")
    assert "大阪市中央区" in plain(program)
    assert "小林太郎" in plain(program)
    program.send("5410053")
    program.see("→ 541-0053")
    program.send(F6)
    program.until(
        lambda: "→" not in program.text and "f9 correct the address  esc" in program.text, "taken over"
    )
    program.send(F9)
    program.see("Corrected the address")
    assert read(desk, "10432").ship_to.postal_code == "541-0053"


@pytest.mark.parametrize("command", ["address", "force", "fraud", "price"])
def test_pastes_into_every_field_send_nothing_and_commit_nothing(opened, command):
    order = flagged(reason="".join(STORED)) if command in ("fraud", "price") else at(BRAZILIAN)
    program, desk = opened(order, command, "esc leave")
    program.until(lambda: "·  esc leave" in program.text or "f9" in program.text, "drawn")
    for number in range(14):
        program.send(f"\x1b[200~{PASTED[number % len(PASTED)]}\x1b[201~\t")
        deadline = time.monotonic() + 0.1
        program.until(lambda end=deadline: time.monotonic() > end, "typed")
    if "take it" in program.text:  # letters opened the list of areas: it is put away first
        program.send("\x1b")
        program.until(lambda: "take it" not in program.text, "the list put away")
    program.send(F12)
    program.see("Go on filling in")
    for sequence in ("\x1b]52", "\x9b2J", "\x1bPq", "\x1b[5n"):
        assert sequence.encode() not in program.written
    assert read(desk, "10432").version == 1

"""Keys pressed while a screen opens: none is lost, none overtakes another, a form gets none (U1)."""

import asyncio
from random import Random

import pytest
from textual import events
from textual.widgets import Input, TextArea

from oms_tui.screens.command_line import CommandLine
from oms_tui.screens.forms import VerbForm
from oms_tui.screens.profile import ProfileScreen
from oms_tui.screens.search import SearchBox
from tests.screens.acting import free
from tests.support import scaled

GAPS = (0, 0, 0, 1, 2, 3, 5, 8, 13, 20, 30, 50)
"""Turns of the loop from one key to the next: a key needs about six to go all its way."""


async def flood(console, text, rng):
    """Type as a person or a pasted line does it: without waiting for what a key did."""
    names = {":": "colon", "/": "slash", "\r": "enter"}
    for letter in text:
        console.app.post_message(events.Key(names.get(letter, letter), letter))
        for _ in range(rng.choice(GAPS)):
            await asyncio.sleep(0)
    await console.settle()


@pytest.mark.parametrize(("opening", "box"), [(":", CommandLine), ("/", SearchBox)])
async def test_a_key_overtakes_none_before_it(sample, opening, box):
    rng = Random(5)
    async with sample.console(1) as console:
        for _ in range(scaled(200, at_least=8)):
            await flood(console, f"{opening}10432", rng)
            await console.until(lambda: isinstance(console.app.screen, box), "the box")
            field = console.app.screen.query_one(Input)
            await console.until(lambda field=field: len(field.value) == 5, "all that was typed")
            assert field.value == "10432"
            while console.app.screen.is_modal:
                await console.press("escape")


async def test_a_line_typed_at_once_is_done(desk_of):
    async with desk_of(free()).console() as console:
        await flood(console, ":10432\r", Random(1))
        await console.until(lambda: isinstance(console.app.screen, ProfileScreen), "the profile")
        assert console.app.screen.order_id == "10432"


async def test_what_was_kept_before_a_form_opened_is_not_for_the_form(desk_of):
    async with desk_of(free()).console() as console:
        await flood(console, ":10432\r", Random(1))
        await console.until(lambda: isinstance(console.app.screen, ProfileScreen), "the profile")
        await console.settle()
        kept = console.app.typed_ahead
        kept.hold()
        for key in ("n", "z", "z"):
            kept.keep(events.Key(key, key))
        console.app.run_worker(kept.release())
        await console.until(lambda: isinstance(console.app.screen, VerbForm), "the form of a note")
        await console.settle()
        await console.type("ok")
        assert [field.text for field in console.app.screen.query(TextArea)] == ["ok"], console.text


async def test_the_way_out_waits_for_nothing(sample):
    async with sample.console(1) as console:
        console.app.typed_ahead.hold()
        console.app.post_message(events.Key("ctrl+c", "\x03"))
        await console.until(lambda: any("Nothing is selected" in text for text in console.told), "an answer")

"""Sign in: who may come in, what is said, and that nothing typed is lost."""

import asyncio

import pytest
from textual.widgets import Input

from oms_tui.app import OmsApp
from oms_tui.backend.local import LocalBackend
from oms_tui.domain.people import Role
from oms_tui.screens.dashboard import DashboardScreen
from oms_tui.screens.search import SearchBox
from oms_tui.screens.sign_in import SignInScreen
from tests.screens.consoles import LARGE, SMALL, run

GOOD = "seven quiet lamps outside"


async def test_sample_people_sign_in_by_digit(sample):
    async with run(sample.app()) as console:
        await console.see("pick who to be")
        assert "CS" in console.text
        assert "NM" in console.text
        assert "OP" in console.text
        await console.press("2")
        await console.until(lambda: console.app.is_signed_in)
        assert console.app.actor.desk_role is Role.NM
        await console.until(lambda: isinstance(console.app.screen, DashboardScreen))


async def test_sample_people_sign_in_with_the_cursor(sample):
    async with run(sample.app()) as console:
        await console.see("pick who to be")
        await console.press("j", "enter")
        await console.until(lambda: console.app.is_signed_in)
        assert console.app.actor.desk_role is Role.NM


async def test_a_role_asked_for_at_the_start_signs_in_at_once(sample):
    app = sample.app()
    app.session.sample_role = Role.OP
    async with run(app) as console:
        await console.until(lambda: console.app.is_signed_in)
        assert console.app.actor.desk_role is Role.OP


async def test_name_and_password(peopled, password):
    async with run(peopled.app()) as console:
        await console.until(lambda: console.app.desk is not None)
        await console.type("ANA")
        await console.press("enter")
        await console.type(password)
        assert password not in console.text
        await console.press("enter")
        await console.until(lambda: console.app.is_signed_in)
        assert console.app.actor.name == "ana"


@pytest.mark.parametrize("name", ["ana", "nobody"])
async def test_a_wrong_name_and_a_wrong_password_are_told_alike(peopled, name):
    async with run(peopled.app()) as console:
        await console.until(lambda: console.app.desk is not None)
        await console.type(name)
        await console.press("enter")
        await console.type("not the password")
        await console.press("enter")
        await console.see("Name and password do not go together.")
        assert not console.app.is_signed_in
        assert console.app.screen.query_one("#password", Input).value == ""
        assert console.app.screen.query_one("#name", Input).value == name


async def test_the_wait_after_failures_counts_down_and_stops_only_the_try(peopled):
    async with run(peopled.app()) as console:
        await console.until(lambda: console.app.desk is not None)
        await console.type("ana")
        for _ in range(5):
            if console.app.focused is console.app.screen.query_one("#name", Input):
                await console.press("tab")
            await console.type("wrong")
            await console.press("enter")
            await console.settle()
            if "possible in" in console.text:
                break
        await console.see("The next try is possible in")
        await console.type("still typing")
        assert console.app.screen.query_one("#password", Input).value == "still typing"


async def test_what_is_typed_while_the_desk_opens_is_used_once_it_is_open(peopled, password, monkeypatch):
    """Even the enter that signs in."""
    may_open = asyncio.Event()
    opens = LocalBackend.open

    async def late(self):
        await may_open.wait()
        return await opens(self)

    monkeypatch.setattr(LocalBackend, "open", late)
    async with run(peopled.app()) as console:
        await console.until(lambda: isinstance(console.app.screen, SignInScreen))
        await console.pilot.press(*"ana", "tab", *password, "enter")
        await console.see("You will be signed in then")
        assert console.app.desk is None
        may_open.set()
        await console.until(lambda: console.app.is_signed_in)
        assert console.app.actor.name == "ana"


async def test_a_digit_typed_while_sample_data_opens_picks(sample, monkeypatch):
    may_open = asyncio.Event()
    opens = LocalBackend.open

    async def late(self):
        await may_open.wait()
        return await opens(self)

    monkeypatch.setattr(LocalBackend, "open", late)
    async with run(sample.app()) as console:
        await console.until(lambda: isinstance(console.app.screen, SignInScreen))
        await console.pilot.press("3")
        may_open.set()
        await console.until(lambda: console.app.is_signed_in)
        assert console.app.actor.desk_role is Role.OP


async def test_keys_typed_on_the_first_frame_reach_sign_in(peopled):
    app = peopled.app()
    async with run(app) as console:
        await console.pilot.press(*"ana")
        await console.until(lambda: isinstance(app.screen, SignInScreen))
        await console.settle()
        assert app.screen.query_one("#name", Input).value == "ana"


async def test_the_first_frame_shows_the_name_as_it_is_typed_and_nothing_of_what_follows(
    peopled, monkeypatch
):
    may_begin = asyncio.Event()
    begins = OmsApp.begin

    async def late(self):
        await may_begin.wait()
        await begins(self)

    monkeypatch.setattr(OmsApp, "begin", late)
    async with run(peopled.app()) as console:
        await console.pilot.press(*"zoë", "tab", *"secret")
        await console.until(lambda: console.lines[5] == f"   Name{' ' * 9}zoë")
        assert not console.shows("secret")
        name_line = console.lines[5]
        may_begin.set()
        await console.until(lambda: isinstance(console.app.screen, SignInScreen))
        await console.settle()
        boxes = console.app.screen.query(Input)
        assert [box.value for box in boxes] == ["zoë", "secret"]
        assert name_line in console.text


@pytest.mark.parametrize("role", [None, Role.OP])
async def test_what_is_typed_while_sample_data_opens_arrives_in_order(sample, role, monkeypatch):
    """The digit that picks, and what is meant for the dashboard; without a form that nobody needs."""
    may_open = asyncio.Event()
    opens = LocalBackend.open

    async def late(self):
        await may_open.wait()
        return await opens(self)

    monkeypatch.setattr(LocalBackend, "open", late)
    app = sample.app()
    app.session.is_sample_start, app.session.sample_role = True, role
    async with run(app) as console:
        await console.pilot.press(*("" if role else "3"), *"/100")
        await console.until(lambda: isinstance(app.screen, SignInScreen))
        await console.see("Opening the desk")
        assert not app.screen.query(Input)
        assert not console.shows("Password")
        await console.pilot.press(*"05")
        may_open.set()
        await console.until(lambda: isinstance(app.screen, SearchBox), "the search box")
        await console.until(lambda: app.screen.query_one(Input).value == "10005", "all that was typed")
        assert app.actor.desk_role is Role.OP


async def test_what_is_typed_for_a_sign_in_that_fails_is_dropped(peopled, monkeypatch):
    may_answer = asyncio.Event()
    signs_in = LocalBackend.sign_in

    async def late(self, name, password):
        await may_answer.wait()
        return await signs_in(self, name, password)

    monkeypatch.setattr(LocalBackend, "sign_in", late)
    async with run(peopled.app()) as console:
        await console.until(lambda: console.app.desk is not None)
        await console.settle()
        await console.pilot.press(*"ana", "tab", *"wrong", "enter", *"more")
        screen = console.app.screen
        assert isinstance(screen, SignInScreen)
        may_answer.set()
        await console.until(lambda: not screen._is_busy)
        await console.settle()
        assert console.app.screen.query_one("#password", Input).value == ""
        await console.type("now")
        assert console.app.screen.query_one("#password", Input).value == "now"


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_an_empty_desk_makes_its_first_person(empty, size):
    async with run(empty.app(), size) as console:
        await console.see("make the first person")
        assert "15 characters or more" in console.text
        for text in ("zoe", "Zoë Šimůnková"):
            await console.type(text)
            await console.press("enter")
        await console.press("o", "tab")  # Operations
        await console.type(GOOD)
        await console.press("enter")
        await console.type(GOOD)
        await console.press("enter")
        await console.until(lambda: console.app.is_signed_in)
        assert console.app.actor.roles == {Role.AD, Role.OP}
        assert console.app.actor.display_name == "Zoë Šimůnková"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        (("", "", "", ""), "A name to sign in with is needed."),
        (("zoe", "", "", ""), "The name that colleagues read is needed."),
        (("zoe", "Zoë", "short", "short"), "The password has 5 characters; 15 or more are needed."),
        (("zoe", "Zoë", GOOD, GOOD + "!"), "The two passwords differ."),
        (("zoe", "Zoë", "password12345678", "password12345678"), "password"),
    ],
)
async def test_the_first_persons_fields_are_checked_where_they_are(empty, fields, says):
    async with run(empty.app()) as console:
        await console.see("make the first person")
        screen = console.app.screen
        for field, text in zip(("name", "display-name", "password", "again"), fields, strict=True):
            screen.query_one(f"#{field}", Input).value = text
        await console.press("f9")
        await console.see(says)
        assert not console.app.is_signed_in


async def test_a_desk_that_cannot_be_opened_says_why_and_can_be_tried_again(empty):
    empty.path.write_bytes(b"this is a letter, not a database" * 100)
    async with run(empty.app()) as console:
        await console.see("tries again")
        assert "ctrl+q quits" in console.text
        assert console.app.desk is None
        empty.path.unlink()
        await console.press("r")
        await console.see("make the first person")


async def test_signing_out_leaves_nothing_behind(sample):
    async with sample.console(1) as console:
        await console.press("q")
        await console.see("Sign Ana Costa out?")
        await console.press("enter")  # starts on the safe button
        assert console.app.is_signed_in
        await console.press("q", "tab", "enter")
        await console.until(lambda: not console.app.is_signed_in)
        await console.see("pick who to be")
        await console.press("2")
        await console.until(lambda: console.app.is_signed_in)
        assert console.app.actor.desk_role is Role.NM
        await console.until(lambda: isinstance(console.app.screen, DashboardScreen))
        assert "New Member" not in console.text
        assert "NM" in console.lines[0]

"""What holds from sign-in to sign-out: freshness, sessions that end by themselves, the clock, errors."""

import asyncio
from datetime import timedelta

from oms_tui.backend.errors import Unavailable
from oms_tui.backend.local import LocalBackend
from oms_tui.clock import FixedClock
from oms_tui.config import DeskSettings, Settings, UiSettings
from oms_tui.screens import live
from oms_tui.screens.console import FreshnessChanged
from oms_tui.screens.dashboard import DashboardScreen
from tests.screens.acting import free
from tests.screens.consoles import NOW, run
from tests.screens.test_profile import open_profile


async def test_a_session_that_ran_out_leads_back_to_sign_in_and_says_so(sample):
    clock = FixedClock(NOW)
    async with sample.console(1, clock=clock) as console:
        await console.press("4")
        await console.until(lambda: console.app.current_mode == "orders")
        clock.advance(timedelta(minutes=16))
        await console.press("r")
        await console.until(lambda: not console.app.is_signed_in, "the end of the session")
        await console.see("SI Sign in")
        assert console.app.session.parting
        await console.see(" ".join(console.app.session.parting.split()[:3]))
        await console.press("2")
        await console.until(lambda: console.app.is_signed_in)
        assert isinstance(console.app.screen, DashboardScreen)


async def test_a_desk_that_cannot_be_asked_is_not_live_until_it_can(sample, monkeypatch):
    monkeypatch.setattr(live, "TRY_AGAIN_AFTER", 0.2)
    may_recover = asyncio.Event()
    changes = LocalBackend.changes

    async def breaks(self):
        if not may_recover.is_set():
            raise Unavailable("The database is locked.")
        async for number in changes(self):
            yield number

    monkeypatch.setattr(LocalBackend, "changes", breaks)
    async with sample.console(1) as console:
        await console.see("not live")
        may_recover.set()
        await console.until(lambda: "● live" in console.lines[0], "live again")


async def test_the_clock_moves(sample):
    clock = FixedClock(NOW)
    async with sample.console(1, clock=clock) as console:
        assert "13:30 Europe/Berlin" in console.lines[0]
        clock.advance(timedelta(minutes=1))
        console.app.screen.post_message(FreshnessChanged())
        await console.until(lambda: "13:31 Europe/Berlin" in console.lines[0])


async def test_an_error_of_the_desk_stays_until_it_is_put_away(sample, monkeypatch):
    async with sample.console(1) as console:

        async def locked(self):
            raise Unavailable("The desk is locked by a backup; try again in a minute.")

        monkeypatch.setattr(LocalBackend, "queues", locked)
        await console.press("r")
        await console.see("The desk is locked by a backup")
        toasts = console.app.screen.query("Toast.-error")
        assert len(toasts) == 1
        await console.press("escape")
        assert not console.app.screen.query("Toast.-error")
        assert console.app.current_mode == "dashboard"


async def test_a_read_only_console_says_so(sample):
    settings = Settings(desk=DeskSettings(time_zone="Europe/Berlin"), ui=UiSettings(read_only=True))
    async with sample.console(1, settings=settings, is_read_only=True) as console:
        assert "read-only" in console.lines[0]


async def test_an_unknown_theme_does_not_stop_the_console(sample):
    settings = Settings(desk=DeskSettings(time_zone="Europe/Berlin"), ui=UiSettings(theme="no such"))
    async with run(sample.app(settings=settings)) as console:
        await console.see("pick who to be")
        assert console.app.theme == "dark"


async def test_without_utf_8_signs_have_stand_ins(sample, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")
    async with sample.console(1) as console:
        assert "* live" in console.lines[0]
        assert set(console.lines[1].strip()) == {"-"}


async def test_a_frugal_console_marks_the_cursor_only(sample):
    settings = Settings(desk=DeskSettings(time_zone="Europe/Berlin"), ui=UiSettings(low_bandwidth=True))
    async with sample.console(1, settings=settings) as console:
        feed = console.app.screen.query_one("#feed")
        feed.focus()
        await console.settle()
        styles = {segment.style.bgcolor for segment in feed.render_line(0) if segment.style}
        assert len(styles) == 1


async def test_messages_of_a_hostile_desk_are_text(sample):
    hostile = "[@click=app.quit]x[/] [/] \x1b]52;c;aGk=\x07 \u202eevil"
    async with sample.console(1) as console:
        for severity in ("information", "warning", "error"):
            console.app.toast(hostile, severity)
        await console.settle()
        assert "[@click=app.quit]x[/] [/]" in console.text
        assert "\x1b" not in console.text
        assert "\u202e" not in console.text
        await console.press("escape", ":", "m", "e", "enter")
        await console.see("[@click=app.quit]x[/] [/]")
        assert "\u202e" not in console.text


async def test_a_toast_goes_with_the_screen_it_was_told_on_unless_it_tells_a_result(sample):
    async with sample.console(1) as console:
        console.app.toast("Nothing to copy here", "warning")
        console.app.toast("Cancelled order 7", is_result=True)
        await console.see("Nothing to copy here")
        await console.press("question_mark")
        await console.see("Nothing to copy here")  # a box over the screen is no other screen
        await console.press("escape")
        await console.app.action_go("OR")
        await console.settle()
        await console.see("Cancelled order 7")
        assert not console.shows("Nothing to copy here")
        await console.app.action_go("DB")
        await console.settle()
        assert not console.shows("Nothing to copy here")


async def test_toasts_cover_nothing_but_the_rule_above_the_keys(sample):
    async with sample.console(1) as console:
        before = console.lines
        console.app.toast("The order could not be read again: the database is locked", "warning")
        await console.see("the database is locked")
        await console.settle()
        assert (console.lines[:-2], console.lines[-1]) == (before[:-2], before[-1])
        console.app.toast("Cancelled " + "order 7, " * 30)
        await console.see("Cancelled order 7")
        await console.settle()
        assert (console.lines[:-2], console.lines[-1]) == (before[:-2], before[-1])
        assert console.lines[-2].rstrip().endswith("…")
        assert len(console.app.screen.query("Toast")) == 1


async def test_a_key_takes_away_what_could_be_read_but_no_error(sample, monkeypatch):
    async with sample.console(1) as console:
        console.app.toast("The desk is locked", "error")
        console.app.toast("Released the hold")
        await console.see("Released the hold")
        await console.press("j")
        assert console.shows("Released the hold")
        monkeypatch.setattr("oms_tui.screens.telling.READ_SECONDS", 0.0)
        await console.press("k")
        await console.until(lambda: not console.shows("Released the hold"))
        assert console.shows("The desk is locked")


async def test_every_toast_is_seen_on_a_screen_that_told_many_before(desk_of):
    ids = ("10432", "10433", "10434", "10435", "10436")
    async with desk_of(*(free(one) for one in ids)).console(1) as console:
        for order_id in ids:
            await open_profile(console, order_id)
            await console.press("b")
            await console.see(f"Release hold, order {order_id}: for OP only")
            await console.press("escape")

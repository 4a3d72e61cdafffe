"""`:` – screen codes, verbs with arguments, order ids; the palette and the help beside it."""

import pytest
from textual.widgets import Input

from oms_tui.screens.command_line import CommandLine
from oms_tui.screens.finder import Finder
from oms_tui.screens.forms import VerbForm
from oms_tui.screens.messages import MessagesScreen
from oms_tui.screens.typed_command import maybe_order, read_arguments, read_command
from oms_tui.verbs import verb
from tests.screens.acting import free, many


@pytest.mark.parametrize(
    ("text", "action_id", "arguments"),
    [
        ("DB", "go.dashboard", {}),
        ("or", "go.orders", {}),
        ("quit", "app.quit", {}),
        ("theme  Dark", "theme.dark", {}),
        ("note call back at 5: reason=late", "order.note", {"text": "call back at 5: reason=late"}),
        ("note about=line about=x", "order.note", {"about": "x"}),
        ("Cancel 1,3:2 out of stock", "order.cancel", {"lines": ["1", "3:2"], "reason": "out of stock"}),
        (
            'cancel reason="price error" note=twice',
            "order.cancel",
            {"reason": "price error", "note": "twice"},
        ),
        ("cancel lines=2", "order.cancel", {"lines": ["2"]}),
        ("cancel", "order.cancel", {}),
        ("status", "order.status", {}),
    ],
)
def test_commands_are_read(text, action_id, arguments):
    typed = read_command(text)
    assert typed.action is not None
    assert (typed.action.id, dict(typed.arguments)) == (action_id, arguments)


def test_anything_else_may_be_an_order():
    assert read_command(" 10432 ").order_id == "10432"
    assert read_command(" 10432 ").action is None
    assert read_command("").order_id == ""


def test_words_that_fit_nothing_are_not_lost():
    assert read_arguments(verb("order.note"), "x=1 [b]y[/b] 3,4") == {"text": "x=1 [b]y[/b] 3,4"}


async def command(console, text):
    await console.press(":")
    assert isinstance(console.app.screen, CommandLine)
    await console.type(text)
    await console.press("enter")


async def test_codes_go_to_places(sample):
    async with sample.console(1) as console:
        await command(console, "me")
        assert isinstance(console.app.screen, MessagesScreen)
        await command(console, "OR")
        await console.until(lambda: console.app.current_mode == "orders")
        await command(console, "db")
        await console.until(lambda: console.app.current_mode == "dashboard")


async def test_an_orders_id_opens_it(sample):
    async with sample.console(1) as console:
        await command(console, "10077")
        await console.until(lambda: console.app.screen.order_id == "10077", "the profile")


async def test_what_is_neither_is_told(sample):
    async with sample.console(1) as console:
        await command(console, "1007")
        await console.see("“1007” is no command and no order’s ID")
        assert isinstance(console.app.screen, CommandLine)


async def test_a_verb_opens_its_form_with_the_arguments_and_commits_nothing(sample):
    async with sample.console(1) as console:
        await command(console, "10077")
        await console.until(lambda: console.app.screen.order_id == "10077", "the profile")
        before = (await console.app.backend.order("10077")).order
        await command(console, "note the customer calls back at five")
        await console.see("the customer calls back at five")
        assert (await console.app.backend.order("10077")).order == before


async def test_a_verb_without_an_order_asks_which(sample):
    async with sample.console(1) as console:
        await command(console, "cancel")
        await console.see("cancel which order? :cancel 10432")
        assert isinstance(console.app.screen, CommandLine)
        console.app.screen.query_one("#wanted", Input).value = "cancel 1007 late"
        await console.press("enter")
        await console.see("“1007” is no order’s ID – cancel which order?")
        assert isinstance(console.app.screen, CommandLine)


async def test_a_verb_names_its_order_from_anywhere(sample):
    async with sample.console(1) as console:
        await console.press(":")
        await console.type("note 10077 the customer calls back")
        await console.see("Add note: order 10077,")
        await console.press("enter")
        form = console.app.screen
        assert isinstance(form, VerbForm)
        assert form.order_id == "10077"
        await console.until(lambda: form._fields.hold()["text"] == "the customer calls back")


async def test_on_one_order_a_verb_may_name_another_and_says_so_first(desk_of):
    async with desk_of(*many(3)).console(1) as console:
        await console.app.open_order("20001")
        await console.settle()
        await console.press(":")
        await console.type("note 20003 wrong parcel")
        await console.see("order 20003, Müller, Hans – not 20001, which is shown")
        await console.press("enter")
        assert console.app.screen.order_id == "20003"
        await console.until(lambda: console.app.screen._fields.hold()["text"] == "wrong parcel")
        await console.press("escape", "escape")
        console.app.clear_notifications()


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("note 20009 is no order of ours", "20009 is no order of ours"),
        ("note text=20003", "20003"),
        ("note 3 pieces missing", "3 pieces missing"),
    ],
)
async def test_what_names_no_order_stays_text_about_the_one_shown(desk_of, typed, text):
    async with desk_of(*many(3), free("3")).console(1) as console:
        await console.app.open_order("20001")
        await console.settle()
        await command(console, typed)
        assert console.app.screen.order_id == "20001"
        await console.until(lambda: console.app.screen._fields.hold()["text"] == text)


@pytest.mark.parametrize(
    ("rest", "has_order", "word"),
    [
        ("11950 text", True, "11950"),
        ("1,3:2 late", True, ""),
        ("1", True, ""),
        ("1", False, "1"),
        ("C536379 text", True, "C536379"),
        ("reason=late", False, ""),
        ("", False, ""),
    ],
)
def test_the_first_word_of_a_verb_may_be_an_order(rest, has_order, word):
    assert maybe_order(rest, has_order=has_order) == word


async def test_or_with_a_filter_opens_orders_with_it(sample):
    async with sample.console(1) as console:
        await command(console, "OR status:packed country:DE")
        await console.until(lambda: console.app.current_mode == "orders")
        await console.see("f2 status:packed country:DE")
        screen = console.app.screen
        assert screen.focused is screen.orders
        screen.set_focus(screen.strip)
        await command(console, "OR status:shipped")
        await console.see("f2 status:shipped")
        assert screen.focused is screen.orders


async def test_or_with_a_wrong_filter_says_what_is_wrong_where_it_can_be_mended(sample):
    async with sample.console(1) as console:
        await command(console, "or statsu:packed")
        await console.see("did you mean status")
        assert isinstance(console.app.screen, CommandLine)


async def test_completion_narrows_and_tab_takes(sample):
    async with sample.console(1) as console:
        await console.press(":")
        await console.type("th")
        assert [row.id for row in console.app.screen._list.rows] == [
            "theme.dark",
            "theme.light",
            "theme.ansi",
        ]
        await console.press("down", "tab")
        assert console.app.screen.query_one("#wanted", Input).value == "theme light"
        await console.press("enter")
        await console.until(lambda: console.app.theme == "light")


async def test_quit_quits(sample):
    async with sample.console(1) as console:
        await console.pilot.press(":", *"quit", "enter")
        await console.until(lambda: console.app._exit)


async def test_the_palette_lists_actions_with_their_keys_and_queues(sample):
    async with sample.console(1) as console:
        await console.press("ctrl+p")
        screen = console.app.screen
        assert isinstance(screen, Finder)
        entries = {entry.label: entry for entry in screen._entries}
        assert entries["Search"].key == "/"
        assert "Fraud review" in entries
        names = " ".join(entries).lower()
        assert "screenshot" not in names
        assert "maximize" not in names
        await console.type("fraud rev")
        await console.press("enter")
        await console.until(lambda: console.app.current_mode == "orders")
        await console.see("Fraud review")


async def test_the_palette_does_not_offer_what_the_framework_has(sample):
    """Its own palette could save a screenshot (X4)."""
    async with sample.console(1) as console:
        assert not console.app.ENABLE_COMMAND_PALETTE
        assert not [key for key in console.app._bindings.key_to_bindings if "palette" in key]


async def test_help_is_for_where_one_is_and_can_be_searched_and_run(sample):
    async with sample.console(1) as console:
        await console.press("?")
        assert console.shows("Help: keys on the dashboard")
        assert console.shows("Open a tile")
        await console.type("messages")
        await console.press("enter")
        await console.until(lambda: isinstance(console.app.screen, MessagesScreen), "messages")


async def test_help_opens_from_a_box_to_type_in_by_its_function_key(sample):
    async with sample.console(1) as console:
        await console.press("/", "?")
        assert console.app.screen.query_one("#wanted", Input).value == "?"
        await console.press("f1")
        assert console.shows("Help: keys in the search box")
        await console.press("escape")
        assert console.app.screen.query_one("#wanted", Input).value == "?"


async def test_a_key_finds_what_it_does(sample):
    async with sample.console(1) as console:
        await console.press("?")
        await console.type("f5")
        assert console.app.screen._list.rows[0].id == "view.refresh"


async def test_messages_keep_what_toasts_said(sample):
    async with sample.console(1) as console:
        console.app.toast("Cancelled order [b]10\x1b[31m77[/b]")
        console.app.toast("The desk is locked", "error")
        await console.settle()
        assert console.shows("The desk is locked")
        await console.press("escape")  # puts the error away, leaves the screen alone
        assert console.app.current_mode == "dashboard"
        assert not console.app.screen.query("Toast.-error")
        await command(console, "me")
        await console.see("error: The desk is locked")
        assert "[b]10␛[31m77[/b]" in console.text


async def test_ctrl_c_copies_nothing_and_says_how_to_quit(sample):
    async with sample.console(1) as console:
        await console.press("ctrl+c")
        assert any("ctrl+q quits" in text for text in console.told)

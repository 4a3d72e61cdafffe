"""The table of actions: one meaning a key at each place, and everything made from it agrees with it."""

import subprocess
import sys

import pytest
from docs.make_keys import PAGE, page

from oms_tui.screens.actions import Action, action, actions_in, all_actions
from oms_tui.screens.base import DeskScreen, Overlay
from oms_tui.screens.bindings import bindings_for, long_name
from oms_tui.screens.keymap import (
    DEFAULT_KEYS,
    KeyNameError,
    Keys,
    key_name,
    read_keymap,
)
from oms_tui.screens.scopes import PARENTS, Scope, with_parents
from oms_tui.verbs import VERBS

TAKEN_BY_TERMINALS = {f"ctrl+{letter}" for letter in "sqchijmba["}
"""Terminals, multiplexers or flow control take them: never the only way (style guide 4)."""


def _our_screens(kind=None):
    found = []
    for base in [kind] if kind else [DeskScreen, Overlay]:
        for one in base.__subclasses__():
            if one.__module__.startswith("oms_tui."):
                found += [one, *_our_screens(one)]
    return found


def test_ids_are_unique_and_every_verb_is_an_action():
    ids = [row.id for row in all_actions()]
    assert len(ids) == len(set(ids))
    for verb in VERBS:
        row = action(verb.id)
        assert (row.verb, row.keys, row.label, row.help) == (verb, (verb.key,), verb.label, verb.help)
        assert row.writes == verb.writes


@pytest.mark.parametrize("scope", Scope)
def test_a_key_has_one_meaning_at_a_place(scope):
    """Within a scope and all it lies in. Verbs may share one, and a box of ours may use tab and arrows.

    `t` opens the flow, on a task of a flow its menu, on a shipment its own flow (style guide 4); `tab` goes
    to the next part, which a profile has within its tab.
    """
    owners: dict[str, Action] = {}
    for row in actions_in(scope):
        for key in row.keys:
            other = owners.setdefault(key, row)
            if other is row or (row.verb and other.verb):
                continue
            allowed = {(Scope.BOX, "tab"), (Scope.FLOW, "t"), (Scope.SHIPMENT, "t")}
            allowed |= {(Scope.PROFILE, "tab"), (Scope.PROFILE, "shift+tab")}
            assert (other.scope, key) in allowed, f"{key}: {row.id} and {other.id}"


def test_no_key_is_one_that_a_terminal_keeps_for_itself():
    for row in all_actions():
        ways = [
            key
            for key in row.keys
            if key not in TAKEN_BY_TERMINALS and not key.startswith(("alt+", "super+"))
        ]
        assert ways or row.command or not row.keys or row.id == "app.copy", row.id


def test_every_action_can_be_reached():
    for row in all_actions():
        assert row.keys or row.command or row.in_palette, row.id


def test_default_keys_are_spelled_as_the_keymap_wants_them():
    for row in all_actions():
        assert [key_name(key) for key in row.keys] == list(row.keys), row.id


def test_help_and_labels_are_written_for_people():
    for row in all_actions():
        assert row.label[0].isupper(), row.id
        assert row.help.endswith("."), row.id
        assert row.short, row.id


def test_scopes_have_no_circles():
    for scope in Scope:
        assert with_parents(scope)[0] is scope
        assert scope not in with_parents(scope)[1:]
        assert Scope.CONSOLE in with_parents(scope)
    assert set(PARENTS) == set(Scope)


@pytest.mark.parametrize("scope", Scope)
def test_bindings_are_made_from_the_table(scope):
    bindings = bindings_for((scope,), DEFAULT_KEYS)
    made = {(key, binding.id) for key, binding in bindings}
    for row in actions_in(scope):
        for key in row.keys:
            owner = next(one for one in actions_in(scope) if key in one.keys)
            assert (long_name(key), owner.id) in made
    assert {one for _, one in made} <= {row.id for row in all_actions()}


def test_every_screen_has_what_its_actions_run():
    """A key that runs nothing would be silently dead."""
    import oms_tui.screens.command_line
    import oms_tui.screens.dashboard
    import oms_tui.screens.forms
    import oms_tui.screens.messages
    import oms_tui.screens.orders
    import oms_tui.screens.palette
    import oms_tui.screens.profile
    import oms_tui.screens.search
    import oms_tui.screens.sign_in  # noqa: F401 - all of them, so that they are known
    from oms_tui.app import OmsApp

    screens = _our_screens()
    assert len(screens) > 8
    for screen in screens:
        for row in actions_in(*screen.SCOPES):
            name = row.run.partition("(")[0]
            owner = OmsApp if name.startswith("app.") else screen
            assert hasattr(owner, f"action_{name.removeprefix('app.')}"), f"{screen.__name__}: {row.id}"


def test_the_page_of_keys_is_made_from_the_table():
    assert PAGE.read_text(encoding="utf-8") == page(), "run python docs/make_keys.py"


def test_the_table_can_be_printed_without_the_framework():
    code = "import sys; from oms_tui.screens.actions import ACTIONS; from oms_tui.screens import keymap\n"
    code += "assert ACTIONS and 'textual' not in sys.modules and 'rich' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_no_keymap_means_the_defaults():
    assert read_keymap({}) == (DEFAULT_KEYS, ())
    assert DEFAULT_KEYS.of("view.leave") == ("q", "f3")


def test_a_keymap_gives_other_keys():
    keys, problems = read_keymap({"order.cancel": "ctrl+x", "find.search": ["/", "F7"], "view.leave": "q f3"})
    assert problems == ()
    assert keys.of("order.cancel") == ("ctrl+x",)
    assert keys.of("find.search") == ("/", "f7")
    assert [row.id for row in keys.verbs_on("x")] == ["order.decline"]
    assert [row.id for row in keys.verbs_on("ctrl+x")] == ["order.cancel"]
    bound = {key: binding.id for key, binding in bindings_for((Scope.ORDER,), keys)}
    assert bound["ctrl+x"] == "order.cancel"
    assert bound["x"] == "order.decline"
    assert bound["f7"] == bound["slash"] == "find.search"


def test_two_verbs_may_be_moved_apart_and_together():
    apart, problems = read_keymap({"order.release": "b"})
    assert problems == ()
    assert [row.id for row in apart.verbs_on("c")] == ["order.claim"]
    together, problems = read_keymap({"order.note": "x"})
    assert problems == ()
    assert {row.id for row in together.verbs_on("x")} == {"order.note", "order.cancel", "order.decline"}


def test_a_key_can_be_taken_away():
    keys, problems = read_keymap({"orders.flow_pane": "", "list.sort": []})
    assert problems == ()
    assert keys.of("orders.flow_pane") == keys.of("list.sort") == ()
    assert keys.shown("list.sort") == ""


def test_two_actions_may_swap_keys():
    keys, problems = read_keymap({"view.refresh": "s", "list.sort": "r"})
    assert problems == ()
    assert keys.of("view.refresh") == ("s",)


@pytest.mark.parametrize(
    ("keymap", "says"),
    [
        ({"order.cancle": "x"}, "there is no action 'order.cancle'; did you mean order.cancel?"),
        ({"zzz": "x"}, "there is no action 'zzz'"),
        ({"order.cancel": "hyper+x"}, "'hyper+x' is no key"),
        ({"order.cancel": "f99"}, "'f99' is no key"),
        ({"order.cancel": "ctrl+i"}, "cannot be told from tab"),
        ({"order.cancel": "shift+x"}, "is written 'X'"),
        ({"order.cancel": "esc"}, "esc stays with view.back"),
        ({"order.cancel": "ctrl+q"}, "ctrl+q stays with app.quit"),
        ({"view.back": "b"}, "view.back keeps its key esc"),
        ({"app.quit": "q"}, "app.quit keeps its key ctrl+q"),
        ({"order.cancel": "/"}, "/ would mean both find.search and order.cancel"),
        ({"find.search": "j"}, "j would mean both find.search and move.down"),
        ({"orders.flow_pane": "space"}, "space would mean both list.mark and orders.flow_pane"),
        ({"order.cancel": 7}, "order.cancel takes keys"),
        ({"tile.open": "1 2"}, "tile.open takes 9 keys"),
    ],
)
def test_a_faulty_keymap_is_told_and_left_aside_whole(keymap, says):
    keys, problems = read_keymap({**keymap, "view.refresh": "f8"})
    assert any(says in problem for problem in problems), problems
    assert keys == DEFAULT_KEYS


@pytest.mark.parametrize(
    ("written", "name"),
    [("Esc", "escape"), ("pgdn", "pagedown"), ("Ctrl+U", "ctrl+u"), ("slash", "/"), ("G", "G")],
)
def test_keys_may_be_written_as_people_do(written, name):
    assert key_name(written) == name


@pytest.mark.parametrize("text", ["", "ctrl+", "ctrl+ctrl", "no such", "\x1b", "é+x", "f0"])
def test_what_is_no_key_is_refused(text):
    with pytest.raises(KeyNameError):
        key_name(text)


async def test_a_faulty_keymap_warns_and_the_console_goes_on(sample):
    from oms_tui.config import DeskSettings, Settings

    settings = Settings(desk=DeskSettings(time_zone="Europe/Berlin"), keymap={"find.serch": "f7"})
    async with sample.console(1, settings=settings) as console:
        assert any("did you mean find.search?" in text for text in console.told)
        await console.press("/")
        assert type(console.app.screen).__name__ == "SearchBox"


async def test_the_users_keys_work_and_are_shown(sample):
    from oms_tui.config import DeskSettings, Settings

    settings = Settings(
        desk=DeskSettings(time_zone="Europe/Berlin"),
        keymap={"find.search": "f7", "move.down": "N down", "find.command": ";"},
    )
    async with sample.console(1, settings=settings) as console:
        assert "f7 search" in console.lines[-1]
        await console.press("/")
        assert type(console.app.screen).__name__ == "DashboardScreen"
        await console.press("f7")
        assert type(console.app.screen).__name__ == "SearchBox"


def test_keys_are_shown_as_people_read_them():
    assert Keys().shown("view.back") == "esc"
    assert Keys().shown("tile.open") == "1–9"
    assert Keys().all_shown(action("view.leave")) == "q f3"

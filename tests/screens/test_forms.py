"""Forms of verbs: fields, plan, commit once, refusals, conflicts, unknown outcomes (C1, C5, I1-3, I6, U1)."""

import asyncio
from dataclasses import replace
from time import monotonic

import pytest
from textual import events

from oms_tui.backend.errors import OutcomeUnknown, SignedOut, Unavailable
from oms_tui.domain.order import Hold
from oms_tui.domain.status import HoldKind, LineStatus
from oms_tui.screens.choose import Ask, Choose
from oms_tui.screens.forms import VerbForm
from oms_tui.screens.forms.answer import AnswerBox
from oms_tui.screens.forms.form import RELEASED
from oms_tui.screens.forms.lines_field import LinesField
from oms_tui.screens.submissions import submissions_of
from oms_tui.verbs import verb
from tests.build import NOON, line, order
from tests.screens.acting import free, other_does, partly_shipped, read
from tests.screens.consoles import LARGE, SMALL
from tests.screens.test_profile import open_profile
from tests.seeds import seeded
from tests.support import scaled


async def open_form(console, key, order_id="10432"):
    """The form that a key opens on a profile, drawn."""
    profile = await open_profile(console, order_id)
    await console.press(key)
    form = console.app.screen
    assert isinstance(form, VerbForm)
    await console.until(lambda: form.drawn_at < monotonic(), "the form drawn")
    await console.settle()
    return profile, form


async def gone(console, form):
    """Wait until the form is put away."""
    await console.until(lambda: form not in console.app.screen_stack, "the form put away")
    await console.settle()


async def flood(console, key, count):
    """Send `count` presses of a key as fast as a terminal that was held up would."""
    for _ in range(count):
        console.app.post_message(events.Key(key, None))
    await console.settle()


# -- what a form shows ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_cancel_names_everything_and_plans_as_one_types(desk_of, size):
    async with desk_of(partly_shipped()).console(size=size) as console:
        _, form = await open_form(console, "x", "10427")
        for fact in (
            "Cancel · order 10427 · Hans Müller · 224.90 € (EUR)",
            "▣ 1 Desk lamp", "▣ 2 Bulb E27", "1 of line 3 is packed in shipment S-2",
            "Reason customer request",
            "This will now after", "lines 1-2 status Confirmed Cancelled", "total 224.90 € 104.90 €",
            "customer told", "f9 cancel 2 lines", "tab next field", "esc keep the order",
        ):  # fmt: skip
            assert console.shows(fact), fact
        assert isinstance(form.focused, LinesField)
        await console.press("j", "2")
        await console.see("f9 cancel 1 line and 2 of 4 of line 2")
        await console.until(lambda: console.shows("2 of 4"))
        await console.see("total 224.90 € 114.90 €")
        await console.press("space")
        await console.see("f9 cancel 1 line")


async def test_a_commit_does_it_once_and_says_so(desk_of):
    desk = desk_of(free())
    async with desk.console() as console:
        profile, form = await open_form(console, "x")
        await console.press("f9")
        await gone(console, form)
        assert console.told[-1] == "Cancelled order 10432: customer request"
        await console.until(lambda: console.app.screen is profile)
        await console.see("CANCELLED")
    assert all(one.status is LineStatus.CANCELLED for one in read(desk, "10432").lines)
    assert read(desk, "10432").version == 2


async def test_enter_goes_on_and_at_the_end_says_how_to_commit(desk_of):
    desk = desk_of(free())
    async with desk.console() as console:
        _, form = await open_form(console, "x")
        names = [form.focused.argument.name]
        for _ in range(2):
            await console.press("enter")
            names.append(form.focused.argument.name)
        assert names == ["lines", "reason", "note"]
        await console.press("enter")
        assert form.focused.argument.name == "note"
        await console.see("F9 commits; tab goes to the button.")
        await console.press("tab")
        assert form.focused is form.button
        await asyncio.sleep(0.05)
        await console.press("enter")
        await gone(console, form)
    assert read(desk, "10432").version == 2


async def test_the_coded_field_chooses_by_letter_arrow_and_list(desk_of):
    async with desk_of(free()).console() as console:
        _, form = await open_form(console, "x")
        await console.press("enter")
        reason = form.focused
        await console.press("d")
        assert reason.held() == "duplicate"
        await console.press("left")
        assert reason.held() == "address problem"
        await console.press("?")
        assert isinstance(console.app.screen, Choose)
        assert console.shows("out of stock")
        await console.press("down", "down", "enter")
        assert reason.held() == "price error"
        await console.press("?", "9")
        await console.see("There are 7 to choose from")
        await console.press("5")
        assert reason.held() == "duplicate"
        await console.press("?", *"out of", "enter")  # no letter moves in a list of words
        assert reason.held() == "out of stock"
        await console.press("d", "o", "u")
        assert reason.held() == "out of stock"


async def test_an_error_stands_at_its_field_and_nothing_is_lost(desk_of):
    desk = desk_of(free())
    async with desk.console() as console:
        _, form = await open_form(console, "x")
        await console.press("enter")
        await console.press(*"other")
        await console.press("f9")
        await console.see("The reason 'other' needs a note that says which.")
        note = form._fields.rows[2]
        assert "needs a note" in note.fault
        await console.press("enter", *"moved")
        assert note.fault == "" or not console.shows("needs a note")
        await console.press("f9")
        await gone(console, form)
        assert console.told[-1] == "Cancelled order 10432: other (moved)"


async def test_no_line_marked_says_what_to_press(desk_of):
    async with desk_of(free()).console() as console:
        _, form = await open_form(console, "x")
        await console.press("a", "f9")
        await console.see("Mark at least one line: space marks the one under the cursor.")
        assert form in console.app.screen_stack
        await console.press("a")
        await console.see("f9 cancel the order")


async def test_a_note_of_several_lines_and_what_it_is_about(desk_of):
    desk = desk_of(partly_shipped())
    async with desk.console() as console:
        _, form = await open_form(console, "n", "10427")
        await console.press(*"first", "enter", *"second", "tab")
        await console.press(*"line 2")
        await console.press("f9")
        await gone(console, form)
        assert console.told[-1] == "Added a note to line 2 of order 10427"
    note = read(desk, "10427").notes[-1]
    assert (note.text, note.line, note.person) == ("first\nsecond", 2, "ana")


async def test_a_card_number_is_refused_at_the_note_and_stays_to_be_mended(desk_of):
    desk = desk_of(free())
    async with desk.console() as console:
        _, form = await open_form(console, "n")
        await console.press(*"4111 1111 1111 1111", "f9")
        await console.see("Note holds a card number, so it is not saved.")
        assert form._fields.rows[0].field.text == "4111 1111 1111 1111"
    assert read(desk, "10432").notes == ()


async def test_an_empty_note_is_needed(desk_of):
    async with desk_of(free()).console() as console:
        _, form = await open_form(console, "n")
        assert not console.shows("Note is needed.")
        await console.press("f9")
        await console.see("Note is needed.")
        assert form.focused is form._fields.rows[0].field


async def test_the_command_line_fills_the_form(desk_of):
    desk = desk_of(partly_shipped())
    async with desk.console() as console:
        await open_profile(console, "10427")
        await console.press(":")
        await console.press(*"cancel 2:3 reason=duplicate", "enter")
        await console.see("f9 cancel 3 of 4 of line 2")
        assert console.shows("Bulb E27 3 of 4")
        assert console.shows("Reason duplicate")


async def test_a_wrong_reason_from_the_command_line_is_said(desk_of):
    async with desk_of(free()).console() as console:
        await open_profile(console, "10432")
        await console.press(":")
        await console.press(*"cancel reason=boredom", "enter")
        await console.see("'boredom' is no reason; choose customer request")


# -- leaving -------------------------------------------------------------------------------------------------


async def test_escape_keeps_the_order_and_asks_if_something_would_be_lost(desk_of):
    desk = desk_of(free())
    async with desk.console() as console:
        profile, form = await open_form(console, "x")
        await console.press("escape")
        await gone(console, form)
        assert console.app.screen is profile
        await console.press("n")
        await console.until(lambda: isinstance(console.app.screen, VerbForm))
        await console.settle()
        await console.press(*"half a note", "escape")
        assert isinstance(console.app.screen, Ask)
        await console.press("enter")  # the safe answer
        assert console.shows("half a note")
        await console.press("f12", "tab", "enter")
        await console.until(lambda: console.app.screen is profile)
    assert read(desk, "10432").version == 1


# -- keys that must do nothing -------------------------------------------------------------------------------


async def test_a_thousand_commit_keys_give_one_effect(desk_of):
    desk = desk_of(free())
    async with desk.console() as console:
        _, form = await open_form(console, "x")
        await flood(console, "f9", scaled(1000, at_least=100))
        await gone(console, form)
        assert console.told.count("Cancelled order 10432: customer request") == 1
    assert read(desk, "10432").version == 2


async def test_a_thousand_enters_from_the_opening_give_none(desk_of):
    desk = desk_of(free())
    async with desk.console() as console:
        profile = await open_profile(console, "10432")
        console.app.post_message(events.Key("x", "x"))
        count = scaled(1000, at_least=100)
        for _ in range(count // 2):
            console.app.post_message(events.Key("enter", None))
        await console.until(lambda: isinstance(console.app.screen, VerbForm))
        form = console.app.screen
        await console.until(lambda: form.drawn_at < monotonic())
        await flood(console, "enter", count // 2)
        assert console.app.screen is form
        assert console.told == []
        await console.press("escape")
        await console.until(lambda: console.app.screen is profile)
    assert read(desk, "10432").version == 1


async def test_keys_pasted_line_by_line_do_not_press_the_button(desk_of):
    """A terminal without bracketed paste sends tabs and line ends as keys."""
    desk = desk_of(free())
    async with desk.console() as console:
        _, form = await open_form(console, "x")
        for _ in range(8):
            for key, character in (("tab", "\t"), ("enter", "\r")):
                console.app.post_message(events.Key(key, character))
        await console.settle()
        assert console.app.screen is form
        assert console.told == []
    assert read(desk, "10432").version == 1


async def test_bursts_typed_before_the_form_was_drawn_do_nothing(desk_of):
    """U1: whatever is typed together with the key that opens a form, nothing of it reaches the form."""
    desk = desk_of(free())
    chance = seeded()
    keys = ["f9", "enter", "tab", "space", "y", "escape", "down", "a", "1", "shift+tab", "x"]
    async with desk.console() as console:
        profile = await open_profile(console, "10432")
        for _ in range(scaled(1000, at_least=12)):
            burst = [chance.choice(keys) for _ in range(chance.randint(1, 12))]
            app = console.app
            for key in ("x", *burst):
                app.post_message(events.Key(key, key if len(key) == 1 else None))
            await console.settle()
            assert read_version(desk) == 1, burst
            assert not [text for text in console.told if text.startswith("Cancelled")], burst
            await back_to(console, profile)
    assert read(desk, "10432").version == 1


def read_version(desk):
    """The order's version in the database."""
    return read(desk, "10432").version


async def back_to(console, profile):
    """Put away whatever stands over the profile."""
    while console.app.screen is not profile:
        await console.app.pop_screen()
        await console.settle()


async def test_the_opening_key_is_not_the_commit_key():
    from oms_tui.screens.keymap import DEFAULT_KEYS
    from oms_tui.verbs import VERBS

    assert not {verb.key for verb in VERBS} & set(DEFAULT_KEYS.of("form.accept"))


async def test_a_paste_fills_a_field_and_never_commits(desk_of):
    desk = desk_of(free())
    async with desk.console() as console:
        _, form = await open_form(console, "x")
        await console.press("enter", "enter")
        console.app.post_message(events.Paste("two\rlines\x1b[31m\tred\r\n"))
        await console.settle()
        assert form.focused.value.startswith("two lines[31m red")
        await console.press("escape")
        assert isinstance(console.app.screen, Ask)
    assert read(desk, "10432").version == 1


async def test_a_huge_paste_is_cut_and_says_so(desk_of):
    async with desk_of(free()).console() as console:
        _, form = await open_form(console, "n")
        started = monotonic()
        console.app.post_message(events.Paste("word " * 200_000))
        await console.see("Only 4,000 characters fit; the rest was cut.")
        assert len(form.focused.text) == 4000
        assert monotonic() - started < 10
        await console.press("enter", "z")
        assert len(form.focused.text) == 4000


# -- what the desk answers -----------------------------------------------------------------------------------


async def test_a_conflict_says_what_changed_and_by_whom_and_plans_again(desk_of):
    desk = desk_of(free())
    async with desk.console(size=LARGE) as console:
        _, form = await open_form(console, "x")
        await console.press("tab", "d")
        await console.see("f9 cancel the order")
        await console.settle()
        other_does(desk, "order.cancel", "10432", "o" * 16, person="noor", reason="price error", lines=["1"])
        await flood(console, "f9", 50)
        await console.see("noor at 13:30")
        assert console.shows("Cancelled 1 line of order 10432: price error")
        assert console.shows("Look at the plan, then F9.")
        assert read(desk, "10432").version == 2
        assert form._fields.rows[1].field.held() == "duplicate"
        assert console.shows("line 1 is cancelled already")
        await asyncio.sleep(0.6)
        await console.press("f9")
        await gone(console, form)
    assert read(desk, "10432").version == 3


async def test_a_change_seen_while_typing_is_told_before_it_can_be_committed(desk_of):
    desk = desk_of(free())
    async with desk.console(size=LARGE) as console:
        _, form = await open_form(console, "x")
        other_does(desk, "order.cancel", "10432", "o" * 16, person="noor", reason="duplicate", lines=["2"])
        await console.press("tab", "d")
        await console.see("Order 10432 changed since the form opened: noor at 13:30")
        await console.see("authorization to capture 79.90 € 0.00 €")
        await asyncio.sleep(RELEASED)  # sooner it could be a key held down since before the news
        await console.press("f9")
        await gone(console, form)
    assert read(desk, "10432").version == 3


async def test_a_note_is_not_disturbed_by_what_others_do(desk_of):
    desk = desk_of(free())
    async with desk.console() as console:
        _, form = await open_form(console, "n")
        await console.press(*"rang")
        other_does(desk, "order.cancel", "10432", "o" * 16, person="ana", reason="duplicate", lines=["2"])
        await console.press("f9")
        await gone(console, form)
    assert [note.text for note in read(desk, "10432").notes] == ["rang"]


async def test_a_refusal_says_why_and_keeps_what_was_typed(desk_of):
    desk = desk_of(free())
    async with desk.console(size=LARGE) as console:
        _, form = await open_form(console, "x")
        await console.press("tab", "tab", *"because")
        other_does(desk, "order.cancel", "10432", "o" * 16, person="noor", reason="duplicate")
        await console.press("f9")
        await console.see("Nothing is left to cancel")
        assert form._fields.rows[2].field.value == "because"
        assert not form.button.is_ready


class Faulty:
    """A backend that fails in one call, and otherwise is the one behind it."""

    def __init__(self, behind, **failures):
        self._behind = behind
        self._failures = failures

    def __getattr__(self, name):
        failure = self._failures.get(name)
        return getattr(self._behind, name) if failure is None else failure


async def use(console, **failures):
    """Put a fault before the console's backend; gives the real one."""
    real = console.app.backend
    console.app.session._door = Faulty(real, **failures)
    return real


async def test_an_unknown_outcome_is_said_checked_and_resolved_as_done(desk_of):
    desk = desk_of(free())
    async with desk.console(size=LARGE) as console:
        _, form = await open_form(console, "x")
        calls, may_ask = [], asyncio.Event()

        async def commit(intention, *, version, key):
            calls.append(key)
            await real.commit(intention, version=version, key=key)
            raise OutcomeUnknown("no answer came")

        async def outcome_of(key):
            await may_ask.wait()
            return await real.outcome_of(key)

        real = await use(console, commit=commit, outcome_of=outcome_of)
        await console.pilot.press("f9")
        await console.see("Outcome unknown, checking: no answer came. It is not sent twice.")
        assert "Cancel, order 10432: outcome unknown, checking" in console.told
        await console.pilot.press("f9", "f9")
        refusal = submissions_of(console.app).refusal("10432", "order.cancel")
        assert refusal.startswith("outcome unknown")
        may_ask.set()
        await gone(console, form)
        assert len(calls) == 1
        assert console.told[-1] == "Cancelled order 10432: customer request"
    assert read(desk, "10432").version == 2


async def test_an_unknown_outcome_without_effect_may_be_tried_again_under_the_same_key(desk_of):
    desk = desk_of(free())
    async with desk.console(size=LARGE) as console:
        _, form = await open_form(console, "x")
        keys = []

        async def commit(intention, *, version, key):
            keys.append(key)
            if len(keys) == 1:
                raise OutcomeUnknown("no answer came")
            return await real.commit(intention, version=version, key=key)

        real = await use(console, commit=commit)
        await console.pilot.press("f9")
        await console.see("nothing was changed. You may try again. F9 tries again.")
        await console.press("f9")
        await gone(console, form)
        assert len(keys) == 2
        assert keys[0] == keys[1]
    assert read(desk, "10432").version == 2


async def test_who_was_signed_out_while_an_outcome_was_unknown_learns_it_later(desk_of):
    """I3: the key is asked again once its person is back, and by nobody else before."""
    desk = desk_of(free())
    async with desk.console(size=LARGE) as console:
        await open_form(console, "x")
        keys, asked, is_over = [], [], True

        async def commit(intention, *, version, key):
            keys.append(key)
            await real.commit(intention, version=version, key=key)
            raise OutcomeUnknown("no answer came")

        async def outcome_of(key):
            asked.append((key, console.app.actor.name))
            if is_over:
                raise SignedOut("Your session is over.")
            return await real.outcome_of(key)

        real = await use(console, commit=commit, outcome_of=outcome_of)
        await console.pilot.press("f9")
        await console.until(lambda: not console.app.is_signed_in, "the end of the session")
        is_over = False
        await console.see("1–3 pick")
        assert submissions_of(console.app).refusal("10432", "order.cancel").startswith("outcome unknown")
        for number in (3, 1):
            await console.pilot.press(str(number))
            await console.until(lambda: console.app.is_signed_in and console.app.current_mode == "dashboard")
            if number == 3:
                await asyncio.sleep(1.2)  # longer than until the first look
                assert len(asked) == 1
                await console.app.action_sign_out()
                await console.see("1–3 pick")
        await console.see("Cancelled order 10432: customer request")
        assert len(keys) == 1
        assert {key for key, _ in asked} == set(keys)
        assert len({person for _, person in asked}) == 1
        assert not submissions_of(console.app).refusal("10432", "order.cancel")
    assert read(desk, "10432").version == 2


async def test_leaving_the_form_does_not_cancel_what_is_under_way(desk_of):
    desk = desk_of(free())
    async with desk.console(size=LARGE) as console:
        profile, form = await open_form(console, "x")
        may_go_on = asyncio.Event()

        async def commit(intention, *, version, key):
            await may_go_on.wait()
            return await real.commit(intention, version=version, key=key)

        real = await use(console, commit=commit)
        await console.pilot.press("f9")
        await console.see("being done…")
        await console.pilot.press("escape")
        await console.until(lambda: console.app.screen is profile)
        await console.pilot.press("x")
        await console.until(lambda: "it is being done" in " ".join(console.told))
        assert form not in console.app.screen_stack
        may_go_on.set()
        await console.until(lambda: "Cancelled order 10432: customer request" in console.told)
    assert read(desk, "10432").version == 2


async def test_a_desk_that_cannot_be_reached_keeps_the_form(desk_of):
    desk = desk_of(free())
    async with desk.console(size=LARGE) as console:
        _, form = await open_form(console, "x")

        async def fail(*args, **rest):
            raise Unavailable("The database is locked by another program: nothing was changed.")

        real = await use(console, commit=fail)
        await console.press("f9")
        await console.see("The database is locked by another program: nothing was changed. F9 tries again.")
        console.app.session._door = real
        await console.press("f9")
        await gone(console, form)
    assert read(desk, "10432").version == 2


# -- verbs without a form ------------------------------------------------------------------------------------


async def test_provide_status_shows_the_answer_and_copies_it(desk_of):
    async with desk_of(partly_shipped()).console() as console:
        profile = await open_profile(console, "10427")
        await console.press("Y")
        await console.until(lambda: isinstance(console.app.screen, AnswerBox))
        await console.see("Ihre Bestellung 10427 vom 22. November 2026:")
        await console.press("Y")
        assert console.app.screen is profile
        assert console.app.clipboard.startswith(
            "Ihre Bestellung 10427 vom 22. November 2026:\n- 1 × Desk lamp"
        )
        assert console.told[-1] == "Sent the status of order 10427 to the clipboard"
        await console.press("Y")
        await console.until(lambda: isinstance(console.app.screen, AnswerBox))
        await console.press("enter")
        assert console.app.screen is profile


async def test_claim_and_release_act_at_once_and_say_so(desk_of):
    desk = desk_of(free())
    other_does(desk, "order.claim", "10432", "o" * 16)
    async with desk.console(size=LARGE) as console:
        profile = await open_profile(console, "10432")
        await console.press("c")
        await console.until(lambda: "Claimed order 10432" in console.told)
        assert any("olga has been working on it since" in text for text in console.told)
        assert console.app.screen is profile
        await console.see("c Release")
        await console.press("c")
        await console.until(lambda: "Released order 10432" in console.told)
    assert read(desk, "10432").version == 1


async def test_cancelling_part_of_700_lines_stays_a_form_that_can_be_used(desk_of):
    lines = [line(number, LineStatus.ALLOCATED, 100, name=f"Article {number}") for number in range(1, 301)]
    desk = desk_of(order(*lines, id="10700"))
    async with desk.console() as console:
        _, form = await open_form(console, "x", "10700")
        await console.see("lines 1-300 status")
        await console.press("a", "end", "space")
        await console.see("f9 cancel 1 line")
        await console.press("f9")
        await gone(console, form)
    assert [one.number for one in read(desk, "10700").lines if one.is_cancelled] == [300]


# -- what changed while the form was open, and the box that asks ---------------------------------------------


async def test_after_somebody_cancelled_all_of_it_only_that_is_said_and_esc_asks_nothing(desk_of):
    desk = desk_of(free())
    async with desk.console() as console:
        profile, form = await open_form(console, "x")
        other_does(desk, "order.cancel", "10432", "k" * 32, person="noor", reason="duplicate")
        await console.press("f9")
        await console.see("Nothing is left to cancel")
        await console.see("changed")
        assert not console.shows("Look at the plan")
        assert not form.is_dirty
        await console.press("escape")
        await console.until(lambda: console.app.screen is profile)


@pytest.mark.parametrize(
    ("keys", "is_lost"),
    [
        ("y", True),
        ("n", False),
        (("right", "enter"), True),
        (("left", "l", "enter"), False),
        (("enter",), False),
    ],
)
async def test_the_box_that_asks_takes_letters_and_arrows(desk_of, keys, is_lost):
    async with desk_of(free()).console() as console:
        profile, form = await open_form(console, "x")
        await console.press("space")
        await console.press("escape")
        box = console.app.screen
        assert isinstance(box, Ask)
        await console.until(lambda: box.drawn_at < monotonic())
        await console.see("y lose it n go on filling in ← → choose enter take it")
        await console.press(*keys)
        await console.until(lambda: console.app.screen is (profile if is_lost else form))


async def test_a_letter_pressed_before_the_box_was_drawn_answers_nothing(desk_of):
    async with desk_of(free()).console() as console:
        _, form = await open_form(console, "x")
        await console.press("space")
        for key in ("escape", *"yyy"):
            console.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await console.until(lambda: isinstance(console.app.screen, Ask))
        await console.settle()
        assert form in console.app.screen_stack
        assert isinstance(console.app.screen, Ask)


async def test_the_cursor_starts_on_the_first_marked_line_and_digits_are_hinted(desk_of):
    async with desk_of(partly_shipped()).console(size=LARGE) as console:
        profile = await open_profile(console, "10427")
        await console.press("j", "space", "x")
        form = console.app.screen
        await console.until(lambda: form.drawn_at < monotonic())
        await console.settle()
        assert form.focused.marked == {2: 4}
        assert form.focused.cursor_key == 2
        assert console.shows("0–4 pieces space mark")
        await console.press("k")
        assert not console.shows("pieces space mark")
        assert profile in console.app.screen_stack


async def test_a_long_refusal_is_read_whole(desk_of):
    async with desk_of(partly_shipped()).console() as console:
        _, form = await open_form(console, "x", "10427")
        for option in form.focused._options.values():
            assert console.shows(option.refusal) or all(
                word in console.text for word in option.refusal.split()
            )
        assert "…" not in "".join(text for text in console.lines if "packed" in text)


async def test_a_form_begins_where_something_is_needed_and_stars_it(desk_of):
    hold = Hold(number=1, kind=HoldKind.PAYMENT, reason="declined", placed_at=NOON, placed_by="system")
    async with desk_of(free(holds=(hold,))).console(3) as console:
        profile = await open_profile(console, "10432")
        await profile.verbs_here.start(verb("order.release-hold"))
        form = console.app.screen
        await console.until(lambda: form.drawn_at < monotonic(), "the form drawn")
        assert form.focused.argument.name == "note"
        await console.see("Note *")
        await console.type("paid by")
        assert form.focused.held() == "paid by"


async def test_a_form_without_anything_missing_begins_with_its_first_choice(desk_of):
    manual = Hold(number=1, kind=HoldKind.MANUAL, reason="call", placed_at=NOON, placed_by="olga")
    other = replace(manual, number=2, kind=HoldKind.PAYMENT, reason="declined")
    async with desk_of(free(holds=(manual, other))).console(3) as console:
        profile = await open_profile(console, "10432")
        await profile.verbs_here.start(verb("order.release-hold"))
        form = console.app.screen
        await console.until(lambda: form.drawn_at < monotonic(), "the form drawn")
        assert form.focused.argument.name == "hold"
        assert not console.shows("Note *")
        await console.press("right")
        await console.see("Note *")

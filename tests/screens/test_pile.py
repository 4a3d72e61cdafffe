"""Working a pile: which can, one transaction each, the result, trying again (C5, C6, I1 to I3, I6, U1)."""

import asyncio
from dataclasses import replace
from time import monotonic

import pytest
from textual import events

from oms_tui.backend.errors import OutcomeUnknown, SignedOut, Unavailable
from oms_tui.domain.order import Customer
from oms_tui.domain.queues import QUEUES
from oms_tui.domain.status import CustomerType, OrderStatus
from oms_tui.screens.choose import Ask, Choose
from oms_tui.screens.forms import VerbForm
from oms_tui.screens.pile import running
from oms_tui.screens.pile.parts import Phase
from oms_tui.screens.pile.rows import Standing
from oms_tui.screens.pile.screen import PileScreen
from oms_tui.screens.profile import ProfileScreen
from oms_tui.store import orders as order_store
from tests.screens.acting import free, many, other_does, partly_shipped, read
from tests.screens.consoles import LARGE, SMALL
from tests.screens.test_hostile import STORED as HOSTILE
from tests.screens.test_orders import orders_of
from tests.seeds import seeded
from tests.support import scaled

PATIENT = 120.0
"""Seconds for piles of a thousand."""


async def drawn(console, pile):
    """Wait until a pile takes keys and has looked at every order."""
    await console.until(lambda: pile.drawn_at < monotonic(), "the pile drawn")
    await console.until(lambda: not pile.asking.is_looking, "every order looked at")
    await console.settle()


async def pile_of(console, *keys):
    """The pile that these keys open on the orders list, every order looked at."""
    await console.press(*keys)
    pile = console.app.screen
    assert isinstance(pile, PileScreen), console.text
    await drawn(console, pile)
    return pile


async def mark_all(console, count, filter_text=""):
    """Mark every order of the list."""
    screen = await orders_of(console, filter_text)
    await console.until(lambda: screen.orders.count is not None)
    await console.press("*")
    if isinstance(console.app.screen, Ask):
        await console.press("y")
    await console.until(lambda: len(screen.orders.marks) == count, "all marked")
    return screen


async def over(console, pile):
    """Wait until the work is over."""
    deadline = monotonic() + PATIENT
    while pile.phase is not Phase.OVER:
        assert monotonic() < deadline, console.text
        await asyncio.sleep(0.02)
    await console.settle()


async def do(console, pile):
    """Commit, and say yes to the second step."""
    await console.press("f9")
    assert isinstance(console.app.screen, Ask), console.text
    await console.press("y")
    await over(console, pile)


def statuses(desk, ids):
    """The status of these orders as the database has them, and their number of notes."""
    opened = desk.open()
    try:
        with opened.store.read() as conn:
            stored = {one: order_store.find(conn, one) for one in ids}
    finally:
        opened.close()
    return {one: found.order for one, found in stored.items() if found is not None}


def is_cancelled(order):
    return all(line.status.value == OrderStatus.CANCELLED.value for line in order.lines)


def refusing(number):
    """An order of which something is packed already."""
    return replace(partly_shipped(str(number)), created=many(1)[0].created)


# -- before --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_forty_orders_of_which_six_refuse(desk_of, size):
    ids = [str(20001 + number) for number in range(34)]
    bad = [str(30001 + number) for number in range(6)]
    desk = desk_of(*many(34), *(refusing(one) for one in bad))
    async with desk.console(size=size) as console:
        screen = await mark_all(console, 40)
        pile = await pile_of(console, "x")
        for fact in (
            "Cancel · 40 orders", "Reason customer request", "34 can · 6 cannot",
            "totals fall by 6,286.60 € (EUR)", "⊘ cannot", "1 of line 3 is packed in shipment S-2",
            "f9 cancel: 34 orders", "esc keep the orders",
        ):  # fmt: skip
            assert console.shows(fact), fact
        assert set(pile.pile.ids(Standing.REFUSED)) == set(bad)
        await console.press("f9")
        ask = console.app.screen
        assert isinstance(ask, Ask)
        assert ask._question == (
            "Cancel: 34 orders, totals fall by 6,286.60 € (EUR)? 6 orders cannot and are left as they are."
        )
        assert ask.focused is not None
        assert ask.focused.id == "no"  # U1: the second step starts on the safe button
        await console.press("enter")
        assert pile.phase is Phase.ASKING
        assert not any(is_cancelled(one) for one in statuses(desk, ids).values())
        await do(console, pile)
        assert console.shows("34 of 40 orders done · 6 could not · totals fell by 6,286.60 € (EUR)")
        assert screen.orders.marks == set(bad)
        await console.press("y")
        assert console.app._clipboard.split("\n") == bad
        assert console.told[-1] == "Sent 6 order IDs to the clipboard"
        await console.press("enter")
        assert isinstance(console.app.screen, ProfileScreen)
        assert console.app.screen.order_id in bad
        await console.press("q")
        assert console.app.screen is pile
        await console.press("escape")
        assert console.app.screen is screen
    found = statuses(desk, ids + bad)
    assert {one for one, order in found.items() if is_cancelled(order)} == set(ids)
    assert all(found[one].version == 2 for one in ids)
    assert all(found[one].version == 1 for one in bad)


async def test_a_verb_for_one_order_says_so_and_names_it(desk_of):
    async with desk_of(*many(3)).console() as console:
        await mark_all(console, 3)
        await console.press("L")  # classification is about one customer
        assert console.told == [
            "Classify customer takes one order at a time: this is about 20003, though 3 orders are marked"
        ]
        assert isinstance(console.app.screen, VerbForm)
        assert console.app.screen.order_id == "20003"


async def test_lines_named_for_one_order_are_never_dropped_in_silence(desk_of):
    async with desk_of(*many(3)).console() as console:
        screen = await mark_all(console, 3)
        await console.press(":", *"cancel 1", "enter")
        await console.settle()
        assert console.told == ["Cancel: Lines can be named for one order only. Unmark the others."]
        assert console.app.screen is screen


async def test_the_command_line_and_the_palette_work_the_pile(desk_of):
    async with desk_of(*many(3)).console() as console:
        screen = await mark_all(console, 3)
        await console.press(":", *"note held by customs")
        await console.see("Add note: 3 orders marked")
        await console.press("enter")
        await console.until(lambda: isinstance(console.app.screen, PileScreen))
        pile = console.app.screen
        await drawn(console, pile)
        assert console.shows("held by customs")
        assert pile.pile.count(Standing.READY) == 3
        await console.press("escape")
        await console.press("ctrl+p", *"Cancel", "enter")
        await console.until(lambda: isinstance(console.app.screen, PileScreen))
        assert console.app.screen.verb.id == "order.cancel"
        assert screen.orders.marks == {"20001", "20002", "20003"}


async def test_what_is_needed_is_asked_first_and_a_card_number_is_never_taken(desk_of):
    desk = desk_of(*many(3))
    async with desk.console() as console:
        await mark_all(console, 3)
        pile = await pile_of(console, "n")
        assert pile.pile.count(Standing.POSSIBLE) == 3
        assert console.shows("3 can")
        await console.press("f9")
        await console.see("Note is needed.")
        assert pile.phase is Phase.ASKING
        await console.press(*"4111 1111 1111 1111")
        await asyncio.sleep(0.35)
        await drawn(console, pile)
        await console.press("f9")
        await console.see("card number")
        assert pile.phase is Phase.ASKING
        await console.press(*["backspace"] * 19, *"rang")
        await asyncio.sleep(0.35)
        await drawn(console, pile)
        await console.press("f9")  # three orders, no money: no second step
        await over(console, pile)
        assert console.shows("3 of 3 orders done")
    assert [[note.text for note in one.notes] for one in statuses(desk, ["20001", "20003"]).values()] == [
        ["rang"], ["rang"],
    ]  # fmt: skip


async def test_claiming_offers_both_and_warns_of_others_claims(desk_of):
    desk = desk_of(*many(3))
    other_does(desk, "order.claim", "20002", "o" * 32)
    async with desk.console() as console:
        await mark_all(console, 3)
        await console.press("c")
        assert isinstance(console.app.screen, Choose)
        pile = await pile_of(console, "enter")
        assert pile.verb.id == "order.claim"
        assert console.shows("3 can · 0 cannot · 1 with a warning (!)")
        assert console.shows("olga has been working on it since")
        await console.press("f9")
        await over(console, pile)
        assert console.shows("3 of 3 orders done")
        await console.press("escape")
        await console.press("*", "c")
        pile = await pile_of(console, "down", "enter")
        assert pile.verb.id == "order.release"
        assert pile.pile.count(Standing.READY) == 3


async def test_a_desk_that_does_not_answer_is_said_and_asked_again(desk_of, monkeypatch):
    async with desk_of(*many(3)).console() as console:
        await mark_all(console, 3)
        backend = console.app.backend
        faults = ["page", "plan"]
        page, plan = backend.page, backend.plan

        async def no_page(query):
            if "page" in faults:
                raise Unavailable("The disk is gone.")
            return await page(query)

        async def no_plan(intention):
            if "plan" in faults:
                raise Unavailable("The disk is gone.")
            return await plan(intention)

        monkeypatch.setattr(backend, "page", no_page)
        monkeypatch.setattr(backend, "plan", no_plan)
        await console.press("x")
        await console.see("! The disk is gone. R looks again.")
        faults.remove("page")
        await console.press("R")
        await console.until(lambda: console.app.screen.phase is Phase.ASKING)
        await drawn(console, console.app.screen)
        assert console.shows("! The disk is gone.")
        await console.press("f9")
        assert console.app.screen.phase is Phase.ASKING
        faults.clear()
        await console.press("tab", "tab", "R")
        await console.see("3 can · 0 cannot")
        assert not console.shows("The disk is gone")


# -- one effect each -----------------------------------------------------------------------------------------


async def test_a_flood_of_commit_keys_has_one_effect_each_and_of_enters_none(desk_of):
    desk = desk_of(*many(4))
    async with desk.console() as console:
        await mark_all(console, 4)
        pile = await pile_of(console, "n")
        for _ in range(scaled(1000, at_least=200)):
            console.app.post_message(events.Key("enter", None))
        await console.settle()
        assert pile.phase is Phase.ASKING
        await console.press(*"once")
        await asyncio.sleep(0.35)
        await drawn(console, pile)
        for _ in range(scaled(1000, at_least=200)):
            console.app.post_message(events.Key("f9", None))
        await over(console, pile)
        assert console.shows("4 of 4 orders done")
    for order in statuses(desk, [str(20001 + number) for number in range(4)]).values():
        assert [note.text.strip() for note in order.notes] == ["once"]


async def test_keys_pressed_before_it_is_drawn_do_nothing(desk_of):
    desk = desk_of(*many(2))
    async with desk.console() as console:
        await mark_all(console, 2)
        for key in ("x", "f9", "y", "f9", "enter", "y"):
            console.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await console.until(lambda: isinstance(console.app.screen, PileScreen), "the pile")
        await drawn(console, console.app.screen)
        assert console.app.screen.phase is Phase.ASKING
    assert not any(is_cancelled(one) for one in statuses(desk, ["20001", "20002"]).values())


# -- failures ------------------------------------------------------------------------------------------------


class Faulty:
    """Commits that fail now and then: before or after their effect."""

    def __init__(self, backend, chance):
        self._commit, self._chance = backend.commit, chance
        self.keys = {}
        """Order -> the keys its commits had, in order."""
        self.effects = {}
        """Order -> what was answered in the end."""
        self.unanswered = set()

    async def __call__(self, intention, *, version, key):
        self.keys.setdefault(intention.order_id, []).append(key)
        fate = self._chance(intention.order_id, len(self.keys[intention.order_id]))
        if fate == "busy":
            raise Unavailable("The database is busy: nothing was changed. Try again.")
        if fate == "lost before":
            raise OutcomeUnknown("No answer.")
        done = await self._commit(intention, version=version, key=key)
        if fate == "lost after":
            raise OutcomeUnknown("No answer.")
        return done


async def test_a_thousand_orders_with_random_failures_are_reported_exactly(desk_of, monkeypatch):
    """C6: each order is its own transaction, reported one by one; no partial silence."""
    monkeypatch.setattr("oms_tui.screens.submissions.FIRST_LOOK", 0.01)
    chances, count = seeded(), scaled(1000, at_least=40)
    bad = {str(90001 + number) for number in range(max(3, count // 50))}
    ids = {str(20001 + number) for number in range(count)}
    desk = desk_of(*many(count), *(refusing(one) for one in sorted(bad)))
    fates = {one: chances.choice(["", "", "", "busy", "lost before", "lost after"]) for one in ids}
    async with desk.console() as console:
        faulty = Faulty(console.app.backend, lambda one, turn: fates.get(one, "") if turn == 1 else "")
        monkeypatch.setattr(console.app.backend, "commit", faulty)
        screen = await mark_all(console, len(ids | bad))
        pile = await pile_of(console, "x")
        await do(console, pile)
        found = statuses(desk, ids | bad)
        done = {one for one, order in found.items() if is_cancelled(order)}
        assert set(pile.pile.ids(Standing.DONE)) == done == {
            one for one in ids if fates[one] in ("", "lost after")
        }  # fmt: skip
        assert set(pile.pile.ids(Standing.REFUSED)) == bad
        assert set(pile.pile.ids(Standing.FAILED)) == ids - done
        assert screen.orders.marks == (ids | bad) - done
        assert console.shows(f"{len(done):,} of {len(ids | bad):,} orders done · {len(ids - done):,} failed")
        for one in ids - done:
            row = pile.pile[one]
            assert ("busy" if fates[one] == "busy" else "no trace") in row.text
        await console.press("R")
        await drawn(console, pile)
        assert set(pile.pile.ids(Standing.READY)) == ids - done
        await do(console, pile)
        assert set(pile.pile.ids(Standing.DONE)) == ids
        assert screen.orders.marks == bad
    found = statuses(desk, ids)
    assert all(is_cancelled(order) and order.version == 2 for order in found.values())
    for one in ids:  # a new key after a refusal, the same one where the outcome was not known
        expected = {"busy": 2, "lost before": 1}.get(fates[one], 1)
        assert len(set(faulty.keys[one])) == expected, fates[one]


async def test_what_stays_unknown_is_asked_about_and_never_sent_anew(desk_of, monkeypatch):
    monkeypatch.setattr(running, "UNKNOWN_FOR", 0.05)
    monkeypatch.setattr("oms_tui.screens.submissions.FIRST_LOOK", 0.02)
    desk = desk_of(*many(3))
    async with desk.console() as console:
        backend = console.app.backend
        faulty = Faulty(backend, lambda one, turn: "lost after" if one == "20002" else "")
        monkeypatch.setattr(backend, "commit", faulty)
        outcome_of, is_deaf = backend.outcome_of, [True]

        async def deaf(key):
            if is_deaf[0]:
                raise Unavailable("The desk does not answer.")
            return await outcome_of(key)

        monkeypatch.setattr(backend, "outcome_of", deaf)
        screen = await mark_all(console, 3)
        pile = await pile_of(console, "x")
        await do(console, pile)
        assert console.shows("2 of 3 orders done · 1 unknown, being asked about")
        assert screen.orders.marks == {"20002"}
        await console.press("R")  # still nobody answers: it is not sent again
        await drawn(console, pile)
        assert pile.pile["20002"].standing is Standing.UNKNOWN
        assert len(faulty.keys["20002"]) == 1
        is_deaf[0] = False
        await console.press("escape")
    assert is_cancelled(read(desk, "20002"))
    assert read(desk, "20002").version == 2


async def test_an_unknown_outcome_that_comes_out_later_is_shown(desk_of, monkeypatch):
    monkeypatch.setattr(running, "UNKNOWN_FOR", 0.05)
    monkeypatch.setattr("oms_tui.screens.submissions.FIRST_LOOK", 0.01)
    async with desk_of(*many(2)).console() as console:
        backend, gate = console.app.backend, asyncio.Event()
        faulty = Faulty(backend, lambda one, turn: "lost after" if one == "20001" else "")
        outcome_of = backend.outcome_of

        async def late(key):
            await gate.wait()
            return await outcome_of(key)

        monkeypatch.setattr(backend, "commit", faulty)
        monkeypatch.setattr(backend, "outcome_of", late)
        screen = await mark_all(console, 2)
        pile = await pile_of(console, "x")
        await do(console, pile)
        assert pile.pile["20001"].standing is Standing.UNKNOWN
        assert screen.orders.marks == {"20001"}
        gate.set()
        await console.see("2 of 2 orders done")
        assert screen.orders.marks == frozenset()


async def test_a_change_by_somebody_else_is_a_conflict_that_names_them(desk_of):
    desk = desk_of(*many(3))
    async with desk.console() as console:
        screen = await mark_all(console, 3)
        pile = await pile_of(console, "x")
        await asyncio.to_thread(
            other_does, desk, "order.note", "20002", "w" * 32, person="olga", text="wait for me"
        )
        await do(console, pile)
        assert console.shows("2 of 3 orders done · 1 failed")
        row = pile.pile["20002"]
        assert row.standing is Standing.FAILED
        assert "olga" in row.text.lower() or "Olga" in row.text
        assert screen.orders.marks == {"20002"}
        assert not is_cancelled(read(desk, "20002"))
        await console.press("R")
        await drawn(console, pile)
        assert console.shows("1 can · 0 cannot · 2 already done")
        await do(console, pile)
        assert console.shows("3 of 3 orders done")
    assert is_cancelled(read(desk, "20002"))


async def test_the_stop_key_stops_after_the_order_in_hand(desk_of, monkeypatch):
    desk = desk_of(*many(8))
    async with desk.console() as console:
        gate, backend = asyncio.Semaphore(0), console.app.backend
        commit = backend.commit

        async def slow(intention, *, version, key):
            await gate.acquire()
            return await commit(intention, version=version, key=key)

        monkeypatch.setattr(backend, "commit", slow)
        screen = await mark_all(console, 8)
        pile = await pile_of(console, "x")
        await console.press("f9")
        await console.pilot.press("y")
        gate.release()
        gate.release()
        await console.until(lambda: pile.pile.count(Standing.DONE) == 2)
        await console.until(lambda: console.shows("2 of 7") or console.shows("2 of 8"))
        await console.pilot.press("escape")
        await console.until(lambda: console.shows("stopping"))
        assert pile.phase is Phase.RUNNING  # the order in hand is seen through
        gate.release()
        await over(console, pile)
        assert console.shows("Cancel · 8 orders · stopped")
        assert console.shows("3 of 8 orders done · 5 not done")
        assert len(screen.orders.marks) == 5
        assert all(pile.pile[one].text == "Stopped before it." for one in screen.orders.marks)
        for _ in range(5):
            gate.release()
        await console.press("R")
        await drawn(console, pile)
        await do(console, pile)
        assert console.shows("8 of 8 orders done")
    assert all(is_cancelled(one) for one in statuses(desk, [str(20001 + n) for n in range(8)]).values())


async def test_going_elsewhere_does_not_end_it(desk_of, monkeypatch):
    desk = desk_of(*many(6))
    async with desk.console() as console:
        gate, backend = asyncio.Event(), console.app.backend
        commit = backend.commit

        async def slow(intention, *, version, key):
            await gate.wait()
            return await commit(intention, version=version, key=key)

        monkeypatch.setattr(backend, "commit", slow)
        await mark_all(console, 6)
        pile = await pile_of(console, "x")
        await console.press("f9")
        await console.pilot.press("y")
        await console.pilot.press("enter")
        await console.until(lambda: isinstance(console.app.screen, ProfileScreen))
        await console.app.action_go("OR")
        await console.until(lambda: pile not in console.app.screen_stack)
        gate.set()
        await over(console, pile)
        assert console.told[-1] == "Cancel: 6 of 6 orders done · totals fell by 1,109.40 € (EUR)"
    assert all(is_cancelled(one) for one in statuses(desk, [str(20001 + n) for n in range(6)]).values())


async def test_a_session_that_ends_leaves_the_rest(desk_of, monkeypatch):
    desk = desk_of(*many(6))
    async with desk.console() as console:
        backend = console.app.backend
        commit, turns = backend.commit, []

        async def ends(intention, *, version, key):
            turns.append(intention.order_id)
            if len(turns) > 2:
                raise SignedOut("The session has run out.")
            return await commit(intention, version=version, key=key)

        monkeypatch.setattr(backend, "commit", ends)
        await mark_all(console, 6)
        pile = await pile_of(console, "x")
        await console.press("f9")
        await console.pilot.press("y")
        await over(console, pile)
        await console.until(lambda: not console.app.is_signed_in)
        assert pile.pile.count(Standing.DONE) == 2
        assert pile.pile.count(Standing.LEFT) == 4
        assert len(turns) == 3
    found = statuses(desk, [str(20001 + n) for n in range(6)])
    assert sum(is_cancelled(one) for one in found.values()) == 2


# -- text from outside, rights -------------------------------------------------------------------------------


async def test_hostile_names_are_text(desk_of):
    def named(number, text):
        return Customer(number=f"C{number}", first_name=text, last_name="", type=CustomerType.GUEST, email="")

    made = [
        replace(one, customer=named(number, text))
        for number, (one, text) in enumerate(zip(many(len(HOSTILE)), HOSTILE, strict=True))
    ]
    async with desk_of(*made).console(size=LARGE) as console:
        await mark_all(console, len(made))
        pile = await pile_of(console, "x")
        assert "\x1b" not in console.text
        await console.press("end", "home", "tab")
        await do(console, pile)
        assert "\x1b" not in console.text
        assert pile.pile.count(Standing.DONE) == len(made)


async def test_a_right_that_is_missing_is_said_before_anything_opens(desk_of):
    async with desk_of(*many(3)).console(number=3) as console:  # OP may not cancel
        screen = await mark_all(console, 3)
        await console.press("x")
        assert console.app.screen is screen
        assert console.told == ["Cancel, 3 orders: for CS or NM only"]


# -- run and approve -----------------------------------------------------------------------------------------


async def test_running_a_task_offers_what_is_open_in_any_of_them(sample):
    async with sample.console(number=3, size=LARGE) as console:
        screen = await orders_of(console, "task:active")
        await console.until(lambda: screen.orders.count is not None and screen.orders.visible_rows)
        await console.press("J", "J", "J", "J", "J", "J")
        marked = len(screen.orders.marks)
        assert marked > 1
        await console.press("T")
        await console.see("Run task now")  # Approve leads, Run task now is next
        await console.press("down", "enter")
        await console.until(lambda: isinstance(console.app.screen, PileScreen))
        pile = console.app.screen
        await drawn(console, pile)
        assert pile.verb.id == "order.run"
        field = pile.asking.fields.rows[0].field
        assert "order" in field._choices[0].label
        judged = pile.pile.count(Standing.READY, Standing.REFUSED)
        assert judged == marked
        assert pile.pile.count(Standing.READY) >= 1


# -- the next of a queue -------------------------------------------------------------------------------------


async def test_c_claims_the_oldest_that_nobody_has_and_opens_it(desk_of):
    desk = desk_of(*many(3))
    other_does(desk, "order.claim", "20001", "o" * 32)
    async with desk.console() as console:
        screen = await orders_of(console, "status:allocated")
        for _ in range(20):  # a key held down claims one
            console.app.post_message(events.Key("C", "C"))
        await console.until(lambda: isinstance(console.app.screen, ProfileScreen))
        await console.settle()
        assert console.app.screen.order_id == "20002"
        assert console.told == ["Claimed order 20002, the oldest in status:allocated that nobody had"]
        await console.press("q")
        await console.press("C")
        await console.until(lambda: isinstance(console.app.screen, ProfileScreen))
        assert console.app.screen.order_id == "20003"
        await console.press("q", "C")
        await console.until(lambda: len(console.told) == 3)
        assert console.told[-1].startswith("None left in status:allocated")
        assert console.app.screen is screen


async def test_c_on_a_tile_claims_from_its_queue(sample):
    async with sample.console(number=1) as console:
        tiles = console.app.screen._tiles
        for _ in range(len(QUEUES)):
            if tiles.cursor_tile.title != "Fraud review":
                await console.press("down")
        assert tiles.cursor_tile.title == "Fraud review"
        await console.press("C")
        await console.until(lambda: isinstance(console.app.screen, ProfileScreen))
        await console.see("claimed by you")
        assert any(hold.kind.value == "fraud" for hold in console.app.screen.subject().order.open_holds())
        assert console.told[-1].endswith("the oldest in Fraud review that nobody had")


async def test_one_marked_order_is_the_one_meant(desk_of):
    async with desk_of(*many(2), free()).console() as console:
        await orders_of(console)
        await console.press("space", "x")
        assert isinstance(console.app.screen, VerbForm)
        assert console.told == []

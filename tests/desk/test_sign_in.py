"""Signing in: one answer for every wrong try, a growing wait that nobody can be kept out with (N2, N3, F5,
A1)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from argon2 import PasswordHasher

from oms_tui.desk import people, waits
from oms_tui.desk.errors import BadInput, NoRight, SignInRefused, Unusable
from oms_tui.desk.passwords import Cost, Hasher
from oms_tui.desk.sign_in import WRONG, sign_in, sign_out
from oms_tui.domain.people import LOCAL_ACTOR, Origin, Role
from oms_tui.store import people as kept
from tests.build import NOON
from tests.desk.conftest import PASSWORD, Place, add_person, entries

FULL_WIDTH = "\uff21\uff2e\uff21"
WRONG_ONE = "a wrong password here"
HERE, ELSEWHERE = "uid 1 local", "uid 1 192.0.2.7"


def enter(desk, name="ana", password=PASSWORD, place=HERE):
    return sign_in(desk, name, password, Origin.CONSOLE, place)


def fail(desk, times, name="ana", place=HERE):
    """Fail so many times, each as soon as the wait lets it."""
    while times:
        wait = wait_of(desk, name, place)
        desk.clock.advance(timedelta(seconds=wait))
        times -= wait == 0


def wait_of(desk, name="ana", place=HERE, password=WRONG_ONE):
    with pytest.raises(SignInRefused) as refused:
        enter(desk, name, password, place)
    return refused.value.retry_after


def known(conn, name_key):
    found = kept.find(conn, name_key)
    assert found is not None
    return found


def last_entry(desk):
    with desk.store.read() as conn:
        query = "SELECT actor, action, subject, result, session FROM audit_entry ORDER BY seq DESC LIMIT 1"
        return tuple(conn.exec_driver_sql(query).one())


@pytest.mark.usefixtures("ana")
@pytest.mark.parametrize("name", ["ana", "ANA", " Ana ", FULL_WIDTH])
def test_a_name_is_known_in_any_case_and_width(desk, name):
    actor = enter(desk, name)
    assert (actor.name, actor.roles, actor.origin) == ("ana", {Role.CS}, Origin.CONSOLE)
    assert actor.session
    assert last_entry(desk) == ("ana", "sign_in", "ana", "done", actor.session)
    assert enter(desk, name).session != actor.session


@pytest.mark.usefixtures("ana")
def test_unknown_wrong_and_disabled_get_the_same_words(desk):
    people.add(desk, LOCAL_ACTOR, name="ben", display_name="", roles=[Role.CS], password=PASSWORD)
    people.disable(desk, LOCAL_ACTOR, "ben")
    texts = set()
    for place, (name, password) in enumerate(
        [
            ("ana", "a wrong password here"),
            ("nobody-here", PASSWORD),
            ("ben", PASSWORD),
            ("", ""),
            ("x" * 10**6, ""),
        ]
    ):
        before = entries(desk)
        with pytest.raises(SignInRefused) as refused:
            enter(desk, name, password, f"place {place}")
        texts.add(str(refused.value))
        assert entries(desk) == before + 1
    assert texts == {WRONG}


@pytest.mark.usefixtures("ana")
def test_the_same_work_is_done_for_a_name_that_nobody_has(desk, monkeypatch):
    verified = []
    verify = Hasher._verify

    def noted(self, hashed, password):
        verified.append(hashed)
        return verify(self, hashed, password)

    monkeypatch.setattr(Hasher, "_verify", noted)
    fail(desk, 1, "ana")
    fail(desk, 1, "nobody-here", ELSEWHERE)
    assert len(verified) == 2
    assert verified[0].rsplit("$", 2)[0] == verified[1].rsplit("$", 2)[0]


@pytest.mark.usefixtures("ana")
@pytest.mark.parametrize("name", ["ana", "nobody-here"])
def test_the_first_try_of_a_program_costs_the_same_whoever_it_is(desk, monkeypatch, name):
    made = []

    class Noted(PasswordHasher):
        def hash(self, password, *, salt=None):
            made.append(password)
            return super().hash(password, salt=salt)

    monkeypatch.setattr(desk.hasher, "_hasher", Noted(time_cost=1, memory_cost=64, parallelism=1))
    fail(desk, 1, name)
    assert len(made) == 1


@pytest.mark.usefixtures("ana")
def test_what_was_typed_as_a_name_is_not_in_the_log(desk, place):
    fail(desk, 1, "my secret passphrase typed too early")
    assert last_entry(desk) == ("", "sign_in", "", "refused", "")
    fail(desk, 1, "ANA", ELSEWHERE)
    assert last_entry(desk) == ("", "sign_in", "ana", "refused", "")


@pytest.mark.usefixtures("ana")
def test_the_wait_begins_with_the_third_failure_doubles_and_is_capped(desk, clock):
    fail(desk, 3)
    seen = []
    for _ in range(10):
        wait = wait_of(desk)
        seen.append(wait)
        clock.advance(timedelta(seconds=wait) - timedelta(milliseconds=1))
        assert wait_of(desk) == 1
        clock.advance(timedelta(milliseconds=1))
        fail(desk, 1)
    assert seen == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]


@pytest.mark.usefixtures("ana")
def test_a_right_password_has_to_wait_too_and_then_ends_the_waits(desk, clock):
    fail(desk, 3)
    assert wait_of(desk, password=PASSWORD) == 1
    clock.advance(timedelta(seconds=1))
    enter(desk)
    fail(desk, 2)
    enter(desk)


@pytest.mark.usefixtures("ana")
def test_a_try_within_the_wait_is_not_tried_and_makes_it_no_longer(desk, clock, monkeypatch):
    fail(desk, 5)
    before = entries(desk)
    monkeypatch.setattr(Hasher, "verify", lambda *given: pytest.fail("tried"))
    for _ in range(50):
        assert wait_of(desk) == 4
    assert entries(desk) == before + 1
    assert last_entry(desk) == ("", "sign_in", "ana", "refused", "")
    monkeypatch.undo()
    clock.advance(timedelta(seconds=4))
    fail(desk, 1)
    assert entries(desk) == before + 2
    assert wait_of(desk) == wait_of(desk) == 8
    assert entries(desk) == before + 3
    clock.advance(timedelta(seconds=8))
    enter(desk)


def test_at_most_a_hundred_tries_an_hour(desk, ana, clock):
    """N3 by a clock that is moved: an attacker who always tries as soon as it may."""
    tried = 0
    end = NOON + timedelta(hours=1)
    while clock.now() < end:
        with pytest.raises(SignInRefused) as refused:
            enter(desk, "ana", "guess", f"place {tried}")
        if refused.value.retry_after:
            clock.advance(timedelta(seconds=refused.value.retry_after))
        else:
            tried += 1
    assert 50 < tried <= 100


@pytest.mark.usefixtures("ana")
def test_another_program_or_a_restart_does_not_reset_the_wait(place, desk):
    fail(desk, 4)
    other = place.open()
    assert wait_of(other) == 2
    place.close()
    assert wait_of(place.open()) == 2


@pytest.mark.usefixtures("ana")
@pytest.mark.parametrize("jump", [timedelta(days=-365), timedelta(hours=-1), timedelta(days=365)])
def test_a_clock_that_jumps_locks_nobody_out_and_lets_nobody_in_early(place, desk, clock, jump):
    fail(desk, 6)
    clock.set(NOON + jump)
    assert wait_of(desk) == 8
    clock.advance(timedelta(seconds=8))
    enter(desk)


@pytest.mark.usefixtures("ana")
def test_a_clock_set_back_over_a_restart_makes_nobody_wait_for_it(place, desk, clock):
    fail(desk, 6)
    place.close()
    clock.set(NOON - timedelta(days=365))
    desk = place.open()
    assert wait_of(desk) == 8
    clock.advance(timedelta(seconds=8))
    enter(desk)


@pytest.mark.usefixtures("ana")
def test_failures_elsewhere_do_not_keep_a_person_out_where_they_sit(desk, clock):
    enter(desk)
    for number in range(20):
        clock.advance(timedelta(minutes=1))
        fail(desk, 1, place=f"{ELSEWHERE} {number}")
    assert wait_of(desk, place=ELSEWHERE) > 1
    enter(desk)


@pytest.mark.usefixtures("ana")
def test_a_place_that_tries_many_names_waits_too(desk):
    for number in range(3):
        fail(desk, 1, f"name-{number}")
    assert wait_of(desk, "name-9") == 1


def test_knocking_on_within_waits_does_not_fill_the_log(desk, clock):
    """A thousand tries within one wait, in whatever names: one entry for each person there is (A1, N3)."""
    add_person(desk, "ben")
    add_person(desk, "ana")
    fail(desk, 3)
    before = entries(desk)
    for number in range(250):
        for name in ("ana", "Ana", "ben", f"nobody-{number}"):
            assert wait_of(desk, name) > 0
    assert entries(desk) == before + 3  # ana, ben, and a name that nobody has


def test_knocking_on_for_long_leaves_no_more_entries_than_the_waits_let_through(desk, clock):
    """A try every second: what is written is bounded by the waits, which grow to a minute."""
    add_person(desk, "ana")
    before, taken = entries(desk), 0
    for _ in range(2_000):
        taken += wait_of(desk) == 0
        clock.advance(timedelta(seconds=1))
    assert taken < 45
    assert entries(desk) - before <= 2 * taken


def test_many_tries_at_once_are_no_more_tries(place, desk, ana, monkeypatch):
    """A second try that begins while the first is still being verified finds the first one counted."""
    fail(desk, 2)
    other = place.open()
    refused = []

    def verify(self, hashed, password):
        monkeypatch.undo()
        refused.append(wait_of(other))
        return False

    monkeypatch.setattr(Hasher, "verify", verify)
    fail(desk, 1)
    assert refused == [1]


def test_a_hash_is_made_anew_where_the_cost_has_risen(desk, ana):
    dearer = Cost(memory_kib=128, rounds=2, lanes=1)
    with desk.store.read() as conn:
        before = known(conn, "ana").password_hash
    enter(desk)
    desk.hasher = Hasher(dearer)
    enter(desk)
    with desk.store.read() as conn:
        after = known(conn, "ana").password_hash
    assert "m=64,t=1" in before
    assert "m=128,t=2" in after
    enter(desk)


def test_signing_out_is_written(desk, ana):
    sign_out(desk, ana)
    assert last_entry(desk)[:4] == ("ana", "sign_out", "ana", "done")


def test_people_of_sample_data_need_no_password_and_only_there(tmp_path, desk):
    with pytest.raises(BadInput):
        people.add(desk, LOCAL_ACTOR, name="demo", display_name="", roles=[Role.CS], password="")
    sample = Place(tmp_path / "sample").open(is_sample=True)
    people.add(sample, LOCAL_ACTOR, name="demo", display_name="", roles=[Role.CS], password="")
    assert enter(sample, "demo", "").name == "demo"
    fail(sample, 1, "demo")
    with sample.store.read() as conn:
        person = known(conn, "demo")
    sample.close()
    with desk.store.write() as conn:
        kept.add(conn, person)
    assert wait_of(desk, "demo", password="") == 0


@pytest.mark.usefixtures("desk")
def test_a_database_is_not_turned_into_sample_data(place):
    with pytest.raises(Unusable, match="holds real orders"):
        place.open(is_sample=True)


def test_waits_are_short_grow_and_end():
    assert [waits.wait_after(n) for n in (0, 1, 2, 3, 4, 8, 9, 10, 1000)] == [0, 0, 0, 1, 2, 32, 60, 60, 60]


def test_a_first_person_is_made_once(desk):
    people.create_first(desk, "ana", "Ana", PASSWORD, Role.CS, origin=Origin.CONSOLE)
    assert people.actor_named(desk, "ANA").roles == {Role.CS, Role.AD}
    before = entries(desk)
    with pytest.raises(NoRight, match="already"):
        people.create_first(desk, uuid4().hex, "", PASSWORD, Role.CS, origin=Origin.CONSOLE)
    assert entries(desk) == before + 1
    assert last_entry(desk)[1:4:2] == ("manage_people", "refused")
    assert add_person(desk, "ben", Role.NM).roles == {Role.NM}

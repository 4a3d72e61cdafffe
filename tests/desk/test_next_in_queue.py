"""The next order of a queue: the oldest that nobody has, for one person each (spec 7; invariants A1, C3)."""

import json
import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from oms_tui.clock import SystemClock
from oms_tui.desk import ask, commit, doctor, errors, people
from oms_tui.desk.next_in_queue import claim_next
from oms_tui.domain.cancel_requests import ASKED, CUSTOMER
from oms_tui.domain.order import Note
from oms_tui.domain.people import LOCAL_ACTOR, Role
from oms_tui.domain.status import LineStatus
from tests.build import NOON, line, order
from tests.desk.conftest import add_person, entries, take_in
from tests.processes import Process
from tests.support import scaled

PROGRAM = Path(__file__).with_name("claiming.py")
ALLOCATED = "status:allocated"


def a_queue(desk, count=3):
    """Orders of one queue, the highest number placed first, and one of another queue before them all."""
    take_in(
        desk,
        order(line(1, LineStatus.DELIVERED), id="other", created=NOON - timedelta(days=9)),
        *(order(id=f"A{number}", created=NOON - timedelta(hours=number)) for number in range(count)),
    )


def test_the_oldest_that_nobody_has_is_claimed(desk, ana):
    a_queue(desk)
    bo = add_person(desk, "bo", Role.OP)
    before = entries(desk)
    assert claim_next(desk, ana, ALLOCATED) == "A2"
    assert claim_next(desk, bo, ALLOCATED) == "A1"
    assert claim_next(desk, ana, ALLOCATED) == "A0"
    assert claim_next(desk, bo, ALLOCATED) is None
    assert entries(desk) == before + 3
    profile = ask.order(desk, ana, "A1")
    assert profile.claim is not None
    assert profile.claim.person == "bo"
    assert profile.claim.until == NOON + desk.policy.claim_for
    assert profile.order.version == 1
    (entry,) = [x for x in ask.timeline(desk, ana, "A1") if x.action == "order.claim"]
    assert (entry.actor, entry.summary) == ("bo", "Claimed order A1")


def test_a_claim_that_has_run_out_is_nobodys(desk, ana, clock):
    a_queue(desk)
    assert claim_next(desk, ana, ALLOCATED) == "A2"
    clock.advance(desk.policy.claim_for + timedelta(seconds=1))
    assert claim_next(desk, add_person(desk, "bo"), ALLOCATED) == "A2"


def test_an_order_claimed_by_hand_is_passed_over(desk, ana):
    a_queue(desk)
    commit.commit(desk, ana, "order.claim", "A2", {}, version=1, key="a" * 32)
    assert claim_next(desk, add_person(desk, "bo"), ALLOCATED) == "A1"
    assert claim_next(desk, ana, ALLOCATED) == "A0"


def test_the_filters_own_order_of_rows_does_not_count(desk, ana):
    a_queue(desk)
    assert claim_next(desk, ana, f"{ALLOCATED} sort:-created") == "A2"


def test_of_cancel_requests_the_one_that_was_asked_first_is_next(desk, ana):
    for order_id, placed, asked in (("A1", 9, 1), ("A2", 2, 2)):
        at = NOON - timedelta(hours=asked)
        note = Note(number=1, at=at, person=CUSTOMER, text=ASKED)
        take_in(desk, order(id=order_id, created=NOON - timedelta(hours=placed), notes=(note,)))
    for sort in ("sort:asked", "sort:-asked"):
        assert claim_next(desk, ana, f"cancel:requested {sort}") == "A2"
        commit.commit(desk, ana, "order.release", "A2", {}, version=1, key=uuid4().hex)


def test_a_filter_that_cannot_be_claims_nothing(desk, ana):
    a_queue(desk)
    before = entries(desk)
    with pytest.raises(errors.BadInput) as refused:
        claim_next(desk, ana, "statsu:allocated")
    assert refused.value.field == "filter"
    assert claim_next(desk, ana, "claimed:me") is None
    assert entries(desk) == before


def test_only_filters_that_one_may_use(desk):
    a_queue(desk)
    nina = add_person(desk, "nina", Role.NM)
    with pytest.raises(errors.BadInput):
        claim_next(desk, nina, ALLOCATED)
    assert claim_next(desk, nina, "id:A1") == "A1"


def test_an_administrator_or_nobody_claims_nothing(desk):
    a_queue(desk)
    admin = add_person(desk, "root", Role.AD)
    before = entries(desk)
    for actor in (admin, LOCAL_ACTOR):
        with pytest.raises(errors.NoRight):
            claim_next(desk, actor, ALLOCATED)
    assert entries(desk) == before + 2
    ana = add_person(desk, "ana")
    people.disable(desk, LOCAL_ACTOR, "ana")
    with pytest.raises(errors.SignedOut):
        claim_next(desk, ana, ALLOCATED)


def test_threads_that_ask_at_once_never_get_the_same_order(place):
    """Each thread has a desk of its own, as each console has."""
    threads, count = 4, scaled(200, at_least=24)
    place.clock = SystemClock()
    desk = place.open()
    names = [f"person-{number}" for number in range(threads)]
    for name in names:
        add_person(desk, name)
    take_in(desk, *(order(id=f"A{number}") for number in range(count)))
    claimed: dict[str, list[str]] = {name: [] for name in names}
    together = threading.Barrier(threads)

    def work(name: str) -> None:
        own = place.open()
        actor = people.actor_named(own, name)
        together.wait()
        while (order_id := claim_next(own, actor, ALLOCATED)) is not None:
            claimed[name].append(order_id)

    workers = [threading.Thread(target=work, args=(name,)) for name in names]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    everything = Counter(order_id for ids in claimed.values() for order_id in ids)
    assert everything == Counter(f"A{number}" for number in range(count))
    for name, ids in claimed.items():
        for order_id in ids:
            claim = ask.order(desk, LOCAL_ACTOR, order_id).claim
            assert claim is not None
            assert claim.person == name


def test_programs_that_ask_at_once_never_get_the_same_order(place):
    programs, count = 3, scaled(300, at_least=30)
    place.clock = SystemClock()
    desk = place.open()
    take_in(desk, *(order(id=f"A{number}") for number in range(count)))
    started: list[Process] = []
    for number in range(programs):
        add_person(desk, f"person-{number}")
        started.append(Process(str(PROGRAM), place.url, str(place.state), f"person-{number}", ALLOCATED))
    try:
        for program in started:
            assert json.loads(program.stdout.readline()) == "ready"
            program.stdin.write("go\n")
        for program in started:
            program.stdin.flush()
        answers = [program.communicate(timeout=60)[0].splitlines() for program in started]
    finally:
        for program in started:
            program.end()
    assert [program.returncode for program in started] == [0] * programs
    claimed = Counter(json.loads(answer) for lines in answers for answer in lines)
    assert claimed == Counter(f"A{number}" for number in range(count))
    assert doctor.examine(desk).findings == ()

"""Idempotency: one key, one effect, the same answer for seven days (invariants I2, I4)."""

from datetime import timedelta

import pytest

from oms_tui.desk import ask, commit, errors
from oms_tui.domain.answers import Committed
from oms_tui.domain.people import Role
from tests.build import line, order
from tests.desk.conftest import add_person, entries, take_in
from tests.desk.test_commit import CANCEL, NOTE, cancel, key, version_of
from tests.seeds import seeded
from tests.support import scaled


@pytest.fixture(autouse=True)
def _one_order(desk):
    take_in(desk, order(line(1), line(2, quantity=3, minor=999)))


def test_the_same_key_and_body_get_the_stored_answer(desk, ana):
    used = key()
    first = cancel(desk, ana, key=used)
    before = entries(desk)
    assert [cancel(desk, ana, key=used) for _ in range(5)] == [first] * 5
    assert commit.outcome_of(desk, ana, used) == first
    assert entries(desk) == before
    assert version_of(desk) == 2


def test_the_same_key_with_another_body_is_refused(desk, ana):
    used = key()
    cancel(desk, ana, key=used)
    before = entries(desk)
    for arguments, version in (({"reason": "fraud"}, 1), ({"reason": "duplicate"}, 2)):
        with pytest.raises(errors.BadInput, match="something else"):
            commit.commit(desk, ana, CANCEL, "10427", arguments, version=version, key=used)
    with pytest.raises(errors.BadInput, match="something else"):
        commit.commit(desk, ana, NOTE, "10427", {"text": "hello"}, version=1, key=used)
    assert entries(desk) == before


def test_a_key_is_its_actors_own(desk, ana):
    ben = add_person(desk, "ben", Role.NM)
    used = key()
    commit.commit(desk, ana, NOTE, "10427", {"text": "hers"}, version=1, key=used)
    assert commit.outcome_of(desk, ben, used) is None
    commit.commit(desk, ben, NOTE, "10427", {"text": "his"}, version=1, key=used)
    assert len(ask.order(desk, ana, "10427").order.notes) == 2


def test_a_refusal_frees_the_key(desk, ana):
    used = key()
    with pytest.raises(errors.BadInput):
        cancel(desk, ana, reason="other", key=used)
    with pytest.raises(errors.StaleVersion):
        cancel(desk, ana, version=5, key=used)
    assert commit.outcome_of(desk, ana, used) is None
    assert cancel(desk, ana, key=used).version == 2


def test_a_key_of_more_than_seven_days_is_refused_never_run_as_new(desk, ana, clock):
    used = key()
    cancel(desk, ana, key=used)
    clock.advance(timedelta(days=6, hours=23))
    assert cancel(desk, ana, key=used).version == 2
    clock.advance(timedelta(hours=2))
    with pytest.raises(errors.BadInput, match="more than 7 days"):
        cancel(desk, ana, key=used)
    assert version_of(desk) == 2


def test_duplicated_reordered_and_delayed_requests_have_one_effect_each(desk, ana, clock):
    """Invariant I2, scaled: every request is sent two to four times, in any order."""
    rng = seeded()
    count = scaled(2_500, at_least=25)
    bodies = [(key(), f"note {number}") for number in range(count)]
    requests = [body for body in bodies for _ in range(rng.randint(2, 6))]
    rng.shuffle(requests)
    answers: dict[str, Committed] = {}
    for used, text in requests:
        clock.advance(timedelta(seconds=rng.randint(0, 60)))
        done = commit.commit(desk, ana, NOTE, "10427", {"text": text}, version=1, key=used)
        assert answers.setdefault(used, done) == done
    texts = [note.text for note in ask.order(desk, ana, "10427").order.notes]
    assert sorted(texts) == sorted(text for _, text in bodies)

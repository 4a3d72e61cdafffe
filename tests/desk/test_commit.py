"""Commit: once, on the version that was planned, all of it or nothing (invariants C1, C2, C4, I2, I4, A1)."""

import random
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import stamina

from oms_tui import verbs
from oms_tui.desk import ask, commit, errors, people, plan
from oms_tui.domain.people import LOCAL_ACTOR, Origin, Role
from oms_tui.domain.plan import Outcome
from oms_tui.domain.status import LineStatus, OrderStatus
from oms_tui.domain.weight import by_weight
from oms_tui.store import audit
from oms_tui.store.errors import DatabaseBusy, DiskFailure
from oms_tui.store.saving import Saving
from tests.build import NOON, eur, line, order, shipment
from tests.desk.conftest import add_person, entries, take_in

CANCEL, NOTE, CLAIM, RELEASE = "order.cancel", "order.note", "order.claim", "order.release"


def key():
    return uuid4().hex


def claim_on(desk, actor):
    claim = ask.order(desk, actor, "10427").claim
    assert claim is not None
    return claim


def version_of(desk, order_id="10427"):
    return ask.order(desk, LOCAL_ACTOR, order_id).order.version


@pytest.fixture(autouse=True)
def _one_order(desk):
    take_in(desk, order(line(1), line(2, quantity=3, minor=999)))


def cancel(desk, actor, version=1, reason="duplicate", **rest):
    return commit.commit(
        desk, actor, CANCEL, "10427", {"reason": reason}, version=version, key=rest.pop("key", None) or key()
    )


def test_the_plan_is_the_preview_of_what_the_commit_then_does(desk, ana):
    shown = plan.plan(desk, ana, CANCEL, "10427", {"reason": "duplicate"})
    done = cancel(desk, ana, shown.version)
    entry = ask.timeline(desk, ana, "10427")[0]
    assert by_weight(entry.changes) == shown.changes
    assert (entry.seq, entry.version, entry.summary) == (done.seq, done.version, done.summary)
    assert shown.title == "Cancel · order 10427 · Hans Müller · 19.99 €"
    assert done.version == 2
    assert ask.order(desk, ana, "10427").order.version == 2


def test_a_plan_writes_nothing(desk, ana):
    before = entries(desk), desk.store.data_version()
    plan.plan(desk, ana, CANCEL, "10427", {"reason": "duplicate"})
    assert (entries(desk), desk.store.data_version()) == before


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        (CANCEL, {"reason": "duplicate"}),
        (CANCEL, {"reason": "other", "note": "a word"}),
        (CANCEL, {"reason": "duplicate", "lines": [[2, 1]]}),
    ],
)
def test_a_stale_version_is_refused_says_what_changed_and_writes_nothing(desk, ana, verb, arguments):
    ben = add_person(desk, "ben", Role.NM)
    commit.commit(desk, ben, CANCEL, "10427", {"reason": "duplicate", "lines": ["1"]}, version=1, key=key())
    before = entries(desk), ask.order(desk, ana, "10427")
    with pytest.raises(errors.StaleVersion) as refused:
        commit.commit(desk, ana, verb, "10427", arguments, version=1, key=key())
    assert "ben at 13:00 (Cancelled 1 line of order 10427: duplicate)" in str(refused.value)
    assert refused.value.version == 2
    assert (entries(desk), ask.order(desk, ana, "10427")) == before


def test_a_version_from_the_future_is_stale_too(desk, ana):
    with pytest.raises(errors.StaleVersion):
        cancel(desk, ana, version=7)


def test_a_note_goes_on_any_version_and_makes_a_new_one(desk, ana):
    for number in range(3):
        done = commit.commit(desk, ana, NOTE, "10427", {"text": f"note {number}"}, version=1, key=key())
        assert done.version == number + 2
    notes = ask.order(desk, ana, "10427").order.notes
    assert [note.text for note in notes] == ["note 0", "note 1", "note 2"]


def test_a_claim_makes_no_version_and_disturbs_nobody(desk, ana):
    ben = add_person(desk, "ben", Role.NM)
    done = commit.commit(desk, ben, CLAIM, "10427", {}, version=99, key=key())
    assert done.version == 1
    assert claim_on(desk, ana).person == "ben"
    cancel(desk, ana, version=1)
    commit.commit(desk, ben, RELEASE, "10427", {}, version=1, key=key())
    assert ask.order(desk, ana, "10427").claim is None


def test_a_claim_runs_out_and_is_renewed_while_the_order_is_open(desk, ana, clock):
    commit.commit(desk, ana, CLAIM, "10427", {}, version=1, key=key())
    clock.advance(timedelta(minutes=10))
    before = entries(desk)
    assert ask.note_opened(desk, ana, "10427")
    assert entries(desk) == before
    claim = claim_on(desk, ana)
    assert (claim.since, claim.until) == (NOON, NOON + timedelta(minutes=25))
    clock.advance(timedelta(minutes=15))
    assert ask.order(desk, ana, "10427").claim is None


def test_opening_an_order_again_at_once_writes_nothing(desk, ana, clock):
    assert ask.note_opened(desk, ana, "10427")
    before = desk.store.data_version()
    assert not ask.note_opened(desk, ana, "10427")
    assert desk.store.data_version() == before
    clock.advance(timedelta(minutes=1))
    assert ask.note_opened(desk, ana, "10427")
    assert not ask.note_opened(desk, ana, "no such order")


def test_nobody_renews_another_ones_claim(desk, ana, clock):
    ben = add_person(desk, "ben", Role.NM)
    commit.commit(desk, ben, CLAIM, "10427", {}, version=1, key=key())
    clock.advance(timedelta(minutes=10))
    ask.note_opened(desk, ana, "10427")
    assert claim_on(desk, ana).until == NOON + timedelta(minutes=15)


def test_each_change_makes_exactly_one_audit_entry(desk, ana):
    for verb, arguments in (
        (NOTE, {"text": "one"}),
        (CLAIM, {}),
        (RELEASE, {}),
        (CANCEL, {"reason": "duplicate", "lines": ["2:1"]}),
        (CANCEL, {"reason": "duplicate"}),
    ):
        before = entries(desk)
        done = commit.commit(desk, ana, verb, "10427", arguments, version=version_of(desk), key=key())
        assert entries(desk) == done.seq == before + 1


def test_an_audit_entry_says_who_from_where_with_which_key(desk, ana):
    used = key()
    cancel(desk, ana, key=used)
    with desk.store.read() as conn:
        row = conn.exec_driver_sql(
            "SELECT at, actor, session, origin, action, subject, version, key, result "
            "FROM audit_entry ORDER BY seq DESC LIMIT 1"
        ).one()
    at = int(NOON.timestamp()) * 1_000_000
    assert tuple(row) == (
        at, "ana", ana.session, Origin.COMMAND_LINE.value, CANCEL, "10427", 2, used, "done"
    )  # fmt: skip
    assert ana.session


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"reason": "because"}, "reason"),
        ({"reason": "other"}, "note"),
        ({"reason": "fraud", "lines": ["9"]}, "lines"),
        ({"reason": "fraud", "lines": ["2:4"]}, "lines"),
        ({"reason": "fraud", "colour": "red"}, "colour"),
        ({"reason": "fraud", "note": "x" * 501}, "note"),
    ],
)
def test_a_wrong_argument_names_its_field_and_writes_nothing(desk, ana, arguments, field):
    before = entries(desk)
    for call in (plan.plan, lambda *given: commit.commit(*given, version=1, key=key())):
        with pytest.raises(errors.BadInput) as refused:
            call(desk, ana, CANCEL, "10427", arguments)
        assert refused.value.field == field
    assert entries(desk) == before


def test_a_card_number_is_not_noted_and_nowhere_kept(desk, ana, place):
    with pytest.raises(errors.BadInput, match="card number"):
        commit.commit(desk, ana, NOTE, "10427", {"text": "card 4111 1111 1111 1111"}, version=1, key=key())
    place.close()
    files = [file for file in place.path.parent.rglob("*") if file.is_file()]
    assert not any(b"4111 1111" in file.read_bytes() for file in files)


def test_facts_in_the_way_are_named_with_the_key_that_would_fix_them(desk, ana):
    shipped = order(line(1, LineStatus.SHIPPED, shipment="S-1"), id="10500", shipments=(shipment(),))
    take_in(desk, shipped)
    before = entries(desk)
    with pytest.raises(errors.StateRefuses) as refused:
        commit.commit(desk, ana, CANCEL, "10500", {"reason": "fraud"}, version=1, key=key())
    assert [blocker.fix for blocker in refused.value.blockers] == ["return.create"]
    assert "1 of line 1 is shipped in shipment S-1" in str(refused.value)
    assert entries(desk) == before


def test_a_missing_right_is_refused_and_written_once(desk):
    olga = add_person(desk, "olga", Role.OP)
    for call in (plan.plan, lambda *given: commit.commit(*given, version=1, key=key())):
        before = entries(desk)
        with pytest.raises(errors.NoRight, match="CS or NM"):
            call(desk, olga, CANCEL, "10427", {"reason": "fraud"})
        assert entries(desk) == before + 1
    with desk.store.read() as conn:
        row = conn.exec_driver_sql(
            "SELECT actor, action, subject, result FROM audit_entry ORDER BY seq DESC LIMIT 1"
        ).one()
    assert tuple(row) == ("olga", "cancel", "10427", "refused")
    assert version_of(desk) == 1


def test_whoever_opens_the_file_acts_on_orders_only_as_somebody(desk):
    with pytest.raises(errors.NoRight):
        commit.commit(desk, LOCAL_ACTOR, NOTE, "10427", {"text": "hello"}, version=1, key=key())


def test_a_new_role_or_a_disabled_account_counts_from_the_next_action(desk, ana):
    people.set_roles(desk, LOCAL_ACTOR, "ana", [Role.OP])
    with pytest.raises(errors.NoRight):
        cancel(desk, ana)
    people.set_roles(desk, LOCAL_ACTOR, "ana", [Role.NM])
    assert plan.plan(desk, ana, CANCEL, "10427", {"reason": "fraud"}).version == 1
    people.disable(desk, LOCAL_ACTOR, "ana")
    for call in (lambda: cancel(desk, ana), lambda: ask.order(desk, ana, "10427")):
        with pytest.raises(errors.SignedOut):
            call()


def test_unknown_orders_and_verbs_are_said_so(desk, ana):
    with pytest.raises(errors.Missing, match="no order 99"):
        commit.commit(desk, ana, NOTE, "99", {"text": "hello"}, version=1, key=key())
    for verb in ("order.explode", "order.status"):
        with pytest.raises(errors.BadInput) as refused:
            commit.commit(desk, ana, verb, "10427", {}, version=1, key=key())
        assert refused.value.field == "verb"


def test_an_answer_is_given_and_written_but_changes_nothing(desk, ana):
    before = entries(desk)
    given = plan.answer(desk, ana, "order.status", "10427", {})
    assert "10427" in given.text
    assert entries(desk) == before + 1
    assert version_of(desk) == 1
    with pytest.raises(errors.BadInput):
        plan.answer(desk, ana, CANCEL, "10427", {"reason": "fraud"})


@pytest.fixture
def _no_waiting():
    with stamina.set_testing(True, attempts=5):
        yield


@pytest.mark.usefixtures("_no_waiting")
@pytest.mark.parametrize("failures", [1, 4, 5, 9])
def test_a_busy_database_is_tried_five_times_checks_included(desk, ana, monkeypatch, failures):
    runs = []
    add, write = Saving.add, Saving.write

    def noted(saving, pk, before, after, row):
        runs.append(before.version)
        add(saving, pk, before, after, row)

    def busy(saving, conn):
        write(saving, conn)
        if len(runs) <= failures:
            raise DatabaseBusy("busy")

    monkeypatch.setattr(Saving, "add", noted)
    monkeypatch.setattr(Saving, "write", busy)
    before = entries(desk)
    if failures < commit.TRIES:
        assert cancel(desk, ana).version == 2
        assert entries(desk) == before + 1
    else:
        with pytest.raises(DatabaseBusy):
            cancel(desk, ana)
        assert entries(desk) == before
        assert version_of(desk) == 1
    assert runs == [1] * min(failures + 1, commit.TRIES)


def test_an_entry_that_cannot_be_written_stops_the_action(desk, ana, monkeypatch):
    def broken(*given):
        raise RuntimeError("no log")

    monkeypatch.setattr(audit, "append", broken)
    with pytest.raises(RuntimeError, match="no log"):
        cancel(desk, ana)
    monkeypatch.undo()
    assert version_of(desk) == 1
    assert ask.order(desk, ana, "10427").order.lines[0].status is LineStatus.ALLOCATED


@pytest.mark.parametrize("took_effect", [True, False])
def test_an_end_that_nobody_can_tell_is_looked_up_or_said_to_be_unknown(desk, ana, monkeypatch, took_effect):
    """Invariant I3: the disk fails while the transaction ends."""
    run = commit._Intent.run

    def broken(intent, at, actor):
        if took_effect:
            run(intent, at, actor)
        raise DiskFailure("the disk failed")

    monkeypatch.setattr(commit._Intent, "run", broken)
    if took_effect:
        assert cancel(desk, ana).version == 2
    else:
        with pytest.raises(errors.OutcomeNotKnown):
            cancel(desk, ana)


def test_cancelling_part_by_part_keeps_copies_and_lists_true(desk, ana):
    rng = random.Random(7)
    while True:
        value = ask.order(desk, ana, "10427").order
        open_lines = [x for x in value.lines if x.status is not LineStatus.CANCELLED]
        if not open_lines:
            break
        chosen = rng.choice(open_lines)
        commit.commit(
            desk,
            ana,
            CANCEL,
            "10427",
            {"reason": "duplicate", "lines": [[chosen.number, rng.randint(1, chosen.quantity)]]},
            version=value.version,
            key=key(),
        )
    row = ask.page(desk, ana, "id:10427").rows[0]
    assert row.status is OrderStatus.CANCELLED
    assert row.total.minor == 0


def test_a_verb_that_breaks_a_rule_about_money_writes_nothing(desk, ana, monkeypatch):
    def breaks(subject, arguments, context):
        wrong = replace(subject.order.lines[0], discount=eur(5000))
        return Outcome(order=replace(subject.order, lines=(wrong, *subject.order.lines[1:])), summary="x")

    monkeypatch.setattr(commit, "changing_verb", lambda verb_id: (verbs.verb(verb_id), breaks))
    before = entries(desk)
    with pytest.raises(errors.Unusable, match="line 1 costs less than nothing"):
        cancel(desk, ana)
    assert entries(desk) == before
    assert version_of(desk) == 1

"""What somebody does about event problems: replay, park, stop, ship; once, by name, on what was looked at."""

from datetime import timedelta
from uuid import uuid4

import pytest

from oms_tui.config import ProviderSettings
from oms_tui.desk import ask, commit, event_problems, flows, receiving
from oms_tui.desk.errors import BadInput, Missing, NoRight, StaleVersion, StateRefuses
from oms_tui.domain.events import EventKind
from oms_tui.domain.events.anyway import costs
from oms_tui.domain.events.cases import CaseState, Fate
from oms_tui.domain.events.ways import Way
from oms_tui.domain.payment import order_balance, order_payment_status
from oms_tui.domain.people import LOCAL_ACTOR, Role
from oms_tui.domain.status import LineStatus, OperationKind, OperationState, PaymentStatus
from tests.build import eur
from tests.desk.conftest import add_person, entries
from tests.desk.test_commit import cancel
from tests.desk.test_flows import is_clean, level, new, take, value_of
from tests.desk.test_receiving import cases, counters, event, hear

K = EventKind


@pytest.fixture
def olga(desk):
    return add_person(desk, "olga", Role.OP)


def settle(desk, actor, event_id, way, *, note="", version=None, key=None):
    if version is None:
        version = event_problems.sight(desk, actor, event_id).case.version
    key = key or uuid4().hex
    return event_problems.settle(desk, actor, event_id, way, note=note, version=version, key=key)


def ready(desk, clock):
    """An order whose pick ticket is out."""
    take(desk, new())
    flows.run_due(desk)
    hear(desk, event(desk, K.CONFIRMED))
    clock.advance(timedelta(minutes=31))
    flows.run_due(desk)


@pytest.fixture
def problem(desk, clock, olga):
    """An order that was cancelled after its pick ticket went out, and was packed all the same."""
    ready(desk, clock)
    cancel(desk, add_person(desk, "cora", Role.CS), version=value_of(desk).version)
    assert hear(desk, event(desk, K.PACKED)) == [Fate.PROBLEM]
    return "packed"


def test_a_problem_is_listed_and_seen_with_its_order_and_the_ways_on(desk, olga, problem):
    (case,) = event_problems.page(desk, olga, CaseState.PROBLEM)
    assert (case.event.id, case.reason) == (
        problem,
        "Everything in shipment S-1 is cancelled or was taken out.",
    )
    seen = event_problems.sight(desk, olga, problem)
    assert seen.ways == (Way.REPLAY, Way.PARK, Way.STOP, Way.SHIP)
    assert seen.order == value_of(desk)
    assert event_problems.page(desk, olga, CaseState.PROBLEM, after=(case.received, problem)) == ()
    assert event_problems.page(desk, olga, CaseState.PROBLEM, order_id="another") == ()


def test_what_still_cannot_be_is_refused_and_changes_nothing(desk, olga, problem):
    before = entries(desk)
    with pytest.raises(StateRefuses, match="Still not taken: Everything"):
        settle(desk, olga, problem, Way.REPLAY)
    assert entries(desk) == before
    assert counters(desk) == {"event:problem": 1}


def test_replayed_once_its_cause_has_come(desk, clock, olga):
    take(desk, new())
    flows.run_due(desk)
    hear(desk, event(desk, K.CONFIRMED, id="late", at=clock.now() + timedelta(minutes=20)))
    clock.advance(timedelta(minutes=15))
    before = entries(desk)
    key = uuid4().hex
    done = settle(desk, olga, "late", Way.REPLAY, key=key, version=1)
    assert done.summary == "Replayed Confirmed late"
    assert value_of(desk).lines[0].status is LineStatus.CONFIRMED
    assert event_problems.settle(desk, olga, "late", Way.REPLAY, key=key, version=1) == done
    assert entries(desk) == before + 1
    entry = ask.timeline(desk, LOCAL_ACTOR, "10427")[0]
    assert (entry.actor, entry.action, entry.seq) == ("olga", "event.replay", done.seq)
    with pytest.raises(Missing):
        settle(desk, olga, "late", Way.REPLAY)
    hear(desk, event(desk, K.CONFIRMED, id="other", lines=((7, 0),)))
    with pytest.raises(BadInput, match="something else"):
        event_problems.settle(desk, olga, "other", Way.REPLAY, key=key, version=1)
    assert is_clean(desk)


def test_parked_with_a_note_and_replayable_still(desk, olga, problem):
    with pytest.raises(BadInput, match="Note is needed"):
        settle(desk, olga, problem, Way.PARK)
    with pytest.raises(BadInput, match="card number"):
        settle(desk, olga, problem, Way.PARK, note="4111 1111 1111 1111")
    settle(desk, olga, problem, Way.PARK, note="called Berlin")
    assert counters(desk) == {"event:parked": 1}
    (case,) = cases(desk, CaseState.PARKED)
    assert (case.person, case.note) == ("olga", "called Berlin")
    assert ask.timeline(desk, LOCAL_ACTOR, "10427")[0].summary == "Parked Packed packed: called Berlin"
    assert hear(desk, event(desk, K.PACKED)) == [Fate.KNOWN]
    with pytest.raises(StateRefuses, match="parked already"):
        settle(desk, olga, problem, Way.PARK, note="again")
    assert Way.REPLAY in event_problems.sight(desk, olga, problem).ways
    assert is_clean(desk)


def test_a_parcel_is_stopped_and_stays_a_problem(desk, olga, problem):
    version = value_of(desk).version
    settle(desk, olga, problem, Way.STOP, note="rang them")
    assert value_of(desk).version == version
    case = event_problems.sight(desk, olga, problem).case
    assert (case.person, case.note) == ("olga", "BER-1 is asked to stop S-1: rang them")
    assert counters(desk) == {"event:problem": 1}
    with desk.store.read() as conn:
        kinds = conn.exec_driver_sql("SELECT kind FROM outbox_intent ORDER BY pk").scalars().all()
    assert kinds[-1] == "stop_picking"
    entry = ask.timeline(desk, LOCAL_ACTOR, "10427")[0]
    assert (entry.action, entry.summary) == (
        "event.stop",
        "BER-1 is asked to stop S-1 (event packed): rang them",
    )
    assert is_clean(desk)


def test_a_parcel_is_let_go(desk, clock, olga, problem):
    assert level(desk) == (10, 0)
    assert costs(value_of(desk), event_problems.sight(desk, olga, problem).case.event)[0].endswith(
        " of what was cancelled is due again."
    )
    with pytest.raises(BadInput):
        settle(desk, olga, problem, Way.SHIP)
    settle(desk, olga, problem, Way.SHIP, note="customer wants it")
    value = value_of(desk)
    assert value.lines[0].status is LineStatus.PACKED
    assert level(desk) == (10, 2)
    assert counters(desk) == {}
    void = value.payments[0].operations[-1]
    assert (void.state, void.cause) == (
        OperationState.FAILED,
        "not asked for any more: the parcel was let go",
    )
    with desk.store.read() as conn:
        left = conn.exec_driver_sql(
            "SELECT count(*) FROM outbox_intent WHERE waits_for <> '' AND state = 'requested'"
        ).scalar()
    assert left == 0
    assert is_clean(desk)
    flows.run_due(desk)
    assert hear(desk, event(desk, K.SHIPPED)) == [Fate.PROBLEM]
    assert level(desk) == (8, 0)
    assert is_clean(desk)


def test_what_comes_to_an_invoiced_parcel_is_billed_and_its_void_withdrawn_if_nobody_has_it(
    desk, clock, olga
):
    """Its number is drawn in the same transaction; a void that is still to be sent would take the money."""
    ready(desk, clock)
    cora = add_person(desk, "cora", Role.CS)
    commit.commit(
        desk, cora, "order.cancel", "10427", {"lines": ["1:1"], "reason": "duplicate"},
        version=value_of(desk).version, key=uuid4().hex,
    )  # fmt: skip
    for told in (event(desk, K.PACKED), event(desk, K.CAPTURED, reference="c1")):
        assert hear(desk, told) == [Fate.TAKEN]
        flows.run_due(desk)
    part = next(line.number for line in value_of(desk).lines if line.is_cancelled)
    assert hear(desk, event(desk, K.PACKED, id="more", lines=((part, 0),))) == [Fate.PROBLEM]
    assert value_of(desk).payments[0].operations[-1].kind is OperationKind.VOID
    desk.provider = ProviderSettings(url="https://payments.example.com")
    settle(desk, olga, "more", Way.SHIP, note="customer wants it")
    value = value_of(desk)
    assert [one.number for one in value.documents] == ["AD-2026-000001", "AD-2026-000002"]
    assert (order_balance(value).pending_void, order_balance(value).voided) == (0, 0)
    assert is_clean(desk)
    flows.run_due(desk)
    assert hear(desk, event(desk, K.CAPTURED, id="again", reference="c2")) == [Fate.TAKEN]
    flows.run_due(desk)
    assert order_payment_status(value_of(desk)) is PaymentStatus.CAPTURED
    assert is_clean(desk)


def test_what_was_taken_as_a_fact_can_only_be_parked(desk, clock, olga):
    ready(desk, clock)
    hear(desk, event(desk, K.PACKED), event(desk, K.SHIPPED))
    assert event_problems.sight(desk, olga, "shipped").ways == (Way.PARK,)
    with pytest.raises(StateRefuses, match="taken as a fact"):
        settle(desk, olga, "shipped", Way.REPLAY)
    settle(desk, olga, "shipped", Way.PARK, note="money was asked for")
    assert is_clean(desk)


def test_what_waits_can_be_tried_and_parked(desk, olga):
    hear(desk, event(desk, K.CONFIRMED), event(desk, K.SENT_BACK))
    with pytest.raises(StateRefuses, match="no order 10427 yet"):
        settle(desk, olga, "confirmed", Way.REPLAY)
    settle(desk, olga, "confirmed", Way.PARK, note="not ours")
    take(desk, new())
    flows.run_due(desk)
    assert receiving.try_waiting(desk).tried == 0
    assert event_problems.sight(desk, olga, "sent_back").ways == ()
    assert is_clean(desk)
    settle(desk, olga, "confirmed", Way.REPLAY)
    assert value_of(desk).lines[0].status is LineStatus.CONFIRMED
    assert is_clean(desk)


def test_who_was_quicker_is_named_and_nothing_is_done(desk, olga, problem):
    otto = add_person(desk, "otto", Role.OP)
    settle(desk, otto, problem, Way.STOP)
    before = entries(desk)
    with pytest.raises(StaleVersion, match="by otto"):
        settle(desk, olga, problem, Way.SHIP, note="x", version=1)
    assert entries(desk) == before


@pytest.mark.parametrize("way", Way)
def test_nobody_without_the_right_settles_anything(desk, olga, problem, way):
    nina = add_person(desk, "nina", Role.CS, Role.NM)
    for actor in (nina, LOCAL_ACTOR):
        before = entries(desk)
        with pytest.raises(NoRight):
            event_problems.settle(desk, actor, problem, way, note="x", version=1, key=uuid4().hex)
        assert entries(desk) == before + 1
    with pytest.raises(NoRight):
        event_problems.page(desk, nina, CaseState.PROBLEM)
    with pytest.raises(NoRight):
        event_problems.sight(desk, nina, problem)


def test_money_that_nobody_asked_for_is_taken_as_a_fact_once(desk, clock, olga):
    ready(desk, clock)
    hear(desk, event(desk, K.PACKED))
    flows.run_due(desk)
    paid = {"reference": "c1", "amount": eur(1000)}
    assert hear(desk, event(desk, K.CAPTURED, **paid)) == [Fate.TAKEN]
    assert hear(desk, event(desk, K.CAPTURED, id="twice", **paid)) == [Fate.TAKEN]
    more = event(desk, K.CAPTURED, id="more", reference="c2", amount=eur(250))
    assert hear(desk, more) == [Fate.PROBLEM]
    assert event_problems.sight(desk, olga, "more").ways == (Way.REPLAY, Way.PARK, Way.TAKE)
    with pytest.raises(BadInput, match="Note is needed"):
        settle(desk, olga, "more", Way.TAKE)
    key = uuid4().hex
    done = settle(desk, olga, "more", Way.TAKE, note="see psp-9", version=1, key=key)
    assert done.summary == (
        "Capture of 2.50 € succeeded: see psp-9. More was captured than the order owes: 2.50 € is to go back "
        "to the customer (Refund overcharge)."
    )
    assert event_problems.settle(desk, olga, "more", Way.TAKE, note="see psp-9", version=1, key=key) == done
    assert order_balance(value_of(desk)).captured == 1250
    assert order_payment_status(value_of(desk)) is PaymentStatus.OVERCHARGED
    assert counters(desk) == {}
    entry = ask.timeline(desk, LOCAL_ACTOR, "10427")[0]
    assert (entry.actor, entry.action) == ("olga", "event.take")
    assert hear(desk, more) == [Fate.KNOWN]
    assert is_clean(desk)


def test_only_money_is_taken_as_a_fact(desk, olga, problem):
    with pytest.raises(StateRefuses, match="not about money that was captured or refunded"):
        settle(desk, olga, problem, Way.TAKE, note="x")
    hear(desk, event(desk, K.REFUNDED, id="back", reference="r1", amount=eur(1)))
    assert Way.TAKE not in event_problems.sight(desk, olga, "back").ways
    with pytest.raises(StateRefuses, match="More would be refunded"):
        settle(desk, olga, "back", Way.TAKE, note="x")

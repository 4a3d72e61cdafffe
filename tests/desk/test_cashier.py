"""Asking the payment provider: once each; unknown where nobody knows; in the end what the provider says."""

import time
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from oms_tui.clock import to_micros
from oms_tui.config import ProviderSettings
from oms_tui.desk import ask, commit, doctor, events
from oms_tui.desk.cashier import Cashier
from oms_tui.desk.effects import write_effect
from oms_tui.desk.provider_words import request_of
from oms_tui.desk.receiving import receive
from oms_tui.desk.subjects import find_order
from oms_tui.desk.writing import writing
from oms_tui.domain.events import Event, EventKind
from oms_tui.domain.events.cases import Fate
from oms_tui.domain.payment import balance, latest, order_payment_status
from oms_tui.domain.people import FLOW_ACTOR, LOCAL_ACTOR, Role
from oms_tui.domain.plan import Intent, Outcome
from oms_tui.domain.status import LineStatus, OperationKind, OperationState, PaymentStatus
from oms_tui.outside.provider import HttpProvider
from oms_tui.store.errors import DatabaseBusy
from tests.build import NOON, card, eur, line, operation, order, shipment
from tests.desk import stub_provider as stub
from tests.desk.conftest import add_person, take_in
from tests.desk.stub_provider import StubProvider, serving
from tests.seeds import seeded
from tests.support import scaled

K, ST, P = OperationKind, OperationState, PaymentStatus


@pytest.fixture
def provider():
    with serving(StubProvider()) as provider:
        yield provider


@pytest.fixture
def hired(desk, provider):
    """A way to have somebody ask at a desk; everybody is let go in the end."""
    ways = []

    def hire(at=desk, **settings):
        at.provider = ProviderSettings(**({"url": provider.url, "timeout_seconds": 1} | settings))
        ways.append(HttpProvider(at.provider))
        return Cashier(at, ways[-1])

    yield hire
    for way in ways:
        way.close()


def asked_for(desk, kind=K.CAPTURE, minor=1000, order_id="10427", *, wants=None, **rest):
    """An order that asks for this of its only payment, as the flow or a verb leaves it."""
    paid = card(minor, *([] if kind is not K.REFUND else [operation(2, K.CAPTURE, minor, reference="cap-0")]))
    value = order(
        line(1, minor=minor, shipment="S-1"), id=order_id, payments=(paid,), shipments=(shipment(),)
    )
    take_in(desk, value)
    request(desk, kind, minor, order_id, **rest)


def request(desk, kind, minor, order_id="10427", **rest):
    """One more thing asked of the order's first payment; the number of its row."""
    with writing(desk) as work:
        stored = find_order(work.conn, order_id)
        paid = stored.order.payments[0]
        number = max(one.number for one in paid.operations) + 1
        where = "S-1" if kind is K.CAPTURE else None
        row = operation(number, kind, minor, state=ST.REQUESTED, at=work.now, shipment=where)
        intent = Intent(
            kind=kind.value, payment=1, operation=number, shipment=where, amount=eur(minor), **rest
        )
        paid = replace(paid, operations=(*paid.operations, row))
        outcome = Outcome(order=replace(stored.order, payments=(paid,)), intents=(intent,))
        after = write_effect(work, stored, outcome)
        work.log(FLOW_ACTOR, "flow.run", "asked", subject=order_id, order_pk=stored.pk, version=after.version)
    return number


def settle(*cashiers, seconds=10.0):
    """Let them work until there is nothing to do at this moment."""
    end = time.monotonic() + seconds
    while any([cashier.work() or cashier.is_busy for cashier in cashiers]):
        assert time.monotonic() < end
        time.sleep(0.001)


def value_of(desk, order_id="10427"):
    return ask.order(desk, LOCAL_ACTOR, order_id).order


def status_of(desk, order_id="10427"):
    return order_payment_status(value_of(desk, order_id))


def rows(desk, *names):
    with desk.store.read() as conn:
        found = conn.exec_driver_sql(f"SELECT {', '.join(names)} FROM outbox_intent ORDER BY pk")  # noqa: S608
        return [tuple(row) for row in found]


def is_clean(desk):
    return doctor.examine(desk).findings == ()


def captured(desk, **rest):
    """The provider's word by another way: an event."""
    at = desk.clock.now()
    values = {"id": f"e-{rest}", "kind": EventKind.CAPTURED, "order_id": "10427", "at": at, "payment": 1}
    return events.take(desk, Event(**(values | {"shipment": "S-1"} | rest)))


def test_a_capture_is_asked_for_once_and_its_answer_taken(desk, provider, hired):
    asked_for(desk)
    cashier = hired()
    settle(cashier)
    assert status_of(desk) is P.CAPTURED
    assert [one.reference for one in value_of(desk).payments[0].operations] == ["auth-1", "", "ref-1"]
    key = rows(desk, "key")[0][0]
    assert provider.bodies == [
        {
            "key": key,
            "kind": "capture",
            "amount": {"minor": 1000, "currency": "EUR"},
            "order": "10427",
            "shipment": "S-1",
            "operation": 2,
            "payment": {"number": 1, "reference": "", "captures": []},
        }
    ]
    assert provider.headers[0]["Idempotency-Key"] == key
    assert rows(desk, "state", "next_try", "tries") == [("answered", None, 1)]
    assert ask.timeline(desk, LOCAL_ACTOR, "10427")[0].action == "event.captured"
    settle(cashier)
    assert provider.posts == {key: 1}
    assert is_clean(desk)


def test_a_refund_names_the_captures_it_is_of(desk, provider, hired):
    asked_for(desk, K.REFUND)
    settle(hired())
    assert provider.bodies[0]["payment"]["captures"] == [{"reference": "cap-0", "minor": 1000}]
    assert status_of(desk) is P.REFUNDED


@pytest.mark.parametrize(
    "fault",
    [
        stub.lose,
        stub.drop,
        stub.after(3),
        stub.status(500),
        stub.body(b" " * 10_000_000),
        stub.other(amount={"minor": 999, "currency": "EUR"}),
        stub.other(reference="ref\x1b[2J"),
    ],
)
def test_without_a_whole_answer_it_is_unknown_and_ends_as_the_provider_says(
    desk, clock, provider, hired, fault
):
    """I3: never "failed", never two captures; what it ends with is the provider's own word."""
    asked_for(desk)
    provider.faults = [fault]
    cashier = hired()
    settle(cashier)
    assert status_of(desk) is P.UNKNOWN
    assert [state for _, state in rows(desk, "pk", "state")] == ["unknown"]
    said = ask.timeline(desk, LOCAL_ACTOR, "10427")[0]
    assert said.summary.startswith("Capture of 10.00 € is unknown, checking: the")
    assert "\x1b" not in said.summary
    settle(cashier)
    assert not provider.gets  # it is asked after a while
    clock.advance(timedelta(seconds=11))
    settle(cashier)
    assert status_of(desk) is P.CAPTURED
    assert max(provider.done.values()) == 1
    assert len(provider.posts) == 1
    assert is_clean(desk)


def test_the_waits_grow_and_the_order_says_unknown_once(desk, clock, provider, hired):
    asked_for(desk)
    provider.faults = [stub.lose]
    provider.get_faults = [stub.status(500)] * 20
    cashier = hired()
    waits = []
    for _ in range(14):
        settle(cashier)
        waits.append((rows(desk, "next_try")[0][0] - to_micros(clock.now())) // 1_000_000)
        clock.advance(timedelta(seconds=waits[-1]))
    assert waits[:5] == [10, 20, 40, 80, 160]
    assert waits[-1] == 3600
    states = [one.state for one in value_of(desk).payments[0].operations]
    assert states == [ST.SUCCEEDED, ST.REQUESTED, ST.UNKNOWN]
    assert provider.posts.total() == 1


def test_what_the_provider_says_failed_has_failed(desk, provider, hired):
    asked_for(desk)
    provider.faults = [stub.other(state="failed", cause="Declined\x1b[2J: 4111 1111 1111 1111 " + "x" * 500)]
    settle(hired())
    last = value_of(desk).payments[0].operations[-1]
    assert (last.state, last.cause) == (ST.FAILED, "")  # a card number is kept nowhere (K3)
    asked_for(desk, order_id="B")
    provider.faults = [stub.other(state="failed", cause="Declined\x1b[2J " + "x" * 500)]
    settle(hired())
    last = value_of(desk, "B").payments[0].operations[-1]
    assert last.cause.startswith("Declined␛[2J xxx")
    assert len(last.cause) == 200
    assert is_clean(desk)


def test_a_void_that_failed_is_said_although_no_event_tells_it(desk, provider, hired):
    asked_for(desk, K.VOID)
    provider.states = {"void": "failed"}
    settle(hired())
    last = value_of(desk).payments[0].operations[-1]
    assert (last.kind, last.state, last.cause) == (K.VOID, ST.FAILED, "no funds")
    assert rows(desk, "state") == [("answered",)]
    assert is_clean(desk)


def test_a_provider_that_cannot_be_reached_has_got_nothing(desk, clock, provider, hired):
    asked_for(desk)
    cashier = hired(url="http://127.0.0.1:9/v1", most_days=1)
    settle(cashier)
    assert status_of(desk) is P.AUTHORIZED
    ((state, left_at, error),) = rows(desk, "state", "left_at", "error")
    assert (state, left_at) == ("requested", None)
    assert error == "the provider cannot be reached (ConnectError)"
    clock.advance(timedelta(days=1, seconds=1))
    settle(cashier)
    last = value_of(desk).payments[0].operations[-1]
    assert (last.state, last.cause) == (ST.FAILED, "it did not reach the provider within 1 days")
    assert is_clean(desk)


def test_what_was_not_let_in_is_sent_again_under_the_same_key(desk, clock, provider, hired):
    asked_for(desk)
    provider.faults = [stub.turned_away, stub.status(200)]
    cashier = hired()
    settle(cashier)
    assert (status_of(desk), rows(desk, "state", "left_at")) == (P.AUTHORIZED, [("requested", None)])
    clock.advance(timedelta(seconds=11))
    settle(cashier)
    assert status_of(desk) is P.CAPTURED
    assert (len(provider.posts), provider.posts.total(), provider.gets.total()) == (1, 2, 0)


def test_what_is_pending_is_asked_for_until_it_is_said(desk, clock, provider, hired):
    asked_for(desk)
    provider.states = {"capture": "pending"}
    cashier = hired()
    for _ in range(3):
        settle(cashier)
        assert (status_of(desk), rows(desk, "state")) == (P.AUTHORIZED, [("accepted",)])
        clock.advance(timedelta(minutes=2))
    provider.settle("succeeded")
    settle(cashier)
    assert status_of(desk) is P.CAPTURED
    assert provider.posts.total() == 1


@pytest.mark.parametrize("fault", [stub.lose, stub.other(state="pending")])
def test_what_has_its_answer_otherwise_is_asked_for_no_more(desk, clock, provider, hired, fault):
    """An event, or somebody who marked it as paid: whoever gave the answer."""
    asked_for(desk)
    provider.faults = [fault]
    cashier = hired()
    settle(cashier)
    captured(desk, reference="ref-1", amount=eur(1000), data={"operation": "2"})
    assert (status_of(desk), rows(desk, "state", "next_try")) == (P.CAPTURED, [("answered", None)])
    clock.advance(timedelta(hours=3))
    settle(cashier)
    assert not provider.gets
    assert balance(value_of(desk).payments[0]).captured == 1000
    assert is_clean(desk)


@pytest.mark.parametrize(("reference", "is_same"), [("ref-1", True), ("by hand", False)])
def test_a_late_answer_to_what_was_decided_meanwhile(desk, provider, hired, reference, is_same):
    """The same reference is the same capture; another moves nothing, and somebody is told."""
    asked_for(desk)
    provider.faults = [stub.after(0.3)]
    cashier = hired()
    cashier.work()
    provider.wait_for(lambda one: bool(one.bodies))
    captured(desk, reference=reference, amount=eur(1000))
    settle(cashier)
    assert balance(value_of(desk).payments[0]).captured == 1000
    assert rows(desk, "state") == [("answered",)]
    actions = [entry.action for entry in ask.timeline(desk, LOCAL_ACTOR, "10427")]
    assert ("event.problem" in actions) is not is_same
    assert is_clean(desk)


def test_without_a_word_for_days_a_person_decides(desk, clock, provider, hired):
    asked_for(desk)
    provider.faults = [stub.lose]
    provider.get_faults = [stub.status(500)] * 1_000
    cashier = hired(most_days=2)
    settle(cashier)
    clock.advance(timedelta(days=2, seconds=1))
    settle(cashier)
    assert (status_of(desk), rows(desk, "state", "next_try")) == (P.UNKNOWN, [("silent", None)])
    asked = provider.gets.total()
    clock.advance(timedelta(days=9))
    settle(cashier)
    assert provider.gets.total() == asked
    assert is_clean(desk)
    captured(desk, reference="found by hand", amount=eur(1000))
    assert (status_of(desk), rows(desk, "state")) == (P.CAPTURED, [("answered",)])


def test_what_was_asked_long_before_there_was_a_provider_is_not_sent(desk, clock, provider, hired):
    asked_for(desk)
    clock.advance(timedelta(days=8))
    settle(hired())
    assert not provider.posts
    assert (status_of(desk), rows(desk, "state")) == (P.UNKNOWN, [("silent",)])


def test_without_a_provider_nothing_is_sent(desk):
    asked_for(desk)
    cashier = Cashier(desk, None)
    assert not cashier.work()
    assert rows(desk, "state", "tries") == [("requested", 0)]


def test_a_void_does_not_overtake_a_capture(desk, clock, provider, hired):
    asked_for(desk, minor=1000)
    provider.faults = [stub.lose]
    cashier = hired()
    settle(cashier)
    request(desk, K.VOID, 1)
    settle(cashier)
    assert [body["kind"] for body in provider.bodies] == ["capture"]
    clock.advance(timedelta(seconds=11))
    settle(cashier)
    clock.advance(timedelta(seconds=11))
    settle(cashier)
    assert [body["kind"] for body in provider.bodies] == ["capture", "void"]


def test_several_workers_send_each_once(desk, place, provider, hired):
    ids = [f"N{number}" for number in range(scaled(1_000, at_least=12))]
    for name in ids:
        asked_for(desk, order_id=name)
    cashiers = [hired(), hired(place.open()), hired(place.open())]
    settle(*cashiers, seconds=120)
    assert provider.posts.total() == len(ids)
    assert {status_of(desk, name) for name in ids} == {P.CAPTURED}


def test_who_is_told_to_stop_leaves_what_is_on_its_way_to_be_asked_for(desk, clock, place, provider, hired):
    asked_for(desk)
    provider.faults = [stub.after(5)]
    cashier = hired(timeout_seconds=30)
    cashier.work()
    provider.wait_for(lambda one: bool(one.bodies))
    start = time.monotonic()
    cashier.close(0.1)
    assert time.monotonic() - start < 1.5
    assert (status_of(desk), rows(desk, "state")) == (P.UNKNOWN, [("unknown",)])
    clock.advance(timedelta(seconds=11))
    settle(hired(place.open()))
    assert status_of(desk) is P.CAPTURED
    assert (max(provider.done.values()), provider.posts.total()) == (1, 1)


@pytest.mark.parametrize("fault", [stub.drop, stub.lose])
def test_what_broke_off_is_asked_for_before_it_is_sent_again(desk, clock, place, provider, hired, fault):
    """I5: the worker is gone, its row is there; the same key, whether the provider knows it or not."""
    asked_for(desk)
    provider.faults = [fault]
    gone = hired()
    gone.work()
    provider.wait_for(lambda one: bool(one.posts))  # it dies here, and notes nothing
    assert rows(desk, "state", "tries") == [("sending", 1)]
    other = hired(place.open())
    settle(other)
    assert not provider.gets
    clock.advance(timedelta(seconds=4))
    settle(other)
    assert status_of(desk) is P.CAPTURED
    assert (len(provider.posts), provider.gets.total()) == (1, 1)
    assert list(provider.done.values()) == [1]
    gone.close(5)  # if it was only slow: nothing is done a second time
    assert balance(value_of(desk).payments[0]).captured == 1000
    assert is_clean(desk)


def test_answers_lost_at_random_end_as_the_provider_says(desk, clock, provider, hired):
    """1,000 at the whole figure: no second capture at the provider, no word that is not true (I3)."""
    rng = seeded()
    ids = [f"N{number}" for number in range(scaled(1_000, at_least=10))]
    for name in ids:
        asked_for(desk, order_id=name)
    faults = (stub.lose, stub.half, stub.drop, stub.status(500), stub.body(b"?"), stub.other(key="x"))
    provider.faults = [rng.choice(faults) for _ in ids]
    provider.get_faults = [rng.choice((None, stub.lose, stub.status(502))) for _ in ids]
    cashier = hired(at_once=8)
    settle(cashier, seconds=300)
    assert {status_of(desk, name) for name in ids} == {P.UNKNOWN}
    for _ in range(8):
        clock.advance(timedelta(hours=1))
        settle(cashier, seconds=300)
        words = {status_of(desk, name) for name in ids}
        assert words <= {P.UNKNOWN, P.CAPTURED}
    assert words == {P.CAPTURED}
    assert set(provider.done.values()) == {1}
    assert len(provider.done) == len(ids) == len(provider.posts)
    kept = {one.reference for name in ids for one in latest(value_of(desk, name).payments[0].operations)}
    assert kept - {"auth-1"} == {entry["reference"] for entry in provider.ledger.values()}
    assert is_clean(desk)


def test_a_refund_asked_for_again_goes_out_anew_and_the_first_is_closed(desk, clock, provider, hired):
    """The person was told the danger; a late word on the first is an event problem, and moves nothing."""
    asked_for(desk, K.REFUND)
    provider.faults = [stub.lose]
    cashier = hired()
    settle(cashier)
    otto = add_person(desk, "otto", Role.OP)
    arguments = {"refund": "1.3", "note": "asked the provider"}
    version = value_of(desk).version
    commit.commit(desk, otto, "order.retry-refund", "10427", arguments, version=version, key=uuid4().hex)
    assert rows(desk, "state") == [("answered",), ("requested",)]
    clock.advance(timedelta(seconds=11))
    settle(cashier)
    assert (provider.posts.total(), len(provider.posts), provider.gets.total()) == (2, 2, 0)
    assert balance(value_of(desk).payments[0]).refunded == 1000
    assert is_clean(desk)


def test_a_word_that_cannot_be_is_an_event_problem_and_moves_nothing(desk, clock, provider, hired):
    """More than is authorized, since that was taken back and less was given: a person decides."""
    asked_for(desk)
    provider.faults = [stub.after(0.3)]
    cashier = hired()
    cashier.work()
    provider.wait_for(lambda one: bool(one.bodies))
    captured(desk, id="no", kind=EventKind.AUTHORIZATION_FAILED, shipment="", reference="auth-1")
    captured(desk, id="less", kind=EventKind.AUTHORIZED, shipment="", amount=eur(400), reference="auth-2")
    settle(cashier)
    assert (status_of(desk), rows(desk, "state", "next_try")) == (P.UNKNOWN, [("problem", None)])
    assert balance(value_of(desk).payments[0]).captured == 0
    actions = [entry.action for entry in ask.timeline(desk, LOCAL_ACTOR, "10427")]
    assert "event.problem" in actions
    assert is_clean(desk)


def test_an_answer_that_comes_while_the_database_is_busy_is_noted_later(
    desk, place, provider, hired, monkeypatch
):
    monkeypatch.setattr("oms_tui.desk.receiving.receive.__kwdefaults__", {"wait": 0.01})
    asked_for(desk)
    cashier = hired()
    cashier.work()
    provider.wait_for(lambda one: bool(one.ledger))
    with place.open().store.write(), pytest.raises(DatabaseBusy):
        settle(cashier)
    assert cashier.is_busy
    settle(cashier)
    assert status_of(desk) is P.CAPTURED
    assert provider.posts.total() == 1


def test_a_fault_of_the_program_rests_alone(desk, clock, provider, hired, monkeypatch, caplog):
    asked_for(desk)
    asked_for(desk, order_id="B")

    def broken(order, *rest):
        if order.id == "B":
            raise KeyError(order.customer.email)
        return request_of(order, *rest)

    monkeypatch.setattr("oms_tui.desk.cashier.request_of", broken)
    cashier = hired()
    settle(cashier)
    assert (status_of(desk), status_of(desk, "B")) == (P.CAPTURED, P.AUTHORIZED)
    assert rows(desk, "left_at", "error")[1] == (None, "a fault of the program, KeyError")
    assert "hans" not in caplog.text
    monkeypatch.undo()
    clock.advance(timedelta(hours=1, seconds=1))
    settle(cashier)
    assert status_of(desk, "B") is P.CAPTURED


def test_doctor_names_requests_that_do_not_go_with_the_operations(desk, hired):
    asked_for(desk)
    asked_for(desk, order_id="B")
    hired()
    assert is_clean(desk)
    with desk.store.write() as conn:
        conn.exec_driver_sql("UPDATE outbox_intent SET state = 'answered' WHERE pk = 1")
    found = [finding.text for finding in doctor.examine(desk).findings]
    assert found == ["Order 10427: nobody asks for operation 2 of payment 1."]
    desk.provider = ProviderSettings()  # without a provider whoever answers may know of it otherwise
    assert is_clean(desk)
    captured(desk, order_id="B", reference="ref", amount=eur(1000))
    with desk.store.write() as conn:
        conn.exec_driver_sql("UPDATE outbox_intent SET state = 'unknown' WHERE pk = 2")
    found = [finding.text for finding in doctor.examine(desk).findings]
    assert found == [
        "Order B: operation 2 of payment 1 has its answer, and its request to the provider is open."
    ]


def test_what_is_asked_about_is_told_with_the_order(desk, clock, provider, hired):
    """Only while somebody asks; nothing of it to those who may not see payments."""
    asked_for(desk)
    provider.faults = [stub.lose]
    provider.get_faults = [stub.status(500)] * 9
    cashier = hired(most_days=1)
    assert ask.order(desk, LOCAL_ACTOR, "10427").checked == ()
    settle(cashier)
    assert ask.order(desk, LOCAL_ACTOR, "10427").checked == ((1, 2),)
    assert ask.order(desk, add_person(desk, "nia", Role.NM), "10427").checked == ()
    clock.advance(timedelta(days=1, seconds=1))
    settle(cashier)
    assert status_of(desk) is P.UNKNOWN
    assert ask.order(desk, LOCAL_ACTOR, "10427").checked == ()


# -- money that waits for a location -----------------------------------------------------------------------


def cancelled(desk, *lines):
    """An order whose pick tickets are out, cancelled: money waits for the locations."""
    shipments = tuple(shipment(number, released_at=NOON) for number in ("S-1", "S-2"))
    parts = [line(1, LineStatus.CONFIRMED, shipment="S-1"), line(2, LineStatus.CONFIRMED, shipment="S-2")]
    take_in(desk, order(*parts, shipments=shipments))
    ana = add_person(desk, "ana")
    version = value_of(desk).version
    arguments = {"reason": "duplicate"} | ({"lines": list(lines)} if lines else {})
    commit.commit(desk, ana, "order.cancel", "10427", arguments, version=version, key=uuid4().hex)


def tell(desk, kind, where, **rest):
    at = desk.clock.now()
    values = {"id": f"{kind.value}-{where}", "kind": kind, "order_id": "10427", "at": at, "shipment": where}
    (received,) = receive(desk, [Event(**(values | rest))])
    return received.fate


def test_money_goes_ahead_when_every_location_has_stopped(desk, clock, provider, hired):
    cancelled(desk)
    cashier = hired()
    settle(cashier)
    tell(desk, EventKind.PICK_CANCELLED, "S-1")
    settle(cashier)
    assert not provider.posts
    assert len(ask.order(desk, LOCAL_ACTOR, "10427").stops) == 1
    tell(desk, EventKind.PICK_CANCELLED, "S-2")
    assert ask.order(desk, LOCAL_ACTOR, "10427").stops == ()
    settle(cashier)
    assert [body["kind"] for body in provider.bodies] == ["void"]
    assert status_of(desk) is P.VOIDED
    assert is_clean(desk)


def test_money_goes_ahead_at_the_set_time_without_a_word(desk, clock, provider, hired):
    cancelled(desk)
    cashier = hired()
    clock.advance(timedelta(hours=23, minutes=59))
    settle(cashier)
    assert not provider.posts
    clock.advance(timedelta(minutes=2))
    settle(cashier)
    assert status_of(desk) is P.VOIDED


@pytest.mark.parametrize("kind", [EventKind.PACKED, EventKind.SHIPPED])
def test_money_stays_where_a_location_went_on_until_it_stops(desk, clock, provider, hired, kind):
    """It does not go ahead at the set time either; the parcel that is stopped after all lets it go."""
    cancelled(desk)
    cashier = hired()
    assert tell(desk, kind, "S-2") is Fate.PROBLEM
    tell(desk, EventKind.PICK_CANCELLED, "S-1")
    clock.advance(timedelta(days=3))
    settle(cashier)
    assert not provider.posts
    states = dict(rows(desk, "kind", "state"))
    assert states["void"] == "problem"
    said = [entry.summary for entry in ask.timeline(desk, LOCAL_ACTOR, "10427")]
    assert any(text.startswith("S-2 was to stop: money that waits for it does not move") for text in said)
    assert is_clean(desk)
    tell(desk, EventKind.PICK_CANCELLED, "S-2")
    settle(cashier)
    assert status_of(desk) is P.VOIDED


def test_an_event_that_names_the_cancelled_lines_holds_their_money_too(desk, clock, provider, hired):
    cancelled(desk, "1:1")
    assert tell(desk, EventKind.PACKED, "", lines=((1, 0),)) is Fate.PROBLEM
    clock.advance(timedelta(days=3))
    settle(hired())
    assert not provider.posts

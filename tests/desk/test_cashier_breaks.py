"""Cashiers that are several, stop, break off or meet faults: each thing is asked for once (I3, I5)."""

import time
from datetime import timedelta
from uuid import uuid4

import pytest

from oms_tui.config import ProviderSettings
from oms_tui.desk import ask, commit, doctor
from oms_tui.desk.provider_words import request_of
from oms_tui.domain.events import EventKind
from oms_tui.domain.events.cases import CaseState
from oms_tui.domain.payment import balance, latest
from oms_tui.domain.people import LOCAL_ACTOR, Role
from oms_tui.store import event_cases
from oms_tui.store.errors import DatabaseBusy
from tests.build import eur
from tests.desk import stub_provider as stub
from tests.desk.cashiers import (
    K,
    P,
    asked_for,
    captured,
    hired,
    is_clean,
    provider,
    rows,
    settle,
    status_of,
    value_of,
)
from tests.desk.conftest import add_person
from tests.seeds import seeded
from tests.support import scaled

__all__ = ["hired", "provider"]  # fixtures


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


def test_money_that_should_not_have_been_taken_is_written_down_and_an_event_problem(
    desk, clock, provider, hired
):
    """More than is authorized, since that was taken back and less was given: it is a fact all the same."""
    asked_for(desk)
    provider.faults = [stub.after(0.3)]
    cashier = hired()
    cashier.work()
    provider.wait_for(lambda one: bool(one.bodies))
    captured(desk, id="no", kind=EventKind.AUTHORIZATION_FAILED, shipment="", reference="auth-1")
    captured(desk, id="less", kind=EventKind.AUTHORIZED, shipment="", amount=eur(400), reference="auth-2")
    settle(cashier)
    assert (status_of(desk), rows(desk, "state", "next_try")) == (P.CAPTURED, [("answered", None)])
    assert balance(value_of(desk).payments[0]).captured == 1000
    with desk.store.read() as conn:
        (stored,) = event_cases.page(conn, CaseState.PROBLEM, 100)
    assert "6.00 € of it was captured above what was authorized" in stored.case.reason
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

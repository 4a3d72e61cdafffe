"""Ask: what comes back, and to whom (spec 5, 7, 8; invariants Z1 to Z3)."""

from dataclasses import replace
from uuid import uuid4

import msgspec
import pytest

from oms_tui.desk import ask, commit, errors, events, filters, intake, people, plan
from oms_tui.desk.authorise import authorise
from oms_tui.desk.desk import AUTHORITY_SET
from oms_tui.desk.evidence import evidence
from oms_tui.desk.intake import Batch
from oms_tui.domain.authority import AUTHORITY, Right
from oms_tui.domain.events import Event, EventKind
from oms_tui.domain.flow import FlowTask, Run, Task, TaskState, order_flow
from oms_tui.domain.order import Address
from oms_tui.domain.people import LOCAL_ACTOR, Role
from oms_tui.domain.queues import QUEUES, queues_of
from oms_tui.domain.status import LineStatus, OperationKind, OperationState, PaymentStatus
from oms_tui.store import meta
from tests.build import NOON, card, flow, line, operation, order, shipment
from tests.desk.conftest import Place, add_person, entries, take_in

CAPTURED = 1_357
AUTHORIZED = 24_680
SECRETS = ("13.57", "246.80", "1357", "24680", "auth-1", "411111••••••1111", "H Mueller holder")


@pytest.fixture
def people_of(desk):
    return {role: add_person(desk, f"person-{role.value}", role) for role in Role}


@pytest.fixture
def paid(desk):
    """An order whose payment has amounts that stand nowhere else on it."""
    payment = replace(
        card(AUTHORIZED, operation(2, OperationKind.CAPTURE, CAPTURED)), holder="H Mueller holder"
    )
    value = order(line(1, minor=9900), line(2, quantity=2, minor=5000), payments=(payment,))
    take_in(desk, value)
    return value


def test_every_queue_can_be_opened_and_counted(desk):
    take_in(desk)
    both = add_person(desk, "both", Role.CS, Role.OP)
    tallies = {tally.queue: tally for tally in ask.queues(desk, both)}
    assert list(tallies) == [queue.id for queue in queues_of(both.roles)]
    for queue in queues_of(both.roles):
        if queue.place:
            continue  # it holds no orders: its counter is another's
        page = ask.page(desk, both, queue.filter)
        assert tallies[queue.id].count.value == len(page.rows) == ask.count(desk, both, queue.filter).value
    assert tallies["status-allocated"].count.value == 1


def test_everybody_has_their_own_queues(desk, people_of):
    take_in(desk)
    assert [tally.queue for tally in ask.queues(desk, people_of[Role.NM])] == ["my-work"]
    assert len(ask.queues(desk, people_of[Role.OP])) > len(ask.queues(desk, people_of[Role.CS]))
    with pytest.raises(errors.NoRight):
        ask.queues(desk, people_of[Role.AD])


def test_a_new_member_filters_by_words_and_the_documented_categories(desk, people_of):
    take_in(desk)
    for text, found in (
        ("", 1),
        ("hans", 1),
        ("id:10427", 1),
        ("email:hans@example.com", 1),
        ("first:hans last:müller", 1),
        ("phone:1234567", 1),
        ("tracking:x", 0),
        ("claimed:me", 0),
        ("claimed:me hans", 0),
        ("sort:-age", 1),
        ('-first:"ana"', 1),
    ):
        assert len(ask.page(desk, people_of[Role.NM], text).rows) == found, text
        assert ask.count(desk, people_of[Role.NM], text).value == found, text


def test_other_filters_are_refused_to_them_with_the_place_of_the_word(desk, people_of):
    take_in(desk)
    for text in ("status:allocated", "country:DE", "hans total>=1", "claimed:ben", "-claimed:me"):
        for call in (ask.page, ask.count):
            before = entries(desk)
            with pytest.raises(errors.BadInput, match="your role does not have") as refused:
                call(desk, people_of[Role.NM], text)
            assert refused.value.field == "filter"
            assert text[refused.value.start : refused.value.end] == text.split()[-1]
            assert entries(desk) == before + 1
            assert call(desk, people_of[Role.OP], text) is not None


def test_a_filter_that_cannot_be_is_never_an_empty_list(desk, ana):
    with pytest.raises(errors.BadInput, match="status") as refused:
        ask.page(desk, ana, "country:DE statos:shipped")
    assert (refused.value.field, refused.value.start, refused.value.end) == ("filter", 11, 17)
    with pytest.raises(errors.BadInput, match="no me"):
        ask.page(desk, LOCAL_ACTOR, "claimed:me")


def test_a_page_has_a_bound(desk, ana):
    for size in (0, -1, 501):
        with pytest.raises(errors.BadInput):
            ask.page(desk, ana, "", size=size)


def test_search_and_recent_and_feed(desk, ana, people_of, clock):
    take_in(desk)
    new = people_of[Role.NM]
    assert [hit.order.id for hit in ask.search_orders(desk, new, "müller").hits] == ["10427"]
    assert ask.recent(desk, new) == ()
    ask.note_opened(desk, new, "10427")
    assert [row.id for row in ask.recent(desk, new)] == ["10427"]
    assert ask.recent(desk, ana) == ()
    assert [entry.id for entry in ask.feed(desk, new)] == ["10427"]


def test_what_is_not_there_is_said_so(desk, ana):
    for call in (ask.order, ask.timeline):
        with pytest.raises(errors.Missing, match="no order 99"):
            call(desk, ana, "99")


def encoded(value):
    return msgspec.json.encode(value).decode()


def everything(desk, actor):
    """Every answer about the order that an actor can get, as bytes."""
    answers = [
        ask.order(desk, actor, "10427"),
        ask.timeline(desk, actor, "10427"),
        ask.page(desk, actor, ""),
        ask.search_orders(desk, actor, "müller"),
        ask.feed(desk, actor),
    ]
    if actor.roles & {Role.CS, Role.NM}:
        answers.append(plan.plan(desk, actor, "order.cancel", "10427", {"reason": "duplicate"}))
        answers.append(plan.plan(desk, actor, "order.cancel", "10427", {"reason": "fraud", "lines": ["1"]}))
    return "".join(map(encoded, answers))


def test_masked_fields_never_leave_the_desk(desk, people_of, paid):
    commit.commit(
        desk, people_of[Role.CS], "order.cancel", "10427", {"reason": "duplicate", "lines": ["2:1"]},
        version=1, key=uuid4().hex,
    )  # fmt: skip
    for_support, for_new_member = everything(desk, people_of[Role.CS]), everything(desk, people_of[Role.NM])
    assert all(secret in for_support for secret in SECRETS[2:])
    assert [secret for secret in SECRETS if secret in for_new_member] == []


def test_a_new_member_sees_the_payment_status_and_the_total(desk, people_of, paid):
    profile = ask.order(desk, people_of[Role.NM], "10427")
    assert profile.is_payment_masked
    assert profile.order.payments == ()
    assert profile.payment_status is PaymentStatus.PARTLY_CAPTURED
    assert profile.payment_statuses == (PaymentStatus.PARTLY_CAPTURED,)
    whole = ask.order(desk, people_of[Role.OP], "10427")
    assert not whole.is_payment_masked
    assert whole.order == paid
    assert (whole.payment_status, whole.payment_statuses) == (
        profile.payment_status,
        profile.payment_statuses,
    )


def test_what_tasks_and_events_say_of_payments_is_masked_too(desk, people_of):
    """A run of Payment Authorization or Capture names amounts, and so do the provider's events."""
    request = operation(2, OperationKind.CAPTURE, CAPTURED, state=OperationState.REQUESTED, shipment="S-1")
    said = "a capture of 13.57 € is not answered yet"
    runs = (Run(NOON, NOON, said),)
    waiting = FlowTask(task=Task.CAPTURE, shipment="S-1", state=TaskState.ACTIVE, error=said, runs=runs)
    secured = FlowTask(
        task=Task.PAYMENT_AUTHORIZATION,
        state=TaskState.COMPLETE,
        runs=(Run(NOON, NOON, "246.80 € secured"),),
    )
    value = order(
        line(1, LineStatus.CONFIRMED, 9900, shipment="S-1"),
        line(2, LineStatus.CONFIRMED, 10000, shipment="S-1"),
        shipments=(shipment(),),
        payments=(card(AUTHORIZED, request),),
        tasks=(secured, waiting),
    )
    take_in(desk, value)
    assert "A capture of 13.57 € is not answered yet: if it succeeds" in everything(desk, people_of[Role.CS])
    before = everything(desk, people_of[Role.NM])
    assert "A capture of an amount is not answered yet: if it succeeds" in before
    assert "an amount secured" in before
    events.take(
        desk, Event(id="e1", kind=EventKind.CAPTURE_FAILED, order_id="10427", at=NOON, reference="r1")
    )
    assert "Capture of 13.57 € failed" in everything(desk, people_of[Role.CS])
    seen = everything(desk, people_of[Role.NM])
    assert "Capture of an amount failed" in seen
    assert [secret for secret in ("13.57", "246.80") if secret in before + seen] == []


def test_the_money_of_a_cancel_is_asked_for_without_amounts_where_they_are_masked(desk, people_of, paid):
    arguments = {"reason": "duplicate"}
    shown = plan.plan(desk, people_of[Role.NM], "order.cancel", "10427", arguments)
    after = {change.path: change.after for change in shown.changes}
    assert after["intents/0"] == "requested"
    assert after["total"] == "0.00 €"
    assert not any(path.startswith(("payments/", "to_capture")) for path in after)
    whole = plan.plan(desk, people_of[Role.CS], "order.cancel", "10427", arguments)
    assert len(whole.changes) > len(shown.changes)


def test_a_new_member_sees_the_flow_of_the_order_not_of_its_shipments(desk, people_of):
    tasks = (
        *flow(8)[:8],
        FlowTask(task=Task.PACKING, shipment="S-1", state=TaskState.FAILED, error="no box"),
    )
    take_in(desk, order(line(1, shipment="S-1"), shipments=(shipment(),), tasks=tasks))
    seen = ask.order(desk, people_of[Role.NM], "10427").order
    whole = ask.order(desk, people_of[Role.OP], "10427").order
    assert all(task.shipment is None for task in seen.tasks)
    assert order_flow(seen) == order_flow(whole)
    assert any(task.shipment == "S-1" for task in whole.tasks)


CALLS = {
    Right.SEARCH_ORDERS: lambda desk, actor: ask.search_orders(desk, actor, "x"),
    Right.OPEN_ORDER: lambda desk, actor: ask.order(desk, actor, "10427"),
    Right.FILTER_BASIC: lambda desk, actor: ask.page(desk, actor, "id:1"),
    Right.FILTER_ALL: lambda desk, actor: ask.count(desk, actor, "status:packed"),
    Right.VIEW_OWN_WORK: lambda desk, actor: ask.recent(desk, actor),
    Right.PROVIDE_STATUS: lambda desk, actor: plan.answer(desk, actor, "order.status", "10427", {}),
    Right.ADD_NOTE: lambda desk, actor: plan.plan(desk, actor, "order.note", "10427", {"text": "x"}),
    Right.CLAIM: lambda desk, actor: plan.plan(desk, actor, "order.claim", "10427", {}),
    Right.CANCEL: lambda desk, actor: plan.plan(desk, actor, "order.cancel", "10427", {"reason": "fraud"}),
    Right.ADDRESS: lambda desk, actor: ask.check_address(desk, actor, Address(country="DE")),
    Right.FRAUD: lambda desk, actor: evidence(desk, actor, "10427"),
    Right.MANAGE_PEOPLE: lambda desk, actor: _everybody(desk, actor),
    Right.EVENT_PROBLEMS: lambda desk, actor: _take_in(desk, actor),
}


def _everybody(desk, actor):
    return people.everybody(desk, actor)


def _take_in(desk, actor):
    return intake.take_in(desk, Batch(), source="test", actor=actor)


@pytest.mark.parametrize("right", CALLS)
def test_every_cell_of_the_authority_table(desk, people_of, right):
    """Z2: whoever has the right gets an answer, whoever has not is refused with one audit entry."""
    take_in(desk)
    call = CALLS[right]
    for role in Role:
        before = entries(desk)
        if role in AUTHORITY[right]:
            assert call(desk, people_of[role]) is not None
        else:
            with pytest.raises((errors.NoRight, errors.BadInput)):
                call(desk, people_of[role])
            assert entries(desk) == before + 1, role


def test_the_one_check_agrees_with_the_table_for_every_right_and_role(desk, people_of):
    for right in Right:
        for role in Role:
            before = entries(desk)
            if role in AUTHORITY[right]:
                assert authorise(desk, people_of[role], right).roles == {role}
                assert entries(desk) == before
            else:
                with pytest.raises(errors.NoRight):
                    authorise(desk, people_of[role], right)
                assert entries(desk) == before + 1, (right, role)


def test_rights_of_several_roles_add_up_and_ad_gives_none_on_orders(desk):
    take_in(desk)
    actor = add_person(desk, "both", Role.NM, Role.OP)
    assert plan.plan(desk, actor, "order.cancel", "10427", {"reason": "fraud"}).version == 1
    assert not ask.order(desk, actor, "10427").is_payment_masked


def test_a_stored_table_overrides_the_default_and_a_broken_one_lets_nobody_in(place, desk, ana):
    take_in(desk)
    with desk.store.write() as conn:
        meta.put(conn, AUTHORITY_SET, '{"cancel": ["op"]}')
    other = place.open()
    with pytest.raises(errors.NoRight, match="OP"):
        plan.plan(other, ana, "order.cancel", "10427", {"reason": "fraud"})
    assert plan.plan(other, ana, "order.note", "10427", {"text": "x"}).version == 1
    with desk.store.write() as conn:
        meta.put(conn, AUTHORITY_SET, '{"cancel": ["everybody"]}')
    with pytest.raises(errors.Unusable, match="authority table"):
        place.open()


def test_info_names_people_only_in_sample_data(desk, people_of, tmp_path):
    info = ask.info(desk)
    assert (info.has_people, info.sample_people, info.is_sample) == (True, (), False)
    assert info.time_zone == "Europe/Berlin"
    sample = Place(tmp_path / "sample")
    opened = sample.open(is_sample=True)
    assert not ask.info(opened).has_people
    people.add(opened, LOCAL_ACTOR, name="demo", display_name="", roles=[Role.NM], password="")
    assert [person.name for person in ask.info(opened).sample_people] == ["demo"]
    sample.close()


def test_every_queue_of_the_product_can_be_read():
    assert all(filters.read(queue.filter) is not None for queue in QUEUES)


def test_only_those_who_may_open_orders_are_noted_as_having(desk, people_of):
    """A refusal writes its audit entry and nothing else."""
    keeper = people_of[Role.AD]
    before = entries(desk)
    with pytest.raises(errors.NoRight):
        ask.note_opened(desk, keeper, "10427")
    assert entries(desk) == before + 1
    assert desk.opened_at == {}


def test_money_that_waits_for_a_location_is_told_to_who_may_see_payments(desk, people_of):
    captured = operation(2, OperationKind.CAPTURE, 1_000)
    value = order(
        line(1, LineStatus.CONFIRMED, 1_000, shipment="S-1"),
        shipments=(shipment("S-1", released_at=NOON),),
        payments=(card(1_000, captured),),
    )
    take_in(desk, value)
    assert ask.order(desk, people_of[Role.CS], value.id).stops == ()
    commit.commit(
        desk, people_of[Role.CS], "order.cancel", value.id, {"reason": "duplicate"}, version=1, key="k" * 16
    )
    (stop,) = ask.order(desk, people_of[Role.CS], value.id).stops
    assert (stop.kind, stop.amount, stop.shipments) == ("refund", captured.amount, ("S-1",))
    assert stop.until == desk.clock.now() + desk.policy.recall_for
    assert ask.order(desk, people_of[Role.NM], value.id).stops == ()

"""The steps before the goods move, verdict by verdict: address, duties, confirmation, remorse,
approval (spec 3.3)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from oms_tui.domain.engine import FlowContext, advance, reopen
from oms_tui.domain.flow import (
    Complete,
    FlowTask,
    Run,
    Skipped,
    Task,
    TaskState,
    Verdict,
    Waiting,
    put_tasks,
)
from oms_tui.domain.order import Order
from oms_tui.domain.rules import FlowRules
from oms_tui.domain.status import CustomerType, HoldKind, OperationState
from oms_tui.domain.steps import STEPS, Step
from oms_tui.domain.steps.base import place_hold, release_hold
from oms_tui.domain.world import AddressVerdict, FieldProblem, World
from tests.build import NOON
from tests.domain.shop import Shop, placed, task_of, wanted, with_country

T, H = Task, HoldKind
ST = OperationState


def run(name: Task, value: Order, shop: Shop | None = None, task: FlowTask | None = None) -> Step:
    """One step of one task."""
    task = task or FlowTask(task=name, state=TaskState.ACTIVE)
    return STEPS[name](value, task, (shop or Shop()).context)


def verdict(name: Task, value: Order, shop: Shop | None = None) -> Verdict:
    return run(name, value, shop).verdict


# --- Address Validation ----------------------------------------------------------------------------------


def bad_address() -> Order:
    value = placed()
    return replace(value, ship_to=replace(value.ship_to, postal_code="1"))


def test_a_valid_address_is_complete() -> None:
    assert isinstance(verdict(T.ADDRESS_VALIDATION, placed()), Complete)


def test_an_invalid_address_waits_under_one_hold_that_names_the_field() -> None:
    first = run(T.ADDRESS_VALIDATION, bad_address())
    assert first.verdict == Waiting("postal code has five digits in Germany")
    assert [(hold.kind, hold.reason) for hold in first.order.holds] == [
        (H.ADDRESS, "postal code has five digits in Germany")
    ]
    assert run(T.ADDRESS_VALIDATION, first.order).order.holds == first.order.holds
    by_hand = release_hold(first.order, 1, NOON, by="ana")
    assert run(T.ADDRESS_VALIDATION, by_hand).order.open_holds() == ()


def test_an_open_address_hold_says_what_fails_now() -> None:
    first = run(T.ADDRESS_VALIDATION, bad_address()).order
    what = AddressVerdict((FieldProblem("city", "is needed in Germany"),))
    context = replace(Shop().context, world=World(check_address=lambda address: what))
    task = FlowTask(task=T.ADDRESS_VALIDATION, state=TaskState.ACTIVE)
    after = STEPS[T.ADDRESS_VALIDATION](first, task, context).order
    assert [(hold.number, hold.reason) for hold in after.holds] == [(1, "city is needed in Germany")]


def test_a_corrected_address_releases_the_hold_it_placed_and_only_that() -> None:
    held = place_hold(run(T.ADDRESS_VALIDATION, bad_address()).order, H.ADDRESS, "asked", NOON, by="ana")
    held = place_hold(held, H.MANUAL, "wait", NOON, by="olga")
    after = run(T.ADDRESS_VALIDATION, replace(held, ship_to=placed().ship_to)).order
    assert [(hold.kind, hold.placed_by) for hold in after.open_holds()] == [
        (H.ADDRESS, "ana"),
        (H.MANUAL, "olga"),
    ]


def test_a_forced_address_stays_complete() -> None:
    forced = FlowTask(
        task=T.ADDRESS_VALIDATION,
        state=TaskState.ACTIVE,
        runs=(Run(NOON, NOON, "forced by ana: customer insists"),),
    )
    assert run(T.ADDRESS_VALIDATION, bad_address(), task=forced).verdict == Complete(
        "forced by ana: customer insists"
    )


@pytest.mark.parametrize("method", ["Pickup", "pick-up in store", "Click & Collect"])
def test_who_comes_for_the_goods_needs_no_address(method: str) -> None:
    assert isinstance(verdict(T.ADDRESS_VALIDATION, replace(bad_address(), method=method)), Skipped)


# --- Duties ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "ship_to", "expected"),
    [
        ("BER-1", "DE", Skipped("same country")),
        ("MXP-1", "DE", Skipped("inside the EU")),
        ("EWR-1", "DE", Complete("goods cross a customs border: US to DE")),
        ("BER-1", "US", Complete("goods cross a customs border: DE to US")),
        ("", "DE", Skipped("the countries are not known")),
        ("BER-1", "", Skipped("the countries are not known")),
    ],
)
def test_duties_only_across_a_customs_border(place: str, ship_to: str, expected: Verdict) -> None:
    value = with_country(placed(replace(wanted(), location=place)), ship_to=ship_to)
    assert verdict(T.DUTIES, value) == expected


# --- Customer Notification, Remorse Period ---------------------------------------------------------------


def test_the_customer_is_told_once_and_never_of_a_hold() -> None:
    value = place_hold(placed(), H.FRAUD, "three countries", NOON)
    told = run(T.CUSTOMER_NOTIFICATION, value)
    (message,) = told.outcome.messages
    assert (message.recipient, message.audience, message.template, message.language) == (
        "hans@example.com",
        "customer",
        "order_confirmation",
        "de",
    )
    assert "1 × Article 1" in message.text
    assert "Gesamtbetrag: 10,00 €" in message.text
    for word in ("fraud", "hold", "countries", "review"):
        assert word not in message.text.lower()
    before = FlowTask(
        task=T.CUSTOMER_NOTIFICATION, state=TaskState.ACTIVE, runs=(Run(NOON, NOON, "told by e-mail"),)
    )
    assert run(T.CUSTOMER_NOTIFICATION, value, task=before).outcome.messages == ()


def test_nobody_is_told_where_no_mail_is_known() -> None:
    value = replace(placed(), customer=replace(placed().customer, email=""))
    assert verdict(T.CUSTOMER_NOTIFICATION, value) == Skipped("no e-mail is known")


def test_remorse_runs_from_placement_per_channel() -> None:
    shop = Shop(rules=FlowRules(remorse_by_channel={"web-de": timedelta(hours=2)}))
    until = NOON + timedelta(hours=2)
    assert verdict(T.REMORSE_PERIOD, placed(), shop) == Waiting("ends 2026-11-22 14:00 UTC", until)
    shop.now = until
    assert verdict(T.REMORSE_PERIOD, placed(), shop) == Complete("over")
    assert verdict(T.REMORSE_PERIOD, replace(placed(), created=until), Shop(now=until)) == Waiting(
        "ends 2026-11-22 14:30 UTC", until + timedelta(minutes=30)
    )


# --- Manual Approval -------------------------------------------------------------------------------------


def test_approval_is_skipped_if_nobody_asks() -> None:
    assert verdict(T.MANUAL_APPROVAL, placed()) == Skipped("nothing asks for it")


def test_approval_of_a_value_is_asked_once() -> None:
    shop = Shop(rules=FlowRules(approve_above={"EUR": 999}))
    held = run(T.MANUAL_APPROVAL, placed(), shop)
    assert held.verdict == Waiting("approval: OP decides (t)")
    assert [hold.reason for hold in held.order.holds] == ["order above 9.99 €"]
    done = run(T.MANUAL_APPROVAL, release_hold(held.order, 1, NOON, by="olga"), shop)
    assert done.verdict == Complete("every hold is released, by olga")
    assert len(done.order.holds) == 1
    assert verdict(T.MANUAL_APPROVAL, placed(), Shop(rules=FlowRules(approve_above={"USD": 1}))) == Skipped(
        "nothing asks for it"
    )
    assert isinstance(verdict(T.MANUAL_APPROVAL, placed(wanted(minor=999)), shop), Skipped)


@pytest.mark.parametrize(
    ("kind", "earlier", "asks"),
    [(CustomerType.GUEST, 0, True), (CustomerType.GUEST, 1, False), (CustomerType.REGISTERED, 0, False)],
)
def test_the_first_order_of_a_guest_asks_for_approval(kind: CustomerType, earlier: int, asks: bool) -> None:
    shop = Shop(rules=FlowRules(approve_guest_above={"EUR": 500}), earlier=earlier)
    value = placed(customer=replace(placed().customer, type=kind))
    assert bool(run(T.MANUAL_APPROVAL, value, shop).order.open_holds()) == asks


def test_approval_waits_for_every_hold_and_says_who_decides() -> None:
    value = placed()
    for kind in (H.FRAUD, H.MANUAL, H.ADDRESS):
        value = place_hold(value, kind, "why", NOON, by="olga")
    assert verdict(T.MANUAL_APPROVAL, value) == Waiting(
        "fraud review: CS decides (f); manual: OP decides (t); address: CS corrects it (a)"
    )


def test_a_hold_that_comes_later_opens_approval_again() -> None:
    shop = Shop({("BER-1", "SKU-1"): 1})
    value = shop.go(shop.go(placed()), 31)
    assert task_of(value, T.MANUAL_APPROVAL).state is TaskState.SKIPPED
    held = shop.go(place_hold(value, H.MANUAL, "wait", shop.now, by="olga"))
    assert task_of(held, T.MANUAL_APPROVAL).state is TaskState.ACTIVE
    assert task_of(held, T.PICK_TICKET, "S-1").state is TaskState.PENDING
    free = shop.go(release_hold(held, 1, shop.now, by="olga"))
    assert task_of(free, T.MANUAL_APPROVAL).state is TaskState.COMPLETE
    assert task_of(free, T.PICK_TICKET, "S-1").state is TaskState.ACTIVE


# --- Fraud Check: what the step makes of the findings ----------------------------------------------------


def abroad(place: str = "MXP-1", bill_to: str = "US", ship_to: str = "DE") -> Order:
    return with_country(placed(replace(wanted(), location=place)), bill_to=bill_to, ship_to=ship_to)


def test_a_hit_holds_with_its_evidence() -> None:
    held = run(T.FRAUD_CHECK, abroad())
    assert held.verdict == Complete("held: three countries, other region")
    (hold,) = held.order.holds
    assert hold.kind is H.FRAUD
    assert hold.evidence == "source=IT bill-to=US ship-to=DE phone=DE"
    assert "three countries" in hold.reason
    assert "source IT, bill-to US, ship-to DE" in hold.reason


def test_a_combination_is_held_once_and_not_again_after_it_was_cleared() -> None:
    held = run(T.FRAUD_CHECK, abroad()).order
    assert run(T.FRAUD_CHECK, held).order.holds == held.holds
    cleared = release_hold(held, 1, NOON, by="ana")
    again = run(T.FRAUD_CHECK, cleared)
    assert again.verdict == Complete("three countries, other region, cleared before")
    assert again.order.open_holds() == ()
    elsewhere = replace(cleared, lines=(replace(cleared.lines[0], location="BER-1"),))
    assert len(run(T.FRAUD_CHECK, elsewhere).order.open_holds()) == 1


def test_an_open_hold_stays_until_a_person_decides() -> None:
    held = run(T.FRAUD_CHECK, abroad()).order
    home = with_country(held)
    after = run(T.FRAUD_CHECK, home)
    assert isinstance(after.verdict, Complete)
    assert len(after.order.open_holds()) == 1


def test_the_check_runs_again_when_its_task_is_opened() -> None:
    shop = Shop({("BER-1", "SKU-1"): 1})
    value = shop.go(placed())
    moved = reopen(with_country(value, bill_to="US", ship_to="DE"), [T.FRAUD_CHECK, T.DUTIES], shop.now)
    after = advance(moved, FlowContext(now=shop.now, world=shop.world)).outcome.order
    assert [hold.kind for hold in after.open_holds()] == [H.FRAUD]
    assert task_of(after, T.FRAUD_CHECK).cardinality == 2


def test_put_tasks_keeps_the_place_of_a_task() -> None:
    value = placed()
    task = replace(value.tasks[2], error="x")
    assert put_tasks(value, [task]).tasks[2] is task

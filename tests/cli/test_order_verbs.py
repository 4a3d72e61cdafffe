"""The verbs on orders as somebody types them: plan, effect, refusal (architecture 3)."""

from pathlib import Path

import pytest

from oms_tui.desk.intake import Batch, take_in
from oms_tui.domain.flow import FlowTask, Task, TaskState
from oms_tui.domain.order import Address, Hold
from oms_tui.domain.status import HoldKind, LineStatus
from tests.build import NOON, charge, flow, line, order
from tests.cli.test_commands import Run, database, run
from tests.desks import open_desk

__all__ = ["database", "run"]

BAD = Address(
    recipient="Hans Müller", street=("Hauptstr. 1",), city="Berlin", postal_code="1011", country="DE"
)


@pytest.fixture(autouse=True)
def _orders(database: Path) -> None:
    """20001 has a bad address, 20002 a fraud review, 20003 waits for approval,
    20004 for its payment."""
    approval = tuple(
        FlowTask(
            task=x.task, state=TaskState.ACTIVE if x.task is Task.MANUAL_APPROVAL else TaskState.COMPLETE
        )
        for x in flow(14)[:8]
    )
    orders = (
        order(line(1), id="20001", ship_to=BAD),
        order(line(1), id="20002", holds=(_hold(HoldKind.FRAUD),)),
        order(
            line(1, LineStatus.CONFIRMED),
            line(2, minor=3000),
            id="20003",
            charges=(charge(),),
            holds=(_hold(HoldKind.APPROVAL),),
            tasks=approval,
        ),
        order(line(1), id="20004", holds=(_hold(HoldKind.PAYMENT),)),
    )
    with open_desk(database.parent) as desk:
        assert not take_in(desk, Batch(orders=orders), source="test").refused


def _hold(kind: HoldKind) -> Hold:
    return Hold(number=1, kind=kind, reason="because", placed_at=NOON, placed_by="system")


def test_a_price_is_planned_and_taken_off(run: Run) -> None:
    words = ("--as", "ana", "order", "price", "20003", "--line", "2", "--charge", "1", "--reason", "damaged")
    planned = run(*words, "--dry-run")
    assert planned.code == 0, planned.err
    assert "would take 20 % off 1 line and 1 charge" in planned.err
    assert "damaged: line 2 30.00 € → 24.00 €, charge 1 4.90 € → 3.92 €" in planned.out
    done = run(*words)
    assert "Took 6.98 € (20 %) off 1 line and 1 charge of order 20003: damaged" in done.out
    body = run("orders", "show", "20003", "--json").json
    assert body["derived"]["total"]["amount"] == "37.92"
    assert body["order"]["adjustments"][0]["person"] == "ana"


def test_an_address_is_validated_corrected_and_forced(run: Run) -> None:
    fails = run("--as", "ana", "order", "validate", "20001")
    assert "Postal code" in fails.out
    assert fails.code == 0
    assert run("orders", "show", "20001", "--json").json["order"]["holds"][0]["kind"] == "address"
    wrong = run("--as", "ana", "order", "address", "20001", "--postal-code", "2")
    assert (wrong.code, wrong.out) == (1, "")
    assert "oms-tui order force" in wrong.err
    moved = run("--as", "ana", "order", "address", "20001", "--country", "FR")
    assert "Cancel and reorder. (oms-tui order cancel)" in moved.err
    right = run("--as", "ana", "order", "address", "20001", "--postal-code", "10115", "--company", "Acme")
    assert "Corrected the address of order 20001" in right.out, right.err
    body = run("orders", "show", "20001", "--json").json["order"]
    assert (body["ship_to"]["postal_code"], body["ship_to"]["company"]) == ("10115", "Acme")
    assert body["ship_to"]["city"] == "Berlin"
    assert body["holds"][0]["released_by"] == "ana"
    emptied = run("--as", "ana", "order", "address", "20001", "--company", "")
    assert emptied.code == 0, emptied.err
    assert run("orders", "show", "20001", "--json").json["order"]["ship_to"]["company"] == ""
    forced = run(
        "--as", "ana", "order", "force", "20001", "--reason", "new street", "--note", "customer says so"
    )
    assert "Forced address and details" in forced.out, forced.err
    assert run("orders", "show", "20001", "--json").json["order"]["is_forced"] is True


def test_the_preferred_date_is_kept(run: Run) -> None:
    words = ("--reason", "holidays", "--note", "asked for it", "--date", "2126-12-24")
    assert run("--as", "ana", "order", "force", "20001", *words).code == 0
    assert run("orders", "show", "20001", "--json").json["order"]["preferred_date"] == "2126-12-24"


def test_fraud_is_reviewed_and_flagged(run: Run) -> None:
    again = run("--as", "ana", "order", "flag", "20002", "--reason", "card tried thrice")
    assert "flagged already" in again.err
    decided = run("--as", "ana", "order", "fraud", "20002", "--decision", "genuine", "--reason", "known")
    assert "as genuine: known" in decided.out
    assert (
        "No fraud review is open"
        in run("--as", "ana", "order", "fraud", "20002", "--decision", "fraud", "--reason", "x").err
    )
    assert run("--as", "ana", "order", "flag", "20002", "--reason", "card tried thrice").code == 0


def test_holds_approvals_and_runs_are_for_operations(run: Run) -> None:
    assert "is for OP" in run("--as", "ana", "order", "approve", "20003", "--note", "ok").err
    assert "Note is needed" in run("--as", "olga", "order", "approve", "20003").err
    assert "Approved order 20003" in run("--as", "olga", "order", "approve", "20003", "--note", "ok").out
    assert run("--as", "olga", "order", "hold", "20003", "--reason", "call").code == 0
    refused = run("--as", "olga", "order", "release-hold", "20002").err
    assert "CS decides: Review fraud." in refused
    assert "oms-tui order" not in refused  # OP has no right to the verb that would help
    assert (
        "oms-tui order release-hold" in run("--as", "olga", "order", "approve", "20004", "--note", "ok").err
    )
    assert "Released the manual hold" in run("--as", "olga", "order", "release-hold", "20003").out
    ran = run("--as", "olga", "order", "run", "20003", "--task", "manual approval", "--dry-run")
    assert "would run Manual Approval" in ran.err, ran.err


def test_a_customer_is_classified(run: Run) -> None:
    done = run("--as", "ana", "order", "classify", "20001", "--type", "guest")
    assert "as Guest, Bill-To" in done.out, done.err
    assert "already" in run("--as", "ana", "order", "classify", "20001", "--type", "guest").err


def test_help_says_what_an_option_starts_with(run: Run) -> None:
    said = run("order", "address", "--help").out
    assert "--postal-code" in said
    assert "[default: as it is]" in said
    assert "--charge NUMBER" in run("order", "price", "--help").out

"""One verb on many orders from the command line: plan, a transaction each, report, exit code (C6)."""

import json
import os
import signal
from pathlib import Path

import pytest

from oms_tui.desk import commit as desk_commit
from oms_tui.desk.errors import OutcomeNotKnown, StaleVersion
from oms_tui.desk.intake import Batch, take_in
from oms_tui.domain.order import Customer
from oms_tui.domain.status import CustomerType
from oms_tui.store.errors import DatabaseBusy
from tests.build import line, order
from tests.cli.test_commands import Run, database, run
from tests.desks import open_desk

__all__ = ["database", "run"]


@pytest.fixture(autouse=True)
def _more(database: Path) -> None:
    """Six more orders that can be cancelled; the third customer's name is hostile."""
    hostile = Customer(
        number="C", first_name="\x1b]52;c;AAAA\x07", last_name="[/]", type=CustomerType.GUEST, email=""
    )
    made = [order(line(1), id=str(20001 + number)) for number in range(6)]
    made[2] = order(line(1), id="20003", customer=hostile)
    with open_desk(database.parent) as desk:
        assert not take_in(desk, Batch(orders=made), source="test").refused


def outcomes(out: str) -> dict[str, str]:
    """Order -> outcome, of a report in JSON lines."""
    return {row["order_id"]: row["outcome"] for row in map(json.loads, out.splitlines())}


def test_several_orders_are_cancelled_and_reported_one_by_one(run: Run) -> None:
    ran = run("--as", "ana", "order", "cancel", "10427", "10428", "20001", "66", "--reason", "duplicate")
    assert ran.code == 1
    lines = ran.out.splitlines()
    assert lines[0] == "10427  done       Cancelled order 10427: duplicate"
    assert lines[1].startswith("10428  refused    The order cannot be cancelled whole: 1 of line 2 is packed")
    assert lines[2] == "20001  done       Cancelled order 20001: duplicate"
    assert lines[3].startswith("66     refused    ")
    assert "4 orders: 2 done, 2 refused; totals −" in ran.err
    assert "(EUR)" in ran.err
    assert run("orders", "count", "status:cancelled").out.strip() == "3"


def test_all_done_is_success_and_json_is_a_line_each(run: Run) -> None:
    ran = run("--as", "ana", "--json", "order", "cancel", "20001", "20002", "20001")
    assert ran.code == 0
    assert outcomes(ran.out) == {"20001": "done", "20002": "done"}


def test_a_dry_run_says_which_can_and_changes_nothing(run: Run) -> None:
    ran = run("--as", "ana", "order", "cancel", "10427", "10428", "--dry-run")
    assert ran.code == 1
    assert "10427  can        cancel the order, " in ran.out
    assert "→ 0.00 €" in ran.out
    assert "10428  refused" in ran.out
    assert "nothing was changed" in ran.err
    assert run("orders", "count", "status:cancelled").out.strip() == "1"


def test_a_filter_needs_yes_where_money_is_touched(run: Run) -> None:
    many = run("--as", "ana", "order", "claim", "--filter", "id:2000*")
    assert "6 orders: 6 can. --yes does it" in many.err
    asked = run("--as", "ana", "order", "cancel", "--filter", "status:allocated")
    assert asked.code == 2
    assert "--yes does it" in asked.err
    assert asked.out == ""
    assert run("orders", "count", "status:cancelled").out.strip() == "1"
    ran = run("--as", "ana", "--json", "order", "cancel", "--filter", "id:20001,20002", "--yes")
    assert ran.code == 0
    assert outcomes(ran.out) == {"20001": "done", "20002": "done"}
    assert run("--as", "ana", "order", "claim", "--filter", "id:20003,20004").code == 0
    assert "colour" in run("--as", "ana", "order", "claim", "--filter", "colour:red").err


def test_notes_on_many_orders_have_their_text_in_an_option_or_behind_a_filter(run: Run) -> None:
    ran = run("--as", "ana", "order", "note", "20001", "20002", "--text", "carrier on strike")
    assert ran.code == 0, ran.err
    ran = run("--as", "ana", "order", "note", "--filter", "id:20001,20003", "rings", "back")
    assert ran.code == 0, ran.err
    notes = [note["text"] for note in run("orders", "show", "20001", "--json").json["order"]["notes"]]
    assert notes == ["carrier on strike", "rings back"]
    assert run("--as", "ana", "order", "note", "20003", "20002", "shipped").code == 0  # one order, two words
    assert run("orders", "show", "20003", "--json").json["order"]["notes"][-1]["text"] == "20002 shipped"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("cancel",), "Name the orders"),
        (("cancel", "20001", "--filter", "id:20002"), "Name the orders"),
        (("cancel", "20001", "20002", "--line", "1"), "for one order only"),
        (("cancel", "20001", "20002", "--reason", "other"), "needs a note"),
        (("note", "20001", "20002", "--text", "4111 1111 1111 1111"), "card number"),
    ],
)
def test_what_cannot_be_taken_is_said_before_anything_is_done(
    run: Run, words: tuple[str, ...], says: str
) -> None:
    ran = run("--as", "ana", "order", *words)
    assert ran.code == 2
    assert says in ran.err
    assert ran.out == ""


def test_a_right_that_is_missing_and_read_only_refuse_the_whole(run: Run) -> None:
    assert run("--as", "olga", "order", "cancel", "20001", "20002").code == 1
    refused = run("--read-only", "--as", "ana", "order", "cancel", "20001", "20002")
    assert "read-only" in refused.err
    assert run("orders", "count", "status:cancelled").out.strip() == "1"


def test_what_is_worth_trying_again_has_a_code_of_its_own(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    real = desk_commit.commit
    faults = {
        "20001": DatabaseBusy("The database is busy."),
        "20002": StaleVersion("Olga changed it.", version=2),
        "20003": OutcomeNotKnown("The disk failed."),
    }

    def commit(desk, actor, verb_id, order_id, arguments, **rest):
        if order_id in faults:
            raise faults[order_id]
        return real(desk, actor, verb_id, order_id, arguments, **rest)

    monkeypatch.setattr(desk_commit, "commit", commit)
    ran = run("--as", "ana", "--json", "order", "cancel", *faults, "20004")
    assert ran.code == 3
    assert outcomes(ran.out) == {
        "20001": "try again", "20002": "try again", "20003": "try again", "20004": "done",
    }  # fmt: skip
    assert "It took no effect" in ran.out


def test_what_nobody_can_tell_is_unknown(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*_: object, **__: object) -> None:
        raise OutcomeNotKnown("The disk failed.")

    def deaf(*_: object) -> None:
        raise DatabaseBusy("The database is busy.")

    monkeypatch.setattr(desk_commit, "commit", lost)
    monkeypatch.setattr(desk_commit, "outcome_of", deaf)
    monkeypatch.setattr("oms_tui.cli.verbs.LOOK_UPS", 1)
    ran = run("--as", "ana", "--json", "order", "cancel", "20001", "20002")
    assert ran.code == 3
    assert outcomes(ran.out) == {"20001": "unknown", "20002": "unknown"}
    assert "look at its timeline" in ran.out


def test_ctrl_c_stops_after_the_order_in_hand(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    real = desk_commit.commit

    def commit(desk, actor, verb_id, order_id, arguments, **rest):
        if order_id == "20002":
            os.kill(os.getpid(), signal.SIGINT)
        return real(desk, actor, verb_id, order_id, arguments, **rest)

    monkeypatch.setattr(desk_commit, "commit", commit)
    ran = run("--as", "ana", "--json", "order", "cancel", "20001", "20002", "20003", "20004")
    assert ran.code == 130
    assert outcomes(ran.out) == {
        "20001": "done", "20002": "done", "20003": "not done", "20004": "not done",
    }  # fmt: skip
    assert run("orders", "count", "status:cancelled").out.strip() == "3"


def test_nothing_hostile_reaches_the_terminal(run: Run) -> None:
    ran = run("--as", "ana", "order", "cancel", "20003", "\x1b[2J20004")
    assert "\x1b" not in ran.out + ran.err

"""`oms-tui import settlement` and `oms-tui settlement …` as somebody types them."""

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from oms_tui.cli.entry import main
from oms_tui.desk import people
from oms_tui.desk.intake import Batch, take_in
from oms_tui.domain.people import LOCAL_ACTOR, Role
from oms_tui.domain.status import LineStatus, OperationKind
from tests.build import card, line, operation, order, shipment
from tests.desks import open_desk

LONG_AGO = datetime(2024, 5, 5, 12, tzinfo=UTC)
"""Before whatever the machine's clock says."""
ROWS = """reference;type;amount;currency;date;note
c1;capture;10.00;EUR;2024-05-05;x
c2\x1b]52;capture;10.00;EUR;2024-05-05;
=c3;capture;12.00;EUR;2024-05-05;
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A desk with order 10427, captured, two people, and a settlement file."""
    monkeypatch.setenv("OMS_TUI_STATE_DIR", str(tmp_path / "state"))
    taken = operation(2, OperationKind.CAPTURE, 1000, reference="c1", shipment="S-1", at=LONG_AGO)
    paid = order(
        line(1, LineStatus.SHIPPED, shipment="S-1"), payments=(card(1000, taken),), shipments=(shipment(),)
    )
    with open_desk(tmp_path) as desk:
        assert not take_in(desk, Batch(orders=(paid, replace(paid, id="10428"))), source="test").refused
        for name, role in (("ana", Role.CS), ("olga", Role.OP)):
            people.add(
                desk, LOCAL_ACTOR, name=name, display_name="", roles=(role,),
                password="correct horse battery",
            )  # fmt: skip
    (tmp_path / "day.csv").write_text(ROWS)
    return tmp_path


@pytest.fixture
def run(folder, capsys, monkeypatch):
    def typed(*arguments):
        monkeypatch.setattr(sys, "argv", ["oms-tui"])
        with pytest.raises(SystemExit) as ended:
            main(["--database", str(folder / "desk.db"), *arguments])
        told = capsys.readouterr()
        return ended.value.code or 0, told.out, told.err

    return typed


def test_from_the_file_to_the_last_difference(run, folder):
    importing = ("import", "settlement", str(folder / "day.csv"), "--rejects", str(folder))
    code, out, err = run(*importing, "--dry-run")
    assert (code, "dry run, nothing written" in err) == (1, True), "a row was rejected"
    assert run("settlement", "list")[2].startswith("No settlement file was taken in yet")
    code, out, err = run(*importing)
    assert code == 1
    assert "matched               1" in out
    assert "Columns that are not used: note." in err
    assert "oms-tui settlement show 1" in err
    assert "cannot be printed" in (folder / "day-rejects.csv").read_text()
    assert "nothing was changed" in run(*importing)[2]

    (listed,) = run("--json", "settlement", "list")[1].splitlines()
    assert json.loads(listed)["counts"]["missing_here"] == 1
    code, out, err = run("settlement", "show", "1")
    assert "=c3" in out
    assert "\x1b" not in out + err
    rows = [json.loads(text) for text in run("settlement", "show", "1", "--json", "--all")[1].splitlines()]
    assert [row["standing"] for row in rows] == ["missing_here", "missing_there", "matched"]
    number = str(rows[0]["number"])
    assert rows[0]["ways"][0]["verb"] == ""
    assert "No payment here has this reference" in run("settlement", "explain", number)[1]

    accept = ("settlement", "accept", number, "--note", "of another shop")
    assert run(*accept)[0] == 2
    code, out, err = run("--as", "ana", *accept)
    assert (code, "OP" in err) == (1, True)
    assert run("--as", "olga", "--read-only", *accept)[0] == 1
    code, out, err = run("--as", "olga", *accept)
    assert (code, "Accepted missing here: capture =c3" in err) == (0, True)
    assert run("--as", "olga", *accept)[0] == 1
    assert "accepted by olga: of another shop" in run("settlement", "explain", number)[1]


def test_what_is_not_there_is_said(run, folder):
    assert "no settlement file 9" in run("settlement", "show", "9")[2]
    assert "no settlement row 9" in run("settlement", "explain", "9")[2]
    (folder / "day.csv").write_text("reference,amount\n")
    code, _, err = run("import", "settlement", str(folder / "day.csv"), "--rejects", str(folder))
    assert (code, "no column type, currency, date" in err) == (2, True)

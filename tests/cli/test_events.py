"""`oms-tui ingest` and `oms-tui events` as somebody types them: figures, exit codes, one answer an event."""

import io
import json
import sys
from pathlib import Path

import pytest

from oms_tui.cli.shared import FAILED, OK, USAGE
from tests.cli.test_commands import Run, database, run

__all__ = ["database", "run"]

EVIL = "x\x9b31mred"


def line(kind: str, **rest: object) -> str:
    given = {"event": kind, "id": kind, "order": "10428", "at": "2026-01-22T09:41:00+01:00"}
    return json.dumps(given | rest)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "events.jsonl"
    path.write_text(
        "\n".join(
            (
                line("shipped", shipment="S-1", lines=[{"line": 2}]),
                line("confirmed", order="nowhere", shipment="S-1"),
                line("packed", shipment="S-1", lines=[{"line": 7}]),
                line("return_shipped", return_id="R1"),
                "nonsense",
            )
        )
    )
    return path


def test_a_file_comes_in_and_its_problems_are_worked_off(run: Run, file: Path, tmp_path: Path) -> None:
    first = run("ingest", str(file), "--rejects", str(tmp_path), "--json")
    assert first.code == FAILED
    assert {name: first.json[name] for name in ("lines", "taken", "waiting", "problems", "kept")} == {
        "lines": 5,
        "taken": 1,
        "waiting": 1,
        "problems": 1,
        "kept": 1,
    }
    assert first.json["bad_lines"] == 1
    assert "events.jsonl: 5 events, 100 % (" in first.err
    assert "nonsense" in (tmp_path / "events-rejects.csv").read_text()
    listed = run("events", "list", "--json")
    assert (listed.json["id"], listed.json["reason"]) == ("packed", "There is no line 7 in it.")
    assert "There is no order nowhere yet." in run("events", "list", "--state", "waiting").out
    assert run("events", "list", "--state", "kept", "--order", "another").out.count("\n") == 1
    shown = run("events", "show", "packed")
    assert "Allocated" in shown.out
    assert "replay, park" in shown.out
    refused = run("--as", "olga", "events", "replay", "packed", "unknown")
    assert refused.code == FAILED
    assert "packed  refused  Still not taken" in refused.out
    assert "unknown  refused  No event unknown" in refused.out
    parked = run("--as", "olga", "events", "park", "packed", "--note", "wrong shop", "--json")
    assert (parked.code, parked.json["outcome"]) == (OK, "done")
    assert run("--as", "ana", "events", "park", "confirmed", "--note", "x").code == FAILED
    assert run("events", "park", "confirmed", "--note", "x").code == USAGE
    assert run("--as", "olga", "events", "park", "confirmed").code == USAGE
    assert run("--as", "olga", "--read-only", "events", "replay", "packed").code == FAILED
    assert run("doctor").code == OK


def test_standard_input_is_read_too(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sent = io.TextIOWrapper(io.BytesIO(line("shipped", shipment="S-1", lines=[{"line": 2}]).encode()))
    monkeypatch.setattr(sys, "stdin", sent)
    done = run("ingest", "-", "--rejects", str(tmp_path))
    assert done.code == OK, done.err
    assert "stdin" in done.err
    assert "that changed their order  " in done.out


def test_without_a_file_nothing_is_done(run: Run, file: Path) -> None:
    assert run("ingest").code == USAGE
    assert run("--read-only", "ingest", str(file)).code == FAILED
    assert "ReturnInspected" in run("ingest", "--schema").json["$defs"]
    dry = run("ingest", str(file), "--dry-run")
    assert dry.code == FAILED
    assert "dry run, nothing written" in dry.err
    assert run("events", "list", "--state", "kept").out.count("\n") == 1


def test_what_comes_from_outside_steers_no_terminal(run: Run, tmp_path: Path) -> None:
    """Control characters are refused in codes; in words they are shown as signs (T1)."""
    path = tmp_path / "evil.jsonl"
    path.write_text(
        "\n".join(
            (
                line("confirmed", id=EVIL),
                line("cancel_requested", order="[/]", cause="a\u202eb\x1b]52;c;\x07"),
                line("disputed", id="two", order="no\u202ewhere", cause="=1+1"),
            )
        )
    )
    done = run("ingest", str(path), "--rejects", str(tmp_path))
    shown = [run("events", "list", "--state", "waiting").out]
    shown += [run("events", "show", name).out for name in ("cancel_requested", "two")]
    shown += [done.out, done.err, (tmp_path / "evil-rejects.csv").read_text()]
    for text in shown:
        assert not set(text) & {"\x1b", "\x07", "\x9b", "\u202e"}

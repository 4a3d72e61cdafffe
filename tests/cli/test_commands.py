"""The command line as somebody types it: data, talk, exit codes (style guide 8)."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from oms_tui.cli.entry import main
from oms_tui.cli.shared import Shared
from oms_tui.desk import people as kept
from oms_tui.desk.intake import Batch, take_in
from oms_tui.domain.people import LOCAL_ACTOR, Role
from oms_tui.domain.status import Cause, LineStatus
from oms_tui.exchange.sample import generate
from oms_tui.screens.actions import ACTIONS
from oms_tui.verbs import VERBS
from tests.build import NOON, line, order, shipment
from tests.desks import open_desk

Run = Callable[..., "Ran"]


class Ran:
    """What a command printed and said, and how it ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A desk with three orders and three people; the audit key where the program looks for it."""
    monkeypatch.setenv("OMS_TUI_STATE_DIR", str(tmp_path / "state"))
    with open_desk(tmp_path) as desk:
        orders = (
            order(line(1, quantity=3), line(2, minor=500), id="10427"),
            order(
                line(1),
                line(2, LineStatus.PACKED, shipment="S-1"),
                id="10428",
                shipments=(shipment(released_at=NOON, packed_at=NOON),),
            ),
            order(line(1, LineStatus.CANCELLED, cause=Cause.CANCEL), id="10429", payments=()),
        )
        assert not take_in(desk, Batch(orders=orders), source="test").refused
        for name, role in (("ana", Role.CS), ("olga", Role.OP), ("nina", Role.NM)):
            kept.add(
                desk,
                LOCAL_ACTOR,
                name=name,
                display_name=name.title(),
                roles={role},
                password="correct horse battery",
            )
    return tmp_path / "desk.db"


@pytest.fixture
def run(database: Path, capfd: pytest.CaptureFixture[str]) -> Run:
    def go(*arguments: str) -> Ran:
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(["--database", str(database), *arguments])
        captured = capfd.readouterr()
        return Ran(int(ended.value.code or 0), captured.out, captured.err)

    return go


def test_list_count_and_show(run: Run) -> None:
    assert run("orders", "count").out == "3\n"
    assert run("orders", "count", "status:cancelled").out == "1\n"
    listed = run("orders", "list", "status:allocated", "-status:cancelled")
    assert "10428" in listed.out
    assert "10429" not in listed.out
    rows = [json.loads(text) for text in run("orders", "list", "--json").out.splitlines()]
    assert {row["id"] for row in rows} == {"10427", "10428", "10429"}
    money = {"minor": 1500, "currency": "EUR", "amount": "15.00"}
    assert [(row["total"], row["placed_total"]) for row in rows if row["id"] == "10427"] == [(money, money)]
    shown = run("orders", "show", "10427")
    assert "Hans Müller" in shown.out
    assert shown.code == 0
    hidden = run("--as", "nina", "orders", "show", "10427").out
    assert "What was authorized and captured is for CS and OP." in hidden
    body = run("orders", "show", "10427", "--json").json
    assert body["derived"]["total"] == body["order"]["placed_total"] == money
    assert body["timeline"]


def test_an_empty_answer_says_so_on_standard_error(run: Run) -> None:
    nothing = run("orders", "list", "country:FR")
    assert "No orders match 'country:FR'" in nothing.err
    assert nothing.code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("orders", "list", "colour:red"), 2, "colour"),
        (("orders", "list", "status:shippd"), 2, "shipped"),
        (("orders", "show", "99999"), 1, "99999"),
        (("order", "cancel", "10427"), 2, "--as"),
        (("--as", "nobody", "order", "cancel", "10427"), 1, "nobody"),
        (("--as", "olga", "order", "cancel", "10427"), 1, "CS or NM"),
        (("--as", "ana", "order", "cancel", "10428"), 1, "packed in shipment S-1"),
        (("--as", "ana", "order", "cancel", "10427", "--line", "9"), 2, "no line 9"),
        (("--as", "ana", "order", "cancel", "10427", "--reason", "boredom"), 2, "customer request"),
        (("--as", "ana", "order", "note", "10427", "4111 1111 1111 1111"), 2, "card number"),
        (("--as", "ana", "--read-only", "order", "claim", "10427"), 1, "read-only"),
        (("ordres",), 2, "orders"),
        (("orders", "list", "--limit", "0"), 2, "limit"),
        (("people", "role", "ana", "boss"), 2, "boss"),
        (("import", "uci", "no-such-file.csv"), 2, "no-such-file"),
    ],
)
def test_what_is_refused_says_why(run: Run, arguments: tuple[str, ...], code: int, words: str) -> None:
    refused = run(*arguments)
    assert refused.code == code, refused.err
    assert words in refused.err
    assert refused.out == ""
    assert "Traceback" not in refused.err


def test_a_dry_run_prints_the_plan_and_changes_nothing(run: Run) -> None:
    planned = run("--as", "ana", "order", "cancel", "10427", "--line", "1:2", "--dry-run")
    assert planned.code == 0
    assert "nothing was changed" in planned.err
    assert "total" in planned.out
    body = run("--as", "ana", "order", "cancel", "10427", "--line", "1:2", "--dry-run", "--json").json
    assert body["commit_label"] == "cancel 2 of 3 of line 1"
    assert run("orders", "show", "10427", "--json").json["order"]["version"] == 1


def test_verbs_act_and_stand_in_the_timeline(run: Run) -> None:
    assert (
        "Cancelled 2 of 3 of line 1 of order 10427"
        in run("--as", "ana", "order", "cancel", "10427", "--line", "1:2").out
    )
    assert run("--as", "olga", "order", "note", "10427", "2", "calls", "--about", "line 2").code == 0
    assert run("--as", "ana", "order", "claim", "10427").code == 0
    status = run("--as", "olga", "order", "status", "10427")
    assert "Ihre Bestellung 10427" in status.out
    body = run("orders", "show", "10427", "--json").json
    assert [x["quantity"] for x in body["order"]["lines"]] == [1, 1, 2]
    assert body["order"]["notes"][0]["text"] == "2 calls"
    assert body["claim"]["person"] == "ana"
    actors = {(entry["actor"], entry["origin"]) for entry in body["timeline"]}
    assert ("ana", "command line") in actors
    assert run("--as", "ana", "order", "release", "10427").code == 0


def test_every_verb_is_a_command(run: Run) -> None:
    listed = run("order", "--help").out
    for verb in VERBS:
        assert f"  {verb.command} " in listed


def test_people(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def typed(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO(text))

    typed("staple purple giraffe\n")
    assert run("people", "add", "noor", "--role", "nm").code == 0
    names = [json.loads(text)["name"] for text in run("people", "list", "--json").out.splitlines()]
    assert names == ["ana", "nina", "noor", "olga"]
    typed("short\n")
    assert run("people", "password", "noor").code == 2
    assert run("people", "role", "noor", "cs", "nm").code == 0
    assert run("people", "disable", "noor").code == 0
    assert "no longer" not in run("--as", "noor", "order", "claim", "10427").out
    assert run("people", "disable", "noor", "--undo").code == 0
    assert run("--as", "noor", "order", "claim", "10427").code == 0


def test_doctor_backup_and_restore(run: Run, database: Path, tmp_path: Path) -> None:
    healthy = run("doctor")
    assert healthy.code == 0, healthy.out
    copy = tmp_path / "copy.db"
    assert run("db", "backup", str(copy)).code == 0
    assert copy.stat().st_mode & 0o077 == 0
    assert run("--as", "ana", "order", "cancel", "10427").code == 0
    assert run("db", "restore", str(copy), "--yes").code == 0
    assert run("orders", "show", "10427", "--json").json["order"]["version"] == 1
    assert run("db", "upgrade").code == 0


def test_keys_paths_and_completion(run: Run) -> None:
    keys = run("keys")
    assert all(action.id in keys.out for action in ACTIONS)
    assert "database" in run("paths", "--json").json
    assert "_OMS_TUI_COMPLETE" in run("completion", "bash").out


def program(*arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "oms_tui", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **more},
        timeout=120,
    )


def test_demo_without_a_terminal_prints_the_dashboard(tmp_path: Path) -> None:
    """As `make run` does where standard output is no terminal; a second run finds the data made."""
    first = program("demo", "--orders", "60")
    assert first.returncode == 0, first.stderr
    assert "Fraud review" in first.stdout
    assert "oms-tui demo in a terminal" in first.stderr
    worked = program("worker", "--demo", "--once")
    assert worked.returncode == 0
    assert not worked.stdout.startswith("0 orders")
    second = program("demo")
    assert second.returncode == 0, second.stderr
    assert "Making sample data" not in second.stderr


def test_the_theme_may_stand_before_or_after_demo(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    themes: list[str] = []

    def open_console(shared: Shared, **rest: object) -> int:
        themes.append(shared.settings().ui.theme)
        return 0

    monkeypatch.setattr("oms_tui.cli.console.open_console", open_console)
    place = ("--database", str(tmp_path / "sample.db"))
    for words in (("demo", "--orders", "60"), ("--theme", "light", "demo"), ("demo", "--theme", "light")):
        done = run(*place, *words)
        assert done.code == 0, done.err
    assert themes == ["dark", "light", "light"]


def test_demo_never_replaces_real_orders(database: Path) -> None:
    refused = program("--database", str(database), "demo", "--orders", "60")
    assert refused.returncode == 1
    assert "left as it is" in refused.stderr


def test_a_setting_that_cannot_be_is_named(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[ui]\ntheem = "dark"\n', encoding="utf-8")
    refused = program("--config", str(config), "orders", "count")
    assert refused.returncode == 2
    assert "theme" in refused.stderr


def test_hostile_text_reaches_the_terminal_as_signs(run: Run, tmp_path: Path) -> None:
    evil = "\x1b]52;c;ZXZpbA==\x07\x9b31m[red]Zoe[/]\u202e"
    with open_desk(tmp_path) as desk:
        value = order(line(1, name=evil), id="66")
        take_in(desk, Batch(orders=(value,)), source="test")
    for arguments in (("orders", "show", "66"), ("--as", "ana", "order", "cancel", "66", "--dry-run")):
        out = run(*arguments).out
        assert "[red]Zoe[/]" in out
        assert not set(out) & {"\x1b", "\x07", "\x9b", "\u202e"}
    printed = run("orders", "show", "66", "--json")
    assert printed.out.isascii()
    assert printed.json["order"]["lines"][0]["name"] == evil


def test_a_mistyped_name_makes_no_database(tmp_path: Path) -> None:
    missing = tmp_path / "typo.db"
    for arguments in (("orders", "count"), ("people", "list"), ("--as", "ana", "order", "claim", "1")):
        refused = program("--database", str(missing), *arguments)
        assert refused.returncode == 1, refused.stderr
        assert "typo.db" in refused.stderr
    file = tmp_path / "uci.csv"
    file.write_text(
        "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country\n"
        "500001,22423,THING,1,2010-01-04 10:00:00,2.00,12345,EIRE\n",
        encoding="utf-8",
    )
    tried = program("--database", str(missing), "import", "uci", str(file), "--dry-run", "--json")
    assert tried.returncode == 0, tried.stderr
    assert json.loads(tried.stdout)["orders"] == 1
    assert not missing.exists()


_HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"


def _uci(folder: Path, *dates: str) -> Path:
    """A file with one good row for each date, and one that cannot be taken in."""
    rows = [f"{536365 + number},22423,THING,1,{when},2.00,12345,EIRE" for number, when in enumerate(dates)]
    file = folder / "uci.csv"
    file.write_text("\n".join([_HEADER, *rows, "X1,22423,THING,1,,2.00,,EIRE", ""]), encoding="utf-8")
    return file


def test_rejects_go_to_the_documents_folder_and_their_place_is_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("OMS_TUI_DOCUMENTS_DIR", str(tmp_path / "papers"))
    file = _uci(tmp_path, "12/1/2010 8:26", "12/31/2010 8:26")
    report = run("import", "uci", str(file), "--json")
    assert report.code == 1
    expected = tmp_path / "papers" / "uci-rejects.csv"
    assert report.json["reject_file"] == str(expected)
    assert "X1,22423" in expected.read_text("utf-8")
    assert expected.stat().st_mode & 0o077 == 0
    assert list((tmp_path / "here").iterdir()) == []
    chosen = run("import", "uci", str(file), "--rejects", "mine")
    assert str(tmp_path / "here" / "mine" / "uci-rejects.csv") in chosen.err


def test_the_language_of_an_import_is_not_known(run: Run, tmp_path: Path) -> None:
    imported = run("import", "uci", str(_uci(tmp_path, "2010-12-01 08:26:00")), "--rejects", str(tmp_path))
    assert imported.code == 1, imported.err
    order = run("orders", "show", "536365", "--json").json["order"]
    assert (order["language"], order["channel"]["language"]) == ("", "")
    answer = run("--as", "ana", "order", "status", "536365")
    assert answer.code == 0, answer.err


def test_dates_that_nobody_can_read_are_refused_before_anything_is_written(run: Run, tmp_path: Path) -> None:
    file = _uci(tmp_path, "12/1/2010 8:26")
    refused = run("import", "uci", str(file), "--rejects", str(tmp_path))
    assert refused.code == 1
    assert "--dates month-first" in refused.err
    assert run("orders", "show", "536365").code == 1
    assert run("import", "uci", str(file), "--rejects", str(tmp_path), "--dates", "first").code == 2
    taken = run("import", "uci", str(file), "--rejects", str(tmp_path), "--dates", "day-first")
    assert taken.code == 1, taken.err
    assert "2010-01-12" in run("orders", "show", "536365", "--json").out


def test_stock_of_which_a_row_is_rejected_exits_1_and_says_no_more_than_that(
    run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "count.csv"
    counting = ("import", "stock", str(file), "--rejects", str(tmp_path))
    file.write_text("location,sku,on_hand\nBER-1,A-1,4\nBER-1,A-2,many\n")
    assert run(*counting).code == 1
    assert run(*counting, "--json", "--dry-run").code == 1
    file.write_text("location,sku,on_hand\nBER-1,A-1,4\n")
    assert run(*counting).code == 0


def test_a_place_where_no_rejects_can_be_written_stops_the_import_first(run: Run, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, no folder")
    file = _uci(tmp_path, "2010-12-01 08:26:00")
    refused = run("import", "uci", str(file), "--rejects", str(tmp_path / "taken" / "below"))
    assert refused.code == 1
    assert "taken" in refused.err
    assert run("orders", "show", "536365").code == 1


def test_bytes_that_are_no_text_are_refused(database: Path) -> None:
    refused = subprocess.run(
        [sys.executable, "-m", "oms_tui", "--database", str(database), "orders", "show", b"\xff"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert refused.returncode == 2
    assert "not text" in refused.stderr


def test_a_fault_of_the_program_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_: object, **__: object) -> None:
        raise RuntimeError("Hans Müller, 4111 1111 1111 1111")

    monkeypatch.setattr("oms_tui.desk.ask.count", break_down)
    broken = run("orders", "count")
    assert broken.code == 1
    assert len(broken.err.strip().splitlines()) == 1
    assert "Traceback" not in broken.err
    assert "Müller" not in broken.err


def test_sample_orders_are_all_shown(run: Run, tmp_path: Path) -> None:
    """Every state of the sample data can be printed."""
    folder = tmp_path / "sample"
    with open_desk(folder, state_folder=tmp_path / "state") as desk:
        for made in generate(60, now=NOON):
            batch = Batch(orders=made.orders, returns=made.returns, credit_notes=made.credit_notes)
            assert take_in(desk, batch, source="sample").refused == ()
    for number in range(10_001, 10_061):
        shown = run("--database", str(folder / "desk.db"), "orders", "show", str(number))
        assert shown.code == 0, shown.err


def test_sample_data_that_is_there_is_recognised_without_the_store_s_libraries(tmp_path: Path) -> None:
    """What `oms-tui demo` loads before its first frame (architecture 2)."""
    environment = {**os.environ, "OMS_TUI_STATE_DIR": str(tmp_path / "state")}
    code = (
        "import sys; from oms_tui.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "finally: print(sorted({'sqlalchemy', 'sqlmodel', 'pydantic'} & set(sys.modules)))"
    )
    demo = ("--database", str(tmp_path / "sample.db"), "demo", "--no-console")
    made = subprocess.run(
        [sys.executable, "-m", "oms_tui", *demo, "--orders", "60"], env=environment, capture_output=True
    )
    assert made.returncode == 0, made.stderr
    again = subprocess.run(
        [sys.executable, "-c", code, *demo], env=environment, capture_output=True, text=True
    )
    assert (again.returncode, again.stdout) == (0, "[]\n"), again.stderr

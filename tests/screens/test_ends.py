"""How the console starts and ends: first frame, faults, signals, a terminal left as it was found."""

import json
import re
import signal
import stat
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest
from textual.worker import WorkerFailed

from oms_tui import paths
from oms_tui.screens import crash
from tests.screens.consoles import run
from tests.screens.terminals import Terminal, console_script

NAME, EMAIL, PHONE = "Jana Novákova", "jana@n.example", "+420 604 118 223"


def _fault():
    customer = NAME
    try:
        raise KeyError(f"no such customer: '{customer}', {EMAIL}, {PHONE}")
    except KeyError as error:
        raise ValueError(f"order of {len(customer)} letters") from error


def _raised(function):
    try:
        function()
    except Exception as error:
        return error
    raise AssertionError("it did not raise")


def test_a_report_names_the_fault_and_nobody():
    text = crash.report(_raised(_fault), datetime(2026, 11, 22, 12, 0, tzinfo=UTC))
    assert "builtins.KeyError" in text
    assert "builtins.ValueError" in text
    assert text.index("KeyError") < text.index("ValueError"), "causes come first"
    assert "test_ends.py" in text
    assert "in _fault" in text
    messages = [line for line in text.splitlines() if line.startswith("builtins.")]
    assert len(messages) == 2
    assert "no such customer" in messages[0], "words of the program's own text stay"
    for private in ("Jana", "Nov", "604", "223", "13"):
        assert private not in " ".join(messages), private
    assert "customer =" not in text, "no values of variables"
    assert not re.search(r"/(home|root)/", text)


def test_a_workers_fault_is_reported_with_its_own_place():
    text = crash.report(WorkerFailed(_raised(_fault)), datetime(2026, 11, 22, tzinfo=UTC))
    assert "KeyError" in text
    assert "in _fault" in text


def test_a_fault_whose_message_cannot_be_read_is_reported_all_the_same():
    class OddError(Exception):
        def __str__(self):
            raise RuntimeError

    assert "its message cannot be read: RuntimeError" in crash.report(OddError(), datetime.now(UTC))


def test_a_report_is_for_its_owner_only(tmp_path):
    place = crash.write_report(_raised(_fault), datetime.now(UTC), tmp_path / "log")
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700


def test_a_report_that_cannot_be_written_is_told(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("OMS_TUI_LOG_DIR", str(tmp_path / "file" / "log"))
    words = crash.last_words(_raised(_fault), datetime.now(UTC))
    assert "no report could be written" in words
    assert "\n" not in words


async def test_a_fault_in_a_handler_ends_the_console_with_one_line(sample):
    app = sample.app()

    async def work_until_it_breaks():
        async with run(app) as console:
            await console.pick(1)
            app.screen.call_later(lambda: 1 // 0)
            await console.until(lambda: app._exception)
            await console.pilot.pause()

    with pytest.raises(ZeroDivisionError):
        await work_until_it_breaks()
    assert app.return_code == 1
    reports = list(paths.log_dir().glob("crash-*.txt"))
    assert len(reports) == 1
    assert app.last_words.endswith(str(reports[0]))
    assert "\n" not in app.last_words
    assert "ZeroDivisionError" in reports[0].read_text()


@pytest.fixture
def terminal():
    opened = []

    def start(*arguments, **options):
        opened.append(Terminal(*arguments, **options))
        return opened[-1]

    yield start
    for one in opened:
        one.close()


def test_a_fault_leaves_one_line_a_report_and_the_terminal_as_it_was(sample, terminal):
    patch = (
        "\n    async def queues(self, customer='Jana Novákova'):"
        "\n        raise ValueError('no queue for ' + customer)"
        "\n    LocalBackend.queues = queues"
    )
    program = terminal("-c", console_script(sample.url, sample.state, patch))
    program.see("pick who to be")
    program.send("1")
    assert program.end() == 1
    assert program.is_restored
    after = program.written.rpartition(b"\x1b[?1049l")[2].decode()
    words = re.sub(r"\x1b\[[^a-zA-Z]*[a-zA-Z]", "", after).strip()
    assert words.startswith("oms-tui stopped because of a fault of its own; the report: ")
    assert len(words.splitlines()) == 1
    assert "Traceback" not in after
    assert "Jana" not in after
    report = list(paths.log_dir().glob("crash-*.txt"))
    assert [str(path) for path in report] == [words.rpartition("report: ")[2]]
    text = report[0].read_text()
    assert "builtins.ValueError: no … for …" in text, "only words that are Python's or ours"
    assert "Jana" not in text
    assert "Novákova" not in text
    assert stat.S_IMODE(report[0].stat().st_mode) == 0o600


def test_quitting_leaves_the_terminal_as_it_was(sample, terminal):
    program = terminal("-c", console_script(sample.url, sample.state))
    program.see("pick who to be")
    program.send("1")
    program.see("Order feed")
    program.send("\x11")  # ctrl+q
    assert program.end() == 0
    assert program.is_restored


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("moment", ["opening", "working"])
def test_a_signal_ends_it_at_once_and_cleanly(sample, terminal, number, moment):
    program = terminal("-c", console_script(sample.url, sample.state))
    program.see("Password" if moment == "opening" else "pick who to be")
    if moment == "working":
        program.send("1")
        program.see("Order feed")
    asked = time.monotonic()
    program.signal(number)
    assert program.end() == 128 + number
    assert time.monotonic() - asked < 30  # it is a benchmark that says how soon
    assert program.is_restored


def test_a_desk_that_hangs_does_not_keep_the_program(sample, terminal):
    """Asked to end, it ends, even if the database thread is stuck."""
    patch = (
        "\n    import time"
        "\n    from oms_tui.backend.desk_calls import DeskCalls"
        "\n    DeskCalls.queues = lambda self: time.sleep(3600)"
    )
    program = terminal("-c", console_script(sample.url, sample.state, patch))
    program.see("pick who to be")
    program.send("1")
    program.see("Fraud review")
    program.signal(signal.SIGTERM)
    assert program.end() == 128 + signal.SIGTERM
    assert program.is_restored


def test_a_terminal_that_goes_away_ends_it(sample, terminal):
    program = terminal("-c", console_script(sample.url, sample.state))
    program.see("pick who to be")
    program.hang_up()
    program.end()


HEAVY = ("sqlmodel", "sqlalchemy", "pydantic", "httpx", "alembic", "argon2")
WATCH = """
import json, os, sys
from textual.drivers.linux_driver import LinuxDriver
def watched(self, data):
    if "Password" in data:
        with open({found!r}, "w") as file:
            json.dump(sorted(sys.modules), file)
        os._exit(0)
LinuxDriver.write = watched
"""


def test_the_first_frame_is_painted_before_anything_heavy_is_loaded(sample, terminal, tmp_path):
    found = tmp_path / "modules"
    script = WATCH.format(found=str(found)) + console_script(sample.url, sample.state)
    terminal("-c", script).end()
    loaded = set(json.loads(found.read_text()))
    assert "textual.app" in loaded
    assert not {name for name in loaded if name.partition(".")[0] in HEAVY}
    ours = ("oms_tui.store", "oms_tui.desk", "oms_tui.verbs", "oms_tui.domain")
    assert not {name for name in loaded if name.startswith(ours)}


async def test_memory_is_settled_only_where_it_was_unsettled(sample):
    import gc

    async with run(sample.app()) as console:
        await console.see("pick who to be")
        assert gc.isenabled()


def test_importing_the_program_changes_nothing(tmp_path):
    code = "import gc, signal; before = signal.getsignal(signal.SIGTERM); import oms_tui.app\n"
    code += "assert gc.isenabled() and signal.getsignal(signal.SIGTERM) == before"
    subprocess.run([sys.executable, "-c", code], check=True)

"""The log: private, rotating, one line a record, nobody's data, never on the terminal (A6, F7, K1)."""

import json
import logging
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oms_tui import paths
from oms_tui.cli import logs
from oms_tui.cli.entry import main
from oms_tui.screens import crash

OURS = logging.getLogger("oms_tui.tests")
THEIRS = logging.getLogger("sqlalchemy.engine")
SECRET = "Hans Müller 4111 1111 1111 1111"


@pytest.fixture(autouse=True)
def _levels() -> Iterator[None]:
    """Logging is the whole process's: given back as it was."""
    root, ours = logging.getLogger(), logging.getLogger("oms_tui")
    before = root.level, ours.level
    yield
    for handler in root.handlers[:]:
        if isinstance(handler, logs.LogFile):
            root.removeHandler(handler)
            handler.close()
    root.setLevel(before[0])
    ours.setLevel(before[1])


def written() -> list[str]:
    place = paths.log_file()
    return place.read_text("utf-8").splitlines() if place.exists() else []


def test_nothing_is_made_before_there_is_something_to_say() -> None:
    logs.start()
    OURS.debug("not at this level")
    assert not paths.log_dir().exists()
    OURS.info("Copied %d rows to %s", 12, Path("/srv/orders.db"))
    (line,) = written()
    assert line.endswith(f"{os.getpid()} INFO oms_tui.tests: Copied 12 rows to /srv/orders.db")
    assert line[:4].isdigit()
    assert line.split()[0].endswith("Z")
    assert stat.S_IMODE(paths.log_file().stat().st_mode) == 0o600
    assert stat.S_IMODE(paths.log_dir().stat().st_mode) == 0o700


def test_no_values_but_numbers_places_and_kinds_get_in() -> None:
    logs.start("debug")
    OURS.warning("The order of %s failed: %s", SECRET, ValueError(SECRET))
    OURS.warning("The order of %(name)s failed", {"name": SECRET})
    OURS.warning("%s: %s", ValueError, OSError(28, "No space left on device", f"/home/{SECRET}"))
    THEIRS.warning("INSERT INTO person VALUES (%s)", SECRET)
    THEIRS.info("below what libraries may say")
    try:
        raise RuntimeError(SECRET)
    except RuntimeError:
        OURS.exception("The desk broke off")
    lines = written()
    assert len(lines) == 5
    text = "\n".join(lines)
    assert not any(word in text for word in ("Hans", "Müller", "4111", "1111"))
    assert "ValueError: No space left on device" in lines[2]
    assert "The desk broke off [RuntimeError in test_logs.py:" in lines[4]


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.characters(), max_size=200) | st.sampled_from(["a\nb", "\x1b[2J", "a\r\x00b\u2028c\x9b31m"])
)
def test_no_text_makes_a_second_record_or_steers_a_terminal(text: str) -> None:
    logs.start()
    before = len(written())
    for logger in (OURS, THEIRS):
        logger.warning("%s", text)
    logger.warning(text.replace("%", ""))
    OURS.warning("In a place: %s", Path(f"/srv/{text}".replace("\0", "")))
    lines = paths.log_file().read_text("utf-8").split("\n")[:-1]
    assert len(lines) == before + 4
    assert not any(
        ord(char) < 32 or 127 <= ord(char) < 160 or char in "\u2028\u2029\u202e" for x in lines for char in x
    )


def test_it_is_rotated_and_old_files_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MOST_BYTES", 2_000)
    logs.start()
    for number in range(200):
        OURS.info("record %d", number)
    files = sorted(paths.log_dir().iterdir())
    assert [file.name for file in files] == ["oms-tui.log", *(f"oms-tui.log.{n}" for n in (1, 2, 3))]
    assert all(file.stat().st_size <= 2_000 and stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)
    assert written()[-1].endswith("record 199")


def test_a_log_that_cannot_be_written_stops_nothing_and_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("OMS_TUI_LOG_DIR", str(tmp_path / "file" / "log"))
    logs.start()
    OURS.error("lost")
    monkeypatch.setenv("OMS_TUI_LOG_DIR", str(tmp_path / "log"))
    OURS.error("kept")
    assert [line.rpartition(": ")[2] for line in written()] == ["kept"]
    assert capfd.readouterr() == ("", "")


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    paths.make_private_dir(paths.log_dir())
    (tmp_path / "victim").write_text("whole")
    paths.log_file().symlink_to(tmp_path / "victim")
    logs.start()
    OURS.error("lost")
    assert (tmp_path / "victim").read_text() == "whole"


def test_a_crash_report_stands_in_the_log() -> None:
    from datetime import UTC, datetime

    logs.start()
    words = crash.last_words(ZeroDivisionError(SECRET), datetime(2026, 11, 22, tzinfo=UTC))
    (line,) = written()
    assert "ERROR oms_tui.screens.crash: Stopped because of a fault (ZeroDivisionError)" in line
    assert line.endswith(words.rpartition(" ")[2])


def test_commands_log_at_the_level_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def tell(level: str) -> list[str]:
        monkeypatch.setenv("OMS_TUI_LOGGING_LEVEL", level)
        monkeypatch.setenv("OMS_TUI_LOG_DIR", str(tmp_path / level))
        with pytest.raises(SystemExit) as ended:
            main(["--database", str(tmp_path / "none.db"), "orders", "count"])
        assert ended.value.code == 1
        assert len(capsys.readouterr().err.splitlines()) == 1
        return written()

    assert "WARNING oms_tui.cli.entry: A command ended with exit code 1: NoDatabase" in tell("warning")[-1]
    assert not [line for line in tell("error") if "exit code" in line]
    monkeypatch.setenv("OMS_TUI_LOGGING_LEVEL", "loud")
    with pytest.raises(SystemExit) as refused:
        main(["orders", "count"])
    assert refused.value.code == 2
    assert "OMS_TUI_LOGGING_LEVEL" in capsys.readouterr().err


def test_help_and_version_bring_no_logging_to_files(tmp_path: Path) -> None:
    code = (
        "import sys, json\nfrom oms_tui.cli import main\n"
        "try: main(['--version'])\nexcept SystemExit: pass\n"
        "print(json.dumps(sorted({'logging.handlers', 'oms_tui.cli.logs'} & set(sys.modules))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert json.loads(done.stdout.splitlines()[-1]) == []

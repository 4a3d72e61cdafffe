"""Settings that name what is not here are told, once there is something to compare them with."""

import subprocess
import sys
from contextlib import closing

from oms_tui.backend.local import LocalBackend
from oms_tui.config import ChannelFraudSettings, FlowSettings, FraudSettings, MailSettings, Settings
from oms_tui.desk.desk import Desk
from oms_tui.desk.unknown_names import unknown_names
from tests.build import WEB_DE, line, order
from tests.desk.conftest import take_in
from tests.support import ROOT

WRONG = WEB_DE.code + "s"
SETTINGS = Settings(
    flow=FlowSettings(remorse_minutes={WRONG: 5, WEB_DE.code: 6}),
    fraud=FraudSettings(channels={"elsewhere-99": ChannelFraudSettings()}),
    mail=MailSettings(locations={"BER1": "a@example.com", "BER-1": "b@example.com"}),
)


def test_names_that_are_not_here_are_told_with_the_nearest(tmp_path):
    desk = Desk.open(str(tmp_path / "desk.db"), settings=SETTINGS, state_folder=tmp_path / "state")
    with closing(desk):
        assert unknown_names(desk) == ()  # nothing came in yet
        take_in(desk, order(line(1)))
        near = f"Did you mean {WEB_DE.code}?"
        assert unknown_names(desk) == (
            f"Settings: flow.remorse_minutes: there is no channel {WRONG!r} here. {near}",
            "Settings: fraud.channels: there is no channel 'elsewhere-99' here.",
            "Settings: mail.locations: there is no location 'BER1' here. Did you mean BER-1?",
        )


async def test_a_console_logs_them_once_when_it_starts(tmp_path, caplog):
    with closing(Desk.open(str(tmp_path / "desk.db"), settings=Settings(), state_folder=tmp_path)) as desk:
        take_in(desk, order(line(1)))
    backend = LocalBackend(str(tmp_path / "desk.db"), SETTINGS, state_folder=tmp_path)
    await backend.open()
    await backend.open()
    await backend.close()
    told = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert len(told) == 3
    assert told[1] == "Settings: fraud.channels: there is no channel 'elsewhere-99' here."


def test_a_worker_says_them_once(tmp_path, monkeypatch):
    monkeypatch.setenv("OMS_TUI_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("OMS_TUI_FLOW_REMORSE_MINUTES", f"{WRONG}=5")
    monkeypatch.setenv("OMS_TUI_CONFIG", str(tmp_path / "config.toml"))
    (tmp_path / "config.toml").touch()
    with closing(Desk.open(str(tmp_path / "desk.db"), settings=Settings())) as desk:
        take_in(desk, order(line(1)))
    command = [sys.executable, "-m", "oms_tui", "--database", str(tmp_path / "desk.db"), "worker", "--once"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60, check=True)
    assert done.stderr.count(f"Warning: Settings: flow.remorse_minutes: there is no channel {WRONG!r}") == 1

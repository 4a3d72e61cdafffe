"""Places are the platform's own or named; files are private and whole."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from oms_tui import config, paths


def mode_of(path: Path) -> int:
    """The access rights of a file or folder."""
    return stat.S_IMODE(path.stat().st_mode)


def test_places_lie_in_the_users_own_folders(user_folders: Path) -> None:
    assert paths.config_file() == user_folders / "config" / "oms-tui" / "config.toml"
    assert paths.default_database() == user_folders / "data" / "oms-tui" / "orders.db"
    assert paths.sample_database() == user_folders / "data" / "oms-tui" / "sample.db"
    assert paths.state_dir() == user_folders / "state" / "oms-tui"
    assert paths.log_file() == user_folders / "state" / "oms-tui" / "log" / "oms-tui.log"
    assert paths.documents_dir() == user_folders / "home" / "Documents" / "oms-tui"
    assert all(place.is_absolute() for place in paths.places().values())
    assert not any(place.exists() for place in paths.places().values())


def test_the_environment_names_other_places(monkeypatch: pytest.MonkeyPatch, user_folders: Path) -> None:
    environ = {
        "OMS_TUI_CONFIG": "~/mine.toml",
        "OMS_TUI_DATA_DIR": "/srv/orders",
        "OMS_TUI_STATE_DIR": "here/state",
        "OMS_TUI_DOCUMENTS_DIR": "/srv/papers",
    }
    assert paths.places(environ) == {
        "config": user_folders / "home" / "mine.toml",
        "database": Path("/srv/orders/orders.db"),
        "sample database": Path("/srv/orders/sample.db"),
        "state": Path.cwd() / "here/state",
        "log": Path.cwd() / "here/state/log/oms-tui.log",
        "documents": Path("/srv/papers"),
    }
    assert paths.log_dir({**environ, "OMS_TUI_LOG_DIR": "/var/log/oms"}) == Path("/var/log/oms")
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert paths.places() == paths.places(environ)
    assert paths.data_dir({"OMS_TUI_DATA_DIR": ""}) == user_folders / "data" / "oms-tui"


def test_settings_are_read_where_the_paths_say() -> None:
    file = paths.config_file()
    paths.write_atomically(file, b'[ui]\ntheme = "light"\n')
    assert config.load().ui.theme == "light"


def test_named_places_need_no_library() -> None:
    code = (
        "import sys, oms_tui.paths as p; p.data_dir({'OMS_TUI_DATA_DIR': '/x'})\n"
        "print('platformdirs' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_folders_are_made_for_their_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        made = paths.make_private_dir(tmp_path / "one" / "two")
    finally:
        os.umask(before)
    assert made == tmp_path / "one" / "two"
    assert [mode_of(made), mode_of(made.parent)] == [0o700, 0o700]


def test_a_folder_that_is_there_keeps_its_rights(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o750)
    assert paths.make_private_dir(shared) == shared
    assert mode_of(shared) == 0o750
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        paths.make_private_dir(tmp_path / "file")


def test_a_file_is_written_whole_and_private(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "file"
    before = os.umask(0)
    try:
        paths.write_atomically(target, b"first")
        paths.write_atomically(target, b"second")
    finally:
        os.umask(before)
    assert target.read_bytes() == b"second"
    assert mode_of(target) == 0o600
    assert [each.name for each in target.parent.iterdir()] == ["file"]


def test_what_was_there_stays_when_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "file"
    paths.write_atomically(target, b"old")

    def no_space(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(OSError, match="No space"):
        paths.write_atomically(target, b"new" * 1000)
    assert target.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_a_link_is_replaced_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"keep")
    link = tmp_path / "link"
    link.symlink_to(victim)
    paths.write_atomically(link, b"new")
    assert victim.read_bytes() == b"keep"
    assert not link.is_symlink()
    assert link.read_bytes() == b"new"


def test_a_reader_sees_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    """Read while a child writes without end, and after it was killed: always one content, whole."""
    target = tmp_path / "file"
    contents = [b"a" * 300_000, b"b" * 300_000]
    paths.write_atomically(target, contents[0])
    code = (
        "import sys; from pathlib import Path; from oms_tui.paths import write_atomically as w\n"
        "p = Path(sys.argv[1]); print('go', flush=True)\n"
        "while True: w(p, b'b' * 300_000); w(p, b'a' * 300_000)"
    )
    for _ in range(5):
        with subprocess.Popen([sys.executable, "-c", code, str(target)], stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            child.stdout.readline()
            for _ in range(40):
                assert target.read_bytes() in contents
            child.kill()
        assert target.read_bytes() in contents

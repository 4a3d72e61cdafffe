"""Where the program keeps its files, and how it writes them: folders 0700, files 0600, whole or not at all.

Each place is the platform's own (XDG folders on Linux) unless an environment variable names another:
``OMS_TUI_CONFIG`` (the file), ``OMS_TUI_DATA_DIR``, ``OMS_TUI_STATE_DIR``, ``OMS_TUI_LOG_DIR``,
``OMS_TUI_DOCUMENTS_DIR``. Asking for a place never makes it.
"""

import contextlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

APP: Final = "oms-tui"
"""Name of the program's folders."""
FOLDER_MODE: Final = 0o700
FILE_MODE: Final = 0o600

_DATABASE: Final = "orders.db"
_SAMPLE_DATABASE: Final = "sample.db"
_CONFIG: Final = "config.toml"
_LOG: Final = "oms-tui.log"


def _named(variable: str, environ: Mapping[str, str] | None) -> Path | None:
    """Return the place an environment variable names, absolute, or None."""
    value = (os.environ if environ is None else environ).get(variable)
    return Path(value).expanduser().absolute() if value else None


def config_file(environ: Mapping[str, str] | None = None) -> Path:
    """Return the file that settings are read from."""
    if named := _named("OMS_TUI_CONFIG", environ):
        return named
    import platformdirs  # late: not needed by a command that names its places

    return platformdirs.user_config_path(APP) / _CONFIG


def data_dir(environ: Mapping[str, str] | None = None) -> Path:
    """Return the folder of databases."""
    if named := _named("OMS_TUI_DATA_DIR", environ):
        return named
    import platformdirs

    return platformdirs.user_data_path(APP)


def state_dir(environ: Mapping[str, str] | None = None) -> Path:
    """Return the folder of what the program remembers: the audit key, journals, chosen columns."""
    if named := _named("OMS_TUI_STATE_DIR", environ):
        return named
    import platformdirs

    return platformdirs.user_state_path(APP)


def log_dir(environ: Mapping[str, str] | None = None) -> Path:
    """Return the folder of logs and crash reports: ``log`` in the state folder, unless named."""
    return _named("OMS_TUI_LOG_DIR", environ) or state_dir(environ) / "log"


def log_file(environ: Mapping[str, str] | None = None) -> Path:
    """Return the log."""
    return log_dir(environ) / _LOG


def documents_dir(environ: Mapping[str, str] | None = None) -> Path:
    """Return the folder for papers and exports that a person asked for."""
    if named := _named("OMS_TUI_DOCUMENTS_DIR", environ):
        return named
    import platformdirs

    return platformdirs.user_documents_path() / APP


def default_database(environ: Mapping[str, str] | None = None) -> Path:
    """Return the SQLite file of the user's own orders."""
    return data_dir(environ) / _DATABASE


def sample_database(environ: Mapping[str, str] | None = None) -> Path:
    """Return the SQLite file of the sample data, apart from real orders."""
    return data_dir(environ) / _SAMPLE_DATABASE


def places(environ: Mapping[str, str] | None = None) -> dict[str, Path]:
    """Return every place by name, for ``oms-tui paths``."""
    return {
        "config": config_file(environ),
        "database": default_database(environ),
        "sample database": sample_database(environ),
        "state": state_dir(environ),
        "log": log_file(environ),
        "documents": documents_dir(environ),
    }


def make_private_dir(folder: Path) -> Path:
    """Make a folder that only its owner may enter, and its missing parents; return it.

    A folder that is there already is left as it is: whoever set it up chose its rights.

    Raises:
        OSError: If it cannot be made, or something else is there.
    """
    missing = []
    at = folder
    while not at.exists():
        missing.append(at)
        at = at.parent
    for each in reversed(missing):
        each.mkdir(mode=FOLDER_MODE, exist_ok=True)
    if not folder.is_dir():
        raise NotADirectoryError(f"Not a folder: {folder}")
    return folder


def write_atomically(path: Path, content: bytes, mode: int = FILE_MODE) -> None:
    """Write a file so that a reader, or a crash, sees the old content or the new one, never a part.

    It is synced before it takes its name, and the folder after it. A link in its place is replaced, not
    followed.

    Raises:
        OSError: If it could not be written; whatever was there still is.
    """
    make_private_dir(path.parent)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    try:
        with os.fdopen(os.open(unfinished, flags, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            unfinished.unlink()
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder last; on systems that cannot open a folder there is nothing to do."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

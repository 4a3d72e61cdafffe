"""Secrets in files: made once, readable by their owner alone (invariant K1)."""

import os
import secrets
from pathlib import Path

from oms_tui.paths import make_private_dir, write_atomically


def create(path: Path, content: bytes) -> bool:
    """Write a new file of mode 0600, whole and on the disk; False, and nothing done, where it is there.

    Raises:
        OSError: The folder cannot be written to.
    """
    make_private_dir(path.parent)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    write_atomically(draft, content)
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def is_private(path: Path) -> bool:
    """Whether it is a plain file of ours, no link, that nobody else may read or write."""
    found = path.lstat()
    is_plain = path.is_file() and not path.is_symlink()
    return is_plain and found.st_uid == os.getuid() and not found.st_mode & 0o077


class SecretUnreadable(Exception):  # noqa: N818 - says what is the matter
    """A secret that cannot be used; the message says why, and never what is in it."""


def read_secret(name: str) -> str:
    """The one line of a file of ours that nobody else may read.

    Raises:
        SecretUnreadable: There is none, or it is open to others.
    """
    try:
        path = Path(name).expanduser()
        if not is_private(path):
            raise SecretUnreadable(f"others may read {path}: run chmod 600 on it")
        return path.read_text("utf-8").rstrip("\r\n")
    except OSError as error:
        raise SecretUnreadable(f"{name} cannot be read: {error.strerror}") from error
    except (RuntimeError, UnicodeDecodeError) as error:  # no such home folder; no text
        raise SecretUnreadable(f"{name} cannot be read: it is no text of this user's") from error

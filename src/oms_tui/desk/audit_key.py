"""The key of the audit chain: a 0600 file in the state folder, one for each database (invariant A4).

It is not in the database, so that whoever can change the database cannot make the chain fit; a backup of the
database does not hold it, so it is moved as a step of its own.
"""

import hashlib
import hmac
import secrets
from pathlib import Path

from oms_tui.desk.errors import Unusable
from oms_tui.desk.private_files import create, is_private

KEY_BYTES = 32
_PROOF = b"oms-tui audit key"


def key_path(state_folder: Path, database_id: str) -> Path:
    """Where the key of a database is kept."""
    return state_folder / "audit" / f"{database_id}.key"


def read_or_make(state_folder: Path, database_id: str, *, may_make: bool) -> bytes:
    """The key of a database; made now where `may_make` and there is none.

    Raises:
        Unusable: It is missing where one was used before, or its file is not private: says what to do.
    """
    path = key_path(state_folder, database_id)
    if not path.exists() and not path.is_symlink():
        if not may_make:
            raise Unusable(
                f"The audit key of this database is missing: {path}. It is kept outside the database and "
                "moved with it by hand: copy it from the state folder where this database was used "
                "(`oms-tui paths` prints it there), mode 0600, and start again."
            )
        create(path, secrets.token_bytes(KEY_BYTES).hex().encode())
    return _read(path)


def _read(path: Path) -> bytes:
    if not is_private(path):
        raise Unusable(
            f"The audit key {path} must be a plain file of yours that nobody else can read: "
            f"run chmod 600 on it, and look who could read it until now."
        )
    try:
        key = bytes.fromhex(path.read_text("ascii").strip())
    except (OSError, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise Unusable(f"The audit key {path} cannot be read: bring it back from a backup.")
    return key


def proof_of(key: bytes) -> str:
    """What the database keeps to tell the right key from another one; it does not give the key away."""
    return hmac.new(key, _PROOF, hashlib.sha256).hexdigest()

"""What a person chose and finds again next time: one small file each in the state folder."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from oms_tui import paths

FOLDER = "kept"
_NAME_LENGTH = 24


def file_of(person: str) -> Path:
    """Where a person's choices are kept; their name never becomes a file name."""
    digest = hashlib.sha256(person.casefold().encode("utf-8", "surrogatepass")).hexdigest()
    return paths.state_dir() / FOLDER / f"{digest[:_NAME_LENGTH]}.json"


def load(person: str) -> dict[str, object]:
    """A person's choices by name; nothing where none were kept, or what is there cannot be read."""
    try:
        found = json.loads(file_of(person).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def keep(person: str, changes: Mapping[str, object]) -> None:
    """Keep these choices beside the others of that person.

    Raises:
        OSError: they could not be written; what was kept before still is.
    """
    content = json.dumps(load(person) | dict(changes), ensure_ascii=False, indent=1)
    paths.write_atomically(file_of(person), content.encode("utf-8", "surrogatepass"))


def texts(value: object) -> tuple[str, ...]:
    """A kept list of texts; () for anything else."""
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()

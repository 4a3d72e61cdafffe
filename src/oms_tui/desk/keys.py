"""Idempotency keys: one for each intent, kept for all its retries (invariants I1, I2, I4)."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from oms_tui.clock import EPOCH
from oms_tui.desk.errors import BadInput
from oms_tui.verbs import LinePart

LIFE = timedelta(days=7)
"""How long a key may be used again; the rows themselves stay, so that an older one is never run as new."""
_SHORTEST, _LONGEST = 16, 64
_MOST_AHEAD = timedelta(minutes=10)
_TIME_ORDERED = 7
TOO_OLD = "This was first asked more than 7 days ago and is not done again: look at the order and plan anew."


def check_key(key: str, now: datetime) -> None:
    """Refuse what cannot be a key, and a time-ordered one (UUIDv7) that is too old or from the future.

    Raises:
        BadInput: Says which.
    """
    if not _SHORTEST <= len(key) <= _LONGEST or not all(
        c.isascii() and (c.isalnum() or c in "-_") for c in key
    ):
        raise BadInput("The key of this intent cannot be: 16 to 64 letters, digits, - and _.", field="key")
    made = _made_at(key)
    if made is not None and made < now - LIFE:
        raise BadInput(TOO_OLD, field="key")
    if made is not None and made > now + _MOST_AHEAD:
        raise BadInput("The key of this intent is from the future: set the clock right.", field="key")


def _made_at(key: str) -> datetime | None:
    """When a UUIDv7 in its written form was made; random hex digits that happen to look like one say
    nothing."""
    try:
        known = UUID(key)
    except ValueError:
        return None
    if known.version != _TIME_ORDERED or str(known) != key.lower():
        return None
    milliseconds = known.int >> 80
    return EPOCH + timedelta(milliseconds=milliseconds)


def body_digest(verb: str, order_id: str, version: int, arguments: Mapping[str, object]) -> str:
    """SHA-256 of what is asked, the same for every retry of one intent.

    Raises:
        BadInput: An argument is nothing a form could give.
    """
    body = {
        "verb": verb,
        "order": order_id,
        "version": version,
        "arguments": {name: _plain(name, value) for name, value in arguments.items() if value is not None},
    }
    text = json.dumps(body, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(name: str, value: object) -> object:
    if isinstance(value, LinePart):
        return [value.line, value.quantity]
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, Sequence):
        return [_plain(name, item) for item in value]
    raise BadInput(f"{name} cannot be {value!r}.", field=name)

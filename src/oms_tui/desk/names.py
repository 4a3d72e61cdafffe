"""Names people sign in with: which are taken, and how they are compared (spec 1, N1)."""

import unicodedata

from oms_tui.desk.errors import BadInput
from oms_tui.domain.filter import code_key

LONGEST_NAME = 64
"""Characters of a sign-in name."""
LONGEST_DISPLAY_NAME = 120
RESERVED = frozenset({"local", "system", "flow", "outside", "me", "nobody", "anyone", "any", "none"})
"""Names that mean something else in the audit log, the filter language or on the command line."""
_SIGNS = "._-@+'"


def name_key(name: str) -> str:
    """How names are compared: without case, in one spelling."""
    return code_key(unicodedata.normalize("NFC", name))


def read_name(name: str) -> str:
    """A sign-in name as it is kept.

    Raises:
        BadInput: It is empty, too long, reserved, or has characters that no name needs.
    """
    text = unicodedata.normalize("NFC", name).strip()
    if not text:
        raise BadInput("A name is needed.", field="name")
    if len(text) > LONGEST_NAME:
        raise BadInput(f"A name has at most {LONGEST_NAME} characters.", field="name")
    if not all(char.isalnum() or char in _SIGNS or _is_mark(char) for char in text):
        raise BadInput(
            f"A name is made of letters, digits and {' '.join(_SIGNS)}, without blanks.", field="name"
        )
    if not any(char.isalnum() for char in text) or name_key(text) in RESERVED:
        raise BadInput("This name is reserved: choose another.", field="name")
    return text


def read_display_name(text: str, name: str) -> str:
    """The name others see; the sign-in name where none is given.

    Raises:
        BadInput: It is too long or holds characters that cannot be printed.
    """
    shown = " ".join(unicodedata.normalize("NFC", text).split()) or name
    if len(shown) > LONGEST_DISPLAY_NAME:
        raise BadInput(f"A name has at most {LONGEST_DISPLAY_NAME} characters.", field="display_name")
    if not shown.isprintable():
        raise BadInput("The name holds characters that cannot be printed.", field="display_name")
    return shown


def _is_mark(char: str) -> bool:
    return unicodedata.category(char).startswith("M")

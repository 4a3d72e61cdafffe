"""What the bodies of the flow screens are made from: the order as read, who looks, what the verbs allow."""

from collections.abc import Callable
from dataclasses import dataclass

from oms_tui.screens.profile.view import View


@dataclass(frozen=True, slots=True)
class VerbNote:
    """A verb as a screen names it: its key, and why it cannot be done now ("" = it can)."""

    key: str
    label: str
    refusal: str = ""


def _unknown(verb_id: str) -> VerbNote:
    return VerbNote("", verb_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight(View):
    """One look at a flow."""

    note_of: Callable[[str], VerbNote] = _unknown
    """Verb id -> how to name it here."""

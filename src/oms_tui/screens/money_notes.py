"""What a person should know of an order's money, in sentences; each with the key that helps, where they may
use it (spec 4; `domain.concerns`)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from oms_tui.domain.answers import Profile
from oms_tui.domain.authority import Right
from oms_tui.domain.concerns import Concern, ConcernKind, concerns
from oms_tui.domain.people import Role
from oms_tui.screens.wording import moment
from oms_tui.text import clean_line
from oms_tui.verbs import VERBS, Verb
from oms_tui.widgets.flowing import wrapped
from oms_tui.widgets.lines import Piece, Pieces, pieces_width

if TYPE_CHECKING:
    from oms_tui.screens.console import Console
    from oms_tui.screens.profile.page import Page
    from oms_tui.screens.verbs_here import VerbsHere

_PAID = ("order.mark-paid", "order.record-payment")
_AGAIN = ("order.retry-refund", "order.record-refund")
_VOID = ("order.retry-void",)
_HELPS = MappingProxyType(
    {
        ConcernKind.OVERCHARGED: ("order.refund-overcharge",),
        ConcernKind.DISPUTED: ("order.release-hold",),
        ConcernKind.CANCEL_ASKED: ("order.cancel", "order.decline"),
        ConcernKind.CAPTURE_UNKNOWN: _PAID,
        ConcernKind.CAPTURE_FAILED: _PAID,
        ConcernKind.CAPTURE_UNANSWERED: _PAID,
        ConcernKind.LEFT_UNCAPTURED: _PAID,
        ConcernKind.LAPSED: _PAID,
        ConcernKind.REFUND_UNKNOWN: _AGAIN[::-1],
        ConcernKind.REFUND_FAILED: _AGAIN,
        ConcernKind.VOID_UNKNOWN: _VOID,
        ConcernKind.VOID_FAILED: _VOID,
    }
)
"""Concern -> the verbs that may end it, the nearest first."""
_PROBLEMS = (
    ConcernKind.OVERCHARGED,
    ConcernKind.DISPUTED,
    ConcernKind.CAPTURE_FAILED,
    ConcernKind.REFUND_FAILED,
)


@dataclass(frozen=True, slots=True)
class MoneyNote:
    """One sentence, and what helps."""

    kind: ConcernKind
    text: str
    shipment: str | None = None
    key: str = ""
    """The key that helps; "" where none does, or none that this person may use."""
    label: str = ""
    """What the key does, or who does it instead of this person."""

    @property
    def look(self) -> str:
        """How it looks: nothing that only has to be waited for is alarming."""
        return "problem" if self.kind in _PROBLEMS else "" if self.kind.is_calm else "warning"

    @property
    def help(self) -> Pieces:
        """What helps, as pieces that follow the sentence; () where nothing does."""
        if not self.label:
            return ()
        return [("  ", ""), *([(self.key, "key"), (" ", "")] if self.key else []), (self.label, "muted")]


def notes_of(console: "Console", verbs: "VerbsHere", profile: Profile) -> tuple[MoneyNote, ...]:
    """What the person signed in should know of the order's money now; nothing where payments are masked.

    Args:
        console: who is signed in, and the moment.
        verbs: what the order allows them.
        profile: the order.
    """
    if profile.is_payment_masked:
        return ()
    now = console.clock.now()
    found = concerns(
        profile.order, now, stops=profile.stops, checked=profile.checked, problems=profile.problems
    )
    return tuple(_note(console, verbs, one, _sentence(console, one, now)) for one in found)


def _sentence(console: "Console", one: Concern, now: datetime) -> str:
    """The whole sentence, with its moments in the zone of the person who reads it."""
    text = one.text.rstrip(".")
    if one.at is not None:
        text += f" ({moment(one.at, console.zone, now)})"
    if one.said:
        text += f": {clean_line(one.said).rstrip('.')}"
    return f"{text}{f' until {moment(one.until, console.zone, now)}' if one.until is not None else ''}."


def _note(console: "Console", verbs: "VerbsHere", one: Concern, text: str) -> MoneyNote:
    if one.kind is ConcernKind.EVENT_PROBLEM:
        if console.policy.authority.allows(console.actor.roles, Right.EVENT_PROBLEMS):
            return MoneyNote(one.kind, text, one.shipment, ":EP", "Event problems")
        roles = console.policy.authority.who_may(Right.EVENT_PROBLEMS)
        return MoneyNote(one.kind, text, one.shipment, "", f"{_named(roles)}: Event problems")
    for verb_id in _HELPS.get(one.kind, ()):
        verb = _BY_ID.get(verb_id)
        if verb is None:
            continue
        if not verbs.refusal(verb):
            key = console.keys.shown(verb.id)
            return MoneyNote(one.kind, text, one.shipment, key, _label(verbs, one.kind, verb))
        if not console.policy.authority.allows(console.actor.roles, verb.right):
            return MoneyNote(one.kind, text, one.shipment, "", f"{_holders(console, verb)}: {verb.label}")
    return MoneyNote(one.kind, text, one.shipment)


def _label(verbs: "VerbsHere", kind: ConcernKind, verb: Verb) -> str:
    """What the key does; which of the two ways it is to be only the provider's answer tells."""
    if kind is not ConcernKind.REFUND_UNKNOWN:
        return verb.label
    labels = [one.label for one in map(_BY_ID.__getitem__, _HELPS[kind]) if not verbs.refusal(one)]
    return " or ".join(labels)


_BY_ID = {verb.id: verb for verb in VERBS}


def _holders(console: "Console", verb: Verb) -> str:
    return _named(console.policy.authority.who_may(verb.right))


def _named(roles: Iterable[Role]) -> str:
    return " or ".join(role.value.upper() for role in roles) or "nobody"


def note_lines(note: MoneyNote, width: int) -> list[list[Piece]]:
    """The sentence broken between words, what helps behind its end or on a line of its own."""
    lines: list[list[Piece]] = [[(text, note.look)] for text in wrapped(note.text, max(10, width))]
    if note.help and pieces_width([*lines[-1], *note.help]) <= width:
        lines[-1] += note.help
    elif note.help:
        lines.append(list(note.help))
    return lines


def put_notes(page: "Page", notes: Iterable[MoneyNote]) -> None:
    """Put every sentence on a page."""
    for note in notes:
        for line in note_lines(note, page.width):
            page.put(*line)


def foremost_lines(notes: Sequence[MoneyNote], width: int, most: int, where: str) -> list[list[Piece]]:
    """The most pressing sentence in at most `most` lines, and where the others are."""
    if not notes:
        return []
    first, more = notes[0], len(notes) - 1
    rest: list[Piece] = [*first.help, *([(f"  +{more} more: {where}", "muted")] if more else [])]
    texts = wrapped(first.text, max(10, width))
    lines: list[list[Piece]] = [[(text, first.look)] for text in texts]
    if rest and pieces_width([*lines[-1], *rest]) <= width:
        lines[-1] += rest
    elif rest:
        lines.append(rest[1:] if rest[0][0].isspace() else rest)
    return lines[:most]

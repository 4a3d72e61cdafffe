"""What a verb is: its row in the table, and the pure functions behind it (architecture 3).

check -> blockers; apply -> outcome. The desk makes plan and commit from these, and the screens, the command
line and the help are generated from the same rows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from oms_tui.domain.authority import Right
from oms_tui.domain.documents import DocumentKind
from oms_tui.domain.people import Actor
from oms_tui.domain.plan import Outcome
from oms_tui.verbs.asked import (
    Argument,
    ArgumentError,
    ArgumentKind,
    Arguments,
    Blocker,
    ChargeOption,
    Choice,
    Context,
    LineOption,
    LinePart,
    Options,
    Policy,
    Refused,
    Subject,
)
from oms_tui.verbs.reading import given, read_text, read_value

__all__ = [
    "Answer",
    "Argument",
    "ArgumentError",
    "ArgumentKind",
    "Arguments",
    "Blocker",
    "ChargeOption",
    "Choice",
    "Context",
    "Following",
    "LineOption",
    "LinePart",
    "Options",
    "Policy",
    "Refused",
    "Subject",
    "Verb",
    "canonical",
    "holders_of",
    "missing_right",
    "read_text",
]


@dataclass(frozen=True, slots=True)
class Following:
    """A verb to go on with after another, its form filled in with these arguments."""

    verb: str
    """ID."""
    arguments: Mapping[str, object]


def _nothing_follows(arguments: Arguments) -> Following | None:
    return None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a verb that answers gives back: text ready to be copied, and what the toast says."""

    text: str
    summary: str
    papers: tuple[tuple[DocumentKind, str], ...] = ()
    """Documents to be printed: kind and number."""
    outcome: Outcome | None = None
    """What is written before they are: a document that is issued when it is asked for."""


def _no_blockers(subject: Subject, actor: Actor, policy: Policy) -> tuple[Blocker, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One row of the table of verbs (architecture 3)."""

    id: str
    """e.g. "order.cancel"; the part behind the dot is the command on the command line."""
    key: str
    """Default key; verbs with the same key form a group and open a short menu."""
    label: str
    help: str
    """One sentence."""
    right: Right
    arguments: tuple[Argument, ...] = ()
    touches_money: bool = False
    form: str = ""
    """The module in `screens/forms/` with a form of its own; "" = the plain form (architecture 3)."""
    can_work_a_pile: bool = False
    """Whether it can be done to many marked orders with the same arguments."""
    is_append_only: bool = False
    """Whether it commits on any version (notes, architecture 3)."""
    is_beside: bool = False
    """Whether it changes only rows beside the order: no new version, no form (claims)."""
    is_printing: bool = False
    """Whether it answers with documents, each print of which is kept."""
    check: Callable[[Subject, Actor, Policy], tuple[Blocker, ...]] = field(default=_no_blockers)
    apply: Callable[[Subject, Arguments, Context], Outcome] | None = None
    answer: Callable[[Subject, Arguments, Context], Answer] | None = None
    following: Callable[[Arguments], Following | None] = field(default=_nothing_follows)
    """What to go on with once it is committed with these arguments, as given or as read; None = nothing."""

    @property
    def command(self) -> str:
        """The name on the command line and in `:`."""
        return self.id.rsplit(".", 1)[1]

    @property
    def is_changing(self) -> bool:
        """Whether committing it changes anything; the others only answer."""
        return self.apply is not None

    @property
    def writes(self) -> bool:
        """Whether anything but the audit log is written by it."""
        return self.is_changing or self.is_printing

    def argument(self, name: str) -> Argument:
        """The argument of that name.

        Raises:
            KeyError: the verb does not ask for it.
        """
        for argument in self.arguments:
            if argument.name == name:
                return argument
        raise KeyError(name)

    def blockers(self, subject: Subject, actor: Actor, policy: Policy) -> tuple[Blocker, ...]:
        """Why `actor` cannot do this to `subject` now: the missing right first, then the facts in the way."""
        if not policy.authority.allows(actor.roles, self.right):
            return (missing_right(self, policy),)
        return self.check(subject, actor, policy)

    def read(self, raw: Mapping[str, object], subject: Subject, policy: Policy) -> Arguments:
        """The arguments as `apply` takes them, from what a form, a command line or a request gives.

        Raises:
            ArgumentError: one is unknown, missing, too long, or not among its choices.
        """
        unknown = sorted(set(raw) - {argument.name for argument in self.arguments})
        if unknown:
            raise ArgumentError(unknown[0], f"{self.label} does not ask for {unknown[0]!r}.")
        return {
            a.name: read_value(a, given(a, raw, subject, policy), subject, policy) for a in self.arguments
        }


def missing_right(verb: Verb, policy: Policy) -> Blocker:
    """The refusal of somebody without the right, naming who may."""
    return Blocker(f"{verb.label} is for {holders_of(verb, policy) or 'nobody'}.", is_right=True)


def holders_of(verb: Verb, policy: Policy) -> str:
    """The roles that may do a verb: "CS", "CS or OP"; "" = nobody."""
    return " or ".join(role.value.upper() for role in policy.authority.who_may(verb.right))


def canonical(arguments: Arguments) -> dict[str, object]:
    """The arguments as JSON can hold them, always the same for the same intent: the body behind an
    idempotency key."""
    body: dict[str, object] = {}
    for name, value in sorted(arguments.items()):
        if isinstance(value, tuple):
            body[name] = [
                [part.line, part.quantity] if isinstance(part, LinePart) else part for part in value
            ]
        else:
            body[name] = value
    return body

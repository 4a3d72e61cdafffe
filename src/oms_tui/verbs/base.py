"""What a verb is: its row in the table, the arguments it asks for, and the pure functions behind it
(architecture 3).

check -> blockers; apply -> outcome. The desk makes plan and commit from these, and the screens, the command
line and the
help are generated from the same rows.
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from oms_tui.domain.authority import DEFAULT_AUTHORITY, Authority, Right
from oms_tui.domain.cards import find_card_data
from oms_tui.domain.documents import DocumentKind
from oms_tui.domain.order import Order
from oms_tui.domain.people import Actor
from oms_tui.domain.plan import Claim, Outcome
from oms_tui.domain.returns import Return
from oms_tui.domain.rules import FlowRules
from oms_tui.domain.world import NO_WORLD, World


class ArgumentKind(StrEnum):
    """How an argument is asked for and read."""

    TEXT = "text"
    LONG_TEXT = "long text"
    CHOICE = "choice"
    LINES = "lines"
    CHARGES = "charges"
    """Numbers of charges."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One valid value of a coded argument and what a person reads for it."""

    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineOption:
    """A line as a verb's form offers it: how many pieces may be taken, or why none."""

    number: int
    quantity: int
    available: int
    refusal: str = ""
    """Why `available` is less than `quantity`; "" when nothing stands in the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeOption:
    """A charge as a verb's form offers it, or why not."""

    number: int
    refusal: str = ""
    """"" when nothing stands in the way."""


@dataclass(frozen=True, slots=True)
class LinePart:
    """`quantity` pieces of line `line`."""

    line: int
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a verb acts on: an order with its returns and whoever has claimed it."""

    order: Order
    returns: tuple[Return, ...] = ()
    claim: Claim | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The settings that rules read; passed in, never read from disk here (architecture 2)."""

    authority: Authority = DEFAULT_AUTHORITY
    time_zone: str = "UTC"
    """Business time zone: IANA name."""
    cancel_reasons: tuple[str, ...] = (
        "customer request",
        "out of stock",
        "fraud",
        "address problem",
        "duplicate",
        "price error",
        "other",
    )
    claim_for: timedelta = timedelta(minutes=15)
    flow: FlowRules = field(default_factory=FlowRules)
    adjustment_reasons: Mapping[str, int] = field(
        default_factory=lambda: {
            "damaged": 20,
            "late": 10,
            "wrong item": 15,
            "price match": 10,
            "goodwill": 10,
            "other": 5,
        }
    )
    """Reason of a price adjustment -> the percentage that is proposed for it (spec 6)."""
    recall_for: timedelta = timedelta(hours=24)
    """How long money waits for `pick_cancelled` after a location was asked to stop (spec 6, Cancel)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Everything from outside that `apply` may look at."""

    actor: Actor
    now: datetime
    policy: Policy
    world: World = NO_WORLD


@dataclass(frozen=True, slots=True)
class Blocker:
    """Why a verb cannot be done: the fact, and the verb that would fix it if there is one."""

    reason: str
    fix: str | None = None
    """ID of the verb or action that would unblock it."""
    is_right: bool = False
    """Whether a right is missing (to be audited) rather than a fact in the way."""


class Refused(Exception):  # noqa: N818 - an outcome of a verb, not a fault of the program
    """The order's state, or the actor's rights, refuse the verb. Nothing was changed."""

    def __init__(self, blockers: Sequence[Blocker]) -> None:
        super().__init__("; ".join(blocker.reason for blocker in blockers))
        self.blockers = tuple(blockers)


class ArgumentError(ValueError):
    """An argument cannot be taken; `name` says which field, the message why, for the person who typed it."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


Options = Callable[[Subject, Policy], tuple[Choice, ...]]
Arguments = Mapping[str, object]
"""Argument name -> value as read by `Verb.read`: str, None, a tuple of `LinePart`, or charge numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One thing a verb asks for."""

    name: str
    kind: ArgumentKind
    label: str
    help: str
    is_required: bool = False
    choices: Options | None = None
    """For CHOICE: the valid values for this subject."""
    lines: Callable[[Subject], tuple[LineOption, ...]] | None = None
    """For LINES: what the form offers."""
    charges: Callable[[Subject], tuple[ChargeOption, ...]] | None = None
    """For CHARGES: what the form offers."""
    takes_all: bool = True
    """For LINES: whether none named means the whole order; else it means none."""
    default: str | None = None
    initial: Callable[[Subject], str] | None = None
    """What the order holds now, or asks for: what the form starts with, and the value where nothing is given
    (`default` where it is empty). An empty text that is given takes it away."""
    max_length: int = 200
    """Characters."""


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
        return {a.name: _read(a, _given(a, raw, subject, policy), subject, policy) for a in self.arguments}


def missing_right(verb: Verb, policy: Policy) -> Blocker:
    """The refusal of somebody without the right, naming who may."""
    return Blocker(f"{verb.label} is for {holders_of(verb, policy) or 'nobody'}.", is_right=True)


def holders_of(verb: Verb, policy: Policy) -> str:
    """The roles that may do a verb: "CS", "CS or OP"; "" = nobody."""
    return " or ".join(role.value.upper() for role in policy.authority.who_may(verb.right))


def _given(argument: Argument, raw: Mapping[str, object], subject: Subject, policy: Policy) -> object:
    """What is given; else what the order holds, the default, or the one value that there is to choose."""
    if argument.name in raw:
        return raw[argument.name]
    if argument.initial is not None:
        return argument.initial(subject) or argument.default
    if argument.default is None and argument.is_required and argument.choices is not None:
        known = argument.choices(subject, policy)
        return known[0].value if len(known) == 1 else None
    return argument.default


def _read(argument: Argument, value: object, subject: Subject, policy: Policy) -> object:
    if argument.kind is ArgumentKind.LINES:
        return () if not value and not argument.takes_all else _read_lines(argument, value)
    if argument.kind is ArgumentKind.CHARGES:
        return _read_charges(argument, value)
    if value is None or (isinstance(value, str) and not value.strip()):
        if argument.is_required:
            raise ArgumentError(argument.name, f"{argument.label} is needed.")
        return None
    if not isinstance(value, str):
        raise ArgumentError(argument.name, f"{argument.label} must be text.")
    text = _guarded(argument, value)
    if argument.kind is ArgumentKind.CHOICE and argument.choices is not None:
        return _read_choice(argument, text, argument.choices(subject, policy))
    return text


def read_text(argument: Argument, value: str) -> str:
    """Words that somebody typed for something that is no verb on an order; "" where none are needed.

    Raises:
        ArgumentError: They are missing, too long, no text, or hold a card number.
    """
    if value.strip():
        return _guarded(argument, value)
    if argument.is_required:
        raise ArgumentError(argument.name, f"{argument.label} is needed.")
    return ""


def _guarded(argument: Argument, value: str) -> str:
    """Text as it may be kept (invariants T5, T9, K3): NFC, no NUL, no half characters, no card data."""
    text = unicodedata.normalize("NFC", value).strip()
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise ArgumentError(
            argument.name, f"{argument.label} holds something that is no text. Type it again."
        )
    if len(text) > argument.max_length:
        raise ArgumentError(
            argument.name, f"{argument.label} has {len(text)} characters; at most {argument.max_length} fit."
        )
    if found := find_card_data(text):
        raise ArgumentError(
            argument.name, f"{argument.label} holds a {found.kind}, so it is not saved. Take it out."
        )
    return text


def _read_choice(argument: Argument, text: str, choices: Iterable[Choice]) -> str:
    known = tuple(choices)
    for choice in known:
        if text.casefold() in (choice.value.casefold(), choice.label.casefold()):
            return choice.value
    valid = ", ".join(choice.label for choice in known) or "nothing here"
    raise ArgumentError(argument.name, f"{argument.label} cannot be {text!r}; choose {valid}.")


def _read_lines(argument: Argument, value: object) -> tuple[LinePart, ...] | None:
    """None = the whole order. Accepts parts, [line, quantity] pairs and "line" or "line:quantity" texts (0 =
    all of it)."""
    if value is None:
        return None
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise ArgumentError(argument.name, "Lines must be a list of lines and quantities.")
    parts: dict[int, int] = {}
    for item in value:
        part = _read_part(argument, item)
        if part.line in parts:
            raise ArgumentError(argument.name, f"Line {part.line} is named twice.")
        parts[part.line] = part.quantity
    if not parts:
        raise ArgumentError(argument.name, "Mark at least one line.")
    return tuple(LinePart(line, quantity) for line, quantity in sorted(parts.items()))


def _read_part(argument: Argument, item: object) -> LinePart:
    if isinstance(item, LinePart):
        return item
    numbers: list[object] = (
        list(item.split(":")) if isinstance(item, str) else list(item) if isinstance(item, Sequence) else []
    )
    try:
        line, quantity = (int(str(number)) for number in (*numbers, 0)[:2])
    except ValueError:
        raise ArgumentError(
            argument.name, f"{item!r} is no line; write LINE or LINE:PIECES, e.g. 3:1."
        ) from None
    if not 1 <= len(numbers) <= 2 or line < 1 or quantity < 0:
        raise ArgumentError(argument.name, f"{item!r} is no line; write LINE or LINE:PIECES, e.g. 3:1.")
    return LinePart(line, quantity)


def _read_charges(argument: Argument, value: object) -> tuple[int, ...]:
    """None = none. Accepts numbers and texts of them."""
    if value is None or value == "":
        return ()
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise ArgumentError(argument.name, "Charges must be a list of their numbers.")
    numbers: list[int] = []
    for item in value:
        text = str(item)
        if isinstance(item, bool) or not (text.isascii() and text.isdecimal() and int(text[:9])):
            raise ArgumentError(argument.name, f"{text[:40]!r} is no charge; write its number, e.g. 1.")
        if int(text[:9]) in numbers:
            raise ArgumentError(argument.name, f"Charge {text} is named twice.")
        numbers.append(int(text[:9]))
    return tuple(sorted(numbers))


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

"""What verbs look at and ask for: the subject, the settings they go by, the arguments, why one is refused
(architecture 3)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from oms_tui.domain.authority import DEFAULT_AUTHORITY, Authority
from oms_tui.domain.order import Order
from oms_tui.domain.people import Actor
from oms_tui.domain.plan import Claim
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
    is_idle: bool = False
    """Whether the order merely has nothing that the verb is about: where another verb of the same key can be
    done, nobody needs to read that first."""


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
    needed: "Callable[[Subject, Arguments], bool] | None" = None
    """Whether it has to be given though it is not required always, with what the others hold."""
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
    example: str = ""
    """For TEXT: what an answer looks like, shown while there is none."""

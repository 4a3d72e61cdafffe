"""The fields of the filter language: what parser, completion and docs page know of each (spec 8)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from types import MappingProxyType

from oms_tui.domain.filter.countries import COUNTRIES
from oms_tui.domain.filter.syntax import Operator
from oms_tui.domain.flow import DEPENDENCIES, ORDER_FLOW, Task, TaskState
from oms_tui.domain.status import (
    ChannelType,
    HoldKind,
    LineStatus,
    OperationState,
    OrderStatus,
    PaymentStatus,
    ReturnStatus,
    word,
)


class Kind(Enum):
    """How a field's values are read and compared."""

    CHOICE = "choice"
    TASK = "task"
    COUNTRY = "country"
    CODE = "code"
    TRACKING = "tracking number"
    PHRASE = "name"
    EMAIL = "e-mail"
    PHONE = "telephone number"
    PERSON = "person"
    AMOUNT = "amount"
    DATE = "date"
    AGE = "age"
    TIME_LEFT = "time left"
    WORDS = "words"
    SORT = "sort"


_EQUAL = (Operator.IS, Operator.EQUALS)
_SIDES = (Operator.ABOVE, Operator.AT_LEAST, Operator.BELOW, Operator.AT_MOST)
_PREFIX_KINDS = (Kind.CODE, Kind.TRACKING, Kind.PHRASE, Kind.EMAIL, Kind.WORDS)
_ORDERED_KINDS = (Kind.AMOUNT, Kind.DATE, Kind.AGE, Kind.TIME_LEFT)
SPAN_KINDS = (Kind.AGE, Kind.TIME_LEFT)
"""The kinds whose values are lengths of time, back from now or ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """One field: what it is for, how it is written, who may use it."""

    name: str
    help: str
    """One sentence for completion, help and the docs page."""
    kind: Kind
    operators: tuple[Operator, ...] = _EQUAL
    """What may follow the name; the usual one first."""
    choices: tuple[str, ...] = ()
    """The values it takes, where they are a fixed list."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Choice to the words shown on screen; a filter accepts both."""
    example: str
    documented: bool = False
    """Whether it is one of the six documented categories, which every role may use (spec 5, spec 8)."""

    @property
    def allows_prefix(self) -> bool:
        """Whether a `*` may end its values."""
        return self.kind in _PREFIX_KINDS

    @property
    def is_ordered(self) -> bool:
        """Whether `>`, `<` and ranges make sense."""
        return self.kind in _ORDERED_KINDS


BLOCKED = "blocked"
"""The task value for orders whose Pick Ticket waits for an open dependency."""
STOCK = "stock"
"""The value of `blocked` for orders that no location has stock for."""
BLOCKERS: tuple[str, ...] = (
    STOCK,
    *(task.value for task in DEPENDENCIES[Task.PICK_TICKET] if task is not Task.REMORSE_PERIOD),
)
"""What `blocked` takes: what keeps an order from being picked, time alone left out."""
ANY = "any"
"""The hold value for orders with any open hold."""
REQUESTED = "requested"
YES, NO, SHIPPED = UNCAPTURED = ("yes", "no", "shipped")
"""Whether money stays authorized; `shipped` is the part of `yes` where goods have left."""
ME, NOBODY, ANYONE = "me", "nobody", "anyone"
TASK_STATES: tuple[str, ...] = (
    TaskState.FAILED.value,
    TaskState.ACTIVE.value,
    TaskState.PENDING.value,
    BLOCKED,
)
"""The states of open tasks, which alone can be asked for; finished ones are read on the order."""
TASK_NAMES: tuple[str, ...] = tuple(task.value for task in ORDER_FLOW)
"""What may follow `task:failed/`."""
REFUND_STATES: tuple[OperationState, ...] = (
    OperationState.REQUESTED,
    OperationState.UNKNOWN,
    OperationState.FAILED,
)
"""The states of refunds that can be asked for: those that are not done."""
SORT_KEYS: tuple[str, ...] = ("created", "age", "total", "id", "lapses", "asked")
"""What `sort:` takes, `-` before it for descending. Age descending is the oldest first."""
SORT_NEEDS: Mapping[str, str] = MappingProxyType({"lapses": "lapses", "asked": "cancel"})
"""Sort key -> the field it goes with: only orders which that finds have what is sorted by."""


def _choice(name: str, text: str, kinds: Iterable[StrEnum], example: str, *more: str) -> FieldSpec:
    members = tuple(kinds)
    return FieldSpec(
        name=name,
        help=text,
        kind=Kind.CHOICE,
        choices=(*(member.value for member in members), *more),
        labels=MappingProxyType({member.value: word(member) for member in members}),
        example=example,
    )


def _plain(name: str, text: str, kind: Kind, example: str, *, documented: bool = False) -> FieldSpec:
    return FieldSpec(name=name, help=text, kind=kind, example=example, documented=documented)


_SPECS: tuple[FieldSpec, ...] = (
    _plain("id", "Order ID.", Kind.CODE, "id:10432", documented=True),
    _choice("status", "Status of the order.", OrderStatus, "status:allocated,confirmed"),
    _choice("line", "Any of its lines has this status.", LineStatus, "line:undelivered"),
    _choice("payment", "Payment status: exactly this one.", PaymentStatus, "payment:authorized"),
    FieldSpec(
        name="uncaptured",
        help="Whether more is authorized than captured; shipped: although goods have left.",
        kind=Kind.CHOICE,
        choices=UNCAPTURED,
        example="uncaptured:yes",
    ),
    _choice(
        "refund",
        "Has a refund in this state: on its way, not known, or failed.",
        REFUND_STATES,
        "refund:failed",
    ),
    FieldSpec(
        name="lapses",
        help="Time until an authorization lapses, with something still to be captured of it and to leave.",
        kind=Kind.TIME_LEFT,
        operators=(Operator.BELOW, Operator.AT_MOST, Operator.ABOVE, Operator.AT_LEAST, *_EQUAL),
        example="lapses<2d",
    ),
    _choice("hold", "Has an open hold of this kind; any of any kind.", HoldKind, "hold:fraud", ANY),
    FieldSpec(
        name="task",
        help="Has an open task in this state, or of this state and name; blocked: Pick Ticket waits.",
        kind=Kind.TASK,
        choices=TASK_STATES,
        example="task:failed/allocation",
    ),
    FieldSpec(
        name="blocked",
        help="What keeps it from being picked: no stock, or the task that Pick Ticket waits for.",
        kind=Kind.CHOICE,
        choices=BLOCKERS,
        labels=MappingProxyType({name: word(Task(name)) for name in BLOCKERS if name != STOCK}),
        example="blocked:manual_approval",
    ),
    FieldSpec(
        name="cancel",
        help="The customer asks to cancel, and nobody has answered.",
        kind=Kind.CHOICE,
        choices=(REQUESTED,),
        example="cancel:requested",
    ),
    _choice("return", "Any of its returns has this status.", ReturnStatus, "return:pending_review"),
    FieldSpec(
        name="country",
        help="Country the goods go to; for a carry-out sale the store's.",
        kind=Kind.COUNTRY,
        choices=tuple(sorted(COUNTRIES)),
        example="country:DE,AT",
    ),
    FieldSpec(
        name="bill-country",
        help="Country of the Bill-To address.",
        kind=Kind.COUNTRY,
        choices=tuple(sorted(COUNTRIES)),
        example="-bill-country:DE",
    ),
    _plain("region", "Region of the channel.", Kind.PHRASE, "region:emea"),
    _plain("channel", "Channel, by its code or the first words of it.", Kind.PHRASE, "channel:web"),
    _choice("channel-type", "Type of the channel.", ChannelType, "channel-type:store"),
    _plain("method", "Shipping method, or the first words of it.", Kind.PHRASE, "method:express"),
    _plain("sku", "SKU of any of its lines.", Kind.CODE, "sku:AB*"),
    _plain("email", "E-mail address of the customer.", Kind.EMAIL, "email:jana@*", documented=True),
    _plain(
        "phone", "Telephone number in any form, or its last digits.", Kind.PHONE, "phone:118", documented=True
    ),
    _plain(
        "name", "First and last name in either order, or the first words of it.", Kind.PHRASE, "name:novák"
    ),
    _plain("first", "First name, or the first words of it.", Kind.PHRASE, "first:jana", documented=True),
    _plain("last", "Last name, or the first words of it.", Kind.PHRASE, "last:nov*", documented=True),
    _plain("tracking", "Tracking number of any shipment.", Kind.TRACKING, "tracking:1Z999*", documented=True),
    _plain("reference", "Reference of a payment.", Kind.CODE, "reference:pi_3N*"),
    FieldSpec(
        name="total",
        help="Total in the order's own currency; with a currency, only orders in it.",
        kind=Kind.AMOUNT,
        operators=(Operator.AT_LEAST, Operator.ABOVE, Operator.AT_MOST, Operator.BELOW, *_EQUAL),
        example="total>=200EUR",
    ),
    FieldSpec(
        name="created",
        help="When it was placed; days are those of the business time zone.",
        kind=Kind.DATE,
        operators=(*_EQUAL, *_SIDES),
        choices=("today", "yesterday"),
        example="created:2026-11-01..2026-11-22",
    ),
    FieldSpec(
        name="age",
        help="Time since it was placed.",
        kind=Kind.AGE,
        operators=(*_SIDES, *_EQUAL),
        example="age>4h",
    ),
    FieldSpec(
        name="claimed",
        help="Who claimed it: me, nobody, anyone or a name.",
        kind=Kind.PERSON,
        choices=(ME, NOBODY, ANYONE),
        example="claimed:me",
    ),
    _plain("text", "Words, as without a field; commas mean or.", Kind.WORDS, "text:gift,birthday"),
    FieldSpec(
        name="sort",
        help="Order of the rows; - for descending. sort:-age is the oldest first; lapses goes with "
        "lapses<2d, asked (when the customer asked to cancel) with cancel:requested.",
        kind=Kind.SORT,
        choices=SORT_KEYS,
        example="sort:-age",
    ),
)

FIELDS: Mapping[str, FieldSpec] = MappingProxyType({spec.name: spec for spec in _SPECS})
"""Every field by its name, in the order in which they are listed."""

DOCUMENTED: tuple[str, ...] = tuple(spec.name for spec in _SPECS if spec.documented)
"""The six documented categories, which with words are all that a New Member may filter by (spec 5)."""

OFTEN_MEANT: Mapping[str, str] = MappingProxyType(
    {
        "order": "id",
        "number": "id",
        "customer": "name",
        "first-name": "first",
        "last-name": "last",
        "surname": "last",
        "mail": "email",
        "telephone": "phone",
        "tel": "phone",
        "date": "created",
        "placed": "created",
        "amount": "total",
        "value": "total",
        "ship-country": "country",
        "item": "sku",
        "article": "sku",
        "shipping": "method",
        "store": "channel",
        "note": "text",
        "reason": "return",
        "flow": "task",
        "owner": "claimed",
        "order-by": "sort",
    }
)
"""Words people write for a field: for the hint in an error only, never accepted."""


def fields_table() -> str:
    """The table of fields as Markdown: the one in `docs/filters.md`, which a test compares with this."""
    rows = ["| Field | What it asks | Values | Operators | `*` | Example |", "|---|---|---|---|:-:|---|"]
    for spec in _SPECS:
        name = f"`{spec.name}`" + (" †" if spec.documented else "")
        operators = " ".join(f"`{operator}`" for operator in spec.operators)
        star = "✓" if spec.allows_prefix else ""
        rows.append(f"| {name} | {spec.help} | {_values(spec)} | {operators} | {star} | `{spec.example}` |")
    return "\n".join(rows) + "\n"


def _values(spec: FieldSpec) -> str:
    if spec.kind is Kind.COUNTRY:
        return "ISO 3166 code"
    if spec.kind is Kind.TASK:
        return ", ".join(f"`{choice}`" for choice in spec.choices) + "; `STATE/TASK`"
    listed = ", ".join(f"`{choice}`" for choice in spec.choices)
    if spec.kind is Kind.DATE:
        return f"date, {listed}, `7d`, `4h`"
    if spec.kind in SPAN_KINDS:
        return "`30m`, `4h`, `7d`, `2w`"
    if spec.kind is Kind.PERSON:
        return f"{listed}, name"
    return listed or spec.kind.value

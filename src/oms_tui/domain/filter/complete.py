"""What may be typed next: field names and values, with the stretch of text they replace."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from oms_tui.domain.filter.dates import SPAN_EXAMPLES
from oms_tui.domain.filter.errors import FilterError
from oms_tui.domain.filter.fields import BLOCKED, FIELDS, SORT_NEEDS, TASK_NAMES, FieldSpec, Kind
from oms_tui.domain.filter.lexer import Token, readable, scan
from oms_tui.domain.filter.syntax import Operator
from oms_tui.domain.filter.values import choice_key

_NOT: Final = "-"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One way to go on: `text` in place of the half-open stretch from `start` to `end`."""

    text: str
    start: int
    end: int
    help: str


def complete(text: str, cursor: int, *, documented_only: bool = False) -> list[Suggestion]:
    """What may stand at the cursor, in the order in which fields and values are listed.

    Args:
        text: The filter as typed so far; it need not be whole.
        cursor: Where the next letter would go; what follows it is left alone.
        documented_only: Offer only the fields that every role may use (spec 5).
    """
    typed = readable(text[: max(0, cursor)])
    try:
        tokens = list(scan(typed))
    except FilterError:  # inside quotes, where anything may stand
        return []
    if not tokens or tokens[-1].end < len(typed):
        return list(_fields("", len(typed), len(typed), documented_only))
    token = tokens[-1]
    if token.operator is None:
        return list(_fields(typed[token.start :], token.start, len(typed), documented_only))
    asked = frozenset(_field_key(one.name) for one in tokens[:-1])
    return list(_values(token, token.operator, asked, documented_only))


def _fields(typed: str, start: int, end: int, documented_only: bool) -> Iterator[Suggestion]:
    sign = _NOT if typed.startswith(_NOT) else ""
    begun = _field_key(typed.removeprefix(sign))
    for spec in FIELDS.values():
        may_use = spec.documented or not documented_only
        if may_use and spec.name.startswith(begun) and not (sign and spec.kind is Kind.SORT):
            yield Suggestion(f"{sign}{spec.name}{spec.operators[0]}", start, end, spec.help)


def _values(
    token: Token, operator: Operator, asked: frozenset[str], documented_only: bool
) -> Iterator[Suggestion]:
    spec = FIELDS.get(_field_key(token.name))
    piece = token.pieces[-1]
    if spec is None or piece.is_quoted or operator not in spec.operators:
        return
    if documented_only and not spec.documented:
        return
    for choice, text in _choices(spec, operator, asked):
        if _begins(choice, piece.text) or (spec.labels and _begins(text, piece.text)):
            yield Suggestion(choice, piece.start, piece.end, text)


def _choices(spec: FieldSpec, operator: Operator, asked: frozenset[str]) -> Iterator[tuple[str, str]]:
    match spec.kind:
        case Kind.SORT:
            for key in (one for one in spec.choices if SORT_NEEDS.get(one) in (None, *asked)):
                yield key, f"{key}, ascending"
                yield f"{_NOT}{key}", f"{key}, descending"
        case Kind.AGE | Kind.TIME_LEFT:
            if not operator.is_equality:
                yield from ((span, "") for span in SPAN_EXAMPLES)
        case _:
            yield from ((choice, spec.labels.get(choice, "")) for choice in spec.choices)
    if spec.kind is Kind.DATE:
        yield from ((span, f"{span} ago") for span in SPAN_EXAMPLES)
    if spec.kind is Kind.TASK:
        named = [state for state in spec.choices if state != BLOCKED]
        yield from ((f"{state}/{name}", "") for state in named for name in TASK_NAMES)


def _begins(known: str, begun: str) -> bool:
    if known.casefold().startswith(begun.casefold()):
        return True
    return "_" in known and bool(begun) and choice_key(known).startswith(choice_key(begun))


def _field_key(name: str) -> str:
    return name.casefold().replace("_", "-")

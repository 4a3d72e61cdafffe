"""Text to filter (spec 8)."""

from typing import Final

from oms_tui.domain.filter.errors import FilterError, nearest, quoted
from oms_tui.domain.filter.fields import (
    DOCUMENTED,
    FIELDS,
    OFTEN_MEANT,
    SORT_KEYS,
    SORT_NEEDS,
    FieldSpec,
    Kind,
)
from oms_tui.domain.filter.lexer import Piece, Token, readable, scan
from oms_tui.domain.filter.syntax import Amount, Condition, Filter, Item, Operator, Range, Sort, Value, Word
from oms_tui.domain.filter.values import read_value

_SORT: Final = "sort"
LONGEST: Final = 2000
"""The longest filter read, in characters."""


def parse(text: str, *, documented_only: bool = False) -> Filter:
    """Read a filter. What is relative (`today`, `4h`, `me`) is kept as written; see `resolve`.

    Args:
        text: The filter.
        documented_only: Whether what is wrong is told to somebody who may use the six documented categories
            alone (`require_documented`): no other field is named as one to try.

    Raises:
        FilterError: With the place of the wrong word, what was expected and the nearest right word.
    """
    if len(text) > LONGEST:
        raise FilterError("the filter is too long", LONGEST, len(text), (f"at most {LONGEST} characters",))
    items: list[Item] = []
    sorting: Token | None = None
    for token in scan(readable(text)):
        item = _item(token, (*DOCUMENTED, _SORT) if documented_only else tuple(FIELDS))
        _check_beside(item, items, token)
        items.append(item)
        sorting = token if isinstance(item, Sort) else sorting
    asked = Filter(tuple(items))
    if asked.sort is not None and sorting is not None:
        _check_sort(asked, asked.sort, sorting)
    return asked


def require_documented(asked: Filter) -> None:
    """Refuse the fields that a role without order filters may not use (spec 5: words and the six categories).

    Raises:
        FilterError: A condition is on another field.
    """
    for condition in asked.conditions:
        if not FIELDS[condition.field].documented:
            message = f"{condition.field} is a filter that your role does not have"
            raise FilterError(message, *condition.span, ("words", *DOCUMENTED))


def _item(token: Token, usable: tuple[str, ...]) -> Item:
    """What a token asks for; `usable` are the fields that an error may name."""
    if token.operator is None:
        return _word(token)
    spec = _field(token, usable)
    if spec.kind is Kind.SORT:
        return _sort(spec, token)
    return _condition(spec, token)


def _word(token: Token) -> Word:
    piece = token.pieces[0]
    if not piece.text.strip():
        raise FilterError("there is nothing between the quotes", piece.start, piece.end, ("a word",))
    return Word(piece.text, piece.has_star, token.negated)


def _field(token: Token, usable: tuple[str, ...]) -> FieldSpec:
    name = token.name.casefold().replace("_", "-")
    spec = FIELDS.get(name)
    if spec is not None:
        return spec
    end = token.name_start + len(token.name)
    if not name:
        message = f"there is no field directly before {quoted(str(token.operator))}"
        raise FilterError(message, token.start, token.end, usable)
    often = OFTEN_MEANT.get(name)
    meant = often if often in usable else nearest(name, usable)
    message = f"no field is called {quoted(token.name)}"
    expected = (*usable, "quotes around it to search for it")
    raise FilterError(message, token.name_start, end, expected, meant)


def _condition(spec: FieldSpec, token: Token) -> Condition:
    operator = _operator(spec, token)
    values = tuple(read_value(spec, operator, piece) for piece in token.pieces)
    first, last = token.pieces[0], token.pieces[-1]
    if len(values) > 1 and any(_has_bare_figure(value) for value in values):
        raise _ambiguous_comma(spec, operator, first, last)
    if len(values) > 1 and not operator.is_equality:
        message = f"several values do not go with {operator}"
        raise FilterError(message, first.start, last.end, (f"one value after {spec.name}{operator}",))
    return Condition(spec.name, operator, values, token.negated, (token.start, token.end))


def _operator(spec: FieldSpec, token: Token) -> Operator:
    operator = token.operator
    if operator is None or operator not in spec.operators:
        end = token.pieces[0].start
        message = f"{spec.name} has no order, so {quoted(str(operator))} says nothing"
        expected = tuple(f"{spec.name}{usable}…" for usable in spec.operators)
        raise FilterError(message, token.name_start, end, expected)
    return operator


def _has_bare_figure(value: Value) -> bool:
    points = (value.low, value.high) if isinstance(value, Range) else (value,)
    figures = [point for point in points if isinstance(point, Amount)]
    return bool(figures) and all(figure.currency is None for figure in figures)


def _ambiguous_comma(spec: FieldSpec, operator: Operator, first: Piece, last: Piece) -> FilterError:
    """An amount never guesses what a comma means (invariant M2)."""
    message = "a comma between figures can be read in two ways"
    expected = [f"{spec.name}{operator}1000.50"]
    if operator.is_equality:
        expected.append(f"{spec.name}:100 {spec.name}:200 for either")
    return FilterError(message, first.start, last.end, expected)


def _sort(spec: FieldSpec, token: Token) -> Sort:
    _operator(spec, token)
    if token.negated:
        raise FilterError("- before sort says nothing", token.start, token.end, (f"sort:-{SORT_KEYS[0]}",))
    piece = token.pieces[0]
    if len(token.pieces) > 1:
        raise FilterError("rows have one order", piece.start, token.end, ("one of " + " ".join(SORT_KEYS),))
    text = piece.text.casefold()
    key = text.removeprefix("-")
    if key not in SORT_KEYS or piece.has_star:
        message = (
            f"nothing is sorted by {quoted(piece.text)}"
            if text
            else "a value is missing directly after sort:"
        )
        meant = nearest(key, SORT_KEYS) or nearest(OFTEN_MEANT.get(key, ""), SORT_KEYS)
        raise FilterError(message, piece.start, piece.end, tuple(_sort_choices()), meant)
    return Sort(key, text.startswith("-"))


def _check_sort(asked: Filter, sort: Sort, token: Token) -> None:
    """Refuse to sort by what few orders have, unless only those are asked for."""
    if sort.key not in SORT_NEEDS:
        return
    name = SORT_NEEDS[sort.key]
    if not any(one.field == name and not one.negated for one in asked.conditions):
        message = f"only what {name} finds is sorted by {sort.key}"
        raise FilterError(message, token.start, token.end, (f"{FIELDS[name].example} sort:{sort.key}",))


def _sort_choices() -> list[str]:
    return [sign + key for key in SORT_KEYS for sign in ("", "-")]


def _check_beside(item: Item, before: list[Item], token: Token) -> None:
    """Refuse what contradicts an earlier item, rather than answer something nobody meant.

    The same field twice means "or". For a lower and an upper bound that is true of every order, where a
    person means "between" (or "outside"); both have a way to write them that cannot be misread.
    """
    if isinstance(item, Sort) and any(isinstance(other, Sort) for other in before):
        raise FilterError("sort is there twice", token.start, token.end, ("one sort",))
    if not isinstance(item, Condition) or item.negated or item.operator.is_equality:
        return
    for other in before:
        if (
            isinstance(other, Condition)
            and other.field == item.field
            and not other.negated
            and not other.operator.is_equality
            and other.operator.is_lower_bound is not item.operator.is_lower_bound
        ):
            message = f"{item.field} twice means either of them, and two bounds can be read in two ways"
            expected = (f"{item.field}:LOW..HIGH for between", f"-{item.field}:LOW..HIGH for outside")
            raise FilterError(message, token.start, token.end, expected)

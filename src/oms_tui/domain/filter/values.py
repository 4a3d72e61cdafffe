"""A piece of text after a field made into a value, or an error that names what was expected (spec 8)."""

from collections.abc import Callable, Iterable, Mapping

from oms_tui.domain.filter import countries
from oms_tui.domain.filter.amounts import (
    AMOUNT_EXAMPLES,
    AmountError,
    is_reversed,
    read_amount,
    with_currency,
)
from oms_tui.domain.filter.dates import DATE_EXAMPLES, SPAN_EXAMPLES, DateError, read_span, read_when
from oms_tui.domain.filter.errors import FilterError, nearest, quoted
from oms_tui.domain.filter.fields import BLOCKED, SPAN_KINDS, TASK_NAMES, FieldSpec, Kind
from oms_tui.domain.filter.keys import bare_key, code_key, phone_tail, phrase_key
from oms_tui.domain.filter.lexer import OPERATOR_CHARS, STAR, Piece
from oms_tui.domain.filter.syntax import Amount, Operator, Point, Range, Text, Value

RANGE_SIGN = ".."
_A = {Kind.AGE: "an age", Kind.TIME_LEFT: "a time left"}
LEAST_PHONE_DIGITS = 3
"""Fewer last digits of a telephone number than this say nothing."""


def read_value(spec: FieldSpec, operator: Operator, piece: Piece) -> Value:
    """Make a value of a piece of text.

    Raises:
        FilterError: The field has no such value.
    """
    if not piece.text.strip() and not piece.has_star:
        raise _expected(spec, piece, f"a value is missing directly after {spec.name}{operator}")
    _refuse_stars(spec, piece)
    if spec.is_ordered:
        return _read_ordered(spec, operator, piece)
    return _READERS[spec.kind](spec, piece)


def choice_key(text: str) -> str:
    """How choices are compared: no case; blanks and hyphens are underscores."""
    return "_".join(text.casefold().replace("-", " ").replace("_", " ").split())


def _refuse_stars(spec: FieldSpec, piece: Piece) -> None:
    if not spec.allows_prefix and (piece.has_star or STAR in piece.text):
        raise _expected(spec, piece, f"{spec.name} takes no *")
    if not piece.is_quoted and STAR in piece.text:
        message = f"in {quoted(piece.text)} the * does not end a beginning"
        raise FilterError(
            message, piece.start, piece.end, ("letters and one * at the end", "quotes for a * itself")
        )
    if not piece.text.strip():
        raise FilterError("a * needs letters before it", piece.start, piece.end, (spec.example,))


def _read_choice(spec: FieldSpec, piece: Piece) -> Text:
    return Text(_choice(piece, spec.name, piece.text, spec.choices, spec.labels))


def _choice(piece: Piece, name: str, text: str, choices: Iterable[str], labels: Mapping[str, str]) -> str:
    known = {choice_key(choice): choice for choice in choices}
    known |= {choice_key(label): choice for choice, label in labels.items()}
    found = known.get(choice_key(text))
    if found is None:
        near = nearest(choice_key(text), known)
        message = f"{name} has no value {quoted(text)}"
        raise FilterError(
            message, piece.start, piece.end, tuple(choices), None if near is None else known[near]
        )
    return found


def _read_task(spec: FieldSpec, piece: Piece) -> Text:
    state, slash, name = piece.text.partition("/")
    found = _choice(piece, spec.name, state, spec.choices, {})
    if not slash:
        return Text(found)
    if found == BLOCKED:
        message = f"{BLOCKED} is about Pick Ticket and takes no task name"
        raise FilterError(message, piece.start, piece.end, (f"task:{BLOCKED}", "task:failed/allocation"))
    return Text(f"{found}/{_choice(piece, 'task', name, TASK_NAMES, {})}")


def _read_country(spec: FieldSpec, piece: Piece) -> Text:
    code = piece.text.strip().upper()
    if code not in countries.COUNTRIES:
        meant = countries.OFTEN_MEANT.get(code)
        raise _expected(spec, piece, f"{quoted(piece.text)} is no country code", meant)
    return Text(code)


def _read_code(spec: FieldSpec, piece: Piece) -> Text:
    return _with_key(spec, piece, code_key)


def _read_tracking(spec: FieldSpec, piece: Piece) -> Text:
    return _with_key(spec, piece, bare_key)


def _read_phrase(spec: FieldSpec, piece: Piece) -> Text:
    return _with_key(spec, piece, phrase_key)


def _with_key(spec: FieldSpec, piece: Piece, key: Callable[[str], str]) -> Text:
    if not key(piece.text):
        raise _expected(spec, piece, f"{quoted(piece.text)} has nothing to compare")
    return Text(piece.text, piece.has_star)


def _read_phone(spec: FieldSpec, piece: Piece) -> Text:
    if any(char.isalpha() for char in piece.text):
        raise _expected(spec, piece, f"{quoted(piece.text)} is no telephone number")
    if len(phone_tail(piece.text)) < LEAST_PHONE_DIGITS:
        raise _expected(spec, piece, f"{quoted(piece.text)} has too few digits")
    return Text(piece.text)


def _read_person(spec: FieldSpec, piece: Piece) -> Text:
    lowered = piece.text.casefold()
    return Text(lowered if lowered in spec.choices else piece.text)


def _read_ordered(spec: FieldSpec, operator: Operator, piece: Piece) -> Value:
    text = piece.text.strip()
    if RANGE_SIGN in text:
        return _read_range(spec, operator, piece)
    point = _read_point(spec, piece, text)
    if spec.kind in SPAN_KINDS and operator.is_equality:
        message = f"{quoted(text)} may mean {_A[spec.kind]} above or below it"
        expected = (f"{spec.name}>{text}", f"{spec.name}<{text}", f"{spec.name}:1h..4h")
        raise FilterError(message, piece.start, piece.end, expected)
    return point


def _read_range(spec: FieldSpec, operator: Operator, piece: Piece) -> Range:
    if not operator.is_equality:
        message = f"a range does not go with {operator}"
        raise FilterError(message, piece.start, piece.end, (f"{spec.name}:{piece.text}",))
    low_text, _, high_text = (part.strip() for part in piece.text.partition(RANGE_SIGN))
    if not low_text and not high_text:
        raise _expected(spec, piece, "a range needs a start or an end")
    low = _read_point(spec, piece, low_text) if low_text else None
    high = _read_point(spec, piece, high_text) if high_text else None
    found = Range(low, high)
    if spec.kind is Kind.AMOUNT:
        _check_amounts(found, piece)
    return found


def _read_point(spec: FieldSpec, piece: Piece, text: str) -> Point:
    if text[:1] and text[0] in OPERATOR_CHARS:
        message = f"{quoted(text)} starts with a sign"
        raise FilterError(message, piece.start, piece.end, (f"{spec.name}>=…", f"{spec.name}<=…"))
    try:
        found = _POINTS[spec.kind](text)
    except DateError as problem:
        raise _expected(spec, piece, f"{quoted(text)} {problem}") from problem
    except AmountError as problem:
        message = f"{quoted(text)} {problem}"
        raise FilterError(message, piece.start, piece.end, problem.expected, problem.nearest) from problem
    if found is None:
        raise _expected(spec, piece, f"{quoted(text)} is no {spec.kind.value}", nearest(text, spec.choices))
    return found


def _check_amounts(found: Range, piece: Piece) -> None:
    low, high = found.low, found.high
    if not isinstance(low, Amount) or not isinstance(high, Amount):
        return
    if low.currency and high.currency and low.currency != high.currency:
        message = f"{quoted(piece.text)} goes from {low.currency} to {high.currency}"
        raise FilterError(message, piece.start, piece.end, ("one currency",))
    try:
        for amount, other in ((low, high), (high, low)):
            if other.currency:
                with_currency(amount, other.currency)
    except AmountError as problem:
        raise FilterError(
            f"{quoted(piece.text)} {problem}", piece.start, piece.end, problem.expected
        ) from problem
    if is_reversed(found):
        raise FilterError(
            f"{quoted(piece.text)} ends below its start", piece.start, piece.end, ("LOW..HIGH",)
        )


def _expected(spec: FieldSpec, piece: Piece, message: str, meant: str | None = None) -> FilterError:
    return FilterError(
        message, piece.start, piece.end, _EXPECTED.get(spec.kind, spec.choices or (spec.example,)), meant
    )


_READERS: Mapping[Kind, Callable[[FieldSpec, Piece], Text]] = {
    Kind.CHOICE: _read_choice,
    Kind.TASK: _read_task,
    Kind.COUNTRY: _read_country,
    Kind.CODE: _read_code,
    Kind.TRACKING: _read_tracking,
    Kind.PHRASE: _read_phrase,
    Kind.EMAIL: _read_code,
    Kind.PHONE: _read_phone,
    Kind.PERSON: _read_person,
    Kind.WORDS: _read_phrase,
}
_POINTS: Mapping[Kind, Callable[[str], Point | None]] = {
    Kind.AMOUNT: read_amount,
    Kind.DATE: read_when,
    Kind.AGE: read_span,
    Kind.TIME_LEFT: read_span,
}
_EXPECTED: Mapping[Kind, tuple[str, ...]] = {
    Kind.COUNTRY: ("an ISO 3166 code such as DE",),
    Kind.PHONE: (f"a number without letters, or at least {LEAST_PHONE_DIGITS} of its last digits",),
    Kind.PERSON: ("me", "nobody", "anyone", "a person's name"),
    Kind.DATE: DATE_EXAMPLES,
    Kind.AGE: SPAN_EXAMPLES,
    Kind.TIME_LEFT: SPAN_EXAMPLES,
    Kind.AMOUNT: AMOUNT_EXAMPLES,
}

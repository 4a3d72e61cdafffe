"""Filter to text: the canonical spelling, which reads back as the same filter (spec 8)."""

from datetime import timedelta

from oms_tui.domain.filter.dates import offset_text
from oms_tui.domain.filter.lexer import OPERATOR_CHARS, QUOTE, STAR
from oms_tui.domain.filter.syntax import (
    Amount,
    Calendar,
    Filter,
    Item,
    NamedDay,
    Point,
    Range,
    Sort,
    Span,
    Text,
    Value,
    Word,
)
from oms_tui.domain.filter.values import RANGE_SIGN


def format_filter(asked: Filter) -> str:
    """The text of a filter: items in their order, one blank between, quotes only where they are needed."""
    return " ".join(format_item(item) for item in asked.items)


def format_item(item: Item) -> str:
    """The text of one item of a filter."""
    if isinstance(item, Sort):
        return f"sort:{'-' if item.descending else ''}{item.key}"
    sign = "-" if item.negated else ""
    if isinstance(item, Word):
        return sign + _text(item.text, item.prefix, is_word=True)
    return f"{sign}{item.field}{item.operator}{','.join(format_value(value) for value in item.values)}"


def format_value(value: Value) -> str:
    """The text of one value of a condition."""
    if isinstance(value, Text):
        return _text(value.text, value.prefix, is_word=False)
    if isinstance(value, Range):
        low = "" if value.low is None else _point(value.low)
        high = "" if value.high is None else _point(value.high)
        return low + RANGE_SIGN + high
    return _point(value)


def _point(value: Point) -> str:
    if isinstance(value, NamedDay):
        return value.value
    if isinstance(value, Span):
        return f"{value.count}{value.unit}"
    if isinstance(value, Amount):
        return value.number + (value.currency or "")
    return _calendar(value)


def _calendar(value: Calendar) -> str:
    text = f"{value.year:04}"
    for part in (value.month, value.day):
        if part is None:
            return text
        text += f"-{part:02}"
    if value.hour is None:
        return text
    text += f"T{value.hour:02}:{value.minute or 0:02}"
    if value.second is not None:
        text += f":{value.second:02}"
    return text + _offset(value.offset)


def _offset(minutes: int | None) -> str:
    if minutes is None:
        return ""
    return "Z" if minutes == 0 else offset_text(timedelta(minutes=minutes))


def _text(text: str, prefix: bool, *, is_word: bool) -> str:
    star = STAR if prefix else ""
    if not _needs_quotes(text + star if text == "-" else text, is_word=is_word):
        return text + star
    escaped = text.replace("\\", "\\\\").replace(QUOTE, "\\" + QUOTE)
    return f"{QUOTE}{escaped}{QUOTE}{star}"


def _needs_quotes(text: str, *, is_word: bool) -> bool:
    special = OPERATOR_CHARS + STAR if is_word else "," + STAR
    return (
        not text
        or text[0] == QUOTE
        or (is_word and text[0] == "-" and text != "-")
        or any(char in special or char.isspace() for char in text)
    )

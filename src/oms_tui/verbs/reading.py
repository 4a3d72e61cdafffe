"""Reading the arguments of verbs: from what a form, a command line or a request gives to what `apply`
takes."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from oms_tui.domain.cards import find_card_data
from oms_tui.verbs.asked import Argument, ArgumentError, ArgumentKind, Choice, LinePart, Policy, Subject


def given(argument: Argument, raw: Mapping[str, object], subject: Subject, policy: Policy) -> object:
    """What is given; else what the order holds, the default, or the one value that there is to choose."""
    if argument.name in raw:
        return raw[argument.name]
    if argument.initial is not None:
        return argument.initial(subject) or argument.default
    if argument.default is None and argument.is_required and argument.choices is not None:
        known = argument.choices(subject, policy)
        return known[0].value if len(known) == 1 else None
    return argument.default


def read_value(argument: Argument, value: object, subject: Subject, policy: Policy) -> object:
    """A given value as `apply` takes it, None for an empty one.

    Raises:
        ArgumentError: it is missing, too long, no text, or not among its choices.
    """
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

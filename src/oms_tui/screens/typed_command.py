"""What somebody typed after `:`: a place, an action, a verb, or maybe the ID of an order."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from oms_tui.screens.actions import Action, all_actions
from oms_tui.verbs import Argument, ArgumentKind, Verb

_LINES = re.compile(r"\d+(:\d+)?(,\d+(:\d+)?)*")
_SMALL = re.compile(r"\d{1,3}([:,][\d:,]*)?")
"""Lines of an order, or a figure that begins a text."""
TAKES_FILTER = "go.orders"
"""The place whose code may be followed by a filter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A command with what it is about. Neither `action` nor `order_id`: nothing was typed."""

    action: Action | None = None
    arguments: Mapping[str, object] = field(default_factory=dict)
    """Of a verb: what its form starts with."""
    rest: str = ""
    """What stands behind the command's word: of a verb maybe an order first, of `OR` a filter."""
    order_id: str = ""
    """Maybe an order; the desk knows."""


def read_command(text: str) -> Typed:
    """Understand what was typed after `:`. Case counts in arguments and order IDs only."""
    whole = text.strip()
    word, _, rest = whole.partition(" ")
    folded = " ".join(whole.casefold().split())
    for row in all_actions():
        if row.command and row.verb is None and folded == row.command.casefold():
            return Typed(action=row)
    for row in all_actions():
        if row.verb is not None and word.casefold() == row.command:
            return Typed(action=row, arguments=read_arguments(row.verb, rest), rest=rest.strip())
        if row.id == TAKES_FILTER and word.casefold() == row.command.casefold():
            return Typed(action=row, rest=rest.strip())
    return Typed(order_id=whole)


def maybe_order(rest: str, *, has_order: bool) -> str:
    """The first word behind a verb where it may name an order; "" where it cannot.

    While an order is shown, up to three digits are never another one: they are its lines ("cancel 1,3:2") or
    begin a text ("note 3 pieces missing"). Neither is an argument with its name ("note text=10432 …").
    """
    word = rest.partition(" ")[0]
    is_small = has_order and _SMALL.fullmatch(word) is not None
    return "" if is_small or "=" in word else word


def without_order(verb: Verb, rest: str) -> dict[str, object]:
    """The arguments behind the word that named an order."""
    return read_arguments(verb, rest.partition(" ")[2].strip())


def read_arguments(verb: Verb, text: str) -> dict[str, object]:
    """The arguments in the words behind a verb: `lines` as `1,3:2`, `name=value`, the rest as its text.

    What cannot be placed stays in the text, where the person sees it in the form. The form checks.
    """
    found: dict[str, object] = {}
    rest: list[str] = []
    for word in _words(text):
        name, sign, value = word.partition("=")
        named = next((one for one in verb.arguments if one.name == name.casefold()), None)
        lines = next((one for one in verb.arguments if one.kind is ArgumentKind.LINES), None)
        if sign and named is not None:
            is_list = named.kind in (ArgumentKind.LINES, ArgumentKind.CHARGES)
            found[named.name] = value.split(",") if is_list else value
        elif lines is not None and lines.name not in found and _LINES.fullmatch(word):
            found[lines.name] = word.split(",")
        else:
            rest.append(word)
    words = " ".join(rest)
    target = _for_words(verb.arguments, found)
    if words and target is not None:
        found[target.name] = text.strip() if len(found) == 0 and _is_text(target) else words
    return found


def _for_words(arguments: Iterable[Argument], found: Mapping[str, object]) -> Argument | None:
    """The argument that plain words are for: a text that is needed, else the first choice or text."""
    lists = (ArgumentKind.LINES, ArgumentKind.CHARGES)
    left = [one for one in arguments if one.name not in found and one.kind not in lists]
    needed = (one for one in left if one.is_required and _is_text(one))
    return next(needed, left[0] if left else None)


def _is_text(argument: Argument) -> bool:
    return argument.kind in (ArgumentKind.TEXT, ArgumentKind.LONG_TEXT)


def _words(text: str) -> list[str]:
    """Words, with `name="several words"` as one."""
    return [
        match[1] + match[2] if match[2] is not None and match[1] else match[0]
        for match in re.finditer(r'(\w+=)"([^"]*)"|\S+', text)
    ]

"""The fields of a pile: what its verb asks, once for all orders."""

from collections.abc import Mapping, Sequence

from oms_tui.screens.forms.asking import AnyField, starts_open
from oms_tui.screens.forms.coded import CodedField
from oms_tui.screens.forms.fields import LongTextField, TextField
from oms_tui.screens.pile.looking import asked_arguments
from oms_tui.verbs import Argument, ArgumentKind, Choice, Verb


def make_pile_fields(
    verb: Verb, choices: Mapping[str, Sequence[Choice]], given: Mapping[str, object], *, ascii_only: bool
) -> list[AnyField]:
    """One field for everything asked, filled in with what is known already."""
    return [
        _field(verb, one, choices.get(one.name, ()), _text(given.get(one.name)), ascii_only)
        for one in asked_arguments(verb)
    ]


def _text(given: object) -> str:
    return "" if given is None else str(given)


def _field(
    verb: Verb, argument: Argument, choices: Sequence[Choice], text: str, ascii_only: bool
) -> AnyField:
    if argument.kind is ArgumentKind.CHOICE:
        is_open = starts_open(verb, argument, choices)
        return CodedField(argument, choices, text, ascii_only=ascii_only, is_open=is_open)
    kind = LongTextField if argument.kind is ArgumentKind.LONG_TEXT else TextField
    return kind(argument, text or argument.default or "")

"""Making the fields of a verb from its row in the table (architecture 3)."""

from collections.abc import Mapping, Sequence

from oms_tui.screens.forms.charges_field import ChargesField
from oms_tui.screens.forms.coded import CodedField
from oms_tui.screens.forms.fields import LongTextField, TextField
from oms_tui.screens.forms.lines_field import LinesField
from oms_tui.verbs import Argument, ArgumentKind, Choice, Policy, Subject, Verb

AnyField = TextField | LongTextField | CodedField | LinesField


def make_fields(
    verb: Verb, subject: Subject, policy: Policy, given: Mapping[str, object], *, ascii_only: bool
) -> list[AnyField]:
    """One field for everything the verb asks, filled in with what is known already."""
    return [_field(verb, one, subject, policy, given.get(one.name), ascii_only) for one in verb.arguments]


def _field(
    verb: Verb, argument: Argument, subject: Subject, policy: Policy, given: object, ascii_only: bool
) -> AnyField:
    text = str(given) if given is not None else ""
    if given is None and argument.initial is not None:
        text = argument.initial(subject)
    if argument.kind is ArgumentKind.CHARGES and argument.charges is not None:
        charges = {charge.number: charge for charge in subject.order.charges}
        return ChargesField(argument, charges, argument.charges(subject), given, ascii_only=ascii_only)
    if argument.kind is ArgumentKind.LINES and argument.lines is not None:
        lines = {line.number: line for line in subject.order.lines}
        return LinesField(argument, lines, argument.lines(subject), given, ascii_only=ascii_only)
    if argument.kind is ArgumentKind.CHOICE and argument.choices is not None:
        choices = argument.choices(subject, policy)
        return CodedField(
            argument, choices, text, ascii_only=ascii_only, is_open=starts_open(verb, argument, choices)
        )
    if argument.kind is ArgumentKind.LONG_TEXT:
        return LongTextField(argument, text or argument.default or "")
    return TextField(argument, text or argument.default or "")


def starts_open(verb: Verb, argument: Argument, choices: Sequence[Choice]) -> bool:
    """Whether a field starts without a value: where money moves a person chooses, unless there is a default
    or only one to choose."""
    return verb.touches_money and argument.is_required and argument.default is None and len(choices) > 1


def offer_anew(field: AnyField, subject: Subject, policy: Policy) -> None:
    """Offer what the order allows now; what was chosen stays as far as it can."""
    argument = field.argument
    if isinstance(field, ChargesField) and argument.charges is not None:
        charges = {charge.number: charge for charge in subject.order.charges}
        field.offer_charges(charges, argument.charges(subject))
    elif isinstance(field, LinesField) and argument.lines is not None:
        lines = {line.number: line for line in subject.order.lines}
        field.offer(lines, argument.lines(subject))
    elif isinstance(field, CodedField) and argument.choices is not None:
        field.offer(argument.choices(subject, policy))

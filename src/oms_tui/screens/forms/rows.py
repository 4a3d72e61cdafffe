"""All fields of a form together: what they hold, what is wrong with it, where enter goes on to."""

from collections.abc import Sequence

from textual.widget import Widget

from oms_tui.screens.forms.asking import AnyField, offer_anew
from oms_tui.screens.forms.coded import CodedField
from oms_tui.screens.forms.fields import FieldError
from oms_tui.screens.forms.lines_field import LinesField
from oms_tui.screens.forms.parts import LABEL_WIDTH, FieldRow, label_of
from oms_tui.text import cell_width
from oms_tui.verbs import ArgumentKind, Policy, Subject

BESIDE_LABEL = 2
"""Cells around a label."""


class FieldRows:
    """The rows of a form, in order."""

    def __init__(self, fields: Sequence[AnyField] = (), *, rows: Sequence[FieldRow] = ()) -> None:
        longest = max((cell_width(label_of(field)) for field in fields), default=0)
        width = max(LABEL_WIDTH, longest + BESIDE_LABEL)
        self.rows = tuple(rows) or tuple(FieldRow(field, width) for field in fields)
        self._touched: set[str] = set()

    def hold(self) -> dict[str, object]:
        """What the fields hold, whether it can be taken or not: to see if anything changed."""
        held: dict[str, object] = {}
        for row in self.rows:
            try:
                held[row.name_of_argument] = row.field.held()
            except FieldError as error:
                held[row.name_of_argument] = error.args
        return held

    def tell_first_faults(self) -> None:
        """Say at the fields what was asked for at the start and cannot be."""
        for row in self.rows:
            if isinstance(row.field, CodedField | LinesField) and row.field.fault:
                row.tell_fault(row.field.fault)

    def go_to_line(self, number: int | None) -> None:
        """Put the cursor of the order's lines on that one; None leaves it."""
        for row in self.rows:
            if isinstance(row.field, LinesField) and row.field.argument.kind is ArgumentKind.LINES and number:
                row.field.go_to(number)

    def arguments(
        self, *, tells_all: bool, about: Subject | None = None
    ) -> tuple[dict[str, object] | None, Widget | None]:
        """The arguments of a plan, or None and the first field that cannot be taken.

        Args:
            tells_all: say faults also at fields that nobody has been in yet.
            about: what the verb is done to; some fields are needed for some of these only, and are starred.
        """
        if about is not None:
            self._mark_needed(about)
        found: dict[str, object] = {}
        faulty: Widget | None = None
        for row in self.rows:
            try:
                found[row.name_of_argument] = _taken(row.field)
            except FieldError as error:
                faulty = faulty or row.field
                if tells_all:
                    self.touch(row.name_of_argument)  # once said it stays until it is put right
                row.tell_fault(str(error) if tells_all or row.name_of_argument in self._touched else "")
            else:
                row.tell_fault("")
        return (None, faulty) if faulty is not None else (found, None)

    def touch(self, name: str, *, is_own: bool = False) -> None:
        """Somebody has been in the field of that argument; not where it only said by itself what it holds."""
        if not is_own:
            self._touched.add(name)

    def has(self, name: str) -> bool:
        """Whether there is a field of that name."""
        return self.field(name) is not None

    def field(self, name: str) -> AnyField | None:
        """The field of that name; None where it is not asked for."""
        return next((row.field for row in self.rows if row.name_of_argument == name), None)

    def tell_fault(self, name: str, text: str, *, even_untouched: bool = True) -> None:
        """Say what is wrong at the field of that name."""
        for row in self.rows:
            if row.name_of_argument == name:
                row.tell_fault(text if even_untouched or name in self._touched else "")

    def after(self, field: Widget) -> Widget | None:
        """The field that follows; None after the last."""
        fields = [row.field for row in self.rows if row.field.can_focus]
        place = next((i for i, one in enumerate(fields) if one is field), len(fields))
        return fields[place + 1] if place + 1 < len(fields) else None

    def first(self) -> Widget | None:
        """Where to begin: the first field that still needs something, else the first in which there is
        something to choose or to write; None = there is no field."""
        rows = [row for row in self.rows if row.field.can_focus]
        open_rows = [row for row in rows if not _has_one_value(row.field)] or rows
        marking = [row for row in rows if isinstance(row.field, LinesField)]
        is_marked = not all(map(_is_empty, marking))
        lacking = [
            row
            for row in open_rows
            if _is_empty(row) and (row.is_needed or (row in marking and not is_marked))
        ]
        return next((row.field for row in (*lacking, *open_rows)), None)

    def _mark_needed(self, subject: Subject) -> None:
        held = self.hold()
        for row in self.rows:
            if row.field.argument.needed is not None:
                row.mark_needed(row.field.argument.needed(subject, held))

    def offer(self, subject: Subject, policy: Policy) -> None:
        """Offer what the order allows now."""
        for row in self.rows:
            offer_anew(row.field, subject, policy)


def _has_one_value(field: AnyField) -> bool:
    return isinstance(field, CodedField) and not field.has_alternatives


def _is_empty(row: FieldRow) -> bool:
    try:
        return not row.field.held()
    except FieldError:
        return True


def _taken(field: AnyField) -> object:
    value = field.held()
    if value is None and field.argument.is_required:
        raise FieldError(f"{field.argument.label} is needed.")
    return value

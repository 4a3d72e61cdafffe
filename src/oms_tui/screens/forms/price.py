"""The form of a price adjustment: what each marked line would cost, as one types (spec 6)."""

from collections.abc import Iterable

from textual import on
from textual.widget import Widget

from oms_tui.domain.money import format_money
from oms_tui.domain.order import Charge, Line
from oms_tui.domain.totals import order_total
from oms_tui.screens.base import HEIGHTS
from oms_tui.screens.forms.asking import AnyField, make_fields
from oms_tui.screens.forms.charges_field import ChargesField
from oms_tui.screens.forms.fields import FieldChanged
from oms_tui.screens.forms.form import VerbForm
from oms_tui.screens.forms.lines_field import LinesField
from oms_tui.screens.forms.parts import Told
from oms_tui.screens.forms.priced import PercentField, PercentWanted, PricedCharges, PricedLines, numbered
from oms_tui.screens.forms.rows import FieldRows
from oms_tui.verbs import Subject
from oms_tui.verbs.base import ArgumentError, Refused
from oms_tui.verbs.price import new_prices, proposed_percent


class Form(VerbForm):
    """Lines and charges with their new prices, reason, percentage or amount, note, sums, plan."""

    VERTICAL_BREAKPOINTS = [*HEIGHTS, (30, "-high")]  # noqa: RUF012 - the framework's own shape

    def compose_box(self) -> Iterable[Widget]:
        """As every form, with the sums below the fields."""
        for widget in super().compose_box():
            if widget.id == "notice":
                yield Told(id="sums")
            yield widget

    async def make_rows(self, subject: Subject) -> FieldRows:
        """The fields, those with lines and charges showing prices."""
        policy, ascii_only = self.app.policy, self.app.ascii_only
        plain = make_fields(self.verb, subject, policy, self._given, ascii_only=ascii_only)
        fields = [self._priced(field, subject) for field in plain]
        if not subject.order.charges:
            fields = [field for field in fields if not isinstance(field, PricedCharges)]
        return FieldRows(fields)

    def _priced(self, field: AnyField, subject: Subject) -> AnyField:
        one, order, ascii_only = field.argument, subject.order, self.app.ascii_only
        given = self._given.get(one.name)
        if isinstance(field, ChargesField) and one.charges is not None:
            charges = {charge.number: charge for charge in order.charges}
            return PricedCharges(one, charges, one.charges(subject), given, ascii_only=ascii_only)
        if isinstance(field, LinesField) and one.lines is not None:
            lines = {line.number: line for line in order.lines}
            return PricedLines(one, lines, one.lines(subject), given, ascii_only=ascii_only)
        if one.name == "percent":
            return PercentField(one, str(given) if given is not None else "")
        return field

    # -- as one types --------------------------------------------------------------------------------------

    @on(FieldChanged)
    def price_anew(self) -> None:
        """Show at once what the marked parts would cost; the plan follows when the typing rests."""
        self._show_prices()

    def _drawn(self) -> None:
        super()._drawn()
        self._show_prices()

    def _show_prices(self) -> None:
        subject = self._subject
        if subject is None or not self._fields.rows:
            return
        held = self._fields.hold()
        reason, amount = str(held.get("reason") or ""), held.get("amount")
        percent = self._fields.field("percent")
        if isinstance(percent, PercentField):
            percent.propose(0 if amount else proposed_percent(reason, self.app.policy), reason)
        try:
            parts, off = new_prices(subject, held, self.app.policy)
        except (ArgumentError, Refused):
            parts, off = (), None
        for row in self._fields.rows:
            if isinstance(row.field, PricedLines):
                row.field.tell_prices(numbered(parts, Line))
            elif isinstance(row.field, PricedCharges):
                row.field.tell_prices(numbered(parts, Charge))
        if off is None:
            self.query_one("#sums", Told).tell()
            return
        before = order_total(subject.order)
        minus, arrow = ("-", "->") if self.app.ascii_only else ("−", "→")
        total = f"{format_money(before)} {arrow} {format_money(before - off)}"
        said = f"off {minus}{format_money(off)} · total {total}"
        self.query_one("#sums", Told).tell((said, "strong"))

    @on(PercentWanted)
    def go_to_the_percentage(self, event: PercentWanted) -> None:
        """`%` among the lines goes where one types how much."""
        event.stop()
        field = self._fields.field("percent")
        if field is not None:
            self.set_focus(field)

"""The form of Correct and Force address: it knows how the country writes addresses (spec 6)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from textual import on
from textual.suggester import SuggestFromList
from textual.widget import Widget

from oms_tui.backend.errors import BackendError, Conflict, RefusedByDesk, SignedOut
from oms_tui.domain.order import Address
from oms_tui.domain.plan import Plan
from oms_tui.domain.world import AddressField, AddressRules, AddressVerdict, FieldProblem
from oms_tui.screens.base import HEIGHTS
from oms_tui.screens.forms.address_fields import (
    AddressInput,
    AddressRow,
    AddressText,
    AreaField,
    CountryShown,
    StreetField,
    TakeButton,
)
from oms_tui.screens.forms.form import VerbForm
from oms_tui.screens.forms.rows import BESIDE_LABEL, FieldRows
from oms_tui.screens.scopes import Scope
from oms_tui.text import cell_width, clean_line
from oms_tui.verbs import Argument, Choice, Following, Subject
from oms_tui.verbs.address import BILL_TO_STAYS, field_name
from oms_tui.verbs.address_arguments import ADDRESS_ARGUMENTS

COUNTRY, CORRECT, FORCE = "country", "order.address", "order.force"
METHOD = "method"
MOST_METHODS = 4
"""Methods that stand beside the field."""
_SUGGESTED = "Suggested: "
"""How the desk begins to say in a sentence what stands beside the fields here."""


class Form(VerbForm):
    """The fields of the country, what it would write beside them, and the plan."""

    SCOPES = (Scope.ADDRESS,)
    DEFAULT_CLASSES = "address-form"
    VERTICAL_BREAKPOINTS = [*HEIGHTS, (30, "-high")]  # noqa: RUF012 - the framework's own shape

    _methods: tuple[str, ...] = ()
    """The shipping methods that the channel uses, the usual ones first; another one can be typed."""
    _problems: Sequence[FieldProblem] = ()
    """What is said at the fields."""

    def compose_box(self) -> Iterable[Widget]:
        """As every form, with a button that takes the suggestion over."""
        for widget in super().compose_box():
            yield widget
            if widget.id == "commit":
                yield TakeButton(id="take")

    # -- the fields ----------------------------------------------------------------------------------------

    async def make_rows(self, subject: Subject) -> FieldRows:
        """The fields as the country of the address has them."""
        country = str(self._given.get(COUNTRY) or subject.order.ship_to.country)
        rules = await self.app.backend.address_rules(country)
        if any(one.name == METHOD for one in self.verb.arguments):
            known = await self.app.backend.shipping_methods(subject.order.channel.code)
            self._methods = tuple(one for one in known if clean_line(one) == one)
        rows = [self._row(one, subject, rules) for one in self._asked(subject, rules)]
        width = max(cell_width(label) for label, _, _ in rows) + BESIDE_LABEL
        return FieldRows(rows=[AddressRow(field, label, width, hint) for label, field, hint in rows])

    def _asked(self, subject: Subject, rules: AddressRules) -> list[AddressField]:
        """The country's fields in its order; also what the order has though its country does not use it. Why
        it is taken as it is comes first: a small screen has no room for it below."""
        known = {one.field for one in rules.fields}
        own = {one.name: one for one in ADDRESS_ARGUMENTS}
        fields = [one for one in rules.fields if one.field != "phone"]
        fields += [
            AddressField(name, argument.label)
            for name, argument in own.items()
            if name not in known and name != COUNTRY and self._initial(argument, subject)
        ]
        phone = next((one for one in rules.fields if one.field == "phone"), AddressField("phone", "Phone"))
        fields += [AddressField(COUNTRY, "Country"), phone]
        more = [
            AddressField(one.name, one.label, one.is_required, hint=self._hint(one.name))
            for one in self.verb.arguments
            if one.name not in own
        ]
        why = [one for one in more if one.is_required]
        return [*why, *fields, *(one for one in more if one not in why)]

    def _hint(self, name: str) -> str:
        return ", ".join(self._methods[:MOST_METHODS]) if name == METHOD else ""

    def _row(
        self, asked: AddressField, subject: Subject, rules: AddressRules
    ) -> tuple[str, AddressInput, str]:
        """(label, field, hint)."""
        argument = self.verb.argument(asked.field)
        label = f"{asked.label} *" if asked.is_required else asked.label
        return label, self._field(asked, replace(argument, label=asked.label), subject, rules), asked.hint

    def _field(
        self, asked: AddressField, argument: Argument, subject: Subject, rules: AddressRules
    ) -> AddressInput:
        text = self._initial(argument, subject)
        if argument.name == COUNTRY and text and text == subject.order.ship_to.country == rules.country:
            key = self.app.keys.shown("order.cancel")
            return CountryShown(argument, text, rules.name, f"stays: cancel and reorder ({key})")
        if argument.name == "street":
            return StreetField(argument, text)
        if asked.choices:
            areas = [Choice(value, label) for value, label in asked.choices]
            return AreaField(argument, areas, text, ascii_only=self.app.ascii_only)
        field = AddressText(argument, text)
        if argument.name == METHOD and self._methods:
            field.suggester = SuggestFromList(self._methods, case_sensitive=False)
        return field

    def _initial(self, argument: Argument, subject: Subject) -> str:
        given = self._given.get(argument.name)
        if given is not None:
            return str(given)
        return argument.initial(subject) if argument.initial is not None else argument.default or ""

    @property
    def _rows(self) -> list[AddressRow]:
        return [row for row in self._fields.rows if isinstance(row, AddressRow)]

    def _drawn(self) -> None:
        """Begin at the first field that fails: that is why one is here, unless it is to be taken as it is."""
        super()._drawn()
        if self.verb.id == FORCE:
            return
        failing = next((row.field for row in self._rows if row.fault and row.field.can_focus), None)
        if failing is not None:
            self.set_focus(failing)

    # -- what the country's rules say ----------------------------------------------------------------------

    async def _make_plan(self, *, tells_all: bool = False) -> Plan | None:
        """Check what was entered, field by field, then plan."""
        await self._check()
        return await super()._make_plan(tells_all=tells_all)

    async def _check(self) -> None:
        if self._subject is None or not self._rows:
            return
        entered = _address(self._subject.order.ship_to, self._fields.hold())
        try:
            verdict = await self.app.backend.check_address(entered)
        except SignedOut:
            return  # the plan says so
        except BackendError as error:
            self._say(f"The address cannot be checked: {error}", "problem")
            return
        self._show_verdict(entered, verdict)

    def _show_verdict(self, entered: Address, verdict: AddressVerdict) -> None:
        self._problems = [one for one in verdict.problems if self._fields.has(one.field)]
        reasons = {problem.field: problem.reason for problem in self._problems}
        suggestion = verdict.suggestion or entered
        arrow = "->" if self.app.ascii_only else "→"
        for row in self._rows:
            name = row.name_of_argument
            reason = reasons.get(name, "")
            row.tell_problem(f"{row.field.argument.label} {reason}." if reason else "")
            written, own = _text(suggestion, name), _text(entered, name)
            row.suggest(written if written != own else None, arrow, is_empty=not own)
        self._tell_take()

    def _tell_take(self) -> None:
        count = sum(row.suggested is not None for row in self._rows)
        label = f"{self.app.keys.shown('form.suggestion').upper()} take over what is suggested"
        self.query_one("#take", TakeButton).tell(label, is_ready=count > 0)
        self.query_one("#take", TakeButton).can_focus = count > 0

    def action_suggestion(self) -> None:
        """Take over what the rules would write."""
        for row in self._rows:
            if row.suggested is not None and hasattr(row.field, "put"):
                row.field.put(row.suggested)

    def action_force(self) -> None:
        """Go on to Force address with what the fields hold."""
        if self.verb.id != CORRECT or self._is_busy or self._is_over or self._subject is None:
            return
        typed = {name: value for name, value in self._fields.hold().items() if isinstance(value, str)}
        self._is_over, self.instead = True, Following(FORCE, typed)
        self.dismiss(False)

    @on(TakeButton.Pressed)
    def press_take(self, event: TakeButton.Pressed) -> None:
        """The button does what the key does."""
        event.stop()
        self.action_suggestion()

    # -- the plan ------------------------------------------------------------------------------------------

    def warnings_of(self, plan: Plan) -> tuple[str, ...]:
        """All but what stands at the fields: what fails there, and what is suggested beside them."""
        at_fields = {f"{field_name(one.field)} {one.reason}." for one in self._problems}
        return tuple(x for x in plan.warnings if x not in at_fields and not x.startswith(_SUGGESTED))

    def _tell_refusal(self, error: BackendError, *, tells_all: bool) -> None:
        """What fails stands at its field; while nothing was changed yet there is nothing to refuse."""
        can_take = any(row.suggested is not None for row in self._rows)
        if isinstance(error, RefusedByDesk) and any(fix == FORCE for _, fix in error.blockers):
            key = self.app.keys.shown("form.force").upper()
            self._no_plan(
                "The plan comes once no field fails. To take the address as it is all the same: "
                f"{key} goes on to Force address, with what you typed.",
                "problem" if tells_all else "muted",
            )
        elif isinstance(error, RefusedByDesk) and not (self.is_dirty or self._given or tells_all):
            more = ", or take over what is suggested" if can_take else ""
            told = f"Change what is wrong{more}: what it leads to comes here. {BILL_TO_STAYS}"
            self._no_plan(told, "muted")
        else:
            super()._tell_refusal(error, tells_all=tells_all)

    async def _order_changed(self, conflict: Conflict | None) -> None:
        """Fields that nobody touched hold what the order has now."""
        first = dict(self._held_first)
        untouched = [row for row in self._rows if first.get(row.name_of_argument) == _held(row)]
        await super()._order_changed(conflict)
        if self._subject is None:
            return
        for row in untouched:
            argument = row.field.argument
            if argument.initial is not None and hasattr(row.field, "put"):
                row.field.put(argument.initial(self._subject))
                self._held_first[argument.name] = _held(row)


def _held(row: AddressRow) -> object:
    return FieldRows(rows=[row]).hold()[row.name_of_argument]


def _address(own: Address, held: Mapping[str, object]) -> Address:
    """The address that the fields hold; what they do not ask stays."""
    names = [one.name for one in ADDRESS_ARGUMENTS if one.name in held and one.name != "street"]
    values = {name: _as_text(held[name]) for name in names}
    street = own.street
    if "street" in held:
        street = tuple(line.strip() for line in _as_text(held["street"]).splitlines() if line.strip())
    return replace(own, street=street, **values)


def _as_text(held: object) -> str:
    """What a field holds; what cannot be taken is nothing."""
    return held if isinstance(held, str) else ""


def _text(address: Address, name: str) -> str:
    """A field of an address as its form shows it."""
    value = getattr(address, name, "")
    return "\n".join(value) if isinstance(value, tuple) else str(value)

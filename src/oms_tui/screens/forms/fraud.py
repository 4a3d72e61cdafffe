"""The form of a fraud review: the evidence above, the decision below (spec 6, Fraud flag)."""

from collections.abc import Iterable

from textual import events
from textual.widget import Widget

from oms_tui.backend.errors import BackendError, Conflict, SignedOut
from oms_tui.domain.answers import FraudEvidence
from oms_tui.domain.fraud import confirmed_by
from oms_tui.screens import wording
from oms_tui.screens.base import HEIGHTS
from oms_tui.screens.forms.asking import make_fields
from oms_tui.screens.forms.coded import CodedField
from oms_tui.screens.forms.evidence import EvidenceCard
from oms_tui.screens.forms.form import VerbForm
from oms_tui.screens.forms.rows import FieldRows
from oms_tui.verbs import Subject
from oms_tui.widgets.lines import Pieces


class DecisionField(CodedField):
    """Nothing is decided until somebody decides."""

    def line(self, y: int, width: int) -> Pieces:
        """The decision, or the letters that make one."""
        if self.held() is not None:
            return super().line(y, width)
        letters = [f"{one.label[:1]} {one.label}" for one in self._choices if one.value]
        return [(f"{', '.join(letters)} {self._sign}", "selected" if self.has_focus else "muted")]


class Form(VerbForm):
    """Evidence, decision, reason, note, plan."""

    DEFAULT_CLASSES = "fraud-form"
    VERTICAL_BREAKPOINTS = [*HEIGHTS, (30, "-high")]  # noqa: RUF012 - the framework's own shape

    def compose_box(self) -> Iterable[Widget]:
        """As every form, with the card above the fields."""
        for widget in super().compose_box():
            if widget.id == "fields":
                yield EvidenceCard(ascii_only=self.app.ascii_only, id="card")
            yield widget

    @property
    def card(self) -> EvidenceCard:
        """The evidence."""
        return self.query_one("#card", EvidenceCard)

    async def make_rows(self, subject: Subject) -> FieldRows:
        """The fields, with a decision that nobody made yet."""
        await self._read_evidence()
        ascii_only = self.app.ascii_only
        fields = make_fields(self.verb, subject, self.app.policy, self._given, ascii_only=ascii_only)
        decision = self.verb.argument("decision")
        if decision.choices is not None:
            choices = decision.choices(subject, self.app.policy)
            given = str(self._given.get("decision") or "")
            fields[0] = DecisionField(decision, choices, given, ascii_only=ascii_only, is_open=True)
        return FieldRows(fields)

    @property
    def _unplanned(self) -> str:
        """The decision that was made already, if there is one, and the ways on."""
        by = "" if self._subject is None else confirmed_by(self._subject.order)
        if not by:
            return super()._unplanned
        leave, cancel = self.app.keys.shown("view.back"), self.app.keys.shown("order.cancel")
        return (
            f"Confirmed as fraud by {by.rstrip('.')}. To cancel it: {leave}, then {cancel}. "
            "If that was wrong, decide genuine."
        )

    async def _read_evidence(self) -> None:
        try:
            evidence = await self.app.backend.evidence(self.order_id)
        except SignedOut as error:
            self._close_for(error)
        except BackendError as error:
            self.card.say(f"The evidence cannot be shown: {error}", "problem")
        else:
            self.card.show_evidence(evidence, self._held_text(evidence))

    def _held_text(self, evidence: FraudEvidence) -> str:
        since = evidence.held_since
        if since is None:
            return "by nobody now"
        at = wording.moment(since, self.app.zone, self.app.clock.now())
        return f"{at} by {evidence.held_by or 'somebody'}"

    async def _order_changed(self, conflict: Conflict | None) -> None:
        """The evidence may have changed with the order."""
        await super()._order_changed(conflict)
        await self._read_evidence()

    def on_key(self, event: events.Key) -> None:
        """Page keys read on: the card first, then the plan; back the same way."""
        is_down, is_up = event.key == "pagedown", event.key == "pageup"
        if event.time >= self.drawn_at and (
            (is_down and not self.card.is_at_end) or (is_up and not self.preview.hidden[0])
        ):
            event.stop()
            event.prevent_default()
            self.card.action_page_down() if is_down else self.card.action_page_up()

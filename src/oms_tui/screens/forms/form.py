"""The form of a verb: asks, shows what it would do, commits it once (architecture 3, 7; C5, I6, U1)."""

import asyncio
from collections.abc import Iterable, Mapping
from math import inf
from time import monotonic

from textual import events, getters, on, work
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget

from oms_tui.backend import Intention
from oms_tui.backend.errors import BackendError, BadRequest, Conflict, RefusedByDesk, SignedOut
from oms_tui.domain.plan import Plan
from oms_tui.screens.base import Overlay
from oms_tui.screens.choose import Ask
from oms_tui.screens.forms.asking import make_fields
from oms_tui.screens.forms.fields import FieldChanged, FieldCut, FieldDone
from oms_tui.screens.forms.lines_field import LinesField
from oms_tui.screens.forms.news import what_changed
from oms_tui.screens.forms.parts import CommitButton, FieldsEnd, Told, title_pieces
from oms_tui.screens.forms.preview import Preview, same_effect
from oms_tui.screens.forms.rows import FieldRows
from oms_tui.screens.forms.submitting import Outcome, submit
from oms_tui.screens.scopes import Scope
from oms_tui.screens.subject import subject_of
from oms_tui.screens.verbs_here import why_refused
from oms_tui.screens.wording import refusal_text
from oms_tui.styles import FOLDER
from oms_tui.verbs import Following, Subject, Verb
from oms_tui.widgets.key_line import Hint, KeyLine
from oms_tui.widgets.lines import Lines
from oms_tui.widgets.listing import Listing
from oms_tui.widgets.rule import Rule

DEBOUNCE = 0.15
"""Seconds without a change before the plan is made again."""
RELEASED = 0.5
"""Seconds without the commit key after which pressing it is a new decision."""
_PAGE_KEYS = {"pageup": "page_up", "pagedown": "page_down"}


class VerbForm(Overlay[bool]):
    """One verb on one order. Answers with whether something was done."""

    SCOPES = (Scope.FORM,)
    CSS_PATH = FOLDER / "forms.tcss"

    title_line = getters.query_one("#form-title", Lines)
    notice = getters.query_one("#notice", Told)
    preview = getters.query_one("#preview", Preview)
    button = getters.query_one("#commit", CommitButton)
    key_line = getters.query_one("#keys-here", KeyLine)

    def __init__(self, verb: Verb, order_id: str, given: Mapping[str, object]) -> None:
        super().__init__()
        self.verb = verb
        self.order_id = order_id
        self.drawn_at = inf
        """Keys pressed before this moment do nothing (U1)."""
        self.submitted: Mapping[str, object] = {}
        """The arguments that were handed over last."""
        self._given = dict(given)
        self.follows = False  # on another verb, whose commit key may still be held down
        self.line_there: int | None = None  # under the cursor where it was started
        self.instead: Following | None = None  # what the person goes on to without committing this
        self._subject: Subject | None = None
        self._fields = FieldRows()
        self._held_first: dict[str, object] = {}
        self._planned: dict[str, object] | None = None
        """What the plan that is shown was made for."""
        self._is_busy = self._is_over = False
        self._news = ""
        """What somebody else changed. Until it was looked at, a key held down must not commit."""
        self._pressed_at = 0.0
        self._accepted_at = -inf

    # -- what is in it -------------------------------------------------------------------------------------

    def compose_box(self) -> Iterable[Widget]:
        """Title, fields, notice, plan, button, keys."""
        ascii_only = self.app.ascii_only
        yield Lines(id="form-title")
        yield Rule(ascii_only=ascii_only)
        yield VerticalScroll(id="fields", can_focus=False)
        yield Told(id="notice")
        yield FieldsEnd(ascii_only=ascii_only)
        yield Preview(ascii_only=ascii_only, id="preview")
        with Horizontal(id="commit-row"):
            yield CommitButton(id="commit")
        yield Rule(ascii_only=ascii_only)
        yield KeyLine(id="keys-here")

    def on_mount(self) -> None:
        """Read the order again: a form shows what is true when it opens (C5)."""
        self.title_line.show([(f" {self.verb.label} · order {self.order_id}", "strong")])
        self._tell_keys()
        self._open()

    @work(group="form-open")
    async def _open(self) -> None:
        if not await self._read() or self._subject is None:
            self.drawn_at = monotonic()
            return
        self._fields = await self.make_rows(self._subject)
        await self.query_one("#fields", VerticalScroll).mount_all(self._fields.rows)
        self._fields.go_to_line(self.line_there)
        self._held_first = self._fields.hold()
        await self._make_plan()
        self._fields.tell_first_faults()
        self.call_after_refresh(self._drawn)

    async def make_rows(self, subject: Subject) -> FieldRows:
        """The fields it asks with; a form of its own has others."""
        policy, ascii_only = self.app.policy, self.app.ascii_only
        return FieldRows(make_fields(self.verb, subject, policy, self._given, ascii_only=ascii_only))

    def warnings_of(self, plan: Plan) -> tuple[str, ...]:
        """What of the plan's warnings the form still has to say."""
        return plan.warnings

    @property
    def _unplanned(self) -> str:
        return "What this will do stands here once the fields are filled."

    def _drawn(self) -> None:
        """From now on keys are for this form."""
        self.set_focus(self._fields.first() or self.button)
        self.drawn_at = self._accepted_at = monotonic()
        self._tell_keys()

    async def _read(self) -> bool:
        """Read the order; False, said in the plan's place, when that cannot be done."""
        try:
            profile = await self.app.backend.order(self.order_id)
        except SignedOut as error:
            self._close_for(error)
            return False
        except BackendError as error:
            self.preview.say(f"{error} Esc goes back.", "problem")
            return False
        self._subject = subject_of(profile)
        self.title_line.show(title_pieces(self.verb, profile.order))
        return True

    # -- what the fields hold ------------------------------------------------------------------------------

    @property
    def is_dirty(self) -> bool:
        """Whether something would be lost if the form were put away."""
        return self._fields.hold() != self._held_first

    def _arguments(self, *, tells_all: bool) -> dict[str, object] | None:
        """The arguments of the plan; None, said at the fields, while one cannot be taken."""
        arguments, faulty = self._fields.arguments(tells_all=tells_all, about=self._subject)
        if faulty is not None and tells_all:
            self.set_focus(faulty)
        return arguments

    @on(FieldChanged)
    def plan_again(self, event: FieldChanged) -> None:
        """What is typed changes the plan, once the typing rests."""
        event.stop()
        self._fields.touch(event.argument.name, is_own=not self.is_dirty)
        self._plan_soon()

    @on(FieldCut)
    def tell_cut(self, event: FieldCut) -> None:
        """Say that not all of a paste was taken."""
        event.stop()
        most = event.argument.max_length
        self._fields.tell_fault(event.argument.name, f"Only {most:,} characters fit; the rest was cut.")

    @on(FieldDone)
    def go_on(self, event: FieldDone) -> None:
        """Enter goes on to the next field; at the last one it says how to commit. It never commits (I6)."""
        event.stop()
        following = self._fields.after(event.field)
        if following is not None:
            self.set_focus(following)
        else:
            self._say(f"{self._commit_key} commits; tab goes to the button.", "muted")

    # -- the plan ------------------------------------------------------------------------------------------

    @work(exclusive=True, group="form-plan")
    async def _plan_soon(self) -> None:
        await asyncio.sleep(DEBOUNCE)
        if not self._is_busy:
            await self._make_plan()

    async def _make_plan(self, *, tells_all: bool = False) -> Plan | None:
        """Plan what the fields hold and show it; None, with the reason shown, where that cannot be done."""
        console, subject = self.app, self._subject
        if console.is_signed_in and (told := why_refused(console, self.verb, subject)):
            self._no_plan(told, "problem")
            return None
        arguments = self._arguments(tells_all=tells_all)
        if arguments is None:
            self._no_plan(self._unplanned, "muted")
            return None
        try:
            plan = await self.app.backend.plan(self._intention(arguments))
        except BackendError as error:
            self._tell_refusal(error, tells_all=tells_all)
            return None
        await self._take_plan(plan, arguments)
        return plan

    async def _take_plan(self, plan: Plan, arguments: dict[str, object]) -> None:
        known = None if self._subject is None else self._subject.order.version
        if plan.version != known and not self.verb.is_append_only:
            await self._order_changed(None)
        self._planned = arguments
        self.preview.show_plan(plan)
        news = [(f"! {self._news}", "warning"), (f"Look at the plan, then {self._commit_key}.", "")]
        warnings = [(f"! {warning}", "warning") for warning in self.warnings_of(plan)]
        effect = [(plan.effect, "")] if plan.effect else []
        self.notice.tell(*(news if self._news else ()), *effect, *warnings)
        self._tell_keys()

    def _no_plan(self, text: str, look: str) -> None:
        self._planned = None
        self.preview.say(text, look)
        self.notice.tell(*([(f"! {self._news}", "warning")] if self._news else []))
        self._tell_keys()

    def _tell_refusal(self, error: BackendError, *, tells_all: bool) -> None:
        """Say what the desk answered: at its field, or in the plan's place with the key that would help."""
        if isinstance(error, SignedOut):
            self._close_for(error)
        elif isinstance(error, BadRequest) and self._fields.has(error.field):
            self._fields.tell_fault(error.field, str(error), even_untouched=tells_all)
            self._no_plan(str(error), "muted")
        elif isinstance(error, RefusedByDesk):
            self._no_plan(refusal_text(error.blockers, self.app.keys), "problem")
        else:
            self._no_plan(f"{error}", "problem")

    async def _order_changed(self, conflict: Conflict | None) -> None:
        """Somebody changed the order since the form opened: say what and who, offer what is true now (C1)."""
        before = 0 if self._subject is None else self._subject.order.version
        self._news = str(conflict) if conflict else await what_changed(self.app, self.order_id, before)
        was_dirty = self.is_dirty
        if await self._read() and self._subject is not None:
            self._fields.offer(self._subject, self.app.policy)
            if not was_dirty:
                self._held_first = self._fields.hold()

    # -- committing ----------------------------------------------------------------------------------------

    @property
    def _commit_key(self) -> str:
        return self.app.keys.shown("form.accept").upper()

    def on_key(self, event: events.Key) -> None:
        """Let nothing through that was pressed before the form was drawn; page keys scroll the plan."""
        ways_out = {key for one in ("view.back", "form.cancel", "app.quit") for key in self.app.keys.of(one)}
        if event.time < self.drawn_at and event.key not in ways_out:
            event.stop()
            event.prevent_default()
            return
        self._pressed_at = event.time
        if event.key in _PAGE_KEYS:
            event.stop()
            getattr(self.preview, f"action_{_PAGE_KEYS[event.key]}")()

    def action_accept(self) -> None:
        """Do what the plan says, once."""
        pressed_at, before = self._pressed_at, self._accepted_at
        self._accepted_at = pressed_at
        if self._is_busy or self._is_over or pressed_at < self.drawn_at or self._subject is None:
            return
        if (self._news or self.follows) and pressed_at - before < RELEASED:
            return
        self._is_busy = True
        self._tell_keys()
        self._accept()

    @on(CommitButton.Pressed)
    def press_button(self, event: CommitButton.Pressed) -> None:
        """The button does what the key does."""
        event.stop()
        self._pressed_at = event.time
        self.action_accept()

    @work(group="form-accept")
    async def _accept(self) -> None:
        """Make sure that the plan shown is the one that is committed, then hand it over."""
        shown = self.preview.plan
        arguments = self._arguments(tells_all=True)
        if arguments is None or arguments != self._planned or shown is None:
            plan = await self._make_plan(tells_all=True)
            if plan is None or not (self.verb.is_append_only or same_effect(shown, plan)):
                self._is_busy = False
                if plan is not None and not self._news:
                    self._say(f"The plan changed: look at it, then {self._commit_key}.", "warning")
                self._tell_keys()
                return
            shown, arguments = plan, self._planned
        self._news = ""
        self._say("", "")
        self.submitted = arguments or {}
        submit(self.app, self._intention(self.submitted), shown.version, self)

    def _intention(self, arguments: Mapping[str, object]) -> Intention:
        return Intention(verb=self.verb.id, order_id=self.order_id, arguments=arguments)

    @property
    def is_listening(self) -> bool:
        """Whether the form is still open."""
        return self.is_attached and not self._is_over

    def hear(self, outcome: Outcome) -> None:
        """What became of what was submitted."""
        self.call_later(self._heard, outcome)

    async def _heard(self, outcome: Outcome) -> None:
        """Done, refused, changed meanwhile, or not known yet (I3)."""
        if outcome.is_unknown:
            self._say("Outcome unknown, checking: no answer came. It is not sent twice.", "warning")
            return
        self._is_busy = False
        if outcome.done is not None:
            self._finish()
            return
        error = outcome.error
        if isinstance(error, Conflict):
            await self._order_changed(error)
            await self._make_plan(tells_all=True)
        elif isinstance(error, SignedOut):
            self._close_for(error)
        elif isinstance(error, BadRequest | RefusedByDesk):
            self._tell_refusal(error, tells_all=True)
        elif error is not None:
            self._say(f"! {error} {self._commit_key} tries again.", "problem")
        self._tell_keys()

    def _finish(self) -> None:
        """It is done: the form goes, with whatever stands over it."""
        if not self._is_over:
            self._is_over = True
            self.pop_until_active()
            self.dismiss(True)

    def _close_for(self, error: SignedOut) -> None:
        self._is_over = True
        self.app.tell_error(error)

    # -- leaving -------------------------------------------------------------------------------------------

    def action_cancel_form(self) -> None:
        """Put the form away."""
        self._put_away()

    async def action_back(self) -> None:
        """Esc leaves the order as it is."""
        if not self.app.put_errors_away():
            self._put_away()

    def _put_away(self) -> None:
        def answered(is_sure: bool | None) -> None:
            if is_sure and not self._is_over:
                self._is_over = True
                self.dismiss(False)

        if not self.is_dirty:
            answered(True)
        elif not self._is_over:
            question = f"Put “{self.verb.label}” away? What you filled in is lost."
            self.app.push_screen(Ask(question, yes="Lose it", no="Go on filling in"), answered)

    # -- what is said --------------------------------------------------------------------------------------

    @on(Listing.Moved)
    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def tell_keys_here(self) -> None:
        """Other keys are valid where the cursor or the focus went."""
        self._tell_keys()

    def _say(self, text: str, look: str) -> None:
        self.notice.tell(*([(text, look)] if text else []))

    def _tell_keys(self) -> None:
        """The button and the key line say what F9 does now."""
        plan = self.preview.plan
        is_ready = plan is not None and not self._is_busy and self.drawn_at < inf
        label = plan.commit_label if plan is not None else self.verb.label.lower()
        label = "being done…" if self._is_busy else label
        self.button.tell(label, is_ready=is_ready)
        keys = self.app.keys
        self.key_line.tell([
            Hint(keys.shown("form.accept"), label, is_dim=not is_ready),
            Hint(keys.shown("view.back"), "keep the order" if self.verb.id == "order.cancel" else "leave"),
            *(self.focused.hints() if isinstance(self.focused, LinesField) else ()),
            Hint(keys.shown("move.next"), "next field"),
            Hint(next((key for key in keys.of("view.help") if len(key) > 1), "?"), "help"),
        ])  # fmt: skip

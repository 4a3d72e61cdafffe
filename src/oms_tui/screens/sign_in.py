"""Sign in (SI): who is working. The desk opens behind it; what is typed meanwhile is not lost."""

import time
from collections.abc import Iterable
from dataclasses import replace

from textual import events, on, work
from textual.containers import Vertical
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

from oms_tui import __version__
from oms_tui.backend.errors import BackendError, SignInFailed
from oms_tui.domain.people import Person
from oms_tui.screens.actions import Action, Scope
from oms_tui.screens.base import DeskScreen
from oms_tui.screens.sign_in_parts import FirstPerson, NameAndPassword, SamplePeople
from oms_tui.widgets.lines import Lines, Talk


class SignInScreen(DeskScreen):
    """Asks for name and password; on an empty desk for the first person; in sample data which one to be."""

    CODE = "SI"
    PLACE = "Sign in"
    SCOPES = (Scope.SIGN_IN,)

    def __init__(self) -> None:
        super().__init__()
        self._part: Widget | None = None
        self._is_failed = False
        self._is_pending = False
        self._is_busy = False
        self._waits_until = 0.0
        self._ticker: Timer | None = None

    def compose_content(self) -> Iterable[Widget]:
        """The program's name, a line that says what is going on, and the fields."""
        yield Lines(id="welcome")
        self._part = NameAndPassword(id="part")
        yield Vertical(self._part, id="part-holder")
        yield Talk(id="told")

    def on_mount(self) -> None:
        """Show the fields, then open the desk."""
        self.query_one("#welcome", Lines).show([(f"oms-tui {__version__}", "strong")])
        self.query_one("#name", Input).focus()
        self.tell("Opening the desk …")
        self.call_after_refresh(self.open_desk)

    def tell(self, text: str, look: str = "muted") -> None:
        """Say one sentence under the fields; long ones go on over several lines."""
        self.query_one("#told", Talk).say(text, look)

    # -- the desk opens ------------------------------------------------------------------------------------

    @work(exclusive=True, group="open-desk")
    async def open_desk(self) -> None:
        """Open the desk; then ask what it needs: name and password, the first person, or a sample person."""
        self._is_failed = False
        self.tell("Opening the desk …")
        try:
            self.app.desk = await self.app.backend.open()
        except BackendError as error:
            await self._fail(str(error))
            return
        await self._show_part()

    async def _fail(self, text: str) -> None:
        self._is_failed = True
        self._is_pending = False
        if self._part is not None:
            self._part.display = False
        self.set_focus(None)
        self.tell(f"{text} – {self.app.keys.shown('desk.retry')} tries again, ctrl+q quits.", "problem")
        self.tell_keys()

    async def _show_part(self) -> None:
        desk = self.app.desk
        if desk is None:
            return
        self.tell_top()
        name = f"oms-tui {__version__}  ·  {desk.name}"
        self.query_one("#welcome", Lines).show([(name, "strong")])
        if desk.is_sample:
            await self._put(SamplePeople(desk.sample_people, id="part"))
            self.tell("Sample data: pick who to be by digit. No password.")
            role, self.app.sample_role = self.app.sample_role, None
            person = next((one for one in desk.sample_people if role in one.roles), None)
            if person is not None and not self._is_busy:
                self._sign_in(person.name, "")
        elif not desk.has_people:
            await self._put(FirstPerson(id="part"))
            self.tell("Nobody works here yet: make the first person. They get AD and one desk role.")
        else:
            await self._put(None)
            self.tell("")
        self.tell_keys()
        if self._is_pending:
            self.submit()

    async def _put(self, part: Widget | None) -> None:
        """Show another part in the place of name and password, with what was typed there."""
        old = self._part
        typed = old.value("name") if isinstance(old, NameAndPassword) else ""
        if old is not None:
            old.display = True
        if part is None and isinstance(old, NameAndPassword):
            return
        new = part or NameAndPassword(id="part")
        await self.query_one("#part-holder").remove_children()
        await self.query_one("#part-holder").mount(new)
        self._part = new
        if isinstance(new, SamplePeople):
            new.focus()
            if typed.isdigit():
                self.action_number(int(typed))
        elif isinstance(new, FirstPerson | NameAndPassword):
            new.begin(typed)

    # -- signing in ----------------------------------------------------------------------------------------

    @on(Input.Submitted)
    def go_on(self, event: Input.Submitted) -> None:
        """Enter goes on to the next field; in the last one it signs in."""
        event.stop()
        part = self._part
        if isinstance(part, NameAndPassword | FirstPerson) and part.is_last(event.input):
            self.submit()
        else:
            self.focus_next()

    def action_accept(self) -> None:
        """Sign in with what the fields hold."""
        self.submit()

    def action_retry(self) -> None:
        """Try to open the desk again."""
        if self._is_failed:
            self.open_desk()

    def submit(self) -> None:
        """Sign in, or make the first person, with what the fields hold; once the desk is open."""
        if self.app.desk is None:
            self._is_pending = not self._is_failed
            if self._is_pending:
                self.tell("Opening the desk … you will be signed in then.")
            return
        self._is_pending = False
        if self._is_busy or self._rest() > 0:
            return
        part = self._part
        if isinstance(part, FirstPerson):
            problem = part.problem()
            if problem is not None:
                self._complain(*problem)
                return
            self._make_first_person(part)
        elif isinstance(part, NameAndPassword):
            if not part.value("name").strip():
                self._complain("A name is needed.", "name")
                return
            self._sign_in(part.value("name"), part.value("password"))

    def _complain(self, text: str, field: str) -> None:
        self.tell(text, "problem")
        for box in self.query(f"#{field}"):
            box.focus()

    def action_number(self, number: int) -> None:
        """Be the sample person of that number."""
        if isinstance(self._part, SamplePeople) and not self._is_busy:
            person = self._part.person(number)
            if person is not None:
                self._sign_in(person.name, "")

    @on(SamplePeople.Opened)
    def be(self, event: SamplePeople.Opened) -> None:
        """Be the sample person under the cursor."""
        person = event.row
        if isinstance(person, Person) and not self._is_busy:
            self._sign_in(person.name, "")

    @work(group="sign-in")
    async def _sign_in(self, name: str, password: str) -> None:
        self._is_busy = True
        self.tell("Signing in …")
        try:
            actor = await self.app.backend.sign_in(name, password)
        except SignInFailed as error:
            self._refused(error)
        except BackendError as error:
            self.tell(str(error), "problem")
        else:
            await self.app.enter(actor)
        finally:
            self._is_busy = False

    @work(group="sign-in")
    async def _make_first_person(self, part: FirstPerson) -> None:
        self._is_busy = True
        self.tell("Making the first person …")
        try:
            actor = await self.app.backend.create_first_person(
                part.value("name"), part.value("display-name"), part.value("password"), part.role
            )
        except BackendError as error:
            self._complain(str(error), getattr(error, "field", "") or "name")
        else:
            if self.app.desk is not None:
                self.app.desk = replace(self.app.desk, has_people=True)
            await self.app.enter(actor)
        finally:
            self._is_busy = False

    # -- waiting after failures ----------------------------------------------------------------------------

    def _refused(self, error: SignInFailed) -> None:
        if isinstance(self._part, NameAndPassword):
            self._part.clear("password")
            self._part.query_one("#password", Input).focus()
        self._refusal = str(error)
        self._waits_until = time.monotonic() + error.retry_after
        self._tick()
        if self._ticker is None and error.retry_after:
            self._ticker = self.set_interval(1.0, self._tick)

    def _rest(self) -> int:
        """Whole seconds still to wait."""
        return max(0, round(self._waits_until - time.monotonic() + 0.49))

    def _tick(self) -> None:
        rest = self._rest()
        if rest:
            self.tell(f"{self._refusal} – the next try is possible in {rest} s.", "problem")
            return
        if self._ticker is not None:
            self._ticker.stop()
            self._ticker = None
        self.tell(self._refusal, "problem")

    # -- coming back ---------------------------------------------------------------------------------------

    @on(events.ScreenResume)
    async def ask_anew(self) -> None:
        """Somebody signed out: ask anew, with nothing left in the fields."""
        if self.is_mounted and self.app.desk is not None and not self.app.is_signed_in:
            await self._put(NameAndPassword(id="part"))
            await self._show_part()
            self.tell(self.app.parting, "warning" if self.app.parting else "muted")

    def on_paste(self, event: events.Paste) -> None:
        """A paste that hit no field does nothing (T7)."""
        event.stop()

    def offers(self, row: Action) -> bool:
        """Only what sign-in waits for."""
        if row.id == "desk.retry":
            return self._is_failed
        if row.id == "role.pick":
            return isinstance(self._part, SamplePeople)
        if row.id == "sign_in.accept":
            return isinstance(self._part, NameAndPassword | FirstPerson) and not self._is_failed
        return row.id != "view.back"

    def step_back(self) -> bool:
        """There is nowhere to go back to."""
        return True

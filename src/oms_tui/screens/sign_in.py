"""Sign in (SI): who is working. The desk opens behind it; what is typed meanwhile is not lost.

It is the first frame, so it brings as little as it can: what needs the domain is imported once it is there.
"""

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import events, on, work
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

from oms_tui import __version__
from oms_tui.screens.actions import Action
from oms_tui.screens.base import DeskScreen
from oms_tui.screens.scopes import Scope
from oms_tui.screens.sign_in_parts import NameAndPassword, NothingToType, SignInPart
from oms_tui.widgets.lines import Lines, Talk

if TYPE_CHECKING:
    from oms_tui.domain.people import Actor

OPENING = "Opening the desk …"


class SignInScreen(DeskScreen):
    """Asks for name and password; on an empty desk for the first person; in sample data which one to be."""

    CODE = "SI"
    PLACE = "Sign in"
    SCOPES = (Scope.SIGN_IN,)

    def __init__(self) -> None:
        super().__init__()
        self._part = self._first_part()
        self._is_failed = False
        self._is_pending = False
        self._is_busy = False
        self._refusal = ""
        self._waits_until = 0.0
        self._ticker: Timer | None = None

    def _first_part(self) -> SignInPart:
        part = NothingToType if self.app.session.is_sample_start else NameAndPassword
        return part(id="part")

    def compose_content(self) -> Iterable[Widget]:
        """The program's name, the fields, and a line that says what is going on."""
        yield Lines(id="welcome")
        yield self._part
        yield Talk(id="told")

    def on_mount(self) -> None:
        """Show the fields, then open the desk."""
        self.query_one("#welcome", Lines).show([(f"oms-tui {__version__}", "strong")])
        if self._part.FIELDS:
            self.set_focus(self.query_one(f"#{self._part.FIELDS[0]}", Input))
        self.tell(OPENING)
        self.call_after_refresh(self.open_desk)

    def tell(self, text: str, look: str = "muted") -> None:
        """Say a sentence under the fields."""
        self.query_one("#told", Talk).say(text, look)

    # -- the desk opens ------------------------------------------------------------------------------------

    @work(exclusive=True, group="open-desk")
    async def open_desk(self) -> None:
        """Open the desk; then ask what it needs: name and password, the first person, or a sample person."""
        self._is_failed = False
        self.tell(OPENING)
        problem = await self.app.session.open_desk()
        if problem:
            self._fail(problem)
        else:
            await self._ask()

    def _fail(self, text: str) -> None:
        self._is_failed, self._is_pending = True, False
        self.app.typed_ahead.drop()
        self._part.display = False
        self.set_focus(None)
        keys = self.app.keys
        again, out = keys.shown("desk.retry"), keys.shown("app.quit")
        self.tell(f"{text} – {again} tries again, {out} quits.", "problem")
        self.tell_keys()

    async def _ask(self) -> None:
        """Show the part that this desk needs, with what was typed before it was known."""
        desk = self.app.desk
        if desk is None:
            return
        self.query_one("#welcome", Lines).show([(f"oms-tui {__version__}  ·  {desk.name}", "strong")])
        if desk.is_sample or not desk.has_people:
            from oms_tui.screens.first_steps import FirstPerson, SamplePeople

            part = SamplePeople(desk.sample_people, id="part") if desk.is_sample else FirstPerson(id="part")
            await self._put(part)
            role, self.app.session.sample_role = self.app.session.sample_role, None
            if isinstance(part, SamplePeople) and role is not None and part.choose_role(role):
                self.submit()
        self._part.display = True
        self.tell(self._part.OPENING)
        self.tell_top()
        self.tell_keys()
        if self._is_pending:
            self.submit()
            if not self._is_busy:
                self.app.typed_ahead.drop()
        elif not self._is_busy:
            await self.app.typed_ahead.release()

    async def _put(self, part: SignInPart) -> None:
        typed = self._part.value("name") if "name" in self._part.FIELDS else ""
        await self._replace(part)
        part.begin(typed)

    async def _replace(self, part: SignInPart) -> None:
        old, self._part = self._part, part
        await old.remove()
        await self.query_one("#content").mount(part, after="#welcome")

    # -- signing in ----------------------------------------------------------------------------------------

    @on(Input.Submitted)
    def go_on(self, event: Input.Submitted) -> None:
        """Enter goes on to the next field; in the last one it signs in."""
        event.stop()
        if self._part.is_last(event.input):
            self.submit()
        else:
            self.focus_next()

    def action_number(self, number: int) -> None:
        """Be the sample person of that number."""
        if self._part.choose(number):
            self.submit()

    def action_accept(self) -> None:
        """Sign in with what the fields hold."""
        self.submit()

    def action_retry(self) -> None:
        """Try to open the desk again."""
        if self._is_failed:
            self.open_desk()

    @on(SignInPart.Ready)
    def submit(self) -> None:
        """Sign in with what is there; while the desk still opens, as soon as it is open."""
        if self.app.desk is None:
            self._is_pending = not self._is_failed
            if self._is_pending:
                self.app.typed_ahead.hold()
                self.tell(f"{OPENING} You will be signed in then.")
            return
        self._is_pending = False
        if self._is_busy or self._rest() > 0:
            return
        problem = self._part.problem()
        if problem is not None:
            self._complain(*problem)
            return
        self._is_busy = True
        self.app.typed_ahead.hold()
        self._sign_in(self._part)

    def _complain(self, text: str, field: str) -> None:
        self.tell(text, "problem")
        self._part.focus_field(field)

    @work(group="sign-in")
    async def _sign_in(self, part: SignInPart) -> None:
        from oms_tui.backend.errors import BackendError, BadRequest, SignInFailed

        self.tell("Signing in …")
        try:
            actor = await part.sign_in(self.app.backend)
        except SignInFailed as error:
            part.begin_again()
            self._refuse(str(error), error.retry_after)
        except BadRequest as error:
            self._complain(str(error), error.field)
        except BackendError as error:
            self.tell(str(error), "problem")
        else:
            await self._enter(actor)
        finally:
            self._is_busy = False
            if not self.app.is_signed_in:
                self.app.typed_ahead.drop()  # typed for what did not come; fields must not get it

    async def _enter(self, actor: "Actor") -> None:
        """Open the dashboard, and deliver what was typed for it meanwhile."""
        await self.app.enter(actor)
        await self.app.typed_ahead.release()

    async def take_key(self, event: events.Key) -> bool:
        """Keep what is typed while somebody is being signed in: it is meant for their dashboard."""
        if self._is_busy:
            self.app.typed_ahead.keep(event)
        return self._is_busy

    # -- waiting after failures ----------------------------------------------------------------------------

    def _refuse(self, text: str, seconds: int) -> None:
        """Say why, and how long the next try must wait; everything but the try itself goes on."""
        self._refusal = text
        self._waits_until = time.monotonic() + seconds
        self._tick()
        if self._ticker is None and seconds:
            self._ticker = self.set_interval(1.0, self._tick)

    def _rest(self) -> int:
        """Whole seconds still to wait."""
        return max(0, -int(-(self._waits_until - time.monotonic()) // 1))

    def _tick(self) -> None:
        rest = self._rest()
        if rest:
            self.tell(f"{self._refusal} The next try is possible in {rest} s.", "problem")
            return
        if self._ticker is not None:
            self._ticker.stop()
            self._ticker = None
        self.tell(self._refusal, "problem")

    # -- coming back ---------------------------------------------------------------------------------------

    @on(events.ScreenResume)
    async def ask_anew(self) -> None:
        """Somebody signed out: ask anew, with nothing left in the fields."""
        if not self.is_mounted or self.app.desk is None or self.app.is_signed_in:
            return
        await self._replace(self._first_part())
        if self._part.FIELDS:
            self._part.begin("")
        await self._ask()
        if self.app.session.parting:
            self.tell(self.app.session.parting, "warning")

    def offers(self, row: Action) -> bool:
        """Only what sign-in waits for."""
        if self._is_failed:
            return row.id in ("desk.retry", "app.quit", "view.help")
        if self._part.HAS_CHOICE:
            return row.id in ("role.pick", "view.help")
        return row.id in ("sign_in.accept", "move.next", "view.help") and bool(self._part.FIELDS)

    async def leave(self, *, is_asking: bool) -> None:
        """There is nowhere to go back to."""

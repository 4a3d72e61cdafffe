"""What sign-in asks for: here name and password, the part of the first frame; more in `first_steps`."""

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Grid
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Label

from oms_tui.widgets.field import Field

if TYPE_CHECKING:
    from oms_tui.backend import Backend
    from oms_tui.domain.people import Actor

LONGEST_NAME = 200
LONGEST_PASSWORD = 1_024


class SignInPart(Grid):
    """Fields, or a choice, that lead to somebody signed in."""

    FIELDS: tuple[str, ...] = ()
    """The ids of its boxes to type in, in order."""
    OPENING = ""
    """What sign-in says when it shows this part."""
    HAS_CHOICE = False
    """Whether a digit picks somebody."""

    class Ready(Message):
        """Somebody chose; nothing more needs to be asked."""

    def value(self, name: str) -> str:
        """What a field holds."""
        return self.query_one(f"#{name}", Input).value

    def is_last(self, box: Input) -> bool:
        """Whether `box` is the last field."""
        return box.id == self.FIELDS[-1]

    def begin(self, typed: str) -> None:
        """Start in the first field, with what was typed before the part was there."""
        first = self.query_one(f"#{self.FIELDS[0]}", Input)
        first.value = typed
        first.cursor_position = len(typed)
        first.focus()

    def begin_again(self) -> None:
        """The desk refused: start where the fault may be."""
        self.focus_field(self.FIELDS[-1])

    def focus_field(self, name: str) -> None:
        """Go to a field, if it is one of these."""
        if name in self.FIELDS:
            self.query_one(f"#{name}", Input).focus()

    def choose(self, number: int) -> bool:
        """Pick the person of that digit; False: there is none."""
        return False

    def problem(self) -> tuple[str, str] | None:
        """What is wrong with what is there, and with which field; None: nothing that can be seen here."""
        return None

    async def sign_in(self, backend: "Backend") -> "Actor":
        """Ask the desk.

        Raises:
            BackendError: it refuses.
        """
        raise NotImplementedError


class NothingToType(SignInPart):
    """While sample data opens: nobody types a name."""


def label(text: str) -> Label:
    """The name of a field."""
    return Label(Content(text))


class NameAndPassword(SignInPart):
    """The two fields of somebody who has been here before."""

    FIELDS = ("name", "password")

    def compose(self) -> ComposeResult:
        """The fields."""
        yield label("Name")
        yield Field(id="name", max_length=LONGEST_NAME)
        yield label("Password")
        yield Field(id="password", password=True, max_length=LONGEST_PASSWORD)

    def begin_again(self) -> None:
        """The password is typed anew."""
        self.query_one("#password", Input).value = ""
        super().begin_again()

    def problem(self) -> tuple[str, str] | None:
        """A name must be there."""
        return None if self.value("name").strip() else ("A name is needed.", "name")

    async def sign_in(self, backend: "Backend") -> "Actor":
        """Sign in with what the fields hold."""
        return await backend.sign_in(self.value("name"), self.value("password"))

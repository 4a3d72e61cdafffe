"""Sign-in where nobody needs a password yet: the first person of an empty desk, the people of sample data."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult

from oms_tui.backend import Backend
from oms_tui.domain.people import DESK_ROLES, Actor, Person, Role
from oms_tui.screens.sign_in_parts import LONGEST_NAME, LONGEST_PASSWORD, SignInPart, label
from oms_tui.widgets.choice_field import ChoiceField
from oms_tui.widgets.field import Field
from oms_tui.widgets.long_list.columns import Cell, Column
from oms_tui.widgets.short_list import ShortList

SHORTEST_PASSWORD = 15
"""Characters (invariant N1); the desk has the last word."""


class FirstPerson(SignInPart):
    """The fields of the first person: they get AD and one desk role (spec 5)."""

    FIELDS = ("name", "display-name", "password", "again")
    OPENING = "Nobody works here yet: make the first person. They get AD and one desk role."

    def compose(self) -> ComposeResult:
        """The fields."""
        yield label("Name")
        yield Field(id="name", placeholder="what you will type to sign in", max_length=LONGEST_NAME)
        yield label("Your name")
        yield Field(id="display-name", placeholder="as colleagues read it", max_length=LONGEST_NAME)
        yield label("Desk role")
        roles = [(role.value, f"{role.value.upper()} {role.title}") for role in DESK_ROLES]
        yield ChoiceField(roles, id="role")
        yield label("Password")
        rule = f"{SHORTEST_PASSWORD} characters or more, of any kind, not a common one"
        yield Field(id="password", password=True, placeholder=rule, max_length=LONGEST_PASSWORD)
        yield label("Once more")
        yield Field(id="again", password=True, placeholder="the same password", max_length=LONGEST_PASSWORD)

    @property
    def role(self) -> Role:
        """The desk role chosen."""
        return Role(self.query_one("#role", ChoiceField).value)

    def problem(self) -> tuple[str, str] | None:
        """What the desk would refuse, as far as it can be seen here."""
        if not self.value("name").strip():
            return "A name to sign in with is needed.", "name"
        if not self.value("display-name").strip():
            return "The name that colleagues read is needed.", "display-name"
        length = len(self.value("password"))
        if length < SHORTEST_PASSWORD:
            needed = f"{SHORTEST_PASSWORD} or more are needed"
            return f"The password has {length} characters; {needed}.", "password"
        if self.value("password") != self.value("again"):
            return "The two passwords differ.", "again"
        return None

    async def sign_in(self, backend: Backend) -> Actor:
        """Make the person and sign them in."""
        return await backend.create_first_person(
            self.value("name"), self.value("display-name"), self.value("password"), self.role
        )


class SamplePeople(SignInPart):
    """The people of the sample data, by digit; they need no password, and only there."""

    OPENING = "Sample data: pick who to be by digit, or with enter. No password is needed."
    HAS_CHOICE = True

    def __init__(self, people: Sequence[Person], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._people = tuple(people)
        self._chosen: Person | None = None

    def compose(self) -> ComposeResult:
        """The people."""
        columns: tuple[Column[Person], ...] = (
            Column(id="digit", title="", width=1, render=lambda one: Cell(self._digit(one), "key")),
            Column(id="role", title="", width=5, render=lambda one: Cell(_roles(one), "accent")),
            Column(id="name", title="", width=20, render=lambda one: one.display_name),
            Column(id="title", title="", width=24, flex=1, render=lambda one: Cell(_titles(one), "muted")),
        )
        people = ShortList(columns, key=lambda person: person.name, id="people")
        people.styles.height = max(1, len(self._people))
        yield people

    def _digit(self, person: Person) -> str:
        return str(self._people.index(person) + 1)

    def begin(self, typed: str) -> None:
        """Start on the first one; a digit typed before they were there picks."""
        people = self.query_one("#people", ShortList)
        people.set_rows(self._people)
        people.focus()
        if typed.isdigit() and self.choose(int(typed)):
            self.post_message(self.Ready())

    def begin_again(self) -> None:
        """Pick once more."""
        self.query_one("#people", ShortList).focus()

    def choose(self, number: int) -> bool:
        """Pick the person of that digit."""
        if 1 <= number <= len(self._people):
            self._chosen = self._people[number - 1]
            return True
        return False

    def choose_role(self, role: Role | None) -> bool:
        """Pick the first person with that role."""
        return any(role in person.roles and self.choose(at) for at, person in enumerate(self._people, 1))

    @on(ShortList.Opened)
    def take(self, event: ShortList.Opened) -> None:
        """Pick the person under the cursor."""
        event.stop()
        self._chosen = event.row
        self.post_message(self.Ready())

    def problem(self) -> tuple[str, str] | None:
        """Somebody must be picked."""
        return None if self._chosen else ("Pick somebody by digit.", "")

    async def sign_in(self, backend: Backend) -> Actor:
        """Sign the one picked in."""
        return await backend.sign_in(self._chosen.name if self._chosen else "", "")


def _roles(person: Person) -> str:
    return "+".join(role.value.upper() for role in Role if role in person.roles)


def _titles(person: Person) -> str:
    return ", ".join(role.title for role in Role if role in person.roles)

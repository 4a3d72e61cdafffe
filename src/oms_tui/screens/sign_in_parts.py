"""What sign-in asks for: name and password, the first person of a desk, or one of the sample data."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Grid
from textual.content import Content
from textual.widgets import Input, Label

from oms_tui.domain.people import DESK_ROLES, Person, Role
from oms_tui.widgets.choice_field import ChoiceField
from oms_tui.widgets.long_list.columns import Cell, Column
from oms_tui.widgets.short_list import ShortList

SHORTEST_PASSWORD = 15
"""Characters (invariant N1); the desk has the last word."""
LONGEST_NAME = 200
LONGEST_PASSWORD = 1_024


class _Fields(Grid):
    """Labelled fields, one below the other."""

    NAMES: tuple[str, ...] = ()

    def value(self, name: str) -> str:
        """What a field holds."""
        return self.query_one(f"#{name}", Input).value

    def clear(self, name: str) -> None:
        """Empty a field."""
        self.query_one(f"#{name}", Input).value = ""

    def is_last(self, box: Input) -> bool:
        """Whether `box` is the last field."""
        return box.id == self.NAMES[-1]

    def begin(self, typed: str) -> None:
        """Start in the first field, with what was typed before the fields were there."""
        first = self.query_one(f"#{self.NAMES[0]}", Input)
        first.value = typed
        first.focus()


def _label(text: str) -> Label:
    return Label(Content(text))


class NameAndPassword(_Fields):
    """The two fields of somebody who has been here before."""

    NAMES = ("name", "password")

    def compose(self) -> ComposeResult:
        """The fields."""
        yield _label("Name")
        yield Input(id="name", max_length=LONGEST_NAME)
        yield _label("Password")
        yield Input(id="password", password=True, max_length=LONGEST_PASSWORD)


class FirstPerson(_Fields):
    """The fields of the first person: they get AD and one desk role (spec 5)."""

    NAMES = ("name", "display-name", "password", "again")

    def compose(self) -> ComposeResult:
        """The fields."""
        yield _label("Name")
        yield Input(id="name", placeholder="what you will type to sign in", max_length=LONGEST_NAME)
        yield _label("Your name")
        yield Input(id="display-name", placeholder="as colleagues read it", max_length=LONGEST_NAME)
        yield _label("Desk role")
        roles = [(role.value, f"{role.value.upper()} {role.title}") for role in DESK_ROLES]
        yield ChoiceField(roles, id="role")
        yield _label("Password")
        rule = f"{SHORTEST_PASSWORD} characters or more, any characters, none of the common ones"
        yield Input(id="password", password=True, placeholder=rule, max_length=LONGEST_PASSWORD)
        yield _label("Once more")
        yield Input(id="again", password=True, placeholder="the same password", max_length=LONGEST_PASSWORD)

    @property
    def role(self) -> Role:
        """The desk role chosen."""
        return Role(self.query_one("#role", ChoiceField).value)

    def problem(self) -> tuple[str, str] | None:
        """What is wrong with the fields as they are, and with which; None: nothing that can be seen here."""
        if not self.value("name").strip():
            return "A name to sign in with is needed.", "name"
        if not self.value("display-name").strip():
            return "The name that colleagues read is needed.", "display-name"
        if len(self.value("password")) < SHORTEST_PASSWORD:
            needed = f"{SHORTEST_PASSWORD} or more are needed"
            return f"The password has {len(self.value('password'))} characters; {needed}.", "password"
        if self.value("password") != self.value("again"):
            return "The two passwords differ.", "again"
        return None


class SamplePeople(ShortList[Person]):
    """The people of the sample data, by digit."""

    def __init__(self, people: Sequence[Person], *, id: str | None = None) -> None:
        self._people = list(people)
        super().__init__(self._columns_of(), key=lambda person: person.name, id=id)

    def _columns_of(self) -> Sequence[Column[Person]]:
        return (
            Column(id="digit", title="", render=lambda one: Cell(self._digit(one), "key"), width=1),
            Column(id="role", title="", render=lambda one: Cell(_roles(one), "accent"), width=5),
            Column(id="name", title="", render=lambda one: one.display_name, width=20),
            Column(id="title", title="", render=lambda one: Cell(_titles(one), "muted"), width=24, flex=1),
        )

    def on_mount(self) -> None:
        """Show them."""
        self.set_rows(self._people)

    def _digit(self, person: Person) -> str:
        return str(self._people.index(person) + 1)

    def person(self, number: int) -> Person | None:
        """The person of that digit, if there is one."""
        return self._people[number - 1] if 1 <= number <= len(self._people) else None


def _roles(person: Person) -> str:
    return "+".join(role.value.upper() for role in Role if role in person.roles)


def _titles(person: Person) -> str:
    return ", ".join(role.title for role in Role if role in person.roles)

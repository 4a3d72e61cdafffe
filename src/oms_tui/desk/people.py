"""Keeping people: who may sign in, with which roles (spec 1, 5; invariants N1, Z4, Z5).

Rights: AD, or whoever may open the file, from the command line. Nobody changes their own role; the last
administrator who can sign in cannot be removed.
"""

from collections.abc import Callable, Collection
from dataclasses import replace

from oms_tui.clock import to_micros
from oms_tui.desk.authorise import RightMissing, as_of_now, authorise, refusals_written, refuse
from oms_tui.desk.desk import Desk
from oms_tui.desk.errors import BadInput, Missing
from oms_tui.desk.names import name_key, read_display_name, read_name
from oms_tui.desk.passwords import check_password
from oms_tui.desk.sessions import new_token, session_id
from oms_tui.desk.waits import name_scope
from oms_tui.desk.writing import Writing, writing
from oms_tui.domain.authority import Right
from oms_tui.domain.people import DESK_ROLES, Actor, Origin, Person, Role
from oms_tui.domain.plan import Change, ChangeKind
from oms_tui.store import people
from oms_tui.store.people import Known

ADD, ROLES, DISABLE, ENABLE, PASSWORD = (
    "person.add", "person.role", "person.disable", "person.enable", "person.password"
)  # fmt: skip
NOT_EMPTY = "There are people here already: an administrator adds others."
LAST_ADMINISTRATOR = "the last administrator cannot be removed: make another one first"


def everybody(desk: Desk, actor: Actor) -> tuple[Person, ...]:
    """Everybody who is or was here, by name."""
    authorise(desk, actor, Right.MANAGE_PEOPLE)
    with desk.store.read() as conn:
        return tuple(known.person for known in people.everybody(conn))


def actor_named(desk: Desk, name: str, origin: Origin = Origin.COMMAND_LINE) -> Actor:
    """The person of that name as an actor, without a password: for the command line on a local file, where
    whoever may open the file can do everything.

    Raises:
        Missing: There is nobody of that name, or they are disabled.
    """
    with desk.store.read() as conn:
        found = people.find(conn, name_key(name))
    if found is None or found.person.is_disabled:
        raise Missing(f"There is nobody called {name} here who may act.")
    return _actor_of(found.person, origin)


def create_first(
    desk: Desk, name: str, display_name: str, password: str, role: Role, *, origin: Origin
) -> Actor:
    """The first person of an empty desk, with AD and one desk role (spec 5), signed in.

    Raises:
        NoRight: There are people already.
        BadInput: Name, role or password cannot be.
    """
    if role not in DESK_ROLES:
        raise BadInput("The first person gets AD and one desk role: cs, nm or op.", field="role")
    known = _new_person(desk, name, display_name, frozenset({role, Role.AD}), password)
    actor = _actor_of(known.person, origin)
    nobody = Actor(name="", display_name="", roles=frozenset(), origin=origin)
    with refusals_written(desk), writing(desk) as work:
        if people.count(work.conn):
            raise RightMissing(nobody, Right.MANAGE_PEOPLE, NOT_EMPTY, known.person.name)
        _add(work, actor, known)
    return actor


def add(
    desk: Desk, actor: Actor, *, name: str, display_name: str, roles: Collection[Role], password: str
) -> Person:
    """Add somebody. The first person of a desk gets AD besides (spec 5). In sample data, and only there, the
    password may be "": nobody needs one.

    Raises:
        NoRight: The actor may not keep people.
        BadInput: The name is taken or cannot be, there is no role, or the password will not do.
    """
    actor = authorise(desk, actor, Right.MANAGE_PEOPLE, subject=name)
    if not roles:
        raise BadInput("Somebody without a role could do nothing: name one.", field="roles")
    known = _new_person(desk, name, display_name, frozenset(roles), password)
    with writing(desk) as work:
        if not people.count(work.conn):
            known = replace(known, person=replace(known.person, roles=known.person.roles | {Role.AD}))
        _add(work, actor, known)
    return known.person


def set_roles(desk: Desk, actor: Actor, name: str, roles: Collection[Role]) -> Person:
    """Give somebody these roles instead of theirs; it counts from their next action on (Z4).

    Raises:
        NoRight: The actor may not keep people, or this is themselves (Z5).
        Missing: There is nobody of that name.
        BadInput: There is no role, or the last administrator would lose AD.
    """
    if not roles:
        raise BadInput("Somebody without a role could do nothing: name one, or disable them.", field="roles")
    given = frozenset(roles)

    def change(known: Known) -> Known:
        return replace(known, person=replace(known.person, roles=given))

    return _change(desk, actor, name, ROLES, change)


def disable(desk: Desk, actor: Actor, name: str) -> Person:
    """Let somebody sign in no more; a session of theirs is over at its next action (Z4).

    Raises:
        NoRight, Missing, BadInput: As for `set_roles`.
    """
    return _change(desk, actor, name, DISABLE, lambda known: _disabled(known, True))


def enable(desk: Desk, actor: Actor, name: str) -> Person:
    """Let somebody sign in again.

    Raises:
        NoRight, Missing: As for `set_roles`.
    """
    return _change(desk, actor, name, ENABLE, lambda known: _disabled(known, False))


def set_password(desk: Desk, actor: Actor, name: str, password: str) -> Person:
    """Give somebody a new password: administrators to anybody, everybody to themselves.

    Raises:
        NoRight: It is somebody else's and the actor may not keep people.
        Missing: There is nobody of that name.
        BadInput: The password will not do.
    """
    if name_key(name) != name_key(actor.name):
        authorise(desk, actor, Right.MANAGE_PEOPLE, subject=name)
    with desk.store.read() as conn:
        found = _find(people.find(conn, name_key(name)), name)
    hashed = _hashed(desk, password, found.person)
    with writing(desk) as work:
        doer = as_of_now(work.conn, actor)
        known = _find(people.find(work.conn, name_key(name)), name)
        people.save(work.conn, replace(known, password_hash=hashed))
        people.clear_failures(work.conn, name_scope(name_key(name)))
        shown = known.person.name
        work.log(doer, PASSWORD, f"Gave {shown} a new password", subject=shown)
    return known.person


def _change(desk: Desk, actor: Actor, name: str, action: str, change: Callable[[Known], Known]) -> Person:
    """One change of somebody else, checked and written in one transaction."""
    actor = authorise(desk, actor, Right.MANAGE_PEOPLE, subject=name)
    if name_key(name) == name_key(actor.name):
        raise refuse(desk, actor, Right.MANAGE_PEOPLE, "Nobody changes their own role.", name)
    with writing(desk) as work:
        before = _find(people.find(work.conn, name_key(name)), name)
        after = change(before)
        if after == before:
            return after.person
        people.save(work.conn, after)
        is_left = any(_administers(other.person) for other in people.everybody(work.conn))
        if _administers(before.person) and not is_left:
            raise BadInput(f"{before.person.name} is {LAST_ADMINISTRATOR}.", field="name")
        shown = before.person.name
        work.log(
            actor, action, _summary(action, after.person), subject=shown, changes=_changes(before, after)
        )
    return after.person


def _administers(person: Person) -> bool:
    return Role.AD in person.roles and not person.is_disabled


def _add(work: Writing, actor: Actor, known: Known) -> None:
    person = known.person
    if people.find(work.conn, known.name_key) is not None:
        raise BadInput(f"There is somebody called {person.name} already.", field="name")
    people.add(work.conn, known)
    nobody = replace(known, person=replace(person, roles=frozenset()))
    work.log(actor, ADD, _summary(ADD, person), subject=person.name, changes=_changes(nobody, known))


def _new_person(desk: Desk, name: str, display_name: str, roles: frozenset[Role], password: str) -> Known:
    taken = read_name(name)
    person = Person(name=taken, display_name=read_display_name(display_name, taken), roles=roles)
    return Known(
        name_key=name_key(taken),
        person=person,
        password_hash=_hashed(desk, password, person),
        created=to_micros(desk.clock.now()),
    )


def _hashed(desk: Desk, password: str, person: Person) -> str:
    if desk.is_sample and not password:
        return ""
    check_password(password, person.name, person.display_name)
    return desk.hasher.hash(password)


def _find(found: Known | None, name: str) -> Known:
    if found is None:
        raise Missing(f"There is nobody called {name} here.")
    return found


def _disabled(known: Known, is_disabled: bool) -> Known:
    return replace(known, person=replace(known.person, is_disabled=is_disabled))


def _actor_of(person: Person, origin: Origin) -> Actor:
    return Actor(
        name=person.name,
        display_name=person.display_name,
        roles=person.roles,
        origin=origin,
        session=session_id(new_token()),
    )


def _summary(action: str, person: Person) -> str:
    roles = " ".join(role.value for role in Role if role in person.roles)
    return {
        ADD: f"Added {person.name} as {roles}",
        ROLES: f"Gave {person.name} the roles {roles}",
        DISABLE: f"Disabled {person.name}",
        ENABLE: f"Enabled {person.name}",
    }[action]


def _changes(before: Known, after: Known) -> tuple[Change, ...]:
    """What differs, for the audit log; never a hash."""

    def shown(person: Person) -> dict[str, str]:
        return {
            "roles": " ".join(role.value for role in Role if role in person.roles) or "–",
            "disabled": "yes" if person.is_disabled else "no",
        }

    old, new = shown(before.person), shown(after.person)
    return tuple(
        Change(ChangeKind.OTHER, f"person/{name}", name, old[name], new[name])
        for name in old
        if old[name] != new[name]
    )

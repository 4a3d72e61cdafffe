"""People who may sign in, and the failed sign-ins of names and places (spec 5, invariant N3)."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from oms_tui.domain.people import Person, Role
from oms_tui.store.statements import rows_of
from oms_tui.store.tables import PersonRow, SignInFailureRow, table

_PERSON = table(PersonRow)
_FAILURE = table(SignInFailureRow)
_BY_KEY = select(_PERSON).where(_PERSON.c.name_key == bindparam("name_key"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A person as the desk keeps them."""

    name_key: str
    """The name as it is compared: what they are found by."""
    person: Person
    password_hash: str
    """"" in sample data, whose people need no password."""
    created: int
    """Microseconds."""


@dataclass(frozen=True, slots=True)
class Failures:
    """Failed sign-ins in a row, and when the last one was (microseconds)."""

    failures: int
    last_at: int


def find(conn: Connection, name_key: str) -> Known | None:
    """The person of that key, or None."""
    rows = rows_of(conn, _BY_KEY, name_key)
    return _known(*rows[0]) if rows else None


def everybody(conn: Connection) -> tuple[Known, ...]:
    """All people, disabled ones too, by key."""
    return tuple(_known(*row) for row in conn.execute(select(_PERSON).order_by(_PERSON.c.name_key)))


def count(conn: Connection) -> int:
    """How many people there are, disabled ones too."""
    return int(conn.execute(select(func.count()).select_from(_PERSON)).scalar_one())


def add(conn: Connection, known: Known) -> None:
    """Add a person.

    Raises:
        StoreError: Somebody has that key.
    """
    conn.execute(insert(_PERSON).values(**_values(known)))


def save(conn: Connection, known: Known) -> None:
    """Write a person anew.

    Raises:
        KeyError: There is nobody of that key.
    """
    values = _values(known)
    done = conn.execute(_PERSON.update().where(_PERSON.c.name_key == known.name_key).values(**values))
    if done.rowcount != 1:
        raise KeyError(known.name_key)


def failures(conn: Connection, scope: str) -> Failures | None:
    """The failures of a name or place, or None."""
    query = select(_FAILURE.c.failures, _FAILURE.c.last_at).where(_FAILURE.c.scope == scope)
    row = conn.execute(query).first()
    return None if row is None else Failures(row.failures, row.last_at)


def put_failures(conn: Connection, scope: str, failures: int, last_at: int) -> None:
    """Write the failures of a name or place, new or anew."""
    values = {"failures": failures, "last_at": last_at}
    write = insert(_FAILURE).values(scope=scope, **values)
    conn.execute(write.on_conflict_do_update(index_elements=[_FAILURE.c.scope], set_=values))


def clear_failures(conn: Connection, scope: str) -> None:
    """Forget the failures of a name or place."""
    conn.execute(delete(_FAILURE).where(_FAILURE.c.scope == scope))


def _values(known: Known) -> dict[str, object]:
    person = known.person
    return {
        "name_key": known.name_key,
        "name": person.name,
        "display_name": person.display_name,
        "roles": ",".join(role.value for role in Role if role in person.roles),
        "password_hash": known.password_hash,
        "is_disabled": person.is_disabled,
        "created": known.created,
    }


def _known(
    name_key: str,
    name: str,
    display_name: str,
    roles: str,
    password_hash: str,
    is_disabled: bool,
    created: int,
) -> Known:
    person = Person(
        name=name,
        display_name=display_name,
        roles=frozenset(Role(role) for role in roles.split(",") if role),
        is_disabled=bool(is_disabled),
    )
    return Known(name_key=name_key, person=person, password_hash=password_hash, created=created)

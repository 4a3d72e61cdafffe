"""Keeping people: names, roles, who may not be changed (spec 5; invariants N1, Z4, Z5)."""

import pytest

from oms_tui.desk import people
from oms_tui.desk.errors import BadInput, Missing, NoRight
from oms_tui.desk.sign_in import sign_in
from oms_tui.domain.people import LOCAL_ACTOR, Origin, Role
from tests.desk.conftest import PASSWORD, add_person, entries


@pytest.fixture
def boss(desk):
    people.create_first(desk, "boss", "The Boss", PASSWORD, Role.OP, origin=Origin.CONSOLE)
    return people.actor_named(desk, "boss")


def add(desk, actor, name, *roles, password=PASSWORD, display_name=""):
    return people.add(
        desk, actor, name=name, display_name=display_name, roles=roles or (Role.CS,), password=password
    )


@pytest.mark.parametrize("name", ["ana", "Zoë", "o'brien", "jose+back-office@example.com", "浩子", "محمد"])
def test_names_of_any_script(desk, boss, name):
    assert add(desk, boss, f" {name} ").name == name


@pytest.mark.parametrize(
    "name",
    ["", " ", "two words", "tab\tname", "a\x1bb", "-", "x" * 65, "local", "LOCAL", "System", "me",
     "nobody", "anyone", "a\u202eb", "a/b", "a\0b", "\ud800"],
)  # fmt: skip
def test_names_that_cannot_be(desk, boss, name):
    with pytest.raises(BadInput) as refused:
        add(desk, boss, name)
    assert refused.value.field == "name"


@pytest.mark.parametrize(("first", "second"), [("Ana", "ANA"), ("Zoë", "Zoe\u0308"), ("straße", "STRASSE")])
def test_names_are_unique_however_they_are_spelled(desk, boss, first, second):
    add(desk, boss, first)
    with pytest.raises(BadInput, match="already"):
        add(desk, boss, second)


def test_the_first_person_added_keeps_people_too(desk):
    assert add(desk, LOCAL_ACTOR, "ana", Role.NM).roles == {Role.NM, Role.AD}
    assert add(desk, LOCAL_ACTOR, "ben", Role.NM).roles == {Role.NM}


@pytest.mark.parametrize("role", [Role.CS, Role.NM, Role.OP])
def test_only_administrators_keep_people(desk, boss, role):
    someone = add_person(desk, "someone", role)
    for call in (
        lambda: people.everybody(desk, someone),
        lambda: add(desk, someone, "new"),
        lambda: people.set_roles(desk, someone, "boss", [Role.CS]),
        lambda: people.disable(desk, someone, "boss"),
        lambda: people.enable(desk, someone, "boss"),
        lambda: people.set_password(desk, someone, "boss", PASSWORD),
    ):
        before = entries(desk)
        with pytest.raises(NoRight):
            call()
        assert entries(desk) == before + 1


def test_nobody_changes_their_own_role(desk, boss):
    for call in (people.set_roles, lambda d, a, n, _: people.disable(d, a, n)):
        with pytest.raises(NoRight, match="their own role"):
            call(desk, boss, "BOSS", [Role.AD, Role.CS])


def test_the_last_administrator_stays(desk, boss):
    with pytest.raises(BadInput, match="last administrator"):
        people.set_roles(desk, LOCAL_ACTOR, "boss", [Role.CS])
    with pytest.raises(BadInput, match="last administrator"):
        people.disable(desk, LOCAL_ACTOR, "boss")
    add(desk, boss, "second", Role.AD)
    people.disable(desk, LOCAL_ACTOR, "boss")
    with pytest.raises(BadInput, match="last administrator"):
        people.set_roles(desk, LOCAL_ACTOR, "second", [Role.OP])
    people.enable(desk, LOCAL_ACTOR, "boss")
    assert people.set_roles(desk, LOCAL_ACTOR, "second", [Role.OP]).roles == {Role.OP}


def test_a_change_makes_one_entry_and_no_change_none(desk, boss):
    add(desk, boss, "ana")
    for call, made in (
        (lambda: people.set_roles(desk, boss, "ana", [Role.NM, Role.OP]), 1),
        (lambda: people.set_roles(desk, boss, "ana", [Role.OP, Role.NM]), 0),
        (lambda: people.enable(desk, boss, "ana"), 0),
        (lambda: people.disable(desk, boss, "ana"), 1),
        (lambda: people.disable(desk, boss, "ana"), 0),
        (lambda: people.set_password(desk, boss, "ana", "another long phrase"), 1),
    ):
        before = entries(desk)
        call()
        assert entries(desk) == before + made


def test_the_log_has_roles_before_and_after_and_never_a_hash(desk, boss, place):
    add(desk, boss, "ana")
    people.set_roles(desk, boss, "ana", [Role.NM])
    with desk.store.read() as conn:
        bodies = [row[0] for row in conn.exec_driver_sql("SELECT body FROM audit_detail ORDER BY seq")]
    assert '["other","person/roles","roles","cs","nm"]' in bodies[-1]
    assert not any("argon2" in body or PASSWORD in body for body in bodies)


def test_everybody_may_change_their_own_password(desk, boss):
    ana = add_person(desk, "ana")
    people.set_password(desk, ana, "ana", "yet another long phrase")
    assert sign_in(desk, "ana", "yet another long phrase", Origin.CONSOLE, "here").name == "ana"


def test_a_new_password_has_rules_too(desk, boss):
    add(desk, boss, "ana")
    for password in ("", "short", "ana ana ana ana ana", "passwordpassword"):
        with pytest.raises(BadInput) as refused:
            people.set_password(desk, boss, "ana", password)
        assert refused.value.field == "password"
        with pytest.raises(BadInput):
            add(desk, boss, f"new{len(password)}", password=password)


def test_somebody_without_a_role_is_not_made(desk, boss):
    with pytest.raises(BadInput, match="role"):
        people.add(desk, boss, name="ana", display_name="", roles=(), password=PASSWORD)
    with pytest.raises(BadInput, match="role"):
        people.set_roles(desk, boss, "boss", [])


def test_unknown_people_are_said_so(desk, boss):
    for call in (
        lambda: people.set_roles(desk, boss, "nobody-here", [Role.CS]),
        lambda: people.disable(desk, boss, "nobody-here"),
        lambda: people.set_password(desk, boss, "nobody-here", PASSWORD),
        lambda: people.actor_named(desk, "nobody-here"),
    ):
        with pytest.raises(Missing, match="nobody-here"):
            call()


def test_display_names(desk, boss):
    assert add(desk, boss, "ana", display_name="  Ana   Álvarez ").display_name == "Ana Álvarez"
    assert add(desk, boss, "ben").display_name == "ben"
    with pytest.raises(BadInput) as refused:
        add(desk, boss, "cem", display_name="a\x1b[2J")
    assert refused.value.field == "display_name"

"""`oms-tui people …`: who may sign in, and their roles (spec 5)."""

import sys

import click

from oms_tui.cli.shared import NamedGroup, Shared, emit_json, emit_table, json_option, pass_shared, say

ROLES = click.Choice(["cs", "nm", "op", "ad"], case_sensitive=False)


@click.group(cls=NamedGroup)
def people() -> None:
    """People who may sign in, and their roles: cs, nm, op, ad."""


def _password(prompt: str) -> str:
    """A new password: asked twice on a terminal, else the first line of standard input. Never an argument
    (K1)."""
    if sys.stdin.isatty():
        return str(click.prompt(prompt, hide_input=True, confirmation_prompt=True, err=True))
    return sys.stdin.readline().rstrip("\n")


@people.command("add")
@click.argument("name")
@click.option("--display-name", metavar="NAME", help="As shown to others [default: NAME].")
@click.option("--role", "roles", type=ROLES, multiple=True, required=True, help="May be repeated.")
@pass_shared
def add(shared: Shared, name: str, display_name: str | None, roles: tuple[str, ...]) -> None:
    """Add somebody. The password is asked for, or read from standard input."""
    from oms_tui.desk import people as kept
    from oms_tui.domain.people import Role

    shared.refuse_read_only()
    with shared.desk(may_make=True) as desk:
        actor = shared.reader(desk)
        password = _password(f"Password for {name}")
        person = kept.add(
            desk,
            actor,
            name=name,
            display_name=display_name or name,
            roles=frozenset(Role(role.lower()) for role in roles),
            password=password,
        )
    say(f"Added {person.name}: {_roles(person.roles)}.")


@people.command("list")
@json_option
@pass_shared
def list_people(shared: Shared) -> None:
    """List everybody, with roles."""
    from oms_tui.desk import people as kept

    with shared.desk() as desk:
        everybody = kept.everybody(desk, shared.reader(desk))
    if shared.is_json:
        for person in everybody:
            emit_json(
                {
                    "name": person.name,
                    "display_name": person.display_name,
                    "roles": sorted(person.roles),
                    "is_disabled": person.is_disabled,
                }
            )
        return
    emit_table(
        ("Name", "Shown as", "Roles", ""),
        [(p.name, p.display_name, _roles(p.roles), "disabled" if p.is_disabled else "") for p in everybody],
    )
    if not everybody:
        say("Nobody yet: oms-tui people add NAME --role cs --role ad")


@people.command("role")
@click.argument("name")
@click.argument("roles", type=ROLES, nargs=-1, required=True)
@pass_shared
def role(shared: Shared, name: str, roles: tuple[str, ...]) -> None:
    """Give NAME these roles instead of the ones they have."""
    from oms_tui.desk import people as kept
    from oms_tui.domain.people import Role

    shared.refuse_read_only()
    with shared.desk() as desk:
        person = kept.set_roles(desk, shared.reader(desk), name, frozenset(Role(r.lower()) for r in roles))
    say(f"{person.name} now has {_roles(person.roles)}.")


@people.command("disable")
@click.argument("name")
@click.option("--undo", is_flag=True, help="Let them sign in again.")
@pass_shared
def disable(shared: Shared, name: str, undo: bool) -> None:
    """Keep NAME from signing in; what they did stays in the timeline."""
    from oms_tui.desk import people as kept

    shared.refuse_read_only()
    with shared.desk() as desk:
        change = kept.enable if undo else kept.disable
        person = change(desk, shared.reader(desk), name)
    say(f"{person.name} may sign in again." if undo else f"{person.name} can no longer sign in.")


@people.command("password")
@click.argument("name")
@pass_shared
def password(shared: Shared, name: str) -> None:
    """Give NAME a new password: asked for, or read from standard input."""
    from oms_tui.desk import people as kept

    shared.refuse_read_only()
    with shared.desk() as desk:
        kept.set_password(desk, shared.reader(desk), name, _password(f"New password for {name}"))
    say(f"{name} has a new password.")


def _roles(roles: frozenset[str]) -> str:
    return ", ".join(sorted(role.upper() for role in roles))

"""`oms-tui order VERB ID …`: one command for each verb, made from the table of verbs (architecture 3)."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from oms_tui.cli.shared import Shared, emit, emit_json, emit_table, json_option, pass_shared, say
from oms_tui.verbs import VERBS, Argument, ArgumentKind, Verb

if TYPE_CHECKING:
    from oms_tui.desk.desk import Desk
    from oms_tui.domain.answers import Committed
    from oms_tui.domain.people import Actor

LOOK_UPS = 5
"""Times a lost answer is asked for, a second apart."""


@click.group()
def order() -> None:
    """Do something to one order. Verbs act as the person named by --as; --dry-run prints the plan."""


def _parameters(verb: Verb) -> list[click.Parameter]:
    parameters: list[click.Parameter] = [click.Argument(["order_id"], metavar="ID")]
    for argument in verb.arguments:
        parameters.append(_parameter(argument))
    if verb.is_changing:
        parameters.append(
            click.Option(["--dry-run"], is_flag=True, help="Print the plan and change nothing.")
        )
    return parameters


def _parameter(argument: Argument) -> click.Parameter:
    """A required text is given plainly, everything else as an option; the verb itself reads and checks
    both."""
    if argument.kind is ArgumentKind.LONG_TEXT and argument.is_required:
        return click.Argument([argument.name], metavar=argument.label.upper(), nargs=-1, required=True)
    if argument.kind is ArgumentKind.LINES:
        return click.Option(
            ["--line", argument.name],
            multiple=True,
            metavar="LINE[:PIECES]",
            help=f"{argument.help} May be repeated.",
        )
    if argument.kind is ArgumentKind.CHARGES:
        return click.Option(
            ["--charge", argument.name],
            multiple=True,
            metavar="NUMBER",
            help=f"{argument.help} May be repeated.",
        )
    default = f" [default: {argument.default}]" if argument.default else ""
    default = " [default: as it is]" if argument.initial is not None else default
    option = f"--{argument.name.replace('_', '-')}"
    return click.Option([option, argument.name], metavar="TEXT", help=f"{argument.help}{default}")


def _callback(verb: Verb) -> Callable[..., None]:
    @pass_shared
    def run(shared: Shared, /, order_id: str, dry_run: bool = False, **typed: Any) -> None:
        given = {name: _plain(verb.argument(name), value) for name, value in typed.items()}
        arguments = {name: value for name, value in given.items() if value is not None}
        if verb.is_changing and not dry_run:
            shared.refuse_read_only()
        if verb.is_changing:
            _change(shared, verb, order_id, arguments, dry_run)
        else:
            _answer(shared, verb, order_id, arguments)

    return run


def _plain(argument: Argument, value: object) -> object:
    """What click gives as what verbs read: nothing typed is None, lines a list, the words of a note one
    text."""
    if not isinstance(value, tuple):
        return value
    if not value:
        return None
    is_list = argument.kind in (ArgumentKind.LINES, ArgumentKind.CHARGES)
    return list(value) if is_list else " ".join(value)


def _change(shared: Shared, verb: Verb, order_id: str, arguments: dict[str, object], dry_run: bool) -> None:
    from secrets import token_urlsafe

    from oms_tui.desk import commit, plan
    from oms_tui.desk.errors import OutcomeNotKnown

    with shared.desk() as desk:
        actor = shared.person(desk)
        planned = plan.plan(desk, actor, verb.id, order_id, arguments)
        for warning in planned.warnings:
            say(f"Note: {warning}")
        if dry_run:
            if shared.is_json:
                emit_json(planned)
                return
            say(f"{planned.title}: would {planned.commit_label}; nothing was changed.")
            emit_table(("This will", "now", "after"), [(c.label, c.before, c.after) for c in planned.changes])
            return
        key = token_urlsafe(24)
        try:
            done = commit.commit(desk, actor, verb.id, order_id, arguments, version=planned.version, key=key)
        except OutcomeNotKnown:
            done = _look_up(desk, actor, key)
        if shared.is_json:
            emit_json(done)
        else:
            emit(done.summary)


def _look_up(desk: "Desk", actor: "Actor", key: str) -> "Committed":
    """What became of an intent whose answer was lost (invariant I3): asked again for some seconds.

    Raises:
        OutcomeNotKnown: nobody can tell yet; the text says what to look at.
    """
    from oms_tui.desk import commit
    from oms_tui.desk.errors import OutcomeNotKnown
    from oms_tui.store.errors import StoreError

    say("The outcome is unknown, checking…")
    for _ in range(LOOK_UPS):
        with suppress(StoreError):
            done = commit.outcome_of(desk, actor, key)
            if done is None:
                raise OutcomeNotKnown("It took no effect. Try again.")
            return done
        time.sleep(1)
    raise OutcomeNotKnown("The outcome is still unknown: look at its timeline before you do it again.")


def _answer(shared: Shared, verb: Verb, order_id: str, arguments: dict[str, object]) -> None:
    from oms_tui.desk import plan

    with shared.desk() as desk:
        given = plan.answer(desk, shared.person(desk), verb.id, order_id, arguments)
        if shared.is_json:
            emit_json(given)
        else:
            emit(given.text)


for _verb in VERBS:
    if _verb.id.startswith("order."):
        order.add_command(
            json_option(
                click.Command(
                    _verb.command,
                    callback=_callback(_verb),
                    params=_parameters(_verb),
                    help=_verb.help,
                    short_help=_verb.help,
                )
            )
        )

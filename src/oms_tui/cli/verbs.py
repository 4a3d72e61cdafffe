"""`oms-tui order VERB ID …`: one command for each verb, made from the table of verbs (architecture 3)."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from oms_tui.cli.shared import NamedGroup, Shared, emit, emit_json, emit_table, json_option, pass_shared, say
from oms_tui.verbs import VERBS, Argument, ArgumentKind, Verb

if TYPE_CHECKING:
    from oms_tui.desk.desk import Desk
    from oms_tui.domain.answers import Committed
    from oms_tui.domain.people import Actor

LOOK_UPS = 5
"""Times a lost answer is asked for, a second apart."""
NO_EFFECT = "It took no effect. Try again."


@click.group(cls=NamedGroup)
def order() -> None:
    """Do something to an order, or to many, as the person named by --as; --dry-run prints the plan."""


order.also = {name: f"'oms-tui orders {name}'" for name in ("show", "list", "count")}


def _parameters(verb: Verb) -> list[click.Parameter]:
    one: list[click.Parameter] = [click.Argument(["order_id"], metavar="ID")]
    parameters = _of_pile(verb) if verb.can_work_a_pile else one
    for argument in verb.arguments:
        if not (verb.can_work_a_pile and _is_words(argument)):
            parameters.append(_parameter(argument))
    if verb.is_changing:
        parameters.append(
            click.Option(["--dry-run"], is_flag=True, help="Print the plan and change nothing.")
        )
    return parameters


def _is_words(argument: Argument) -> bool:
    """Whether it is typed plainly, without the name of an option."""
    return argument.kind is ArgumentKind.LONG_TEXT and argument.is_required


def _of_pile(verb: Verb) -> list[click.Parameter]:
    """How the orders of a verb are named that can work a pile.

    Where the verb takes plain words, the first one is the order and the others are the text, unless the text
    is an option or a filter finds the orders.
    """
    text = next((one for one in verb.arguments if _is_words(one)), None)
    metavar = f"ID {text.label.upper()}" if text is not None else "ID..."
    parameters: list[click.Parameter] = [click.Argument(["words"], metavar=metavar, nargs=-1)]
    if text is not None:
        help_text = f"{text.help} With it every word is an order's ID."
        parameters.append(click.Option([f"--{text.name}"], metavar="TEXT", help=help_text))
    parameters.append(
        click.Option(
            ["--filter", "filter_text"], metavar="FILTER", help="The orders that match, instead of IDs."
        )
    )
    sure = "Do it to all that a filter finds, however many, and where money is touched."
    return [*parameters, click.Option(["--yes", "is_sure"], is_flag=True, help=sure)]


def _parameter(argument: Argument) -> click.Parameter:
    """A required text is given plainly, everything else as an option; the verb itself reads and checks
    both."""
    if _is_words(argument):
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
    usual = argument.default or ("as it is" if argument.initial is not None else "")
    default = f" [default: {usual}]" if usual else ""
    option = f"--{argument.name.replace('_', '-')}"
    return click.Option([option, argument.name], metavar="TEXT", help=f"{argument.help}{default}")


def _callback(verb: Verb) -> Callable[..., int | None]:
    return _pile_callback(verb) if verb.can_work_a_pile else _one_callback(verb)


def _pile_callback(verb: Verb) -> Callable[..., int | None]:
    @pass_shared
    def run(
        shared: Shared,
        /,
        words: tuple[str, ...],
        filter_text: str | None = None,
        is_sure: bool = False,
        dry_run: bool = False,
        **typed: Any,
    ) -> int | None:
        text = next((one.name for one in verb.arguments if _is_words(one)), None)
        order_ids = list(words)
        if text is not None and typed[text] is None:
            order_ids = [] if filter_text is not None else order_ids[:1]
            typed[text] = " ".join(words[len(order_ids) :]) or None
        if order_ids and filter_text is not None:
            beside = " ".join(order_ids[:3])
            raise click.UsageError(
                f"Name the orders by their IDs or by --filter, not by both: {beside!r} stands beside it."
            )
        if not order_ids and filter_text is None:
            raise click.UsageError("Name the orders: by their IDs, or by --filter.")
        given = {name: _plain(verb.argument(name), value) for name, value in typed.items()}
        arguments = {name: value for name, value in given.items() if value is not None}
        if not dry_run:
            shared.refuse_read_only()
        if filter_text is None and len(order_ids) == 1:
            _change(shared, verb, order_ids[0], arguments, dry_run)
            return None
        if any(verb.argument(name).kind in _OF_ONE for name in arguments):
            raise click.UsageError("Lines and charges can be named for one order only.")
        from oms_tui.cli.pile import work

        return work(shared, verb, order_ids, filter_text, arguments, is_dry=dry_run, is_sure=is_sure)

    return run


_OF_ONE = (ArgumentKind.LINES, ArgumentKind.CHARGES)


def _one_callback(verb: Verb) -> Callable[..., None]:
    @pass_shared
    def run(shared: Shared, /, order_id: str, dry_run: bool = False, **typed: Any) -> None:
        given = {name: _plain(verb.argument(name), value) for name, value in typed.items()}
        arguments = {name: value for name, value in given.items() if value is not None}
        if verb.writes and not dry_run:
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
    is_list = argument.kind in _OF_ONE
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
            done = look_up(desk, actor, key)
        if shared.is_json:
            emit_json(done)
        else:
            emit(done.summary)


def look_up(desk: "Desk", actor: "Actor", key: str) -> "Committed":
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
                raise OutcomeNotKnown(NO_EFFECT)
            return done
        time.sleep(1)
    raise OutcomeNotKnown("The outcome is still unknown: look at its timeline before you do it again.")


def _answer(shared: Shared, verb: Verb, order_id: str, arguments: dict[str, object]) -> None:
    from oms_tui.desk import plan

    with shared.desk() as desk:
        actor = shared.person(desk)
        given = plan.answer(desk, actor, verb.id, order_id, arguments)
        if given.papers:
            from oms_tui.documents.deliver import deliver

            given = deliver(desk, actor, order_id, given)
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

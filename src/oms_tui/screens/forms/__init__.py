"""Starting a verb: its form, its answer, or the thing itself where it has neither (architecture 3)."""

from collections.abc import Mapping
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol, runtime_checkable

from oms_tui.backend import Intention
from oms_tui.backend.errors import BackendError
from oms_tui.screens.base import DeskScreen
from oms_tui.screens.forms.answer import AnswerBox
from oms_tui.screens.forms.form import VerbForm
from oms_tui.screens.forms.submitting import submit
from oms_tui.screens.submissions import submissions_of
from oms_tui.text import without_controls
from oms_tui.verbs import ArgumentKind, LinePart, Verb
from oms_tui.verbs import verb as find_verb

__all__ = ["HasMarkedLines", "VerbForm", "form_of", "start_verb"]


@runtime_checkable
class HasMarkedLines(Protocol):
    """A screen on which lines of its order can be marked."""

    def marked_lines(self) -> tuple[LinePart, ...]:
        """The marked lines; () where none is."""

    def line_here(self) -> int | None:
        """The line under the cursor, if it stands on one."""


async def start_verb(screen: DeskScreen, verb: Verb, order_id: str, arguments: Mapping[str, object]) -> None:
    """Open the verb's form, show its answer, or do it at once if it is beside the order (claims).

    Args:
        screen: where it was started.
        verb: what to do.
        order_id: to which order.
        arguments: what is known already; lines marked on the screen are added.
    """
    console = screen.app
    why_not = submissions_of(console).refusal(order_id, verb.id)
    if why_not:
        console.toast(f"{verb.label}, order {order_id}: {why_not}", "warning")
    elif not verb.is_changing:
        screen.run_worker(_answer(screen, verb, order_id, arguments), group="answer", exclusive=True)
    elif verb.is_beside:
        screen.run_worker(_do_at_once(screen, verb, order_id, arguments), group="beside")
    else:
        await _open_form(screen, verb, order_id, _with_marks(screen, verb, arguments))


async def _open_form(
    screen: DeskScreen, verb: Verb, order_id: str, given: Mapping[str, object], *, follows: bool = False
) -> None:
    form = form_of(verb)(verb, order_id, given)
    form.follows = follows
    if isinstance(screen, HasMarkedLines) and not screen.marked_lines():
        form.line_there = screen.line_here()
    await screen.app.push_screen(form, partial(_go_on, screen, form))


async def _go_on(screen: DeskScreen, form: VerbForm, is_done: bool | None) -> None:
    """Start what follows what was committed, if anything does: a fraud that was found goes on to Cancel; or
    what the person went on to instead, with what they had typed."""
    following = form.verb.following(form.submitted) if is_done else form.instead
    if following is None:
        return
    verb, about = find_verb(following.verb), form.order_id
    if why := screen.verbs_here.refusal(verb, about):
        screen.app.toast(f"{verb.label}, order {about}: {why}", "warning")
    else:
        await _open_form(screen, verb, about, following.arguments, follows=True)


def form_of(verb: Verb) -> type[VerbForm]:
    """The verb's form: `Form` of the module in this folder that it names, or the plain one made from the
    table."""
    name = f"{__name__}.{verb.form}"
    if not verb.form or find_spec(name) is None:
        return VerbForm
    form: type[VerbForm] = import_module(name).Form
    return form


def _with_marks(screen: DeskScreen, verb: Verb, arguments: Mapping[str, object]) -> dict[str, object]:
    given = dict(arguments)
    asks_lines = next((one.name for one in verb.arguments if one.kind is ArgumentKind.LINES), None)
    if asks_lines is not None and asks_lines not in given and isinstance(screen, HasMarkedLines):
        marked = screen.marked_lines()
        if marked:
            given[asks_lines] = marked
    return given


async def _answer(screen: DeskScreen, verb: Verb, order_id: str, arguments: Mapping[str, object]) -> None:
    try:
        answer = await screen.app.backend.answer(
            Intention(verb=verb.id, order_id=order_id, arguments=arguments)
        )
    except BackendError as error:
        screen.app.tell_error(error)
        return
    if answer.papers:
        screen.app.copy_to_clipboard(without_controls(answer.text))
        told = f"{answer.summary}; path copied"
        screen.app.toast(told, is_result=True)
    elif screen.app.screen is screen:
        await screen.app.push_screen(AnswerBox(verb, order_id, answer))


async def _do_at_once(screen: DeskScreen, verb: Verb, order_id: str, arguments: Mapping[str, object]) -> None:
    intention = Intention(verb=verb.id, order_id=order_id, arguments=arguments)
    try:
        plan = await screen.app.backend.plan(intention)
    except BackendError as error:
        screen.app.tell_error(error)
        return
    for warning in plan.warnings:
        screen.app.toast(warning, "warning")
    submit(screen.app, intention, plan.version)

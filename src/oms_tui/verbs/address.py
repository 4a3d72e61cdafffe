"""Validate, correct and force the address that goods go to (spec 6)."""

import unicodedata
from dataclasses import replace
from datetime import datetime

from oms_tui.domain.authority import Right
from oms_tui.domain.order import Address, Order
from oms_tui.domain.people import Actor
from oms_tui.domain.plan import Outcome
from oms_tui.domain.steps.base import is_pickup
from oms_tui.domain.steps.before import FORCED
from oms_tui.domain.world import AddressVerdict
from oms_tui.verbs import readdressing
from oms_tui.verbs.address_arguments import (
    ADDRESS_ARGUMENTS,
    DETAIL_ARGUMENTS,
    REASONED,
    address_of,
    date_of,
    method_of,
)
from oms_tui.verbs.base import Arguments, Blocker, Context, Policy, Refused, Subject, Verb
from oms_tui.verbs.hold import already_out

TAXED_BY_AREA = frozenset({"US", "CA", "BR", "IN", "AU"})
"""Countries in which tax depends on the state or province (spec 6, Correct address)."""
BILL_TO_STAYS = "Only Ship-To changes: Bill-To stays as it is."


def _check(subject: Subject, actor: Actor, policy: Policy) -> tuple[Blocker, ...]:
    why = readdressing.why_not(subject.order)
    return (Blocker(why),) if why else ()


def field_name(name: str) -> str:
    """A field of an address as a sentence begins with it."""
    return name.replace("_", " ").capitalize()


def _failing(verdict: AddressVerdict) -> tuple[str, ...]:
    return tuple(f"{field_name(problem.field)} {problem.reason}." for problem in verdict.problems)


def _suggested(entered: Address, verdict: AddressVerdict) -> tuple[str, ...]:
    """The fields that the rules would write otherwise, in one sentence."""
    if verdict.suggestion is None:
        return ()
    parts = [
        f"{field_name(name).lower()} {_shown(getattr(verdict.suggestion, name))}"
        for name in readdressing.FIELDS
        if getattr(verdict.suggestion, name) != getattr(entered, name)
    ]
    return (f"Suggested: {', '.join(parts)}.",) if parts else ()


def _shown(value: str | tuple[str, ...]) -> str:
    text = ", ".join(value) if isinstance(value, tuple) else value
    return f"“{text}”" if text else "empty"


# -- validate ----------------------------------------------------------------------------------------------


def _check_validate(subject: Subject, actor: Actor, policy: Policy) -> tuple[Blocker, ...]:
    if blockers := _check(subject, actor, policy):
        return blockers
    if is_pickup(subject.order):
        return (Blocker("The customer comes for the goods: no address is needed."),)
    forced = readdressing.forced_by(subject.order)
    if forced:
        return (Blocker(f"The address was {forced}: it is taken as it is.", fix="order.address"),)
    return ()


def _validate(subject: Subject, arguments: Arguments, context: Context) -> Outcome:
    """Valid: the task is Complete and the address hold released. Else the order is held for its address, and
    each field that fails is named: that is the answer the plan gives.

    Raises:
        Refused: it still fails and the order is held for it, so nothing would change; with the fields.
    """
    order = subject.order
    verdict = context.world.check_address(order.ship_to)
    after = readdressing.validated(order, verdict, context)
    suggested = _suggested(order.ship_to, verdict)
    if verdict.is_valid:
        return Outcome(
            order=after,
            warnings=suggested,
            action="record that it is valid",
            summary=f"Validated the address of order {order.id}: it is valid",
        )
    failing = _failing(verdict)
    if readdressing.is_held(order):
        known = map(Blocker, (*failing, *suggested))
        raise Refused([*known, Blocker("The order is held for it already: that stays.", fix="order.address")])
    return Outcome(
        order=after,
        warnings=(*failing, *suggested, *already_out(order)),
        action="hold it for its address",
        summary=f"Validated the address of order {order.id}: {' '.join(failing)}",
    )


# -- correct -----------------------------------------------------------------------------------------------


def _refuse_other_tax(order: Order, new: Address, context: Context) -> None:
    """Refuse what changes the tax that was fixed at placement; what was wrong before may be put right.

    Raises:
        Refused: another country, or another state where tax depends on it, with the way on.
    """
    old = order.ship_to
    wrong = {problem.field for problem in context.world.check_address(old).problems}
    if old.country and new.country != old.country.upper() and "country" not in wrong:
        raise Refused(
            [
                Blocker(
                    f"The country stays {old.country}: prices, taxes and duties are for it. "
                    "Cancel and reorder.",
                    fix="order.cancel",
                )
            ]
        )
    if old.country.upper() not in TAXED_BY_AREA or not old.area:
        return
    if "area" in wrong or _area_key(old, context) == _area_key(new, context):
        return
    raise Refused(
        [
            Blocker(
                f"The area stays {old.area}: in {old.country} the tax depends on it. Cancel and reorder.",
                fix="order.cancel",
            )
        ]
    )


def _area_key(address: Address, context: Context) -> str:
    """The area as the rules would write it, so that "CA" and "California" are the same."""
    suggestion = context.world.check_address(address).suggestion
    return (suggestion or address).area.strip().casefold()


def _as_written(entered: Address, verdict: AddressVerdict) -> Address:
    """The address with those fields as the rules write them that hold the same letters and digits: a code
    with its hyphen, a city in its capitals. What says something else stays as it was entered."""
    if verdict.suggestion is None:
        return entered
    written = {name: getattr(verdict.suggestion, name) for name in readdressing.FIELDS}
    alike = {
        name: text for name, text in written.items() if _letters(text) == _letters(getattr(entered, name))
    }
    return replace(entered, **alike)


def _letters(value: str | tuple[str, ...]) -> str:
    text = unicodedata.normalize("NFKC", value if isinstance(value, str) else "".join(value))
    return "".join(char for char in text.casefold() if char.isalnum())


def _correct(subject: Subject, arguments: Arguments, context: Context) -> Outcome:
    order = subject.order
    new = address_of(order, arguments)
    if new == order.ship_to:
        raise Refused([Blocker("Nothing differs from the address that the order has.")])
    _refuse_other_tax(order, new, context)
    verdict = context.world.check_address(new)
    if not verdict.is_valid:
        *others, last = _failing(verdict)
        raise Refused([*map(Blocker, others), Blocker(last, fix="order.force")])
    new = _as_written(new, verdict)
    if new == order.ship_to:
        raise Refused([Blocker("It differs only in how it is written from the address that the order has.")])
    result = f"{readdressing.CORRECTED} {context.actor.name}: the address is valid"
    moved = readdressing.readdress(order, new, context, result=result, until=_until(context))
    return Outcome(
        order=moved.order,
        messages=moved.messages,
        intents=moved.intents,
        warnings=(*_suggested(new, verdict), *moved.warnings),
        action="correct the address",
        effect=BILL_TO_STAYS,
        summary=f"Corrected the address of order {order.id}",
    )


def _until(context: Context) -> datetime:
    return context.now + context.policy.recall_for


# -- force -------------------------------------------------------------------------------------------------


def _force(subject: Subject, arguments: Arguments, context: Context) -> Outcome:
    """Takes address and details as they are, and flags that for good."""
    order, reason, note = subject.order, str(arguments["reason"]), str(arguments["note"])
    new = address_of(order, arguments)
    _refuse_other_tax(order, new, context)
    day = date_of(order, arguments, context)
    asked = replace(order, method=method_of(order, arguments), preferred_date=day)
    moved = readdressing.readdress(
        asked,
        new,
        context,
        result=f"{FORCED} {context.actor.name}: {reason}",
        until=_until(context),
        is_forced=True,
        is_news=asked != order or new != order.ship_to,
    )
    verdict = context.world.check_address(new)
    return Outcome(
        order=moved.order,
        messages=moved.messages,
        intents=moved.intents,
        warnings=(*_failing(verdict), *moved.warnings, "The order is flagged as forced for good."),
        action="force address and details",
        effect=BILL_TO_STAYS,
        summary=f"Forced address and details of order {order.id}: {reason} ({note})",
    )


VALIDATE_ADDRESS = Verb(
    id="order.validate",
    key="a",
    label="Validate address",
    help="Check the address by the rules of its country and name what fails.",
    right=Right.ADDRESS,
    check=_check_validate,
    apply=_validate,
)
CORRECT_ADDRESS = Verb(
    id="order.address",
    key="a",
    label="Correct address",
    help="Change the address to one that is valid, on the order and on what is not packed yet.",
    right=Right.ADDRESS,
    arguments=ADDRESS_ARGUMENTS,
    form="address",
    check=_check,
    apply=_correct,
)
FORCE_ADDRESS = Verb(
    id="order.force",
    key="a",
    label="Force address or details",
    help="Take address, method or date as they are, whatever the rules say; flagged for good.",
    right=Right.ADDRESS,
    arguments=(*ADDRESS_ARGUMENTS, *DETAIL_ARGUMENTS, *REASONED),
    form="address",
    check=_check,
    apply=_force,
)

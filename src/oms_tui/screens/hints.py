"""What the key line offers: the actions whose keys work now, verbs with whether they can be done."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from textual.screen import Screen

from oms_tui.screens.actions import Action, actions_in
from oms_tui.screens.bindings import long_name
from oms_tui.screens.keymap import Keys, key_text
from oms_tui.screens.scopes import Scope
from oms_tui.screens.verbs_here import VerbsHere
from oms_tui.widgets.key_line import Hint

_LAST = 89
"""The place before help, which a key line always shows."""


def hints_for(
    screen: Screen[Any],
    scopes: tuple[Scope, ...],
    keys: Keys,
    verbs: VerbsHere | None = None,
    offers: Callable[[Action], bool] = lambda row: True,
    first: Sequence[str] = (),
    refuses: Callable[[Action], bool] = lambda row: False,
) -> tuple[Hint, ...]:
    """The hints of a screen, in their order; keys that belong to the box being typed in are not offered.

    Args:
        screen: the screen, for what has the focus.
        scopes: the actions it knows.
        keys: the keys in force.
        verbs: what its order allows, on a screen of the desk.
        offers: leaves out an action that has nothing to do now.
        first: ids of the actions that come before all others, where there is not room for every hint.
        refuses: whether an action that is no verb is not for this person; its key says why.
    """
    active = {key: one.binding.id for key, one in screen.active_bindings.items()}
    places = {action_id: place for place, action_id in enumerate(first)}
    rows = sorted(
        (one for one in actions_in(*scopes) if (one.footer or one.id in places) and offers(one)),
        key=lambda one: (
            (len(places), _LAST)
            if _is_for_others(one, verbs)
            else (places.get(one.id, len(places)), one.footer)
        ),
    )
    return tuple(_hints(rows, keys, active, verbs, refuses))


def _is_for_others(row: Action, verbs: VerbsHere | None) -> bool:
    """Whether it is a verb that the person has no right to: all others come before it, but help."""
    return row.verb is not None and verbs is not None and not verbs.is_for_person(row.verb)


def _hints(
    rows: list[Action],
    keys: Keys,
    active: dict[str, str | None],
    verbs: VerbsHere | None,
    refuses: Callable[[Action], bool],
) -> Iterator[Hint]:
    offered: set[str] = set()
    for row in rows:
        key = next((key for key in keys.of(row) if long_name(key) in active and key not in offered), None)
        if key is None or (row.verb is None and active[long_name(key)] != row.id):
            continue
        offered.add(key)
        if row.is_numbered:
            yield Hint(keys.shown(row), row.short)
        elif row.verb is None or verbs is None:
            yield Hint(row.footer_key or key_text(key), row.short, is_dim=refuses(row))
        else:
            shown, refusal = verbs.foremost(key)
            yield Hint(key_text(key), shown.short, is_dim=bool(refusal))

"""The keys in force: the defaults of the action table, or what the user's `[keymap]` makes of them.

Validated here, because the framework ignores unknown ids and lets one action silently take another's key. A
keymap with a fault in it is told and left aside whole: it never stops the console.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from oms_tui.screens.actions import Action, action, all_actions, known_ids
from oms_tui.screens.scopes import Scope, with_parents

_ALIASES = MappingProxyType(
    {
        "esc": "escape",
        "return": "enter",
        "pgup": "pageup",
        "pgdn": "pagedown",
        "del": "delete",
        "ins": "insert",
        "slash": "/",
        "colon": ":",
        "question_mark": "?",
        "asterisk": "*",
        "left_square_bracket": "[",
        "right_square_bracket": "]",
    }
)
_NAMED = frozenset(
    (
        *("up", "down", "left", "right", "home", "end", "pageup", "pagedown"),
        *("tab", "enter", "escape", "space", "backspace", "delete", "insert"),
    )
)
_SHOWN = MappingProxyType({"escape": "esc", "pageup": "pgup", "pagedown": "pgdn"})
_SAME_AS = MappingProxyType(
    {"ctrl+h": "backspace", "ctrl+i": "tab", "ctrl+j": "enter", "ctrl+m": "enter", "ctrl+[": "escape"}
)
"""Pairs of keys that a terminal sends alike."""
_SPLIT = re.compile(r"[\s]*,[\s]*|\s+")


class KeyNameError(ValueError):
    """A text that names no key a terminal sends; the message says so to a person."""


def key_name(text: str) -> str:
    """The one name of a key, however it was written ("Esc", "pgdn", "Ctrl+U", "slash").

    Raises:
        KeyNameError: there is no such key.
    """
    if len(text) == 1:
        if text.isprintable() and not text.isspace():
            return text
        raise KeyNameError(f"{text!r} is no key")
    *modifiers, key = text.lower().split("+")
    key = _ALIASES.get(key, key)
    is_known = key in _NAMED or re.fullmatch(r"f([1-9]|1[0-9]|2[0-4])", key) is not None
    if not modifiers and (is_known or len(key) == 1):
        return key
    if not (is_known or len(key) == 1) or not set(modifiers) <= {"ctrl", "shift", "alt"}:
        raise KeyNameError(f"{text!r} is no key")
    name = "+".join([*sorted(set(modifiers)), key])
    if name in _SAME_AS:
        raise KeyNameError(f"{text!r} cannot be told from {key_text(_SAME_AS[name])} in a terminal")
    if modifiers == ["shift"] and len(key) == 1:
        raise KeyNameError(f"{text!r} is written {key.upper()!r}")
    return name


def key_text(key: str) -> str:
    """A key as a person reads it ("esc", "pgup", "ctrl+u")."""
    return _SHOWN.get(key, key)


@dataclass(frozen=True, slots=True)
class Keys:
    """Which keys start which action."""

    changed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Action id -> its keys, where they differ from the table."""

    def of(self, one: Action | str) -> tuple[str, ...]:
        """The keys of an action, given by itself or its id."""
        found = action(one) if isinstance(one, str) else one
        return self.changed.get(found.id, found.keys)

    def shown(self, one: Action | str) -> str:
        """An action's first key as a person reads it; "" where it has none."""
        keys = self.of(one)
        found = action(one) if isinstance(one, str) else one
        if not keys:
            return ""
        if found.is_numbered:
            return f"{key_text(keys[0])}–{key_text(keys[-1])}"
        return key_text(keys[0])

    def all_shown(self, one: Action) -> str:
        """All keys of an action as a person reads them."""
        return self.shown(one) if one.is_numbered else " ".join(key_text(key) for key in self.of(one))

    def verbs_on(self, key: str) -> tuple[Action, ...]:
        """The verbs that `key` starts; several are offered in a short menu."""
        return tuple(one for one in all_actions() if one.verb is not None and key in self.of(one))


DEFAULT_KEYS = Keys()


def read_keymap(raw: Mapping[str, object]) -> tuple[Keys, tuple[str, ...]]:
    """The keys that a user's `[keymap]` asks for.

    Args:
        raw: action id -> key, keys in one text ("q f3"), or a list of keys; none takes the key away.

    Returns:
        The keys in force and what is wrong with the keymap; with anything wrong, the defaults are in force.
    """
    if not raw:
        return DEFAULT_KEYS, ()
    changed: dict[str, tuple[str, ...]] = {}
    problems: list[str] = []
    for action_id, value in raw.items():
        try:
            changed[action_id] = _read_entry(action_id, value)
        except ValueError as problem:
            problems.append(str(problem))
    keys = Keys(changed)
    problems += _stolen(keys) or _doubles(keys)
    return (DEFAULT_KEYS, tuple(problems)) if problems else (keys, ())


def _read_entry(action_id: str, value: object) -> tuple[str, ...]:
    if action_id not in known_ids():
        from difflib import get_close_matches  # only wrong ids pay for it

        near = get_close_matches(action_id, list(known_ids()), n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise ValueError(f"keymap: there is no action {action_id!r}{hint}")
    one = action(action_id)
    if one.is_fixed:
        raise ValueError(f"keymap: {action_id} keeps its key {key_text(one.keys[0])}")
    texts = _SPLIT.split(value.strip()) if isinstance(value, str) else value
    if not isinstance(texts, Sequence) or not all(isinstance(text, str) for text in texts):
        raise ValueError(f"keymap: {action_id} takes keys, e.g. {one.keys[0] if one.keys else 'f8'!r}")
    try:
        keys = tuple(dict.fromkeys(key_name(text) for text in texts if text))
    except KeyNameError as problem:
        raise ValueError(f"keymap: {action_id}: {problem}") from None
    if one.is_numbered and len(keys) != len(one.keys):
        raise ValueError(f"keymap: {action_id} takes {len(one.keys)} keys, one for each")
    return keys


def _stolen(keys: Keys) -> list[str]:
    fixed = {key: one for one in all_actions() if one.is_fixed for key in one.keys}
    return [
        f"keymap: {key_text(key)} stays with {fixed[key].id}, so {action_id} cannot have it"
        for action_id, given in keys.changed.items()
        for key in given
        if key in fixed
    ]


def _doubles(keys: Keys) -> list[str]:
    """Keys that mean two things at one place. Verbs may share a key: it opens their menu."""
    found: dict[tuple[str, str, str], str] = {}
    for scope in Scope:
        owners: dict[str, Action] = {}
        for one in _in_scopes(with_parents(scope)):
            for key in keys.of(one):
                other = owners.setdefault(key, one)
                if (
                    other is not one
                    and not (other.verb and one.verb)
                    and {one.id, other.id} & keys.changed.keys()
                ):
                    first, second = sorted((one.id, other.id))
                    found.setdefault(
                        (key, first, second), f"keymap: {key_text(key)} would mean both {first} and {second}"
                    )
    return list(found.values())


def _in_scopes(scopes: Iterable[Scope]) -> list[Action]:
    wanted = set(scopes)
    return [one for one in all_actions() if one.scope in wanted]

"""The framework's bindings, made from the action table and the keys in force."""

from collections.abc import Iterator
from functools import lru_cache

from textual.binding import Binding, BindingsMap

from oms_tui.screens.actions import Action, actions_in
from oms_tui.screens.keymap import Keys
from oms_tui.screens.scopes import Scope


def bindings_for(scopes: tuple[Scope, ...], keys: Keys) -> BindingsMap:
    """Everything that keys do in these scopes. A key has one meaning: that of the narrowest scope."""
    chosen: dict[str, Binding] = {}
    for one in actions_in(*scopes):
        for binding in _bindings_of(one, keys):
            chosen.setdefault(binding.key, binding)
    return BindingsMap(chosen.values())


@lru_cache(maxsize=256)
def long_name(key: str) -> str:
    """The framework's name of a key ("slash" for "/")."""
    text = "comma" if key == "," else key
    return next(iter(Binding.make_bindings([Binding(text, "", "")]))).key


def _bindings_of(one: Action, keys: Keys) -> Iterator[Binding]:
    for number, key in enumerate(keys.of(one), start=1):
        if one.verb is not None:
            run = f"verbs({key!r})"
        elif one.is_numbered:
            run = f"{one.run}({number})"
        else:
            run = one.run
        is_first = one.id == "app.quit"  # the way out works even under a box that takes every key
        yield Binding(
            long_name(key), run, one.label, show=False, id=one.id, tooltip=one.help, priority=is_first
        )

"""Write the page of keys (`docs/keys.md`) from the table of actions; a test holds the page to it."""

from pathlib import Path

from oms_tui.screens.actions import Action, all_actions
from oms_tui.screens.keymap import DEFAULT_KEYS
from oms_tui.screens.scopes import Scope

PAGE = Path(__file__).parent / "keys.md"
HEAD = """\
# Keys

Made from the table of actions by `docs/make_keys.py`; `oms-tui keys` prints it with your own keys in it.

Every action has an id. To give it other keys, name it in the file that `oms-tui paths` shows as *config*:

```toml
[keymap]
"order.cancel" = "ctrl+x"
"find.search" = ["/", "f7"]
"orders.flow_pane" = ""        # no key; the palette (ctrl+p) still has it
```

Keys are written as here; several are a list or stand side by side (`"q f3"`). A keymap with a fault in it –
an unknown action or key, a key with two meanings at one place – is told at the start and left aside whole.
`esc` and `ctrl+q` keep their meaning. Verbs may share a key: it opens a short menu of them.
Of two the only one that can be done starts at once, unless it is worth reading why the other cannot.

What a key means depends on where one is; the nearest meaning counts. In a box to type in, letters belong to
the box.
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for scope in Scope:
        rows = [row for row in all_actions() if row.scope is scope]
        if rows:
            place = scope.place
            parts.append(
                f"\n## {place[0].upper()}{place[1:]}\n\n| Key | | What it does | Id |\n|---|---|---|---|\n"
            )
            parts += [_row(row) for row in rows]
    return "".join(parts)


def _row(row: Action) -> str:
    keys = DEFAULT_KEYS.all_shown(row).split(" ") if row.keys else []
    shown = [f"`{key}`".replace("|", "\\|") for key in keys]
    if row.command:
        shown.append(f"`:{row.command}`")
    return f"| {' '.join(shown)} | {row.label} | {row.help} | `{row.id}` |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

"""Writes docs/configuration.md from the settings the program knows: `python docs/make_configuration.py`."""

from pathlib import Path

from oms_tui.config import reference

PAGE = Path(__file__).with_name("configuration.md")
_HEAD = """# Configuration

Nothing has to be configured. What is set counts in this order: what is typed on the command line, then the
environment,
then `config.toml` (`oms-tui paths` says where), then the default. A key that is not in this table is an
error that
names the file, the key and the nearest one there is.

```toml
[ui]
theme = "light"

[keymap]
"order.note" = "N"
```

| Key | Variable | Default | Meaning |
|---|---|---|---|
"""
_TAIL = """
`[keymap]` takes the ids of [keys.md](keys.md) and gives them other keys: one, or a list. A keymap with a
mistake in it
is told at the start and left aside; it never stops the console.
"""


def page() -> str:
    """The page as it should stand."""
    rows = []
    for doc in reference():
        default = ", ".join(doc.default) if isinstance(doc.default, tuple) else doc.default
        text = {True: "yes", False: "no"}.get(default, default) if isinstance(default, bool) else default
        shown = f"`{text}`" if text not in ("", {}) else "–"
        rows.append(f"| `{doc.key}` | `{doc.variable}` | {shown} | {doc.help} |")
    return _HEAD + "\n".join(rows) + "\n" + _TAIL


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

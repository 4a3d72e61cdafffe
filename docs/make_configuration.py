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

[fraud]
hold_for = ["all differ", "bill ship differ"]
allowed_pairs = ["DE>AT", "AT>DE"]

[fraud.channels.web-us]
hold_for = ["other region"]

[flow]
remorse_minutes = { web-us = 60 }
approve_above = ["2000 EUR", "2500 USD"]

[price.reasons]
damaged = 25
other = 5

[selling.entities."Lumen Home GmbH"]
address = ["Lampenweg 3", "10115 Berlin", "Germany"]
vat_id = "DE123456789"
logo = "/etc/oms-tui/lumen.png"
series = "LHG"

[keymap]
"order.note" = "N"
```

Lists in variables are written with commas, tables as `name=value` with commas.

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
        text = _text(doc.default)
        shown = f"`{text}`" if text else "–"
        rows.append(f"| `{doc.key}` | `{doc.variable}` | {shown} | {doc.help} |")
    return _HEAD + "\n".join(rows) + "\n" + _TAIL


def _text(default: object) -> str:
    """A default as one would write it."""
    if isinstance(default, bool):
        return "yes" if default else "no"
    if isinstance(default, tuple):
        return ", ".join(default)
    if isinstance(default, dict):
        return ", ".join(f"{name}={value}" for name, value in default.items())
    return str(default)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

"""What words in a line may look like: one style for each look, made once for a theme.

Component classes of the framework would be computed for every widget at every change of focus or size; a line
has a dozen looks, so that would be most of what a screen costs to open.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from rich.style import Style
from textual.color import Color

if TYPE_CHECKING:
    from textual.app import App

_COLOURS: Mapping[str, str] = MappingProxyType(
    {
        "rule": "rule",
        "muted": "text-muted",
        "strong": "",
        "accent": "text-accent",
        "key": "text-accent",
        "good": "text-success",
        "active": "text-primary",
        "warning": "text-warning",
        "problem": "text-error",
        "selected": "block-cursor-foreground",
        "reverse": "",
    }
)
"""Look -> the theme's variable for its colour."""
_INSTEAD = MappingProxyType({"rule": "border-blurred"})
"""For themes that are not ours."""
_BOLD = frozenset({"strong", "accent", "key", "selected"})
_DIM_WITHOUT_COLOUR = frozenset({"muted", "rule"})

LOOKS: tuple[str, ...] = tuple(_COLOURS)
"""Every look there is."""

_made: dict[tuple[str, bool], Mapping[str, Style]] = {}


def looks_of(app: "App[Any]") -> Mapping[str, Style]:
    """The looks in the theme in force; laid over a widget's own style."""
    key = (app.theme, app.no_color)
    found = _made.get(key)
    if found is None:
        found = _made[key] = {name: _look(app, name) for name in LOOKS}
    return found


def _look(app: "App[Any]", name: str) -> Style:
    is_plain = app.no_color or app.native_ansi_color
    colour = None if app.no_color else _colour(app, _COLOURS[name])
    ground = None
    if name == "selected" and not app.no_color:
        ground = _colour(app, "block-cursor-background")
    return Style(
        color=None if colour is None else colour.rich_color,
        bgcolor=None if ground is None else ground.rich_color,
        bold=True if name in _BOLD else None,
        dim=True if is_plain and name in _DIM_WITHOUT_COLOUR else None,
        reverse=True if name == "reverse" or (name == "selected" and app.no_color) else None,
    )


def _colour(app: "App[Any]", variable: str) -> Color | None:
    """A variable's colour; "auto 60%" means as much of the foreground over the background."""
    variables = app.theme_variables
    value = variables.get(variable) or variables.get(_INSTEAD.get(variable, ""), "")
    if not value:
        return None
    if value.startswith("auto"):
        share = float(value.partition(" ")[2].rstrip("%") or 100) / 100
        background = Color.parse(variables["background"])
        return background.blend(background.get_contrast_text(1.0), share)
    colour = Color.parse(value.partition(" ")[0])
    return None if colour.ansi == -1 else colour

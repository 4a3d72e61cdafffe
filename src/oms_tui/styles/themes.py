"""The themes: one accent for what is selected, muted text, status colours that never stand alone."""

from textual.theme import Theme

DARK = Theme(
    name="dark",
    dark=True,
    primary="#6cb2eb",
    secondary="#8fa3b8",
    accent="#6cb2eb",
    warning="#e0b050",
    error="#f07178",
    success="#8cc570",
    foreground="#d8dee6",
    background="#14181d",
    surface="#1c2229",
    panel="#222931",
    variables={
        "text-muted": "#8b98a6",
        "text-primary": "#6cb2eb",
        "text-accent": "#6cb2eb",
        "text-warning": "#e0b050",
        "text-error": "#f07178",
        "text-success": "#8cc570",
        "block-cursor-foreground": "#0d1116",
        "block-cursor-background": "#6cb2eb",
        "rule": "#39434e",
        "selected-ground": "#26323e",
        "field-ground": "#20272f",
        "border": "#6cb2eb",
        "border-blurred": "#39434e",
        "scrollbar": "#39434e",
        "scrollbar-background": "#14181d",
    },
)
LIGHT = Theme(
    name="light",
    dark=False,
    primary="#1660a8",
    secondary="#50606f",
    accent="#1660a8",
    warning="#8a5a00",
    error="#b3262f",
    success="#2c6e1f",
    foreground="#1d242b",
    background="#fbfbf9",
    surface="#f1f1ee",
    panel="#e8e8e4",
    variables={
        "text-muted": "#5c6772",
        "text-primary": "#1660a8",
        "text-accent": "#1660a8",
        "text-warning": "#8a5a00",
        "text-error": "#b3262f",
        "text-success": "#2c6e1f",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-background": "#1660a8",
        "rule": "#c9ccc8",
        "selected-ground": "#dfe8f1",
        "field-ground": "#eeeeea",
        "border": "#1660a8",
        "border-blurred": "#c9ccc8",
        "scrollbar": "#c9ccc8",
        "scrollbar-background": "#fbfbf9",
    },
)
ANSI = Theme(
    name="ansi",
    ansi=True,
    dark=True,
    primary="ansi_cyan",
    secondary="ansi_cyan",
    accent="ansi_cyan",
    warning="ansi_yellow",
    error="ansi_red",
    success="ansi_green",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    variables={
        "text-muted": "ansi_default",
        "block-cursor-foreground": "ansi_black",
        "block-cursor-background": "ansi_cyan",
        "rule": "ansi_bright_black",
        "selected-ground": "ansi_default",
        "field-ground": "ansi_default",
        "border": "ansi_cyan",
        "border-blurred": "ansi_bright_black",
        "ansi-background": "ansi_default",
        "ansi-foreground": "ansi_default",
        "input-cursor-text-style": "reverse",
        "input-cursor-background": "ansi_default",
        "input-cursor-foreground": "ansi_default",
        "input-selection-background": "ansi_cyan",
        "input-selection-foreground": "ansi_black",
        "screen-selection-background": "ansi_cyan",
        "screen-selection-foreground": "ansi_black",
        "scrollbar": "ansi_bright_black",
        "scrollbar-background": "ansi_default",
    },
)
THEMES: tuple[Theme, ...] = (DARK, LIGHT, ANSI)
"""Every theme there is."""


def defaults_for(theme: Theme) -> dict[str, str]:
    """Our own variables in a theme that does not have them, from what every theme has."""
    if {"rule", "selected-ground", "field-ground"} <= theme.variables.keys():
        return {}
    colours = theme.to_color_system().generate()
    return {
        "rule": colours["border-blurred"],
        "selected-ground": colours["panel"],
        "field-ground": colours["surface"],
    }

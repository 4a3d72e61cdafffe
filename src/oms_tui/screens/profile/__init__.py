"""The order profile (PR): everything about one order, in eight tabs, and every verb on it (spec 7)."""

from oms_tui.screens.profile.screen import ProfileScreen

__all__ = ["ProfileScreen"]

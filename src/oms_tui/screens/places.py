"""The main places, each with a stack of screens of its own; loaded when they are first opened."""

from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from oms_tui.screens.boot import BootScreen


def _sign_in() -> Screen[Any]:
    from oms_tui.screens.sign_in import SignInScreen

    return SignInScreen()


def _dashboard() -> Screen[Any]:
    from oms_tui.screens.dashboard import DashboardScreen

    return DashboardScreen()


def _orders() -> Screen[Any]:
    from oms_tui.screens.orders import OrdersScreen

    return OrdersScreen()


PLACES: dict[str, str | Callable[[], Screen[Any]]] = {
    "boot": BootScreen,
    "sign-in": _sign_in,
    "dashboard": _dashboard,
    "orders": _orders,
}
"""Mode -> what makes its own screen."""

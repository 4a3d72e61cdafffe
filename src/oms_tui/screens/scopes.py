"""Where actions are available: screens and parts of them, and which lies in which."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Scope(StrEnum):
    """Where an action is available. A scope holds the actions of its parents too."""

    CONSOLE = "console"
    BROWSE = "browse"
    DESK = "desk"
    ORDER = "order"
    MARKS = "marks"
    LIST = "list"
    DASHBOARD = "dashboard"
    ORDERS = "orders"
    PROFILE = "profile"
    FLOW = "flow"
    SHIPMENT = "shipment"
    COLUMNS = "columns"
    MENU = "menu"
    BOX = "box"
    SEARCH = "search"
    FORM = "form"
    PILE = "pile"
    ADDRESS = "address"
    EVENTS = "events"
    SETTLEMENTS = "settlements"
    SETTLEMENT = "settlement"
    SIGN_IN = "sign_in"

    @property
    def place(self) -> str:
        """Where that is, for a person."""
        return _PLACES[self]


_PLACES = {
    Scope.CONSOLE: "everywhere",
    Scope.BROWSE: "every screen, outside forms",
    Scope.DESK: "every screen of the desk",
    Scope.ORDER: "on an order",
    Scope.MARKS: "where rows can be marked",
    Scope.LIST: "in a list",
    Scope.DASHBOARD: "on the dashboard",
    Scope.ORDERS: "in Orders",
    Scope.PROFILE: "in an order's profile",
    Scope.FLOW: "on a task of a flow",
    Scope.SHIPMENT: "on a shipment",
    Scope.COLUMNS: "choosing columns",
    Scope.MENU: "in a menu",
    Scope.BOX: "in a box to type in",
    Scope.SEARCH: "in the search box",
    Scope.FORM: "in a form",
    Scope.PILE: "working a pile",
    Scope.ADDRESS: "in the form of an address",
    Scope.EVENTS: "in Event problems",
    Scope.SETTLEMENTS: "in Reconciliation",
    Scope.SETTLEMENT: "in a settlement file",
    Scope.SIGN_IN: "at sign-in",
}

PARENTS: Mapping[Scope, tuple[Scope, ...]] = MappingProxyType(
    {
        Scope.CONSOLE: (),
        Scope.BROWSE: (Scope.CONSOLE,),
        Scope.DESK: (Scope.BROWSE,),
        Scope.ORDER: (Scope.DESK,),
        Scope.MARKS: (Scope.DESK,),
        Scope.LIST: (Scope.MARKS,),
        Scope.DASHBOARD: (Scope.DESK,),
        Scope.ORDERS: (Scope.ORDER, Scope.LIST),
        Scope.PROFILE: (Scope.ORDER, Scope.MARKS),
        Scope.FLOW: (Scope.ORDER,),
        Scope.SHIPMENT: (Scope.ORDER,),
        Scope.COLUMNS: (Scope.BROWSE,),
        Scope.MENU: (Scope.BROWSE,),
        Scope.BOX: (Scope.CONSOLE,),
        Scope.SEARCH: (Scope.BOX,),
        Scope.FORM: (Scope.CONSOLE,),
        Scope.PILE: (Scope.BROWSE,),
        Scope.ADDRESS: (Scope.FORM,),
        Scope.EVENTS: (Scope.MARKS,),
        Scope.SETTLEMENTS: (Scope.DESK,),
        Scope.SETTLEMENT: (Scope.ORDER,),
        Scope.SIGN_IN: (Scope.BROWSE,),
    }
)
"""Scope -> the scopes it lies in, nearest first."""


def with_parents(scope: Scope) -> tuple[Scope, ...]:
    """The scope and all it lies in, the narrowest first."""
    found = [scope]
    for inner in found:
        found += [parent for parent in PARENTS[inner] if parent not in found]
    return tuple(found)

"""The verbs of one shipment: those that ask for a shipment, or for what they are about, filled in with it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from oms_tui.screens.actions import Action
from oms_tui.screens.verbs_here import VerbsHere
from oms_tui.verbs import Argument, Subject, Verb

if TYPE_CHECKING:
    from oms_tui.screens.base import DeskScreen

SHIPMENT = "shipment"
"""The name of the argument that belongs to a shipment; beside it stand those that may be about one."""
OF_SHIPMENT = ("carrier", "tracking")
"""Arguments that start with what the order holds of the shipment."""
ABOUT = "about"
INVOICE, NUMBER = "order.invoice", "number"
"""Each shipment has an invoice of its own: the verb that prints it, and what it is named by."""


def belongs_to_a_shipment(verb: Verb) -> bool:
    """Whether a verb asks for a shipment, or prints its invoice."""
    return verb.id == INVOICE or any(one.name == SHIPMENT for one in verb.arguments)


class VerbsOfShipment(VerbsHere):
    """As on any screen of an order, but for one of its shipments."""

    def __init__(self, screen: "DeskScreen", shipment: str) -> None:
        super().__init__(screen)
        self._shipment = shipment

    def refusal(self, verb: Verb, order_id: str | None = None) -> str:
        """As for the order; and a verb for shipments must be one for this shipment."""
        why = super().refusal(verb, order_id)
        subject = self._screen.subject()
        if why or subject is None or order_id not in (None, subject.order.id):
            return why
        asked = next((one for one in verb.arguments if one.name == SHIPMENT), None)
        if asked is None or asked.choices is None or self._value(asked, subject):
            return ""
        others = [one.label for one in asked.choices(subject, self._screen.app.policy)]
        return f"not for shipment {self._shipment}" + (f", only for {', '.join(others)}" if others else "")

    def about(self, verb: Verb) -> str:
        """The order and the shipment."""
        order = super().about(verb)
        return f"{order}, shipment {self._shipment}" if order else ""

    def of_key(self, key: str) -> tuple[Action, ...]:
        """The verbs of a key: those for shipments where there are any, else all of it."""
        rows = super().of_key(key)
        own = tuple(row for row in rows if row.verb is not None and belongs_to_a_shipment(row.verb))
        return own or rows

    async def start(
        self, verb: Verb, arguments: Mapping[str, object] | None = None, *, order_id: str | None = None
    ) -> None:
        """Open the verb's form with this shipment filled in."""
        given = dict(arguments or {})
        subject = self._screen.subject()
        if subject is not None and order_id in (None, subject.order.id):
            for one in verb.arguments:
                if one.name in (SHIPMENT, ABOUT, NUMBER) and (value := self._value(one, subject)):
                    given.setdefault(one.name, value)
                elif one.name in OF_SHIPMENT and (known := self._known(one.name, subject)):
                    given.setdefault(one.name, known)
        await super().start(verb, given, order_id=order_id)

    def _known(self, name: str, subject: Subject) -> str:
        """What the order holds of this shipment under that name."""
        found = (one for one in subject.order.shipments if one.number == self._shipment)
        return next((str(getattr(one, name)) for one in found), "")

    def _value(self, argument: Argument, subject: Subject) -> str:
        """The choice that names this shipment; "" where there is none."""
        choices = argument.choices(subject, self._screen.app.policy) if argument.choices else ()
        invoices = [one.invoice for one in subject.order.shipments if one.number == self._shipment]
        named = (self._shipment, f"{SHIPMENT} {self._shipment}", *filter(None, invoices))
        return next((one.value for one in choices if one.value in named), "")

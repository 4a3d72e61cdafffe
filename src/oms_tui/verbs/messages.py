"""What verbs tell the customer: one message in the order's language."""

from collections.abc import Callable

from oms_tui.domain import letters
from oms_tui.domain.letters import language_of
from oms_tui.domain.money import Money
from oms_tui.domain.order import Order
from oms_tui.domain.payment import still_charged
from oms_tui.domain.plan import Message


def to_customer(
    order: Order, template: str, text: Callable[[str], str]
) -> tuple[tuple[Message, ...], tuple[str, ...]]:
    """The message, and what to warn of where there is nobody to send it to.

    Args:
        order: Of which order.
        template: One of `letters.TEMPLATES`.
        text: What is said in a language of ours.
    """
    if not order.customer.email:
        return (), ("No e-mail is known: the customer is not told by us.",)
    language = language_of(order.language or order.channel.language)
    message = Message(
        recipient=order.customer.email,
        audience="customer",
        template=template,
        language=language,
        text=text(language),
    )
    return (message,), ()


def tell_of_prices(before: Order, order: Order, back: int) -> tuple[tuple[Message, ...], tuple[str, ...]]:
    """What the last price adjustment means to the customer: what costs less and what becomes of the money,
    never why.

    Args:
        before: The order before it.
        order: The order after it.
        back: Minor units that go back by a refund.
    """
    lines = {line.number: line.name or line.sku for line in order.lines}
    charges = {charge.number: charge.name or charge.code for charge in order.charges}
    parts = [
        (lines[one.line] if one.line is not None else charges[one.charge or 0], one.before, one.after)
        for one in order.adjustments[-1].parts
    ]
    return to_customer(
        order,
        letters.PRICE_REDUCED,
        lambda language: letters.price_reduction(
            language,
            order.id,
            parts,
            refunded=Money(back, order.currency),
            to_charge=(still_charged(before), still_charged(order)),
        ),
    )

"""Manual Approval: only if a hold or a rule asks for it (spec 3.3)."""

from types import MappingProxyType

from oms_tui.domain.flow import Complete, FlowTask, Skipped, Waiting
from oms_tui.domain.money import Money, format_money
from oms_tui.domain.order import Order
from oms_tui.domain.status import CustomerType, HoldKind, word
from oms_tui.domain.steps.base import FlowContext, Step, own_holds, place_hold, step
from oms_tui.domain.totals import order_total

VALUE = "value"
FIRST_ORDER = "first order of a guest"
DECIDES = MappingProxyType(
    {
        HoldKind.FRAUD: "CS decides (f)",
        HoldKind.ADDRESS: "CS corrects it (a)",
        HoldKind.APPROVAL: "OP decides (t)",
        HoldKind.PAYMENT: "OP decides (b)",
        HoldKind.DISPUTE: "OP decides (b)",
        HoldKind.MANUAL: "OP decides (t)",
    }
)
"""Who ends a hold, and the key that opens the verb (spec 3.3, spec 5)."""


def manual_approval(order: Order, task: FlowTask, context: FlowContext) -> Step:
    """Places a hold for each rule that asks, once; waits for every open hold; Skipped if nobody asked."""
    asked = {hold.evidence for hold in own_holds(order, HoldKind.APPROVAL)}
    for evidence, reason in _asks(order, context):
        if evidence not in asked:
            order = place_hold(order, HoldKind.APPROVAL, reason, context.now, evidence=evidence)
    open_holds = order.open_holds()
    if open_holds:
        waits = dict.fromkeys(f"{word(hold.kind)}: {DECIDES[hold.kind]}" for hold in open_holds)
        return step(Waiting("; ".join(waits)), order)
    if not order.holds:
        return step(Skipped("nothing asks for it"), order)
    by = sorted({hold.released_by for hold in order.holds if hold.released_by})
    return step(Complete(f"every hold is released{', by ' + ', '.join(by) if by else ''}"), order)


def _asks(order: Order, context: FlowContext) -> list[tuple[str, str]]:
    """(evidence, reason) of each rule that wants a person to look."""
    total, rules = order_total(order), context.rules
    found = []
    limit = rules.approve_above.get(order.currency)
    if limit is not None and total.minor > limit:
        found.append((VALUE, f"order above {format_money(Money(limit, order.currency))}"))
    limit = rules.approve_guest_above.get(order.currency)
    is_guest = order.customer.type is CustomerType.GUEST
    if limit is not None and total.minor > limit and is_guest and not context.world.history(order).orders:
        amount = format_money(Money(limit, order.currency))
        found.append((FIRST_ORDER, f"first order of a guest, above {amount}"))
    return found

"""Customer classification: type and role on the order are independent of each other (spec 2; documented)."""

from dataclasses import replace

from oms_tui.domain.authority import Right
from oms_tui.domain.plan import Outcome
from oms_tui.domain.status import CustomerRole, CustomerType, word
from oms_tui.verbs.base import (
    Argument,
    ArgumentKind,
    Arguments,
    Blocker,
    Choice,
    Context,
    Policy,
    Refused,
    Subject,
    Verb,
)


def _types(subject: Subject, policy: Policy) -> tuple[Choice, ...]:
    return tuple(Choice(one.value, word(one)) for one in CustomerType)


def _roles(subject: Subject, policy: Policy) -> tuple[Choice, ...]:
    return tuple(Choice(one.value, word(one)) for one in CustomerRole)


def _apply(subject: Subject, arguments: Arguments, context: Context) -> Outcome:
    order, customer = subject.order, subject.order.customer
    kind, role = CustomerType(str(arguments["type"])), CustomerRole(str(arguments["role"]))
    if (kind, role) == (customer.type, customer.role):
        raise Refused([Blocker(f"The customer is {word(kind)} and {word(role)} already.")])
    return Outcome(
        order=replace(order, customer=replace(customer, type=kind, role=role)),
        action=f"classify as {word(kind)}, {word(role)}",
        summary=f"Classified the customer of order {order.id} as {word(kind)}, {word(role)}",
    )


CLASSIFY = Verb(
    id="order.classify",
    key="L",
    label="Classify customer",
    help="Say whether the customer is registered or a guest, and whether they are Bill-To or Ship-To.",
    right=Right.CLASSIFY_CUSTOMER,
    arguments=(
        Argument(
            name="type",
            kind=ArgumentKind.CHOICE,
            label="Type",
            help="Registered or Guest.",
            is_required=True,
            choices=_types,
            initial=lambda subject: subject.order.customer.type.value,
        ),
        Argument(
            name="role",
            kind=ArgumentKind.CHOICE,
            label="Role",
            help="Bill-To owns payment and papers; Ship-To is only where the goods go.",
            is_required=True,
            choices=_roles,
            initial=lambda subject: subject.order.customer.role.value,
        ),
    ),
    apply=_apply,
)

"""The steps of the flow: for each task a pure function of the order and what comes in from outside
(architecture 4)."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from oms_tui.domain.flow import FlowTask, Task
from oms_tui.domain.order import Order
from oms_tui.domain.steps import before, leaving
from oms_tui.domain.steps.allocation import allocation
from oms_tui.domain.steps.approval import manual_approval
from oms_tui.domain.steps.authorization import payment_authorization
from oms_tui.domain.steps.base import FlowContext, Step, reserved_by, world_after
from oms_tui.domain.steps.capture import capture

STEPS: Mapping[Task, Callable[[Order, FlowTask, FlowContext], Step]] = MappingProxyType(
    {
        Task.PAYMENT_AUTHORIZATION: payment_authorization,
        Task.ADDRESS_VALIDATION: before.address_validation,
        Task.ALLOCATION: allocation,
        Task.FRAUD_CHECK: before.fraud_check,
        Task.DUTIES: before.duties,
        Task.CUSTOMER_NOTIFICATION: before.customer_notification,
        Task.REMORSE_PERIOD: before.remorse_period,
        Task.MANUAL_APPROVAL: manual_approval,
        Task.PICK_TICKET: leaving.pick_ticket,
        Task.PACKING: leaving.packing,
        Task.CAPTURE: capture,
        Task.INVOICE: leaving.invoice,
        Task.SHIPMENT: leaving.handing_over,
        Task.DELIVERY: leaving.delivery,
    }
)
"""Task -> its step. The flow of a return comes with returns."""

__all__ = ["STEPS", "FlowContext", "Step", "reserved_by", "world_after"]

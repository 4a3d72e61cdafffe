"""The authority table: who may do what, as data (spec 5). Deny by default; the desk's `authorise` is the one
check.

A right that a later capability brings is a row added here together with it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from oms_tui.domain.people import Role


class Right(StrEnum):
    """Everything that somebody may be allowed: the verbs and views of spec 5, and what AD does."""

    SEARCH_ORDERS = "search_orders"
    OPEN_ORDER = "open_order"
    FILTER_BASIC = "filter_basic"
    FILTER_ALL = "filter_all"
    VIEW_ITEM_FLOW = "view_item_flow"
    VIEW_LINES = "view_lines"
    VIEW_QUEUES = "view_queues"
    VIEW_OWN_WORK = "view_own_work"
    VIEW_PAYMENT_DETAIL = "view_payment_detail"
    CLASSIFY_CUSTOMER = "classify_customer"
    PROVIDE_STATUS = "provide_status"
    ADD_NOTE = "add_note"
    CLAIM = "claim"
    SHARE_VIEWS = "share_views"
    ADDRESS = "address"
    FRAUD = "fraud"
    HOLD = "hold"
    ADJUST_PRICE = "adjust_price"
    CANCEL = "cancel"
    RESOLVE_UNDELIVERED = "resolve_undelivered"
    SETTLE_PAYMENT = "settle_payment"
    RUN_TASK = "run_task"
    EVENT_PROBLEMS = "event_problems"
    DOWNLOAD_INVOICE = "download_invoice"
    VIEW_RETURNS = "view_returns"
    FILTER_RETURNS = "filter_returns"
    CREATE_RETURN = "create_return"
    ENABLE_RETURN = "enable_return"
    REVIEW_RETURN = "review_return"
    DOWNLOAD_CREDIT_NOTE = "download_credit_note"
    EXPORT = "export"
    MANAGE_PEOPLE = "manage_people"


_R = Right
_CS, _NM, _OP, _AD = Role.CS, Role.NM, Role.OP, Role.AD

AUTHORITY: Mapping[Right, frozenset[Role]] = MappingProxyType(
    {
        _R.SEARCH_ORDERS: frozenset({_CS, _NM, _OP}),
        _R.OPEN_ORDER: frozenset({_CS, _NM, _OP}),
        _R.FILTER_BASIC: frozenset({_CS, _NM, _OP}),
        _R.FILTER_ALL: frozenset({_CS, _OP}),
        _R.VIEW_ITEM_FLOW: frozenset({_CS, _OP}),
        _R.VIEW_LINES: frozenset({_CS, _OP}),
        _R.VIEW_QUEUES: frozenset({_CS, _OP}),
        _R.VIEW_OWN_WORK: frozenset({_CS, _NM, _OP}),
        _R.VIEW_PAYMENT_DETAIL: frozenset({_CS, _OP}),
        _R.CLASSIFY_CUSTOMER: frozenset({_CS}),
        _R.PROVIDE_STATUS: frozenset({_CS, _NM, _OP}),
        _R.ADD_NOTE: frozenset({_CS, _NM, _OP}),
        _R.CLAIM: frozenset({_CS, _NM, _OP}),
        _R.SHARE_VIEWS: frozenset({_OP}),
        _R.ADDRESS: frozenset({_CS}),
        _R.FRAUD: frozenset({_CS}),
        _R.HOLD: frozenset({_OP}),
        _R.ADJUST_PRICE: frozenset({_CS}),
        _R.CANCEL: frozenset({_CS, _NM}),
        _R.RESOLVE_UNDELIVERED: frozenset({_CS, _OP}),
        _R.SETTLE_PAYMENT: frozenset({_OP}),
        _R.RUN_TASK: frozenset({_OP}),
        _R.EVENT_PROBLEMS: frozenset({_OP}),
        _R.DOWNLOAD_INVOICE: frozenset({_CS, _OP}),
        _R.VIEW_RETURNS: frozenset({_CS, _NM, _OP}),
        _R.FILTER_RETURNS: frozenset({_CS, _OP}),
        _R.CREATE_RETURN: frozenset({_CS, _NM}),
        _R.ENABLE_RETURN: frozenset({_CS}),
        _R.REVIEW_RETURN: frozenset({_CS, _OP}),
        _R.DOWNLOAD_CREDIT_NOTE: frozenset({_CS}),
        _R.EXPORT: frozenset({_OP}),
        _R.MANAGE_PEOPLE: frozenset({_AD}),
    }
)
"""Right -> the roles that have it, as spec 5 gives it before anybody changes it."""


@dataclass(frozen=True, slots=True)
class Authority:
    """The matrix in force: the default of spec 5, or what AD made of it."""

    matrix: Mapping[Right, frozenset[Role]]

    def allows(self, roles: Iterable[Role], right: Right) -> bool:
        """Whether the union of `roles` has `right`. What is not in the matrix nobody may."""
        return not self.matrix.get(right, frozenset()).isdisjoint(roles)

    def who_may(self, right: Right) -> tuple[Role, ...]:
        """The roles that have `right`, in the order of spec 1."""
        holders = self.matrix.get(right, frozenset())
        return tuple(role for role in Role if role in holders)


DEFAULT_AUTHORITY = Authority(AUTHORITY)

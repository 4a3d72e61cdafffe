"""What a person may do: the one table of verbs (architecture 3).

Keys, footer, help, palette, command line, role checks and docs are derived from it. Adding a verb is one
file and one
row here.
"""

from collections.abc import Mapping
from types import MappingProxyType

from oms_tui.verbs.address import CORRECT_ADDRESS, FORCE_ADDRESS, VALIDATE_ADDRESS
from oms_tui.verbs.base import (
    Answer,
    Argument,
    ArgumentError,
    ArgumentKind,
    Arguments,
    Blocker,
    ChargeOption,
    Choice,
    Context,
    Following,
    LineOption,
    LinePart,
    Policy,
    Refused,
    Subject,
    Verb,
    canonical,
)
from oms_tui.verbs.cancel import CANCEL
from oms_tui.verbs.claim import CLAIM, RELEASE
from oms_tui.verbs.classify import CLASSIFY
from oms_tui.verbs.credit_notes import REVERSE_CREDIT_NOTE
from oms_tui.verbs.decline import DECLINE
from oms_tui.verbs.documents import DOWNLOAD_CREDIT_NOTE, DOWNLOAD_INVOICE, DOWNLOAD_RECEIPT
from oms_tui.verbs.elsewhere import RECORD_PAYMENT
from oms_tui.verbs.fraud import FLAG_FRAUD, REVIEW_FRAUD
from oms_tui.verbs.hold import PLACE_HOLD, RELEASE_HOLD
from oms_tui.verbs.note import ADD_NOTE
from oms_tui.verbs.paid import MARK_PAID
from oms_tui.verbs.parcels import CORRECT_TRACKING, RESOLVE_UNDELIVERED
from oms_tui.verbs.price import ADJUST_PRICE
from oms_tui.verbs.refunds import RECORD_REFUND, REFUND_OVERCHARGE, RETRY_REFUND
from oms_tui.verbs.status import PROVIDE_STATUS
from oms_tui.verbs.tasks import APPROVE, RUN_TASK
from oms_tui.verbs.voids import RETRY_VOID

VERBS: tuple[Verb, ...] = (
    CLAIM,
    RELEASE,
    ADD_NOTE,
    VALIDATE_ADDRESS,
    CORRECT_ADDRESS,
    FORCE_ADDRESS,
    FLAG_FRAUD,
    REVIEW_FRAUD,
    RELEASE_HOLD,
    PLACE_HOLD,
    ADJUST_PRICE,
    CANCEL,
    DECLINE,
    MARK_PAID,
    RECORD_PAYMENT,
    RETRY_REFUND,
    RECORD_REFUND,
    REFUND_OVERCHARGE,
    REVERSE_CREDIT_NOTE,
    RETRY_VOID,
    RESOLVE_UNDELIVERED,
    CORRECT_TRACKING,
    CLASSIFY,
    APPROVE,
    DOWNLOAD_INVOICE,
    DOWNLOAD_RECEIPT,
    DOWNLOAD_CREDIT_NOTE,
    RUN_TASK,
    PROVIDE_STATUS,
)
"""Every verb there is, in the order the action pod lists them. Of verbs with one key the first that can be
done leads: what ends something that stands open comes before what can always be done."""

GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "c": "claim",
        "n": "note",
        "a": "address",
        "f": "fraud",
        "b": "hold",
        "p": "price",
        "x": "cancel",
        "m": "money",
        "u": "parcel",
        "L": "classify",
        "T": "task",
        "d": "documents",
        "Y": "status",
    }
)
"""Default key -> what the verbs on it are about, in a word: for where there is little room."""
_BY_ID = {verb.id: verb for verb in VERBS}


def verb(verb_id: str) -> Verb:
    """The verb of that id.

    Raises:
        KeyError: there is no such verb.
    """
    return _BY_ID[verb_id]


__all__ = [
    "GROUPS",
    "VERBS",
    "Answer",
    "Argument",
    "ArgumentError",
    "ArgumentKind",
    "Arguments",
    "Blocker",
    "ChargeOption",
    "Choice",
    "Context",
    "Following",
    "LineOption",
    "LinePart",
    "Policy",
    "Refused",
    "Subject",
    "Verb",
    "canonical",
    "verb",
]

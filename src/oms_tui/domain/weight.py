"""What a decision changes, in the order of what matters to a person: status and money, what the customer
gets, the parts of the order; the books of a payment and the tasks of the flow last."""

from collections.abc import Iterable
from types import MappingProxyType
from typing import Final

from oms_tui.domain.plan import Change, ChangeKind

_K = ChangeKind
_ORDER: Final = (
    "derived",
    "intents",
    _K.DOCUMENT,
    "messages",
    _K.HOLD,
    _K.ADDRESS,
    "adjustments",
    _K.LINE,
    _K.MONEY,
    _K.SHIPMENT,
    _K.STOCK,
    _K.OTHER,
    _K.NOTE,
    _K.CLAIM,
    "payments",
    _K.TASK,
)
"""Parts of paths (what they begin with) and kinds of changes, the weightiest first."""
_RANKS: Final = MappingProxyType({name: place for place, name in enumerate(_ORDER)})


def by_weight(changes: Iterable[Change]) -> tuple[Change, ...]:
    """These changes as a preview or a timeline shows them; those of one weight as they were."""
    return tuple(sorted(changes, key=_rank))


def _rank(change: Change) -> int:
    head, _, rest = change.path.partition("/")
    if not rest and change.kind in (_K.STATUS, _K.MONEY):
        return _RANKS["derived"]
    return _RANKS.get(head, _RANKS.get(change.kind, len(_ORDER)))

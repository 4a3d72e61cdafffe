"""The words an order is found by: one set for `match`, the store's search index and lists (spec 8)."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from oms_tui.domain.filter.keys import bare_key, words
from oms_tui.domain.order import Address, Order

LONGEST_PIECE: Final = 12
"""Characters of a piece from the inside of a word; what is longer is found from the word's beginning only."""
_WITHOUT_BLANKS: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Letters of scripts that set no blanks between words or between the two halves of a name."""
_LETTER: Final = re.compile(r"\w")


def words_among(codes: Iterable[str], first: str, last: str, texts: Iterable[str]) -> frozenset[str]:
    """The folded words of an order's texts, to be compared with the beginnings people type.

    Args:
        codes: IDs, SKUs and numbers: found as written, and without the signs in them ("LS-204" by `ls204`).
        first: The first name.
        last: The last name. Where names are written without a blank both orders of the halves are words.
        texts: Everything else.
    """
    found: set[str] = set()
    for code in codes:
        parts = words(code)
        found.update(parts)
        if len(parts) > 1 or not code.isascii():
            found.add(bare_word(code))
    for text in (first, last, *texts):
        found.update(words(text))
    if _WITHOUT_BLANKS.search(first) and _WITHOUT_BLANKS.search(last):
        found.update(words(last + first))
        found.update(words(first + last))
    found.discard("")
    inner = [piece for word in found if not word.isascii() for piece in _pieces(word)]
    return frozenset(found.union(inner))


def bare_word(code: str) -> str:
    """The one folded word of a code without its signs, "" where it has nothing else."""
    return "".join(words(code if code.isascii() else bare_key(code)))


def order_words(order: Order) -> frozenset[str]:
    """The words of an order: those that `index_words` has of its facts, without making all of the facts."""
    return words_among(*searched_texts(order))


def searched_texts(order: Order) -> tuple[tuple[str, ...], str, str, tuple[str, ...]]:
    """What the words of an order are made from, as `words_among` takes it: cheaper to compare than words."""
    customer = order.customer
    return (
        (order.id, *skus_of(order), *tracking_of(order), *references_of(order)),
        customer.first_name,
        customer.last_name,
        (
            customer.email,
            *recipients_of(order),
            *places_of(order),
            *articles_of(order),
            *(note.text for note in order.notes),
        ),
    )


def skus_of(order: Order) -> tuple[str, ...]:
    """Each SKU of its lines once."""
    return _each(line.sku for line in order.lines)


def articles_of(order: Order) -> tuple[str, ...]:
    """Each name of an article on its lines once."""
    return _each(line.name for line in order.lines)


def recipients_of(order: Order) -> tuple[str, ...]:
    """The names and companies on its addresses."""
    return _each(name for address in _addresses(order) for name in (address.recipient, address.company))


def places_of(order: Order) -> tuple[str, ...]:
    """The cities and postal codes of its addresses."""
    return _each(name for address in _addresses(order) for name in (address.city, address.postal_code))


def tracking_of(order: Order) -> tuple[str, ...]:
    """The tracking numbers of its shipments."""
    return _each(shipment.tracking for shipment in order.shipments)


def references_of(order: Order) -> tuple[str, ...]:
    """The references of its payments and of their operations."""
    return _each(_references(order))


def _references(order: Order) -> Iterator[str]:
    for payment in order.payments:
        yield payment.reference
        for operation in payment.operations:
            yield operation.reference


def _addresses(order: Order) -> tuple[Address, Address]:
    return order.bill_to, order.ship_to


def _pieces(word: str) -> Iterator[str]:
    """What a word in a script without blanks is also found by: its text from each later letter on."""
    if _WITHOUT_BLANKS.search(word):
        for start in range(1, len(word)):
            if _LETTER.match(word, start):
                yield word[start : start + LONGEST_PIECE]


def _each(texts: Iterable[str]) -> tuple[str, ...]:
    """Each known text once, in order."""
    return tuple(dict.fromkeys(text for text in texts if text))

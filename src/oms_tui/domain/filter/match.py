"""Whether an order matches a filter, in plain Python on the facts that the store keeps of it as index.

Counters of queues and bulk actions use this; the store's SQL is tested against it.
"""

from collections.abc import Callable, Mapping

from oms_tui.domain.filter.facts import Facts
from oms_tui.domain.filter.fields import NO, REQUESTED, SHIPPED, YES
from oms_tui.domain.filter.index import words_among
from oms_tui.domain.filter.keys import bare_key, code_key, phone_digits, phrase_key
from oms_tui.domain.filter.resolved import (
    AmountTest,
    Clause,
    Mode,
    PresenceTest,
    ResolvedFilter,
    Test,
    TextTest,
    TimeTest,
    WordsTest,
)


def matches(resolved: ResolvedFilter, facts: Facts) -> bool:
    """Whether an order matches: every clause holds, of a clause any test, of a negated one none."""
    return all(_clause_holds(clause, facts) for clause in resolved.clauses)


def index_words(facts: Facts) -> frozenset[str]:
    """The folded words bare words are looked for in: codes, names, e-mail, articles, places, notes.

    A telephone number is not among them: it is found by its end, so by `phone:`.
    """
    codes = (facts.id, *facts.skus, *facts.tracking, *facts.references)
    texts = (facts.email, *facts.recipients, *facts.places, *facts.articles, *facts.notes)
    return words_among(codes, facts.first, facts.last, texts)


def index_keys(name: str, facts: Facts) -> tuple[str, ...]:
    """The keys of an order that the text tests of a field compare with: what the store's columns hold.

    Raises:
        KeyError: The field is not compared by keys.
    """
    return _KEYS[name](facts)


def _clause_holds(clause: Clause, facts: Facts) -> bool:
    return any(_test_holds(clause.field, test, facts) for test in clause.tests) is not clause.negated


def _test_holds(name: str, test: Test, facts: Facts) -> bool:
    match test:
        case TextTest(mode, key):
            return any(_COMPARE[mode](known, key) for known in index_keys(name, facts))
        case WordsTest(searched):
            known_words = index_words(facts)
            return all(any(known.startswith(word) for known in known_words) for word in searched)
        case TimeTest(start, end):
            at = facts.lapses if name == "lapses" else facts.created
            return at is not None and (start is None or at >= start) and (end is None or at < end)
        case AmountTest():
            bounds = test.bounds_in(facts.total.currency)
            return bounds is not None and bounds.holds(facts.total.minor)
        case PresenceTest(is_present):
            return bool(index_keys(name, facts)) is is_present


def _names(facts: Facts) -> tuple[str, ...]:
    return _phrases(f"{facts.first} {facts.last}", f"{facts.last} {facts.first}")


def _uncaptured(facts: Facts) -> tuple[str, ...]:
    if not facts.is_uncaptured:
        return (NO,)
    return (YES, SHIPPED) if facts.is_uncaptured_after_shipment else (YES,)


def _phrases(*texts: str) -> tuple[str, ...]:
    return tuple(key for text in texts if (key := phrase_key(text)))


def _codes(*texts: str) -> tuple[str, ...]:
    return tuple(key for text in texts if (key := code_key(text)))


_COMPARE: Mapping[Mode, Callable[[str, str], bool]] = {
    Mode.EXACT: str.__eq__,
    Mode.PREFIX: str.startswith,
    Mode.TAIL: str.endswith,
}
_KEYS: Mapping[str, Callable[[Facts], tuple[str, ...]]] = {
    "id": lambda facts: _codes(facts.id),
    "status": lambda facts: (facts.status.value,),
    "line": lambda facts: tuple(status.value for status in facts.lines),
    "payment": lambda facts: (facts.payment.value,),
    "hold": lambda facts: tuple(kind.value for kind in facts.holds),
    "task": lambda facts: tuple(facts.tasks),
    "blocked": lambda facts: tuple(facts.blocked),
    "uncaptured": _uncaptured,
    "refund": lambda facts: tuple(state.value for state in facts.refunds),
    "cancel": lambda facts: (REQUESTED,) if facts.asked is not None else (),
    "return": lambda facts: tuple(status.value for status in facts.returns),
    "country": lambda facts: (facts.country,),
    "bill-country": lambda facts: (facts.bill_country,),
    "region": lambda facts: _phrases(facts.region),
    "channel": lambda facts: _phrases(facts.channel),
    "channel-type": lambda facts: (facts.channel_type.value,),
    "method": lambda facts: _phrases(facts.method),
    "sku": lambda facts: _codes(*facts.skus),
    "email": lambda facts: _codes(facts.email),
    "phone": lambda facts: (phone_digits(facts.phone),),
    "name": _names,
    "first": lambda facts: _phrases(facts.first),
    "last": lambda facts: _phrases(facts.last),
    "tracking": lambda facts: tuple(key for text in facts.tracking if (key := bare_key(text))),
    "reference": lambda facts: _codes(*facts.references),
    "claimed": lambda facts: _codes(facts.claimed_by),
}

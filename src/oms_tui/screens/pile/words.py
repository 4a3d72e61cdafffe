"""What a pile says of itself: counts, sums of money, the question before, the result after (U1, C6)."""

from collections.abc import Mapping

from oms_tui.domain.money import Money, format_money
from oms_tui.screens.pile.rows import Pile, Standing
from oms_tui.verbs import Verb

MOST_WITHOUT_ASKING = 5
"""Orders that are worked without a second step, where no money is touched."""
MOST_IDS_TOLD = 5


def orders(count: int) -> str:
    """`1 order`, `1,204 orders`."""
    return f"{count:,} order{'' if count == 1 else 's'}"


def sums_text(sums: Mapping[str, Money], *, is_done: bool = False) -> str:
    """How totals change, every currency by itself and named; "" where none does."""
    falls = [money_text(-one) for one in sums.values() if one.minor < 0]
    rises = [money_text(one) for one in sums.values() if one.minor > 0]
    fall, rise = ("fell", "rose") if is_done else ("fall", "rise")
    parts = [f"{word} by {_and(found)}" for word, found in ((fall, falls), (rise, rises)) if found]
    return f"totals {', '.join(parts)}" if parts else ""


def money_text(amount: Money) -> str:
    """An amount that names its currency, where its sign does not spell it."""
    text = format_money(amount)
    return text if amount.currency in text else f"{text} ({amount.currency})"


def _and(parts: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def needs_second_step(verb: Verb, pile: Pile) -> bool:
    """Whether what is about to be done is asked about once more."""
    return verb.touches_money or pile.count(Standing.READY) > MOST_WITHOUT_ASKING


def question(verb: Verb, pile: Pile) -> str:
    """The second step's question: how many orders, which money, what is left as it is."""
    ready, rest = pile.count(Standing.READY), pile.count(Standing.REFUSED)
    warned = f" ({pile.warnings:,} with a warning)" if pile.warnings else ""
    sums = sums_text(pile.sums(Standing.READY))
    asked = f"{verb.label}: {orders(ready)}{warned}{', ' + sums if sums else ''}?"
    if not rest:
        return asked
    return f"{asked} {orders(rest)} cannot and {'is left as it is' if rest == 1 else 'are left as they are'}."


def looking_text(pile: Pile) -> str:
    """While the orders are being looked at, how far that is."""
    return f"looking at the orders: {len(pile) - pile.count(Standing.OPEN):,} of {len(pile):,}"


def before_text(pile: Pile, *, is_looking: bool) -> str:
    """What the plan comes to: how many can, how many cannot, and the money."""
    can = pile.count(Standing.READY, Standing.POSSIBLE)
    cannot, done = pile.count(Standing.REFUSED), pile.count(Standing.DONE)
    parts = [f"{can:,} can", f"{cannot:,} cannot"]
    if done:
        parts.append(f"{done:,} already done")
    sums = sums_text(pile.sums(Standing.READY))
    if sums:
        parts.append(sums)
    if pile.warnings:
        parts.append(f"{pile.warnings:,} with a warning (!)")
    if is_looking:
        parts.append(looking_text(pile))
    return " · ".join(parts)


def result_text(pile: Pile) -> str:
    """What became of the pile, counted; parts that are none are left out but what was done."""
    named = (
        (Standing.FAILED, "failed"), (Standing.UNKNOWN, "unknown, being asked about"),
        (Standing.REFUSED, "could not"), (Standing.LEFT, "not done"),
    )  # fmt: skip
    parts = [f"{pile.count(Standing.DONE):,} of {orders(len(pile))} done"]
    parts += [f"{pile.count(one):,} {word}" for one, word in named if pile.count(one)]
    sums = sums_text(pile.sums(Standing.DONE), is_done=True)
    return " · ".join((*parts, sums) if sums else parts)


def told_text(verb: Verb, pile: Pile) -> str:
    """The result as a toast says it, with the first orders that were not done."""
    undone = pile.undone
    named = ", ".join(undone[:MOST_IDS_TOLD])
    more = f" and {len(undone) - MOST_IDS_TOLD:,} more" if len(undone) > MOST_IDS_TOLD else ""
    return f"{verb.label}: {result_text(pile)}{': ' + named + more if undone else ''}"

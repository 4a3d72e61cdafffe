"""The evidence card: what a fraud flag is decided on, in a dozen lines (spec 6, Fraud flag)."""

from collections.abc import Iterator
from typing import ClassVar

from oms_tui.domain.answers import ComparedCountry, CountryDistance, FraudEvidence
from oms_tui.domain.money import format_money
from oms_tui.text import cell_width
from oms_tui.widgets.flowing import wrapped
from oms_tui.widgets.lines import Piece, Pieces
from oms_tui.widgets.listing import Body, Entry, Listing

LABEL = 10
"""Cells of what a fact is called."""
PART = 9
"""Cells of the part of an order that a country is of."""
COUNTRY = 26
"""Cells of a country with its code."""
MOST_PAIRS = 4
"""Pairs of countries of earlier orders that are told."""
BILL_TO = "bill-to"
"""What the other countries are compared with: who pays."""


class EvidenceCard(Listing, can_focus=False):
    """The evidence; page keys of the form scroll it."""

    MORE_KEY: ClassVar[str] = "pgdn"

    def __init__(self, *, ascii_only: bool = False, id: str | None = None) -> None:
        super().__init__(ascii_only=ascii_only, id=id)
        self._signs_of = {"same": "=", "other": "!" if ascii_only else "≠", "unknown": "?"}
        self._arrow = "->" if ascii_only else "→"
        self._dash = "-" if ascii_only else "–"
        self._evidence: FraudEvidence | None = None
        self._held = ""
        self._told: tuple[str, str] = ("", "muted")

    @property
    def evidence(self) -> FraudEvidence | None:
        """What it shows."""
        return self._evidence

    def show_evidence(self, evidence: FraudEvidence, held: str) -> None:
        """Show what is known.

        Args:
            evidence: as the desk answers.
            held: since when, and by whom, the order is held.
        """
        self._evidence, self._held = evidence, held
        self.present(self._card_at)

    def say(self, text: str, look: str = "muted") -> None:
        """Show a sentence in its place: why there is none."""
        self._evidence, self._told = None, (text, look)
        self.present(self._card_at)

    @property
    def is_at_end(self) -> bool:
        """Whether its last line is seen."""
        return self.hidden[1] == 0

    def _card_at(self, width: int) -> Body:
        if self._evidence is None:
            text, look = self._told
            lines: list[Pieces] = [[(line, look)] for line in wrapped(text, max(10, width))]
        else:
            lines = list(self._lines(self._evidence, width))
        return Body(tuple(_entry(line) for line in lines))

    def _lines(self, known: FraudEvidence, width: int) -> Iterator[Pieces]:
        signs = "; ".join(known.signs)
        clauses = known.reason.partition(" (")[0].split("; ")
        says_it = set(clauses) <= set(known.signs)  # held by the rule, not by a person
        reason = signs if says_it else known.reason
        yield from _fact("Held", f"{self._held}: {reason}" if reason else self._held, width)
        told: set[CountryDistance] = set()
        for one in known.compared:
            away = None if one.part == BILL_TO else _from_bill_to(one, known.distances)
            told |= {away} if away else set()
            yield self._compared(one, known, away)
        for part in known.missing:
            yield [
                (f"{self._signs_of['unknown']} ", "muted"),
                (f"{part:<{PART}}", "muted"),
                ("not known", "muted"),
            ]
        for distance in known.distances:
            if distance not in told:
                yield from _fact(
                    "Apart", f"{distance.one} {self._dash} {distance.other}: {_km(distance)}", width
                )
        if not says_it:
            yield from _fact("Stands out", signs or "nothing", width)
        yield from self._rest(known, width)

    def _compared(self, one: ComparedCountry, known: FraudEvidence, away: CountryDistance | None) -> Pieces:
        """A country beside the one that is billed: the sign says whether it is another."""
        home = next((x.country for x in known.compared if x.part == BILL_TO), "")
        is_other = bool(home) and one.country != home
        sign = self._signs_of["unknown" if not home else "other" if is_other else "same"]
        name = f"{one.country} {one.name}" if one.name != one.country else one.country
        pieces: list[Piece] = [
            (f"{sign} ", "warning" if is_other else "muted"),
            (f"{one.part:<{PART}}", "muted"),
            (name, "strong" if is_other else ""),
        ]
        if away is not None:
            blank = max(2, COUNTRY - cell_width(name))
            pieces += [(" " * blank, ""), (f"{_km(away)} from bill-to", "muted")]
        return pieces

    def _rest(self, known: FraudEvidence, width: int) -> Iterator[Pieces]:
        yield from _fact("Value", f"{format_money(known.value)}, {known.against_usual}", width)
        yield from _fact("Customer", self._customer(known), width)
        for case in known.cases:
            yield from _fact("Flagged", f"{case.order_id} {case.outcome}: {case.combination}", width)
        if not known.cases:
            yield from _fact("Flagged", "never before", width)
        yield from _fact("Rule", known.rule, width)
        for combination in known.cleared:
            yield from _fact("Cleared", f"{combination}, on this order", width)

    def _customer(self, known: FraudEvidence) -> str:
        count = known.earlier_orders
        if not count:
            return "no earlier orders"
        pairs = [f"{bill}{self._arrow}{ship} {n}" for bill, ship, n in known.pairs[:MOST_PAIRS]]
        more = len(known.pairs) - MOST_PAIRS
        told = ", ".join(pairs) + (f" and {more} more pairs" if more > 0 else "")
        return f"{count} earlier order{'s' * (count != 1)}" + (
            f", billed{self._arrow}shipped: {told}" if told else ""
        )


def _fact(label: str, text: str, width: int) -> list[Pieces]:
    """A fact with its name before its first line."""
    first, *rest = wrapped(text, max(10, width - LABEL - 1))
    head: list[Pieces] = [[(f"{label:<{LABEL}} ", "muted"), (first, "")]]
    return [*head, *([(" " * (LABEL + 1), ""), (line, "")] for line in rest)]


def _entry(pieces: Pieces) -> Entry:
    return Entry(lambda: pieces)


def _from_bill_to(one: ComparedCountry, distances: tuple[CountryDistance, ...]) -> CountryDistance | None:
    """How far a country is from the one that is billed; None where they are the same."""
    wanted = {one.part, BILL_TO}
    for distance in distances:
        sides = (set(distance.one.split(", ")), set(distance.other.split(", ")))
        if all(side & wanted for side in sides):
            return distance
    return None


def _km(distance: CountryDistance) -> str:
    return "distance not known" if distance.km is None else f"{distance.km:,} km"

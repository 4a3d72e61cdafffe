"""The top line: where one is, on what, as whom, when and how fresh (screens, first paragraph)."""

from dataclasses import dataclass

from oms_tui.widgets.lines import Lines, Piece, Pieces, pieces_width, rule, spread


@dataclass(frozen=True, slots=True, kw_only=True)
class TopFacts:
    """What the top line says. All of it may be outside text; "" leaves a part out."""

    code: str
    title: str
    desk: str = ""
    person: str = ""
    role: str = ""
    time: str = ""
    zone: str = ""
    state: str = ""
    """"live", "refreshing", "not live", "read-only": a word, with its glyph and colour from `_STATES`."""


_STATES: dict[str, tuple[str, str]] = {
    "live": ("●", "good"),
    "refreshing": ("◌", "muted"),
    "not live": ("○", "warning"),
}
_ASCII = {"●": "*", "◌": "~", "○": "o"}
_GAP = ("   ", "")


class TopLine(Lines):
    """The top of every screen, with a rule. Parts give way, the least needed first, where room is short."""

    def __init__(self, *, ascii_only: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self._ascii_only = ascii_only
        self._facts = TopFacts(code="", title="")

    @property
    def facts(self) -> TopFacts:
        """What it says now."""
        return self._facts

    def tell(self, facts: TopFacts) -> None:
        """Say this from now on."""
        if facts != self._facts:
            self._facts = facts
            self.refresh()

    def line(self, y: int, width: int) -> Pieces:
        """The parts that there is room for, place at the left, person, time and freshness at the right."""
        if y:
            return rule(width, ascii_only=self._ascii_only)
        facts = self._facts
        place: list[Piece] = [(f" {facts.code} ", "strong"), (facts.title, "strong")]
        on_desk: list[Piece] = [(f"  ·  {facts.desk}", "muted")] if facts.desk else []
        city = facts.zone.rpartition("/")[2]
        for left, right in (
            ([*place, *on_desk], self._right(facts.person, facts.zone, facts.state)),
            (place, self._right(facts.person, facts.zone, facts.state)),
            (place, self._right(facts.person, city, facts.state)),
            (place, self._right("", city, facts.state)),
        ):
            if pieces_width(left) + pieces_width(right) + 2 <= width:
                return spread(left, right, width)
        return spread(place[:1], self._right("", "", ""), width)

    def _right(self, person: str, zone: str, state: str) -> list[Piece]:
        facts = self._facts
        parts: list[list[Piece]] = []
        if person or facts.role:
            who: list[Piece] = [(person, "")] if person else []
            role: list[Piece] = (
                [(f"  {facts.role}" if person else facts.role, "accent")] if facts.role else []
            )
            parts.append(who + role)
        if facts.time:
            parts.append([(facts.time, ""), *([(f" {zone}", "muted")] if zone else [])])
        if facts.state:
            glyph, look = _STATES.get(facts.state, ("○", "warning"))
            glyph = _ASCII[glyph] if self._ascii_only else glyph
            parts.append([(glyph, look), *([(f" {state}", "muted")] if state else [])])
        pieces: list[Piece] = []
        for part in parts:
            pieces += [_GAP, *part] if pieces else part
        return [*pieces, (" ", "")]

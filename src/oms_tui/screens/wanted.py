"""What somebody typed into a search box: words to search for, or a filter, maybe with a fault in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from oms_tui.domain.authority import Right
from oms_tui.domain.people import Actor
from oms_tui.verbs import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """One way to go on typing: `text` in the place of the stretch from `start` to `end`."""

    text: str
    start: int
    end: int
    help: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A text and how it is understood."""

    text: str
    is_filter: bool = False
    """Whether it names fields (or an order of rows), so that it belongs to the orders list."""
    fault: str = ""
    """What is wrong with the filter, with what was expected; "" = nothing."""
    start: int = 0
    end: int = 0
    """The wrong word, half-open."""
    bounds: str = ""
    """The bounds of time it asks for, with their offset."""
    completions: tuple[Completion, ...] = ()

    @property
    def is_words(self) -> bool:
        """Whether it is something to search for."""
        return bool(self.text.strip()) and not self.is_filter and not self.fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads what a person types, by what they may use and when it is."""

    actor: Actor
    policy: Policy
    zone: ZoneInfo
    now: datetime

    def read(self, text: str, cursor: int) -> Wanted:
        """Understand `text`; `cursor` is where the next letter would go."""
        from oms_tui.domain.filter import FilterError, bounds_text, parse, require_documented, resolve

        has_fields = any(sign in text for sign in ":<>=")
        is_documented_only = not self.policy.authority.allows(self.actor.roles, Right.FILTER_ALL)
        try:
            asked = parse(text, documented_only=is_documented_only)
            if is_documented_only:
                require_documented(asked)
            if not asked.conditions and asked.sort is None:
                return Wanted(text=text)
            resolved = resolve(asked, self.now, self.zone, self.actor.name)
        except FilterError as error:
            if not has_fields:
                return Wanted(text=text)  # words may hold anything: quotes that do not close, a lone sign
            completions = _completions(text, cursor, is_documented_only)
            return Wanted(
                text=text, fault=str(error), start=error.start, end=error.end, completions=completions
            )
        return Wanted(
            text=text,
            is_filter=True,
            bounds=bounds_text(resolved, self.zone),
            completions=_completions(text, cursor, is_documented_only),
        )


def _completions(text: str, cursor: int, is_documented_only: bool) -> tuple[Completion, ...]:
    from oms_tui.domain.filter import complete

    found: Sequence[Completion] = [
        Completion(text=one.text, start=one.start, end=one.end, help=one.help)
        for one in complete(text, cursor, documented_only=is_documented_only)
        if text[one.start : one.end] != one.text
    ]
    return tuple(found)

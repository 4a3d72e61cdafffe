"""A style sheet that is parsed once; the framework parses all anew for each new kind of widget."""

from collections.abc import Sequence
from pathlib import PurePath

from textual.cache import LRUCache
from textual.css.stylesheet import Stylesheet

KEPT_SHEETS = 512
"""More than there are kinds of widgets, so that none is parsed twice; the framework keeps 64."""


class SteadyStylesheet(Stylesheet):
    """Our sheets do not change while the program runs: only a change of theme makes them be parsed again."""

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._parse_cache = LRUCache(KEPT_SHEETS)

    def set_variables(self, variables: dict[str, str]) -> None:
        """Take the colours of a theme; what was parsed with the same ones stays."""
        if variables != self._variables:
            super().set_variables(variables)

    def parse_ahead(self, paths: Sequence[str | PurePath]) -> None:
        """Parse these sheets, so that reading them later costs nothing. For a thread, while none is read."""
        ahead = SteadyStylesheet(variables=self._variables)
        ahead._parse_cache = self._parse_cache
        for path in paths:
            ahead.read(path)
        ahead.parse()

    def reparse(self) -> None:
        """Parse what has not been parsed with these colours."""
        self.parse()

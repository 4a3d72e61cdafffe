"""The second guard against text that a terminal would obey (invariant T1), just before it is written."""

import re
from collections.abc import Sequence

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter, Monochrome, NoColor

_OBEYED = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f\ud800-\udfff]"
)
"""C0, DEL, C1, bidi and invisible controls, separators, tag characters, lone surrogates: no width."""


class ControlGuard(LineFilter):
    """Takes every control out of the segments of a line. The house widgets leave it nothing to do."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments without controls; the same list where there are none."""
        if not any(_OBEYED.search(segment.text) for segment in segments):
            return segments
        return [
            segment if segment.control else Segment(_OBEYED.sub("", segment.text), segment.style)
            for segment in segments
        ]


_GUARD, _NO_COLOUR = ControlGuard(), NoColor()


def guarded(filters: Sequence[LineFilter]) -> list[LineFilter]:
    """The framework's filters with the guard behind them.

    With NO_COLOR the framework's greys would make a terminal's own colours black on black: none are left.
    """
    return [*(_NO_COLOUR if isinstance(one, Monochrome) else one for one in filters), _GUARD]

"""How many cells a character takes in a terminal (invariant T4).

The widths follow Unicode 17 whatever version Python knows, as does the measure that the widgets paint by;
what came or changed after Unicode 14 (Python 3.11) is listed here.
"""

import re
import unicodedata
from bisect import bisect_right
from typing import Final

ZWJ: Final = "\N{ZERO WIDTH JOINER}"
"""Joins emoji into one, and letters in some scripts."""
EMOJI_STYLE: Final = "\ufe0f"
"""Asks for the coloured form of the character before it, which is two cells wide."""

_NOT_NARROW: Final = re.compile(
    "[^ -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u0590\u1e00-\u1fff"
    "\u2010-\u2027\u2030-\u205e\u20a0-\u20cf]"
)
"""Anything but Latin, Greek, Cyrillic and Armenian letters and common signs, all one plain cell."""


def _ranges(hexadecimal: str) -> tuple[list[int], list[int]]:
    """Read ``"300-36f 483"`` into the starts and the ends of its ranges."""
    pairs = [entry.split("-") for entry in hexadecimal.split()]
    return [int(pair[0], 16) for pair in pairs], [int(pair[-1], 16) for pair in pairs]


def _within(codepoint: int, ranges: tuple[list[int], list[int]]) -> bool:
    at = bisect_right(ranges[0], codepoint) - 1
    return at >= 0 and codepoint <= ranges[1][at]


_ZERO_LATER: Final = _ranges("""
    897 cf3 ece 1acf-1add 1ae0-1aeb 2065 3164 d7b0-d7ff ffa0 fff0-fff8 10d69-10d6d 10efa-10eff 11241
    113b8-113c0 113c2 113c5 113c7-113ca 113cc-113d0 113d2 113e1-113e2 11b60-11b67 11f00-11f01 11f03
    11f34-11f3a 11f3e-11f42 11f5a 13439-13440 13447-13455 1611e-1612f 1e08f 1e4ec-1e4ef 1e5ee-1e5ef
    1e6e3 1e6e6 1e6ee-1e6ef 1e6f5 1f3fb-1f3ff e0000-e0fff
""")
_WIDE_LATER: Final = _ranges("""
    2630-2637 268a-268f 2ffc-2fff 31e4-31e5 31ef 4dc0-4dff fa6e-fa6f fada-faff 16ff2-16ff6 187f8-187ff
    18cff 18d09-18d1e 18d80-18df2 1b132 1b155 1d300-1d356 1d360-1d376 1f6d8 1f6dc 1fa75-1fa77
    1fa87-1fa8a 1fa8e-1fa8f 1faad-1faaf 1fabb-1fabf 1fac6 1fac8 1facd-1facf 1fada-1fadc 1fadf
    1fae8-1faea 1faef 1faf7-1faf8 2a6e0-2a6ff 2b739-2b73f 2b81e-2b81f 2cea2-2ceaf 2ebe1-2f7ff
    2fa1e-2fffd 3134b-3fffd
""")
_ONE_CELL_FORMATS: Final = _ranges("ad 600-605 6dd 70f 890-891 8e2 110bd 110cd")
_MADE_WIDE_BY_STYLE: Final = _ranges("""
    23 2a 30-39 a9 ae 203c 2049 2122 2139 2194-2199 21a9-21aa 2328 23cf 23ed-23ef 23f1-23f2 23f8-23fa
    24c2 25aa-25ab 25b6 25c0 25fb-25fc 2600-2604 260e 2611 2618 261d 2620 2622-2623 2626 262a 262e-262f
    2638-263a 2640 2642 265f-2660 2663 2665-2666 2668 267b 267e 2692 2694-2697 2699 269b-269c 26a0 26a7
    26b0-26b1 26c8 26cf 26d1 26d3 26e9 26f0-26f1 26f4 26f7-26f9 2702 2708-2709 270c-270d 270f 2712 2714
    2716 271d 2721 2733-2734 2744 2747 2763-2764 27a1 2934-2935 2b05-2b07 1f170-1f171 1f17e-1f17f 1f321
    1f324-1f32c 1f336 1f37d 1f396-1f397 1f399-1f39b 1f39e-1f39f 1f3cb-1f3ce 1f3d4-1f3df 1f3f3 1f3f5
    1f3f7 1f43f 1f441 1f4fd 1f549-1f54a 1f56f-1f570 1f573-1f579 1f587 1f58a-1f58d 1f590 1f5a5 1f5a8
    1f5b1-1f5b2 1f5bc 1f5c2-1f5c4 1f5d1-1f5d3 1f5dc-1f5de 1f5e1 1f5e3 1f5e8 1f5ef 1f5f3 1f5fa 1f6cb
    1f6cd-1f6cf 1f6e0-1f6e5 1f6e9 1f6f0 1f6f3
""")
"""Narrow characters that a terminal draws in two cells when the emoji style selector follows."""


class _Widths(dict[str, int]):
    """Cells a character takes, worked out when first asked."""

    def __missing__(self, character: str) -> int:
        width = self[character] = _width_of(character)
        return width


def _width_of(character: str) -> int:
    codepoint, category = ord(character), unicodedata.category(character)
    if category == "Cc" or _within(codepoint, _ZERO_LATER) or 0x1160 <= codepoint <= 0x11FF:
        return 0
    if _within(codepoint, _WIDE_LATER):
        return 2
    if category in ("Mn", "Me", "Mc", "Zl", "Zp", "Cf"):
        return int(_within(codepoint, _ONE_CELL_FORMATS))
    return 2 if category != "Cn" and unicodedata.east_asian_width(character) in "WF" else 1


WIDTHS: Final = _Widths()
"""Character to its cells, 0 to 2, filled in as characters are met."""


def is_narrow(text: str) -> bool:
    """Return whether a text is certainly of plain characters one cell wide; quick, for what is painted."""
    if text.isascii():
        return text.isprintable()
    return _NOT_NARROW.search(text) is None


def cell_width(text: str) -> int:
    """Return how many cells a text takes; agrees with the measure the widgets paint by."""
    if is_narrow(text):
        return len(text)
    if ZWJ not in text and EMOJI_STYLE not in text:
        return sum(map(WIDTHS.__getitem__, text))
    total, last, is_joined = 0, "", False
    for character in text:
        if is_joined:
            is_joined = False
        elif character == ZWJ:
            is_joined = True
        elif character == EMOJI_STYLE:
            total += bool(last) and _within(ord(last), _MADE_WIDE_BY_STYLE)
            last = ""
        elif width := WIDTHS[character]:
            total, last = total + width, character
    return total

"""Makes the fonts that papers are set in from the Noto fonts: `python docs/make_fonts.py FOLDER`.

FOLDER holds NotoSans-Regular.ttf, NotoSans-Bold.ttf, NotoSansArabic-Regular.ttf and so on (Debian's
fonts-noto-core) and NotoSansJP_400Regular.ttf, NotoSansSC_400Regular.ttf, NotoSansKR_400Regular.ttf (the
@expo-google-fonts packages). Hints are taken out, of the Chinese font what the Japanese one has too, of the
Korean one all but Hangul.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FONTS = Path(__file__).parent.parent / "src" / "oms_tui" / "documents" / "fonts"
SCRIPTS = (
    *("Arabic", "Armenian", "Bengali", "Devanagari", "Georgian", "Gujarati", "Gurmukhi", "Hebrew", "Tamil"),
    *("Telugu", "Thai"),
)
HANGUL = frozenset({*range(0x1100, 0x1200), *range(0x3130, 0x3190), *range(0xAC00, 0xD7B0)})


def make(folder: Path) -> None:
    """Write every font."""
    chinese = {char for char in _cmap(folder / "NotoSansSC_400Regular.ttf") if char >= 0x2E80}
    japanese = _cmap(folder / "NotoSansJP_400Regular.ttf")
    basic = [char for char in chinese - japanese if char < 0x20000]
    for source, target, chars in (
        ("NotoSans-Regular.ttf", "sans.ttf", None),
        ("NotoSans-Bold.ttf", "sans-bold.ttf", None),
        *((f"NotoSans{script}-Regular.ttf", f"{script.lower()}.ttf", None) for script in SCRIPTS),
        ("NotoSansJP_400Regular.ttf", "japanese.ttf", None),
        ("NotoSansSC_400Regular.ttf", "chinese.ttf", basic),
        ("NotoSansKR_400Regular.ttf", "korean.ttf", sorted(HANGUL)),
    ):
        _make(folder / source, FONTS / target, chars)


def _cmap(path: Path) -> set[int]:
    with TTFont(path) as font:
        return set(font.getBestCmap())


def _make(source: Path, target: Path, chars: list[int] | None) -> None:
    options = subset.Options(hinting=False, layout_features=["*"], name_IDs=["*"], notdef_outline=True)
    font = subset.load_font(str(source), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=set(font.getBestCmap()) if chars is None else chars)
    cutter.subset(font)
    subset.save_font(font, str(target), options)


if __name__ == "__main__":
    make(Path(sys.argv[1]))

"""Outside text is safe to show (T2), keeps its letters on the way in (T5), and is capped (T9)."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.text import (
    ELLIPSIS,
    LINE_LENGTH,
    MAX_MARKS,
    TEXT_LENGTH,
    TextError,
    clean,
    clean_line,
    normalise_input,
    search_key,
    without_controls,
)

INVISIBLE = ("Cc", "Cf", "Cs", "Zl", "Zp")
ALSO_INVISIBLE = {
    0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2065, 0x3164, 0xFFA0, *range(0x180B, 0x1810),
    *range(0xFE00, 0xFE10), *range(0xFDD0, 0xFDF0), *range(0xFFF0, 0xFFF9), *range(0x1F3FB, 0x1F400),
    *range(0xE0000, 0xE1000),
    *(plane * 0x10000 + last for plane in range(17) for last in (0xFFFE, 0xFFFF)),
}  # fmt: skip
"""What shows nothing on its own though its category does not say so; and skin tones, which take no room."""


def is_hidden(character: str) -> bool:
    """Whether a character on its own must be shown as a sign."""
    return unicodedata.category(character) in INVISIBLE or ord(character) in ALSO_INVISIBLE


def test_every_code_point_is_shown_or_stands_as_a_sign() -> None:
    """T2 over all 1,114,112 code points: what is not hidden stays as it is, the rest becomes one sign."""
    every = [chr(codepoint) for codepoint in range(sys.maxunicode + 1)]
    shown = [clean_line(character) for character in every]
    assert len(every) == 1_114_112
    hidden = [character for character in every if is_hidden(character)]
    assert [one for one, sign in zip(every, shown, strict=True) if one != sign] == hidden
    signs = dict(zip(every, shown, strict=True))
    for character in hidden:
        sign = signs[character]
        if character in "\n\t":
            assert (sign, clean(character)) == (" ", "\n" if character == "\n" else "    ")
            continue
        assert len(sign) == 1
        assert not is_hidden(sign)
        assert unicodedata.category(sign)[0] == "S", ascii(character)
        assert (sign == "\ufffd") == ("\ud800" <= character <= "\udfff"), ascii(character)
        assert clean(f"a{character}b") == clean_line(f"a{character}b") == f"a{sign}b", ascii(character)


def test_controls_have_signs_of_their_own() -> None:
    assert [clean_line(chr(code)) for code in (0, 7, 27, 31)] == ["\u2400", "\u2407", "\u241b", "\u241f"]
    assert clean_line("\x7f") == "\u2421"
    assert clean_line("\x9b31m\u202e\u200b\u2028\ud800") == "\u242631m\u2426\u2426\u2424\ufffd"
    assert clean_line("Do\u00adnau") == "Do\u00acnau"


@given(st.text(st.characters()))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert clean_line(clean_line(text)) == clean_line(text)
    assert "\n" not in clean_line(text)


pieces = st.lists(
    st.sampled_from([
        "a", "\u00e9", "\u5c71", "\u0301", "\u0915", "\u094d", "\u093e", "\u0627", "\u064b", "\u200d",
        "\u200c", "\ufe0f", "\ufe0e", "\U0001f469", "\U0001f3fd", "\U0001f4bb", "\u2764", "\U0001f1e9",
        "\x1b", "\u202e", "\n", "\U000e0101", "\u1820", "\u180b", "\u1100", "\u1161", "\u20e3", "1",
        " ", "\u0e33", "\ud800", "\t", "\r",
    ]),
    max_size=20,
).map("".join)  # fmt: skip


@given(st.one_of(pieces, st.text(st.characters())))
def test_nothing_hidden_comes_through(text: str) -> None:
    shown = clean(text)
    for at, character in enumerate(shown):
        if character == "\n":
            continue
        if is_hidden(character):
            # Only joiners, selectors and skin tones may stay, and never at the start of a line.
            assert character in "\u200c\u200d" or unicodedata.category(character) in ("Mn", "Sk"), hex(
                ord(character)
            )
            assert at > 0
            assert shown[at - 1] not in "\n "
    runs = 0
    for character in shown:
        follows = unicodedata.category(character) in ("Mn", "Me", "Mc") or is_hidden(character)
        runs = runs + 1 if follows and character != "\n" else 0
        assert runs <= MAX_MARKS


@pytest.mark.parametrize(
    "text",
    [
        "\U0001f469\u200d\U0001f4bb",  # woman technologist
        "\U0001f468\U0001f3fd\u200d\U0001f680",  # with a skin tone
        "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466",  # a family of four
        "\U0001f9d1\U0001f3fb\u200d\u2764\ufe0f\u200d\U0001f48b\u200d\U0001f9d1\U0001f3ff",  # the longest
        "\U0001f3f3\ufe0f\u200d\U0001f308",  # rainbow flag
        "\U0001f3f4\u200d\u2620\ufe0f",  # pirate flag
        "\U0001f3c3\u200d\u2640\ufe0f\u200d\u27a1\ufe0f",  # woman running to the right
        "\U0001f1e9\U0001f1ea",  # German flag
        "1\ufe0f\u20e3",  # keycap
        "\u260e\ufe0f \u260e\ufe0e",  # telephone in both styles
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # Persian: I want
        "\u0646\u0627\u0645\u0647\u200c\u0627\u06cc",  # Persian: a letter
        "\u0dc1\u0dca\u200d\u0dbb\u0dd3 \u0dbd\u0d82\u0d9a\u0dcf",  # Sri Lanka in Sinhala
        "\u0915\u094d\u200d\u0937",  # Hindi: half ka
        "\u0d28\u0d4d\u200d",  # Malayalam: chillu n, at the end
        "\u09b0\u200d\u09cd\u09af",  # Bengali: ra with ya-phala
        "\u0995\u09cd\u200c\u09b7",  # Bengali: ka without ligature
        "\u845b\U000e0100\u98fe",  # a Japanese name with its variant of a character
        "\u1820\u180b\u1821",  # Mongolian variant
        "\u05e9\u05c1\u05b8\u05dc\u05d5\u05b9\u05dd",  # Hebrew with vowels
        "Vi\u00ea\u0323t Nam, e\u0302\u0301",  # Vietnamese in parts
        "\u0e19\u0e49\u0e33 \u0e01\u0e34\u0e48\u0e07",  # Thai
        "\u0b95\u0bcd\u0bb7 \u1112\u1161\u11ab\u1100\u1173\u11af",  # Tamil; Korean in parts
        "O\u2019Brien, Siobh\u00e1n \u2013 M\u00fcller & S\u00f8n \u20ac\u00a0184.90 \U0001f6d2",
    ],
)
def test_scripts_and_emoji_keep_what_they_need(text: str) -> None:
    assert clean(text) == text
    assert clean_line(text) == text
    assert without_controls(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("pay\u200cpal", "pay\u2426pal"),
        ("pay\u200dpal", "pay\u2426pal"),
        ("\u200d\U0001f469", "\u2426\U0001f469"),
        ("\U0001f469\u200d", "\U0001f469\u2426"),
        ("\U0001f469\u200dx", "\U0001f469\u2426x"),
        ("\U0001f469\u200d\u200d\U0001f469", "\U0001f469\u2426\u2426\U0001f469"),
        ("\u0915\u200d", "\u0915\u2426"),
        ("a\ufe0fb\ufe0e", "a\u2426b\u2426"),
        ("\U0001f3fd", "\u2426"),
        ("\U0001f44d\U0001f3fd\U0001f3fd", "\U0001f44d\U0001f3fd\u2426"),
        ("\U0001f3f4\U000e0067\U000e007f", "\U0001f3f4\u2426\u2426"),
        ("a" + "\u0301" * 50 + "b", "a" + "\u0301" * 4 + "b"),
        ("\U0001f469" + "\u200d\U0001f469" * 4, "\U0001f469" + "\u200d\U0001f469" * 3 + "\u2426\U0001f469"),
    ],
)
def test_joiners_and_marks_out_of_place_are_not_kept(text: str, shown: str) -> None:
    assert clean_line(text) == shown


def test_lines_stay_lines_in_a_text_and_fold_in_a_line() -> None:
    text = "one\r\ntwo\nthree\tfour\rfive"
    assert clean(text) == "one\ntwo\nthree    four\u240dfive"
    assert clean_line(text) == "one two three four\u240dfive"


def test_long_text_is_cut_with_a_mark() -> None:
    assert clean("x" * TEXT_LENGTH) == "x" * TEXT_LENGTH
    assert clean("x" * (TEXT_LENGTH + 1)) == "x" * (TEXT_LENGTH - 1) + ELLIPSIS
    assert clean_line("\u5c71" * 5_000) == "\u5c71" * (LINE_LENGTH - 1) + ELLIPSIS
    assert clean_line("abcdef", max_length=4) == "abc" + ELLIPSIS


@pytest.mark.parametrize("unit", ["a", "\u0301", "\U0001f3fd", "\u200d", "\x1b", "\U0001f469\u200d"])
def test_of_a_mebibyte_only_what_is_shown_is_looked_at(unit: str) -> None:
    """T9: a paste of any size costs no more than the text that is shown of it."""
    paste = unit * (1_048_576 // len(unit))
    assert clean(paste) == clean(paste[: TEXT_LENGTH - 1] + ELLIPSIS)
    assert clean_line(paste) == clean_line(paste[: LINE_LENGTH - 1] + ELLIPSIS)


@given(st.one_of(pieces, st.text(st.characters())))
def test_the_clipboard_gets_no_controls(text: str) -> None:
    copied = without_controls(text)
    assert all(c in "\n\t" or unicodedata.category(c) not in INVISIBLE or c in "\u200c\u200d" for c in copied)
    assert without_controls("a\x1b]52;c;x\x07\u202eb\tc\r\nd") == "a]52;c;xb\tc\nd"


# --- on the way in


@given(st.text())
def test_letters_of_every_script_are_kept_in_normal_form(text: str) -> None:
    try:
        stored = normalise_input(text, max_length=200, is_multiline=True)
    except TextError:
        assert "\0" in text or len(text) > 200
        return
    expected = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").strip()
    assert stored == expected
    assert normalise_input(stored, max_length=200, is_multiline=True) == stored


def test_a_line_on_its_way_in() -> None:
    assert normalise_input("  Jose\u0301\r\n\tGarc\u0131\u0301a  Lo\u0301pez ", max_length=40) == (
        "Jos\u00e9 Garc\u0131\u0301a  L\u00f3pez"
    )
    assert normalise_input("a\r\nb\rc\n", max_length=9, is_multiline=True) == "a\nb\nc"
    assert normalise_input("\x1b[31m \u202e", max_length=9) == "\x1b[31m \u202e"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\0b", "NUL"),
        ("a\ud800b", "lone surrogate"),
        ("\udfff", "lone surrogate"),
        ("x" * 11, "11 characters, at most 10"),
        ("x" * 1_000_000, "at most 10 characters"),
        ("\u5c71" * 9, "27 bytes, at most 20"),
        ("e" + "\u0301" * 31, "piles more than 30 marks"),
    ],
)
def test_what_cannot_be_taken_in_is_refused(text: str, message: str) -> None:
    with pytest.raises(TextError, match=message):
        normalise_input(text, max_length=10, max_bytes=20)


def test_caps_count_the_stored_form() -> None:
    assert normalise_input("e\u0301" * 10, max_length=10, max_bytes=20) == "\u00e9" * 10


# --- comparing


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Siobh\u00e1n  O'Brien", "SIOBHAN o'brien"),
        ("Stra\u00dfe", "STRASSE"),
        ("S\u00f8ren \u0141ukasz \u0110", "soren lukasz d"),
        ("\uff21\uff22\uff23 \U0001d400", "abc a"),
        ("I\u015f\u0131k", "isik"),
        ("\u039f\u0394\u039f\u03a3", "\u03bf\u03b4\u03bf\u03c2"),
        ("\u0645\u064f\u062d\u064e\u0645\u0651\u064e\u062f", "\u0645\u062d\u0645\u062f"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u062e\u0648\u0627\u0647\u0645"),
        ("Andr\u00e9", "Andre\u0301"),
        ("\u1112\u1161\u11ab", "\ud55c"),
        ("Do\u00adnau", "donau"),
    ],
)
def test_names_compare_without_case_and_accents(one: str, other: str) -> None:
    assert search_key(one) == search_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("\u304b", "\u304c"), ("\u0915\u093f", "\u0915\u0940"), ("a", "b"), ("\u5c71", "\u5ddd"), ("10", "1 0")],
)
def test_other_words_stay_apart(one: str, other: str) -> None:
    assert search_key(one) != search_key(other)


@given(st.text())
def test_a_search_key_is_its_own_key(text: str) -> None:
    key = search_key(text)
    assert search_key(key) == key
    assert key == " ".join(key.split())

"""Card numbers in free text: found so that they are never saved, and masked where one must be shown.

Invariant K3: 13 to 19 digits in any script and with any separators, with a prefix and a length that an issuer
uses and a right check digit, are a card number. Phone numbers with their ``+``, IBANs and the usual tracking
numbers are told apart first. Security codes named as such and magnetic track data count as card data too.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

_MIN_DIGITS: Final = 13
_MAX_DIGITS: Final = 19
_MASK: Final = "\N{BULLET}"
_HIDDEN: Final = "\0"
"""Stands in for a character that takes no room: it never keeps digits apart."""

_ISSUERS: Final = """
    4 13,16,19
    51-55,2221-2720 16
    34,37 15
    300-305,3095,36,38-39 14-19
    6011,644-649,65 16-19
    35 16
    3528-3589 16-19
    1800,2131 15
    62,8100-8171 16-19
    5018,5020,5038,56-58,6304,6390,6759,6761-6763 13-19
    2200-2204 16-19
    60,508,817-828 16
    506-507,509 16,18,19
    5019,6277,6362-6363,637-639,8600,9792,9860 16
    636 16-19
"""
"""Prefixes and lengths, an issuer a line: Visa, Mastercard, American Express, Diners Club, Discover, JCB (in
three lines), UnionPay, Maestro, Mir, RuPay, Verve and Elo, national schemes, InterPayment. Air travel cards
(1, 15 digits) are left out: no shop takes them, and too many other numbers look like them."""

_SEPARATOR: Final = r"(?:[^\w+;=^\0,]|_|,(?! ))"
_RUN: Final = re.compile(rf"[0-9](?:\0*(?:{_SEPARATOR}\0*){{0,3}}[0-9])*")
_GROUP: Final = re.compile(r"[0-9]+")
_ENOUGH_DIGITS: Final = re.compile(rf"(?:[0-9][^0-9]*){{{_MIN_DIGITS}}}")
_USUAL_GROUPS: Final = frozenset({(4, 6, 5), (4, 6, 4), (4, 12), (6, 10), (6, 13), (4, 5, 6), (5, 4, 5, 2)})
_CALL_PREFIXES: Final = frozenset({"00", "011"})
_PHONE_DIGITS: Final = 15

_NEVER_CARDS: Final = re.compile(
    r"""
      (?<![0-9A-Za-z]) 1Z [ ]?[0-9A-Z]{3}[ ]?[0-9A-Z]{3}[ ]?[0-9A-Z]{2}[ ]?[0-9A-Z]{4}[ ]?[0-9A-Z]{4}
    | (?<![0-9A-Za-z]) (?:4PX|GM|JD|JJD|JT|SF|TBA|YT) [0-9]{12,20}
    | (?<![0-9]) 9[89]\.[0-9]{2}\.[0-9]{6}\.[0-9]{8}
    | (?<![0-9]) (?:9[1-5]|00)[0-9]{2} (?:[ ][0-9]{4}){4} (?:[ ][0-9]{2})?
    """,
    re.VERBOSE,
)
"""Parcel numbers that carriers write with a prefix or in groups that hide a card's length."""

_IBAN_START: Final = re.compile(r"(?<![0-9A-Za-z])([A-Za-z]{2})[0-9]{2}(?=[ \-]?[0-9A-Za-z])")
_IBANS: Final = """
    15:NO 16:BE 18:DK,FI,FK,FO,GL,NL,SD 19:MK,SI 20:AT,BA,EE,KZ,LT,LU,MN,XK 21:CH,HR,LI,LV
    22:BG,BH,CR,DE,GB,GE,IE,ME,RS,VA 23:AE,GI,IL,IQ,OM,SO,TL 24:AD,CZ,ES,MD,PK,RO,SA,SE,SK,TN,VG
    25:LY,PT,ST 26:IS,TR 27:BI,DJ,FR,GR,IT,MC,MR,SM 28:AL,AZ,BY,CY,DO,GT,HN,HU,LB,NI,PL,SV
    29:BR,EG,PS,QA,UA 30:JO,KW,MU,YE 31:MT,SC 32:LC 33:RU
"""
_IBAN_LENGTHS: Final = {
    country: int(length)
    for length, _, countries in (entry.partition(":") for entry in _IBANS.split())
    for country in countries.split(",")
}

_SECURITY_CODE: Final = re.compile(
    r"(?<![^\W_])(?:cv[vc]2?|csc|security code|card verification|(?:karten)?pr[uü]fnummer|cryptogramme)"
    r"(?: (?:code|value|number|nr|is|ist|est))*[\W_]{0,4}([0-9]{3,4})(?![0-9])",
    re.IGNORECASE,
)
_TRACK: Final = re.compile(r"%?B[0-9]{12,19}\^[^^\n]{2,26}\^[0-9]{4,}|;?[0-9]{12,19}=[0-9]{4,}\??")


class CardDataKind(StrEnum):
    """What kind of card data a text holds."""

    NUMBER = "card number"
    SECURITY_CODE = "card security code"
    TRACK = "card track data"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardData:
    """Where a text holds card data; never the data itself, so that it cannot reach a log."""

    kind: CardDataKind
    start: int
    end: int


def _prefix_table() -> dict[str, list[tuple[str, str, frozenset[int]]]]:
    """Make, per first digit, the prefix ranges that begin with it and the lengths they allow."""
    table: dict[str, list[tuple[str, str, frozenset[int]]]] = {}
    for line in _ISSUERS.strip().splitlines():
        prefixes, _, sizes = line.strip().partition(" ")
        lengths: set[int] = set()
        for size in sizes.split(","):
            low, _, high = size.partition("-")
            lengths.update(range(int(low), int(high or low) + 1))
        for prefix in prefixes.split(","):
            low, _, high = prefix.partition("-")
            for first in range(int(low[0]), int((high or low)[0]) + 1):
                table.setdefault(str(first), []).append((low, high or low, frozenset(lengths)))
    return table


_PREFIXES: Final = _prefix_table()


def _lengths(start: str) -> frozenset[int]:
    """Return the lengths of cards that begin with these digits."""
    found: frozenset[int] = frozenset()
    for low, high, lengths in _PREFIXES.get(start[0], ()):
        if low <= start[: len(low)] <= high:
            found |= lengths
    return found


def _is_luhn(digits: str) -> bool:
    """Return whether the last digit is the right check digit."""
    total = 0
    for at, digit in enumerate(reversed(digits)):
        value = ord(digit) - 48
        if at % 2:
            value *= 2
            if value > 9:
                value -= 9
        total += value
    return total % 10 == 0


def is_card_number(digits: str) -> bool:
    """Return whether a string of ASCII digits is a whole card number: prefix, length and check digit."""
    return (
        _MIN_DIGITS <= len(digits) <= _MAX_DIGITS and len(digits) in _lengths(digits[:6]) and _is_luhn(digits)
    )


def _plain(text: str) -> str:
    """Return the text, position by position, with digits of every script as 0-9."""
    if text.isascii():
        return text
    return "".join(character if character.isascii() else _plain_character(character) for character in text)


def _plain_character(character: str) -> str:
    digit = unicodedata.digit(character, -1)
    if digit >= 0:
        return str(digit)
    if unicodedata.category(character) in ("Cf", "Mn", "Me"):
        return _HIDDEN
    return "+" if character == "\N{FULLWIDTH PLUS SIGN}" else character


def _is_iban(letters: str) -> bool:
    """Return whether the check digits of an IBAN are right."""
    turned = letters[4:] + letters[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


def _without_ibans(plain: str) -> str:
    """Return the text with every valid IBAN blanked out."""
    for match in _IBAN_START.finditer(plain):
        length = _IBAN_LENGTHS.get(match[1].upper())
        if length is None:
            continue
        at, letters = match.start(), ""
        while at < len(plain) and len(letters) < length and (plain[at].isalnum() or plain[at] in " -"):
            letters += plain[at] if plain[at].isalnum() else ""
            at += 1
        is_whole = len(letters) == length and not plain[at : at + 1].isalnum()
        if is_whole and letters.isascii() and _is_iban(letters):
            plain = plain[: match.start()] + "x" * (at - match.start()) + plain[at:]
    return plain


def _holds_together(plain: str, groups: list[tuple[int, int]]) -> bool:
    """Return whether groups of digits read as one number: in a card's or even sizes, or kept apart alike.

    Two phone numbers side by side do not: their groups differ, and so does what is between them.
    """
    sizes = tuple(end - start for start, end in groups)
    if sizes in _USUAL_GROUPS or (len(set(sizes[:-1])) <= 1 and sizes[-1] <= sizes[0]):
        return True
    return len({plain[end:start] for (_, end), (start, _) in pairwise(groups)}) == 1


def _in_run(plain: str, run: re.Match[str]) -> tuple[int, int] | None:
    """Find a card number that begins and ends with a group of digits of this run."""
    groups = [match.span() for match in _GROUP.finditer(plain, run.start(), run.end())]
    digits = [plain[start:end] for start, end in groups]
    for first, (start, _end) in enumerate(groups):
        lead = "".join(digits[first : first + 6])[:6]
        lengths = _lengths(lead)
        if not lengths:
            continue
        is_call = digits[first - 1] in _CALL_PREFIXES if first else plain[:start].rstrip(" ").endswith("+")
        number = ""
        found: tuple[int, int] | None = None
        for last in range(first, len(groups)):
            number += digits[last]
            size = len(number)
            if size > _MAX_DIGITS:
                break
            if size not in lengths or (is_call and size <= _PHONE_DIGITS):
                continue
            if (not first or _holds_together(plain, groups[first : last + 1])) and _is_luhn(number):
                found = start, groups[last][1]
        if found:
            return found
    return None


def find_card_number(text: str, start: int = 0) -> tuple[int, int] | None:
    """Return where the first card number of a text begins and ends, or None.

    Args:
        text: Any text.
        start: Where to begin looking.
    """
    if len(text) - start < _MIN_DIGITS:
        return None
    plain = _plain(text)
    if _ENOUGH_DIGITS.search(plain, start) is None:
        return None
    plain = _NEVER_CARDS.sub(lambda match: "x" * len(match[0]), _without_ibans(plain))
    for run in _RUN.finditer(plain, start):
        if run.end() - run.start() >= _MIN_DIGITS and (span := _in_run(plain, run)):
            return span
    return None


def find_card_data(text: str) -> CardData | None:
    """Return the first card data of a text that must not be saved: number, track or security code (K3)."""
    if span := find_card_number(text):
        return CardData(kind=CardDataKind.NUMBER, start=span[0], end=span[1])
    plain = _plain(text)
    if track := _TRACK.search(plain):
        return CardData(kind=CardDataKind.TRACK, start=track.start(), end=track.end())
    if code := _SECURITY_CODE.search(plain):
        return CardData(kind=CardDataKind.SECURITY_CODE, start=code.start(1), end=code.end(1))
    return None


def mask_card(number: str) -> str:
    """Return a card number with at most its first 6 and last 4 digits to see (K3).

    Whatever is too short to be whole, or masked already, keeps its last 4 only.
    """
    digits = "".join(character for character in _plain(number) if character in "0123456789")
    if len(digits) >= _MIN_DIGITS:
        return digits[:6] + _MASK * 6 + digits[-4:]
    return f"{_MASK * 4} {digits[-4:]}" if len(digits) >= 8 or len(digits) == 4 else _MASK * 4


def redact_cards(text: str) -> str:
    """Return the text with every card number, track and named security code masked, for logs and reports."""
    pieces, at = [], 0
    while span := find_card_number(text, at):
        pieces += [text[at : span[0]], mask_card(text[span[0] : span[1]])]
        at = span[1]
    redacted = "".join(pieces) + text[at:]
    while data := find_card_data(redacted):
        redacted = redacted[: data.start] + _MASK * 4 + redacted[data.end :]
    return redacted

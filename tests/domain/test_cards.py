"""Card numbers are found in any dress, and few other numbers are taken for one (invariant K3)."""

import random as random_numbers
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.domain.cards import (
    CardDataKind,
    find_card_data,
    find_card_number,
    is_card_number,
    mask_card,
    redact_cards,
)
from tests.seeds import seeded
from tests.support import scaled

Random = random_numbers.Random

KNOWN = {
    "visa": "4111111111111111",
    "visa of 13": "4222222222222",
    "visa of 19": "4000000000000000006",
    "mastercard": "5555555555554444",
    "mastercard 2": "2223003122003222",
    "american express": "378282246310005",
    "diners": "30569309025904",
    "diners of 16": "3600000000000008",
    "discover": "6011111111111117",
    "jcb": "3530111333300000",
    "unionpay": "6240008631401148",
    "maestro": "6759649826438453",
    "mir": "2200770212727079",
}
"""Numbers that payment providers publish for testing."""

ISSUERS = [
    (["4"], [13, 16, 19]),
    (["51", "52", "53", "54", "55", "2221", "2300", "2720"], [16]),
    (["34", "37"], [15]),
    (["300", "301", "302", "303", "304", "305", "36", "38", "39"], [14]),
    (["6011", "644", "649", "65"], [16, 19]),
    (["3528", "3589"], [16]),
    (["62"], [16, 17, 18, 19]),
    (["5018", "5020", "5038", "6304", "6759", "6761", "6763"], [13, 14, 15, 16, 17, 18, 19]),
]

DIGIT_ZEROS = ["\u0660", "\u06f0", "\u0966", "\u09e6", "\u0e50", "\uff10", "\U0001d7ce", "\U0001d7d8"]
SEPARATORS = [
    " ", "-", ".", "/", "_", "\u00a0", "\u2009", "\u202f", "\u2010", "\u2011", "\u2013", "\u00b7", "\u3000",
    "\u200b", "\u2060", " - ", "  ", "\t", "\n", ",", "|", ":", "*",
]  # fmt: skip
GROUPS = [
    (4, 4, 4, 4, 3),
    (4, 6, 5),
    (4, 4, 4, 4),
    (2,) * 9,
    (1,) * 19,
    (8, 8),
    (5, 5, 5),
    (6, 13),
    (3, 3, 3, 3, 3, 3),
]


def with_check_digit(digits: str) -> str:
    """Append the digit that makes the whole a Luhn number, worked out by trying."""
    doubled = {str(d): sum(map(int, str(d * 2))) for d in range(10)}
    for check in "0123456789":
        whole = (digits + check)[::-1]
        if (sum(map(int, whole[::2])) + sum(doubled[d] for d in whole[1::2])) % 10 == 0:
            return digits + check
    raise AssertionError(digits)


def random_card(random: Random) -> str:
    """A number that an issuer could have issued."""
    prefixes, lengths = random.choice(ISSUERS)
    prefix, length = random.choice(prefixes), random.choice(lengths)
    return with_check_digit(prefix + "".join(random.choices("0123456789", k=length - len(prefix) - 1)))


def dressed(number: str, random: Random) -> str:
    """The number as people write it: in groups, with separators, perhaps in another script's digits."""
    sizes = random.choice([*GROUPS, (19,), (19,)])
    separator = random.choice(SEPARATORS)
    pieces, at = [], 0
    for size in sizes:
        pieces.append(number[at : at + size])
        at += size
    text = separator.join(piece for piece in [*pieces, number[at:]] if piece)
    if random.random() < 0.3:
        zero = ord(random.choice(DIGIT_ZEROS))
        text = "".join(chr(zero + int(c)) if c in "0123456789" else c for c in text)
    return text


@pytest.mark.parametrize("number", KNOWN.values(), ids=KNOWN)
def test_published_test_numbers_are_found(number: str) -> None:
    assert is_card_number(number)
    assert find_card_number(f"paid with {number}, says the customer") == (10, 10 + len(number))


def test_random_cards_are_found_wherever_they_stand() -> None:
    """K3: 100,000 generated numbers in notes, 0 pass."""
    random = seeded()
    around = [
        ("", ""), ("card ", ""), ("Visa: ", " exp 12/27"), ("order 10432 ", ""), ("", " 12/27 123"),
        ("(", ")"), ("x", "y"), ("M\u00fcller zahlt mit ", "."), ("10432, ", ", 10433"),
        ("call +49 151 23456789 re ", " now"), ("\u5c71\u7530 ", "\u3067\u3059"),
        ("IBAN DE89 3704 0044 0532 0130 00; ", ""), ("note\n", "\nend"), ("#", "#"),
        ("\U0001f469\u200d\U0001f4bb ", "!"), ("visa", ""),
    ]  # fmt: skip
    for _ in range(scaled(100_000)):
        before, after = random.choice(around)
        number = random_card(random)
        shown = dressed(number, random)
        text = f"{before}{shown}{after}"
        span = find_card_number(text)
        assert span is not None, text
        assert find_card_data(text) is not None
        redacted = redact_cards(text)
        assert find_card_number(redacted) is None
        assert shown not in redacted
        assert f"{number[:6]}\u2022" in redacted


def test_cards_in_odd_groups_are_found_where_a_run_begins() -> None:
    random = seeded()
    for _ in range(scaled(20_000)):
        number = random_card(random)
        text = number[0] + "".join(
            random.choice(["", "", " ", "-", "\u200b"]) + digit for digit in number[1:]
        )
        assert find_card_number(f"see: {text}") is not None, text


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111112",  # wrong check digit
        "411111111111111",  # 15 digits are no Visa
        "1111111111111117",  # no issuer
        "4111 1111 1111 a 1111",
        "41111111111111114111111111111111",  # one number of 32 digits
        "",
        "no digits at all",
        "184.90 EUR, 12,400 JPY, 1,234,567.89",
        "placed 2025-11-22 09:41:05 +01:00, shipped 2025-11-23 10:00",
        "10.0.0.1 192.168.100.200 fe80::1",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert find_card_number(text) is None
    assert find_card_data(text) is None
    assert redact_cards(text) == text


# --- false alarms


def digits(random: Random, count: int) -> str:
    """Random digits."""
    return "".join(random.choices("0123456789", k=count))


COUNTRY_CALLS = {
    "1": [10], "7": [10], "20": [10], "27": [9], "30": [10], "31": [9], "32": [8, 9], "33": [9], "34": [9],
    "36": [8, 9], "39": [9, 10, 11], "41": [9], "43": [10, 11], "44": [10], "45": [8], "46": [7, 9],
    "47": [8], "48": [9], "49": [7, 9, 10, 11], "52": [10], "54": [10], "55": [10, 11], "56": [9],
    "57": [10], "62": [9, 10, 11], "65": [8], "81": [9, 10], "82": [9, 10], "86": [11], "90": [10],
    "91": [10], "351": [9], "353": [9], "358": [9], "371": [8], "372": [7, 8], "380": [9], "420": [9],
    "421": [9], "965": [8], "971": [9],
}  # fmt: skip


def phone(random: Random) -> str:
    """A phone number as customers and shops write it."""
    call = random.choice(list(COUNTRY_CALLS))
    national = random.choice("123456789") + digits(random, random.choice(COUNTRY_CALLS[call]) - 1)
    forms = [
        f"+{call}{national}",
        f"+{call} {national[:3]} {national[3:6]} {national[6:]}",
        f"+{call} (0){national[:3]} {national[3:]}",
        f"+{call}-{national[:2]}-{national[2:]}",
        f"00{call} {national[:3]} {national[3:]}",
        f"00{call}{national}",
        f"00 {call} {national}",
        f"0{national[:3]}/{national[3:]}",
        f"0{national}",
        f"({national[:3]}) {national[3:6]}-{national[6:]}",
        f"0{national[:2]} {national[2:]} / 0{national[1:4]} {national[4:]}",
        f"tel +{call} {national[:4]} {national[4:]} ext {digits(random, 3)}",
        f"{call} {national[:3]} {national[3:]}" if call != "49" else f"+{call} {national}",
    ]
    return random.choice(forms)


IBAN_FORMS = {
    "AT": "9" * 16, "BE": "9" * 12, "CH": "9" * 5 + "A" * 12, "CZ": "9" * 20, "DE": "9" * 18, "DK": "9" * 14,
    "EE": "9" * 16, "ES": "9" * 20, "FI": "9" * 14, "FR": "9" * 10 + "A" * 11 + "99",
    "GB": "L" * 4 + "9" * 14, "HU": "9" * 24, "IE": "L" * 4 + "9" * 14, "IT": "L" + "9" * 10 + "A" * 12,
    "LT": "9" * 16, "NL": "L" * 4 + "9" * 10, "NO": "9" * 11, "PL": "9" * 24, "PT": "9" * 21, "SE": "9" * 20,
    "SI": "9" * 15, "SK": "9" * 20, "TR": "9" * 22,
}  # fmt: skip


def iban(random: Random) -> str:
    """A valid IBAN, spaced or not, in a sentence or not."""
    country = random.choice(list(IBAN_FORMS))
    choices = {"9": "0123456789", "L": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "A": "0123456789ABCDEF"}
    account = "".join(random.choice(choices[form]) for form in IBAN_FORMS[country])
    number = int("".join(str(int(c, 36)) for c in f"{account}{country}00"))
    whole = f"{country}{98 - number % 97:02d}{account}"
    spaced = " ".join(whole[at : at + 4] for at in range(0, len(whole), 4))
    return random.choice([whole, spaced, f"IBAN {spaced} please", f"pay to {whole}.", spaced.lower()])


def tracking(random: Random) -> str:
    """A parcel number of a carrier that writes digits."""

    def d(count: int) -> str:
        return digits(random, count)

    usps = f"9{random.choice('12345')}{d(20)}"
    ups = f"1Z{''.join(random.choices('0123456789ABCDEFWXYZ', k=6))}{d(10)}"
    sscc = f"00{d(18)}"
    forms = [
        usps, " ".join(usps[at : at + 4] for at in range(0, 22, 4)), f"420{d(5)}{usps}", ups,
        f"{ups[:2]} {ups[2:5]} {ups[5:8]} {ups[8:10]} {ups[10:14]} {ups[14:]}", f"1Z{d(16)}", sscc,
        " ".join(sscc[at : at + 4] for at in range(0, 20, 4)), f"JJD{d(16)}", f"JD{d(16)}", d(12),
        f"{d(4)} {d(4)} {d(4)}", d(10), d(20), f"TBA{d(12)}", f"SF{d(13)}", f"YT{d(16)}",
        f"{random.choice('CLRUE')}{random.choice('ABCDEX')}{d(9)}{random.choice(['DE', 'GB', 'CN', 'CZ'])}",
        f"0{d(13)}", f"0{d(3)} {d(4)} {d(4)} {d(2)}", f"3S{d(10)}", f"99.{d(2)}.{d(6)}.{d(8)}", d(11),
    ]  # fmt: skip
    return random.choice(forms)


@pytest.mark.parametrize("make", [phone, iban, tracking])
def test_false_alarms_are_rare(make: Callable[[Random], str]) -> None:
    """K3: at most 0.1 % of phone, IBAN and tracking numbers are taken for a card."""
    random = seeded()
    count = scaled(100_000, at_least=20_000)
    alarms = [text for text in (make(random) for _ in range(count)) if find_card_number(text)]
    assert len(alarms) <= count // 1000, alarms[:10]


# --- other card data, masks


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("CVV 123", CardDataKind.SECURITY_CODE, "123"),
        ("cvc2: 1234", CardDataKind.SECURITY_CODE, "1234"),
        ("the security code is 987!", CardDataKind.SECURITY_CODE, "987"),
        ("card verification value=123", CardDataKind.SECURITY_CODE, "123"),
        ("CVV code \u0661\u0662\u0663", CardDataKind.SECURITY_CODE, "\u0661\u0662\u0663"),
        (
            "%B4111111111111112^DOE/JOHN^25121010000",
            CardDataKind.TRACK,
            "%B4111111111111112^DOE/JOHN^25121010000",
        ),
        (
            ";4111111111111112=25121011000012345678?",
            CardDataKind.TRACK,
            ";4111111111111112=25121011000012345678?",
        ),
        ("%B4111111111111111^DOE/JOHN^2512", CardDataKind.NUMBER, "4111111111111111"),
    ],
)
def test_codes_and_tracks_are_card_data(text: str, kind: CardDataKind, found: str) -> None:
    data = find_card_data(text)
    assert data is not None
    assert (data.kind, text[data.start : data.end]) == (kind, found)
    assert find_card_data(redact_cards(text)) is None
    assert found not in redact_cards(text)


@pytest.mark.parametrize(
    "text", ["code 123", "security 123", "cv 123", "cvv", "cvv 12", "cvv 12345", "door code 4711"]
)
def test_other_codes_are_not(text: str) -> None:
    assert find_card_data(text) is None


def test_what_was_found_does_not_show_the_number() -> None:
    assert "4111" not in repr(find_card_data("4111111111111111"))


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("4111111111111111", "411111\u2022\u2022\u2022\u2022\u2022\u20221111"),
        ("3782 822463 10005", "378282\u2022\u2022\u2022\u2022\u2022\u20220005"),
        ("\uff14111111111111111", "411111\u2022\u2022\u2022\u2022\u2022\u20221111"),
        ("411111******1111", "\u2022\u2022\u2022\u2022 1111"),
        ("**** 1111", "\u2022\u2022\u2022\u2022 1111"),
        ("12345", "\u2022\u2022\u2022\u2022"),
        ("", "\u2022\u2022\u2022\u2022"),
    ],
)
def test_a_mask_shows_first_six_and_last_four_at_most(number: str, shown: str) -> None:
    assert mask_card(number) == shown


def test_every_card_of_a_text_is_masked() -> None:
    text = "first 4111 1111 1111 1111, then 5555555555554444 and cvv 123"
    assert redact_cards(text) == (
        "first 411111\u2022\u2022\u2022\u2022\u2022\u20221111, "
        "then 555555\u2022\u2022\u2022\u2022\u2022\u20224444 and cvv \u2022\u2022\u2022\u2022"
    )


@given(st.text(max_size=80))
def test_any_text_can_be_searched(text: str) -> None:
    span = find_card_number(text)
    assert span is None or 0 <= span[0] < span[1] <= len(text)
    assert find_card_data(redact_cards(text)) is None

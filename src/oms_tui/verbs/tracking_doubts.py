"""What speaks against a tracking number that somebody types: a check digit that does not fit, another
carrier's way to write numbers. Doubts only: nobody is kept from what the carrier really wrote."""

import re
from typing import Final

from oms_tui.domain.filter.keys import bare_key

_UPS: Final = re.compile(r"1Z[0-9A-Z]{15}[0-9]")
_POST: Final = re.compile(r"[A-Z]{2}[0-9]{9}[A-Z]{2}")
"""Numbers of the post all over the world (UPU standard S10)."""
_POST_WEIGHTS: Final = (8, 6, 4, 2, 3, 5, 9, 7)


def doubts(carrier: str, tracking: str) -> tuple[str, ...]:
    """Sentences about a carrier and a number that do not go together; () = nothing speaks against them."""
    number = bare_key(tracking).upper()
    if _UPS.fullmatch(number):
        others = () if "ups" in carrier.casefold() else (_other(carrier, "UPS"),)
        return (*others, *(() if _is_of_ups(number) else (_MISTYPED,)))
    if _POST.fullmatch(number) and not _is_of_post(number):
        return (_MISTYPED,)
    return ()


_MISTYPED: Final = "The last digit of the number does not fit the others: one may be mistyped."


def _other(carrier: str, usual: str) -> str:
    named = f", not {carrier}" if carrier else ""
    return f"The number is written like one of {usual}{named}."


def _is_of_ups(number: str) -> bool:
    """Whether the last digit is the one that the 15 signs before it give: letters count from A = 2 on."""
    values = [int(sign) if sign.isdigit() else (ord(sign) - ord("A") + 2) % 10 for sign in number[2:-1]]
    total = sum(values[0::2]) + 2 * sum(values[1::2])
    return -total % 10 == int(number[-1])


def _is_of_post(number: str) -> bool:
    """Whether the ninth digit is the one that the eight before it give."""
    digits = [int(sign) for sign in number[2:11]]
    rest = 11 - sum(weight * digit for weight, digit in zip(_POST_WEIGHTS, digits, strict=False)) % 11
    return digits[8] == {10: 0, 11: 5}.get(rest, rest)

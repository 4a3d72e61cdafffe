"""What customers are told: in their language, whole, and never a word of how an order is worked (spec 6)."""

from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.domain import letters
from oms_tui.domain.currency import currency_codes
from oms_tui.domain.money import Money
from tests.build import eur, line

EACH_LANGUAGE = pytest.mark.parametrize("language", letters.LANGUAGES)
FORBIDDEN = (
    "fraud",
    "betrug",
    "fraude",
    "frode",
    "詐欺",
    "hold",
    "review",
    "prüfung",
    "risk",
    "sperre",
    "保留",
)
FIELDS = {
    letters.CONFIRMATION: {"order", "items", "total"},
    letters.ORDER_CANCELLED: {"order"},
    letters.LINES_CANCELLED: {"order", "items"},
    letters.ORDER_STOPPING: {"order"},
    letters.LINES_STOPPING: {"order", "items"},
    letters.PRICE_REDUCED: {"order", "items"},
}
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@EACH_LANGUAGE
@pytest.mark.parametrize("template", letters.TEMPLATES)
def test_every_template_has_every_field_in_every_language(template: str, language: str) -> None:
    texts = letters._LETTERS[template][language]
    assert fields(texts["text"]) == FIELDS[template]
    assert fields(texts["subject"]) == {"order"}
    for told in texts.values():
        assert not [word for word in FORBIDDEN if word in told.lower()]


@EACH_LANGUAGE
def test_every_sentence_about_money_names_its_amount(language: str) -> None:
    tables = (letters._REFUNDED, letters._NOT_CHARGED)
    for sentences in (*tables, letters._REFUNDED_IF_STOPPED, letters._NOT_CHARGED_IF_STOPPED):
        assert fields(sentences[language]) == {"amount"}
        assert not [word for word in FORBIDDEN if word in sentences[language].lower()]
    assert fields(letters._CHARGED_INSTEAD[language]) == {"amount", "before"}
    assert not [word for word in FORBIDDEN if word in letters._CHARGED_INSTEAD[language].lower()]


@given(
    language=st.sampled_from(letters.LANGUAGES),
    order_id=NAMES,
    name=NAMES,
    minor=st.integers(1, 10**12),
    currency=st.sampled_from(currency_codes()),
)
def test_every_letter_says_everything_whatever_the_names_hold(
    language: str, order_id: str, name: str, minor: int, currency: str
) -> None:
    amount, nothing = Money(minor, currency), Money(0, currency)
    written, lines = letters.amount_in(language, amount), [line(1, name=name, quantity=2)]
    confirmed = letters.confirmation(language, order_id, lines, amount)
    part = letters.cancellation(language, order_id, lines, refunded=amount, not_charged=nothing)
    whole = letters.cancellation(language, order_id, (), refunded=nothing, not_charged=amount)
    for text in (confirmed, part, whole):
        assert order_id in text
        assert written in text
    for text in (confirmed, part):
        assert f"2 × {name}" in text
    for template in letters.TEMPLATES:
        assert order_id in letters.subject_of(template, language, order_id)


def test_nothing_is_said_of_money_that_does_not_move() -> None:
    text = letters.cancellation("de", "1", (), refunded=eur(0), not_charged=eur(0))
    assert text == "Ihre Bestellung 1 wurde storniert."


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("de", "de"), ("de-AT", "de"), ("pt_BR", "en"), ("JA", "ja"), ("", "en"), ("en-GB", "en"), ("es", "es")],
)
def test_an_unknown_language_is_english_and_says_so(wanted: str, found: str) -> None:
    assert letters.language_of(wanted) == found


@pytest.mark.parametrize(
    ("language", "minor", "currency", "written"),
    [
        ("de", 123456789, "EUR", "1.234.567,89 €"),
        ("fr", 118490, "EUR", "1\u202f184,90 €"),
        ("en", 118490, "EUR", "1,184.90 €"),
        ("ja", 12400, "JPY", "¥12,400"),
        ("es", 1250, "KWD", "KWD 1,250"),
    ],
)
def test_amounts_are_written_as_the_language_writes_them(
    language: str, minor: int, currency: str, written: str
) -> None:
    assert letters.amount_in(language, Money(minor, currency)) == written

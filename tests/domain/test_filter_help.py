"""Completion of filters, and the docs page that is made from the table of fields."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms_tui.domain.filter import DOCUMENTED, FIELDS, FilterError, complete, fields_table, parse
from oms_tui.domain.status import OrderStatus, word
from tests.domain.filters import TEXT
from tests.support import ROOT, scaled

PAGE = (ROOT / "docs" / "filters.md").read_text(encoding="utf-8")


def texts(typed: str, **rest: bool) -> list[str]:
    """What is suggested at the end of a text."""
    return [suggestion.text for suggestion in complete(typed, len(typed), **rest)]


@pytest.mark.parametrize("typed", ["", "status:shipped ", "novak  "])
def test_where_an_item_may_begin_every_field_is_offered(typed: str) -> None:
    found = complete(typed, len(typed))
    assert [suggestion.text.rstrip(":><=") for suggestion in found] == list(FIELDS)
    assert {(suggestion.start, suggestion.end) for suggestion in found} == {(len(typed), len(typed))}
    assert [suggestion.help for suggestion in found] == [spec.help for spec in FIELDS.values()]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("cha", ["channel:", "channel-type:"]),
        ("CHANNEL_T", ["channel-type:"]),
        ("novak -cha", ["-channel:", "-channel-type:"]),
        ("-so", []),
        ("to", ["total>="]),
        ("ag", ["age>"]),
        ("zzz", []),
        ("status:pend", ["pending_allocation"]),
        ("status:shipped,de", ["delivered"]),
        ("-status:Un", ["undelivered"]),
        ('status:"Pend', []),
        ("hold:fr", ["fraud"]),
        ("payment:partly-", ["partly_refunded", "partly_captured"]),
        ("status>s", []),
        ("task:failed/pa", ["failed/payment_authorization", "failed/packing"]),
        ("task:b", ["blocked"]),
        ("sort:-a", ["-age"]),
        ("sort:a", ["age"]),
        ("cancel:requested sort:a", ["age", "asked"]),
        ("lapses<2d sort:-l", ["-lapses"]),
        ("created>=y", ["yesterday"]),
        ("created:2", ["2w"]),
        ("age>", ["30m", "4h", "7d", "2w"]),
        ("age:", []),
        ("claimed:n", ["nobody"]),
        ("country:d", ["DE", "DJ", "DK", "DM", "DO", "DZ"]),
        ("sku:A", []),
        ("nofield:a", []),
    ],
)
def test_suggestions(typed: str, offered: list[str]) -> None:
    assert texts(typed) == offered


def test_a_suggestion_replaces_what_was_begun_and_leaves_the_rest() -> None:
    text = "jana -status:ship total>=200EUR"
    (suggestion,) = complete(text, 17)
    assert (suggestion.text, suggestion.help) == ("shipped", word(OrderStatus.SHIPPED))
    changed = text[: suggestion.start] + suggestion.text + text[suggestion.end :]
    assert changed == "jana -status:shipped total>=200EUR"


def test_a_role_without_order_filters_is_offered_the_six_categories() -> None:
    assert [text.rstrip(":") for text in texts("", documented_only=True)] == list(DOCUMENTED)
    assert texts("status:sh", documented_only=True) == []


@settings(max_examples=scaled(10_000, 200))
@given(
    st.lists(TEXT | st.sampled_from(["status:", "-", "age>", " ", '"', ","]), max_size=5).map("".join),
    st.data(),
)
def test_completion_takes_any_text(text: str, data: st.DataObject) -> None:
    cursor = data.draw(st.integers(-1, len(text) + 1))
    for suggestion in complete(text, cursor):
        assert 0 <= suggestion.start <= suggestion.end <= len(text)


@pytest.mark.parametrize("name", [name for name, spec in FIELDS.items() if spec.choices])
def test_every_offered_value_reads(name: str) -> None:
    operator = FIELDS[name].operators[0]
    for text in texts(f"{name}{operator}"):
        assert str(parse(f"{name}{operator}{text}")) == f"{name}{operator}{text}"


def test_the_page_has_the_table_of_fields() -> None:
    assert f"<!-- fields -->\n\n{fields_table()}\n<!-- /fields -->" in PAGE


def test_examples_on_the_page_read_and_print_the_same() -> None:
    examples = [
        line for block in re.findall(r"```filter\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()
    ]
    assert len(examples) > 10
    for line in examples:
        text, _, _ = line.partition("  ")
        assert str(parse(text)) == text


def test_refusals_on_the_page_are_refused_in_those_words() -> None:
    rows = re.findall(r"^\| `([^`]+)` \| ([^|]+?) \|$", PAGE.split("## Errors")[1], re.MULTILINE)
    assert len(rows) > 4
    for text, message in rows:
        with pytest.raises(FilterError) as caught:
            parse(text)
        assert caught.value.message == message

"""The filter language as text: reading, printing, and errors that a person can act on (spec 8)."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from oms_tui.domain.filter import (
    DOCUMENTED,
    FIELDS,
    Amount,
    Calendar,
    Condition,
    Filter,
    FilterError,
    NamedDay,
    Operator,
    Range,
    Sort,
    Span,
    Text,
    Word,
    parse,
    require_documented,
)
from tests.domain.filters import TEXT, filters
from tests.support import scaled

FIELDS_OF_THE_ISSUE = [
    "id",
    "status",
    "payment",
    "hold",
    "country",
    "region",
    "channel",
    "channel-type",
    "method",
    "sku",
    "email",
    "phone",
    "name",
    "first",
    "last",
    "tracking",
    "reference",
    "total",
    "created",
    "age",
    "claimed",
    "text",
]

CANONICAL = """
status:shipped country:DE payment:authorized age>4h total>=200EUR channel:web hold:fraud sku:AB* sort:-age
status:pending_allocation,allocated status:confirmed
novák "two words" -returned gift*
"status:shipped" "*" - & 5"tube \\o/
name:"Müller, Hans" -name:"\\"O\\", Brien" first:jana,"maria josé"* -channel-type:store
created:2026-11-01..2026-11-22 created:2026-11..
created:today,yesterday,2026,7d
created>=2026-11-22T09:30 created>2026-11-22T09:30:15+05:30
created<2026-11-22T09:30Z
age:1h..4h -age:..30m age:2w..
total:100..300EUR total:9.99
total<0.5
task:blocked,failed,failed/pick_ticket uncaptured:shipped return:pending_review line:undelivered hold:any
claimed:me,nobody,anyone,"Ana Costa"
phone:"+420 604 123 118" email:jana@* reference:pi_3N* tracking:1Z999* id:10432 bill-country:DE,AT
text:gift,birthday region:emea method="express dhl"
sort:total status:shipped
"""


@pytest.mark.parametrize("text", ["", *CANONICAL.strip().splitlines()])
def test_canonical_text_comes_back_the_same(text: str) -> None:
    assert str(parse(text)) == text
    assert hash(parse(text)) == hash(parse(str(parse(text))))


@settings(max_examples=scaled(100_000, 200))
@given(filters())
def test_a_printed_filter_reads_back_as_itself(asked: Filter) -> None:
    assert parse(str(asked)) == asked


PARTS = st.sampled_from(
    [*(name + sign for name in FIELDS for sign in (":", ">=", "<", ":-")), " ", '"', "*", ",", ".."]
)


@settings(max_examples=scaled(200_000, 300))
@given(
    st.lists(PARTS | TEXT | st.sampled_from(["4h", "2026", "200EUR", "shipped", "today"]), max_size=8).map(
        "".join
    )
    | st.text()
)
@example("total:" + "9" * 1000)
@example("created:" + "9" * 1000 + "d")
@example("created:²026")
@example("age>٤h")
@example("\ud800 status:\x00shipped")
@example("created:0001-01-01")
@example("x" * 5000)
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    problem = None
    try:
        asked = parse(text)
    except FilterError as refused:
        problem = refused
    if problem is None:
        assert parse(str(asked)) == asked
    else:
        assert 0 <= problem.start <= problem.end <= len(text)
        assert problem.message
        assert problem.expected


def test_every_field_of_the_issue_is_there() -> None:
    assert set(FIELDS_OF_THE_ISSUE) <= set(FIELDS)
    assert set(DOCUMENTED) == {"id", "email", "first", "last", "phone", "tracking"}


@pytest.mark.parametrize("name", FIELDS)
def test_the_example_of_a_field_reads_and_prints_the_same(name: str) -> None:
    spec = FIELDS[name]
    asked = parse(spec.example)
    assert str(asked) == spec.example
    fields = {condition.field for condition in asked.conditions}
    assert fields == ({name} if name != "sort" else set())


def test_parts_are_what_was_meant() -> None:
    asked = parse(
        'STATUS:Shipped,"Pending Allocation" -Bill_Country:de nov* total>=200eur created:7D..today sort:-age'
    )
    assert asked.conditions == (
        Condition("status", Operator.IS, (Text("shipped"), Text("pending_allocation"))),
        Condition("bill-country", Operator.IS, (Text("DE"),), negated=True),
        Condition("total", Operator.AT_LEAST, (Amount("200", "EUR"),)),
        Condition("created", Operator.IS, (Range(Span(7, "d"), NamedDay.TODAY),)),
    )
    assert asked.words == (Word("nov", prefix=True),)
    assert asked.sort == Sort("age", descending=True)
    assert [condition.span for condition in asked.conditions][:2] == [(0, 35), (36, 52)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026", Calendar(2026)),
        ("2026-02", Calendar(2026, 2)),
        ("2024-02-29", Calendar(2024, 2, 29)),
        ("2026-11-22t09:30", Calendar(2026, 11, 22, 9, 30)),
        ('"2026-11-22 09:30:07-0330"', Calendar(2026, 11, 22, 9, 30, 7, -210)),
        ("2026-11-22T09:30z", Calendar(2026, 11, 22, 9, 30, None, 0)),
        ("Today", NamedDay.TODAY),
        ("30M", Span(30, "m")),
    ],
)
def test_dates_are_read_as_precise_as_written(text: str, value: object) -> None:
    assert parse(f"created:{text}").conditions[0].values == (value,)


@pytest.mark.parametrize("word", ["fraud", "Fraud", '"fraud review"', "FRAUD_REVIEW", "fraud-review"])
def test_choices_take_the_words_on_screen(word: str) -> None:
    assert str(parse(f"hold:{word}")) == "hold:fraud"


def test_controls_and_surrogates_are_blanks_between_words() -> None:
    assert str(parse("a\x00b\ud800c\td")) == "a b c d"


def test_another_order_of_rows_takes_the_place_of_the_old_one() -> None:
    asked = parse("status:shipped sort:-age nov*")
    assert str(asked.with_sort(Sort("total"))) == "status:shipped sort:total nov*"
    assert str(asked.with_sort(None)) == "status:shipped nov*"
    assert str(parse("nov*").with_sort(Sort("id", descending=True))) == "nov* sort:-id"


ERRORS = [
    # text, the words underlined, what the message says, one thing expected, the nearest
    ("novak statsus:shipped", "statsus", 'no field is called "statsus"', "status", "status"),
    ("-reason:other", "reason", "no field is called", "id", "return"),
    ("placed>=today", "placed", "no field is called", "created", "created"),
    ("http://example.com", "http", "no field is called", "quotes around it to search for it", None),
    ("status:shippd", "shippd", 'status has no value "shippd"', "shipped", "shipped"),
    ("status:allocated,partial", "partial", 'status has no value "partial"', "packed", None),
    ("status:", "", "a value is missing directly after status:", "shipped", None),
    ("status:shipped, country:DE", "", "a value is missing", "shipped", None),
    ("status: shipped", "", "a value is missing directly after", "shipped", None),
    ("status>shipped", "status>", "status has no order", "status:…", None),
    ("payment:authorzed", "authorzed", "payment has no value", "authorized", "authorized"),
    ("hold:froud", "froud", "hold has no value", "fraud", "fraud"),
    ("uncaptured:maybe", "maybe", "uncaptured has no value", "yes", None),
    ("task:failed/allokation", "failed/allokation", "task has no value", "allocation", "allocation"),
    ("task:blocked/packing", "blocked/packing", "takes no task name", "task:blocked", None),
    ("country:UK", "UK", "is no country code", "an ISO 3166 code such as DE", "GB"),
    ("country:Germany", "Germany", "is no country code", "an ISO 3166 code such as DE", None),
    ("sku:A*B", "A*B", "the * does not end a beginning", "quotes for a * itself", None),
    ("sku:*", "*", "the * does not end a beginning", "letters and one * at the end", None),
    ('sku:""*', '""*', "a * needs letters before it", "sku:AB*", None),
    (
        "phone:118*",
        "118*",
        "phone takes no *",
        "a number without letters, or at least 3 of its last digits",
        None,
    ),
    ("phone:12", "12", "too few digits", "a number without letters, or at least 3 of its last digits", None),
    (
        "phone:anna",
        "anna",
        "is no telephone number",
        "a number without letters, or at least 3 of its last digits",
        None,
    ),
    ("total>=1,000", "1,000", "a comma between figures can be read in two ways", "total>=1000.50", None),
    ("total:1,00", "1,00", "a comma between figures can be read in two ways", "total:1000.50", None),
    ("total>=200XYU", "200XYU", 'no known currency: "XYU"', "an ISO 4217 code such as EUR", "UYU"),
    ("total>=1.999EUR", "1.999EUR", "has 3 decimals", "200.50", None),
    ("total:1.5..3JPY", "1.5..3JPY", "JPY has none", "200..300EUR", None),
    ("total:2EUR..3USD", "2EUR..3USD", "goes from EUR to USD", "one currency", None),
    ("total:300..200", "300..200", "ends below its start", "LOW..HIGH", None),
    ("total:-5", "-5", "is no amount", "200EUR", None),
    ("total:€200", "€200", "is no amount", "200EUR", None),
    ("total:..", "..", "a range needs a start or an end", "200..300EUR", None),
    ("total>=1..2", "1..2", "a range does not go with >=", "total:1..2", None),
    ("total:>=200", ">=200", "starts with a sign", "total>=…", None),
    ("total>100 total<200", "total<200", "can be read in two ways", "total:LOW..HIGH for between", None),
    ("created:2026-02-30", "2026-02-30", "is not on the calendar", "2026-11-22", None),
    ("created:22.11.2026", "22.11.2026", "is no date", "2026-11-22", None),
    ("created:0001-01-01", "0001-01-01", "is not between the years", "2026", None),
    ("created:tody", "tody", "is no date", "today", "today"),
    ("created:2026-11-22T09:30+25:00", "2026-11-22T09:30+25:00", "offset that no clock has", "2026", None),
    (
        "created>today,yesterday",
        "today,yesterday",
        "several values do not go with >",
        "one value after created>",
        None,
    ),
    ("age>4x", "4x", "is no age", "4h", None),
    ("age>999999999w", "999999999w", "longer than a hundred years", "4h", None),
    ("age:4h", "4h", "may mean an age above or below it", "age>4h", None),
    ("age > 4h", ">", "there is no field directly before", "age", None),
    ("claimed:ana*", "ana*", "claimed takes no *", "nobody", None),
    ("sort:agee", "agee", 'nothing is sorted by "agee"', "-age", "age"),
    ("sort:placed", "placed", "nothing is sorted by", "created", "created"),
    ("sort:age,id", "age,id", "rows have one order", "one of created age total id lapses asked", None),
    ("-sort:age", "-sort:age", "- before sort says nothing", "sort:-created", None),
    ("sort:age sort:id", "sort:id", "sort is there twice", "one sort", None),
    ('name:"hans müller', '"hans müller', "the quote is not closed", 'a closing "', None),
    ('"hans"müller x', "müller", "follows a closing quote directly", "a space", None),
    ('""', '""', "nothing between the quotes", "a word", None),
    ('name:"!!"', '"!!"', "has nothing to compare", "name:novák", None),
]


@pytest.mark.parametrize(
    ("text", "underlined", "says", "expected", "nearest"), ERRORS, ids=[e[0] for e in ERRORS]
)
def test_an_error_names_the_word_and_what_was_expected(
    text: str, underlined: str, says: str, expected: str, nearest: str | None
) -> None:
    with pytest.raises(FilterError, match=re.escape(says)) as caught:
        parse(text)
    problem = caught.value
    assert text[problem.start : problem.end] == underlined
    assert expected in problem.expected
    assert problem.nearest == nearest
    assert str(problem).startswith(problem.message)
    assert nearest is None or f"did you mean {nearest}?" in str(problem)


def test_a_long_wrong_word_is_cut_in_the_message() -> None:
    with pytest.raises(FilterError) as caught:
        parse("status:" + "x" * 500)
    assert len(caught.value.message) < 80


def test_a_role_without_order_filters_has_words_and_the_six_categories() -> None:
    require_documented(
        parse('novak "two words" id:1 email:a* first:a last:b phone:118 tracking:1Z -last:c sort:-age')
    )
    with pytest.raises(FilterError) as caught:
        require_documented(parse("novak -status:shipped"))
    assert (caught.value.start, caught.value.end) == (6, 21)
    assert caught.value.expected == ("words", *DOCUMENTED)


@pytest.mark.parametrize("text", ["statuz:shipped", "customer:novak", ":x"])
def test_an_error_names_no_field_that_somebody_may_not_use(text: str) -> None:
    with pytest.raises(FilterError) as limited:
        parse(text, documented_only=True)
    named = {*limited.value.expected, limited.value.nearest}
    assert set(DOCUMENTED) < named
    assert named.isdisjoint(set(FIELDS) - {*DOCUMENTED, "sort"})
    with pytest.raises(FilterError) as free:
        parse(text)
    assert set(FIELDS) <= set(free.value.expected)

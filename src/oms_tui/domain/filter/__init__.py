"""The filter language: one way to say which orders, for lists, counts and the command line (spec 8).

`parse` reads a text into a `Filter`, `str` gives the text back; `resolve` makes it ready to be asked at a
moment; `matches` asks it of one order's `Facts`. `FIELDS` is the table that all of it, completion and the
docs page are made from.
"""

from oms_tui.domain.filter.amounts import MinorBounds
from oms_tui.domain.filter.complete import Suggestion, complete
from oms_tui.domain.filter.errors import FilterError
from oms_tui.domain.filter.facts import Facts, facts_of
from oms_tui.domain.filter.fields import (
    BLOCKED,
    DOCUMENTED,
    FIELDS,
    SORT_KEYS,
    SORT_NEEDS,
    TASK_STATES,
    FieldSpec,
    Kind,
    fields_table,
)
from oms_tui.domain.filter.index import order_words
from oms_tui.domain.filter.keys import bare_key, code_key, fold, phone_digits, phone_tail, phrase_key, words
from oms_tui.domain.filter.match import index_keys, index_words, matches
from oms_tui.domain.filter.parser import parse, require_documented
from oms_tui.domain.filter.printer import format_filter, format_item
from oms_tui.domain.filter.resolve import bounds_text, resolve
from oms_tui.domain.filter.resolved import (
    AmountTest,
    Clause,
    Mode,
    PresenceTest,
    ResolvedFilter,
    ResolvedSort,
    Test,
    TextTest,
    TimeTest,
    WordsTest,
)
from oms_tui.domain.filter.syntax import (
    Amount,
    Calendar,
    Condition,
    Filter,
    Item,
    NamedDay,
    Operator,
    Range,
    Sort,
    Span,
    Text,
    Value,
    Word,
)

__all__ = [
    "BLOCKED",
    "DOCUMENTED",
    "FIELDS",
    "SORT_KEYS",
    "SORT_NEEDS",
    "TASK_STATES",
    "Amount",
    "AmountTest",
    "Calendar",
    "Clause",
    "Condition",
    "Facts",
    "FieldSpec",
    "Filter",
    "FilterError",
    "Item",
    "Kind",
    "MinorBounds",
    "Mode",
    "NamedDay",
    "Operator",
    "PresenceTest",
    "Range",
    "ResolvedFilter",
    "ResolvedSort",
    "Sort",
    "Span",
    "Suggestion",
    "Test",
    "Text",
    "TextTest",
    "TimeTest",
    "Value",
    "Word",
    "WordsTest",
    "bare_key",
    "bounds_text",
    "code_key",
    "complete",
    "facts_of",
    "fields_table",
    "fold",
    "format_filter",
    "format_item",
    "index_keys",
    "index_words",
    "matches",
    "order_words",
    "parse",
    "phone_digits",
    "phone_tail",
    "phrase_key",
    "require_documented",
    "resolve",
    "words",
]

"""The table of verbs: rights, arguments, notes, claims and the answer for the customer (spec 5, 6)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.domain.authority import AUTHORITY, DEFAULT_AUTHORITY, Right
from oms_tui.domain.order import Hold
from oms_tui.domain.people import Role
from oms_tui.domain.plan import Claim
from oms_tui.domain.status import HoldKind, LineStatus
from oms_tui.verbs import (
    GROUPS,
    VERBS,
    ArgumentError,
    LinePart,
    Policy,
    Subject,
    Verb,
    canonical,
    verb,
)
from oms_tui.verbs.note import MAX_NOTE
from tests.build import NOON, actor, context, line, order, shipment

SPEC_5 = """
order.claim cs nm op
order.release cs nm op
order.note cs nm op
order.cancel cs nm
order.decline cs nm
order.price cs
order.invoice cs op
order.receipt cs op
order.credit-note cs
order.validate cs
order.address cs
order.force cs
order.flag cs
order.fraud cs
order.hold op
order.release-hold op
order.classify cs
order.mark-paid op
order.record-payment op
order.retry-refund op
order.record-refund op
order.refund-overcharge op
order.reverse-credit-note op
order.retry-void op
order.resolve-undelivered cs op
order.correct-tracking cs op
order.run op
order.approve op
order.status cs nm op
"""


def test_who_may_do_what_is_the_table_of_the_specification() -> None:
    """Every verb times every role, against spec 5."""
    rows = {name: set(roles) for name, *roles in (row.split() for row in SPEC_5.strip().splitlines())}
    assert set(rows) == {v.id for v in VERBS}
    for v in VERBS:
        for role in Role:
            refused = v.blockers(Subject(order=order()), actor(role), Policy())
            assert any(b.is_right for b in refused) == (role.value not in rows[v.id])


def test_what_is_not_in_the_table_nobody_may() -> None:
    assert set(AUTHORITY) == set(Right)
    assert not DEFAULT_AUTHORITY.allows(set(), Right.CANCEL)
    assert DEFAULT_AUTHORITY.allows({Role.AD, Role.NM}, Right.CANCEL)
    assert not DEFAULT_AUTHORITY.allows({Role.AD}, Right.OPEN_ORDER)


def test_a_refused_right_names_who_has_it() -> None:
    (blocker,) = verb("order.cancel").blockers(Subject(order=order()), actor(Role.OP), Policy())
    assert blocker.reason == "Cancel is for CS or NM."


def test_ids_commands_and_help_are_whole() -> None:
    assert len({v.id for v in VERBS}) == len(VERBS)
    for v in VERBS:
        assert v.help.endswith(".")
        assert v.is_changing != (v.answer is not None)
        assert v.id.endswith(v.command)


def do(v: Verb, subject: Subject, **raw: object):
    assert v.apply is not None
    return v.apply(subject, v.read(raw, subject, Policy()), context())


NOTE = verb("order.note")


def test_a_note_is_added_with_author_and_time() -> None:
    value = order(line(1), shipments=(shipment(),))
    outcome = do(NOTE, Subject(order=value), text="  rang back  ", about="shipment S-1")
    (note,) = outcome.order.notes
    assert (note.text, note.person, note.at, note.shipment, note.line) == (
        "rang back",
        "ana",
        NOON,
        "S-1",
        None,
    )
    assert outcome.summary == "Added a note to shipment S-1 of order 10427"
    again = do(NOTE, Subject(order=outcome.order), text="second", about="line 1")
    assert [n.number for n in again.order.notes] == [1, 2]
    assert again.order.notes[1].line == 1


@pytest.mark.parametrize(
    ("raw", "field", "message"),
    [
        ({"text": "   "}, "text", "is needed"),
        ({}, "text", "is needed"),
        ({"text": "x" * (MAX_NOTE + 1)}, "text", "at most 4000"),
        ({"text": "pay with 4111 1111 1111 1111"}, "text", "card number"),
        ({"text": "pay with 4111-1111-1111-1111 please"}, "text", "card number"),
        ({"text": "ok", "about": "line 7"}, "about", "choose line 1"),
        ({"text": "ok", "colour": "red"}, "colour", "does not ask"),
        ({"text": 3}, "text", "must be text"),
        ({"text": "a\0b"}, "text", "no text"),
        ({"text": "a\ud800b"}, "text", "no text"),
    ],
)
def test_a_note_that_cannot_be(raw: dict[str, object], field: str, message: str) -> None:
    with pytest.raises(ArgumentError, match=message) as refused:
        do(NOTE, Subject(order=order()), **raw)
    assert refused.value.name == field


def test_the_card_number_is_not_repeated_to_anybody() -> None:
    with pytest.raises(ArgumentError) as refused:
        do(NOTE, Subject(order=order()), text="4111111111111111")
    assert "4111" not in str(refused.value)


def test_claim_release_and_take_over() -> None:
    value = order()
    outcome = do(verb("order.claim"), Subject(order=value))
    claim = outcome.claim
    assert outcome.order is value
    assert (claim.person, claim.since, claim.until) == ("ana", NOON, NOON + timedelta(minutes=15))
    mine = Subject(order=value, claim=claim)
    (blocker,) = verb("order.claim").blockers(mine, actor(), Policy())
    assert blocker.fix == "order.release"
    assert do(verb("order.release"), mine).releases_claim
    bens = Claim(order_id=value.id, person="ben", since=NOON, until=NOON + timedelta(minutes=5))
    taken = do(verb("order.claim"), Subject(order=value, claim=bens))
    assert "ben has been working on it" in taken.warnings[0]
    (blocker,) = verb("order.release").blockers(Subject(order=value, claim=bens), actor(), Policy())
    assert "claimed by ben" in blocker.reason
    (blocker,) = verb("order.release").blockers(Subject(order=value), actor(), Policy())
    assert blocker.reason == "Nobody has claimed it."


STATUS = verb("order.status")


def text_of(value: object) -> str:
    assert STATUS.answer is not None
    return STATUS.answer(Subject(order=value), {}, context(Role.NM)).text  # type: ignore[arg-type]


def test_the_answer_says_where_it_is_and_what_comes_next() -> None:
    sent = shipment(shipped_at=NOON, carrier="DHL", tracking="JJD0099")
    value = order(
        line(1, LineStatus.SHIPPED, shipment="S-1"),
        line(2, LineStatus.CONFIRMED),
        shipments=(sent,),
        language="en",
    )
    text = text_of(value)
    assert "- 1 × Article 1: on its way" in text
    assert "- 1 × Article 2: being prepared" in text
    assert "Parcel: sent on 22 November 2026, DHL, tracking number JJD0099." in text
    assert "20.00" in text


@given(st.lists(st.sampled_from(LineStatus), min_size=1, max_size=5))
def test_the_answer_names_nothing_internal(statuses: list[LineStatus]) -> None:
    hold = Hold(
        number=1, kind=HoldKind.FRAUD, reason="Fraud: three countries", placed_at=NOON, placed_by="system"
    )
    value = order(*(line(n, s) for n, s in enumerate(statuses, 1)), holds=(hold,))
    text = text_of(value).lower()
    for internal in ("fraud", "hold", "review", "authoriz", "pending", "flow", "ber-1"):
        assert internal not in text


def test_an_answer_is_told_as_shown_not_as_copied() -> None:
    assert STATUS.answer is not None
    answer = STATUS.answer(Subject(order=order()), {}, context(Role.NM))
    assert answer.summary == "Showed the status of order 10427 in words for the customer"


def test_the_customers_time_is_the_business_zone() -> None:
    late = replace(order(), language="en", created=NOON.replace(hour=23, minute=30))
    answer = STATUS.answer
    assert answer is not None
    berlin = context(policy=Policy(time_zone="Europe/Berlin"))
    assert "of 23 November 2026" in answer(Subject(order=late), {}, berlin).text


def test_the_body_behind_a_key_is_the_same_for_the_same_intent() -> None:
    cancel = verb("order.cancel")
    subject = Subject(order=order(line(1), line(2)))
    first = cancel.read({"lines": ["2", "1:1"], "reason": "Duplicate"}, subject, Policy())
    second = cancel.read({"lines": [[1, 1], LinePart(2, 0)], "reason": "duplicate"}, subject, Policy())
    assert (
        canonical(first)
        == canonical(second)
        == {
            "lines": [[1, 1], [2, 0]],
            "note": None,
            "reason": "duplicate",
        }
    )


def test_the_verbs_of_every_key_have_a_word_for_what_they_are_about():
    assert set(GROUPS) == {one.key for one in VERBS}

"""Events on the wire: every kind there and back, and lines that are none."""

import io
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.domain.events import Event, EventKind
from oms_tui.domain.money import Money
from oms_tui.domain.status import UNDELIVERED_CAUSES
from oms_tui.exchange.ingest import json_schema, line_of, read_line
from oms_tui.exchange.ingest.reading import LONGEST, BadLine, GoodLine, Lines
from oms_tui.exchange.ingest.schema import KINDS, kind_of

K = EventKind
AT = datetime(2026, 11, 22, 8, 41, tzinfo=UTC)
MONEY = (
    K.AUTHORIZED,
    K.CAPTURED,
    K.VOIDED,
    K.REFUNDED,
    K.AUTHORIZATION_FAILED,
    K.CAPTURE_FAILED,
    K.REFUND_FAILED,
)
GOODS = (
    K.ACKNOWLEDGED,
    K.CONFIRMED,
    K.SHORT,
    K.PACKED,
    K.PICK_CANCELLED,
    K.SHIPPED,
    K.DELIVERED,
    K.UNDELIVERED,
)


def sent(kind="confirmed", **rest):
    """A line as somebody sends it."""
    given = {"event": kind, "id": "e-1", "order": "10427", "at": "2026-11-22T09:41:00+01:00"} | rest
    return json.dumps({name: value for name, value in given.items() if value is not None}).encode()


def paid(amount):
    return sent("captured", reference="r", amount=amount)


def whole(kind):
    """An event of that kind with everything it can say."""
    values = {"id": f"{kind.value} é 1", "kind": kind, "order_id": "10427", "at": AT}
    data = {}
    if kind in MONEY:
        values |= {"amount": Money(18490, "EUR"), "payment": 2, "reference": "r-1", "cause": "because"}
        data = {"operation": "3"}
    if kind is K.AUTHORIZED:
        data["expires_at"] = "2026-11-29T08:41:00+00:00"
    if kind in GOODS or kind is K.SENT_BACK:
        values |= {"shipment": "S-1", "lines": ((1, 2), (3, 0))}
    if kind is K.SHIPPED:
        data = {"carrier": "DHL", "tracking": "0034 0434"}
    if kind is K.UNDELIVERED:
        values["cause"] = "refused"
    if kind.value.startswith("return_"):
        data = {"return_id": "R1", "tracking": "T1", "return_point": "BER-1"}
        values |= {} if kind is K.RETURN_SHIPPED else {"lines": ((1, 1),)}
    if kind is K.RETURN_CREATED:
        data["reason 1"] = "damaged"
    if kind is K.RETURN_INSPECTED:
        data["condition 1"] = "used"
    return Event(**values, data=data)


@pytest.mark.parametrize("kind", EventKind)
def test_every_kind_goes_out_and_comes_back(kind):
    assert read_line(line_of(whole(kind))) == whole(kind)


def test_an_expiry_is_the_same_moment_in_every_offset():
    """So that the same event sent again from elsewhere is the same."""
    one, other = (
        read_line(sent("authorized", reference="r", expires_at=text))
        for text in ("2026-11-29T09:41:00+01:00", "2026-11-29T08:41:00Z")
    )
    assert one == other
    assert one.data["expires_at"] == "2026-11-29T08:41:00+00:00"


def test_there_is_a_struct_and_a_schema_for_every_kind_and_no_other():
    assert [kind_of(struct) for struct in KINDS] == list(dict.fromkeys(kind_of(s) for s in KINDS))
    assert {kind_of(struct) for struct in KINDS} == {kind.value for kind in EventKind}
    schema = json_schema()
    assert set(schema["discriminator"]["mapping"]) == {kind.value for kind in EventKind}
    for struct in KINDS:
        made = schema["$defs"][struct.__name__]
        assert made["additionalProperties"] is False
        assert {"event", "id", "order", "at"} <= set(made["required"])
    causes = set(schema["$defs"]["UndeliveredEvent"]["properties"]["cause"]["enum"])
    assert causes == {cause.value.removeprefix("undelivered_") for cause in UNDELIVERED_CAUSES}


BAD = {
    "no JSON": b"{not json",
    "half a line": sent()[:-5],
    "a list": b"[]",
    "a number": b"42",
    "no UTF-8": b'{"event":"\xff\xfe"}',
    "unknown kind": sent("teleported"),
    "no kind": json.dumps({"id": "e"}).encode(),
    "unknown field": sent(colour="red"),
    "field of another kind": sent(tracking="T1"),
    "no id": sent(id=None),
    "empty id": sent(id=""),
    "long id": sent(id="x" * 129),
    "id with a control character": sent(id="a\x1b[2Jb"),
    "id with NUL": sent(id="a\0b"),
    "order is a number": sent(order=10427),
    "no time": sent(at=None),
    "time without offset": sent(at="2026-11-22T09:41:00"),
    "time in words": sent(at="yesterday"),
    "time as a number": sent(at=1764000000),
    "time outside the calendar": sent(at="0001-01-01T00:00:00+14:00"),
    "expiry without offset": sent("authorized", reference="r", expires_at="2026-11-29T08:41:00"),
    "expiry outside the calendar": sent("authorized", reference="r", expires_at="0001-01-01T00:00:00+14:00"),
    "expiry of a capture": sent("captured", reference="r", expires_at="2026-11-29T08:41:00Z"),
    "quantity of nothing": sent(lines=[{"line": 1, "quantity": 0}]),
    "negative line": sent(lines=[{"line": -1}]),
    "half a piece": sent(lines=[{"line": 1, "quantity": 1.5}]),
    "too many lines": sent(lines=[{"line": 1}] * 1_001),
    "unknown field of a line": sent(lines=[{"line": 1, "colour": "red"}]),
    "amount as a number": paid(184.90),
    "amount in exponents": paid({"value": "1e5", "currency": "EUR"}),
    "negative amount": paid({"value": "-1.00", "currency": "EUR"}),
    "too many decimals": paid({"value": "1.005", "currency": "EUR"}),
    "decimals of a yen": paid({"value": "1.00", "currency": "JPY"}),
    "other digits": paid({"value": "\u0661\u0660", "currency": "EUR"}),
    "unknown currency": paid({"value": "1.00", "currency": "XXZ"}),
    "amount past all measure": paid({"value": "9" * 16, "currency": "EUR"}),
    "capture without reference": sent("captured"),
    "undelivered without cause": sent("undelivered", shipment="S-1"),
    "undelivered for no reason we know": sent("undelivered", shipment="S-1", cause="eaten"),
    "tracking with a control character": sent("shipped", shipment="S-1", tracking="T\n1"),
    "half a character": sent("cancel_requested", cause="\ud800"),
    "NUL in words": sent("cancel_requested", cause="a\0b"),
    "words without end": sent("cancel_requested", cause="a" * 501),
    "piled marks": sent("cancel_requested", cause="a" + "\u0301" * 60),
    "a return of nothing": sent("return_created", return_id="R1", lines=[]),
    "deep nesting": b"[" * 50_000,
}


@pytest.mark.parametrize("raw", BAD.values(), ids=BAD)
def test_what_is_no_event_is_refused_with_a_reason(raw):
    with pytest.raises(ValueError, match=r"\w"):
        read_line(raw)


def test_a_file_is_read_line_by_line_whatever_is_in_it():
    lines = [
        b"\xef\xbb\xbf" + sent(),
        b"",
        b"   ",
        b'{"event":"confirmed","cause":"' + b"x" * (LONGEST + 100),
        b"4111 1111 1111 1111",
        sent(id="e-2") + b"\r",
    ]
    reader = Lines(io.BytesIO(b"\n".join(lines)))
    found = list(reader)
    assert [type(one) for one in found] == [GoodLine, BadLine, BadLine, GoodLine]
    assert [one.number for one in found] == [1, 4, 5, 6]
    long, no_json = (one for one in found if isinstance(one, BadLine))
    assert "longer than" in long.reason
    assert len(long.text) < 3_000
    assert "1111 1111" not in no_json.text
    assert reader.count == 4
    assert reader.position == len(b"\n".join(lines))


@given(st.binary(max_size=200) | st.text(max_size=80).map(lambda text: sent(id=text, cause=text)))
def test_any_line_is_an_event_or_refused(raw):
    for one in Lines(io.BytesIO(raw)):
        assert isinstance(one, BadLine | GoodLine)

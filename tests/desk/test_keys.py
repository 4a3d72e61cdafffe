"""Keys of intents: what can be one, how long, and what body they stand for (invariants I1, I2, I4)."""

from datetime import timedelta
from uuid import UUID

import pytest

from oms_tui.desk.errors import BadInput
from oms_tui.desk.keys import body_digest, check_key
from oms_tui.verbs import LinePart
from tests.build import NOON


def time_ordered(at):
    milliseconds = int(at.timestamp() * 1000)
    return str(UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62 | 1234))


@pytest.mark.parametrize(
    "key", ["0f8a" * 8, "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "A" * 64, time_ordered(NOON)]
)
def test_what_can_be_a_key(key):
    check_key(key, NOON)


@pytest.mark.parametrize(
    "key", ["", "short", "x" * 65, "a key with blanks", "ключ-ключ-ключ-ключ", "a\n" * 10]
)
def test_what_cannot(key):
    with pytest.raises(BadInput):
        check_key(key, NOON)


def test_a_time_ordered_key_is_good_for_seven_days():
    check_key(time_ordered(NOON - timedelta(days=6, hours=23)), NOON)
    with pytest.raises(BadInput, match="more than 7 days"):
        check_key(time_ordered(NOON - timedelta(days=7, seconds=1)), NOON)
    with pytest.raises(BadInput, match="future"):
        check_key(time_ordered(NOON + timedelta(minutes=11)), NOON)


def test_one_body_has_one_digest_however_it_is_carried():
    parts = (LinePart(1, 2), LinePart(3, 0))
    digest = body_digest("order.cancel", "10427", 3, {"lines": parts, "reason": "fraud", "note": None})
    assert digest == body_digest("order.cancel", "10427", 3, {"reason": "fraud", "lines": [[1, 2], [3, 0]]})


def test_another_body_has_another_digest():
    bodies: list[tuple[str, str, int, dict[str, object]]] = [
        ("order.cancel", "10427", 3, {"reason": "fraud"}),
        ("order.cancel", "10427", 4, {"reason": "fraud"}),
        ("order.cancel", "10428", 3, {"reason": "fraud"}),
        ("order.note", "10427", 3, {"reason": "fraud"}),
        ("order.cancel", "10427", 3, {"reason": "duplicate"}),
        ("order.cancel", "10427", 3, {"reason": "fraud", "lines": [[1, 1]]}),
        ("order.cancel", "10427", 3, {"reason": "fraud", "lines": ["1:1"]}),
    ]
    assert len({body_digest(*body) for body in bodies}) == len(bodies)


def test_what_no_form_gives_is_no_body():
    with pytest.raises(BadInput, match="reason"):
        body_digest("order.cancel", "10427", 3, {"reason": 0.5})


def test_random_hex_digits_that_look_like_a_time_say_nothing_of_when():
    """Random keys have no hyphens: one in 64 has a version and variant of its own by chance."""
    for made in ("ffffffffffff7fff8fffffffffffffff", "00000000000070008000000000000000"):
        check_key(made, NOON)

"""Passwords: which are taken, how they are kept (invariants N1, N2)."""

import unicodedata

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type

from oms_tui.desk import passwords
from oms_tui.desk.errors import BadInput
from oms_tui.desk.passwords import Cost, Hasher, check_password

CHEAP = Cost(memory_kib=1024, rounds=1, lanes=1)

TAKEN = [
    "correct horse battery",
    "Gänse fliegen süd",
    "wärme trägt jede Jacke",
    "八月の夜は長くて静かだったのです",
    "zq8 vyx 7rm k0p",
    "tab\tand\x1b escape go",
    "x4!" * 2 + "a long phrase that nobody says " * 4,
]


@pytest.mark.parametrize("password", [*TAKEN, "月" * 3 + "が綺麗ですね、とは言わない夜"])
def test_any_characters_go_where_there_are_enough(password):
    check_password(password, "ana", "Ana Alvarez")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "at least 15"),
        ("zq8 vyx 7rm k0", "at least 15"),
        ("q" * 14, "at least 15"),
        ("x" * 1025, "at most 1,024"),
        ("1234567890123456", "easily guessed|common"),
        ("passwordpassword", "little more than"),
        ("qwertyuiopasdfgh", "easily guessed|common"),
        ("aaaaaaaaaaaaaaaa", "easily guessed"),
        ("Summer2026Summer2026", "easily guessed"),
        ("oms-tui oms-tui oms-tui", "little more than"),
        ("OrderManagement2026!", "little more than"),
        ("ana.alvarez.ana.2026", "little more than"),
    ],
)
def test_short_common_and_telling_passwords_are_refused(password, why):
    with pytest.raises(BadInput, match=why) as refused:
        check_password(password, "ana", "Ana Alvarez")
    assert refused.value.field == "password"
    assert not password or password not in str(refused.value)


def test_the_list_of_common_passwords_has_more_than_ten_thousand():
    assert len(passwords._common_passwords()) >= 10_000
    assert "password" in passwords._common_passwords()


def test_a_listed_password_is_refused_whatever_its_case(monkeypatch):
    monkeypatch.setattr(passwords, "_common_passwords", lambda: frozenset({"correct horse battery"}))
    with pytest.raises(BadInput, match="list of common passwords"):
        check_password("Correct HORSE battery")


def test_nothing_is_cut_off_a_long_password():
    hasher = Hasher(CHEAP)
    long = "a phrase of many words, " * 40
    kept = hasher.hash(long)
    assert hasher.verify(kept, long)
    assert not hasher.verify(kept, long[:-1])


def test_one_spelling_of_what_looks_the_same():
    hasher = Hasher(CHEAP)
    assert hasher.verify(hasher.hash(unicodedata.normalize("NFD", "Müller fährt heim")), "Müller fährt heim")


def test_half_a_character_pasted_does_no_harm():
    hasher = Hasher(CHEAP)
    assert not hasher.verify(hasher.hash("correct horse battery"), "\ud800 horse")


def test_hashes_are_argon2id_at_the_stronger_cost_by_default():
    kept = extract_parameters(Hasher().hash("correct horse battery"))
    assert kept.type is Type.ID
    assert (kept.memory_cost, kept.time_cost, kept.parallelism) == (65_536, 3, 4)
    least_memory, least_rounds = 19 * 1024, 2
    assert kept.memory_cost >= least_memory
    assert kept.time_cost >= least_rounds


def test_nobody_has_no_password():
    hasher = Hasher(CHEAP)
    assert not hasher.verify("", "")
    assert not hasher.verify("", "a password that nobody has")
    assert not hasher.verify("no hash at all", "correct horse battery")


def test_only_a_weaker_hash_is_made_anew():
    kept = Hasher(Cost(memory_kib=2048, rounds=2, lanes=1)).hash("correct horse battery")
    assert Hasher(Cost(memory_kib=4096, rounds=2, lanes=1)).needs_rehash(kept)
    assert Hasher(Cost(memory_kib=2048, rounds=3, lanes=1)).needs_rehash(kept)
    assert not Hasher(Cost(memory_kib=2048, rounds=2, lanes=1)).needs_rehash(kept)
    assert not Hasher(Cost(memory_kib=1024, rounds=1, lanes=1)).needs_rehash(kept)

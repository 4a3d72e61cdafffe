"""The key of the audit chain lies outside the database, in a file of its own (invariants A4, K1)."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from oms_tui.desk.audit_key import key_path, proof_of, read_or_make
from oms_tui.desk.errors import Unusable

ID = "0f8a"


def test_it_is_made_once_and_private(tmp_path):
    key = read_or_make(tmp_path / "state", ID, may_make=True)
    path = key_path(tmp_path / "state", ID)
    assert len(key) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert read_or_make(tmp_path / "state", ID, may_make=False) == key
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_two_programs_starting_together_use_one_key(tmp_path):
    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(lambda _: read_or_make(tmp_path, ID, may_make=True), range(32)))
    assert len(keys) == 1


def test_each_database_has_its_own(tmp_path):
    assert read_or_make(tmp_path, "one", may_make=True) != read_or_make(tmp_path, "two", may_make=True)


def test_a_missing_key_is_not_made_anew_but_asked_for(tmp_path):
    with pytest.raises(Unusable, match="copy it from the state folder") as refused:
        read_or_make(tmp_path, ID, may_make=False)
    assert str(key_path(tmp_path, ID)) in str(refused.value)
    assert not key_path(tmp_path, ID).exists()


def test_a_key_that_others_may_read_is_refused(tmp_path):
    read_or_make(tmp_path, ID, may_make=True)
    key_path(tmp_path, ID).chmod(0o640)
    with pytest.raises(Unusable, match="chmod 600"):
        read_or_make(tmp_path, ID, may_make=True)


def test_a_link_is_no_key(tmp_path):
    read_or_make(tmp_path, ID, may_make=True)
    path = key_path(tmp_path, ID)
    elsewhere = tmp_path / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    with pytest.raises(Unusable):
        read_or_make(tmp_path, ID, may_make=True)
    elsewhere.unlink()
    with pytest.raises((Unusable, OSError)):
        read_or_make(tmp_path, ID, may_make=True)


@pytest.mark.parametrize("content", [b"", b"not hex", b"ab" * 31])
def test_a_damaged_key_is_refused(tmp_path, content):
    read_or_make(tmp_path, ID, may_make=True)
    key_path(tmp_path, ID).write_bytes(content)
    with pytest.raises(Unusable, match="cannot be read"):
        read_or_make(tmp_path, ID, may_make=True)


def test_the_proof_tells_keys_apart_and_is_none(tmp_path):
    one, two = os.urandom(32), os.urandom(32)
    assert proof_of(one) == proof_of(one) != proof_of(two)
    assert one.hex() not in proof_of(one)

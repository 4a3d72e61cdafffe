"""How a customer's name is written."""

import pytest

from oms_tui.domain.order import Customer, full_name


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        ("Hans", "Müller", "Hans Müller"),
        ("太郎", "高橋", "高橋 太郎"),
        ("하은", "박", "박 하은"),
        ("Taro", "Takahashi", "Taro Takahashi"),
        ("ジョン", "スミス", "ジョン スミス"),
        ("محمد", "العتيبي", "محمد العتيبي"),
        ("", "高橋", "高橋"),
        ("Cher", "", "Cher"),
        ("", "", ""),
    ],
)
def test_a_family_name_stands_first_where_its_readers_write_it_so(first, last, name):
    assert full_name(first, last) == name
    assert Customer(first_name=first, last_name=last).name == name

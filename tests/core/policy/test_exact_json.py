import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from core.policy.exact_json import dumps, loads

_DATA = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.decimals(-(10**12), 10**12, places=4)),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), _DATA))
def test_what_is_written_reads_back_the_same(data):
    assert loads(dumps(data)) == data
    json.loads(dumps(data))


def test_decimals_are_plain_numbers_and_chinese_stays():
    assert (
        dumps({"总分": Decimal("84.990"), "x": [Decimal("1E+2")]}, 0).replace("\n", "") == '{"总分": 84.99,"x": [100]}'
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"total": 90, "total": 50}', "“total”"),
        ('{\n"total": 9', "第 2 行"),
        ("[" * 100000, "太深"),
        ('{"total": ' + "9" * 5000 + "}", "5000 位"),
    ],
)
def test_the_message_says_where(text, said):
    with pytest.raises(Refused, match=said):
        loads(text)


@pytest.mark.parametrize("text", ["", "[1]", "{", '{"a": NaN}', '{"a": 1, "a": 2}', "[" * 100000])
def test_what_is_no_object_is_refused(text):
    with pytest.raises(Refused):
        loads(text)

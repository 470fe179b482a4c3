"""Places in a round: equal totals share the better place, and a rule of data grades by share."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from core.policy.determination import checks_offered, determine
from core.policy.pack import load_region
from core.policy.places import asks_for_places, places_of
from tests.core.policy.packs import FILES, write_files

QUOTA = """
key = "demo"

[[ceilings]]
key = "quota"
name = "不在前百分之四十"
when = "rank > round_size * 40 / 100"
at_most = "unqualified"
clause = "第八条"
"""
FACTS = "".join(
    f'\n[[facts]]\nkey = "{key}"\nname = "{key}"\ntype = "whole"\nclause = "第八条"\n' for key in ("rank", "round_size")
)
LINES = FILES["policy/2022/grades.toml"].replace("at_most = 100", "at_most = 10").replace("= 60", "= 6")


def _policy(folder):
    files = {
        **{name: text for name, text in FILES.items() if "2022" not in name and "awards" not in name},
        "documents.toml": FILES["documents.toml"],
        "policy/2023/vetoes.toml": QUOTA,
        "policy/2023/facts.toml": FILES["policy/2023/facts.toml"] + FACTS,
        "policy/2023/grades.toml": LINES,
        "policy/2022/grades.toml": FILES["policy/2022/grades.toml"],
    }
    return load_region(write_files(folder, files)).version("2023")


def test_equal_totals_share_the_better_place():
    placed = places_of({"a": 3, "b": Decimal("9.5"), "c": 3, "d": 1})
    assert {who: one["rank"] for who, one in placed.items()} == {"b": 1, "a": 2, "c": 2, "d": 4}
    assert {one["round_size"] for one in placed.values()} == {4}
    assert places_of({}) == {}


@given(st.lists(st.integers(0, 20), max_size=12))
def test_a_place_says_how_many_did_better(totals):
    for who, one in places_of(dict(enumerate(totals))).items():
        assert one["rank"] == 1 + sum(other > totals[who] for other in totals)


def test_a_policy_may_grade_by_share_with_data_alone(tmp_path):
    policy = _policy(tmp_path)
    assert asks_for_places(policy)
    grades = [determine(policy, {"total": 8, "rank": rank, "round_size": 5}).grade for rank in (1, 2, 3)]
    assert grades == ["qualified", "qualified", "unqualified"]
    assert not {"rank", "round_size"} & {check.key for check in checks_offered(policy)}, "nobody is asked for a place"


def test_full_points_are_those_of_the_scheme(tmp_path):
    policy = _policy(tmp_path)
    assert determine(policy, {"total": 10, "rank": 1, "round_size": 5}).grade == "qualified"
    with pytest.raises(Refused, match="0 至 10"):
        determine(policy, {"total": 11})

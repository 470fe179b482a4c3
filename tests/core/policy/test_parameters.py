import pytest

from core.errors import Refused
from core.policy.parameters import Parameter

DAY = Parameter("day", "几日前", "whole", "第十四条", "text", value=25, unit="日", at_least=1, at_most=31)


@pytest.mark.parametrize("value", [1, 31, "15"])
def test_the_bounds_themselves_fit(value):
    assert DAY.with_value(value).value == int(value)


@pytest.mark.parametrize("value", [0, 32, "45"])
def test_what_lies_outside_the_bounds_is_refused_with_what_is_allowed_and_where_it_says_so(value):
    with pytest.raises(Refused, match="允许：整数，不少于 1 日，不多于 31 日（第十四条）") as refusal:
        DAY.with_value(value)
    assert refusal.value.fields == {"day": "值不对"}


@pytest.mark.parametrize(("basis", "value"), [("practice", 3), ("text", None)])
def test_a_bound_that_no_text_states_cites_no_clause(basis, value):
    assert Parameter("panel", "几位", "whole", "第十四条", basis, value=value, at_least=1).bounds == "不少于 1"


def test_a_written_value_outside_its_bounds_is_a_finding(tmp_path):
    from core.policy.pack import load_region
    from forms.findings import DefinitionError
    from tests.core.policy.packs import write_pack

    folder = write_pack(tmp_path)
    file = folder / "policy/2023/parameters.toml"
    text = file.read_text()
    file.write_text(text.replace('key = "amount"', 'key = "amount"\nat_least = 5\nvalue = 3', 1))
    with pytest.raises(DefinitionError, match="不少于 5"):
        load_region(folder)

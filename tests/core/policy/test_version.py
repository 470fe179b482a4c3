from datetime import date

import pytest

from core.errors import Refused
from core.policy.awards import award_for, award_terms
from core.policy.pack import load_region
from core.policy.version import NotCovered, PolicyVersion
from forms.findings import DefinitionError
from tests.core.policy.packs import write_pack


@pytest.fixture(name="pack")
def _pack(tmp_path):
    return load_region(write_pack(tmp_path))


def test_a_version_is_rebuilt_from_its_texts_alone(pack):
    again = PolicyVersion.from_sources("demo", "2023", dict(pack.newest.sources))
    assert again.sources == pack.newest.sources
    assert again.digest("indicators", "demo") == pack.newest.digest("indicators", "demo")
    assert again.document.number == "示〔2023〕1号"
    assert again.region_info.bureau == "示例市主管部门"


def test_texts_without_a_region_still_make_a_version(pack):
    only = {at: text for at, text in pack.newest.sources.items() if at[0] in {"facts", "vetoes"}}
    version = PolicyVersion.from_sources("demo", "2023", only)
    assert version.region_info.key == "demo"
    assert version.document is None


def test_unsound_texts_are_refused_with_kind_and_key(pack):
    sources = dict(pack.newest.sources)
    sources[("vetoes", "demo")] = sources[("vetoes", "demo")].replace('when = "late"', 'when = "early"')
    with pytest.raises(DefinitionError) as fault:
        PolicyVersion.from_sources("demo", "2023", sources)
    assert fault.value.findings[0].file == "vetoes/demo"


def test_sources_cannot_be_changed(pack):
    with pytest.raises(TypeError):
        pack.newest.sources[("facts", "demo")] = ""


@pytest.mark.parametrize(
    ("on", "version"),
    [
        ("2021-12-31", None),
        ("2022-01-01", "2022"),
        ("2022-12-31", "2022"),
        ("2023-01-01", "2023"),
        ("2040-01-01", "2023"),
    ],
)
def test_both_ends_of_the_period_in_force_are_included(pack, on, version):
    found = pack.in_force_on(date.fromisoformat(on))
    assert (found.version if found else None) == version


def test_a_parameter_without_a_value_is_asked_for_and_bound_late(pack):
    policy = pack.newest
    assert [p.key for p in policy.missing_parameters()] == ["amount"]
    before = award_for(award_terms(policy), "excellent", {})
    assert (before.eligible, before.yuan, before.missing_parameter) == (True, None, "amount")
    bound = policy.with_parameters({"amount": "120000"}, source="示政〔2022〕9号")
    assert award_for(award_terms(bound), "excellent", {}).yuan == 120000
    assert bound.parameter("amount").source == "示政〔2022〕9号"
    assert bound.sources == policy.sources
    assert policy.parameter("amount").value is None


@pytest.mark.parametrize("value", ["1.5", -1, "много", None, True])
def test_money_that_is_no_whole_yuan_is_refused(pack, value):
    with pytest.raises(Refused, match="金额"):
        pack.newest.with_parameters({"amount": value})


@pytest.mark.parametrize(("key", "value"), [("way", "median"), ("nothing", 1)])
def test_unknown_parameters_and_choices_are_refused_by_name(pack, key, value):
    with pytest.raises(Refused) as refusal:
        pack.newest.with_parameters({key: value})
    assert key in refusal.value.fields


def test_what_the_policy_does_not_say_is_said_so(pack):
    with pytest.raises(NotCovered):
        pack.newest.definition("panel")

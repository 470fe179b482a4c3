"""Every fault of a pack is found, at its file and key; the sound pack has none."""

import pytest

from core.policy.pack import check_region, load_region
from forms.findings import DefinitionError
from tests.core.policy.packs import FILES, broken, write_files, write_pack


def test_the_sound_pack_has_no_findings(tmp_path):
    assert check_region(write_pack(tmp_path)) == []


INDICATORS = "policy/2023/indicators.toml"
GRADES = "policy/2022/grades.toml"
HOLD = '[[holds]]\nkey = "hold"\nname = "甲"\nwhen = "corrective_action_open and not_running"\nclause = "第五条"\n'
SEEDED = [
    (INDICATORS, "weight_points = 6", "weight_points = 5", "indicators"),
    (INDICATORS, "weight_points = 10\ncount", "weight_points = 9\ncount", "groups.0.weight_points"),
    (INDICATORS, "count = 2", "count = 3", "groups.0.count"),
    (INDICATORS, 'group = "g"\nweight_points = 4', 'group = "h"\nweight_points = 4', "indicators.1.group"),
    (INDICATORS, "part / whole", "part / hole", "indicators.0.value"),
    (INDICATORS, "part / whole", "part / ", "indicators.0.value"),
    (INDICATORS, 'value = "part / whole * 100"\n', "", "indicators.0.value"),
    (INDICATORS, '"linear_to_best"', '"magic"', "indicators.0.method.key"),
    (INDICATORS, 'clause = "第四条", basis = "reading"', 'clause = "第四条"', "indicators.0.method"),
    (INDICATORS, 'key = "linear_to_best"', 'key = "linear_to_best", target = 5', "indicators.0.method"),
    (INDICATORS, 'key = "panel"', 'key = "linear_to_best"', "indicators.1.method.key"),
    (INDICATORS, 'type = "qualitative"', 'type = "vague"', "indicators.1.type"),
    (INDICATORS, 'name = "乙"', 'nmae = "乙"', "indicators.1.nmae"),
    (INDICATORS, 'code = "B"', 'code = "A"', "indicators"),
    (INDICATORS, 'form = "figures"', 'form = "other"', "form"),
    (INDICATORS, 'form = "figures"\n', 'form = "figures"\ncombine = "$unknown"\n', "combine"),
    (GRADES, "below = 60", "below = 59", "lines.0.at_least"),
    (GRADES, "below = 60", "below = 61", "lines.0.at_least"),
    (GRADES, "at_least = 0", "at_least = 1", "lines.1.at_least"),
    (GRADES, "at_most = 100", "at_most = 99", "lines.0.at_most"),
    (GRADES, "below = 60", "at_most = 60", "lines.1.below"),
    (GRADES, 'grade = "qualified"', 'grade = "unqualified"', "lines"),
    (GRADES, "at_least = 60", 'at_least = "60"', "lines.0.at_least"),
    (GRADES, 'below = 60\nclause = "第二条"', "below = 60", "lines.1.below"),
    ("policy/2023/parameters.toml", 'ask = "请录入金额和出处。"', "", "parameters.0.ask"),
    ("policy/2023/parameters.toml", 'value = "mean"', 'value = "median"', "parameters.1.value"),
    ("policy/2023/parameters.toml", 'allowed = ["mean", "trimmed_mean"]\n', "", "parameters.1.allowed"),
    ("policy/2023/parameters.toml", 'basis = "reading"', 'basis = "guess"', "parameters.1.basis"),
    ("policy/2023/vetoes.toml", 'when = "late"', 'when = "early"', "vetoes.0.when"),
    ("policy/2023/vetoes.toml", 'when = "late"', 'when = "late +"', "vetoes.0.when"),
    ("policy/2023/awards.toml", '"$amount"', '"$amounts"', "amounts.0.yuan"),
    ("policy/2023/awards.toml", 'yuan = "$amount"', "yuan = 0.5", "amounts.0.yuan"),
    ("policy/2023/awards.toml", 'clause = "第五条"\n', f'clause = "第五条"\n{HOLD}', "holds.0.when"),
    ("policy/2023/clocks.toml", 'name = "备案"\n', "", "clocks.0.name"),
    ("region.toml", "to = 2023-02-22", "to = 2023-02-19", "holidays.0.to"),
    ("region.toml", 'bureau = "示例市主管部门"\n', "", "bureau"),
    ("documents.toml", 'version = "2023"', 'version = "2024"', "documents"),
    ("forms/figures.toml", 'label = "全部"\n', "", "sections.0.fields.1.label"),
]


@pytest.mark.parametrize(("file", "old", "new", "key"), SEEDED)
def test_a_seeded_fault_is_found_where_it_is(tmp_path, file, old, new, key):
    found = check_region(broken(tmp_path, file, old, new))
    assert (file, key) in {(finding.file, finding.key) for finding in found}


def test_all_faults_of_all_files_come_at_once(tmp_path):
    files = dict(FILES)
    files[GRADES] = files[GRADES].replace('name = "合格"', 'nane = "合格"')
    files["region.toml"] = files["region.toml"].replace('name = "示例市"', "name = 5")
    files["policy/2023/extra.toml"] = 'key = "demo"'
    with pytest.raises(DefinitionError) as fault:
        load_region(write_files(tmp_path, files))
    places = {(finding.file, finding.key) for finding in fault.value.findings}
    assert {(GRADES, "lines.0.nane"), ("region.toml", "name"), ("policy/2023/extra.toml", "-")} <= places


def test_an_unknown_key_names_the_allowed_ones(tmp_path):
    (finding,) = [f for f in check_region(broken(tmp_path, GRADES, "at_most", "atmost")) if f.key.endswith("atmost")]
    assert "at_most" in finding.allowed


@pytest.mark.parametrize(
    ("name", "content", "key"),
    [
        ("policy/2023/broken.toml", "a = ", "-"),
        ("policy/2023/nokey.toml", "a = 1", "key"),
        ("policy/2023/clocks/again.toml", FILES["policy/2023/clocks.toml"], "key"),
    ],
)
def test_a_file_that_is_no_definition_is_named(tmp_path, name, content, key):
    write_pack(tmp_path)
    write_files(tmp_path, {name: content})
    assert (name, key) in {(finding.file, finding.key) for finding in check_region(tmp_path)}


def test_a_file_in_another_encoding_is_named(tmp_path):
    write_pack(tmp_path)
    (tmp_path / "region.toml").write_bytes('key = "秦"'.encode("gbk"))
    assert "region.toml" in {finding.file for finding in check_region(tmp_path)}


def test_a_folder_without_a_region_says_so(tmp_path):
    assert {finding.key for finding in check_region(tmp_path)} == {"-"}


def test_full_points_of_the_scheme_bound_the_lines_and_deductions_do_not_count(tmp_path):
    deduction = """
[[indicators]]
code = "C"
name = "丙"
group = "less"
weight_points = -5
type = "qualitative"
clause = "第三条"

[[groups]]
key = "less"
name = "扣分项"
weight_points = -5
clause = "第三条"
"""
    files = {**FILES, INDICATORS: FILES[INDICATORS] + deduction, "policy/2023/grades.toml": FILES[GRADES]}
    (found,) = check_region(write_files(tmp_path, files))
    assert (found.file, found.key, found.allowed) == ("policy/2023/grades.toml", "lines.0.at_most", "at_most = 10")

"""`kaoping policy check` names every planted defect of a pack at its file and key."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from core.cli import main
from core.policy.new_region import write_region

P = "policy/2024/"
S, G, W, F = P + "indicators.toml", P + "grades.toml", P + "workflow.toml", "forms/evaluation.toml"
C = "cases/examples.toml"

# what is planted: file, text, what it becomes → file (where another) and key that must be named
DEFECTS = [
    # weights
    (S, "weight_points = 20 ", "weight_points = 21 ", S, "indicators"),
    (S, "weight_points = 40 ", "weight_points = 45 ", S, "groups.0.weight_points"),
    (S, 'code = "A1"\nname = "场地面积"  # 填：二级指标名称\ngroup = "foundation"', 'code = "A1"\nname = "场地面积"\ngroup = "base"', S, "indicators.0.group"),
    # lines
    (G, "below = 85 ", "below = 84 ", G, "lines.0.at_least"),
    (G, "at_most = 100", "at_most = 99", G, "lines.0.at_most"),
    (G, "at_least = 0\n", "at_least = 10\n", G, "lines.3.at_least"),
    (G, 'grade = "good"', 'grade = "excellent"', G, "lines"),
    # dead ends and other faults of the workflow
    (W, 'to = "city_review"', 'to = "mayor"', W, "stages.1.actions.0.to"),
    (W, 'to = "closed"\neffect = "close"', 'to = "determination"\neffect = "close"', W, "stages.5"),
    (W, 'start = "fill"', 'start = "begin"', W, "start"),
    (W, 'role = "expert"', 'role = "wizard"', W, "stages.3.role"),
    (W, 'kind = "expert_panel"', 'kind = "jury"', W, "stages.3.kind"),
    (W, 'key = "city_review"', 'key = "district_review"', W, "stages.2.key"),
    (W, 'needs = ["reasons"]', 'needs = ["money"]', W, "stages.1.actions.1.needs"),
    (W, 'field = "submission_deadline"', 'field = "someday"', W, "stages.0.clock.field"),
    (W, 'parameter = "notice_working_days"', 'parameter = "notice_days"', W, "stages.5.clock.parameter"),
    (W, 'form = "evaluation"\nclause = "第九条"', 'form = "questionnaire"\nclause = "第九条"', W, "stages.0.form"),
    (P + "procedures.toml", 'workflow = "evaluation"', 'workflow = "other"', P + "procedures.toml", "procedures.0.workflow"),
    (P + "procedures.toml", 'form = "evaluation"', 'form = "other"', P + "procedures.toml", "procedures.0.form"),
    # missing clauses
    (G, 'below = 85  # 填：与上一档的 at_least 相同\nclause = "第十二条"', "below = 85", G, "lines.1.clause"),
    (W, 'clause = "第九条"', 'note = "无"', W, "stages.0.clause"),
    (P + "panel.toml", 'minimum = 3  # 填：最少几位专家\nclause = "第十一条"', "minimum = 3", P + "panel.toml", "minimum"),
    (S, 'target = 1000, clause = "第七条", basis', "target = 1000, basis", S, "indicators.0.method"),
    # formulas
    (S, "service_staff / tenants * 100", "service_staff / tenant * 100", S, "indicators.1.value"),
    (S, "service_staff / tenants * 100", "service_staff / * 100", S, "indicators.1.value"),
    (P + "vetoes.toml", 'when = "integrity_breach"', 'when = "bad_credit"', P + "vetoes.toml", "ceilings.0.when"),
    # methods and parameters
    (S, '"linear_to_target", target = 1000', '"linear_to_target"', S, "indicators.0.method"),
    (S, '"linear_to_best"', '"lottery"', S, "indicators.2.method.key"),
    (P + "notice.toml", '"$notice_working_days"', '"$notice_days"', P + "notice.toml", "length"),
    (P + "parameters.toml", "value = 5 ", 'value = "五" ', P + "parameters.toml", "parameters.0.value"),
    (P + "notice.toml", "enabled = true", "enable = true", P + "notice.toml", "enable"),
    # forms
    (F, 'type = "decimal"', 'type = "number"', F, "sections.1.fields.0.type"),
    (F, 'key = "tenants"', 'key = "area_m2"', F, "sections.1.fields.2.key"),
    (F, 'parts = ["new_tenants"]', 'parts = ["newcomers"]', F, "parts.0.parts"),
    (F, 'label = "场地面积"\n', "", F, "sections.1.fields.0.label"),
    # documents, region
    ("documents.toml", 'version = "2024"', 'version = "2023"', "documents.toml", "documents"),
    ("region.toml", "bureau", "buro", "region.toml", "buro"),
    # worked examples
    (C, 'grade = "good" }', 'grade = "excellent" }', C, "case.1"),
    (C, 'ask = "scheme"', 'ask = "schema"', C, "case.0"),
    (C, "given = { total = 85 }", "givn = { total = 85 }", C, "case.2.givn"),
    (C, 'region = "linhai"', 'region = "haicheng"', C, "region"),
]


@pytest.fixture
def pack(tmp_path):
    """A sound pack, as `kaoping new-region` writes it."""
    write_region(tmp_path, "linhai", 2024)
    return tmp_path / "linhai" / "kaoping_linhai"


def _check(pack: Path):
    return CliRunner().invoke(main, ["policy", "check", str(pack)])


def test_the_sound_pack_has_nothing(pack):
    assert (_check(pack).exit_code, _check(pack).stdout) == (0, "没有毛病\n")


def test_there_are_enough_defects_of_every_sort():
    assert len(DEFECTS) >= 25


@pytest.mark.parametrize(("file", "old", "new", "place", "key"), DEFECTS)
def test_a_planted_defect_is_named_at_file_and_key(pack, file, old, new, place, key):
    text = (pack / file).read_text(encoding="utf-8")
    assert old in text, "the defect must be planted"
    (pack / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    result = _check(pack)
    assert result.exit_code == 1
    assert re.search(rf"^{re.escape(place)}: {re.escape(key)}: ", result.stdout, re.M), result.stdout
    count = int(result.stdout.splitlines()[-1].split()[0])
    assert count == len(result.stdout.splitlines()) - 1


def test_all_defects_of_all_files_are_named_at_once(pack):
    wanted = [DEFECTS[4], DEFECTS[7], DEFECTS[31], DEFECTS[36]]
    for file, old, new, _, _ in wanted:
        text = (pack / file).read_text(encoding="utf-8")
        (pack / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    told = _check(pack).stdout
    for _, _, _, place, _ in wanted[1:]:
        assert f"{place}: " in told


def test_schema_prints_json_and_names_the_kinds():
    one = CliRunner().invoke(main, ["policy", "schema", "workflow"])
    assert json.loads(one.stdout)["title"] == "workflow"
    assert "form" in json.loads(CliRunner().invoke(main, ["policy", "schema"]).stdout)
    unknown = CliRunner().invoke(main, ["policy", "schema", "horoscope"])
    assert (unknown.exit_code, len(unknown.stderr.strip().splitlines())) == (2, 1)
    assert "workflow" in unknown.stderr

"""`kaoping policy` as people and programs call it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from core.cli import main
from tests.core.policy.packs import broken, write_pack


def _run(*arguments: str, given: str = ""):
    return CliRunner().invoke(main, ["policy", *arguments], input=given)


def test_ask_answers_in_exact_json():
    result = _run(
        "ask", "qinhuangdao", "score", given='{"expert_totals": [86, 85, 83], "resident_tech_enterprises": 15}'
    )
    assert result.exit_code == 0
    assert '"total": 84.67' in result.stdout
    assert json.loads(result.stdout)["grade"] == "good"
    assert "\\u" not in result.stdout


def test_an_exact_number_survives_the_way_in_and_out():
    given = '{"method": "linear_to_best", "max_points": 1, "values": [0.1, "0.3", 0.29999999999999999999]}'
    assert json.loads(_run("ask", "national", "scoring", given=given).stdout)["points"] == [0.33, 1, 1]


@pytest.mark.parametrize(
    ("given", "field"), [('{"total": 101}', "total"), ('{"flood": true}', "flood"), ("not json", None), ("[]", None)]
)
def test_a_refused_input_is_answered(given, field):
    result = _run("ask", "qinhuangdao", "determination", given=given)
    answer = json.loads(result.stdout)
    assert (result.exit_code, answer["accepted"]) == (0, False)
    assert field is None or field in answer["fields"]
    assert answer["messages"]


def test_no_input_is_an_empty_object():
    assert json.loads(_run("ask", "qinhuangdao", "scheme").stdout)["total_weight"] == 100


@pytest.mark.parametrize(("region", "question"), [("atlantis", "scheme"), ("qinhuangdao", "horoscope")])
def test_an_unknown_region_or_question_is_one_line_and_exit_2(region, question):
    result = _run("ask", region, question, given="{}")
    assert (result.exit_code, result.stdout) == (2, "")
    assert len(result.stderr.strip().splitlines()) == 1


def test_on_reads_the_rules_of_that_day():
    assert json.loads(_run("ask", "qinhuangdao", "validity", "--on", "2023-01-16").stdout)["in_force"] is False
    assert _run("ask", "qinhuangdao", "validity", "--on", "yesterday").exit_code == 2


def test_the_shipped_examples_pass():
    result = _run("test")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].endswith(" passed, 0 failed")
    assert int(result.stdout.split()[0]) >= 41


def test_failed_examples_are_told_one_a_line(tmp_path):
    (tmp_path / "c.toml").write_text(
        'region = "qinhuangdao"\n'
        '[[case]]\nid = "ok"\nask = "determination"\ngiven = { total = 90 }\nexpect = { grade = "excellent" }\n'
        '[[case]]\nid = "bad"\nask = "determination"\ngiven = { total = 90 }\nexpect = { grade = "good", total = 91 }\n'
        '[[case]]\nid = "odd"\nask = "horoscope"\nexpect = {}\n',
        encoding="utf-8",
    )
    result = _run("test", str(tmp_path))
    lines = result.stdout.splitlines()
    assert (result.exit_code, lines[-1], len(lines)) == (1, "1 passed, 2 failed", 3)
    assert '应为 "good"，得到 "excellent"' in lines[0]


def test_a_broken_case_file_fails_and_a_missing_path_is_told(tmp_path):
    (tmp_path / "c.toml").write_text("a =", encoding="utf-8")
    assert _run("test", str(tmp_path / "c.toml")).stdout.splitlines()[-1] == "0 passed, 1 failed"
    assert _run("test", str(tmp_path / "nothing.toml")).exit_code == 2


def test_check_tells_file_and_key(tmp_path):
    assert _run("check", str(write_pack(tmp_path / "sound"))).exit_code == 0
    result = _run("check", str(broken(tmp_path / "broken", "region.toml", "bureau", "bereau")))
    assert result.exit_code == 1
    assert "region.toml: bereau" in result.stdout


def test_check_looks_into_the_workflow(tmp_path):
    folder = write_pack(tmp_path)
    (folder / "policy/2023/workflow.toml").write_text(
        'key = "demo"\nname = "流程"\nprocedure = "demo"\nstart = "a"\n[[stages]]\nkey = "a"\nname = "填报"\nkind = "fill"\n'
        'role = "carrier_clerk"\nscope = "carrier"\nform = "figures"\nclause = "第一条"\n'
        '[[stages.actions]]\nkey = "go"\nname = "提交"\nto = "nowhere"\neffect = "submit"\n',
        encoding="utf-8",
    )
    result = _run("check", str(folder))
    assert "policy/2023/workflow.toml: stages.0.actions.0.to" in result.stdout


def test_policy_needs_neither_flask_nor_the_database():
    script = (
        "import sys, core.cli.policy; from core.plugin_manager import PluginManager; "
        "PluginManager().ask('qinhuangdao', 'determination', {'total': 90}); "
        "print([m for m in ('flask', 'peewee', 'huey', 'wtforms') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"

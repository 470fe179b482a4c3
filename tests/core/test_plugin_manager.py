"""A plugin that is broken in any way is reported by name and takes nobody else down."""

from __future__ import annotations

import threading
import time
from datetime import date
from importlib.metadata import EntryPoint
from types import SimpleNamespace

import pytest

import plugins.qinhuangdao as qinhuangdao
from core.cases.authoring_words import COLUMN_KINDS, FIELD_KINDS, METHOD_NAMES, STAGE_KINDS
from core.contributions import CONTRIBUTIONS
from core.errors import CalendarMissing, Refused
from core.hookspecs import (
    BadInput,
    Calendar,
    FieldType,
    Question,
    RegionSource,
    ScoringMethod,
    StageKind,
    hookimpl,
)
from core.plugin_manager import PluginManager, UnknownRegion
from core.policy.calendar import WorkingCalendar
from core.policy.version import PolicyVersion
from core.workflow.decision import decide
from core.workflow.definition import load_workflow
from forms.compile import compiled
from forms.definition import load_form
from forms.findings import DefinitionError
from tests.core.policy.packs import FILES, broken, write_files, write_pack


@pytest.fixture(autouse=True)
def registries():
    """What these plugins bring is forgotten afterwards."""
    kept = [(what.registry, dict(what.registry)) for what in CONTRIBUTIONS]
    yield
    for registry, before in kept:
        registry.clear()
        registry.update(before)


def _plugin(**hooks):
    return type("Plugin", (), {name: staticmethod(hookimpl(function)) for name, function in hooks.items()})


def _manager(**found):
    return PluginManager([*found.items(), ("qinhuangdao", qinhuangdao)])


def _raise(*_):
    raise RuntimeError("boom")


def test_the_installed_plugins_have_no_problems():
    manager = PluginManager()
    assert manager.problems == []
    assert {"national", "qinhuangdao"} <= set(manager.regions)


def test_a_good_region_comes_in(tmp_path):
    manager = _manager(demo=_plugin(kaoping_region=lambda: write_pack(tmp_path)))
    assert manager.region("demo").newest.version == "2023"


@pytest.mark.parametrize(
    "plugin",
    [
        _plugin(kaoping_region=_raise),
        _plugin(kaoping_region=lambda: 5),
        _plugin(kaoping_scoring_methods=_raise),
        _plugin(kaoping_scoring_methods=lambda: [5]),
        _plugin(kaoping_scoring_methods=lambda: [ScoringMethod("panel", "重名")]),
        _plugin(kaoping_questions=lambda: [Question("score", "重名", _raise)]),
        _plugin(kaoping_nothing=lambda: None),
        SimpleNamespace(__hash__=None),
    ],
)
def test_a_broken_plugin_is_named_and_the_others_go_on(plugin):
    manager = _manager(broken=plugin)
    assert [problem.plugin for problem in manager.problems] == ["broken"]
    assert manager.ask("qinhuangdao", "determination", {"total": 90})["grade"] == "excellent"


def test_broken_data_is_placed_at_file_and_key(tmp_path):
    folder = broken(tmp_path, "policy/2022/grades.toml", "below = 60", "below = 59")
    manager = _manager(demo=_plugin(kaoping_region=lambda: folder))
    (problem,) = manager.problems
    assert (problem.plugin, problem.file, problem.key) == ("demo", "policy/2022/grades.toml", "lines.0.at_least")
    with pytest.raises(UnknownRegion, match="grades"):
        manager.region("demo")


def test_a_region_cannot_be_brought_twice(tmp_path):
    plugin = _plugin(kaoping_region=lambda: write_pack(tmp_path))
    manager = PluginManager([("one", plugin), ("two", _plugin(kaoping_region=lambda: tmp_path))])
    assert [problem.plugin for problem in manager.problems] == ["two"]
    assert "demo" in manager.regions


def test_a_method_of_a_plugin_scores_its_region(tmp_path):
    name = "policy/2023/indicators.toml"
    files = {**FILES, name: FILES[name].replace('"linear_to_best"', '"all_or_nothing"')}
    plugin = _plugin(
        kaoping_region=lambda: RegionSource(write_files(tmp_path, files)),
        kaoping_scoring_methods=lambda: [
            ScoringMethod("all_or_nothing", "有即满分", lambda v, most, s, b: most if v else v)
        ],
        kaoping_questions=lambda: [Question("name", "名称", lambda asked: {"name": asked.policy.region_info.name})],
    )
    manager = _manager(demo=plugin)
    assert manager.problems == []
    given = {"method": "all_or_nothing", "max_points": 6, "values": [0, 2]}
    assert manager.ask("demo", "scoring", given)["points"] == [0, 6]
    assert manager.ask("demo", "name", {}) == {"name": "示例市"}


def test_an_unknown_region_names_the_known_ones():
    with pytest.raises(UnknownRegion, match="qinhuangdao"):
        _manager().region("atlantis")


@pytest.fixture
def hanging():
    """Something that does not come back while the test runs."""
    waiting = threading.Event()
    yield waiting.wait
    waiting.set()


def test_a_hook_that_hangs_is_given_up_and_the_others_go_on(hanging, tmp_path):
    plugin = _plugin(kaoping_questions=lambda: list(hanging() or ()), kaoping_region=lambda: write_pack(tmp_path))
    before = time.monotonic()
    manager = PluginManager([("slow", plugin), ("qinhuangdao", qinhuangdao)], patience=0.2)
    assert time.monotonic() - before < 5
    (problem,) = manager.problems
    assert (problem.plugin, problem.key) == ("slow", "kaoping_questions")
    assert "没有返回" in problem.message
    assert set(manager.regions) == {"national", "qinhuangdao"}


def test_reading_what_a_hook_gives_is_bounded_too(hanging):
    def endless():
        yield ScoringMethod("one", "一", lambda *given: given[0])
        hanging()

    manager = PluginManager([("slow", _plugin(kaoping_scoring_methods=endless))], patience=0.2)
    assert [problem.key for problem in manager.problems] == ["kaoping_scoring_methods"]
    assert "one" not in manager.methods


def _installed(tmp_path, monkeypatch, module, source):
    """An entry point to a module written for the test."""
    (tmp_path / f"{module}.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return EntryPoint(module, module, "kaoping.regions")


def test_an_import_that_hangs_is_waited_for_only_once(tmp_path, monkeypatch):
    source = "import threading\nthreading.Event().wait(3)\n"
    point = _installed(tmp_path, monkeypatch, "region_that_hangs", source)
    first = PluginManager([("hangs", point)], patience=0.2)
    before = time.monotonic()
    second = PluginManager([("hangs", point)], patience=30)
    assert time.monotonic() - before < 2
    assert [str(problem) for problem in second.problems] == [str(problem) for problem in first.problems]
    assert "没有返回" in str(second.problems[0])


@pytest.mark.parametrize("source", ["import nothing_of_that_name", "raise SystemExit(3)", "def broken(:", "1 / 0"])
def test_a_module_that_cannot_be_imported_is_named(tmp_path, monkeypatch, source):
    point = _installed(tmp_path, monkeypatch, f"region_{abs(hash(source))}", source)
    manager = PluginManager([("bad", point), ("qinhuangdao", qinhuangdao)], regions=False)
    assert [problem.plugin for problem in manager.problems] == ["bad"]
    assert manager.methods


@pytest.mark.parametrize("name", ["qinhuangdao", "core", "core.policy"])
def test_a_name_that_is_taken_is_told(name):
    manager = PluginManager([("qinhuangdao", qinhuangdao), (name, _plugin(kaoping_region=_raise))])
    assert [problem.plugin for problem in manager.problems] == [name]
    assert "qinhuangdao" in manager.regions


class PlateNumber(FieldType):
    """车牌号 for these tests."""

    key = "plate_number"
    label = "车牌号"

    def from_text(self, text, spec):
        if len(text) != 7:
            raise BadInput("车牌号是 7 位，请核对")
        return text.upper()


class Undrawable(PlateNumber):
    """A type with a control that nobody draws."""

    control = "hologram"


@pytest.mark.parametrize(
    "plugin",
    [
        _plugin(kaoping_field_types=lambda: [Undrawable()]),
        _plugin(kaoping_field_types=lambda: [FieldType()]),
        _plugin(kaoping_field_types=lambda: [PlateNumber]),
        _plugin(kaoping_stage_kinds=lambda: [StageKind("joint", "联合审核", like="nothing")]),
        _plugin(kaoping_stage_kinds=lambda: [StageKind("review", "审核", like="review")]),
        _plugin(kaoping_calendars=lambda: [Calendar("mine", "日历", None)]),
        _plugin(kaoping_calendars=lambda: 5),
        _plugin(kaoping_scoring_methods=lambda: [ScoringMethod("nothing", "没有算法")]),
        _plugin(kaoping_questions=lambda: [Question("Bad Key", "键不对", lambda asked: {})]),
    ],
)
def test_what_cannot_be_taken_is_refused_with_what_is_allowed(plugin):
    manager = _manager(broken=plugin)
    assert [problem.plugin for problem in manager.problems] == ["broken"]
    assert manager.problems[0].key.startswith("kaoping_")
    assert "qinhuangdao" in manager.regions


def test_a_field_type_of_a_plugin_reads_and_refuses():
    manager = _manager(demo=_plugin(kaoping_field_types=lambda: [PlateNumber()]))
    assert manager.problems == []
    form = compiled(load_form(FILES["forms/figures.toml"].replace('"integer"', '"plate_number"', 1), "f.toml"))
    assert form.check({"part": "沪A12345", "whole": 1}, {}) == {}
    read = form.from_json({"part": "沪", "whole": 1})
    assert "7 位" in str(form.check(read.answers, {}, read.raw)["part"])


WORKFLOW = """
key = "demo"
name = "流程"
procedure = "demo"
start = "joint"
[[stages]]
key = "joint"
name = "联合审核"
kind = "joint_review"
role = "city_reviewer"
clause = "第一条"
[[stages.actions]]
key = "forward"
name = "同意"
to = "end"
effect = "forward"
[[stages]]
key = "end"
name = "办结"
kind = "closed"
"""


def _joint(**more):
    return _plugin(kaoping_stage_kinds=lambda: [StageKind("joint_review", "联合审核", like="review", **more)])


def test_a_stage_kind_of_a_plugin_behaves_like_the_core_s_and_may_refuse():
    def two_words(stage, action, given, facts):
        return "" if "opinion" in given else "联合审核要写明各部门的意见。"

    with pytest.raises(DefinitionError, match="joint_review"):
        load_workflow(WORKFLOW)
    _manager(demo=_joint(refusal=two_words))
    workflow = load_workflow(WORKFLOW)
    stage = workflow.stage("joint")
    assert (stage.kind, stage.own_kind) == ("review", "joint_review")
    city = frozenset({"city_reviewer"})
    with pytest.raises(Refused, match="各部门的意见"):
        decide(workflow, "joint", "forward", city, frozenset(), {})
    assert decide(workflow, "joint", "forward", city, frozenset({"opinion"}), {}).target.key == "end"


def test_a_stage_kind_that_raises_stops_only_that_action():
    _manager(demo=_joint(refusal=_raise))
    with pytest.raises(Refused, match=r"joint_review.*boom"):
        decide(load_workflow(WORKFLOW), "joint", "forward", frozenset({"city_reviewer"}), frozenset(), {})


@pytest.mark.parametrize(("lint", "told"), [(lambda stage: ["要两位经办人"], "两位经办人"), (_raise, "boom")])
def test_the_lint_of_a_stage_kind_is_told_at_its_stage(lint, told):
    _manager(demo=_joint(lint=lint))
    with pytest.raises(DefinitionError, match=rf"stages.0: .*{told}"):
        load_workflow(WORKFLOW)


def test_a_calendar_of_a_plugin_answers_for_a_year_that_the_package_lacks():
    def works(day):
        if day.year != 2031:
            raise CalendarMissing([day.year])
        return day.weekday() < 5 and day != date(2031, 1, 1)

    with pytest.raises(CalendarMissing):
        WorkingCalendar().is_working_day(date(2031, 1, 1))
    _manager(
        bad=_plugin(kaoping_calendars=lambda: [Calendar("bad", "坏日历", _raise)]),
        demo=_plugin(kaoping_calendars=lambda: [Calendar("of_2031", "2031 年", works)]),
    )
    assert WorkingCalendar().deadline(date(2030, 12, 31), 1) == date(2031, 1, 2)
    assert WorkingCalendar().is_working_day(date(2023, 1, 28))
    with pytest.raises(CalendarMissing, match="2032"):
        WorkingCalendar().is_working_day(date(2032, 1, 1))


def test_a_question_and_a_method_that_raise_name_their_plugin(tmp_path):
    name = "policy/2023/indicators.toml"
    files = {**FILES, name: FILES[name].replace('"linear_to_best"', '"raising"')}
    plugin = _plugin(
        kaoping_region=lambda: write_files(tmp_path, files),
        kaoping_scoring_methods=lambda: [ScoringMethod("raising", "出错", _raise)],
        kaoping_questions=lambda: [Question("raising", "出错", _raise)],
    )
    manager = _manager(demo=plugin)
    assert manager.problems == []
    for question, given in (("raising", {}), ("scoring", {"method": "raising", "max_points": 6, "values": [1]})):
        answer = manager.ask("demo", question, given)
        assert answer["accepted"] is False
        assert "插件 demo" in answer["messages"][0]
        assert "boom" in answer["messages"][0]


def test_a_workflow_with_a_dead_end_keeps_its_region_out(tmp_path):
    folder = write_pack(tmp_path)
    circle = WORKFLOW.replace("joint_review", "review").replace('to = "end"', 'to = "joint"')
    (folder / "policy/2023/workflow.toml").write_text(circle, encoding="utf-8")
    manager = _manager(demo=_plugin(kaoping_region=lambda: folder))
    places = {(problem.plugin, problem.file, problem.key) for problem in manager.problems}
    assert ("demo", "policy/2023/workflow.toml", "stages.0") in places
    assert "demo" not in manager.regions


def test_what_a_plugin_brings_is_known_to_stored_definitions_and_to_the_editors(tmp_path):
    name = "policy/2023/indicators.toml"
    files = {**FILES, name: FILES[name].replace('"linear_to_best"', '"all_or_nothing"')}
    plugin = _plugin(
        kaoping_region=lambda: write_files(tmp_path, files),
        kaoping_scoring_methods=lambda: [ScoringMethod("all_or_nothing", "有即满分", lambda v, most, s, b: most)],
        kaoping_field_types=lambda: [PlateNumber()],
        kaoping_stage_kinds=lambda: [StageKind("joint_review", "联合审核", like="review")],
    )
    sources = dict(_manager(demo=plugin).region("demo").newest.sources)
    assert "all_or_nothing" in PolicyVersion.from_sources("demo", "2023", sources).methods
    assert ("all_or_nothing", "有即满分") in METHOD_NAMES
    assert ("plate_number", "车牌号") in FIELD_KINDS
    assert ("plate_number", "车牌号") in COLUMN_KINDS
    assert ("joint_review", "联合审核") in STAGE_KINDS


def test_a_check_of_a_plugin_is_known_and_may_be_named(tmp_path):
    from core.policy.builtins import SUBMISSION_CHECKS
    from core.policy.submission_checks import Checked, SubmissionCheck

    check = SubmissionCheck("staffed_demo", "专职人员", lambda _: Checked(facts={"staffed": True}))
    try:
        manager = _manager(demo=_plugin(kaoping_submission_checks=lambda: [check]))
        assert manager.problems == [] and manager.brought["demo"] == {"提交核对": ["staffed_demo"]}
        assert SUBMISSION_CHECKS["staffed_demo"].run(None).facts == {"staffed": True}
    finally:
        SUBMISSION_CHECKS.pop("staffed_demo", None)


@pytest.mark.parametrize("offered", [["eligibility"], "taken", _raise])
def test_a_check_that_cannot_be_taken_is_told_and_the_built_in_stays(offered):
    from core.policy.builtins import SUBMISSION_CHECKS
    from core.policy.submission_checks import Checked, SubmissionCheck

    own = SUBMISSION_CHECKS["eligibility"]
    taken = [SubmissionCheck("eligibility", "我的", lambda _: Checked())]
    hook = offered if callable(offered) else lambda: taken if offered == "taken" else offered
    manager = _manager(demo=_plugin(kaoping_submission_checks=hook))
    (problem,) = manager.problems
    assert problem.plugin == "demo" and problem.key == "kaoping_submission_checks"
    assert SUBMISSION_CHECKS["eligibility"] is own

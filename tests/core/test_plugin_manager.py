"""A plugin that is broken in any way is reported by name and takes nobody else down."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

import plugins.qinhuangdao as qinhuangdao
from core.contributions import CONTRIBUTIONS
from core.hookspecs import Question, RegionSource, ScoringMethod, hookimpl
from core.plugin_manager import PluginManager, UnknownRegion
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

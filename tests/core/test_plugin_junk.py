"""Whatever a plugin is or gives, it is told with what is allowed, and no other region is missing."""

from __future__ import annotations

import time

import pytest

import plugins.qinhuangdao as qinhuangdao
from core.contributions import CONTRIBUTIONS
from core.errors import Refused
from core.hookspecs import FieldType, ScoringMethod, hookimpl
from core.plugin_manager import PluginManager
from core.policy import source
from core.policy.scheme import Indicator, MethodUse
from core.policy.scoring.points import points_for
from tests.core.policy.packs import write_pack


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


def _problems(plugin, *, regions=True, **more):
    manager = PluginManager([("one", plugin), ("qinhuangdao", qinhuangdao)], regions=regions, **more)
    assert ("qinhuangdao" in manager.regions) is regions
    return [str(problem) for problem in manager.problems]


@pytest.mark.parametrize("what", CONTRIBUTIONS, ids=lambda what: what.hook)
@pytest.mark.parametrize("junk", [42, "text", {"a": 1}, iter(())])
def test_what_is_no_list_is_told_with_what_is_allowed(what, junk):
    (told,) = _problems(_plugin(**{what.hook: lambda: junk}), regions=False)
    assert "应给出列表" in told
    assert f"list[{what.kind.__name__}]" in told


def test_a_property_that_never_answers_does_not_hold_the_start():
    class Slow(FieldType):
        @property
        def key(self):
            time.sleep(60)

    (told,) = _problems(_plugin(kaoping_field_types=lambda: [Slow()]), patience=0.2, regions=False)
    assert "没有返回" in told


@pytest.mark.parametrize(
    ("plugin", "told"),
    [
        (type("Plugin", (), {"kaoping_region": staticmethod(lambda: "x")}), "没有 @hookimpl"),
        (type("Plugin", (), {}), "没有写钩子"),
        (_plugin(kaoping_region=lambda: "/nonexistent/region"), "没有这个文件夹"),
        (_plugin(kaoping_scoring_methods=lambda: [ScoringMethod("a", "甲", _exact, {"low": "x"})]), "settings"),
    ],
)
def test_what_would_do_nothing_is_told(plugin, told):
    (problem,) = _problems(plugin)
    assert told in problem
    assert "允许：" in problem


def _exact(*_):
    return 1


def test_a_plugin_cannot_take_the_place_of_a_region_that_has_its_own(tmp_path):
    write_pack(tmp_path)
    region = tmp_path / "region.toml"
    key = next(line for line in region.read_text("utf-8").splitlines() if line.startswith("key"))
    region.write_text(region.read_text("utf-8").replace(key, 'key = "qinhuangdao"'), "utf-8")
    manager = PluginManager(
        [("aaa", _plugin(kaoping_region=lambda: tmp_path)), ("qinhuangdao", qinhuangdao)]
    )
    assert manager.region("qinhuangdao").path != tmp_path
    (problem,) = manager.problems
    assert (problem.plugin, "由插件 qinhuangdao 提供" in str(problem)) == ("aaa", True)


@pytest.mark.parametrize(
    ("write", "told"),
    [
        (lambda file: file.write_bytes(file.read_text("utf-8").encode("gbk")), "不是 UTF-8"),
        (lambda file: file.write_text("#" * (source.LARGEST_FILE + 1), "utf-8"), "太大"),
        (lambda file: (file.unlink(), file.mkdir()), "不是文件"),
        (lambda file: (file.unlink(), file.symlink_to(file.name)), "不是文件"),
        (lambda file: file.write_text("x = " + "[" * 20_000 + "]" * 20_000, "utf-8"), "不是有效的 TOML"),
        (lambda file: file.write_text("a = 1\na = 2\n", "utf-8"), "第 2 行第 6 个字符：同一个键"),
    ],
    ids=["gbk", "large", "folder", "link", "deep", "twice"],
)
def test_a_file_that_cannot_be_taken_is_named(tmp_path, write, told):
    write_pack(tmp_path)
    write(tmp_path / "policy" / "2023" / "facts.toml")
    found = _problems(_plugin(kaoping_region=lambda: tmp_path))
    assert any("policy/2023/facts.toml" in one and told in one for one in found), found


@pytest.mark.parametrize("given", [None, 0.1, float("nan"), "1", []])
def test_points_that_are_not_exact_are_the_plugin_s_fault(given):
    manager = PluginManager([("one", _plugin(kaoping_scoring_methods=lambda: [ScoringMethod("odd", "怪", lambda *_: given)]))], regions=False)
    indicator = Indicator("A1", "甲", "", 5, "quantitative", "", "reading", MethodUse("odd"))
    with pytest.raises(Refused, match="插件 one 的评分方法"):
        points_for(indicator, 1, methods=manager.methods)

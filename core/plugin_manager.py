"""Finds the plugins, asks each by itself and keeps what went wrong; no plugin can take another one down."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import pluggy

from core import hookspecs
from core.errors import KaopingError
from core.hookspecs import PROJECT, RegionSource
from core.policy import builtins
from core.policy.pack import RegionPack, load_region
from core.policy.question import Answer, Question
from core.policy.questions import ask_region
from core.policy.scoring.method import ScoringMethod
from forms.findings import DefinitionError

GROUP = "kaoping.regions"
NATIONAL = Path(__file__).parent / "policy" / "national"
BUILT_IN = "core"
HOOKS = tuple(name for name in dir(hookspecs) if name.startswith("kaoping_"))


class UnknownRegion(KaopingError):
    """No plugin brings this region; the message names the ones there are, or what broke it."""


@dataclass(frozen=True)
class PluginProblem:
    """What is wrong with a plugin. ``file`` and ``key`` are empty when code failed rather than data."""

    plugin: str
    file: str
    key: str
    message: str

    def __str__(self) -> str:
        place = "：".join(part for part in (self.file, self.key) if part)
        return f"插件 {self.plugin}：{place + '：' if place else ''}{self.message}"


class PluginManager:
    """The plugins of this process: `regions` by key, `methods`, `questions`, and `problems`.

    `found` replaces the installed entry points (tests, other hosts): pairs of name and plugin or entry point.
    """

    def __init__(self, found: Iterable[tuple[str, Any]] | None = None) -> None:
        self.problems: list[PluginProblem] = []
        self.methods: dict[str, ScoringMethod] = {}
        self.questions: dict[str, Question] = {}
        self.regions: dict[str, RegionPack] = {}
        self.cases: dict[str, Path] = {}
        self._pm = pluggy.PluginManager(PROJECT)
        self._pm.add_hookspecs(hookspecs)
        self._register(BUILT_IN, builtins)
        for name, plugin in _installed() if found is None else found:
            self._register(name, plugin)
        for name in self._names():
            self._collect(name, "kaoping_scoring_methods", self.methods, ScoringMethod)
            self._collect(name, "kaoping_questions", self.questions, Question)
        self._take(RegionSource(NATIONAL))
        for name in self._names():
            self._load(name)

    def region(self, key: str) -> RegionPack:
        """The region's pack. Raises UnknownRegion, saying what is wrong with it when its plugin is broken."""
        if key in self.regions:
            return self.regions[key]
        broken = [str(problem) for problem in self.problems if problem.plugin == key]
        if broken:
            raise UnknownRegion(f"地区“{key}”不能用。{broken[0]}")
        raise UnknownRegion(f"没有“{key}”这个地区；允许：{'、'.join(self.regions)}")

    def ask(self, region: str, question: str, given: Mapping[str, Any], on: date | None = None) -> Answer:
        """Answer a question for a region. Raises UnknownRegion and UnknownQuestion."""
        return ask_region(self.region(region), question, given, on, questions=self.questions)

    def _names(self) -> list[str]:
        return [name for name, plugin in self._pm.list_name_plugin() if plugin is not None]

    def _register(self, name: str, plugin: Any) -> None:
        """Import (for an entry point) and register; a hook that nobody calls is refused."""

        def register() -> None:
            loaded = plugin.load() if isinstance(plugin, EntryPoint) else plugin
            hash(loaded)  # pluggy keeps plugins in sets; one that cannot be kept must fail here, alone
            unknown = [n for n in dir(loaded) if n.startswith("kaoping_") and n not in HOOKS]
            if unknown:
                raise KaopingError(f"没有“{'、'.join(unknown)}”这个钩子；允许：{'、'.join(HOOKS)}")
            self._pm.register(loaded, name)

        self._guarded(name, register)

    def _called(self, name: str, hook: str) -> Any:
        """What this one plugin's implementation of a hook returns; None when it has none."""
        others = [plugin for other, plugin in self._pm.list_name_plugin() if other != name]
        results = self._pm.subset_hook_caller(hook, remove_plugins=others)()
        return results[0] if results else None

    def _collect(self, name: str, hook: str, into: dict[str, Any], kind: type[Any]) -> None:
        def collect() -> None:
            offered = self._called(name, hook) or []
            for item in offered:
                if not isinstance(item, kind):
                    raise KaopingError(f"{hook} 应给出 {kind.__name__}，得到的是 {type(item).__name__}")
                if item.key in into:
                    raise KaopingError(f"“{item.key}”已经有了，请换一个名字")
            into.update({item.key: item for item in offered})

        self._guarded(name, collect)

    def _load(self, name: str) -> None:
        def load() -> None:
            source = self._called(name, "kaoping_region")
            if source is not None:
                self._take(source if isinstance(source, RegionSource) else RegionSource(Path(source)))

        self._guarded(name, load)

    def _take(self, source: RegionSource) -> None:
        pack = load_region(source.path, methods=self.methods)
        if pack.key in self.regions:
            raise KaopingError(f"地区“{pack.key}”已经由别的插件提供")
        self.regions[pack.key] = pack
        self.cases[pack.key] = source.cases or source.path / "cases"

    def _guarded(self, name: str, work: Callable[[], None]) -> None:
        try:
            work()
        except DefinitionError as fault:
            self.problems.extend(
                PluginProblem(name, f.file, f.key, _told(f.message, f.allowed)) for f in fault.findings
            )
        except Exception as fault:  # a plugin may raise anything; the others must go on
            told = str(fault) if isinstance(fault, KaopingError) else f"{type(fault).__name__}: {fault}"
            self.problems.append(PluginProblem(name, "", "", told))


def _told(message: str, allowed: str) -> str:
    return f"{message}；允许：{allowed}" if allowed else message


def _installed() -> list[tuple[str, EntryPoint]]:
    return sorted((point.name, point) for point in entry_points(group=GROUP))

"""Finds the plugins, asks each by itself and keeps what went wrong; no plugin can take another one down."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import pluggy

from core import hookspecs
from core.bounded import TooSlow, bounded
from core.contributions import CONTRIBUTIONS, Contribution
from core.errors import KaopingError
from core.hookspecs import PROJECT, Question, RegionSource, ScoringMethod
from core.pack_check import workflow_findings
from core.policy import builtins as policy_builtins
from core.policy.pack import RegionPack, load_region
from core.policy.question import Answer
from core.policy.questions import ask_region
from core.workflow import builtins as workflow_builtins
from forms.findings import DefinitionError

GROUP = "kaoping.regions"
NATIONAL = Path(__file__).parent / "policy" / "national"
BUILT_IN = (("core.policy", policy_builtins), ("core.workflow", workflow_builtins))
HOOKS = tuple(name for name in dir(hookspecs) if name.startswith("kaoping_"))
PATIENCE = 10.0
"""Seconds that the import of a plugin, and each call of a hook, may take."""

# Installed plugins that once did not come back; this process waits for each of them only once.
_given_up: dict[EntryPoint, PluginProblem] = {}


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
    What plugins bring beside their regions is known to the whole process afterwards. Without `regions` no pack is
    read. `patience` is in seconds.
    """

    def __init__(
        self, found: Iterable[tuple[str, Any]] | None = None, *, regions: bool = True, patience: float | None = None
    ) -> None:
        self.problems: list[PluginProblem] = []
        self.regions: dict[str, RegionPack] = {}
        self.cases: dict[str, Path] = {}
        self.brought: dict[str, dict[str, list[str]]] = {}
        self._known: dict[str, dict[str, Any]] = {what.hook: {} for what in CONTRIBUTIONS}
        self._patience = PATIENCE if patience is None else patience
        self._hung: set[str] = set()
        self._pm = pluggy.PluginManager(PROJECT)
        self._pm.add_hookspecs(hookspecs)
        self._found: dict[str, Any] = {}
        for name, plugin in [*BUILT_IN, *(_installed() if found is None else found)]:
            self._register(name, plugin)
        for what in CONTRIBUTIONS:
            for name in self._names():
                self._collect(name, what)
        if regions:
            self._take_regions()

    @property
    def methods(self) -> dict[str, ScoringMethod]:
        """Scoring methods by key."""
        return self._known["kaoping_scoring_methods"]

    @property
    def questions(self) -> dict[str, Question]:
        """Questions by key."""
        return self._known["kaoping_questions"]

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
        """The plugins to ask; one that did not come back is not asked again."""
        return [name for name, plugin in self._pm.list_name_plugin() if plugin is not None and name not in self._hung]

    def _register(self, name: str, plugin: Any) -> None:
        """Import (for an entry point) and register; a hook that nobody calls is refused."""

        def load() -> Any:
            loaded = plugin.load() if isinstance(plugin, EntryPoint) else plugin
            hash(loaded)  # pluggy keeps plugins in sets; one that cannot be kept must fail here, alone
            unknown = [n for n in dir(loaded) if n.startswith("kaoping_") and n not in HOOKS]
            if unknown:
                raise KaopingError(f"没有“{'、'.join(unknown)}”这个钩子；允许：{'、'.join(HOOKS)}")
            unmarked = [n for n in HOOKS if hasattr(loaded, n) and not self._pm.parse_hookimpl_opts(loaded, n)]
            if unmarked or not any(hasattr(loaded, n) for n in HOOKS):
                what = f"“{'、'.join(unmarked)}”上一行没有 @hookimpl" if unmarked else "里面没有写钩子"
                raise KaopingError(f"{what}，系统不会调用；允许：from core.hookspecs import hookimpl，写在函数上一行")
            return loaded

        if name in self._found or (name.startswith("core") and plugin not in dict(BUILT_IN).values()):
            self.problems.append(PluginProblem(name, "", "", "这个插件名已经有了，或留给系统自用；请换一个名字"))
            return
        self._found[name] = plugin
        self._guarded(name, lambda: self._pm.register(bounded(load, self._patience), name))

    def _called(self, name: str, hook: str, read: Callable[[Any], Any]) -> Any:
        """What this one plugin's implementation of a hook returns, read in time; None when it has none."""
        others = [plugin for other, plugin in self._pm.list_name_plugin() if other != name]
        caller = self._pm.subset_hook_caller(hook, remove_plugins=others)

        def call() -> Any:
            results = caller()
            return read(results[0]) if results else None

        return bounded(call, self._patience)

    def _collect(self, name: str, what: Contribution) -> None:
        known = self._known[what.hook]

        def read(offered: Any) -> dict[str, Any]:
            # Within the time of the call: a property of an item is a plugin's code, too.
            if not isinstance(offered, (list, tuple)):
                allowed = f"允许：list[{what.kind.__name__}]"
                raise KaopingError(f"应给出列表，得到的是 {type(offered).__name__}；{allowed}")
            taken: dict[str, Any] = {}
            for item in offered:
                key = what.key_of(item)
                if key in known or key in taken:
                    raise KaopingError(f"{what.name}“{key}”已经有了，请换一个名字")
                taken[key] = what.wrapped(item, name)
            return taken

        def collect() -> None:
            taken = self._called(name, what.hook, read) or {}
            known.update(taken)
            what.registry.update(taken)
            if taken:
                self.brought.setdefault(name, {})[what.name] = list(taken)

        self._guarded(name, collect, what.hook)

    def _take_regions(self) -> None:
        """Every sound region once. A plugin named as its region comes first: no other can take the place of it."""
        self._give("core", RegionSource(NATIONAL), self._sound_pack(NATIONAL))
        found: list[tuple[str, RegionSource, RegionPack]] = []

        def load(name: str) -> None:
            source = self._called(name, "kaoping_region", _as_source)
            if source is not None:
                found.append((name, source, self._sound_pack(source.path)))

        for name in self._names():
            self._guarded(name, partial(load, name), "kaoping_region")
        for name, source, pack in sorted(found, key=lambda one: (one[0] != one[2].key, one[0])):
            self._guarded(name, partial(self._give, name, source, pack), "kaoping_region")

    def _sound_pack(self, path: Path) -> RegionPack:
        pack = load_region(path, methods=self.methods)
        if faults := workflow_findings(path):
            raise DefinitionError(faults)
        return pack

    def _give(self, name: str, source: RegionSource, pack: RegionPack) -> None:
        if pack.key in self.regions:
            by = next(other for other, brought in self.brought.items() if pack.key in brought.get("地区", ()))
            raise KaopingError(f"地区“{pack.key}”已经由插件 {by} 提供；允许：region.toml 换一个 key")
        self.regions[pack.key] = pack
        self.cases[pack.key] = source.cases or source.path / "cases"
        self.brought.setdefault(name, {})["地区"] = [pack.key]

    def _guarded(self, name: str, work: Callable[[], object], hook: str = "") -> None:
        known = _given_up.get(self._found[name]) if isinstance(self._found[name], EntryPoint) else None
        if known is not None:
            self._hung.add(name)
            self.problems.extend([] if known in self.problems else [known])
            return
        try:
            work()
        except TooSlow as fault:
            self._give_up(PluginProblem(name, "", hook, str(fault)))
        except DefinitionError as fault:
            self.problems.extend(
                PluginProblem(name, f.file, f.key, _told(f.message, f.allowed)) for f in fault.findings
            )
        except Exception as fault:  # a plugin may raise anything; the others must go on
            told = str(fault) if isinstance(fault, KaopingError) else f"{type(fault).__name__}: {fault}"
            self.problems.append(PluginProblem(name, "", hook, told))


    def _give_up(self, problem: PluginProblem) -> None:
        self.problems.append(problem)
        self._hung.add(problem.plugin)
        point = self._found[problem.plugin]
        if isinstance(point, EntryPoint):
            _given_up[point] = problem


def _as_source(given: Any) -> RegionSource | None:
    if given is None or isinstance(given, RegionSource):
        return given
    if isinstance(given, (str, Path)):
        return RegionSource(Path(given))
    raise KaopingError(f"应给出文件夹的路径，得到的是 {type(given).__name__}；允许：Path 或 RegionSource")


def _told(message: str, allowed: str) -> str:
    return f"{message}；允许：{allowed}" if allowed else message


def _installed() -> list[tuple[str, EntryPoint]]:
    return sorted((point.name, point) for point in entry_points(group=GROUP))


@cache
def install() -> PluginManager:
    """Make what the installed plugins bring beside their regions known to this process; done once."""
    return PluginManager(regions=False)

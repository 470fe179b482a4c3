"""Loading checks of single kinds of file: what the shape of a file cannot say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.policy.checks_panel import panel_findings
from forms.findings import Finding
from forms.formula import compile_formula

Files = dict[str, list[tuple[str, dict[str, Any]]]]


def further_findings(files: Files) -> Iterator[Finding]:
    """Faults of grades without lines, clocks, caps, budgets, conditions of entry, and conditions over own facts."""
    for kind, check in (("grades", _named), ("clocks", _clocks), ("awards", _caps), ("eligibility", _eligibility)):
        for file, data in files.get(kind, []):
            yield from check(file, data)
    yield from _budget(files)
    yield from _named_choices(files)
    yield from _own_facts(files)
    yield from panel_findings(files)


def _named_choices(files: Files) -> Iterator[Finding]:
    """A fact that names its choices in words names every one of them."""
    for kind, lists in files.items():
        for file, data in lists:
            for of in ("facts", "register"):
                for index, fact in enumerate(data.get(of, []) if kind != "parameters" else []):
                    allowed, names = fact.get("allowed", []), fact.get("names")
                    if names is not None and len(names) != len(allowed):
                        text = f"“{fact.get('name', '')}”有 {len(allowed)} 个选项，写了 {len(names)} 个名称"
                        yield Finding(file, f"{of}.{index}.names", text, "一个选项一个名称，次序相同")


def _eligibility(file: str, data: dict[str, Any]) -> Iterator[Finding]:
    """Every condition is written in exactly one of the four ways, and completely."""
    for index, rule in enumerate(data["rules"]):
        place = f"rules.{index}"
        ways = [way for way in ("when", "value", "since", "fact") if rule.get(way)]
        if len(ways) != 1:
            yield Finding(file, place, f"“{rule['name']}”写了 {len(ways)} 种判断办法", "when、value、since、fact 取一")
        needed = {"value": ("at_least",), "since": ("until", "months")}.get(ways[0] if ways else "", ())
        for name in needed:
            if name not in rule:
                yield Finding(file, f"{place}.{name}", f"“{rule['name']}”缺少 {name}", "与判断办法一起写")
        if ways == ["fact"] and not (rule.get("contains") or rule.get("starts_with")):
            yield Finding(file, place, f"“{rule['name']}”没有写文字要含有什么", "contains 或 starts_with")


def _named(file: str, data: dict[str, Any]) -> Iterator[Finding]:
    """A policy without lines names its grades."""
    if not data.get("lines") and not data.get("named"):
        yield Finding(file, "lines", "要写明分数线（lines），没有分数线的写明有哪些档次（named）", "lines 或 named")


def _clocks(file: str, data: dict[str, Any]) -> Iterator[Finding]:
    """Every clock has the length that its kind asks for."""
    for index, clock in enumerate(data["clocks"]):
        needed = {"months": ("months",), "fixed_day": ("period", "day")}.get(clock["kind"], ("days",))
        for name in needed:
            if name not in clock:
                yield Finding(file, f"clocks.{index}.{name}", f"“{clock['name']}”缺少 {name}", "数字，或 $参数")


def _caps(file: str, data: dict[str, Any]) -> Iterator[Finding]:
    titles = {amount["title"] for amount in data["amounts"]}
    for index, cap in enumerate(data.get("caps", [])):
        if cap["title"] not in titles:
            yield Finding(file, f"caps.{index}.title", f"没有“{cap['title']}”这类称号", "、".join(sorted(titles)))


def _budget(files: Files) -> Iterator[Finding]:
    """Every target belongs to a project and is of a kind that the settings of targets name."""
    kinds = {kind["key"] for _, data in files.get("targets", []) for kind in data["kinds"]}
    for file, data in files.get("budget", []):
        projects = {project["key"] for project in data["projects"]}
        for index, entry in enumerate(data["indicators"]):
            place = f"indicators.{index}"
            if entry.get("project") and entry["project"] not in projects:
                yield Finding(
                    file, f"{place}.project", f"没有“{entry['project']}”这个项目", "、".join(sorted(projects))
                )
            if entry["kind"] not in kinds:
                yield Finding(file, f"{place}.kind", f"没有“{entry['kind']}”这类指标", "、".join(sorted(kinds)))


def _own_facts(files: Files) -> Iterator[Finding]:
    """Conditions of a definition that declares its own facts name only those."""
    for kind, name, more in (
        ("corrective_action", "consequences", {"outcome"}),
        ("eligibility", "rules", set()),
        ("eligibility", "priorities", set()),
        ("exit", "grounds", set()),
        ("reporting", "derived", {"carriers"}),
    ):
        for file, data in files.get(kind, []):
            known: set[str] = {fact["key"] for fact in [*data.get("facts", []), *data.get("fields", [])]} | more
            for index, entry in enumerate(data.get(name, [])):
                for written in ("when", "applies_when", "exits_when", "value"):
                    used = compile_formula(entry[written]).names if entry.get(written) else frozenset()
                    yield from unknown(set(used) - known, known, file, f"{name}.{index}.{written}")
                for written in ("since", "until", "fact", "effective"):
                    yield from unknown(set(filter(None, [entry.get(written)])) - known, known, file, f"{name}.{index}")


def unknown(names: set[str], known: set[str], file: str, place: str) -> Iterator[Finding]:
    """A finding for every name that nothing declares."""
    for name in sorted(names):
        yield Finding(file, place, f"没有“{name}”这个事实", "、".join(sorted(known)))

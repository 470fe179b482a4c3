"""What is wrong with a definition draft, judged with everything else that is in force in its region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from core import clock
from core.cases import definitions
from core.models import DefinitionVersion, Region
from core.policy.source import parse
from core.policy.version import PolicyVersion, Sources
from core.workflow.definition import Workflow, load_workflow
from forms.findings import DefinitionError, Finding

KINDS = {
    "workflow": "流程",
    "form": "表单",
    "indicators": "指标体系",
    "grades": "档次线",
    "parameters": "参数",
    "procedures": "办理事项",
    "plan": "年度方案",
    "notice": "公示",
    "panel": "专家组",
    "scope": "参评范围",
    "facts": "核查事实",
    "vetoes": "一票否决和封顶",
    "consequences": "结果的后果",
    "awards": "奖补",
    "clocks": "期限",
    "region": "地区和区县",
    "documents": "文件",
}
"""The kinds of definitions as people call them, in the order of a list."""


def name_of(kind: str, key: str) -> str:
    """How findings name a definition, as PolicyVersion does."""
    return f"{kind}/{key}"


def sources_around(row: DefinitionVersion) -> dict[tuple[str, str], str]:
    """What is in force in the region today (the newest published, where nothing is), with this text in its place."""
    region: Region = row.region
    ids = list(definitions.in_force(region, clock.today()).values()) or _newest(region)
    rows = DefinitionVersion.select().where(DefinitionVersion.id.in_(ids or [0]))
    sources = {(one.kind, one.key): one.text for one in rows}
    sources[(row.kind, row.key)] = row.text
    return sources


def _newest(region: Region) -> list[int]:
    newest: dict[tuple[str, str], tuple[tuple[int, ...], int]] = {}
    rows = DefinitionVersion.select(
        DefinitionVersion.id, DefinitionVersion.kind, DefinitionVersion.key, DefinitionVersion.version
    ).where((DefinitionVersion.region == region) & (DefinitionVersion.status == "published"))
    for row in rows:
        order = (definitions.version_order(row.version), row.id)
        newest[(row.kind, row.key)] = max(newest.get((row.kind, row.key), order), order)
    return [found[1] for found in newest.values()]


def findings_of(row: DefinitionVersion) -> list[Finding]:
    """Every fault of the definition and of what it meets in its region, its own first."""
    sources = sources_around(row)
    found: dict[Finding, None] = {}
    try:
        PolicyVersion.from_sources(row.region.key, row.version, sources)
    except DefinitionError as fault:
        found.update(dict.fromkeys(fault.findings))
    if not found:
        for (kind, key), text in sources.items():
            if kind == "workflow":
                found.update(dict.fromkeys(_workflow(text, name_of(kind, key), sources)))
    mine = name_of(row.kind, row.key)
    return sorted(found, key=lambda finding: finding.file != mine)


def _workflow(text: str, file: str, sources: Sources) -> list[Finding]:
    try:
        workflow = load_workflow(text, file)
    except DefinitionError as fault:
        return fault.findings
    return list(_around(workflow, file, sources))


def _around(workflow: Workflow, file: str, sources: Sources) -> Iterator[Finding]:
    """What a workflow relies on outside itself: forms, dates of the plan, lines of grades, rules of notice."""
    forms = {key for kind, key in sources if kind == "form"}
    dates = {item.get("key") for item in _entries(sources, "plan", "items")}
    kinds = {kind for kind, _ in sources}
    needed = {"public_notice": "notice", "determination": "grades", "expert_panel": "indicators"}
    for index, stage in enumerate(workflow.stages):
        for slot in ("form", "opinion_form", "site_visit_form"):
            if getattr(stage, slot) and getattr(stage, slot) not in forms:
                yield Finding(
                    file, f"stages.{index}.{slot}", f"没有“{getattr(stage, slot)}”这份表单", "、".join(sorted(forms))
                )
        if stage.clock and stage.clock.kind == "plan" and dates and stage.clock.field not in dates:
            yield Finding(
                file,
                f"stages.{index}.clock.field",
                f"年度方案里没有“{stage.clock.field}”这一项",
                "、".join(sorted(map(str, dates))),
            )
        if needed.get(stage.kind, stage.kind) not in kinds and stage.kind in needed:
            yield Finding(
                file,
                f"stages.{index}.kind",
                f"有“{stage.name}”这样的环节，就要有“{KINDS[needed[stage.kind]]}”的规定",
                "",
            )


def _entries(sources: Sources, kind: str, name: str) -> list[Mapping[str, Any]]:
    return [entry for (k, key), text in sources.items() if k == kind for entry in parse(text, key).get(name, [])]

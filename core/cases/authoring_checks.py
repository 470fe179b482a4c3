"""What is wrong with a definition draft, judged with everything else that is in force in its region."""

from __future__ import annotations

from core import clock
from core.cases import definitions
from core.models import DefinitionVersion, Region
from core.pack_check import findings_of_workflow
from core.policy.version import PolicyVersion
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
                found.update(dict.fromkeys(findings_of_workflow(text, name_of(kind, key), sources)))
    mine = name_of(row.kind, row.key)
    return sorted(found, key=lambda finding: finding.file != mine)

"""What is wrong with a definition draft, judged with everything else that is in force in its region."""

from __future__ import annotations

from core import clock
from core.cases import definitions
from core.cases.authoring_company import needed_by, open_drafts
from core.cases.authoring_notice import notice_findings
from core.models import DefinitionVersion, Region
from core.pack_check import findings_of_procedures, findings_of_workflow
from core.policy.source import parse
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
    "eligibility": "申报条件",
    "enrolment": "纳入",
    "exit": "退出",
    "corrective_action": "整改",
    "reporting": "按期报送",
    "common_problems": "共性问题",
    "work_report": "年度工作报告",
    "targets": "绩效目标的写法",
    "spending": "支出进度",
    "budget": "项目预算和指标",
    "region": "地区和区县",
    "documents": "文件",
}
"""The kinds of definitions as people call them, in the order of a list."""


def name_of(kind: str, key: str) -> str:
    """How findings name a definition, as PolicyVersion does."""
    return f"{kind}/{key}"


def sources_around(row: DefinitionVersion) -> dict[tuple[str, str], str]:
    """What this draft may name: what is in force in the region today (the newest published, where nothing is), drafts
    of what is not published yet, and this text in its place.
    """
    sources = sources_of(row.region)
    for other in open_drafts(row.region):
        new = other.kind == "procedures" or (other.kind, other.key) not in sources
        if new and other.kind in KINDS and is_readable(other.text):
            sources[(other.kind, other.key)] = other.text
    return {**sources, (row.kind, row.key): row.text}


def is_readable(text: str) -> bool:
    """Whether a text can be read at all."""
    try:
        parse(text, "")
    except DefinitionError:
        return False
    return True


def sources_of(region: Region) -> dict[tuple[str, str], str]:
    """What is in force in a region today; the newest published, where nothing is."""
    ids = list(definitions.in_force(region, clock.today()).values()) or _newest(region)
    rows = DefinitionVersion.select().where(DefinitionVersion.id.in_(ids or [0]))
    return {(one.kind, one.key): one.text for one in rows}


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
    """Every fault of the definition and of what it meets in its region, its own first; drafts that it names and that
    are not published yet are taken along.
    """
    return findings_together([row, *needed_by(row, sources_of(row.region))])


def findings_together(rows: list[DefinitionVersion]) -> list[Finding]:
    """Every fault of drafts of one region, were they in force together from today; those of the first come first."""
    first = rows[0]
    sources = {**sources_of(first.region), **{(row.kind, row.key): row.text for row in rows}}
    found = dict.fromkeys(findings_of_sources(first.region.key, sources, first.version))
    for row in rows:
        found.update(dict.fromkeys(notice_findings(row, sources)))
        if row.kind == "workflow":  # what it has wrong with itself is told even while something else is wrong
            found.update(dict.fromkeys(findings_of_workflow(row.text, name_of(row.kind, row.key), sources)))
    mine = name_of(first.kind, first.key)
    return sorted(found, key=lambda finding: finding.file != mine)


def findings_of_sources(region_key: str, sources: dict[tuple[str, str], str], version: str = "草稿") -> list[Finding]:
    """Every fault of definitions taken together, their workflows' and what procedures lead to among them."""
    try:
        PolicyVersion.from_sources(region_key, version, sources)
    except DefinitionError as fault:
        return list(fault.findings)
    found: dict[Finding, None] = {}
    for (kind, key), text in sources.items():
        if kind == "workflow":
            found.update(dict.fromkeys(findings_of_workflow(text, name_of(kind, key), sources)))
        elif kind == "procedures":
            found.update(dict.fromkeys(findings_of_procedures(text, name_of(kind, key), sources)))
    return list(found)

"""What is wrong with a definition draft, judged with everything else that is in force in its region."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Fault:
    """A finding placed for a person: in which definition, at which line and key, what is wrong, what is allowed."""

    where: str
    line: int | None
    key: str
    message: str
    allowed: str
    own: bool


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


_SYNTAX = re.compile(r"at line (\d+), column (\d+)")
_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_ASSIGNED = re.compile(r"^\s*([^\s=#\"']+)\s*=")


def faults_of(row: DefinitionVersion) -> list[Fault]:
    """The findings with the line of the text that each belongs to, in plain words."""
    mine = name_of(row.kind, row.key)
    lines = lines_of(row.text)
    return [_fault(finding, finding.file == mine, lines, row.text) for finding in findings_of(row)]


def _fault(finding: Finding, own: bool, lines: Mapping[str, int], text: str) -> Fault:
    kind, _, key = finding.file.partition("/")
    where = "" if own else f"{KINDS.get(kind, kind)}（{key}）"
    syntax = _SYNTAX.search(finding.message)
    if finding.message.startswith("不是有效的 TOML"):
        line = int(syntax[1]) if syntax else len(text.splitlines())
        return Fault(where, line if own else None, "", "这一行的写法不对", "键 = 值；文字加引号；同一个键只写一次", own)
    return Fault(
        where, line_at(lines, finding.key) if own else None, finding.key, finding.message, finding.allowed, own
    )


def lines_of(text: str) -> dict[str, int]:
    """The line on which each key of a text stands, by dotted path with list positions (`stages.0.clock`)."""
    found: dict[str, int] = {}
    counts: dict[str, int] = {}
    here, inside = "", False
    for number, line in enumerate(text.splitlines(), start=1):
        quotes = line.count('"""') + line.count("'''")
        if inside:
            inside = quotes % 2 == 0
            continue
        inside = quotes % 2 == 1
        header, assigned = _HEADER.match(line), _ASSIGNED.match(line)
        if header:
            here = _place(header[2], header[1] == "[[", counts)
            found[here] = number
        elif assigned:
            found.setdefault(f"{here}.{assigned[1]}" if here else assigned[1], number)
    return found


def _place(header: str, is_list: bool, counts: dict[str, int]) -> str:
    """The dotted path of a table's header, with the position of every list on the way."""
    path = ""
    parts = [part.strip().strip("\"'") for part in header.split(".")]
    for depth, part in enumerate(parts):
        path = f"{path}.{part}" if path else part
        if depth == len(parts) - 1 and is_list:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = f"{path}.{counts[path]}"
    return path


def line_at(lines: Mapping[str, int], key: str) -> int | None:
    """The line of a key, or of the nearest thing around it that the text names."""
    while key and key not in lines:
        key = key.rpartition(".")[0]
    return lines.get(key)

"""The clause page: which document, and for each clause what it decides here, in our own short words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template

from core import clock
from core.cases.definitions import current_policy, in_force, policy_of_ids
from core.errors import OutOfScope
from core.models import DefinitionVersion, Region
from core.policy.region import Document, read_documents
from core.policy.source import parse
from core.policy.version import PolicyVersion
from core.web.access import open_to_everyone
from core.web.portal.blueprint import Page, pages, region_named

KINDS = {
    "procedures": "办理事项", "scope": "参评范围", "plan": "年度方案", "workflow": "办理环节", "clocks": "期限",
    "indicators": "指标", "grades": "档次", "vetoes": "一票否决", "panel": "专家组", "facts": "核查事项",
    "consequences": "结果运用", "awards": "奖励", "notice": "公示", "parameters": "参数",
    "eligibility": "纳入条件", "enrolment": "纳入", "exit": "退出", "corrective_action": "整改", "reporting": "报送",
    "common_problems": "共性问题", "work_report": "年度报告",
    "targets": "目标的读法", "spending": "支出计划", "budget": "预算和目标",
}  # fmt: skip
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")}


@dataclass(frozen=True)
class Cited:
    """One thing here that rests on a clause."""

    kind: str
    name: str
    basis: str
    note: str


@dataclass(frozen=True)
class Clause:
    """A clause (第十七条) with everything that cites it."""

    name: str
    cited: tuple[Cited, ...]


@pages.get("/r/<region>/clauses/<doc>")
@open_to_everyone
def clauses(region: str, doc: str) -> Page:
    """The clauses of one document; `current` is the one in force today."""
    row = region_named(region)
    documents = documents_of(row)
    policy = _policy(row, doc, documents)
    if policy is None and doc != "current":
        raise OutOfScope
    return render_template(
        "portal/clauses.html",
        region=row,
        documents=documents,
        document=policy.document if policy else None,
        clauses=clauses_of(policy) if policy else [],
    )


def documents_of(region: Region) -> list[Document]:
    """Every document the region's definitions name, newest first."""
    rows = DefinitionVersion.select(DefinitionVersion.text).where(
        (DefinitionVersion.region == region)
        & (DefinitionVersion.kind == "documents")
        & (DefinitionVersion.status == "published")
    )
    found = {d.version: d for row in rows for d in read_documents(parse(row.text, "documents"))}
    return sorted(found.values(), key=lambda d: d.in_force_from, reverse=True)


def _policy(region: Region, doc: str, documents: list[Document]) -> PolicyVersion | None:
    """The policy as it stood when the document came into force, or as it stands today."""
    if doc == "current":
        now = current_policy(region, clock.today())
        if now is not None or not documents:
            return now
        doc = documents[0].version
    document = next((d for d in documents if d.version == doc), None)
    pinned = in_force(region, document.in_force_from) if document else {}
    return policy_of_ids(region.key, pinned) if pinned else None


def clauses_of(policy: PolicyVersion) -> list[Clause]:
    """Every clause that a definition cites, in the document's order, those outside its articles last."""
    found: dict[str, dict[Cited, None]] = {}
    for kind in KINDS:
        for key in policy.keys(kind):
            for names, cited in _walk(policy.definition(kind, key), kind):
                for name in names:
                    found.setdefault(name, {})[cited] = None
    return [Clause(name, tuple(found[name])) for name in sorted(found, key=article_order)]


def _walk(data: Any, kind: str) -> Iterator[tuple[list[str], Cited]]:
    if isinstance(data, Mapping):
        clause, name = data.get("clause"), str(data.get("name", ""))
        if clause and name:
            names = [part.strip() for part in str(clause).split(";")]
            note = str(data.get("note") or data.get("description") or "")
            yield names, Cited(KINDS[kind], _title(data, name), str(data.get("basis", "text")), note)
        for value in data.values():
            yield from _walk(value, kind)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _walk(value, kind)


def _title(data: Mapping[str, Any], name: str) -> str:
    points = f"，{data['weight_points']} 分" if "weight_points" in data else ""
    return f"{data['code']} {name}{points}" if "code" in data else f"{name}{points}"


def article_order(name: str) -> tuple[int, str]:
    """第九条 before 第十七条; what is no article comes last.

    >>> sorted(["附件", "第二十一条", "第九条", "第十条"], key=article_order)
    ['第九条', '第十条', '第二十一条', '附件']
    """
    if not name.startswith("第") or "条" not in name:
        return 10_000, name
    tens, ten, ones = name[1 : name.index("条")].rpartition("十")
    number = (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0)
    return number, name

"""Documents of a region's own: the plain facts they are made from, and the taking of one, kept in the audit.

The facts of a case are those of its archive, so a document can tell nobody more than the archive does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from core.cases import archiving, definitions
from core.cases.action import transaction
from core.cases.admin_events import record
from core.cases.archive_files import as_json, safe_name
from core.cases.archiving import Reader
from core.cases.published import final_results
from core.errors import Refused
from core.models import Case, EvaluationRound, Result
from core.people.scope import Viewer
from core.policy.downloads import Document, Download

MOST_BYTES = 20 * 1024 * 1024
_MEDIA = re.compile(r"[a-z]+/[A-Za-z0-9.+-]+")
_ONE = {"办件.json": "case", "事件.json": "events", "结果/核查.json": "checks", "评价表/专家组意见.json": "panel_opinion"}
_MANY = {
    "填报": "submissions", "审核意见": "opinions", "实地考察": "visits", "评价表": "sheets", "结果": "results",
    "公示": "notices", "奖补": "awards",
}  # fmt: skip


def facts_of_case(case: Case, reader: Reader) -> dict[str, Any]:
    """What the archive of a case holds for a reader, as data: one entry or a list under each name."""
    facts: dict[str, Any] = {name: [] for name in _MANY.values()}
    for entry in archiving.entries_of(case, reader):
        if not entry.path.endswith(".json") or not isinstance(entry.content, bytes):
            continue
        data = json.loads(entry.content)
        if entry.path in _ONE:
            facts[_ONE[entry.path]] = data
        else:
            facts[_MANY[entry.path.split("/")[0]]].append(data)
    return facts


def facts_of_round(round_: EvaluationRound) -> dict[str, Any]:
    """A round as its city sees it: the plan, and a line for each case with its newest result and whether it is final."""
    cases = list(round_.cases.order_by(Case.id))
    workflow = definitions.workflow_in(definitions.pinned_policy(round_), round_.procedure)
    newest = {row.case_id: row for row in Result.select().where(Result.case.in_(cases)).order_by(Result.version)}
    final = final_results(cases)
    about = {"title": round_.title, "year": round_.year, "status": round_.status, "plan": round_.plan}
    lines = [
        {
            "number": case.number,
            "carrier": case.carrier.name,
            "organisation": case.carrier.organisation.name,
            "district": case.district.name if case.district is not None else "",
            "stage": workflow.stage(case.stage).name,
            "outcome": case.outcome,
            "result": _told(newest.get(case.id)),
            "final": case.id in final and final[case.id].id == newest[case.id].id,
        }
        for case in cases
    ]
    return _plain({"round": {**about, "region": round_.region.name}, "cases": lines})


def _told(result: Result | None) -> dict[str, Any] | None:
    names = ("version", "total", "grade", "consequences", "determined_on")
    return {name: getattr(result, name) for name in names} if result is not None else None


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The same as plain data: decimals and days as text, and nothing that could be changed for others."""
    plain: dict[str, Any] = json.loads(as_json(facts))
    return plain


def take(viewer: Viewer, download: Download, facts: Mapping[str, Any], about: Mapping[str, Any]) -> Document:
    """Make a document and record that it was taken. Raises Refused, in one sentence, when it cannot be made."""
    filename, media, content = _checked(download, download.make(_plain(facts)))
    with transaction():
        record(viewer, "document_taken", {**about, "name": download.name})
    return filename, media, content


def _checked(download: Download, made: tuple[Any, ...]) -> Document:
    fault = f"文件“{download.name}”没有做成，请告诉管理员："
    if len(made) != 3 or not isinstance(made[0], str) or not isinstance(made[1], str) or not isinstance(made[2], bytes):
        raise Refused(f"{fault}应给出文件名、类型和内容。")
    if not _MEDIA.fullmatch(made[1]):
        raise Refused(f"{fault}“{made[1][:40]}”不是文件类型。")
    if len(made[2]) > MOST_BYTES:
        raise Refused(f"{fault}超过 {MOST_BYTES // 1024 // 1024} MB。")
    return safe_name(made[0]), made[1], made[2]

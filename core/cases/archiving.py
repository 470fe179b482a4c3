"""The archive of a case (办件归档): everything a reader may have of it as files, and a manifest with their digests.

An unchanged case gives the same bytes every time, so that an archive can be compared with one taken earlier: no
moment of taking is inside. That it was taken stands in the chain of administrative changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from markupsafe import Markup

from core import storage
from core.cases import definitions, standing
from core.cases.action import transaction
from core.cases.admin_events import record
from core.cases.archive_files import HERE, Entry, as_json, safe_name
from core.cases.archive_files import page as page_file
from core.models import (
    Attachment,
    Award,
    AwardEntry,
    Case,
    CaseEvent,
    DefinitionVersion,
    DeterminationCheck,
    NoticeEntry,
    Objection,
    ObjectionFile,
    PanelOpinion,
    PublicNotice,
    Review,
    ScoreSheet,
    SiteVisit,
    Submission,
)
from core.models.base import BaseModel
from core.people.scope import Viewer
from forms.compile import CompiledForm
from forms.draw import draw_view


@dataclass(frozen=True)
class Reader:
    """What one reader may have, decided by the room that knows what each side sees.

    `whole`: the city's own archive, with sheets, checks and the bodies of events. `authority`: opinions and visits
    on site. `results` are the results as this reader may see them, `history` what may be read of the events:
    (sequence, day, sentence).
    """

    whole: bool
    authority: bool
    results: Sequence[Mapping[str, Any]]
    history: Sequence[tuple[int, date, str]]


def take(viewer: Viewer, cases: Iterable[Case], what: Mapping[str, Any]) -> None:
    """Record that an archive was taken: who, of which cases, when. Reading moves no case, so no case's chain tells."""
    with transaction():
        record(viewer, "archive_taken", {**what, "cases": [case.number for case in cases]})


def entries_of(case: Case, reader: Reader, folder: str = "") -> list[Entry]:
    """The files of one case for one reader, in a fixed order. Storage is only opened when they are written."""
    found = _Folder(case, folder)
    found.data("办件.json", _about(case))
    _submissions(found)
    if reader.authority:
        _opinions(found, reader.whole)
        _visits(found)
    if reader.whole:
        _panel(found)
    for result in reader.results:
        found.data(f"结果/第{result['version']}版.json", result)
    _notices(found, reader.whole)
    if reader.whole:
        _awards(found)
    found.data("事件.json", _events(case, reader))
    return found.entries


@dataclass
class _Folder:
    """The files of a case as they are gathered."""

    case: Case
    prefix: str
    entries: list[Entry] = field(default_factory=list)

    def add(self, path: str, content: bytes | Callable[[], BinaryIO]) -> None:
        self.entries.append(Entry(f"{self.prefix}{path}", content))

    def data(self, path: str, value: object) -> None:
        self.add(path, as_json(value))

    def page(self, path: str, title: str, body: Markup) -> None:
        self.add(path, page_file(title, body, path.count("/")))

    def kept(self, path: str, digest: str) -> None:
        self.add(path, lambda: storage.open_file(digest))


def _row(row: BaseModel, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _about(case: Case) -> dict[str, Any]:
    pinned = case.round.pinned if case.round is not None else case.pinned
    rows = DefinitionVersion.select().where(DefinitionVersion.id.in_(list((pinned or {}).values()) or [0]))
    policy = {f"{row.kind}/{row.key}": {"version": row.version, "sha256": row.digest} for row in rows}
    return {
        **_row(case, "number", "procedure", "stage", "outcome", "entered_stage_on", "due_on"),
        "title": standing.titles([case])[case.id],
        "region": case.region.name,
        "district": case.district.name if case.district is not None else "",
        "carrier": case.carrier.name,
        "organisation": case.carrier.organisation.name,
        "stage_name": definitions.workflow_of(case).stage(case.stage).name,
        "origin": case.origin.number if case.origin_id is not None else "",
        "policy": policy,
    }


def _submissions(folder: _Folder) -> None:
    case, form = folder.case, definitions.fill_form(folder.case)
    attached = {row.id: row for row in Attachment.select().where(Attachment.case == case)}
    used: dict[int, str] = {}
    for version in Submission.select().where(Submission.case == case).order_by(Submission.number):
        files = {
            key: [attached[n] for n in numbers if n in attached] for key, numbers in sorted(version.files.items())
        }
        used |= {row.id: _file_path(form, key, row.id, row.filename) for key, rows in files.items() for row in rows}
        name = f"填报/第{version.number}版"
        shown = {key: [_shown(row, used[row.id]) for row in rows] for key, rows in files.items()}
        folder.page(f"{name}.html", f"{case.carrier.name} 填报第{version.number}版", draw_view(form, version.answers, shown))
        folder.data(f"{name}.json", {
            **_row(version, "number", "answers", "digest", "reason", "submitted_on"),
            "files": {key: [used[row.id] for row in rows] for key, rows in files.items()},
        })  # fmt: skip
    for number in sorted(used):
        folder.kept(used[number], attached[number].digest)


def _file_path(form: CompiledForm, key: str, number: int, filename: str) -> str:
    try:
        label = form.field(key).label
    except KeyError:  # a field of an earlier version of the form
        label = key
    return f"佐证材料/{safe_name(label)}/{number}_{safe_name(filename)}"


def _shown(row: Attachment, path: str) -> dict[str, Any]:
    return {"id": row.id, "name": row.filename, "size": row.size, "url": f"{HERE}{path}"}


def _opinions(folder: _Folder, whole: bool) -> None:
    """The opinions given on the way; moves without one (behind the panel's door, for instance) for the city only."""
    case = folder.case
    workflow, policy = definitions.workflow_of(case), definitions.policy_of(case)
    reviews = Review.select().where(Review.case == case).order_by(Review.id)
    for place, review in enumerate(reviews, 1):
        stage = workflow.by_key.get(review.stage)
        if not whole and not (stage is not None and stage.opinion_form and review.opinion):
            continue
        name = f"审核意见/{place}_{safe_name(stage.name if stage else review.stage)}"
        folder.data(f"{name}.json", _row(review, "stage", "action", "opinion", "reasons", "reviewed_on"))
        if stage is not None and stage.opinion_form and review.opinion:
            form = definitions.form_in(policy, stage.opinion_form)
            folder.page(f"{name}.html", f"{case.carrier.name} {stage.name}", draw_view(form, review.opinion))


def _visits(folder: _Folder) -> None:
    case = folder.case
    workflow, policy = definitions.workflow_of(case), definitions.policy_of(case)
    for place, visit in enumerate(SiteVisit.select().where(SiteVisit.case == case).order_by(SiteVisit.id), 1):
        folder.data(f"实地考察/{place}.json", _row(visit, "stage", "answers"))
        shown: dict[str, list[dict[str, Any]]] = {}
        for key, kept in sorted(visit.answers.items()):
            photos = [one for one in kept if isinstance(one, dict) and "digest" in one] if isinstance(kept, list) else []
            for number, photo in enumerate(photos, 1):
                path = f"实地考察/{place}_{safe_name(key)}/{number}_{safe_name(photo['name'])}"
                folder.kept(path, photo["digest"])
                shown.setdefault(key, []).append({**photo, "id": number, "url": f"{HERE}{path}"})
        stage = workflow.by_key.get(visit.stage)
        if stage is not None and stage.site_visit_form:
            form = definitions.form_in(policy, stage.site_visit_form)
            folder.page(f"实地考察/{place}.html", f"{case.carrier.name} 实地考察", draw_view(form, visit.answers, shown))


def _panel(folder: _Folder) -> None:
    case = folder.case
    for place, sheet in enumerate(ScoreSheet.select().where(ScoreSheet.case == case).order_by(ScoreSheet.id), 1):
        names = ("points", "changes", "grade", "remarks", "opinion", "status", "total", "signed_at")
        folder.data(f"评价表/{place}.json", {**_row(sheet, *names), "expert": sheet.member.account.display_name})
    opinion = PanelOpinion.get_or_none(PanelOpinion.case == case)
    if opinion is not None:
        folder.data("评价表/专家组意见.json", _row(opinion, "modes", "grade", "opinion"))
    checks = DeterminationCheck.select().where(DeterminationCheck.case == case).order_by(DeterminationCheck.fact)
    if found := [_row(check, "fact", "value", "note", "checked_at") for check in checks]:
        folder.data("结果/核查.json", found)


def _notices(folder: _Folder, whole: bool) -> None:
    """The lines on notices; objections without who objects, and only in the city's own archive."""
    rows = NoticeEntry.select(NoticeEntry, PublicNotice).join(PublicNotice).where(NoticeEntry.case == folder.case)
    for place, entry in enumerate(rows.order_by(NoticeEntry.id), 1):
        notice = _row(entry.notice, "kind", "title", "opened_on", "last_day", "working_days", "closed_on")
        told = {**notice, "status": entry.status, "result_version": entry.result.version, "grade": entry.result.grade}
        if whole:
            objections = Objection.select().where(Objection.entry == entry).order_by(Objection.id)
            names = ("receipt", "filed_on", "text", "admissible", "grounds", "status", "ruling")
            told["objections"] = [{**_row(one, *names), "files": _objection_files(folder, place, one)} for one in objections]
        folder.data(f"公示/{place}.json", told)


def _objection_files(folder: _Folder, place: int, objection: Objection) -> list[str]:
    """What came with an objection; the names it came under may say who objects, and are left out."""
    rows = ObjectionFile.select().where(ObjectionFile.objection == objection).order_by(ObjectionFile.id)
    paths = {
        f"公示/{place}_异议材料/{objection.receipt}_{number}{PurePosixPath(row.filename).suffix}": row.digest
        for number, row in enumerate(rows, 1)
    }
    for path, digest in paths.items():
        folder.kept(path, digest)
    return list(paths)


def _awards(folder: _Folder) -> None:
    for award in Award.select().where(Award.case == folder.case).order_by(Award.id):
        entries = AwardEntry.select().where(AwardEntry.award == award).order_by(AwardEntry.id)
        ledger = [_row(entry, "kind", "amount_fen", "reason", "posted_on") for entry in entries]
        told = _row(award, "grade", "status", "amount_fen", "reasons", "trace")
        folder.data(f"奖补/{award.id}.json", {**told, "entries": ledger})


def _events(case: Case, reader: Reader) -> list[dict[str, Any]]:
    """The events: all with their bodies for the city, for others those they may read, with the hashes alone."""
    sentences = {place: (day, text) for place, day, text in reader.history}
    found = []
    for event in CaseEvent.select().where(CaseEvent.case == case).order_by(CaseEvent.sequence):
        day, text = sentences.get(event.sequence, (event.policy_date, ""))
        if not reader.whole and event.sequence not in sentences:
            continue
        told = {"sequence": event.sequence, "on": day, "text": text, "hash": event.hash,
                "previous_hash": event.previous_hash}  # fmt: skip
        found.append({**told, "kind": event.kind, "body": event.body, "said": event.said} if reader.whole else told)
    return found

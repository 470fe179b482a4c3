"""Objections to a noticed result: filing (by anybody, with a receipt), and the ruling."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import BinaryIO

from core import clock, storage
from core.cases import awarding, definitions, determining, events, locking, noticing, objection_files, statements
from core.cases.action import Receipt, once
from core.cases.objection_files import Kept
from core.errors import OutOfScope, Refused
from core.models import NoticeEntry, Objection, ObjectionFile
from core.people.scope import NOBODY, Viewer
from core.policy.award_holds import OBJECTED
from core.policy.objection import admissible

RULINGS = {"stands": "维持原结果", "rescored": "异议成立，重新认定"}


def object_to(  # noqa: PLR0913 - the questions of one form
    entry_id: int, *, kind: str, name: str, contact: str, sealed: bool, text: str, token: str, files: Sequence[Kept] = ()
) -> Receipt:
    """File an objection to one line of an open notice; nobody needs an account.

    One in time and signed freezes that carrier's line and award only. A late or unsigned one is recorded, not
    admitted, and told why. The receipt holds `receipt`, `admissible`, `grounds`. Raises Refused for an empty text.
    """

    def work() -> Receipt:
        locking.lock_cases([_entry(entry_id).case_id])
        entry, moment = _entry(entry_id), clock.moment()
        _require_open_to_objections(entry)
        if faults := _faults(kind, name, text):
            raise Refused("请把异议填写完整。", faults)
        signed = {"real_name": bool(name.strip()), "contact": bool(contact.strip()), "sealed": sealed}
        rules = noticing.rules_of(entry.notice.round)
        admission = admissible(rules, kind, signed, moment, entry.notice.last_day)
        objection = Objection.create(
            entry=entry,
            receipt=_new_receipt(moment),
            objector_kind=kind,
            objector_name=name,
            contact=contact,
            sealed=sealed,
            text=text,
            admissible=admission.admissible,
            grounds=list(admission.grounds),
            filed_at=clock.now(),
            filed_on=moment.date(),
            status="open" if admission.admissible else "not_admitted",
        )
        if admission.admissible:
            _freeze(entry)
        # the digests stand in the chain, so that a file exchanged behind the system's back shows
        digests = objection_files.add(objection, files)
        data = {"objection": objection.id, "admissible": admission.admissible} | ({"files": digests} if digests else {})
        events.record(entry.case_id, NOBODY, "objected", data)
        statements.append_outbox("objection_filed", {"objection": objection.id})
        return {
            "receipt": objection.receipt,
            "admissible": admission.admissible,
            "grounds": list(admission.grounds),
            "message": "异议已受理。" if admission.admissible else "异议没有受理。",
        }

    return once(token, work)


def _require_open_to_objections(entry: NoticeEntry) -> None:
    if entry.notice.kind != noticing.NOTICE:
        raise Refused("这次是公布结果，没有公示和异议环节。有意见请直接向公布的单位反映。")
    if entry.status == "renewed":
        raise Refused("这家单位的结果更改后已重新公示，请对新的公示提出异议。")


def _new_receipt(moment: datetime) -> str:
    """A number that is easily read out and not easily guessed: it opens the objection to who has it."""
    return f"YY{moment:%Y%m%d}{secrets.randbelow(10**10):010d}"


def _entry(entry_id: int) -> NoticeEntry:
    entry = NoticeEntry.get_or_none(NoticeEntry.id == entry_id)
    if entry is None:
        raise OutOfScope
    return entry


def _faults(kind: str, name: str, text: str) -> dict[str, str]:
    faults = {}
    if kind not in ("person", "organisation"):
        faults["kind"] = "请选择以个人还是以单位名义提出。"
    if not name.strip():
        faults["name"] = "请填写真实姓名或单位全称；匿名的异议不受理。"
    if len(text.strip()) < 5:
        faults["text"] = "请写明对哪一点有异议和理由。"
    return faults


def _freeze(entry: NoticeEntry) -> None:
    NoticeEntry.update(status="frozen").where((NoticeEntry.id == entry.id) & (NoticeEntry.status == "open")).execute()
    awarding.hold(entry.case, OBJECTED)


def find_objection(viewer: Viewer, objection_id: int) -> Objection:
    """An objection in a region in which this person is the city's reviewer. Raises OutOfScope."""
    objection = Objection.get_or_none(Objection.id == objection_id)
    if objection is None or not viewer.has("city_reviewer", objection.entry.notice.round.region_id):
        raise OutOfScope
    return objection


def readable(viewer: Viewer, objection_id: int, file_id: int) -> tuple[ObjectionFile, BinaryIO]:
    """A file of an objection that this person handles, and its bytes. Raises OutOfScope."""
    found = find_objection(viewer, objection_id)
    row = ObjectionFile.get_or_none((ObjectionFile.id == file_id) & (ObjectionFile.objection == found))
    if row is None:
        raise OutOfScope
    try:
        return row, storage.open_file(row.digest)
    except FileNotFoundError:
        raise Refused("这份文件在存放处找不到了，请告诉系统管理员。") from None


def rule(viewer: Viewer, objection_id: int, ruling: str, text: str, version: int, token: str) -> Receipt:
    """Rule on an admitted objection: the result stands, or the case goes back to determination.

    Raises Refused, Stale, OutOfScope. The line thaws when no other objection to it is open.
    """

    def work() -> Receipt:
        case_id = find_objection(viewer, objection_id).entry.case_id
        _, row = locking.own_case(viewer, case_id, "city_reviewer", version)
        objection = Objection.get_by_id(objection_id)  # read again: a colleague may have ruled meanwhile
        if objection.status != "open":
            raise Refused("这份异议已经处理。")
        if ruling not in RULINGS or not text.strip():
            raise Refused("请选择处理结果并写明理由。", {"text": "请写明调查核实的情况和理由。"})
        Objection.update(
            status=ruling, ruling=text, ruled_by=viewer.account, ruled_at=clock.now()
        ).where(Objection.id == objection.id).execute()
        events.append(row, viewer, "objection_ruled", {"objection": objection.id, "ruling": ruling}, text)
        statements.append_outbox("objection_ruled", {"objection": objection.id})
        _after_ruling(viewer, objection, ruling, text)
        return {"objection": objection.id, "case": row.id, "message": f"已处理：{RULINGS[ruling]}。"}

    return once(token, work)


def _after_ruling(viewer: Viewer, objection: Objection, ruling: str, text: str) -> None:
    entry = objection.entry
    if ruling == "rescored" and entry.case.stage == "public_notice":
        noticing.back_to_determination(viewer, entry, text)
        return
    awarding.thaw(viewer, entry.case)
    others = Objection.select().where((Objection.entry == entry) & (Objection.status == "open"))
    if others.exists() or entry.case.stage != "public_notice":
        return
    NoticeEntry.update(status="open").where(
        (NoticeEntry.id == entry.id) & (NoticeEntry.status == "frozen")
    ).execute()
    if entry.notice.status == "closed":
        noticing.finalise(viewer, NoticeEntry.get_by_id(entry.id))


def settle_rescored(viewer: Viewer, case_id: int, version: int, token: str) -> Receipt:
    """After a rescored case was determined anew: put the new result in force, or tell that it is noticed again."""

    def work() -> Receipt:
        locking.own_case(viewer, case_id, "city_reviewer", version)
        entry = NoticeEntry.select().where(NoticeEntry.case == case_id).order_by(NoticeEntry.id.desc()).first()
        if entry is None:
            raise OutOfScope
        noticing.find_notice(viewer, entry.notice_id)
        result = determining.latest_result(entry.case)
        if result is None or result.id == entry.result_id:
            raise Refused("还没有重新认定，请先认定新的结果。")
        if determining.is_outdated(result):
            raise Refused("认定以后核查或填报有变动，请重新认定。")
        noticing.require_no_open_objection(entry.case)
        if not noticing.finish_changed(viewer, entry, result):
            raise Refused("按设定，改变了的结果要重新公示。请在批次里为这家单位再发布一次公示。")
        return {"case": case_id, "message": "新的结果已生效。"}

    return once(token, work)


def policy_handling_days(objection: Objection) -> int | None:
    """Working days in which an objection is to be handled, where the region set any."""
    return noticing.rules_of(definitions.round_of(objection.entry.case)).handling_working_days

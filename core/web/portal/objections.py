"""Objecting to one line of a notice without an account, the receipt, and looking it up later."""

from __future__ import annotations

from datetime import date

from flask import abort, current_app, redirect, render_template, request, session, url_for
from flask_wtf import FlaskForm
from wtforms import BooleanField, MultipleFileField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from core.cases import objecting
from core.cases.clocks import calendar_of
from core.cases.definitions import pinned_policy
from core.cases.objection_files import MOST_FILES, MOST_MB, TAKEN, Offered, files_of, keep
from core.errors import CalendarMissing, OutOfScope, Refused
from core.models import EvaluationRound, NoticeEntry, Objection, PublicNotice, Region
from core.policy.objection import OBJECTORS
from core.web.access import open_to_everyone
from core.web.portal import publication
from core.web.portal.blueprint import Page, pages, region_named
from core.web.portal.notices import counts_opening_day, rules_of

_RECEIPTS_KEPT = 10


class ObjectionForm(FlaskForm):
    """Who objects, how to reach them, and what is wrong with the published line."""

    kind = RadioField(
        "以什么身份提出",
        [InputRequired("请选个人或单位")],
        choices=[SelectChoice(key, name) for key, name in OBJECTORS.items()],
    )
    name = StringField(
        "姓名或单位名称", [DataRequired("请写姓名或单位名称"), Length(max=80, message="不超过 80 个字")],
        description="个人写真实姓名，单位写全称。只供核实使用，不对外公开，也不告诉被异议的单位。",
        render_kw={"autocomplete": "name"},
    )  # fmt: skip
    contact = StringField(
        "联系方式", [DataRequired("请留电话、邮箱或地址，答复要用"), Length(max=120, message="不超过 120 个字")],
        description="电话、邮箱或通信地址，写一种就行。以后查询办理进度也要用它。",
    )  # fmt: skip
    sealed = BooleanField(
        "书面材料已加盖单位公章", description="单位提出时勾选。盖章的原件请送到或寄到公示所列的地址。"
    )
    text = TextAreaField(
        "异议事项和理由",
        [DataRequired("请写清对什么有异议、理由是什么"), Length(min=5, max=4000, message="请写 5 到 4000 个字")],
        description="写清哪一处与事实不符、实际情况怎样、有什么可以证明。",
    )
    files = MultipleFileField(
        "附件（可以不传）",
        description=f"盖章材料的扫描件或照片、证明材料，{'、'.join(TAKEN)}，最多 {MOST_FILES} 份，每份不超过 {MOST_MB} MB。",
    )

    def validate_sealed(self, field: BooleanField) -> None:
        """An organisation's objection needs its seal, else it could not be admitted."""
        if self.kind.data == "organisation" and not field.data:
            raise ValidationError("单位提出异议要加盖公章，请盖章后勾选；没有公章可以改为个人提出。")


def _open_entry(region: str, notice: int, entry: int) -> tuple[Region, PublicNotice, NoticeEntry]:
    row = region_named(region)
    found = publication.find_open_notice(row, notice)
    return row, found, publication.find_entry(found, entry)


@pages.get("/r/<region>/notices/<int:notice>/object/")
@open_to_everyone
def object_choose(region: str, notice: int) -> Page:
    """Which line the objection is about."""
    row = region_named(region)
    found = publication.find_open_notice(row, notice)
    return render_template(
        "portal/object_choose.html", region=row, notice=found, groups=publication.groups_of(found),
        standing=_standing(row, found),
    )  # fmt: skip


@pages.get("/r/<region>/notices/<int:notice>/object/<int:entry>")
@open_to_everyone
def object_form(region: str, notice: int, entry: int) -> Page:
    """The form; after the last day a page that says so."""
    row, found, line = _open_entry(region, notice, entry)
    return _draw(row, found, line, ObjectionForm(formdata=None))


def _standing(row: Region, found: PublicNotice) -> publication.Standing:
    return publication.standing(found, calendar_of(row), counts_opening_day(pinned_policy(found.round)))


def _draw(row: Region, found: PublicNotice, line: NoticeEntry, form: ObjectionForm, problem: str = "") -> str:
    return render_template(
        "portal/object.html", region=row, notice=found, entry=line, form=form, problem=problem,
        carrier=line.case.carrier.name, standing=_standing(row, found), rules=rules_of(pinned_policy(found.round)),
        accept=",".join(f".{one}" for one in TAKEN), token=request.form.get("form_token"),
        again=bool(_offered()),
    )  # fmt: skip


def _offered() -> list[Offered]:
    return [Offered(one.filename or "", one.stream) for one in request.files.getlist("files") if one.filename]


@pages.post("/r/<region>/notices/<int:notice>/object/<int:entry>")
@open_to_everyone
def object_entry(region: str, notice: int, entry: int) -> Page:
    """File the objection once, then show its receipt."""
    row, found, line = _open_entry(region, notice, entry)
    form = ObjectionForm()
    if not form.validate():
        return _draw(row, found, line, form), 422
    try:
        filed = objecting.object_to(
            line.id,
            kind=form.kind.data,
            name=form.name.data.strip(),
            contact=form.contact.data.strip(),
            sealed=form.sealed.data,
            text=form.text.data.strip(),
            files=keep(line, _offered(), current_app.config["MAX_UPLOAD_MB"]),
            token=request.form.get("form_token") or abort(400),
        )
    except Refused as refusal:
        for key, problem in refusal.fields.items():
            if key in form:
                form[key].errors = [problem]
        return _draw(row, found, line, form, str(refusal)), refusal.http_status
    session["receipts"] = [*session.get("receipts", []), filed["receipt"]][-_RECEIPTS_KEPT:]
    return redirect(url_for(".receipt", region=row.key, number=filed["receipt"]))


@pages.get("/r/<region>/receipt")
@open_to_everyone
def receipt_form(region: str) -> Page:
    """Ask for the receipt number and the contact that was left."""
    return render_template("portal/receipt_form.html", region=region_named(region), typed={})


@pages.post("/r/<region>/receipt")
@open_to_everyone
def receipt_look_up(region: str) -> Page:
    """The receipt whose number and contact both fit; which of the two is wrong is not said."""
    row = region_named(region)
    number, contact = (request.form.get(key, "").strip() for key in ("number", "contact"))
    found = _objection(row, number)
    if found is None or "".join(found.contact.split()) != "".join(contact.split()):
        problem = "没有找到。请核对受理号，以及提出异议时留的联系方式。"
        return render_template("portal/receipt_form.html", region=row, typed=request.form, problem=problem), 404
    session["receipts"] = [*session.get("receipts", []), found.receipt][-_RECEIPTS_KEPT:]
    return redirect(url_for(".receipt", region=row.key, number=found.receipt))


@pages.get("/r/<region>/receipt/<number>")
@open_to_everyone
def receipt(region: str, number: str) -> Page:
    """The receipt, for whoever filed it here or has looked it up; for others it does not exist."""
    row = region_named(region)
    found = _objection(row, number) if number in session.get("receipts", []) else None
    if found is None:
        raise OutOfScope
    rules = rules_of(pinned_policy(found.entry.notice.round))
    return render_template(
        "portal/receipt.html", region=row, objection=found, notice=found.entry.notice,
        carrier=found.entry.case.carrier.name, rules=rules, objectors=OBJECTORS, files=files_of(found),
        reply_by=_reply_by(row, found, rules.handling_working_days if rules else None),
        others=NoticeEntry.select().where(NoticeEntry.notice == found.entry.notice).count() - 1,
    )  # fmt: skip


def _objection(region: Region, number: str) -> Objection | None:
    rows = Objection.select().join(NoticeEntry).join(PublicNotice).join(EvaluationRound)
    return rows.where((EvaluationRound.region == region) & (Objection.receipt == number)).first()


def _reply_by(region: Region, found: Objection, working_days: int | None) -> date | None:
    if working_days is None:
        return None
    try:
        return calendar_of(region).deadline(found.filed_on, working_days)
    except CalendarMissing:
        return None

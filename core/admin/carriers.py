"""The register of carriers, for the policy officer: entries with the region's own facts, titles, marks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from flask import redirect, request, url_for
from flask_admin import expose
from flask_admin.helpers import get_form_data
from peewee import JOIN
from wtforms import DateField, Field, Form, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from core.admin.base import Answer, PlainForm, attempt, options, regions_of, status_of, token
from core.admin.registers import Register
from core.cases import register_facts, registering
from core.cases.action import Receipt
from core.cases.register_words import KINDS, LEVELS, MARK_NAMES, MARKS, TITLE_MARKS, TITLES
from core.models import Carrier, CarrierMark, District, Organisation, Region
from core.policy.facts import Fact, as_date
from core.web.access import viewer
from core.web.words import iso_date

FACT = "fact_"


class CarrierForm(PlainForm):
    """A carrier. Organisation and district say which region it belongs to."""

    name = StringField("名称", [InputRequired("请填写名称"), Length(max=120)])
    kind = SelectField("类别", [InputRequired("请选择类别")])
    level = SelectField("级别", [InputRequired("请选择级别")], choices=options(LEVELS.items()))
    organisation = SelectField(
        "运营主体",
        [InputRequired("请选择运营主体；没有的先登记运营主体。")],
        coerce=int,
        description="一个载体一个称号；同一单位有几个称号的，登记几个载体。",
    )
    district = SelectField("区县", coerce=lambda value: int(value) if value not in ("", None, "None") else None)
    title_status = SelectField(
        "资格", [InputRequired("请选择资格")], choices=options((key, TITLES[key]) for key in ("held", "applicant"))
    )
    recognised_on = DateField("认定或备案日期", [Optional()])
    enrolled_on = DateField("纳入日期", [Optional()], description="纳入培育或服务体系的日子；没有这一步的不填。")


class MarkForm(PlainForm):
    """A lasting mark."""

    kind = SelectField("标记", choices=options(MARKS.items()))
    clause = StringField("依据的条款", [InputRequired("请写明依据的条款"), Length(max=80)])
    reason = TextAreaField("原因和出处", [InputRequired("请写明原因和出处")], render_kw={"rows": 3})


class TitleForm(PlainForm):
    """A change of where the title stands."""

    status = SelectField(
        "改为", [InputRequired("请选择改成什么")], choices=options((key, TITLES[key]) for key in TITLE_MARKS)
    )
    effective_on = DateField(
        "从哪一天起", [InputRequired("请填写从哪一天起算")], description="可以早于今天，按文件追溯；不能晚于今天。"
    )
    clause = StringField("依据的条款", [InputRequired("请写明依据的条款"), Length(max=80)])
    reason = TextAreaField("原因和出处", [InputRequired("请写明原因和出处")], render_kw={"rows": 3})


def fact_field(fact: Fact) -> Field:
    """The control of one declared fact; nothing has to be known when a carrier is entered."""
    said = f"单位：{fact.unit}" if fact.unit else ""
    if fact.type == "yes_no":
        return SelectField(fact.name, choices=options((("", "还不知道"), ("是", "是"), ("否", "否"))), description=said)
    if fact.type == "choice":
        known = [(key, register_facts.choice_words(fact, key)) for key in fact.allowed]
        return SelectField(fact.name, choices=options([("", "还不知道"), *known]), description=said)
    if fact.type == "date":
        return DateField(fact.name, [Optional()], description=said)
    return StringField(fact.name, [Length(max=200)], description=said)


def form_with(facts: Mapping[str, Fact]) -> type[CarrierForm]:
    """The form with the facts that the region's register keeps."""
    return type("CarrierFormOfRegion", (CarrierForm,), {FACT + key: fact_field(fact) for key, fact in facts.items()})


def facts_typed(form: Form) -> dict[str, object]:
    """What the form holds of the region's facts, by key."""
    return {f.name.removeprefix(FACT): f.data for f in form if f.name.startswith(FACT)}


def facts_shown(facts: Mapping[str, Fact], stored: Mapping[str, Any]) -> dict[str, object]:
    """Stored facts as the controls take them."""
    shown: dict[str, object] = {}
    for key, fact in facts.items():
        value = stored.get(key)
        if fact.type == "yes_no":
            shown[FACT + key] = "" if value is None else "是" if value else "否"
        elif fact.type == "date":
            shown[FACT + key] = as_date(value)
        else:
            shown[FACT + key] = "" if value is None else str(value)
    return shown


class Carriers(Register):
    """载体."""

    title, slug = "载体", "carriers"
    about = "有称号的和申请称号的单位。经办人由安全管理员授权。"
    create_label = "登记载体"
    searched = (Carrier.name,)
    column_list = ("name", "kind", "level", "district", "organisation", "recognised_on", "title_status")
    column_labels: ClassVar[dict[str, str]] = {
        "name": "名称",
        "kind": "类别",
        "level": "级别",
        "district": "区县",
        "organisation": "运营主体",
        "recognised_on": "认定或纳入日期",
        "title_status": "资格",
    }
    column_formatters: ClassVar[dict[str, Any]] = {
        "kind": lambda _v, _c, row, _n: KINDS.get(row.kind, row.kind),
        "level": lambda _v, _c, row, _n: LEVELS.get(row.level, row.level),
        "district": lambda _v, _c, row, _n: row.district.name if row.district else "—",
        "organisation": lambda _v, _c, row, _n: row.organisation.name,
        "recognised_on": lambda _v, _c, row, _n: iso_date(row.recognised_on or row.enrolled_on) or "—",
        "title_status": lambda _v, _c, row, _n: TITLES[row.title_status],
    }
    form = CarrierForm
    from_sheet = "admin_carriers_import"
    list_template = "admin/carriers.html"

    def get_query(self) -> Any:
        """With region, organisation and district, in one statement."""
        return (
            Carrier.select(Carrier, Region, Organisation, District)
            .join(Region)
            .switch(Carrier)
            .join(Organisation)
            .switch(Carrier)
            .join(District, JOIN.LEFT_OUTER, on=(Carrier.district == District.id))
            .where(Carrier.region.in_(regions_of(viewer()) or [0]))
        )

    def links(self, row: Any) -> list[tuple[str, str]]:
        """Mend, the title, or marks."""
        of_row = [(url_for(f"{self.endpoint}.{to}", carrier_id=row.id), words) for to, words in PAGES]
        return [*super().links(row), *of_row]

    def create_form(self, obj: Any = None) -> Form:  # noqa: ARG002
        """With the facts of the person's regions; those of another region than the organisation's are not kept."""
        facts: dict[str, Fact] = {}
        for region in _regions():
            facts.update(register_facts.declared(region))
        return form_with(facts)(get_form_data())

    def edit_form(self, obj: Any = None) -> Form:
        """With the facts of the carrier's region as they are stored."""
        facts = register_facts.declared(obj.region)
        form = form_with(facts)(get_form_data(), obj=obj, data=facts_shown(facts, obj.facts))
        del form.title_status  # changed on a page of its own, with its ground
        return form

    def fill_choices(self, form: Form, row: Any = None) -> None:
        """Kinds that the policy names; organisations and districts of the person's regions (of the row's)."""
        of = [row.region] if row is not None else _regions()
        kinds = {key: words for region in of for key, words in register_facts.kinds_of(region).items()}
        if row is not None:
            kinds.setdefault(row.kind, KINDS.get(row.kind, row.kind))
        regions = [region.id for region in of] or [0]
        owners = Organisation.select().where(Organisation.region.in_(regions)).order_by(Organisation.name)
        districts = District.select().where(District.region.in_(regions)).order_by(District.id)
        form.kind.choices = options([*([] if len(kinds) == 1 else [("", "请选择")]), *kinds.items()])
        form.organisation.choices = options((o.id, o.name) for o in owners)
        form.district.choices = options([("", "不分区县"), *((d.id, d.name) for d in districts)])
        if request.method == "GET" and row is not None:
            form.organisation.data, form.district.data = row.organisation_id, row.district_id

    def create_row(self, form: Form) -> Receipt:
        """Register, in the region of the organisation."""
        owner = Organisation.get_or_none(Organisation.id == form.organisation.data)
        values = {**form.data, "facts": facts_typed(form)}
        return registering.save_carrier(viewer(), None, owner.region_id if owner else 0, values, token())

    def change_row(self, form: Form, row: Any) -> Receipt:
        """Mend."""
        values = {**form.data, "facts": facts_typed(form)}
        return registering.save_carrier(viewer(), row.id, row.region_id, values, token())

    @expose("/<int:carrier_id>/marks", methods=("GET", "POST"))
    def marks(self, carrier_id: int) -> Answer:
        """The marks of a carrier, and the form for one more."""
        row = self.find(str(carrier_id))
        form = MarkForm(request.form if request.method == "POST" else None)
        if request.method == "POST" and form.validate():
            kind, clause, reason = form.kind.data, form.clause.data, form.reason.data
            if attempt(lambda: registering.mark_carrier(viewer(), row.id, kind, clause, reason, token()), form):
                return redirect(url_for(".marks", carrier_id=row.id))
        known = _marks(row)
        return self.render("admin/marks.html", row=row, marks=known, form=form, kinds=MARK_NAMES), status_of(form)

    @expose("/<int:carrier_id>/title", methods=("GET", "POST"))
    def change_title(self, carrier_id: int) -> Answer:
        """Where the title stands, and the form to change it with its ground."""
        row = self.find(str(carrier_id))
        form = TitleForm(request.form if request.method == "POST" else None)
        form.status.choices = options((key, TITLES[key]) for key in TITLE_MARKS if key != row.title_status)
        if request.method == "POST" and form.validate():
            given = form.status.data, form.effective_on.data, form.clause.data, form.reason.data
            if attempt(lambda: registering.change_title(viewer(), row.id, *given, token()), form):
                return redirect(url_for(".change_title", carrier_id=row.id))
        return self.render("admin/title.html", row=row, form=form, titles=TITLES, marks=_marks(row),
                           kinds=MARK_NAMES), status_of(form)  # fmt: skip


PAGES = (("change_title", "资格"), ("marks", "标记"))
"""What else can be done with a carrier: (view, words)."""


def _regions() -> list[Region]:
    return list(Region.select().where(Region.id.in_(regions_of(viewer()) or [0])).order_by(Region.id))


def _marks(row: Carrier) -> list[CarrierMark]:
    return list(CarrierMark.select().where(CarrierMark.carrier == row).order_by(CarrierMark.id.desc()))

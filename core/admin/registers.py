"""The registers of a region, for its policy officer: organisations, districts, carriers with marks, rounds."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import redirect, request, url_for
from flask_admin import expose
from peewee import JOIN
from wtforms import DateField, Form, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from core.admin.base import Answer, PlainForm, Table, attempt, options, regions_of, status_of, token
from core.cases import registering
from core.cases.action import Receipt
from core.models import Carrier, CarrierMark, DefinitionVersion, District, EvaluationRound, Organisation, Region
from core.web.access import viewer
from core.web.words import iso_date

STATUS = {"planned": "还没开启", "open": "进行中", "closed": "已结束"}


class OfRegion(PlainForm):
    """Every register entry belongs to a region; the choice is offered to officers of several."""

    region = SelectField("地区", validators=[Optional()])


class Register(Table):
    """A table of the regions whose policy officer this person is."""

    roles = ("policy_officer",)
    group = "登记"

    def get_query(self) -> Any:
        """Only rows of the person's regions, with the region's name."""
        return (
            self.model.select(self.model, Region).join(Region).where(self.model.region.in_(regions_of(viewer()) or [0]))
        )

    def fill_choices(self, form: Form, row: Any = None) -> None:
        """An entry keeps its region; a new one takes the only one there is, or asks."""
        rows = list(Region.select().where(Region.id.in_(regions_of(viewer()) or [0])).order_by(Region.id))
        if row is not None or len(rows) == 1:
            del form.region
        else:
            form.region.choices = options((str(one.id), one.name) for one in rows)

    def region_of(self, form: Form) -> int:
        """The region of a new entry."""
        return int(form.region.data) if "region" in form else (regions_of(viewer()) or [0])[0]


class OrganisationForm(OfRegion):
    """A legal person."""

    name = StringField("名称", [InputRequired("请填写名称"), Length(max=120)])
    credit_code = StringField(
        "统一社会信用代码", [Length(max=18)], render_kw={"autocomplete": "off", "spellcheck": "false"}
    )


class Organisations(Register):
    """运营主体."""

    title, slug = "运营主体", "organisations"
    about = "运营载体、领取奖补的单位。"
    create_label = "登记运营主体"
    searched = (Organisation.name, Organisation.credit_code)
    column_list = ("name", "credit_code", "region.name")
    column_labels: ClassVar[dict[str, str]] = {"name": "名称", "credit_code": "统一社会信用代码", "region.name": "地区"}
    form = OrganisationForm

    def create_row(self, form: Form) -> Receipt:
        """Register."""
        return registering.save_organisation(viewer(), None, self.region_of(form), form.data, token())

    def change_row(self, form: Form, row: Any) -> Receipt:
        """Mend."""
        return registering.save_organisation(viewer(), row.id, row.region_id, form.data, token())


class DistrictForm(OfRegion):
    """A district."""

    key = StringField("代号", [Length(max=40)], description="新登记时填，小写字母开头，例如拼音；以后不能改。")
    name = StringField("名称", [InputRequired("请填写名称"), Length(max=40)])
    authority = StringField("归口管理部门", [Length(max=80)])


class Districts(Register):
    """区县."""

    title, slug = "区县", "districts"
    about = "区县和负责审核的归口管理部门。"
    create_label = "登记区县"
    column_list = ("name", "authority", "region.name")
    column_labels: ClassVar[dict[str, str]] = {"name": "名称", "authority": "归口管理部门", "region.name": "地区"}
    form = DistrictForm

    def fill_choices(self, form: Form, row: Any = None) -> None:
        """The key is fixed once."""
        super().fill_choices(form, row)
        if row is not None:
            del form.key

    def create_row(self, form: Form) -> Receipt:
        """Register."""
        return registering.save_district(viewer(), None, self.region_of(form), form.data, token())

    def change_row(self, form: Form, row: Any) -> Receipt:
        """Mend."""
        return registering.save_district(viewer(), row.id, row.region_id, form.data, token())


class CarrierForm(PlainForm):
    """A carrier. Organisation and district say which region it belongs to."""

    name = StringField("名称", [InputRequired("请填写名称"), Length(max=120)])
    kind = SelectField("类别", choices=options(registering.KINDS.items()))
    level = SelectField("级别", choices=options(registering.LEVELS.items()))
    organisation = SelectField("运营主体", coerce=int)
    district = SelectField("区县", coerce=lambda value: int(value) if value not in ("", None, "None") else None)
    recognised_on = DateField("认定或备案日期", [Optional()])


class MarkForm(PlainForm):
    """A lasting mark."""

    kind = SelectField("标记", choices=options(registering.MARKS.items()))
    clause = StringField("依据的条款", [InputRequired("请写明依据的条款"), Length(max=80)])
    reason = TextAreaField("原因和出处", [InputRequired("请写明原因和出处")], render_kw={"rows": 3})


class Carriers(Register):
    """载体."""

    title, slug = "载体", "carriers"
    about = "众创空间、孵化器等。经办人由安全管理员授权。"
    create_label = "登记载体"
    searched = (Carrier.name,)
    column_list = ("name", "kind", "level", "district", "organisation", "recognised_on", "title_status")
    column_labels: ClassVar[dict[str, str]] = {
        "name": "名称",
        "kind": "类别",
        "level": "级别",
        "district": "区县",
        "organisation": "运营主体",
        "recognised_on": "认定日期",
        "title_status": "资格",
    }
    column_formatters: ClassVar[dict[str, Any]] = {
        "kind": lambda _v, _c, row, _n: registering.KINDS.get(row.kind, row.kind),
        "level": lambda _v, _c, row, _n: registering.LEVELS.get(row.level, row.level),
        "district": lambda _v, _c, row, _n: row.district.name if row.district else "—",
        "organisation": lambda _v, _c, row, _n: row.organisation.name,
        "recognised_on": lambda _v, _c, row, _n: iso_date(row.recognised_on) or "—",
        "title_status": lambda _v, _c, row, _n: registering.TITLES[row.title_status],
    }
    form = CarrierForm

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
        """Mend, or marks."""
        return [*super().links(row), (url_for(f"{self.endpoint}.marks", carrier_id=row.id), "标记")]

    def fill_choices(self, form: Form, row: Any = None) -> None:
        """Organisations and districts of the person's regions (of the row's, where it is there)."""
        regions = [row.region_id] if row is not None else regions_of(viewer()) or [0]
        owners = Organisation.select().where(Organisation.region.in_(regions)).order_by(Organisation.name)
        districts = District.select().where(District.region.in_(regions)).order_by(District.id)
        form.organisation.choices = options((o.id, o.name) for o in owners)
        form.district.choices = options([("", "不分区县"), *((d.id, d.name) for d in districts)])
        if request.method == "GET" and row is not None:
            form.organisation.data, form.district.data = row.organisation_id, row.district_id

    def create_row(self, form: Form) -> Receipt:
        """Register, in the region of the organisation."""
        owner = Organisation.get_or_none(Organisation.id == form.organisation.data)
        return registering.save_carrier(viewer(), None, owner.region_id if owner else 0, form.data, token())

    def change_row(self, form: Form, row: Any) -> Receipt:
        """Mend."""
        return registering.save_carrier(viewer(), row.id, row.region_id, form.data, token())

    @expose("/<int:carrier_id>/marks", methods=("GET", "POST"))
    def marks(self, carrier_id: int) -> Answer:
        """The marks of a carrier, and the form for one more."""
        row = self.find(str(carrier_id))
        form = MarkForm(request.form if request.method == "POST" else None)
        if request.method == "POST" and form.validate():
            kind, clause, reason = form.kind.data, form.clause.data, form.reason.data
            if attempt(lambda: registering.mark_carrier(viewer(), row.id, kind, clause, reason, token()), form):
                return redirect(url_for(".marks", carrier_id=row.id))
        known = list(CarrierMark.select().where(CarrierMark.carrier == row).order_by(CarrierMark.id.desc()))
        return self.render("admin/marks.html", row=row, marks=known, form=form, kinds=registering.MARKS), status_of(
            form
        )


class Rounds(Register):
    """The rounds and what each has pinned; they are run by the city's reviewers."""

    title, slug = "批次", "rounds"
    about = "批次由市级审核员开启和办理；开启时锁定各项规定的版本。"
    can_create = False
    can_edit = False
    newest_first = True
    column_list = ("title", "year", "status", "opened_on", "region.name")
    column_labels: ClassVar[dict[str, str]] = {
        "title": "批次",
        "year": "年度",
        "status": "状态",
        "opened_on": "开启日期",
        "region.name": "地区",
    }
    column_formatters: ClassVar[dict[str, Any]] = {
        "status": lambda _v, _c, row, _n: STATUS.get(row.status, row.status),
        "opened_on": lambda _v, _c, row, _n: iso_date(row.opened_on) or "—",
    }

    def links(self, row: Any) -> list[tuple[str, str]]:
        """What it runs under."""
        return [(url_for(f"{self.endpoint}.pinned", round_id=row.id), "锁定的版本")] if row.pinned else []

    @expose("/<int:round_id>/pinned")
    def pinned(self, round_id: int) -> Answer:
        """The versions that a round runs under."""
        row = self.find(str(round_id))
        found = DefinitionVersion.select().where(DefinitionVersion.id.in_(list((row.pinned or {}).values()) or [0]))
        ordered = found.order_by(DefinitionVersion.kind, DefinitionVersion.key)
        return self.render("admin/pinned.html", row=row, definitions=list(ordered))


MODELS = ((Organisations, Organisation), (Districts, District), (Carriers, Carrier), (Rounds, EvaluationRound))
"""The views of this module with the tables they show."""

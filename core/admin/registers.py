"""The registers of a region, for its policy officer: organisations, districts, rounds; carriers have their own room."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import url_for
from flask_admin import expose
from wtforms import Form, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from core.admin.base import Answer, PlainForm, Table, options, regions_of, token
from core.admin.definitions import titles_of
from core.cases import registering
from core.cases.action import Receipt
from core.models import DefinitionVersion, District, Organisation, Region
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
    list_template = "admin/register.html"
    from_sheet = ""
    """The endpoint of the pages that import this register from a spreadsheet, where there are any."""

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
    centre = StringField("服务机构", [Length(max=80)], description="区县的服务中心；没有就不填。")


class Districts(Register):
    """区县."""

    title, slug = "区县", "districts"
    about = "区县和负责审核的归口管理部门。"
    create_label = "登记区县"
    column_list = ("name", "authority", "centre", "region.name")
    column_labels: ClassVar[dict[str, str]] = {
        "name": "名称",
        "authority": "归口管理部门",
        "centre": "服务机构",
        "region.name": "地区",
    }
    form = DistrictForm
    from_sheet = "admin_districts_import"

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
        titles = titles_of([one.id for one in ordered])
        return self.render("admin/pinned.html", row=row, definitions=list(ordered), titles=titles)


MODELS = ((Organisations, Organisation), (Districts, District))
"""The views that stand before the carriers in the menu, with the tables they show."""

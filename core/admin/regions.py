"""Regions, for the system administrator: on or off, what is wrong with plugins, and a new one without a plugin."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask_admin import expose
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from core.admin.base import Answer, Page, PlainForm, attempt, status_of, token
from core.cases.authoring_regions import create_region, read_districts
from core.cases.registering_days import set_four_eyes, switch_region
from core.errors import OutOfScope
from core.models import Region
from core.plugin_manager import PluginManager
from core.web.access import viewer


class NewRegion(PlainForm):
    """A region that no plugin brings."""

    key = StringField(
        "代号",
        [InputRequired("请填写代号")],
        description="出现在网址里，小写字母开头，例如拼音。以后不能改。",
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    name = StringField("地区名称", [InputRequired("请填写地区名称"), Length(max=40)])
    bureau = StringField("主管部门", [InputRequired("请填写主管部门"), Length(max=80)])
    districts = TextAreaField(
        "区县和归口管理部门",
        [InputRequired("请至少写一个区县")],
        description="每行一个：代号 名称 归口管理部门。部门可以先不写。",
        render_kw={"rows": 6, "spellcheck": "false"},
    )


class Reason(PlainForm):
    """Why a region is switched."""

    reason = StringField("原因", [InputRequired("请写明原因"), Length(max=200)])


class Regions(Page):
    """The list of regions and of what is wrong with plugins."""

    roles = ("system_admin",)
    title, group, slug = "地区", "系统管理", "regions"

    @expose("/")
    def index(self) -> Answer:
        """Regions and the problems of plugins, read anew."""
        rows = list(Region.select().order_by(Region.id))
        return self.render("admin/regions.html", rows=rows, problems=PluginManager().problems)

    @expose("/new", methods=("GET", "POST"))
    def new(self) -> Answer:
        """The form for a region without a plugin."""
        form = NewRegion(request.form if request.method == "POST" else None)
        if request.method == "POST" and form.validate():

            def verb() -> dict[str, object]:
                districts = read_districts(form.districts.data)
                return create_region(viewer(), form.key.data, form.name.data, form.bureau.data, districts, token())

            if attempt(verb, form):
                return redirect(url_for(".index"))
        return self.render("admin/region.html", form=form), status_of(form)

    @expose("/<int:region_id>/switch", methods=("GET", "POST"))
    def switch(self, region_id: int) -> Answer:
        """Asks for the reason, then switches the region on or off."""
        row = _region(region_id)
        form = Reason(request.form if request.method == "POST" else None)
        if request.method == "POST" and form.validate():
            enabled = request.form.get("enabled") == "1"
            if attempt(lambda: switch_region(viewer(), row.id, enabled, form.reason.data, token()), form):
                return redirect(url_for(".index"))
        return self.render("admin/region_switch.html", row=row, form=form), status_of(form)

    @expose("/<int:region_id>/four-eyes", methods=("GET", "POST"))
    def four_eyes(self, region_id: int) -> Answer:
        """Asks for the reason, then says who may publish drafts of the region."""
        row = _region(region_id)
        form = Reason(request.form if request.method == "POST" else None)
        if request.method == "POST" and form.validate():
            asked = request.form.get("asked") == "1"
            if attempt(lambda: set_four_eyes(viewer(), row.id, asked, form.reason.data, token()), form):
                return redirect(url_for(".index"))
        return self.render("admin/region_four_eyes.html", row=row, form=form), status_of(form)


def _region(region_id: int) -> Region:
    row: Region | None = Region.get_or_none(Region.id == region_id)
    if row is None:
        raise OutOfScope
    return row

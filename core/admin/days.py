"""The working calendar, for the system administrator: whole years from the official notice, and single days."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import redirect, request, url_for
from flask_admin import expose
from peewee import JOIN
from wtforms import DateField, Form, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from core.admin.base import Answer, Page, PlainForm, Table, attempt, options, token
from core.cases import registering_days as verbs
from core.cases.action import Receipt
from core.models import CalendarDay, CalendarYear, Region
from core.web.access import viewer
from core.web.words import cn_date, weekday

PACKAGED = (2004, 2026)
"""The years that come with the calendar package; later ones are entered here."""


class PastedLines(PlainForm):
    """A year of the State Council's notice, pasted."""

    lines = TextAreaField(
        "放假和调休",
        [InputRequired("请粘贴这一年的放假和调休安排")],
        description="每行一天：日期、休或班、名称。例如 2027-01-01 休 元旦；2027-02-06 班。周末不用写。",
        render_kw={"rows": 14, "spellcheck": "false"},
    )
    source = StringField(
        "出自哪份通知",
        [InputRequired("请写明通知的名称和文号"), Length(max=200)],
        description="例如 国务院办公厅关于2027年部分节假日安排的通知",
    )


class Years(Page):
    """Which years are known, and entering one: first looked at, then kept."""

    roles = ("system_admin",)
    title, group, slug = "日历年度", "系统管理", "years"

    @expose("/")
    def index(self) -> Answer:
        """The years."""
        rows = list(CalendarYear.select().order_by(CalendarYear.year.desc()))
        return self.render("admin/years.html", rows=rows, packaged=PACKAGED)

    @expose("/new", methods=("GET", "POST"))
    def new(self) -> Answer:
        """Paste, look at every fault and every day, then keep."""
        form = PastedLines(request.form if request.method == "POST" else None)
        pasted = None
        if request.method == "POST":
            pasted = verbs.read_year(form.lines.data or "")
            if form.validate() and not pasted.faults and "keep" in request.form:
                lines, source = form.lines.data, form.source.data
                if attempt(lambda: verbs.import_year(viewer(), lines, source, token()), form):
                    return redirect(url_for(".index"))
        status = 422 if form.errors or (pasted and pasted.faults) else 200
        return self.render("admin/year.html", form=form, pasted=pasted), status


class OneDay(PlainForm):
    """One day that differs."""

    day = DateField("日期", [InputRequired("请填写日期")])
    working = RadioField("这一天", choices=options((("0", "放假"), ("1", "上班"))), default="0")
    region = SelectField("哪个地区", coerce=str, validators=[Optional()])
    name = StringField("名称", [Length(max=40)], description="例如 当地节日的名称")
    source = StringField("出自哪份文件", [InputRequired("请写明出自哪份文件"), Length(max=200)])


class Days(Table):
    """Single days: a region's own holidays and whatever was entered by the year."""

    roles = ("system_admin",)
    title, group, slug = "放假和调休的日子", "系统管理", "days"
    about = "只列与平常不同的日子。地区自己的日子优先于全国的安排。"
    create_label = "新增一天"
    can_edit = False
    can_delete = True
    newest_first = True
    column_list = ("day", "is_working_day", "name", "region", "source")
    column_labels: ClassVar[dict[str, str]] = {
        "day": "日期",
        "is_working_day": "安排",
        "name": "名称",
        "region": "地区",
        "source": "出处",
    }
    column_formatters: ClassVar[dict[str, Any]] = {
        "day": lambda _v, _c, row, _n: f"{cn_date(row.day)} {weekday(row.day)}",
        "is_working_day": lambda _v, _c, row, _n: "上班" if row.is_working_day else "放假",
        "region": lambda _v, _c, row, _n: row.region.name if row.region else "全国",
    }
    form = OneDay

    def get_query(self) -> Any:
        """With the region's name, in one statement."""
        return CalendarDay.select(CalendarDay, Region).join(Region, JOIN.LEFT_OUTER)

    def links(self, row: Any) -> list[tuple[str, str]]:
        """Removing asks on its own page."""
        return [(url_for(f"{self.endpoint}.remove_view", id=row.id), "删去")]

    def row_name(self, row: Any) -> str:
        """The date."""
        return f"{cn_date(row.day)}（{'上班' if row.is_working_day else '放假'}）"

    def fill_choices(self, form: Form, row: Any = None) -> None:  # noqa: ARG002
        """The whole country, or one region."""
        named = [(str(region.id), region.name) for region in Region.select().order_by(Region.id)]
        form.region.choices = options([("", "全国"), *named])

    def create_row(self, form: Form) -> Receipt:
        """Enter the day."""
        one = verbs.Day(form.day.data, form.working.data == "1", (form.name.data or "").strip())
        region = int(form.region.data) if form.region.data else None
        return verbs.add_day(viewer(), region, one, form.source.data, token())

    def delete_row(self, row: Any) -> Receipt:
        """Take the day out."""
        return verbs.remove_day(viewer(), row.id, token())

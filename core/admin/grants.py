"""Roles, for the security administrator: giving and taking back, nothing else."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import redirect, request, url_for
from flask_admin import expose
from peewee import JOIN
from wtforms import Form, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from core.admin.base import Answer, PlainForm, Table, attempt, options, status_of, token
from core.cases import granting
from core.cases.action import Receipt
from core.errors import Refused
from core.models import Account, Carrier, District, Grant, Region
from core.people import accounts
from core.roles import ROLES
from core.web.access import viewer
from core.web.words import iso_date, role_name

NEEDS = {"region": "地区", "district": "区县", "carrier": "载体", "instance": "全系统"}


class NewGrant(PlainForm):
    """Who gets which role, and where."""

    account = StringField(
        "用户名", [InputRequired("请填写用户名")], render_kw={"autocomplete": "off", "spellcheck": "false"}
    )
    role = SelectField(
        "角色", choices=options((key, f"{role.name}（{NEEDS[role.needs]}）") for key, role in ROLES.items())
    )
    region = SelectField("地区", validators=[Optional()], description="市级审核员、专家、财务和政策管理员要选。")
    district = SelectField("区县", validators=[Optional()], description="区级审核员要选。")
    carrier = StringField("载体", [Length(max=120)], description="载体经办人要写载体的全称；有同名的写编号，例如 #12。")


class Taken(PlainForm):
    """Why a role is taken back."""

    reason = StringField("收回的原因", [InputRequired("请写明收回的原因"), Length(max=200)])


def place_of(grant: Grant) -> str:
    """Where a grant holds, in words."""
    if grant.carrier:
        return str(grant.carrier.name)
    region = grant.region.name if grant.region else "全系统"
    return f"{region}{grant.district.name}" if grant.district else region


def carrier_named(typed: str) -> int | None:
    """The carrier with this name, or with this number after #. Raises Refused when it is none or several."""
    text = typed.strip()
    if not text:
        return None
    if text[0] in "#＃" and text[1:].isdigit() and len(text) < 12:
        found = list(Carrier.select(Carrier.id).where(Carrier.id == int(text[1:])))
    else:
        found = list(Carrier.select(Carrier.id).where(Carrier.name == text).order_by(Carrier.id).limit(6))
    if len(found) == 1:
        return int(found[0].id)
    numbers = "、".join(f"#{row.id}" for row in found)
    message = f"有几家同名，请写编号：{numbers}。" if found else "没有这家载体，请核对全称。"
    raise Refused(message, {"carrier": message})


class Grants(Table):
    """Every grant that holds, newest first; taking one back asks for the reason."""

    roles = ("security_admin",)
    title, group, slug = "授权", "安全管理", "grants"
    about = "只管授权。不能给自己授权；系统管理员、安全管理员、审计员要由不同的人担任，也不兼办业务。"
    create_label = "授予角色"
    list_template = "admin/imports_list.html"
    can_edit = False
    newest_first = True
    searched = (Account.display_name, Account.username)
    column_list = ("account", "role", "place", "granted_by", "granted_at")
    column_labels: ClassVar[dict[str, str]] = {
        "account": "姓名",
        "role": "角色",
        "place": "范围",
        "granted_by": "由谁授予",
        "granted_at": "授予日期",
    }
    column_formatters: ClassVar[dict[str, Any]] = {
        "account": lambda _v, _c, row, _n: f"{row.account.display_name}（{row.account.username}）",
        "role": lambda _v, _c, row, _n: role_name(row.role),
        "place": lambda _v, _c, row, _n: place_of(row),
        "granted_by": lambda _v, _c, row, _n: row.granted_by.display_name if row.granted_by else "—",
        "granted_at": lambda _v, _c, row, _n: iso_date(row.granted_at),
    }
    form = NewGrant

    def scaffold_list_columns(self) -> list[str]:
        """All columns are named above."""
        return list(self.column_list)

    def get_query(self) -> Any:
        """Grants that hold, with all the names that the list shows, in one statement."""
        giver = Account.alias()
        return (
            Grant.select(Grant, Account, giver, Region, District, Carrier)
            .join(Account, on=(Grant.account == Account.id))
            .switch(Grant)
            .join(giver, JOIN.LEFT_OUTER, on=(Grant.granted_by == giver.id))
            .switch(Grant)
            .join(Region, JOIN.LEFT_OUTER, on=(Grant.region == Region.id))
            .switch(Grant)
            .join(District, JOIN.LEFT_OUTER, on=(Grant.district == District.id))
            .switch(Grant)
            .join(Carrier, JOIN.LEFT_OUTER, on=(Grant.carrier == Carrier.id))
            .where(Grant.revoked_at.is_null())
        )

    def fill_choices(self, form: Form, row: Any = None) -> None:  # noqa: ARG002
        """Regions and districts by name."""
        regions = list(Region.select().order_by(Region.id))
        names = {region.id: region.name for region in regions}
        districts = District.select().order_by(District.region, District.id)
        form.region.choices = options([("", "不选"), *((str(r.id), r.name) for r in regions)])
        places = ((str(d.id), f"{names[d.region_id]}{d.name}") for d in districts)
        form.district.choices = options([("", "不选"), *places])

    def create_row(self, form: Form) -> Receipt:
        """Give the role."""
        account = accounts.find_account(form.account.data)
        if account is None:
            raise Refused("没有这个用户名。", {"account": "没有这个用户名，请先由系统管理员新增账号。"})
        binding = granting.Binding(
            region=int(form.region.data) if form.region.data else None,
            district=int(form.district.data) if form.district.data else None,
            carrier=carrier_named(form.carrier.data or ""),
        )
        return granting.give(viewer(), account.id, form.role.data, binding, token())

    def links(self, row: Any) -> list[tuple[str, str]]:
        """Taking back; one's own grants are another's business."""
        return (
            []
            if row.account_id == viewer().account
            else [(url_for(f"{self.endpoint}.revoke", grant_id=row.id), "收回")]
        )

    @expose("/<int:grant_id>/revoke", methods=("GET", "POST"))
    def revoke(self, grant_id: int) -> Answer:
        """Asks for the reason, then takes the role back."""
        row = self.find(str(grant_id))
        form = Taken(request.form if request.method == "POST" else None)
        posted = request.method == "POST" and form.validate()
        if posted and attempt(lambda: granting.revoke(viewer(), row.id, form.reason.data, token()), form):
            return redirect(url_for(".index_view"))
        return self.render("admin/revoke.html", row=row, place=place_of(row), form=form), status_of(form)

"""Accounts, for the system administrator: everything but what each may do."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import redirect, request, url_for
from flask_admin import expose
from wtforms import Form, StringField
from wtforms.validators import InputRequired, Length

from core.admin.base import Answer, PlainForm, Table, attempt, status_of, token
from core.cases import administering
from core.cases.action import Receipt
from core.errors import OutOfScope
from core.models import Account
from core.people import accounts, passwords
from core.web.access import viewer
from core.web.words import iso_date


class NewAccount(PlainForm):
    """A new person with the first password."""

    username = StringField(
        "用户名",
        [InputRequired("请填写用户名")],
        description="2 到 64 个字符，不能有空格。登录时用。",
        render_kw={"autocomplete": "off"},
    )
    display_name = StringField("姓名", [InputRequired("请填写姓名"), Length(max=64)], render_kw={"autocomplete": "off"})
    password = StringField(
        "首次登录的密码",
        [InputRequired("请填写首次登录的密码")],
        description=f"至少 {passwords.SHORTEST} 个字符，当面或电话告诉本人，首次登录时必须改。",
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


class Name(PlainForm):
    """The name that is shown."""

    display_name = StringField("姓名", [InputRequired("请填写姓名"), Length(max=64)], render_kw={"autocomplete": "off"})


class FirstPassword(PlainForm):
    """A first password for somebody who forgot theirs."""

    password = StringField(
        "新的首次登录密码",
        [InputRequired("请填写密码")],
        description=f"至少 {passwords.SHORTEST} 个字符。对方现在的登录全部退出，下次登录时必须改。",
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


def _state(row: Account) -> str:
    return "在用" if row.is_active else "已停用"


class Accounts(Table):
    """The list of accounts and one page for each."""

    roles = ("system_admin",)
    title, group, slug = "账号", "系统管理", "accounts"
    about = "新账号没有任何权限，由安全管理员授权后才能办事。"
    create_label = "新增账号"
    list_template = "admin/imports_list.html"
    searched = (Account.username, Account.display_name)
    column_list = ("display_name", "username", "is_active", "last_sign_in_at", "created_at")
    column_labels: ClassVar[dict[str, str]] = {
        "display_name": "姓名",
        "username": "用户名",
        "is_active": "状态",
        "last_sign_in_at": "上次登录",
        "created_at": "新增日期",
    }
    column_formatters: ClassVar[dict[str, Any]] = {
        "is_active": lambda _v, _c, row, _n: _state(row),
        "last_sign_in_at": lambda _v, _c, row, _n: iso_date(row.last_sign_in_at) or "没有登录过",
        "created_at": lambda _v, _c, row, _n: iso_date(row.created_at),
    }
    form = NewAccount
    can_edit = False

    def links(self, row: Any) -> list[tuple[str, str]]:
        """To the page of the account."""
        return [(url_for(f"{self.endpoint}.one", account_id=row.id), "办理")]

    def create_row(self, form: Form) -> Receipt:
        """A new account."""
        return administering.create(viewer(), form.username.data, form.display_name.data, form.password.data, token())

    @expose("/<int:account_id>/", methods=("GET", "POST"))
    def one(self, account_id: int) -> Answer:
        """One account: its state, and each thing that can be done with it."""
        row = self.find(str(account_id))
        name, password = Name(obj=row), FirstPassword()
        if request.method == "POST":
            form: Form | None = None
            if "rename" in request.form:
                form = name = Name(request.form)
            elif "reset" in request.form:
                form = password = FirstPassword(request.form)
            if (form is None or form.validate()) and attempt(lambda: self._act(row, form), form):
                return redirect(url_for(".one", account_id=row.id))
            if form is None:
                return redirect(url_for(".one", account_id=row.id))
        context = {"locked_until": accounts.locked_until(row), "is_self": row.id == viewer().account}
        status = max(status_of(name), status_of(password))
        return self.render("admin/account.html", row=row, rename=name, reset=password, **context), status

    def _act(self, row: Account, form: Form | None) -> Receipt:
        asked = request.form
        if "rename" in asked and form is not None:
            return administering.rename(viewer(), row.id, form.display_name.data, token())
        if "reset" in asked and form is not None:
            return administering.reset_password(viewer(), row.id, form.password.data, token())
        if "active" in asked:
            return administering.set_active(viewer(), row.id, asked["active"] == "1", token())
        if "unlock" in asked:
            return administering.unlock(viewer(), row.id, token())
        if "sign_out" in asked:
            return administering.sign_out(viewer(), row.id, token())
        raise OutOfScope

    @expose("/<int:account_id>/switch")
    def switch(self, account_id: int) -> Answer:
        """Asks before an account is switched off."""
        return self.render("admin/account_switch.html", row=self.find(str(account_id)))

"""Signing in and out, the account page, and how a person wants pages to look."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse
from wtforms import PasswordField
from wtforms.validators import EqualTo, InputRequired

from core.errors import Refused
from core.models import Carrier, District, Region
from core.people import accounts, passwords
from core.web import access, expired, nav, sessions, shell
from core.web.access import open_to_everyone, open_to_signed_in
from core.web.words import role_name

pages = Blueprint("sign_in", __name__)

Page = str | AnyResponse | tuple[str, int]


class NewPassword(FlaskForm):
    """Old password once, new one twice."""

    old = PasswordField(
        "现在的密码", [InputRequired("请输入现在的密码")], render_kw={"autocomplete": "current-password"}
    )
    password = PasswordField(
        "新密码",
        [InputRequired("请输入新密码")],
        description=f"至少 {passwords.SHORTEST} 个字符，不含用户名。几个不相干的词连起来，好记也难猜。",
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        "新密码，再输一次",
        [InputRequired("请再输一次新密码"), EqualTo("password", "两次输入的新密码不一样")],
        render_kw={"autocomplete": "new-password"},
    )


def _next(otherwise: str) -> str:
    return expired.local_or(request.values.get("next", ""), otherwise)


@pages.get("/sign-in")
@open_to_everyone
def form() -> Page:
    """The sign-in page; a person who is signed in goes on to where they were going."""
    if access.viewer().account is not None:
        return redirect(_next(url_for(".desk")))
    return render_template("sign_in/form.html", next=_next(""), expired=request.args.get("expired") == "1")


@pages.post("/sign-in")
@open_to_everyone
def enter() -> Page:
    """Check name and password; back to the page the person came from, with what they had typed."""
    typed = expired.typed_before()
    try:
        account = accounts.authenticate(request.form.get("username", ""), request.form.get("password", ""))
    except Refused as refusal:
        page = render_template("sign_in/form.html", next=_next(""), problem=str(refusal), typed=typed)
        return page, refusal.http_status
    sessions.start(account)
    if typed:
        return render_template("sign_in/resume.html", target=_next(url_for(".desk")), typed=typed)
    return redirect(_next(url_for(".desk")))


@pages.post("/sign-out")
@open_to_everyone
def leave() -> Page:
    """End this session."""
    sessions.end()
    flash("已退出登录。")
    return redirect(url_for("portal.regions"))


@pages.get("/desk")
@open_to_signed_in
def desk() -> Page:
    """Send each role to its own desk; the account page for people without one."""
    return redirect(url_for(nav.desk_of(access.viewer()) or ".account"))


@pages.get("/account")
@open_to_signed_in
def account() -> Page:
    """Who one is here, what one may do and where, and how pages look."""
    return render_template("sign_in/account.html", row=access.account(), grants=_grants_in_words())


def _grants_in_words() -> list[tuple[str, str]]:
    found = []
    for reach in access.viewer().reaches:
        region = Region.get_or_none(Region.id == reach.region)
        district = District.get_or_none(District.id == reach.district)
        carrier = Carrier.get_or_none(Carrier.id == reach.carrier)
        places = [place.name for place in (region, district, carrier) if place is not None]
        found.append((role_name(reach.role), "，".join(places) or "本系统"))
    return found


@pages.get("/account/password")
@open_to_signed_in
def password() -> Page:
    """The page for a new password; people with a first password cannot go past it."""
    return render_template(
        "sign_in/password.html", form=NewPassword(formdata=None), row=access.account(), next=_next("")
    )


@pages.post("/account/password")
@open_to_signed_in
def change_password() -> Page:
    """Change one's password. This session goes on under the new epoch, all others end."""
    typed, row = NewPassword(), access.account()
    if typed.validate_on_submit():
        try:
            accounts.change_password(row, str(typed.old.data), str(typed.password.data))
        except Refused as refusal:
            for key, problem in refusal.fields.items():
                typed[key].errors = [problem]
        else:
            sessions.start(type(row).get_by_id(row.id))
            flash("密码已修改，其他地方的登录都已退出。")
            return redirect(_next(url_for(".account")))
    return render_template("sign_in/password.html", form=typed, row=row, next=_next("")), 422


@pages.post("/account/sign-out-everywhere")
@open_to_signed_in
def everywhere() -> Page:
    """End all sessions of this account, this one too."""
    accounts.sign_out_everywhere(access.account())
    sessions.end()
    flash("所有地方的登录都已退出，请重新登录。")
    return redirect(url_for(".form"))


@pages.post("/look")
@open_to_everyone
def look() -> Page:
    """Theme and large type, kept in a cookie for a year; what is not sent stays as it is."""
    current = shell.look()
    theme = request.form.get("theme", str(current["theme"]))
    large = request.form.get("large", "1" if current["large"] else "0") == "1"
    answer: Response = redirect(_next(url_for("portal.regions")))  # type: ignore[assignment]
    chosen = f"{theme if theme in shell.THEMES else 'auto'}.{'large' if large else 'normal'}"
    answer.set_cookie(
        "look", chosen, max_age=365 * 24 * 3600, httponly=False, samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )  # fmt: skip
    return answer

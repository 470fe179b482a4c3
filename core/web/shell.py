"""The frame of every page: what templates may call, security headers, and error pages in plain words."""

from __future__ import annotations

import hashlib
import logging
import secrets
from functools import cache
from pathlib import Path

from flask import Flask, Response, current_app, g, render_template, request, url_for
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from markupsafe import Markup
from peewee import PeeweeException
from werkzeug.exceptions import BadRequest, HTTPException
from wtforms import Form

from core import clock
from core.cases import noticing
from core.cases.action import new_token
from core.cases.register_facts import governing
from core.errors import KaopingError, OutOfScope
from core.models import Region
from core.policy.grades import grade_names
from core.web import access, nav, words
from core.web.access import viewer
from core.web.nav import register_nav

__all__ = ["csp_nonce", "install", "register_nav", "use_region"]

log = logging.getLogger("kaoping.web")

THEMES = {"auto": "跟随系统", "light": "浅色", "dark": "深色"}

_TEXTS = {
    400: ("请求不完整", "这个地址或表单不完整，请从原来的页面重新打开。"),
    404: ("没有这个页面", str(OutOfScope())),
    405: ("打开方式不对", "这个地址不能这样打开，请从原来的页面进入。"),
    413: ("文件太大", "一次上传的内容超过了上限，请压缩或分几次上传，每份不超过 {limit} MB。"),
    429: ("操作太频繁", "请过一会儿再试。"),
    500: ("系统出错", "刚才的操作没有完成，没有保存任何内容。请稍后再试；一直这样，请把时间和页面地址告诉系统管理员。"),
}


def csp_nonce() -> str:
    """The one nonce of this response, shared by our pages and Flask-Admin's."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def use_region(region: Region | None) -> None:
    """Say which region this page belongs to, where its address does not name one (top bar, clause chips)."""
    g.page_region = region
    if "region_at_hand" in g:  # a demo's page lives on the date of its region
        clock.turn_to(region.key if region else "")


def page_region() -> Region | None:
    """The region of this page: said by the view, named in the address, or the first of the person's grants."""
    if "page_region" not in g:
        g.page_region = _region_of_request()
    region: Region | None = g.page_region
    return region


def _region_of_request() -> Region | None:
    key = (request.view_args or {}).get("region")
    if isinstance(key, str) and key.isprintable():
        return Region.get_or_none(Region.key == key)
    for reach in viewer().reaches:
        if reach.region is not None:
            return Region.get_or_none(Region.id == reach.region)
    return None


def clause_url(document: str = "", article: str = "") -> str:
    """Where a clause chip leads: the clause page of this page's region, at the article; "" when there is none."""
    region = page_region()
    if region is None:
        return ""
    address = url_for("portal.clauses", region=region.key, doc=document or "current")
    first = article.split(";", maxsplit=1)[0].strip()
    return f"{address}#{first}" if first else address


def icon(name: str, label: str = "") -> Markup:
    """An icon of the sprite; decoration unless it has a label."""
    use = Markup('<use href="{}#{}"></use>').format(asset("icons.svg"), name)
    if label:
        return Markup('<svg class="i" role="img" aria-label="{}">{}</svg>').format(label, use)
    return Markup('<svg class="i" aria-hidden="true">{}</svg>').format(use)


@cache
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def asset(filename: str) -> str:
    """The address of one of our static files; it changes with the content, so it may be cached for long."""
    return _address(current_app.static_folder or "", request.script_root if request else "", filename)


@cache
def _address(folder: str, _root: str, filename: str) -> str:
    """A page draws dozens of icons, all from one file; `_root` is where the site is mounted, part of the address."""
    return url_for("static", filename=filename, v=_digest(Path(folder) / filename))


def form_errors(form: Form) -> list[tuple[str, str]]:
    """The faults of a form as (field id, text), one a field, in the form's order (filter `form_errors`)."""
    return [(field.id, str(field.errors[0])) for field in form if field.errors]


def look() -> dict[str, str | bool]:
    """How this person wants pages: theme (auto, light, dark) and large type, from the `look` cookie."""
    theme, _, size = request.cookies.get("look", "").partition(".")
    return {"theme": theme if theme in THEMES else "auto", "large": size == "large"}


def takes_objections(region: Region) -> bool:
    """Whether pages of a region speak of notices and objections (公示、异议); read once a page."""
    known: dict[int, bool] = g.setdefault("takes_objections", {})
    if region.id not in known:
        try:
            known[region.id] = noticing.takes_objections(region)
        except PeeweeException:  # the page of a database's fault is drawn all the same
            return False
    return known[region.id]


def _frame() -> dict[str, object]:
    """What base.html needs beyond the globals."""
    person, region = viewer(), page_region()
    return {
        "person": person,
        "account": current_user.account if current_user.is_authenticated else None,
        "nav_links": nav.links(person),
        "page_region": region,
        "look": look(),
        "is_demo": current_app.config["DEMO"],
        "today": clock.today(region.key if region else ""),
    }


def _headers(response: Response) -> Response:
    nonce = csp_nonce()
    response.headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
        "img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; frame-src 'self' blob:; "
        "frame-ancestors 'self'; form-action 'self'",
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=()"
    if request.endpoint not in ("static", "bootstrap.static") and (
        current_user.is_authenticated or request.method != "GET" or response.status_code >= 400
    ):
        response.headers["Cache-Control"] = "no-store"
    return response


def _refuse_nul() -> None:
    """NUL bytes have no place in any text here; PostgreSQL would fail on them deep inside."""
    texts = [request.path, request.query_string.decode("latin-1")]
    texts += [text for pair in request.form.items(multi=True) for text in pair]
    texts += [upload.filename or "" for upload in request.files.values()]
    json_nul = request.is_json and b"\\u0000" in request.get_data()
    if json_nul or any("\0" in text or "%00" in text for text in texts[:2]) or any("\0" in t for t in texts[2:]):
        raise BadRequest


def error_page(status: int, title: str, text: str) -> tuple[str, int]:
    """A whole page that says what happened and the way out."""
    return render_template("errors/error.html", title=title, text=text, status=status), status


def _on_kaoping_error(fault: KaopingError) -> tuple[str, int]:
    titles = {404: "没有这个页面", 409: "已经有人先办了", 422: "这一步办不了", 500: "系统出错"}
    if fault.http_status >= 500:
        log.error("%s %s: %s", request.method, request.path, fault)
    return error_page(fault.http_status, titles.get(fault.http_status, "这一步办不了"), str(fault))


def _on_http_error(fault: HTTPException) -> tuple[str, int] | HTTPException:
    status = fault.code or 500
    if status < 400:
        return fault
    if isinstance(fault, CSRFError):
        return access.without_seal() or error_page(
            400, "页面放得太久了", "为安全起见，这个页面已经失效，刚才的操作没有执行。请返回上一页，刷新后再提交。"
        )
    title, text = _TEXTS.get(status, _TEXTS[500] if status >= 500 else _TEXTS[400])
    return error_page(status, title, text.format(limit=current_app.config["MAX_UPLOAD_MB"]))


def grade_name(key: str) -> str:
    """A grade in the words of this page's region (一级, 二级 …), read once a page; else in the usual ones."""
    if "grade_words" not in g:
        g.grade_words = {}
        region = page_region()
        try:
            policy = governing(region) if region is not None else None
            g.grade_words = grade_names(policy) if policy is not None else {}
        except (KaopingError, PeeweeException):  # what cannot be read must not take a page down
            pass
    return g.grade_words.get(key) or words.grade_name(key)


def _on_any_error(fault: Exception) -> tuple[str, int]:
    log.exception("%s %s", request.method, request.path, exc_info=fault)
    return error_page(500, *_TEXTS[500])


def install(app: Flask) -> None:
    """Give the application its globals, filters, headers and error pages."""
    app.jinja_env.filters.update(words.FILTERS)
    app.jinja_env.filters |= {"form_errors": form_errors, "grade_name": grade_name}
    app.jinja_env.globals.update(
        icon=icon, asset=asset, csp_nonce=csp_nonce, clause_url=clause_url, new_form_token=new_token,
        takes_objections=takes_objections, THEMES=THEMES, GRADES=words.GRADES,
    )  # fmt: skip
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(_frame)
    app.before_request(_refuse_nul)
    app.after_request(_headers)
    app.register_error_handler(KaopingError, _on_kaoping_error)
    app.register_error_handler(HTTPException, _on_http_error)
    if not app.testing:
        app.register_error_handler(Exception, _on_any_error)

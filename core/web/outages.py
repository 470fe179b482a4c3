"""When the database does not answer, is busy or full: a page that needs no database, and the way on."""

from __future__ import annotations

import logging

from flask import Flask, Response, g, make_response, render_template, request
from flask_login import AnonymousUserMixin
from peewee import InterfaceError, OperationalError

RETRY_AFTER_SECONDS = 30
_DOWN = (503, "暂时连不上数据库", "系统管理员正在处理时，过几分钟就好；一直这样请告诉系统管理员。")
_BUSY = (503, "现在办的人太多", "数据库一时忙不过来，过一会儿再试。")
_FULL = (507, "数据库的磁盘满了", "现在存不进新内容，已有的都在。请告诉系统管理员腾出空间。")
_BY_WORDS = {
    "disk is full": _FULL,  # SQLite
    "locked": _BUSY,
    "unable to open": _DOWN,
    "disk i/o": _DOWN,
    "readonly": _DOWN,
    "no space left": _FULL,  # PostgreSQL
    "timeout": _BUSY,
    "deadlock": _BUSY,
    "connection": _DOWN,
    "terminating": _DOWN,
    "shutting down": _DOWN,
    "starting up": _DOWN,
    "closed": _DOWN,
}
"""The drivers tell their faults apart by English words only; what has none of them is a fault of ours."""

log = logging.getLogger("kaoping.web")


def _on_database_error(fault: Exception) -> Response:
    said = next((what for word, what in _BY_WORDS.items() if word in str(fault).lower()), None)
    if said is None:
        raise fault
    status, title, text = said
    log.error("%s %s: %s", request.method, request.path, " ".join(str(fault).split()))
    # Neither this page nor the headers after it may ask the database who is there.
    g._login_user, g.page_region = AnonymousUserMixin(), None
    g.pop("viewer", None)
    page = render_template("errors/outage.html", title=title, text=text, typed=request.method == "POST")
    answer = make_response(page, status)
    answer.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return answer


def install(app: Flask) -> None:
    """Answer faults of the database's server or disk; others (a missing column) stay errors of ours."""
    app.register_error_handler(OperationalError, _on_database_error)
    app.register_error_handler(InterfaceError, _on_database_error)

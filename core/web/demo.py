"""The one page verb of demo instances: moving the policy date forward."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from core import clock
from core.cases import demo_date
from core.errors import OutOfScope, Refused
from core.web import expired
from core.web.access import open_to_signed_in
from core.web.words import cn_date

pages = Blueprint("demo", __name__)


@pages.post("/demo/date")
@open_to_signed_in
def advance() -> Response:
    """One day on, or to the day asked for. Outside demo instances there is no such page."""
    if not current_app.config["DEMO"]:
        raise OutOfScope
    asked = request.form.get("to", "").strip()
    try:
        to = date.fromisoformat(asked) if asked else clock.today() + timedelta(days=1)
        flash(f"演示日期已到 {cn_date(demo_date.advance(to))}。")
    except ValueError:
        flash("日期应写成 2023-06-01 的样子。", "warning")
    except Refused as refusal:
        flash(str(refusal), "warning")
    return redirect(expired.local_or(request.form.get("next", ""), url_for("sign_in.desk")))

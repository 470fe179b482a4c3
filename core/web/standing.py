"""The carrier's page of procedures outside rounds (批次外的事项): reports by the period, and changes to report."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.cases import award_use, periods, standing
from core.errors import Refused
from core.policy.facts import as_date
from core.web import shell, standing_desk
from core.web.access import open_to, viewer

pages = Blueprint("standing", __name__, url_prefix="/carrier/standing")

Page = str | Response | tuple[str, int]


@pages.get("/")
@open_to(standing.ROLE)
def desk() -> Page:
    """What can be done now, what is due, and what was done."""
    return _draw()


def _draw(problem: str = "", token: str = "", failed: tuple[int, str] = (0, "")) -> str:
    """The page; `failed` is the carrier and procedure that `problem` belongs to."""
    desks = standing_desk.desks(viewer())
    if desks:
        shell.use_region(desks[0].carrier.region)
    awards = award_use.of_viewer(viewer())
    return render_template(
        "standing/desk.html", desks=desks, awards=awards, problem=problem, token=token, failed=failed
    )


@pages.post("/<procedure>")
@open_to(standing.ROLE)
def start(procedure: str) -> Page:
    """Open a case, for a period where one is named, and go on to filling it."""
    carrier = request.form.get("carrier", 0, type=int)
    token, period = request.form.get("form_token", ""), request.form.get("period", "")
    try:
        if period:
            receipt = periods.open_report(viewer(), procedure, carrier, period, token)
        else:
            since = as_date(request.form.get("since", "").strip())
            receipt = standing.open_case(viewer(), procedure, carrier, token, since)
    except Refused as refusal:
        return _draw(str(refusal), token, (carrier, procedure)), refusal.http_status
    flash(receipt["message"])
    return redirect(url_for("carrier.tasks", case=receipt["case"]))

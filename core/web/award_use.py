"""The carrier's page of awards it received: how much of each is accounted for, and beginning a report on its use."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.cases import award_use, standing
from core.errors import Refused
from core.web import shell
from core.web.access import open_to, viewer

pages = Blueprint("award_use", __name__, url_prefix="/carrier/awards")

Page = str | Response | tuple[str, int]


@pages.get("/")
@open_to(standing.ROLE)
def desk() -> Page:
    """The released awards of the person's carriers."""
    return _draw()


def _draw(problem: str = "") -> str:
    found = award_use.of_viewer(viewer())
    if found:
        shell.use_region(found[0].award.round.region)
    purposes = {of.award.id: award_use.purposes_of(of.award) for of in found}
    return render_template("standing/awards.html", awards=found, purposes=purposes, problem=problem)


@pages.post("/<int:award_id>")
@open_to(standing.ROLE)
def start(award_id: int) -> Page:
    """Begin a report on the use of one award, and go on to filling it."""
    try:
        receipt = award_use.open_use(viewer(), award_id, request.form.get("form_token", ""))
    except Refused as refusal:
        return _draw(str(refusal)), refusal.http_status
    flash(receipt["message"])
    return redirect(url_for("carrier.tasks", case=receipt["case"]))

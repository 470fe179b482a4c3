"""The pages of periodic reports: for the city's bodies, and for a district's those of its own carriers."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from core.cases import periods
from core.errors import OutOfScope, Refused
from core.models import Region
from core.web import shell
from core.web.access import open_to, viewer
from core.web.reports import board as reading
from core.web.reports import chart, export, readers
from core.web.reports.readers import READERS
from core.web.reports.words import STATES
from core.web.spreadsheet import as_csv

pages = Blueprint("reports", __name__, url_prefix="/city/reports")

Page = str | AnyResponse | tuple[str, int]


def _region() -> Region:
    """The region asked for, or the first of this person's. Raises OutOfScope for another's."""
    own = readers.regions_of(viewer())
    chosen = request.values.get("region", own[0] if own else 0, type=int)
    if chosen not in own:
        raise OutOfScope
    region: Region = Region.get_by_id(chosen)
    shell.use_region(region)
    return region


@pages.get("/")
@open_to(*READERS)
def index() -> Page:
    """The periodic reports of this person's regions, each with how far this period is."""
    found = reading.offered_to(readers.regions_of(viewer()))
    boards = [_board(region, procedure["key"]) for region, procedures in found for procedure in procedures]
    return render_template("reports/index.html", boards=boards)


@pages.get("/<procedure>")
@open_to(*READERS)
def period(procedure: str) -> Page:
    """One period: who has submitted, who is missing, how complete, and the sums."""
    return _draw(_region(), procedure, _asked())


def _asked() -> str:
    asked = request.values.get("period", "")
    if len(asked) > 8:
        raise OutOfScope
    return asked


def _board(region: Region, procedure: str, asked: str = "") -> reading.Board:
    return reading.build(region, procedure, asked, readers.districts_of(viewer(), region.id))


def _draw(region: Region, procedure: str, asked: str, problem: str = "", token: str = "") -> str:
    shown = _board(region, procedure, asked)
    bars = chart.bars(shown.course, len(shown.lines))
    missing = [line for line in shown.lines if not line.came]
    only_missing = request.args.get("show") == "missing"
    return render_template(
        "reports/period.html",
        board=shown,
        bars=bars,
        lines=missing if only_missing else shown.lines,
        missing=len(missing),
        only_missing=only_missing,
        states=STATES,
        problem=problem,
        token=token,
        may_urge=readers.may_urge(viewer(), region.id),
    )


@pages.post("/<procedure>/urge")
@open_to(*periods.MAY_URGE)
def urge(procedure: str) -> Page:
    """Ask all that are missing to submit (催报)."""
    region, asked, token = _region(), _asked(), request.form.get("form_token", "")
    try:
        receipt = periods.urge_missing(viewer(), region, procedure, asked, token)
    except Refused as refusal:
        return _draw(region, procedure, asked, str(refusal), token), refusal.http_status
    flash(receipt["message"])
    return redirect(url_for(".period", procedure=procedure, period=asked, region=region.id))


@pages.get("/<procedure>/table.csv")
@open_to(*READERS)
def table(procedure: str) -> Page:
    """The period's reports for a spreadsheet."""
    shown = _board(_region(), procedure, _asked())
    answer = Response(as_csv(export.rows(shown)), mimetype="text/csv")
    name = quote(f"{shown.words}{shown.procedure['name']}.csv")
    answer.headers["Content-Disposition"] = f"attachment; filename=\"reports.csv\"; filename*=UTF-8''{name}"
    return answer

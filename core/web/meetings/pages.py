"""The city's pages of trainings and forums: the year's list, entering one, changing it, and counts by carrier."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core import clock
from core.cases import meetings
from core.errors import Refused, Stale
from core.models import Carrier, Meeting, MeetingAttendance, Region
from core.web import shell
from core.web.access import open_to, viewer
from core.web.meetings import typed as forms
from core.web.meetings.typed import Typed
from core.web.supervision import year
from core.web.supervision.year import ROLE

pages = Blueprint("meetings", __name__, url_prefix="/city/meetings")

Page = str | Response | tuple[str, int]


@pages.get("/")
@open_to(ROLE)
def index() -> Page:
    """The year's trainings and forums, and how often each carrier came."""
    of = year.asked()
    rows = Meeting.select().where(Meeting.region == of.region).order_by(Meeting.held_on.desc(), Meeting.id.desc())
    held = [row for row in rows if row.held_on.year == of.year]
    came = list(MeetingAttendance.select().where(MeetingAttendance.meeting.in_([row.id for row in held] or [0])))
    kinds = {row.id: row.kind for row in held}
    times: dict[int, Counter[str]] = {}
    for one in came:
        times.setdefault(one.carrier_id, Counter())[kinds[one.meeting_id]] += 1
    return render_template(
        "meetings/index.html",
        of=of,
        held=held,
        carriers_at=Counter(one.meeting_id for one in came),
        carriers=_carriers(of.region, set(times)),
        times=times,
        names=meetings.KINDS,
        topics=_topics(of.region, of.year),
    )


@pages.get("/new")
@open_to(ROLE)
def new() -> Page:
    """An empty form; topics may be chosen by the page of common problems."""
    of = year.asked()
    texts = {"kind": "forum" if request.args.getlist("topics") else "", "held_on": clock.today().isoformat()}
    return _draw(of.region, Typed(texts, tuple(request.args.getlist("topics"))))


@pages.post("/new")
@open_to(ROLE)
def create() -> Page:
    """Enter a meeting."""
    of, given, token = year.asked(), forms.posted(request.form), request.form.get("form_token", "")
    try:
        _require_readable(given)
        receipt = meetings.record_meeting(viewer(), of.region, given.entry(), token)
    except Refused as refusal:
        return _draw(of.region, given, refusal, token=token), refusal.http_status
    return _done(receipt["message"], of.region, given)


@pages.get("/<int:meeting_id>")
@open_to(ROLE)
def change(meeting_id: int) -> Page:
    """A meeting as it is kept, to read and change."""
    row = _find(meeting_id)
    return _draw(row.region, forms.kept(row), row=row)


@pages.post("/<int:meeting_id>")
@open_to(ROLE)
def save(meeting_id: int) -> Page:
    """Change what is kept of a meeting."""
    row, given, token = _find(meeting_id), forms.posted(request.form), request.form.get("form_token", "")
    version = request.form.get("stage_version", 0, type=int)
    try:
        _require_readable(given)
        receipt = meetings.change_meeting(viewer(), row.id, given.entry(), version, token)
    except (Refused, Stale) as refusal:
        return _draw(row.region, given, refusal, row, token, version), refusal.http_status
    return _done(receipt["message"], row.region, given)


def _find(meeting_id: int) -> Meeting:
    row = meetings.find_meeting(viewer(), meeting_id)
    shell.use_region(row.region)
    return row


def _require_readable(given: Typed) -> None:
    faults = given.faults()
    if faults:
        raise Refused("".join(faults.values()), faults)


def _done(message: str, region: Region, given: Typed) -> Page:
    flash(message)
    return redirect(url_for(".index", region=region.id, year=given["held_on"][:4]))


def _draw(
    region: Region,
    given: Typed,
    fault: Refused | Stale | None = None,
    row: Meeting | None = None,
    token: str = "",
    version: int = 0,
) -> str:
    fields: dict[str, Any] = dict(fault.fields) if isinstance(fault, Refused) else {}
    errors = list(fields.items()) or ([("", str(fault))] if fault else [])
    shown = given["held_on"][:4]
    return render_template(
        "meetings/form.html",
        region=region,
        row=row,
        given=given,
        errors=errors,
        fields=fields,
        token=token,
        version=version or (row.version if row else None),
        carriers=_carriers(region, set(given.came)),
        topics=_topics(region, int(shown) if shown.isdigit() and int(shown) > 1 else clock.today().year),
        names=meetings.KINDS,
    )


def _carriers(region: Region, also: set[int]) -> list[Carrier]:
    """The region's carriers with a title, and those that came although they have none any more."""
    wanted = (Carrier.title_status == "held") | Carrier.id.in_(list(also) or [0])
    return list(Carrier.select().where((Carrier.region == region) & wanted).order_by(Carrier.name, Carrier.id))


def _topics(region: Region, in_year: int) -> dict[str, str]:
    """The common problems of that year by key."""
    known = meetings.problems_of_year(region, in_year)
    return dict(known.names) if known else {}


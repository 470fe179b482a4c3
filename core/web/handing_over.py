"""Handing a colleague's waiting work over: for reviewers within their own role and place, with the cases by number.

The system administrator's pages (core.admin.handing_over) draw the same template with numbers only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from core.cases import handing_over
from core.cases.handing_over import HANDLERS, HandOver
from core.errors import OutOfScope, Refused, Stale
from core.models import Account
from core.people.scope import Viewer
from core.web.access import open_to, viewer
from core.web.city.blueprint import NOTHING, Page, Refusal

pages = Blueprint("handing_over", __name__, url_prefix="/hand-over")


@pages.get("/")
@open_to(*HANDLERS)
def index() -> Page:
    """Colleagues of the same role and place."""
    return render_template("admin/hand_over_people.html", **people(viewer()))


@pages.get("/<int:account>")
@open_to(*HANDLERS)
def one(account: int) -> Page:
    """What waits for one of them."""
    return render_template("admin/hand_over_one.html", **context(viewer(), account))


@pages.post("/<int:account>")
@open_to(*HANDLERS)
def hand_over(account: int) -> Page:
    """Hands it over; the page comes back when something is missing or moved."""
    try:
        receipt = carry_out(viewer(), account)
    except (Refused, Stale) as fault:
        page = render_template("admin/hand_over_one.html", **context(viewer(), account, Refusal(fault)))
        return page, fault.http_status
    flash(str(receipt["message"]))
    return redirect(url_for(".index"))


def people(person: Viewer) -> dict[str, Any]:
    """Everybody with how many cases are handed to them."""
    found = [(row, _count(person, row)) for row in handing_over.people_with_work(person)]
    return {"rows": sorted(found, key=lambda pair: (-pair[1], pair[0].display_name)), "officer": _is_officer(person)}


def _count(person: Viewer, row: Account) -> int:
    try:
        return sum(len(work.assigned) for work in handing_over.works_of(person, row))
    except OutOfScope:
        return 0


def _is_officer(person: Viewer) -> bool:
    return "system_admin" in person.roles


def context(person: Viewer, account: int, refusal: Refusal = NOTHING) -> dict[str, Any]:
    """What the page of one person shows. Raises OutOfScope."""
    row = Account.get_or_none(Account.id == account)
    if row is None:
        raise OutOfScope
    works = handing_over.works_of(person, row)
    return {
        "row": row,
        "works": [(work, handing_over.colleagues(work, row)) for work in works],
        "seen": handing_over.seen(works),
        "seats": handing_over.panel_seats(row),
        "officer": _is_officer(person),
        "is_self": row.id == person.account,
        "refusal": refusal,
        "typed": request.form,
    }


def carry_out(person: Viewer, account: int) -> Mapping[str, Any]:
    """The verb with what the posted form says."""
    form = request.form
    to = {key.removeprefix("to-"): int(value) for key, value in form.items() if key.startswith("to-") and value.isdecimal()}
    asked = HandOver(to, form.get("reason", ""), form.get("what") == "everything", form.get("disable") == "1")
    return handing_over.hand_over(person, account, asked, form.get("seen", ""), form.get("form_token", ""))

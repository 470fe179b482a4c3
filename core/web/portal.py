"""The public portal of a region: notices, guides, results and clauses, without an account."""

from __future__ import annotations

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from core.errors import OutOfScope
from core.models import Region
from core.web.access import open_to_everyone

pages = Blueprint("portal", __name__)

Page = str | Response | tuple[str, int]


def region_named(key: str) -> Region:
    """The region of this address. Raises OutOfScope when there is none or it is switched off."""
    row = Region.get_or_none((Region.key == key) & Region.enabled)
    if row is None:
        raise OutOfScope
    return row


@pages.get("/")
@open_to_everyone
def regions() -> Page:
    """All regions that are served here."""
    return render_template("portal/regions.html", regions=Region.select().where(Region.enabled).order_by(Region.id))


@pages.get("/r/<region>/")
@open_to_everyone
def region(region: str) -> Page:
    raise OutOfScope


@pages.get("/r/<region>/guide/")
@open_to_everyone
def guides(region: str) -> Page:
    raise OutOfScope


@pages.get("/r/<region>/results")
@open_to_everyone
def results(region: str) -> Page:
    raise OutOfScope


@pages.get("/r/<region>/clauses/<doc>")
@open_to_everyone
def clauses(region: str, doc: str) -> Page:
    raise OutOfScope


@pages.get("/r/<region>/receipt")
@open_to_everyone
def receipt_form(region: str) -> Page:
    raise OutOfScope

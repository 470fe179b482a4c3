"""The carrier's desk: what is due now and the next step, what others work on, results once published, messages."""

from __future__ import annotations

from flask import render_template

from core.web import standing_desk
from core.web.access import open_to, viewer
from core.web.carrier.blueprint import ROLE, Page, case_page, pages
from core.web.carrier.desk_rows import desk_of, messages_of, waiting
from core.web.shell import register_nav

register_nav(ROLE, "carrier.desk", "我的填报", waiting)


@pages.get("/")
@open_to(ROLE)
def desk() -> Page:
    """The desk."""
    rows = desk_of(viewer())
    return render_template(
        "carrier/desk.html",
        desk=rows,
        messages=messages_of(viewer()),
        case_page=case_page,
        has_standing=standing_desk.is_offered(viewer()),
    )

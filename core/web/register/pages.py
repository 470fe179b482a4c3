"""The register of carriers (载体名册): who there is, and everything of one carrier on one page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.cases.register_words import LEVELS, TITLES
from core.people.carrier_scope import ALL, OFFICES, find_carrier
from core.web.access import open_to, viewer
from core.web.nav import register_nav
from core.web.register.directory import Sought, directory
from core.web.register.record import record_of
from core.web.shell import use_region

pages = Blueprint("register", __name__)

for _role in OFFICES:
    register_nav(_role, "register.carriers", "名册")
register_nav("carrier_clerk", "register.carriers", "本单位档案")


def _whole(name: str) -> int:
    number = request.args.get(name, 0, type=int)
    return number if 0 < number < 2**53 else 0


@pages.get("/register/")
@open_to(*ALL)
def carriers() -> str | Response:
    """The list. Who has only one carrier to see is taken to it."""
    person = viewer()
    asked = request.args
    sought = Sought(asked.get("q", "").strip()[:80], _whole("district"), asked.get("kind", ""), asked.get("standing", ""))
    found = directory(person, sought, _whole("after"))
    if not asked and not person.roles & set(OFFICES) and len(found.rows) == 1:
        return redirect(url_for(".carrier", carrier_id=found.rows[0].id))
    kept: dict[str, Any] = {"q": sought.text or None, "district": sought.district or None, "kind": sought.kind or None}
    more = url_for(".carriers", **kept, standing=sought.standing or None, after=found.after) if found.after else ""
    return render_template("register/list.html", found=found, sought=sought, kept=kept, more=more,
                           titles=TITLES, kinds=found.kinds, levels=LEVELS)  # fmt: skip


@pages.get("/register/<int:carrier_id>")
@open_to(*ALL)
def carrier(carrier_id: int) -> str:
    """Everything of one carrier."""
    row = find_carrier(viewer(), carrier_id)
    use_region(row.region)
    return render_template("register/carrier.html", r=record_of(viewer(), row, _whole("before")), titles=TITLES)

"""One section to fill in: what its template shows, whether drawn afresh, after a fault, or after an autosave."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import render_template, request, url_for
from markupsafe import Markup

from core import clock
from core.cases import drafts
from core.models import Draft
from core.web.carrier.blueprint import days_left, title_of
from core.web.carrier.conflicts import Choice
from core.web.carrier.filling import Filling
from core.web.shell import asset, clause_url
from forms.draw import draw_section

Errors = dict[str, list[str]]


def came_from_check() -> bool:
    """Whether the person came from the check page and goes back there."""
    return request.args.get("back") == "check"


def draw(work: Filling, section: str, shown: Draft, errors: Errors) -> Markup:
    """The inside of the form. `shown` is the draft as the page shows it (with texts in conflict)."""
    return draw_section(
        work.form,
        section,
        shown.answers,
        shown.raw,
        errors,
        work.shown_files(),
        work.previous,
        icons=asset("icons.svg"),
        upload_url=url_for("carrier.upload", case=work.case.id, section=section),
        clause_url=lambda cite: clause_url("", cite),
        remarks=remarks(work, section),
        previous_word=work.previous_word,
    )


def remarks(work: Filling, section: str) -> dict[str, Markup]:
    """The reasons of a return, at their fields."""
    if work.returned is None:
        return {}
    keys = {reason.field for reason in work.returned.reasons if reason.section == section}
    pages = {key: render_template("carrier/remark.html", reasons=work.returned.at(key)) for key in keys}
    return {key: Markup(page) for key, page in pages.items()}  # noqa: S704 - our own template, escaped there


def seen_marks(work: Filling, section: str, shown: Draft, still: Mapping[str, str] | None = None) -> str:
    """What this page shows, as a hidden input carries it; fields in conflict keep the mark they had."""
    keys = [asked.key for asked in work.form.definition.section(section).fields]
    return json.dumps({**drafts.marks(keys, shown.answers, shown.raw), **(still or {})}, separators=(",", ":"))


def render(
    work: Filling,
    section: str,
    errors: Errors,
    choices: list[Choice] | None = None,
    shown: Draft | None = None,
    seen: str = "",
) -> str:
    """The whole page."""
    draft = shown or work.draft
    lines = work.sections
    place = next((n for n, line in enumerate(lines) if line.key == section), 0)
    return render_template(
        "carrier/section.html",
        work=work,
        title=title_of(work.case),
        left=days_left(work.case, clock.today()),
        line=lines[place],
        before=lines[place - 1] if place else None,
        after=lines[place + 1] if place + 1 < len(lines) else None,
        form_html=draw(work, section, draft, errors),
        errors=work.summary(errors),
        choices=choices or [],
        seen=seen or seen_marks(work, section, draft),
        back=came_from_check(),
    )


def patch(work: Filling, section: str, shown: Draft, choices: list[Choice], seen: str) -> dict[str, Any]:
    """What a page that is open takes over after an autosave."""
    return {
        "saved": work.saved,
        "revision": work.draft.revision,
        "seen": seen,
        "html": draw(work, section, shown, {}),
        "rail": render_template("carrier/rail.html", work=work, current=section),
        "conflicts": render_template("carrier/conflicts.html", choices=choices) if choices else "",
    }

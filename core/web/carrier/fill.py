"""Filling: the list of sections, one section a page, saving with and without scripts, 沿用."""

from __future__ import annotations

import json
from dataclasses import dataclass

from flask import flash, jsonify, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from core import clock
from core.cases import drafts, files, prefilling
from core.cases.drafts import Saved
from core.errors import OutOfScope, Refused
from core.models import Attachment
from core.roles import FILLERS
from core.web.access import open_to, viewer
from core.web.carrier import section_page
from core.web.carrier.blueprint import Page, case_page, days_left, pages, title_of
from core.web.carrier.conflicts import CHOICE, apply_choices, as_typed, choices_of
from core.web.carrier.evidence import attach_posted
from core.web.carrier.filling import Filling, find_filling
from core.web.carrier.section_page import Errors
from forms.draw import anchor

GO = "page__go"
SEEN = "page__seen"
REVISION = "page__revision"


@pages.get("/cases/<int:case>/fill/")
@open_to(*FILLERS)
def tasks(case: int) -> Page:
    """The sections with their state, what was asked to be corrected, and 沿用."""
    work = find_filling(case)
    if work is None:
        return redirect(case_page(case))
    left = days_left(work.case, clock.today())
    return render_template("carrier/tasks.html", work=work, title=title_of(work.case), left=left)


@pages.post("/cases/<int:case>/fill/carry-over")
@open_to(*FILLERS)
def carry_over(case: int) -> Page:
    """Fill what is blank with what is known already."""
    count = prefilling.carry_over(viewer(), case)
    flash(f"已带入 {count} 项，请逐项核对。" if count else "没有可以带入的内容，已填的都没有改动。")
    return redirect(url_for(".tasks", case=case))


@pages.get("/cases/<int:case>/fill/<section>")
@open_to(*FILLERS)
def section(case: int, section: str) -> Page:
    """One section to fill in; `?show=all` also marks what is not filled yet."""
    work = find_filling(case)
    if work is None:
        return redirect(case_page(case))
    if not _has(work, section):
        return redirect(url_for(".tasks", case=case))
    errors = work.faults(section) if request.args.get("show") == "all" else work.wrong(section)
    return section_page.render(work, section, errors)


def _has(work: Filling, section: str) -> bool:
    """Whether the section applies now. Raises OutOfScope when the form has no such section."""
    if section not in {known.key for known in work.form.definition.sections}:
        raise OutOfScope
    return any(line.key == section for line in work.sections)


@dataclass(frozen=True)
class Kept:
    """A section after saving: the case read again, what the save said, and marks for fields in conflict."""

    work: Filling
    saved: Saved
    posted: MultiDict[str, str]
    still: dict[str, str]


def _keep(case: int, section: str) -> Kept:
    """Save the posted section. Raises OutOfScope, Refused, Stale."""
    seen = _seen()
    posted, marks = apply_choices(request.form, seen)
    revision = request.form.get(REVISION, 0, type=int)
    _require_section(case, section)
    saved = drafts.save_section(viewer(), case, section, posted, revision, marks)
    work = find_filling(case)
    if work is None:  # submitted in another tab at this very moment
        raise Refused(drafts.SUBMITTED)
    still = {c.field: marks[c.field] for c in saved.conflicts if c.field in marks}
    return Kept(work, saved, posted, still)


def _require_section(case: int, section: str) -> None:
    work = find_filling(case)
    if work is not None:
        _has(work, section)


def _seen() -> dict[str, str]:
    try:
        read = json.loads(request.form.get(SEEN, "{}"))
    except ValueError:
        return {}
    return {str(key): str(value) for key, value in read.items()} if isinstance(read, dict) else {}


@pages.post("/cases/<int:case>/fill/<section>/autosave")
@open_to(*FILLERS)
def autosave(case: int, section: str) -> Response | tuple[Response, int]:
    """Save while typing; answers what the open page should take over. Nothing is judged here."""
    try:
        kept = _keep(case, section)
    except (Refused, OutOfScope) as refusal:
        return jsonify(message=str(refusal)), refusal.http_status
    shown = as_typed(kept.work, kept.saved, section, kept.posted)
    choices = choices_of(kept.work, kept.saved.conflicts)
    seen = section_page.seen_marks(kept.work, section, kept.work.draft, kept.still)
    chosen = [n.removeprefix(CHOICE) for n, v in request.form.items() if n.startswith(CHOICE) and v == "kept"]
    answer = section_page.patch(kept.work, section, shown, choices, seen)
    return jsonify({**answer, "refresh": [*kept.saved.kept, *chosen]})


@pages.post("/cases/<int:case>/fill/<section>")
@open_to(*FILLERS)
def save(case: int, section: str) -> Page:
    """Save a section with its files, then go where the button says; back to the page while something is wrong."""
    kept = _keep(case, section)
    refused = attach_posted(case, request.files)
    moved = _changed_rows_or_files(case, section, refused)
    if moved is not None and not kept.saved.conflicts:
        return moved
    work = find_filling(case) or kept.work
    errors: Errors = {**work.wrong(section), **refused}
    go = request.form.get(GO, "")
    leaves_anyway = go.startswith("to:") and not refused
    if kept.saved.conflicts or (errors and not leaves_anyway):
        shown = as_typed(work, kept.saved, section, kept.posted)
        choices = choices_of(work, kept.saved.conflicts)
        seen = section_page.seen_marks(work, section, work.draft, kept.still)
        return section_page.render(work, section, errors, choices, shown, seen), 409 if choices else 422
    return redirect(_next(work, section, go))


def _changed_rows_or_files(case: int, section: str, refused: Errors) -> Page | None:
    """A row added or taken out, a file removed: the page again, at that place."""
    if "remove_file" in request.form:
        file = Attachment.get_or_none(
            (Attachment.id == request.form.get("remove_file", 0, type=int)) & (Attachment.case == case)
        )
        if file is None:
            raise OutOfScope
        if not file.removed:  # a second click finds it gone already
            files.remove(viewer(), case, file.id)
        flash(f"已移除“{file.filename}”。")
        return redirect(url_for(".section", case=case, section=section, _anchor=anchor(file.field), back=_back()))
    for name in ("add_row", "remove_row"):
        if name in request.form and not refused:
            key = request.form[name].split(".", 1)[0]
            return redirect(url_for(".section", case=case, section=section, _anchor=anchor(key), back=_back()))
    return None


def _back() -> str | None:
    return "check" if section_page.came_from_check() else None


def _next(work: Filling, section: str, go: str) -> str:
    """The address a button leads to: the next section, the check page, a named section, or the same page."""
    case, keys = work.case.id, [line.key for line in work.sections]
    if go == "check":
        return url_for(".check", case=case)
    target = go.removeprefix("to:")
    if go.startswith("to:") and target in keys:
        return url_for(".section", case=case, section=target)
    if go == "next":
        place = keys.index(section) + 1 if section in keys else len(keys)
        return (
            url_for(".section", case=case, section=keys[place]) if place < len(keys) else url_for(".check", case=case)
        )
    flash("本节已保存。")
    return url_for(".section", case=case, section=section, back=_back())

"""Archives to take away: of one case, and of all closed cases of a carrier."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from flask import Response

from core.cases import archive_files, archiving, definitions
from core.cases.archive_files import Entry
from core.cases.archiving import Reader
from core.errors import OutOfScope
from core.models import Case, Result
from core.people.carrier_scope import ALL, find_carrier
from core.people.scope import Viewer, find_case, visible_cases
from core.web import case_history, case_page, case_score
from core.web.access import open_to, viewer
from core.web.register.pages import pages
from core.web.register.record import facts_in_words

_TOLD = ("version", "total", "grade", "consequences", "clauses", "determined_on")
_TOLD_CITY = ("facts", "ground", "reference_version")
"""What was checked and why a version came about stays with the city, as on the page of the case."""


@pages.get("/cases/<int:case>/archive.zip")
@open_to(*ALL)
def case_archive(case: int) -> Response:
    """The archive of one case for who may see it."""
    person = viewer()
    row = find_case(person, case)
    entries = archiving.entries_of(row, reader_for(person, row))
    archiving.take(person, [row], {"case": row.id})
    return _send(entries, {"number": row.number}, f"{row.carrier.name}_{row.number}")


@pages.get("/register/<int:carrier_id>/archive.zip")
@open_to(*ALL)
def archive(carrier_id: int) -> Response:
    """All closed cases of a carrier that this person may see, a folder each, with the register entry."""
    person = viewer()
    carrier = find_carrier(person, carrier_id)
    mine = visible_cases(person).where((Case.carrier == carrier) & (Case.outcome != "")).order_by(Case.id)
    cases = [case for case in mine if side_of(person, case)]
    entries = [Entry("登记.json", archive_files.as_json(facts_in_words(carrier)))]
    for row in cases:
        entries += archiving.entries_of(row, reader_for(person, row), f"{row.number}/")
    archiving.take(person, cases, {"carrier": carrier.id})
    return _send(entries, {"carrier": carrier.name}, f"{carrier.name}_全部档案")


def side_of(person: Viewer, case: Case) -> str:
    return case_page.side_of(person, case)


def reader_for(person: Viewer, case: Case) -> Reader:
    """What this person's side may have. Raises OutOfScope for who sees the case only as an expert."""
    side = side_of(person, case)
    if not side:
        raise OutOfScope
    events = case_history.events_of(case)
    told = case_history.readable(case, definitions.workflow_of(case), events, side)
    return Reader(
        whole=side == case_history.CITY,
        authority=side in case_history.REVIEWERS,
        results=_results(case, side),
        history=[(place, event.on, text) for place, event, text in told],
    )


def _results(case: Case, side: str) -> list[dict[str, Any]]:
    """All versions for the city; for others the one that their page of the case shows, if any."""
    if side == case_history.CITY:
        rows: Iterable[Result] = Result.select().where(Result.case == case).order_by(Result.version)
        return [_told(row, side) for row in rows]
    shown = case_score.result_for(case, side)
    return [_told(shown.result, side)] if shown is not None else []


def _told(row: Result, side: str) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in (*_TOLD, *(_TOLD_CITY if side == case_history.CITY else ()))}
    indicators = {
        code: {**given, "trace": case_score.open_trace(given.get("trace", []), side)}
        for code, given in row.indicators.items()
    }
    return {**told, "indicators": indicators, "trace": row.trace}


def _send(entries: list[Entry], about: Mapping[str, Any], name: str) -> Response:
    answer = Response(archive_files.stream(entries, about), mimetype="application/zip")
    answer.headers["Content-Disposition"] = f"attachment; filename=archive.zip; filename*=UTF-8''{quote(name)}.zip"
    return answer

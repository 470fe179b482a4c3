"""Documents of a region's own, offered on the page of a case, of a carrier and of a round to those who may have them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, url_for

from core.cases import acting, downloads
from core.cases.rounds import find_round
from core.errors import OutOfScope
from core.models import Carrier, Case, EvaluationRound
from core.people.carrier_scope import find_carrier
from core.people.scope import Viewer, find_case, serves, visible_cases
from core.policy.downloads import DOWNLOADS, TAKEN_BY, Download, offered
from core.web.access import open_to, viewer
from core.web.register.archives import reader_for, side_of
from core.web.register.record import facts_in_words
from core.web.shell import use_region

pages = Blueprint("downloads", __name__)

Subject = Case | Carrier | EvaluationRound
KINDS: dict[type[Subject], str] = {Case: "case", Carrier: "carrier", EvaluationRound: "round"}


def _may_have(person: Viewer, download: Download, subject: Subject) -> bool:
    if isinstance(subject, Case):
        held = set(acting.roles_for(person, subject)) if side_of(person, subject) else set()
    elif isinstance(subject, Carrier):
        held = {role for role in download.roles if serves(person, subject, role)}
    else:
        held = {role for role in download.roles if person.has(role, subject.region_id)}
    return bool(set(download.roles) & held)


@pages.app_template_global()
def documents_about(subject: Subject) -> list[tuple[str, str]]:
    """(address, name) of each document about it that the person at hand may have."""
    about, person = KINDS[type(subject)], viewer()
    found = offered(about, subject.region.key) if DOWNLOADS else []
    return [
        (url_for(f"downloads.of_{about}", document=one.key, **{_PARAMETER[about]: subject.id}), one.name)
        for one in found
        if _may_have(person, one, subject)
    ]


_PARAMETER = {"case": "case", "carrier": "carrier_id", "round": "round_id"}


@pages.get("/cases/<int:case>/documents/<document>")
@open_to(*TAKEN_BY["case"])
def of_case(case: int, document: str) -> Response:
    """A document about a case, from what its archive holds for this person."""
    person = viewer()
    row = find_case(person, case)
    wanted = _wanted(person, document, row)
    return _send(person, wanted, downloads.facts_of_case(row, reader_for(person, row)), {"case": row.id})


@pages.get("/register/<int:carrier_id>/documents/<document>")
@open_to(*TAKEN_BY["carrier"])
def of_carrier(carrier_id: int, document: str) -> Response:
    """A document about a carrier, from its register entry and its closed cases that this person may see."""
    person = viewer()
    carrier = find_carrier(person, carrier_id)
    wanted = _wanted(person, document, carrier)
    closed = visible_cases(person).where((Case.carrier == carrier) & (Case.outcome != "")).order_by(Case.id)
    cases = [downloads.facts_of_case(row, reader_for(person, row)) for row in closed if side_of(person, row)]
    return _send(person, wanted, {"carrier": facts_in_words(carrier), "cases": cases}, {"carrier": carrier.id})


@pages.get("/city/rounds/<int:round_id>/documents/<document>")
@open_to(*TAKEN_BY["round"])
def of_round(round_id: int, document: str) -> Response:
    """A document about a round, from the plan and a line for each case."""
    person = viewer()
    round_ = find_round(person, round_id)
    wanted = _wanted(person, document, round_)
    return _send(person, wanted, downloads.facts_of_round(round_), {"round": round_.id})


def _wanted(person: Viewer, key: str, subject: Subject) -> Download:
    """The document, if this person may have it here. Raises OutOfScope."""
    use_region(subject.region)
    for one in offered(KINDS[type(subject)], subject.region.key):
        if one.key == key and _may_have(person, one, subject):
            return one
    raise OutOfScope


def _send(person: Viewer, wanted: Download, facts: Mapping[str, Any], about: Mapping[str, Any]) -> Response:
    filename, media, content = downloads.take(person, wanted, facts, about)
    answer = Response(content, mimetype=media)
    answer.headers["Content-Disposition"] = f"attachment; filename=document; filename*=UTF-8''{quote(filename)}"
    return answer

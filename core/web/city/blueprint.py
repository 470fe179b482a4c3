"""The blueprint of the city desk and what its pages have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from core.cases import definitions, noticing, rounds
from core.cases.action import Receipt
from core.errors import Refused, Stale
from core.models import Case, EvaluationRound
from core.people.scope import find_case
from core.web.access import viewer
from core.web.shell import use_region

ROLE = "city_reviewer"

pages = Blueprint("city", __name__, url_prefix="/city")



@pages.app_template_global()
def publishes_at_once(round_: EvaluationRound) -> bool:
    """Whether results of this round are published without a notice, for the words of its pages."""
    return noticing.publishes_at_once(definitions.pinned_policy(round_))


Page = str | Response | tuple[str, int]
Redraw = Callable[["Refusal"], str]


class Refusal:
    """What a page is drawn again with: the text, the places it belongs to, and whether others acted first."""

    def __init__(self, fault: Refused | Stale | None = None) -> None:
        self.text = str(fault) if fault else ""
        self.fields: Mapping[str, str] = fault.fields if isinstance(fault, Refused) else {}

    @property
    def errors(self) -> list[tuple[str, str]]:
        """(field id, text) pairs for the summary of faults; the text alone when it belongs to no place."""
        return list(self.fields.items()) or ([("", self.text)] if self.text else [])


NOTHING = Refusal()
"""A page drawn for the first time."""


def carry_out(verb: Callable[[], Receipt], then: str | Callable[[Receipt], str], redraw: Redraw) -> Page:
    """Call the verb and go on; when it refuses, or others were faster, draw the page again with what was typed."""
    try:
        receipt = verb()
    except (Refused, Stale) as fault:
        return redraw(Refusal(fault)), fault.http_status
    flash(str(receipt["message"]))
    return redirect(then if isinstance(then, str) else then(receipt))


def token() -> str:
    """The one-time token of the posted form."""
    return request.form.get("form_token", "")


def version() -> int:
    """The version that the posted form was drawn from."""
    return number(request.form.get("stage_version"))


def number(text: str | None) -> int:
    """A whole number that our own page sent; anything else is not from our page."""
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 15:
        raise BadRequest
    return int(text)


def typed(key: str, otherwise: Any = "") -> Any:
    """What was typed under a name, when this request carries the form; else what is kept."""
    return request.form.get(key, otherwise) if request.method == "POST" else otherwise


def my_round(round_id: int) -> EvaluationRound:
    """A round of this person's region. Raises OutOfScope."""
    round_ = rounds.find_round(viewer(), round_id)
    use_region(round_.region)
    return round_


def my_case(case_id: int) -> Case:
    """A case of this person's region that runs in a round. Raises OutOfScope."""
    case = find_case(viewer(), case_id, ROLE)
    use_region(case.region)
    return case


def my_regions() -> list[int]:
    """The regions whose city reviewer this person is."""
    return [reach.region for reach in viewer().within(ROLE) if reach.region is not None]

"""The blueprint of filling, and what its pages have in common; the desk is the carrier's, filling is everybody's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import Blueprint
from werkzeug.wrappers import Response

from core.cases import clocks, standing
from core.models import Case
from core.web.case_history import body_of
from core.web.case_path import stages_shown
from core.workflow.definition import Stage, Workflow

pages = Blueprint("carrier", __name__, url_prefix="/carrier")

Page = str | Response | tuple[str, int]

ROLE = "carrier_clerk"


def case_page(case_id: int) -> str:
    """The one page of a case that everybody with business there uses."""
    return f"/cases/{case_id}"


def title_of(case: Case) -> str:
    """What the case is about, as people call it: the round's title, or the procedure and period outside a round."""
    return standing.titles([case])[case.id]


def holder(case: Case, stage: Stage) -> str:
    """Who works on a stage: the carrier itself, a body of its district, the panel, or a body of the region."""
    if stage.kind == "closed":
        return ""
    if stage.scope == "carrier":
        return str(case.carrier.name)
    return body_of(case, stage) or str(case.region.bureau or case.region.name)


def path(case: Case, workflow: Workflow) -> list[Mapping[str, str]]:
    """The line of stages for `steps`: what is behind, where it stands and until when, what follows."""
    stages = stages_shown(workflow, case.stage)
    now = [stage.key for stage in stages].index(case.stage)
    items: list[Mapping[str, str]] = []
    for place, stage in enumerate(stages):
        over = place < now or stage.kind == "closed" == workflow.stage(case.stage).kind
        state = "ok" if over else "now" if place == now else "next"
        when = f"{case.due_on.month}月{case.due_on.day}日前" if state == "now" and case.due_on else ""
        items.append({"name": stage.name, "who": holder(case, stage), "when": when, "state": state})
    return items


def days_left(case: Case, today: date) -> int | None:
    """Working days left for the case's stage; None without a last day or without a calendar."""
    return clocks.days_left(case.region_id, case.due_on, today) if case.due_on else None

"""Everything the one page of a case shows to one person, gathered once and handed to the template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import url_for

from core.cases import acting, awarding, definitions, drafts, review_drafts, scoring, standing, submitting
from core.cases.timing import Timing
from core.cases.timing import of_case as timing_of
from core.cases.urging import is_awaited, may_be_urged
from core.errors import Refused
from core.models import Account, Case, Review, ReviewDraft, SiteVisit
from core.people.scope import Viewer, may_handle
from core.policy.panel import panel_rules
from core.web import (
    case_checks,
    case_decide,
    case_history,
    case_material,
    case_path,
    case_queue,
    case_score,
    case_signatures,
)
from core.web.case_decide import Acting
from core.web.case_due import WorkingDays
from core.web.case_history import CARRIER, CITY, CITY_CENTRE, DISTRICT, DISTRICT_CENTRE, Happened
from core.workflow.definition import Stage
from forms.changes import answer_text
from forms.compile import CompiledForm

SIDES = {
    "city_reviewer": CITY,
    "district_reviewer": DISTRICT,
    "city_centre": CITY_CENTRE,
    "district_centre": DISTRICT_CENTRE,
    "carrier_clerk": CARRIER,
}
"""Role → from which side its holder sees a case; the first that fits counts."""
ROLE_OF = {side: role for role, side in SIDES.items()}
LEVELS = {"city": "市级", "provincial": "省级", "national": "国家级"}


CITY_LINKS: dict[str, tuple[tuple[str, str], ...]] = {
    "expert_panel": (("city.case_panel", "专家组和评分"), ("city.correction", "更正填报")),
    "determination": (("city.determination", "核查和认定"), ("city.correction", "更正填报")),
    "review": (("city.correction", "更正填报"),),
    "closed": (("city.false_materials", "登记弄虚作假"),),
}
"""What the city does with a case elsewhere, by the kind of its stage: (endpoint, words)."""


@dataclass(frozen=True)
class Opinion:
    """A reviewer's opinion as a body gave it: the answered questions of the stage's form in words."""

    body: str
    review: Review
    answers: list[tuple[str, str]]


@dataclass(frozen=True)
class Visit:
    """A visit on site: its answers in words, and (address, name) of its files."""

    row: SiteVisit
    body: str
    answers: list[tuple[str, str]]
    photos: list[tuple[str, str]]


@dataclass
class CasePage:
    """What the template reads. Parts that this person may not see are None or empty."""

    case: Case
    side: str
    stage: Stage
    body: str
    days_left: int | None
    steps: list[dict[str, Any]]
    timeline: list[dict[str, str]]
    material: case_material.Material | None
    file: case_material.File | None
    acting: Acting | None
    next: Case | None
    result: case_score.Shown | None
    opinions: list[Opinion] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    reasons: list[tuple[str, str]] = field(default_factory=list)
    visit_form: CompiledForm | None = None
    colleagues: list[Account] = field(default_factory=list)
    trial: list[case_score.Group] | None = None
    trial_problem: str = ""
    may_try: bool = False  # points can be worked out by the rules
    panel: scoring.PanelState | None = None
    may_urge: bool = False
    title: str = ""
    timing: Timing | None = None
    links: list[tuple[str, str]] = field(default_factory=list)
    fills: bool = False  # this person fills the case in, now
    filler: str = ""
    checks: list[case_checks.CheckShown] = field(default_factory=list)
    settled: case_checks.Settled | None = None
    signatures: case_signatures.Shown | None = None
    draft: ReviewDraft | None = None  # what this reviewer has written and ticked so far

    @property
    def level(self) -> str:
        """The level of the carrier's title in words."""
        return LEVELS.get(self.case.carrier.level, self.case.carrier.level)


def side_of(viewer: Viewer, case: Case) -> str:
    """From which side this person sees the case; "" for those who only see it as experts."""
    roles = acting.roles_for(viewer, case)
    return next((side for role, side in SIDES.items() if role in roles), "")


def build(viewer: Viewer, case: Case, side: str, file: int | None = None, trial: bool = False) -> CasePage:
    """Gather the page for one person. `file` is the evidence to open, `trial` asks for the trial score."""
    workflow = definitions.workflow_of(case)
    stage, events, days = workflow.stage(case.stage), case_history.events_of(case), WorkingDays(case.region_id)
    acts = case_decide.acting_for(viewer, case)
    filler = drafts.fill_stage(case)
    fills = stage.kind == "fill" and not case.outcome and may_handle(viewer, case, filler.role)
    mine = (acts is not None and not acts.held_by) or fills
    material = case_material.material_of(case)
    page = CasePage(
        case=case,
        side=side,
        stage=stage,
        body=case_history.body_of(case, stage),
        days_left=days.left(case.due_on),
        steps=case_path.path_of(case, events, days, mine),
        timeline=case_history.sentences(case, workflow, events, side),
        material=material,
        file=material.file(file) if material else None,
        acting=acts,
        next=case_queue.next_case(viewer, ROLE_OF[side], case.id) if side != CARRIER else None,
        result=case_score.result_for(case, side),
        title=standing.titles([case])[case.id],
        timing=timing_of(case),
        fills=fills,
        filler=case_history.body_of(case, filler),
        checks=case_checks.of_submission(case, submitting.latest_submission(case)),
        settled=case_checks.settled(case),
    )
    if fills:
        _for_filler(page, events)
    if side != CARRIER:
        _for_reviewer(page, viewer)
    if side == CITY:
        _for_city(page, trial)
    return page


def _for_filler(page: CasePage, events: list[Happened]) -> None:
    """What the last return asks to be corrected, while it is being corrected."""
    last = next((e for e in reversed(events) if e.to), None)
    if last is None or last.kind != "returned":
        return
    review = Review.get_or_none(Review.id == last.data.get("review"))
    if review is not None:
        page.reasons = case_material.reasons_in_words(definitions.fill_form(page.case), review.reasons)


def _for_reviewer(page: CasePage, viewer: Viewer) -> None:
    case, acts = page.case, page.acting
    page.opinions = opinions_of(case)
    page.visits = visits_of(case)
    page.signatures = case_signatures.shown(viewer, case, page.stage)
    page.may_urge = is_awaited(page.stage) and may_be_urged(case)
    if page.file is None and page.material is not None:
        page.file = page.material.first()
    if acts is not None and not acts.held_by:
        page.draft = review_drafts.draft_of(viewer, case)
        if page.material is not None:
            page.material.ticked = review_drafts.ticked_in(page.draft, page.material.submission)
    if acts is not None:
        page.colleagues = case_decide.colleagues(viewer, case, page.stage.role)
        if page.stage.site_visit_form:
            page.visit_form = definitions.form_in(definitions.policy_of(case), page.stage.site_visit_form)


def _for_city(page: CasePage, trial: bool) -> None:
    if page.case.round_id is not None:  # correcting and revoking are about results, and those come from a round
        page.links = [(url_for(to, case_id=page.case.id), words) for to, words in CITY_LINKS.get(page.stage.kind, ())]
        if page.stage.kind == "closed" and not awarding.recovering_vetoes(page.case):
            page.links = []  # nothing that the policy calls an award back for
    if page.stage.kind == "expert_panel":
        page.panel = scoring.panel_state(page.case, panel_rules(definitions.policy_of(page.case)).minimum)
    page.may_try = scoring.gives_points(definitions.policy_of(page.case))
    if trial and page.may_try and page.material is not None:
        try:
            page.trial = case_score.trial_of(page.case)
        except Refused as refusal:
            page.trial_problem = str(refusal)


def opinions_of(case: Case) -> list[Opinion]:
    """The opinions given on the way, oldest first; returns stand in the history with their reasons."""
    workflow, policy = definitions.workflow_of(case), definitions.policy_of(case)
    found = []
    for review in Review.select().where(Review.case == case).order_by(Review.id):
        stage = workflow.by_key.get(review.stage)
        if stage is not None and stage.opinion_form and review.opinion:
            form = definitions.form_in(policy, stage.opinion_form)
            found.append(Opinion(case_history.body_of(case, stage), review, in_words(form, review.opinion)))
    return found


def visits_of(case: Case) -> list[Visit]:
    """The visits on site with their photos, newest first."""
    workflow, policy = definitions.workflow_of(case), definitions.policy_of(case)
    found = []
    for row in SiteVisit.select().where(SiteVisit.case == case).order_by(SiteVisit.id.desc()):
        stage = workflow.by_key.get(row.stage)
        if stage is None or not stage.site_visit_form:
            continue
        form = definitions.form_in(policy, stage.site_visit_form)
        photos = _photos(case, row, form)
        found.append(Visit(row, case_history.body_of(case, stage), in_words(form, row.answers), photos))
    return found


def _photos(case: Case, row: SiteVisit, form: CompiledForm) -> list[tuple[str, str]]:
    return [
        (url_for("case.photo", case=case.id, visit=row.id, field=asked.key, number=number), kept["name"])
        for asked in form.definition.fields
        if asked.type == "files"
        for number, kept in enumerate(row.answers.get(asked.key) or [])
        if isinstance(kept, dict)
    ]


def in_words(form: CompiledForm, answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was answered, as (question, text), files left out; a table gives a line for each row."""
    told = []
    for asked in form.definition.fields:
        answer = answers.get(asked.key)
        if asked.kind.control == "table":
            rows = [row for row in answer or [] if isinstance(row, dict)]
            lines = ["，".join(f"{c.label} {answer_text(c, row.get(c.key))}" for c in asked.columns) for row in rows]
            text = "\n".join(lines)
        elif asked.kind.control in ("files", "calculated"):
            continue
        else:
            text = answer_text(asked, answer)
        if text:
            told.append((asked.label, text))
    return told

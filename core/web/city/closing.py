"""After closing: the yearly lists that results leave behind, proven false materials, and a round's summary."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import render_template, request
from peewee import JOIN

from core import clock
from core.cases import awarding, definitions
from core.cases.determining import latest_result
from core.cases.register_facts import mark_names
from core.models import Award, Carrier, CarrierMark, Case, District, Region
from core.policy.grades import grades_of
from core.policy.version import PolicyVersion
from core.web.access import open_to, viewer
from core.web.city import charts, figures
from core.web.city.blueprint import (
    NOTHING,
    ROLE,
    Page,
    Refusal,
    carry_out,
    my_case,
    my_regions,
    my_round,
    number,
    pages,
    token,
)
from core.web.words import GRADES

MARKS = {
    "priority_recommendation": "优先推荐名单",
    "title_revoked": "已撤销资格",
    "research_dishonesty_record": "科研失信记录",
}
"""The lists in their order; a region whose policy knows a consequence has its list even while it is empty."""


@pages.get("/marks")
@open_to(ROLE)
def marks() -> Page:
    """What results left on the register, by year and kind."""
    year = number(request.args["year"]) if request.args.get("year") else clock.today().year
    rows = (
        CarrierMark.select(CarrierMark, Carrier, District)
        .join(Carrier)
        .join(District, JOIN.LEFT_OUTER)
        .where(Carrier.region.in_(my_regions() or [0]) & (CarrierMark.set_on.year == year))
        .where(CarrierMark.lifted_on.is_null())
        .order_by(District.id, Carrier.id)
    )
    policies = _policies()
    kept = {
        entry["key"]
        for p in policies
        if p.has("consequences")
        for entry in p.definition("consequences")["consequences"]
    }
    words = {kind: name for policy in policies for kind, name in mark_names(policy).items()}
    found: dict[str, list[CarrierMark]] = {kind: [] for kind in MARKS if kind in kept}
    for row in rows:
        found.setdefault(row.kind, []).append(row)
    names = {kind: MARKS.get(kind) or words.get(kind, kind) for kind in found}
    return render_template("city/marks.html", year=year, this_year=clock.today().year, lists=found, names=names)


def _policies() -> list[PolicyVersion]:
    """The policies in force in this person's regions."""
    regions = Region.select().where(Region.id.in_(my_regions() or [0]))
    found = (definitions.current_policy(region, clock.today()) for region in regions)
    return [policy for policy in found if policy is not None]


@pages.get("/cases/<int:case_id>/false-materials")
@open_to(ROLE)
def false_materials(case_id: int) -> Page:
    """What proven false materials lead to, and the form for the ground."""
    return _draw(my_case(case_id))


def _draw(case: Case, refusal: Refusal = NOTHING) -> str:
    return render_template(
        "city/false_materials.html",
        case=case,
        carrier=Carrier.get_by_id(case.carrier_id),
        result=latest_result(case),
        award=Award.get_or_none((Award.round == case.round_id) & (Award.case == case)),
        vetoes=awarding.recovering_vetoes(case),
        refusal=refusal,
    )


@pages.post("/cases/<int:case_id>/false-materials")
@open_to(ROLE)
def false_materials_record(case_id: int) -> Page:
    """Record it: a new result, and the money back."""
    case = my_case(case_id)
    return carry_out(
        lambda: awarding.recover(
            viewer(), case_id, request.form.get("reason", ""), token(), request.form.get("veto", "")
        ),
        f"/cases/{case_id}",
        lambda refusal: _draw(case, refusal),
    )


@dataclass(frozen=True)
class DistrictSummary:
    """A district's numbers by grade; `absent` did not take part."""

    name: str
    total: int
    grades: dict[str, int]
    absent: int


@pages.get("/rounds/<int:round_id>/summary")
@open_to(ROLE)
def summary(round_id: int) -> Page:
    """The round in figures, as a page that prints."""
    round_ = my_round(round_id)
    policy = definitions.pinned_policy(round_)
    workflow = definitions.workflow_in(policy, round_.procedure)
    found = figures.figures_of(round_, workflow)
    grades = grades_of(policy)
    given = {line.grade for line in grades.lines} if grades else set()
    given |= {line.grade for line in found.results if line.grade}
    shown = [grade for grade in GRADES if grade in given]
    return render_template(
        "city/summary.html",
        round=round_,
        figures=found,
        districts=_by_district(found, shown),
        grade_counts={grade: _count(found.results, grade) for grade in shown},
        absent=[r for r in found.results if r.absent],
        scale=charts.scale(found.results, grades.lines if grades else ()),
        lines=grades.lines if grades else (),
        objections=figures.objection_counts(round_),
        notices=figures.notices_of(round_),
        awards=figures.awards_of(round_),
        finished=next((n for stage, n in found.stages if stage.kind == "closed"), 0),
        document=policy.document,
    )


def _count(results: Iterable[figures.ResultLine], grade: str) -> int:
    return sum(1 for line in results if line.grade == grade and not line.absent)


def _by_district(found: figures.Figures, grades: Sequence[str]) -> list[DistrictSummary]:
    lines = []
    for district in found.districts:
        own = [line for line in found.results if (line.district or 0) == district.id]
        counts = {grade: _count(own, grade) for grade in grades}
        lines.append(DistrictSummary(district.name, district.total, counts, sum(line.absent for line in own)))
    return lines

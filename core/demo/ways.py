"""How far each demo carrier comes, step by step through the verbs, each on its own policy day."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from core import clock
from core.cases import (
    acting,
    definitions,
    determining,
    files,
    intervening,
    noticing,
    objecting,
    panels,
    rounds,
    scoring,
    submitting,
)
from core.cases.action import new_token
from core.demo.answers import answers_for, figures_of
from core.demo.evidence import one_page_pdf
from core.demo.world import World
from core.models import Case, Draft, EvaluationRound, NoticeEntry
from core.people.scope import Viewer
from core.policy.scheme import scheme_of
from forms.definition import Field

AFTER_SUBMISSION = ("district", "resubmitted", "returned", "city", "panel", "determination", "notice", "objected", "closed")
AFTER_DISTRICT = ("city", "panel", "determination", "notice", "objected", "closed")
AFTER_CITY = ("panel", "determination", "notice", "objected", "closed")
AFTER_PANEL = ("determination", "notice", "objected", "closed")
NOTICED = ("notice", "objected")
SUBMITTED = date(2023, 6, 12)
FORWARDED = date(2023, 6, 19)


def walk(world: World) -> None:
    """Carry every carrier as far as its `way` says, and leave the rest of the round as it would be."""
    carriers = world.demo["carriers"]
    for entry in carriers:
        if entry.get("figures"):
            _fill(world, entry)
    _each(world, carriers, AFTER_SUBMISSION, _submit)
    _each(world, carriers, AFTER_DISTRICT, _district)
    with clock.policy_date(date(2023, 6, 26)):
        _each(world, carriers, AFTER_CITY, _city)
    with clock.policy_date(date(2023, 7, 3)):
        _panel(world)
        _absent_and_extension(world)
    with clock.policy_date(date(2023, 7, 5)):
        _each(world, carriers, AFTER_PANEL, _determine)
        first = _publish(world, ("closed",))
    with clock.policy_date(date(2023, 7, 13)):
        noticing.close_notice(world.first("city_reviewer"), first, new_token())
    with clock.policy_date(date(2023, 7, 18)):
        _publish(world, NOTICED)
        _returns(world)
    with clock.policy_date(world.demo["today"]):
        _object(world)
        _resubmit(world)


def _each(world: World, carriers: Iterable[Mapping[str, Any]], ways: tuple[str, ...], step: Any) -> None:
    for entry in carriers:
        if entry["way"] in ways:
            step(world, entry)


def _of(world: World, *ways: str) -> list[Mapping[str, Any]]:
    return [entry for entry in world.demo["carriers"] if entry["way"] in ways]


def _clerk(world: World, entry: Mapping[str, Any]) -> Any:
    key = entry["key"]
    return world.viewer(key if key in world.people else f"zaiti-{key}")


def _fill(world: World, entry: Mapping[str, Any]) -> None:
    with clock.policy_date(date(2023, 6, 8)):
        case = world.case(entry["key"])
        form = definitions.fill_form(case).definition
        figures = figures_of(world.demo, entry)
        if entry["way"] == "resubmitted":  # what the district will find wrong
            figures = {**figures, "area_m2": "2100", "intermediaries": 5}
        answers = answers_for(form, world.demo, world.carriers[entry["key"]], figures)
        sections = form.sections[:2] if entry["way"] == "half" else form.sections
        asked = [field for section in sections for field in section.fields]
        kept = {field.key: answers[field.key] for field in asked if field.key in answers}
        Draft.update(answers=kept, revision=1, saved_at=clock.now()).where(Draft.case == case).execute()
        for field in asked:
            if field.type == "files" and field.required:
                _attach(world, entry, case, field)


def _attach(world: World, entry: Mapping[str, Any], case: Case, field: Field) -> None:
    lines = [field.label, entry["name"], f"办件 {case.number}", "演示材料，内容虚构，没有法律效力。"]
    files.attach(_clerk(world, entry), case.id, field.key, f"{field.label}.pdf", io.BytesIO(one_page_pdf(lines)))


def _submit(world: World, entry: Mapping[str, Any]) -> None:
    with clock.policy_date(entry.get("submitted_on", SUBMITTED)):
        case = world.case(entry["key"])
        submitting.submit(_clerk(world, entry), case.id, case.stage_version, new_token())


def _form_answers(world: World, case: Case, key: str) -> dict[str, Any]:
    form = definitions.form_in(definitions.policy_of(case), key).definition
    stated = {"visited_on": clock.today().isoformat(), "residents_seen": 12}
    return answers_for(form, world.demo, case.carrier, stated)


def _district(world: World, entry: Mapping[str, Any]) -> None:
    with clock.policy_date(entry.get("forwarded_on", FORWARDED)):
        _visit_and_forward(world, world.case(entry["key"]), world.district_viewer(entry["key"]))


def _visit_and_forward(world: World, case: Case, person: Viewer) -> None:
    stage = definitions.workflow_of(case).stage(case.stage)
    acting.record_site_visit(person, case.id, _form_answers(world, case, stage.site_visit_form), new_token())
    decision = acting.Decision(opinion=_form_answers(world, case, stage.opinion_form))
    acting.act(person, case.id, "forward", decision, case.stage_version, new_token())


def _city(world: World, entry: Mapping[str, Any]) -> None:
    case = world.case(entry["key"])
    acting.act(world.first("city_reviewer"), case.id, "forward", acting.Decision(), case.stage_version, new_token())


def _panel(world: World) -> None:
    experts = [p["username"] for p in world.demo["people"] if p["role"] == "expert"]
    for name in experts:
        panels.sign_pledge(world.viewer(name), _round(world), "我承诺遵守保密和廉洁规定。")
    for entry in _of(world, *AFTER_CITY):
        if "recused" in entry:
            _recuse(world, entry)
        scoring_now = [name for name in experts if name != entry.get("recused")]
        for name in scoring_now[: entry.get("signed", len(scoring_now))]:
            _score(world, entry, name)
        if entry["way"] in AFTER_PANEL:
            _conclude(world, world.case(entry["key"]))


def _recuse(world: World, entry: Mapping[str, Any]) -> None:
    expert, case = world.viewer(entry["recused"]), world.case(entry["key"])
    panels.recuse(expert, case.id, entry["recusal_reason"], new_token())


def _score(world: World, entry: Mapping[str, Any], username: str) -> None:
    expert, case = world.viewer(username), world.case(entry["key"])
    panels.declare_no_conflict(expert, case.id, new_token())
    _, _, sheet = scoring.open_sheet(expert, case.id)
    # experts differ a little, in half points
    share = Decimal(entry["share"]) - Decimal(int(username[-1]) % 3) * Decimal("0.03")
    points = {
        indicator.code: str((indicator.weight_points * share * 2).quantize(Decimal(1)) / 2)
        for indicator in scheme_of(definitions.policy_of(case)).indicators
        if not indicator.quantitative
    }
    given = {"points": points, "opinion": world.demo["texts"]["sheet_opinion"]}
    kept = scoring.save_sheet(expert, case.id, given, sheet.version)
    scoring.sign_sheet(expert, case.id, kept.version, new_token())


def _conclude(world: World, case: Case) -> None:
    city = world.first("city_reviewer")
    opinion = world.demo["texts"]["panel_opinion"]
    panels.record_opinion(city, case.id, ["desk_review", "panel_meeting"], opinion, new_token())
    determining.conclude_panel(city, case.id, case.stage_version, new_token())


def _determine(world: World, entry: Mapping[str, Any]) -> None:
    case, city = world.case(entry["key"]), world.first("city_reviewer")
    if entry["way"] == "determination":
        return
    figures, found = figures_of(world.demo, entry), entry.get("found", {})
    for check in determining.missing_checks(case):
        value = figures.get(check.key, check.key in found)
        determining.record_check(city, case.id, check.key, value, found.get(check.key, ""))
    case = world.case(entry["key"])  # the checks have renewed it
    determining.determine_case(city, case.id, case.stage_version, new_token())


def _absent_and_extension(world: World) -> None:
    city, stated = world.first("city_reviewer"), world.demo["round"]
    for entry in _of(world, "absent"):
        case = world.case(entry["key"])
        intervening.mark_absent(city, case.id, False, "截止日前未报送，电话联系三次无人答复（演示）", case.stage_version, new_token())
    round_ = EvaluationRound.get_by_id(_round(world))
    plan = {**round_.plan, "submission_deadline": stated["extended_to"].isoformat()}
    rounds.save_plan(city, round_.id, plan, round_.version, stated["extension_reason"])


def _publish(world: World, ways: tuple[str, ...]) -> int:
    city = world.first("city_reviewer")
    chosen = [world.case(entry["key"]).id for entry in _of(world, *ways)]
    contact = world.demo["round"]["contact"]
    receipt = noticing.publish_notice(city, _round(world), chosen, contact, new_token())
    return int(receipt["notice"])


def _returns(world: World) -> None:
    for entry in _of(world, "returned", "resubmitted"):
        case, person = world.case(entry["key"]), world.district_viewer(entry["key"])
        decision = acting.Decision(reasons=dict(entry["returned"]))
        acting.act(person, case.id, "return", decision, case.stage_version, new_token())


def _resubmit(world: World) -> None:
    for entry in _of(world, "resubmitted"):
        case = world.case(entry["key"])
        form = definitions.fill_form(case).definition
        answers = answers_for(form, world.demo, case.carrier, figures_of(world.demo, entry))
        Draft.update(answers=answers, revision=Draft.revision + 1).where(Draft.case == case).execute()
        submitting.submit(_clerk(world, entry), case.id, case.stage_version, new_token())


def _object(world: World) -> None:
    stated = world.demo["objection"]
    entry = NoticeEntry.select().where(NoticeEntry.case == world.case(stated["carrier"])).order_by(NoticeEntry.id.desc()).first()
    if entry is not None:
        objecting.object_to(
            entry.id,
            kind=stated["kind"],
            name=stated["name"],
            contact=stated["contact"],
            sealed=False,
            text=stated["text"],
            token=new_token(),
        )


def _round(world: World) -> int:
    return int(world.round.id) if world.round else 0


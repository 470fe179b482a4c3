"""The steps of a demo case, one function a `do`: each asks the verb that the office would ask."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from core import clock
from core.cases import (
    acting,
    awarding,
    definitions,
    determining,
    drafts,
    files,
    intervening,
    objecting,
    submitting,
    urging,
)
from core.cases.action import new_token
from core.demo import panel_steps
from core.demo.answers import DAYS_OF_THE_PERIOD, Source, answers_for, figures_of, stored
from core.demo.evidence import one_page_pdf
from core.demo.world import World
from core.errors import Stale
from core.models import Award, Case, Draft, NoticeEntry, Objection, PeriodicReport
from core.people.scope import Viewer
from core.policy.facts import as_date
from core.policy.periods import days_of
from forms.definition import Field, FormDefinition

Step = Mapping[str, Any]
Verb = Callable[[World, Case, Step], None]


def take(world: World, number: int, entry: Step, step: Step) -> None:
    """Take one step of a case; what the step leaves out is taken from its case and carrier."""
    carrier: Step = next(c for c in world.demo["carriers"] if c["key"] == entry["carrier"])
    defaults = {key: source[key] for source in (carrier, entry) for key in DEFAULTS if key in source}
    case = world.case(number)
    verb = str(step["do"]).partition(":")[0]
    known = {"own": frozenset(step), "base": defaults.get("figures"), "always": entry.get("answers", {})}
    VERBS[verb](world, case, {**defaults, **step, **known})


DEFAULTS = ("figures", "share", "grade", "found")


def _people(world: World, case: Case, step: Step, role: str) -> Iterable[Viewer]:
    """Who takes the step: the people or the role named, else who holds the stage's role for the case."""
    named = step.get("by", role)
    for name in [named] if isinstance(named, str) else named:
        yield world.viewer(name) if name in world.people else world.handler(case, name)


def _person(world: World, case: Case, step: Step, role: str = "") -> Viewer:
    return next(iter(_people(world, case, step, role or definitions.workflow_of(case).stage(case.stage).role)))


def _source(world: World, case: Case, step: Step) -> Source:
    """Figures and answers of the case, laid over those of its carrier, and the period they are about."""
    figures = {**figures_of(world.demo, step.get("base")), **figures_of(world.demo, step.get("figures"))}
    figures |= {**step["always"], **step.get("answers", {})}
    report = PeriodicReport.get_or_none(PeriodicReport.case == case)
    if report is not None:
        first, last = days_of(report.period)
        return Source(world.demo, figures, first, (last - first).days)
    stated = as_date(case.round.plan.get("period_from")) if case.round is not None else None
    return Source(world.demo, figures, stated or clock.today() - timedelta(days=DAYS_OF_THE_PERIOD + 10))


def _form_answers(world: World, case: Case, key: str, step: Step, given: str) -> dict[str, Any]:
    """The answers of a form that comes with a step (visit, opinion), what the step says first."""
    form = definitions.form_in(definitions.policy_of(case), key)
    stated = {"visited_on": clock.today().isoformat(), "residents_seen": 12, **step.get(given, {})}
    return answers_for(form, Source(world.demo, stated, clock.today()), case.carrier)


def _fill(world: World, case: Case, step: Step) -> None:
    compiled = definitions.fill_form(case)
    form, person, draft = compiled.definition, _person(world, case, step), Draft.get(Draft.case == case)
    known = answers_for(compiled, _source(world, case, step), case.carrier)
    stated = {**step["always"], **step.get("answers", {})}
    own = {key: stored(value, form.field(key)) for key, value in stated.items()}
    sections = form.sections[: step["sections"]] if "sections" in step else form.sections
    asked = [field for section in sections for field in section.fields]
    answers = {field.key: known[field.key] for field in asked if field.key in known}
    answers = {**draft.answers, **answers, **_since(case, draft), **own}
    if drafts.store(person, draft, answers, {}) is None:
        raise Stale("草稿刚有别人改过。")
    missing = {fault.path for fault in compiled.faults(answers, submitting.evidence_of(case)) if fault.blank}
    for field in asked:
        if field.type == "files" and field.key in missing:
            _attach(person, case, field)


def _since(case: Case, draft: Draft) -> dict[str, Any]:
    """The day that the time of the case counts from, as it was said when the case was opened."""
    key = definitions.procedure_in(definitions.policy_of(case), case.procedure).get("since", "")
    return {key: draft.answers[key]} if key in draft.answers else {}


def _attach(person: Viewer, case: Case, field: Field) -> None:
    lines = [field.label, case.carrier.name, f"办件 {case.number}", "演示材料，内容虚构，没有法律效力。"]
    for number in range(1, (field.min_files or 1) + 1):
        content = io.BytesIO(one_page_pdf([*lines, f"第 {number} 份"] if number > 1 else lines))
        files.attach(person, case.id, field.key, f"{field.label}{number if number > 1 else ''}.pdf", content)


def _submit(world: World, case: Case, step: Step) -> None:
    draft = Draft.get(Draft.case == case)
    if {"figures", "answers"} & step["own"] or not _is_filled(definitions.fill_form(case).definition, draft):
        _fill(world, case, step)
    submitting.submit(_person(world, case, step), case.id, case.stage_version, new_token())


def _is_filled(form: FormDefinition, draft: Draft) -> bool:
    """Whether somebody filled the draft: more is in it than what opening it put there."""
    asked = [field.key for section in form.sections for field in section.fields if field.required]
    return sum(key in draft.answers for key in asked) * 2 > len(asked)


def _visit(world: World, case: Case, step: Step) -> None:
    stage = definitions.workflow_of(case).stage(case.stage)
    answers = _form_answers(world, case, stage.site_visit_form, step, "answers")
    acting.record_site_visit(_person(world, case, step), case.id, answers, new_token())


def _act(world: World, case: Case, step: Step) -> None:
    stage = definitions.workflow_of(case).stage(case.stage)
    key = str(step["do"]).partition(":")[2]
    action = stage.action(key)
    if action is None:
        raise LookupError(f"“{stage.name}”没有动作 {key}；有：{'、'.join(a.key for a in stage.actions)}")
    asked = "opinion" in action.needs and stage.opinion_form
    opinion = _form_answers(world, case, stage.opinion_form, step, "opinion") if asked else {}
    decision = acting.Decision(opinion, dict(step.get("reasons", {})), step.get("said", ""))
    person = _person(world, case, step, action.role or stage.role)
    acting.act(person, case.id, key, decision, case.stage_version, new_token())


def _check(world: World, case: Case, step: Step) -> None:
    city, found = _person(world, case, step, "city_reviewer"), step.get("found", {})
    figures = {**figures_of(world.demo, step.get("base")), **figures_of(world.demo, step.get("figures"))}
    for check in determining.missing_checks(case):
        value = figures.get(check.key, check.key in found)
        determining.record_check(city, case.id, check.key, value, found.get(check.key, ""))


def _determine(world: World, case: Case, step: Step) -> None:
    _check(world, case, step)
    city = _person(world, case, step, "city_reviewer")
    determining.determine_case(city, case.id, Case.get_by_id(case.id).stage_version, new_token())


def _absent(world: World, case: Case, step: Step) -> None:
    city = _person(world, case, step, "city_reviewer")
    said = step.get("said", "截止日前未报送，电话联系三次无人答复（演示）")
    intervening.mark_absent(city, case.id, step.get("excused", False), said, case.stage_version, new_token())


def _correct(world: World, case: Case, step: Step) -> None:
    city, form = _person(world, case, step, "city_reviewer"), definitions.fill_form(case).definition
    changed = {key: stored(value, form.field(key)) for key, value in step["answers"].items()}
    said = step.get("said", "经核查原始凭证更正（演示）")
    intervening.correct_submission(city, case.id, changed, said, case.stage_version, new_token())


def _object(_: World, case: Case, step: Step) -> None:
    entry = NoticeEntry.select().where(NoticeEntry.case == case).order_by(NoticeEntry.id.desc()).get()
    given = {key: step.get(key, "") for key in ("kind", "name", "contact", "text")}
    objecting.object_to(entry.id, **given, sealed=given["kind"] == "organisation", token=new_token())


def _rule(world: World, case: Case, step: Step) -> None:
    mine = (NoticeEntry.case == case) & (Objection.status == "open")
    objection = Objection.select().join(NoticeEntry).where(mine).get()
    city = _person(world, case, step, "city_reviewer")
    said = step.get("said", "经调查核实，情况已查清。（演示）")
    objecting.rule(city, objection.id, step["ruling"], said, case.stage_version, new_token())


def _release(world: World, case: Case, step: Step) -> None:
    award = Award.get(Award.case == case)
    named = step.get("by", "")
    finance = world.by(named if isinstance(named, str) else named[0], "finance")
    awarding.release(finance, award.id, award.version, new_token())


def _urge(world: World, case: Case, step: Step) -> None:
    urging.urge(_person(world, case, step, "city_reviewer"), [case.id], new_token())


VERBS: dict[str, Verb] = {
    "fill": _fill,
    "submit": _submit,
    "visit": _visit,
    "act": _act,
    "declare": lambda world, case, step: panel_steps.declare(case, _people(world, case, step, "expert")),
    "recuse": lambda world, case, step: panel_steps.recuse(case, _people(world, case, step, "expert"), step),
    "sheet": lambda world, case, step: panel_steps.fill_sheets(world, case, _people(world, case, step, "expert"), step),
    "panel_opinion": panel_steps.opinion,
    "conclude": panel_steps.conclude,
    "check": _check,
    "determine": _determine,
    "absent": _absent,
    "correct": _correct,
    "object": _object,
    "rule": _rule,
    "release": _release,
    "urge": _urge,
}
"""What a step may do; `act:<action>` names an action of the stage."""

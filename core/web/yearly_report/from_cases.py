"""Figures from the other procedures: spot checks and the like, the yearly assessment with its grades, rectification."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.cases.standing import ON_DEMAND, Procedure
from core.models import Carrier, Case, CaseEvent, EvaluationRound, Participant, Result
from core.policy.grades import named_grades
from core.policy.version import PolicyVersion
from core.policy.work_report import Figure
from core.web.supervision.coverage import coverage, opened_by_city
from core.web.supervision.year import Year
from core.web.words import grade_name

ENDED = "finished"
"""The outcome of a case that went its way to the end."""


def case_figures(of: Year) -> Iterator[Figure]:
    """The figures of every procedure that is no periodic report."""
    if of.policy is None or not of.policy.has("procedures"):
        return
    visits = [p["key"] for p in opened_by_city(of.policy)]
    for procedure in of.policy.definition("procedures")["procedures"]:
        if procedure.get("every") == "year":
            yield from _round(of, of.policy, procedure)
        elif procedure["key"] in visits:
            yield from _visited(of, procedure)
        elif procedure.get("every") == ON_DEMAND:
            yield from _on_demand(of, procedure)


def _visited(of: Year, procedure: Procedure) -> Iterator[Figure]:
    found = coverage(of, procedure)
    key, name = procedure["key"], procedure["name"]
    source = f"{name}记录，当年提交的"
    yield Figure(f"{key}_cases", f"{name}次数", found.times, "次", source)
    yield Figure(f"{key}_carriers", f"{name}到的载体", len(found.lines) - found.never, "家", source)
    yield Figure(f"{key}_never", f"当年没有{name}的载体", found.never, "家", f"载体登记册减去{source}")


def _on_demand(of: Year, procedure: Procedure) -> Iterator[Figure]:
    """The cases that ran in the year; those that a question decides also by what was decided in it."""
    key, name = procedure["key"], procedure["name"]
    ran = _ran(of, procedure)
    ended = [case.id for case in ran if _ended(case, of)]
    source = f"{name}的办件，当年发起、办结或还在办理的"
    yield Figure(f"{key}_cases", f"{name}办件", len(ran), "件", source)
    yield Figure(f"{key}_running", f"{name}还在办理的", len(ran) - len(ended), "件", source)
    if procedure.get("decides"):
        grades = [result.grade for result in _newest_results(ended).values()]
        failed = sum(grade == "unqualified" for grade in grades)
        yield Figure(f"{key}_failed", f"{name}后仍为不合格的", failed, "家", f"{name}当年办结的，认定结果")
        passed = sum(bool(grade) and grade != "unqualified" for grade in grades)
        yield Figure(f"{key}_passed", f"{name}后评定为合格的", passed, "家", f"{name}当年办结的，认定结果")


def _ran(of: Year, procedure: Procedure) -> list[Case]:
    """The cases opened by the end of the year and not ended before it."""
    own = (Case.region == of.region) & (Case.procedure == procedure["key"])
    opened = CaseEvent.select(CaseEvent.case).join(Case)
    opened = opened.where(own & (CaseEvent.sequence == 1) & (CaseEvent.policy_date <= of.until))
    rows = Case.select().where(own & Case.id.in_(opened))
    return [row for row in rows if row.outcome == "" or row.entered_stage_on.year >= of.year]


def _ended(case: Case, of: Year) -> bool:
    return bool(case.outcome != "" and case.entered_stage_on <= of.until)


@dataclass(frozen=True)
class _Assessed:
    participants: int
    results: dict[Carrier, Result]


def _round(of: Year, policy: PolicyVersion, procedure: Procedure) -> Iterator[Figure]:
    found = _assessed(of, procedure)
    key, name = procedure["key"], procedure["name"]
    listed, decided = f"{name}当年开启的批次，名单，一家算一次", f"{name}当年开启的批次，各家最近生效的认定结果"
    waiting, source = found.participants - len(found.results), "名单减去有结果的"
    yield Figure(f"{key}_participants", f"{name}参加的载体", found.participants, "家", listed)
    yield Figure(f"{key}_results", f"{name}已公布结果的", len(found.results), "家", decided)
    yield Figure(f"{key}_waiting", f"{name}还没有结果的", waiting, "家", f"{name}当年开启的批次，{source}")
    for grade in named_grades(policy):
        own = [carrier.name for carrier, result in found.results.items() if result.grade == grade]
        said = f"{name}{grade_name(grade)}的"
        yield Figure(f"{key}_{grade}", said, len(own), "家", decided)
        yield Figure(f"{key}_{grade}_names", f"{said}载体名称", "、".join(own) or "无", "", decided)


def _assessed(of: Year, procedure: Procedure) -> _Assessed:
    """Who was listed and decided on in the rounds of a year; a carrier in two of them (整改后再考核) counts once."""
    rounds = EvaluationRound.select().where(
        (EvaluationRound.region == of.region) & (EvaluationRound.procedure == procedure["key"])
    )
    ids = [row.id for row in rounds if row.opened_on is not None and row.opened_on.year == of.year] or [0]
    listed = Participant.select(Participant.carrier).where(Participant.round.in_(ids) & (Participant.included == True))  # noqa: E712
    ended = list(Case.select(Case, Carrier).join(Carrier).where(Case.round.in_(ids) & (Case.outcome == ENDED)))
    results = _newest_results([row.id for row in ended])
    by_carrier = {row.carrier: results[row.id] for row in sorted(ended, key=lambda row: row.id) if row.id in results}
    return _Assessed(listed.distinct().count(), by_carrier)


def _newest_results(cases: list[int]) -> dict[int, Result]:
    rows = Result.select().where(Result.case.in_(cases or [0])).order_by(Result.version)
    return {row.case_id: row for row in rows}

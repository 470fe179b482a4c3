"""Everything of one carrier, gathered for the person who looks: title, facts, grades, marks, reports, awards, cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from peewee import JOIN, fn

from core import clock
from core.cases import completeness, definitions, register_facts, standing
from core.cases.published import final_results, is_absent
from core.cases.register_words import LEVELS, TITLES
from core.models import (
    Award,
    AwardEntry,
    Carrier,
    CarrierMark,
    Case,
    EvaluationRound,
    PeriodicReport,
    Result,
    Submission,
)
from core.people.carrier_scope import is_authority, visible_carriers
from core.people.scope import Viewer, visible_cases
from core.policy.periods import words_of
from core.policy.reporting import Completeness
from core.policy.version import PolicyVersion
from core.web.register import chart
from core.web.words import grade_name

MOST_CASES = 50
MOST_MISSING = 6
TOLD_AWARDS = ("payable", "released", "reversed")


@dataclass(frozen=True)
class Grade:
    """A final result; `case` only for those who may open it."""

    case: Case | None
    title: str
    year: int
    result: Result
    absent: bool

    @property
    def word(self) -> str:
        """The grade in words."""
        return "未参加" if self.absent else grade_name(self.result.grade)


@dataclass(frozen=True)
class Mark:
    """A mark in words; `reason` may hold notes of the authorities and is empty for everybody else."""

    row: CarrierMark
    name: str
    reason: str
    case: Case | None


@dataclass(frozen=True)
class Line:
    """A case as a line of a list, with where it stands."""

    case: Case
    title: str
    stage: str
    closed: bool
    procedure: Mapping[str, Any]


@dataclass(frozen=True)
class Followed:
    """A corrective action with the case it came from and how it ended."""

    line: Line
    origin: Line | None
    grade: str
    outcome: str


@dataclass(frozen=True)
class Reports:
    """One periodic report of the carrier: how many came of those due, and the last ones missing."""

    name: str
    found: Completeness
    missing: list[str]

    @property
    def trace(self) -> list[dict[str, Any]]:
        """How it was counted, its inputs named in words."""
        words = {"from": "起", "to": "止", "due": "应报期数"}
        steps = [step.as_data() for step in self.found.trace]
        return [{**s, "inputs": {words.get(k, k): v for k, v in s["inputs"].items()}} for s in steps]


@dataclass(frozen=True)
class Granted:
    """An award with what was paid, in 分, and the cases that tell of its use."""

    row: Award
    year: int
    paid: int
    uses: list[Line]


@dataclass(frozen=True)
class Record:
    """The page of one carrier."""

    carrier: Carrier
    authority: bool
    others: list[Carrier]
    facts: list[tuple[Any, str]]
    grades: list[Grade]
    marks: list[Mark]
    corrections: list[Followed]
    reports: list[Reports]
    awards: list[Granted]
    cases: list[Line]
    before: int | None
    strip: chart.Strip | None

    @property
    def kind(self) -> str:
        """The kind in words."""
        return register_facts.kinds_of(self.carrier.region).get(self.carrier.kind, self.carrier.kind)

    @property
    def level(self) -> str:
        """The level of the title in words."""
        return LEVELS.get(self.carrier.level, self.carrier.level)

    @property
    def title(self) -> str:
        """Where the title stands in words."""
        return TITLES.get(self.carrier.title_status, self.carrier.title_status)

    @property
    def decided_on(self) -> date | None:
        """The day on which the end of the title was decided, where that is later than the day it holds from."""
        ended = self.carrier.title_ended_on
        days = [m.row.set_on for m in self.marks if ended is not None and m.row.effective_on == ended]
        return next((day for day in days if day != ended), None)


def record_of(viewer: Viewer, carrier: Carrier, before: int = 0) -> Record:
    """Gather the page. `before`: list only cases with a smaller id (the next page of the list)."""
    policy = register_facts.governing(carrier.region)
    authority = is_authority(viewer, carrier)
    every = list(Case.select(Case, EvaluationRound).join(EvaluationRound, JOIN.LEFT_OUTER).where(Case.carrier == carrier))
    seen = {row.id for row in visible_cases(viewer).where(Case.carrier == carrier).select(Case.id)}
    told = {case.id: case for case in every if case.id in seen}
    grades = _grades(every, seen)
    marks = _marks(policy, carrier, authority, {case.number: case for case in told.values()})
    lines = _lines(carrier, told.values())
    shown = sorted((n for n in lines if not before or n < before), reverse=True)
    others = visible_carriers(viewer).where(
        (Carrier.organisation == carrier.organisation_id) & (Carrier.id != carrier.id)
    )
    return Record(
        carrier=carrier,
        authority=authority,
        others=list(others.order_by(Carrier.id)),
        facts=_facts(policy, carrier),
        grades=grades,
        marks=marks,
        corrections=_corrections(told, lines, final_results(told.values())),
        reports=_reports(policy, carrier),
        awards=_awards(carrier, authority, lines),
        cases=[lines[n] for n in shown[:MOST_CASES]],
        before=shown[MOST_CASES - 1] if len(shown) > MOST_CASES else None,
        strip=_strip(carrier, grades, marks),
    )


def facts_in_words(carrier: Carrier) -> dict[str, Any]:
    """The register entry as plain data, its facts in words."""
    names = ("name", "kind", "level", "recognised_on", "enrolled_on", "title_status", "title_ended_on")
    told: dict[str, Any] = {name: getattr(carrier, name) for name in names}
    facts = {fact.name: words for fact, words in _facts(register_facts.governing(carrier.region), carrier)}
    return {**told, "organisation": carrier.organisation.name, "facts": facts}


def _facts(policy: PolicyVersion | None, carrier: Carrier) -> list[tuple[Any, str]]:
    declared = policy.region_info.register if policy is not None else {}
    return [(fact, register_facts.in_words(fact, (carrier.facts or {}).get(key))) for key, fact in declared.items()]


def _grades(cases: Sequence[Case], seen: set[int]) -> list[Grade]:
    """The final results, newest first."""
    rows = {case.id: case for case in cases}
    titles = standing.titles(cases)
    found = [
        Grade(rows[n] if n in seen else None, titles[n], _year(rows[n], result), result, is_absent(result))
        for n, result in final_results(cases).items()
        if result.grade
    ]
    return sorted(found, key=lambda grade: (grade.result.determined_on, grade.result.id), reverse=True)


def _year(case: Case, result: Result) -> int:
    return int(case.round.year if case.round is not None else result.determined_on.year)


def _marks(
    policy: PolicyVersion | None, carrier: Carrier, authority: bool, by_number: Mapping[str, Case]
) -> list[Mark]:
    names = register_facts.mark_names(policy)
    found = []
    for row in CarrierMark.select().where(CarrierMark.carrier == carrier).order_by(CarrierMark.id.desc()):
        name = names.get(row.kind, row.kind)
        reason = row.reason if authority and row.reason != name else ""
        found.append(Mark(row, name, reason, by_number.get(row.case_number)))
    return found


def _lines(carrier: Carrier, cases: Iterable[Case]) -> dict[int, Line]:
    rows = list(cases)
    titles = standing.titles(rows)
    found = {}
    for case in rows:
        policy = _policy_of(carrier, case)
        stage = definitions.workflow_in(policy, case.procedure).stage(case.stage)
        procedure = definitions.procedure_in(policy, case.procedure)
        found[case.id] = Line(case, titles[case.id], stage.name, bool(case.outcome), procedure)
    return found


def _policy_of(carrier: Carrier, case: Case) -> PolicyVersion:
    """The policy of a case, without asking for its region and round again."""
    pinned = case.round.pinned if case.round is not None else case.pinned
    return definitions.policy_of_ids(carrier.region.key, pinned or {})


def _corrections(
    cases: Mapping[int, Case], lines: Mapping[int, Line], results: Mapping[int, Result]
) -> list[Followed]:
    """The corrective actions that this person may see, newest first."""
    found = []
    for number in sorted(cases, reverse=True):
        case, line = cases[number], lines[number]
        if line.procedure.get("decides") != "corrective_action":
            continue
        result = results.get(number)
        outcome = str(result.facts.get("outcome", "")) if result else ""
        found.append(Followed(line, lines.get(case.origin_id), result.grade if result else "", outcome))
    return found


def _reports(policy: PolicyVersion | None, carrier: Carrier) -> list[Reports]:
    """How complete each periodic report of the carrier is; who only applies for a title owes none yet."""
    found: list[Reports] = []
    if carrier.title_status == "applicant":
        return found
    for procedure in standing.procedures_of(policy, carrier.kind):
        complete = completeness.of_carrier(policy, carrier, procedure, _sent(carrier, procedure["key"]))
        if complete is not None:
            missing = [words_of(name) for name in reversed(complete.missing)]
            found.append(Reports(procedure["name"], complete, missing[:MOST_MISSING]))
    return found


def _sent(carrier: Carrier, procedure: str) -> list[str]:
    handed_in = Submission.select(Submission.case)
    own = (PeriodicReport.carrier == carrier) & (PeriodicReport.procedure == procedure)
    return [row.period for row in PeriodicReport.select().where(own & PeriodicReport.case.in_(handed_in))]


def _awards(carrier: Carrier, authority: bool, lines: Mapping[int, Line]) -> list[Granted]:
    """Awards of this carrier's results; other than the authorities are told of them once they are to be paid."""
    rows = Award.select(Award, Case, EvaluationRound).join(Case).switch(Award).join(EvaluationRound)
    rows = rows.where(Case.carrier == carrier)
    if not authority:
        rows = rows.where(Award.status.in_(TOLD_AWARDS))
    paid = {
        entry.award_id: int(entry.sum)
        for entry in AwardEntry.select(AwardEntry.award, fn.SUM(AwardEntry.amount_fen).alias("sum")).group_by(
            AwardEntry.award
        ).where(AwardEntry.award.in_(rows.select(Award.id)))
    }  # fmt: skip
    return [
        Granted(row, row.round.year, paid.get(row.id, 0),
                [line for line in lines.values() if line.case.origin_id == row.case_id and _is_use(line)])
        for row in rows.order_by(EvaluationRound.year.desc(), Award.id.desc())
    ]  # fmt: skip


def _is_use(line: Line) -> bool:
    return "award_use" in (line.case.procedure, line.procedure.get("form"))


def _strip(carrier: Carrier, grades: Sequence[Grade], marks: Sequence[Mark]) -> chart.Strip | None:
    by_year: dict[int, tuple[str, str]] = {}
    for grade in reversed(grades):  # the last of a year stands
        by_year[grade.year] = ("absent" if grade.absent else grade.result.grade, grade.word)
    days = [(day, word) for day, word in ((carrier.recognised_on, "认定"), (carrier.enrolled_on, "纳入")) if day]
    days += [(m.row.effective_on or m.row.set_on, m.name) for m in marks if m.row.lifted_on is None]
    begun = carrier.recognised_on or carrier.enrolled_on
    return chart.strip(by_year, (begun, carrier.title_ended_on), sorted(days), clock.today())

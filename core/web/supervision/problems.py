"""The common problems of a year: which carrier has which, in which record, counted by carrier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.clock import shanghai
from core.models import Carrier, Case, PeriodicReport, SiteVisit, Submission
from core.policy.common_problems import CommonProblems, ProblemSource, common_problems
from core.web.supervision.year import Year


@dataclass(frozen=True)
class Mention:
    """A record that names a problem: the case it belongs to, what kind of record, and of which day."""

    case: Case
    source: ProblemSource
    on: date


@dataclass(frozen=True)
class Said:
    """What a record says in its own words."""

    carrier: Carrier
    mention: Mention
    text: str


@dataclass
class Line:
    """A carrier with the records that name each problem."""

    carrier: Carrier
    by_problem: dict[str, list[Mention]] = field(default_factory=dict)


@dataclass(frozen=True)
class Problems:
    """Everything that was written about problems in a year. Only carriers with a problem have a line."""

    known: CommonProblems
    lines: list[Line]
    said: list[Said]

    def carriers_with(self, problem: str) -> int:
        """How many carriers have it."""
        return sum(problem in line.by_problem for line in self.lines)

    def times(self, problem: str) -> int:
        """In how many records it is named."""
        return sum(len(line.by_problem.get(problem, ())) for line in self.lines)

    @property
    def ordered(self) -> list[str]:
        """The problems that were met, those of most carriers first, in the policy's order where equal."""
        met = [key for key in self.known.names if self.carriers_with(key)]
        return sorted(met, key=lambda key: -self.carriers_with(key))


def collect(of: Year) -> Problems | None:
    """The problems of a year; None where the region collects none."""
    if of.policy is None or not of.policy.has("common_problems"):
        return None
    known = common_problems(of.policy)
    lines: dict[int, Line] = {}
    said: list[Said] = []
    for source in known.sources:
        for mention, answers in _records(of, source):
            _enter(known, lines, said, mention, answers)
    ordered = sorted(lines.values(), key=lambda line: (-len(line.by_problem), line.carrier.name))
    return Problems(known, ordered, sorted(said, key=lambda one: (one.carrier.name, one.mention.on)))


def _enter(
    known: CommonProblems, lines: dict[int, Line], said: list[Said], mention: Mention, answers: Mapping[str, Any]
) -> None:
    carrier = mention.case.carrier
    named = answers.get(mention.source.field)
    for problem in dict.fromkeys(named if isinstance(named, list) else ()):
        if problem in known.names:
            line = lines.setdefault(carrier.id, Line(carrier))
            line.by_problem.setdefault(problem, []).append(mention)
    words = answers.get(mention.source.other)
    if isinstance(words, str) and words.strip():
        said.append(Said(carrier, mention, words.strip()))


def _records(of: Year, source: ProblemSource) -> Iterator[tuple[Mention, Mapping[str, Any]]]:
    """The year's records of a kind: the newest of each case."""
    mine = (Case.region == of.region) & (Case.procedure == source.procedure)
    newest = _visits(source, mine) if source.stage else _submissions(mine)
    for case, on, answers in newest.values():
        if on.year == of.year:
            yield Mention(case, source, on), answers


def _visits(source: ProblemSource, mine: Any) -> dict[int, tuple[Case, date, Mapping[str, Any]]]:
    rows = SiteVisit.select(SiteVisit, Case, Carrier).join(Case).join(Carrier)
    rows = rows.where(mine & (SiteVisit.stage == source.stage)).order_by(SiteVisit.id)
    return {row.case_id: (row.case, _visited_on(row), row.answers) for row in rows}


def _visited_on(row: SiteVisit) -> date:
    """The day that the record names, else the day it was made."""
    try:
        return date.fromisoformat(str(row.answers.get("visited_on", "")))
    except ValueError:
        day: date = shanghai(row.recorded_at).date()
        return day


def _submissions(mine: Any) -> dict[int, tuple[Case, date, Mapping[str, Any]]]:
    """The newest submission of each case; a periodic report is of the year of its period, whenever it came."""
    years = {row.case_id: int(row.period[:4]) for row in PeriodicReport.select().join(Case).where(mine)}
    rows = Submission.select(Submission, Case, Carrier).join(Case).join(Carrier).where(mine)
    found = {}
    for row in rows.order_by(Submission.number):
        year = years.get(row.case_id, row.submitted_on.year)
        on = row.submitted_on if row.submitted_on.year == year else date(year, 12, 31)
        found[row.case_id] = (row.case, on, row.answers)
    return found

"""Whether materials came in time: the first submission against the day that the round set for filling.

Handing in late stays possible; what follows from it is the policy's to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.cases import clocks, definitions
from core.models import Case, EvaluationRound, Submission


@dataclass(frozen=True)
class Timeliness:
    """The day of the first submission and the last day for it; None where there is none."""

    submitted_on: date | None
    deadline: date | None

    @property
    def late(self) -> bool:
        """Whether it was handed in after the last day."""
        return self.submitted_on is not None and self.deadline is not None and self.submitted_on > self.deadline

    @property
    def facts(self) -> dict[str, str]:
        """The two days as facts of a determination (ISO text, as results keep them); unknown ones are left out."""
        known = {"submitted_on": self.submitted_on, "deadline": self.deadline}
        return {key: day.isoformat() for key, day in known.items() if day is not None}


def deadline_of(round_: EvaluationRound) -> date | None:
    """The last day for handing in: of the plan, as far as it was put off, or counted from the opening."""
    policy = definitions.pinned_policy(round_)
    workflow = definitions.workflow_in(policy, round_.procedure)
    stage = next((stage for stage in workflow.stages if stage.kind == "fill"), None)
    if stage is None or round_.opened_on is None:
        return None
    return clocks.due_on(policy, round_.region_id, round_, stage.clock, round_.opened_on)


def timeliness_of(case: Case) -> Timeliness:
    """The days of one case in a round."""
    return timeliness_in(definitions.round_of(case), [case.id])[case.id]


def timeliness_in(round_: EvaluationRound, case_ids: Sequence[int]) -> dict[int, Timeliness]:
    """The days of cases of a round, read in one statement."""
    last = deadline_of(round_)
    rows: Any = Submission.select(Submission.case, Submission.submitted_on).where(
        Submission.case.in_(list(case_ids) or [0]) & (Submission.number == 1)
    )
    first = dict(rows.tuples())
    return {case_id: Timeliness(first.get(case_id), last) for case_id in case_ids}

"""A sheet on which an expert gives a grade: what was typed, what is missing, and how it is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.cases import definitions, scoring
from core.models import Case, ScoreSheet
from core.policy.grades import grade_names
from core.policy.panel import Aspect, rules_or_none_written
from core.policy.version import PolicyVersion
from core.web.expert_entry import text_of


@dataclass(frozen=True)
class Remark:
    """One aspect with what the expert wrote about it."""

    aspect: Aspect
    text: str
    fault: str

    @property
    def key(self) -> str:
        """The key of its fault and of its field."""
        return f"remark-{self.aspect.key}"


@dataclass(frozen=True)
class GradeSheet:
    """A whole sheet. `grades` are the policy's own, key → name; `left` counts what is still missing."""

    case: Case
    row: ScoreSheet
    grades: Mapping[str, str]
    remarks: Sequence[Remark]
    left: int
    faults: Mapping[str, str]
    sums: Mapping[str, str]
    total: str = ""

    @property
    def grade_name(self) -> str:
        """The grade in the policy's word, empty while none is chosen."""
        return self.grades.get(self.row.grade, "")

    @property
    def errors(self) -> list[tuple[str, str]]:
        """The faults as (field id, text), in the order of the sheet."""
        order = [*(remark.key for remark in self.remarks), "opinion", "grade"]
        return [("opinion" if key == "opinion" else f"p-{key}", self.faults[key]) for key in order if key in self.faults]


def drawn(case: Case, row: ScoreSheet, *, complete: bool = False) -> GradeSheet:
    """The sheet for its page; `complete` also names what is merely not filled in yet. `row` need not be stored."""
    policy = definitions.policy_of(case)
    missing = scoring.graded_sheet_faults(policy, row)
    shown = missing if complete else {}
    remarks = [
        Remark(aspect, str(row.remarks.get(aspect.key, "")), shown.get(f"remark-{aspect.key}", ""))
        for aspect in rules_or_none_written(policy).aspects
    ]
    return GradeSheet(case, row, grade_names(policy), remarks, len(missing), shown, {})


def read_entered(policy: PolicyVersion, form: Mapping[str, str]) -> dict[str, Any]:
    """The fields `grade`, `m-<aspect>` and `opinion`, as `save_sheet` keeps them; a grade of elsewhere is none."""
    grade = form.get("grade", "")
    return {
        "grade": grade if grade in grade_names(policy) else "",
        "remarks": {a.key: text_of(form, f"m-{a.key}") for a in rules_or_none_written(policy).aspects},
        "opinion": text_of(form, "opinion"),
    }


def differences(kept: ScoreSheet, typed: ScoreSheet, policy: PolicyVersion) -> list[tuple[str, str, str]]:
    """Where what was typed differs from what another window kept: name, kept, typed."""
    names = grade_names(policy)
    pairs = [("档次", names.get(kept.grade, ""), names.get(typed.grade, ""))]
    for aspect in rules_or_none_written(policy).aspects:
        pairs.append((aspect.name, kept.remarks.get(aspect.key, ""), typed.remarks.get(aspect.key, "")))
    pairs.append(("评价意见", kept.opinion, typed.opinion))
    return [(name, before or "未填", now or "未填") for name, before, now in pairs if before != now]

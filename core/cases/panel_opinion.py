"""What the panel as a whole says of a case: its ways of working, its opinion and, without grade lines, its grade.

Where the policy draws no lines nothing is averaged: the panel agrees on a grade, and says why where it is not the
grade of every signed sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core import clock
from core.cases import definitions, events, locking, statements
from core.cases.action import Receipt, once, require_version
from core.cases.panels import (
    UNDECLARED,
    active_members,
    counting_sheets,
    expert_case,
    rules_of,
    run_case,
    unsigned_members,
)
from core.errors import Refused
from core.models import Case, PanelOpinion
from core.people.scope import Viewer, find_case, has_declared_no_conflict, may_handle
from core.policy.panel import PanelRules, agreed_grade


@dataclass(frozen=True)
class Agreed:
    """The panel's grade with what it rests on, as `determine` is asked: the experts' grades and the reasons."""

    grade: str
    sheets: tuple[str, ...]
    reasons: str

    @property
    def given(self) -> dict[str, object]:
        """What `determine` is asked with beside the facts."""
        return {"grade": self.grade, "sheets": list(self.sheets), "reasons": self.reasons}


@dataclass(frozen=True)
class Opinion:
    """What a panel says: the modes it worked in, its opinion and, where panels give grades, its grade with reasons."""

    modes: Sequence[str]
    text: str
    grade: str = ""
    reasons: str = ""


def record_opinion(
    viewer: Viewer, case_id: int, opinion: Opinion, token: str, version: int | None = None
) -> Receipt:
    """Record the panel's opinion of a case, over the one that was recorded before.

    Raises Refused with the places that are missing, OutOfScope, Stale when the case changed since `version`.
    """

    def work() -> Receipt:
        locking.lock_cases([case_id])
        case = _case_to_speak_of(viewer, case_id)
        if version is not None:
            require_version(statements.load_case(case_id), version)
        faults = _faults(rules_of(case), opinion)
        if rules_of(case).gives_grade:
            faults |= _grade_faults(case, opinion)
        if faults:
            raise Refused("".join(faults.values()), faults)
        _keep(viewer, case, opinion)
        # the chain says that an opinion was given, never the grade: it is secret until it is published
        data = {"modes": list(opinion.modes)}
        sequence = events.record(case.id, viewer, "panel_opinion", data, opinion.text, renews=True)
        return {"case": case.id, "message": "已记下专家组意见。", "sequence": sequence}

    return once(token, work)


def _case_to_speak_of(viewer: Viewer, case_id: int) -> Case:
    """A case before the panel, for who runs it; points may also be spoken of by an expert who gives them."""
    case = find_case(viewer, case_id)
    rules = rules_of(case)
    if rules.gives_grade or may_handle(viewer, case, rules.run_by) or may_handle(viewer, case, "city_reviewer"):
        case, _ = run_case(viewer, case_id)
    else:
        case, seat = expert_case(viewer, case_id)
        if not has_declared_no_conflict(seat, case.id):
            raise Refused(UNDECLARED)
    if case.stage not in (("expert_panel",) if rules.gives_grade else ("expert_panel", "determination")):
        raise Refused("这家单位现在不在专家评价环节。")
    return case


def _faults(rules: PanelRules, opinion: Opinion) -> dict[str, str]:
    known, faults = rules.modes, {}
    if [mode for mode in opinion.modes if mode not in known] or (known and not opinion.modes):
        faults["modes"] = "请选择评价方式，至少选一种：" + "、".join(known.values()) + "。"
    if not opinion.text.strip():
        faults["opinion"] = "请填写专家组意见。"
    return faults


def _grade_faults(case: Case, opinion: Opinion) -> dict[str, str]:
    if unsigned_members(case):
        return {"grade": "还有专家没有签字；都签字以后再记专家组的档次。"}
    if not opinion.grade:
        return {"grade": "请选择专家组商定的档次。"}
    try:
        agreed_grade(definitions.policy_of(case), grades_of_sheets(case), opinion.grade, opinion.reasons)
    except Refused as refusal:
        return dict(refusal.fields)
    return {}


def _keep(viewer: Viewer, case: Case, opinion: Opinion) -> None:
    values: dict[str, Any] = {
        "modes": list(opinion.modes), "opinion": opinion.text, "grade": opinion.grade, "reasons": opinion.reasons,
        "recorded_by": viewer.account, "recorded_at": clock.now(),
    }  # fmt: skip
    PanelOpinion.insert(case=case, **values).on_conflict(conflict_target=[PanelOpinion.case], update=values).execute()


def grades_of_sheets(case: Case) -> list[str]:
    """The grades of the signed sheets that count, in the order of the seats."""
    return [sheet.grade for sheet in counting_sheets(case)]


def opinion_of(case: Case | int) -> PanelOpinion | None:
    """The panel's opinion as it was last recorded."""
    return PanelOpinion.get_or_none(PanelOpinion.case == case)


def agreed(case: Case) -> Agreed:
    """The grade that the panel agreed on, checked against the sheets as they are signed now.

    Raises Refused while sheets or the grade are missing, or where a changed sheet asks for reasons.
    """
    minimum, able = rules_of(case).minimum, len(active_members(case))
    if able < minimum or unsigned_members(case):
        raise Refused("专家评价还没有到齐，不能认定。")
    found = opinion_of(case)
    if found is None or not found.grade:
        raise Refused("还没有专家组商定的档次，请先登记专家组意见。")
    result = Agreed(found.grade, tuple(grades_of_sheets(case)), found.reasons)
    agreed_grade(definitions.policy_of(case), result.sheets, result.grade, result.reasons)
    return result

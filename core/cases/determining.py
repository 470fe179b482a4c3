"""Determination: the checks it needs, the frozen reference, and a new version of a case's result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from core import clock
from core.cases import clocks, definitions, events, locking, moving, panel_opinion, panels, placing, scoring, statements
from core.cases.action import Receipt, once, transaction
from core.cases.points import points_of
from core.cases.rounds import find_round
from core.cases.submitting import latest_submission
from core.cases.timeliness import Timeliness, timeliness_of
from core.errors import Refused
from core.models import (
    Case,
    CaseEvent,
    DeterminationCheck,
    EvaluationRound,
    NoticeEntry,
    Result,
    Submission,
)
from core.people.scope import Viewer
from core.policy.determination import Check, Determination, checks_needed, checks_offered, determine
from core.policy.numbers import exact, plain
from core.policy.places import SUPPLIED as PLACES
from core.policy.version import PolicyVersion
from core.workflow.decision import decide

CITY = frozenset({"city_reviewer"})
PANEL = frozenset({"city_reviewer", "third_party", "expert"})
"""The roles in whose name a panel's work may end; who may do it is decided before (`panels.run_case`)."""


def conclude_panel(viewer: Viewer, case_id: int, version: int, token: str) -> Receipt:
    """End the scoring of a case: all members' sheets are in and enough, and the panel's opinion is recorded.

    Whoever runs the panel ends it. Raises Refused saying what is missing, Stale, OutOfScope.
    """

    def work() -> Receipt:
        case, row = panels.run_case(viewer, case_id, version)
        state = scoring.panel_state(case, panels.rules_of(case).minimum)
        _require_finished(case, state)
        workflow = definitions.workflow_of(case)
        action = workflow.action_with_effect(row.stage, "determine")
        if action is None:
            raise Refused("这家单位现在不在专家评价环节。")
        step = decide(workflow, row.stage, action.key, PANEL, frozenset(), {})
        return moving.move(row, case, viewer, step, {"sheets": [s.id for s in state.signed]})

    return once(token, work)


def _require_finished(case: Case, state: scoring.PanelState) -> None:
    if len(state.members) < state.minimum:
        raise Refused(f"能给这家单位评分的专家只有 {len(state.members)} 位，至少要 {state.minimum} 位。请补充专家。")
    if not state.complete:
        waiting = {s.member_id for s in state.signed}
        names = "、".join(m.account.display_name for m in state.members if m.id not in waiting)
        raise Refused(f"还有专家没有签字：{names}。")
    if panel_opinion.opinion_of(case) is None:
        modes = "、".join(panels.rules_of(case).modes.values())
        raise Refused(f"还没有专家组意见，请先登记{f'（{modes}和意见）' if modes else ''}。")
    if panels.rules_of(case).gives_grade:
        panel_opinion.agreed(case)


Finding = tuple[Any, str]
"""What was found for one fact or veto (true, false or a number) and the note that says on what ground."""


def record_check(viewer: Viewer, case_id: int, fact: str, value: Any, note: str) -> DeterminationCheck:
    """Record what was found for one fact or veto. Raises Refused for an unknown or unfit one, OutOfScope."""
    with transaction():
        case, _ = locking.own_case(viewer, case_id, "city_reviewer")
        _keep_findings(viewer, case, _read_findings(case, {fact: (value, note)}))
    return DeterminationCheck.get((DeterminationCheck.case == case) & (DeterminationCheck.fact == fact))


def record_checks(viewer: Viewer, case_id: int, given: Mapping[str, Finding], version: int, token: str) -> Receipt:
    """Record several findings at once; those that say what is known already leave no new event.

    Raises Refused with every place that does not fit, Stale, OutOfScope.
    """

    def work() -> Receipt:
        case, _ = locking.own_case(viewer, case_id, "city_reviewer", version)
        count = _keep_findings(viewer, case, _read_findings(case, given))
        return {"case": case.id, "number": case.number, "message": f"已记下 {count} 项核查。"}

    return once(token, work)


def _read_findings(case: Case, given: Mapping[str, Finding]) -> dict[str, Finding]:
    if definitions.workflow_of(case).stage(case.stage).kind in ("public_notice", "closed"):
        raise Refused("结果已经公布，核查不能再改。")
    known = {check.key: check for check in checks_offered(definitions.policy_of(case))}
    faults, read = {}, {}
    for fact, (value, note) in given.items():
        found = _fitting(known[fact], value) if fact in known else None
        if fact not in known:
            faults[fact] = f"没有“{fact}”这项核查。"
        elif found is None:
            faults[fact] = _what_fits(known[fact])
        elif isinstance(found, bool) and found is not known[fact].normal and not note.strip():
            faults[fact] = "查实的情形要写明依据（文件、日期、来源）。"
        else:
            read[fact] = (found, note)
    if faults:
        raise Refused("".join(faults.values()), faults)
    return read


def _what_fits(check: Check) -> str:
    if check.type != "yes_no":
        return "请填不小于 0 的整数。"
    return "请选“是”或“否”。" if check.normal else "请选“有”或“没有”。"


def _fitting(check: Check, value: Any) -> bool | str | None:
    """The finding as it is stored: true or false, or an exact number as text; None when it does not fit."""
    if check.type == "yes_no":
        return value if isinstance(value, bool) else None
    number = exact(value)
    if number is None or number < 0 or (check.type == "whole" and number.denominator != 1):
        return None
    return str(plain(number))


def _keep_findings(viewer: Viewer, case: Case, findings: Mapping[str, Finding]) -> int:
    made = checks_of(case)
    new = {f: found for f, found in findings.items() if f not in made or (made[f].value, made[f].note) != found}
    for fact, (value, note) in new.items():
        keep_check(viewer, case, fact, value, note)
    return len(new)


def keep_check(viewer: Viewer, case: Case, fact: str, value: Any, note: str) -> None:
    """Keep what was found for one fact, inside the caller's transaction."""
    values = {"value": value, "note": note, "checked_by": viewer.account, "checked_at": clock.now()}
    DeterminationCheck.insert(case=case, fact=fact, **values).on_conflict(
        conflict_target=[DeterminationCheck.case, DeterminationCheck.fact], update=values
    ).execute()
    events.record(case.id, viewer, "checked", {"fact": fact, "value": value}, note, renews=True)


def checks_of(case: Case) -> dict[str, DeterminationCheck]:
    """The checks made for a case, by fact."""
    return {check.fact: check for check in DeterminationCheck.select().where(DeterminationCheck.case == case)}


def missing_checks(case: Case) -> list[Check]:
    """The checks that a determination of this case still waits for; none for who did not take part."""
    if case.outcome == "absent":
        return []
    made = checks_of(case)
    return [check for check in checks_needed(definitions.policy_of(case)) if check.key not in made]


def facts_of(
    case: Case,
    known: Mapping[str, DeterminationCheck] | None = None,
    timeliness: Timeliness | None = None,
) -> dict[str, Any]:
    """The facts that a determination rests on, of those that the policy declares.

    What was checked, what the register says of the carrier, whether it took part, and when it handed in against
    the day it had to. `known` and `timeliness` are for lists that have read them already.
    """
    made = checks_of(case) if known is None else known
    policy = definitions.policy_of(case)
    offered = checks_offered(policy)
    declared = {fact["key"] for fact in policy.definition("facts")["facts"]}
    facts: dict[str, Any] = {"level": case.carrier.level, "kind": case.carrier.kind}
    if declared & {"submitted_on", "deadline"}:
        facts |= (timeliness or timeliness_of(case)).facts
    facts.update({c.key: made[c.key].value for c in offered if not c.veto and c.key in made})
    if case.outcome == "absent":
        facts["participated"] = False
        if excuse := excuse_fact(policy):
            facts[excuse] = excuse in made and made[excuse].value is True
    return {
        **{key: value for key, value in facts.items() if key in declared},
        "vetoes": [c.key for c in offered if c.veto and c.key in made and made[c.key].value is True],
    }


def excuse_fact(policy: PolicyVersion) -> str:
    """The fact under which a policy keeps that an absence had a just cause, empty where it knows none."""
    declared = {fact["key"] for fact in policy.definition("facts")["facts"]} if policy.has("facts") else set()
    return next((key for key in ("absence_excused", "just_cause") if key in declared), "")


def decide_result(
    case: Case, reference: scoring.Reference | None = None, places: placing.Places | None = None
) -> tuple[Determination, dict[str, Any]]:
    """The determination of a case as it stands, and the points behind it.

    `reference` and `places` are for whole rounds that have worked them out already.

    No points for who did not take part, nor where the panel gives a grade.

    The same `determine` answers `kaoping policy ask`. Raises Refused when checks or sheets are missing.
    """
    missing = missing_checks(case)
    if missing:
        raise Refused("还有核查没有做：" + "、".join(check.name for check in missing) + "。")
    policy = clocks.with_entered_values(definitions.policy_of(case), case.region_id, clock.today())
    facts = facts_of(case)
    if case.outcome == "absent":
        return determine(policy, facts), {}
    if panels.rules_of(case).gives_grade:
        return determine(policy, {**facts, **panel_opinion.agreed(case).given}), {}
    points = points_of(case, reference)
    if places is None:
        places = placing.places_in(definitions.round_of(case), reference)
    return determine(policy, {**facts, **places.get(case.id, {}), "total": points["total"]}), points


def determine_case(viewer: Viewer, case_id: int, version: int, token: str, ground: str = "") -> Receipt:
    """Determine a case: a new version of its result. Raises Refused, Stale, OutOfScope."""

    def work() -> Receipt:
        case, row = locking.own_case(viewer, case_id, "city_reviewer", version, with_round=True)
        if definitions.workflow_of(case).stage(row.stage).kind != "determination":
            raise Refused("这家单位现在不在结果认定环节。")
        result = add_result(viewer, case, row, ground or "结果认定")
        return {"case": case.id, "number": case.number, "result": result.id, "message": "已认定，公布之前可以重新认定。"}

    return once(token, work)


def determine_round(viewer: Viewer, round_id: int, token: str) -> Receipt:
    """Determine every case of a round that is ready; the others are named with what they wait for."""

    def work() -> Receipt:
        find_round(viewer, round_id)
        round_ = locking.lock_round(round_id)
        done, waiting = 0, list[str]()
        cases = _in_determination(round_)
        reference = freeze_reference(round_) if any(case.outcome != "absent" for case in cases) else None
        places = placing.places_in(round_, reference) if reference is not None else None
        for case in cases:
            try:
                add_result(viewer, case, statements.load_case(case.id), "结果认定", reference, places)
                done += 1
            except Refused as refusal:
                waiting.append(f"{case.carrier.name}：{refusal}")
        return {"round": round_.id, "message": f"已认定 {done} 家。", "waiting": waiting}

    return once(token, work)


def _in_determination(round_: EvaluationRound) -> list[Case]:
    """The round's cases in determination, held."""
    cases = Case.select().where((Case.round == round_) & (Case.stage == "determination")).order_by(Case.id)
    locking.lock_cases(case.id for case in cases.clone())
    return list(cases.clone())  # read again: one may have moved while we waited for it


def add_result(
    viewer: Viewer,
    case: Case,
    row: statements.CaseRow,
    ground: str,
    reference: Mapping[str, Fraction] | None = None,
    places: placing.Places | None = None,
) -> Result:
    """A new version of the result inside the caller's transaction, which holds the round and the case.

    Without `reference` the best of the round is frozen first. Who did not take part is compared with nobody, nor is
    anybody where the panel gives a grade.
    Raises Refused, having written nothing, when something is missing.
    """
    round_ = EvaluationRound.get_by_id(case.round_id)
    compared = case.outcome != "absent" and scoring.gives_points(definitions.policy_of(case))
    if compared and reference is None:
        reference = freeze_reference(round_)
    if compared and places is None:
        places = placing.places_in(round_, reference)
    determination, points = decide_result(case, reference, places)
    last = latest_result(case)
    result = Result.create(
        case=case,
        version=last.version + 1 if last else 1,
        total="" if determination.total is None else str(determination.total),
        grade=determination.grade or "",
        facts={**facts_of(case), **(places or {}).get(case.id, {})},
        consequences={**determination.consequences, "award_eligible": determination.award_eligible},
        indicators=points.get("indicators", {}),
        trace=[step.as_data() for step in determination.trace],
        clauses=determination.clauses,
        reference_version=EvaluationRound.get_by_id(round_.id).reference_version if compared else 0,
        ground=ground,
        determined_by=viewer.account,
        determined_at=clock.now(),
        determined_on=clock.today(),
    )
    data = {"result": result.id, "version": result.version}
    events.append(row, viewer, "determined", data, ground, renews=True)
    return result


def freeze_reference(round_: EvaluationRound) -> dict[str, Fraction]:
    """Freeze the best of a round that the caller holds; nothing to freeze where no points are given.

    It may still move while no result that rests on it has been published; then never again. Raises Refused naming
    the carrier whose figures cannot be read.
    """
    if not scoring.gives_points(definitions.pinned_policy(round_)):
        return {}
    frozen = scoring.frozen_reference(round_)
    if frozen is not None and _is_public(round_):
        return frozen
    best = scoring.current_best(round_, definitions.pinned_policy(round_), strict=True)
    if frozen == best:
        return best
    EvaluationRound.update(
        reference={code: str(value) for code, value in best.items()}, reference_version=round_.reference_version + 1
    ).where(EvaluationRound.id == round_.id).execute()
    return best


def _is_public(round_: EvaluationRound) -> bool:
    """Whether a result that rests on the frozen reference has been published."""
    published = NoticeEntry.select().join(Result).join(Case)
    return published.where((Case.round == round_) & (Result.reference_version > 0)).exists()


def require_settled_reference(round_: EvaluationRound) -> None:
    """Raises Refused while the best of the round is not the frozen one and may still be frozen anew."""
    frozen = scoring.frozen_reference(round_)
    if frozen is not None and not _is_public(round_):
        best = scoring.current_best(round_, definitions.pinned_policy(round_), strict=True)
        if best != frozen:
            raise Refused("认定以后本批次的最好值有变动，请先在批次里重新认定，再公示。")


def is_outdated(result: Result) -> bool:
    """Whether a result that is not published yet must be determined again.

    The reference moved, a check found something else, the panel scored anew, or a figure was corrected since.
    """
    case = result.case
    scored = scored_at([case.id]).get(case.id)
    return outdated_by(result, definitions.round_of(case), facts_of(case), latest_submission(case), scored)


def outdated_by(
    result: Result,
    round_: EvaluationRound,
    facts: Mapping[str, Any],
    submission: Submission | None,
    scored: datetime | None,
) -> bool:
    """As `is_outdated`, for lists that have read the round, the facts, the submission and the scoring already."""
    moved = result.reference_version and result.reference_version != round_.reference_version
    checked = {key: value for key, value in result.facts.items() if key not in PLACES}
    if moved or checked != facts:
        return True
    later = [moment for moment in (submission and submission.submitted_at, scored) if moment]
    return any(moment > result.determined_at for moment in later)


def scored_at(case_ids: Sequence[int]) -> dict[int, datetime]:
    """When the panel of each case last ended its work, by case."""
    rows = CaseEvent.select(CaseEvent.case, CaseEvent.occurred_at).where(
        CaseEvent.case.in_(list(case_ids) or [0]) & (CaseEvent.kind == "scored")
    )
    return {row.case_id: row.occurred_at for row in rows.order_by(CaseEvent.sequence)}


def latest_result(case: Case | int) -> Result | None:
    """The newest version of a case's result."""
    return Result.select().where(Result.case == case).order_by(Result.version.desc()).first()

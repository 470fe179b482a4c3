"""Determination: the checks it needs, the frozen reference, and a new version of a case's result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from core import clock
from core.cases import clocks, definitions, events, locking, moving, scoring, statements
from core.cases.action import Receipt, once, transaction
from core.cases.rounds import find_round
from core.cases.submitting import latest_submission
from core.errors import Refused
from core.models import (
    Case,
    DeterminationCheck,
    EvaluationRound,
    NoticeEntry,
    PanelOpinion,
    Result,
    ScoreSheet,
    Submission,
)
from core.people.scope import Viewer
from core.policy.determination import Check, Determination, checks_needed, determine
from core.policy.numbers import exact, plain
from core.policy.panel import panel_rules
from core.policy.totals import combine, group_points, sheet_total
from core.policy.version import PolicyVersion
from core.workflow.decision import decide

CITY = frozenset({"city_reviewer"})


def conclude_panel(viewer: Viewer, case_id: int, version: int, token: str) -> Receipt:
    """End the scoring of a case: all members' sheets are in and enough, and the panel's opinion is recorded.

    Raises Refused saying what is missing, Stale, OutOfScope.
    """

    def work() -> Receipt:
        case, row = locking.own_case(viewer, case_id, "city_reviewer", version)
        policy = definitions.policy_of(case)
        state = scoring.panel_state(case, panel_rules(policy).minimum)
        if len(state.members) < state.minimum:
            raise Refused(f"能给这家单位评分的专家只有 {len(state.members)} 位，至少要 {state.minimum} 位。请补充专家。")
        if not state.complete:
            waiting = {s.member_id for s in state.signed}
            names = "、".join(m.account.display_name for m in state.members if m.id not in waiting)
            raise Refused(f"还有专家没有签字：{names}。")
        if not PanelOpinion.select().where(PanelOpinion.case == case).exists():
            raise Refused("还没有专家组意见，请先登记（材料审查、现场核查、会议评审和意见）。")
        workflow = definitions.workflow_of(case)
        action = workflow.action_with_effect(row.stage, "determine")
        if action is None:
            raise Refused("这家单位现在不在专家评价环节。")
        step = decide(workflow, row.stage, action.key, CITY | {"expert"}, frozenset(), {})
        return moving.move(row, case, viewer, step, {"sheets": [s.id for s in state.signed]})

    return once(token, work)


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
    known = {check.key: check for check in checks_needed(definitions.policy_of(case))}
    faults, read = {}, {}
    for fact, (value, note) in given.items():
        found = _fitting(known[fact], value) if fact in known else None
        if fact not in known:
            faults[fact] = f"没有“{fact}”这项核查。"
        elif found is None:
            faults[fact] = "请选“有”或“没有”。" if known[fact].type == "yes_no" else "请填不小于 0 的整数。"
        elif found is True and not note.strip():
            faults[fact] = "查实的情形要写明依据（文件、日期、来源）。"
        else:
            read[fact] = (found, note)
    if faults:
        raise Refused("".join(faults.values()), faults)
    return read


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


def facts_of(case: Case, known: Mapping[str, DeterminationCheck] | None = None) -> dict[str, Any]:
    """The facts that a determination rests on: what was checked, and what the register says of the carrier."""
    made = checks_of(case) if known is None else known
    policy = definitions.policy_of(case)
    needed = checks_needed(policy)
    declared = {fact["key"] for fact in policy.definition("facts")["facts"]}
    registered = {"level": case.carrier.level, "kind": case.carrier.kind}
    facts: dict[str, Any] = {key: value for key, value in registered.items() if key in declared}
    facts["vetoes"] = [c.key for c in needed if c.veto and c.key in made and made[c.key].value is True]
    facts.update({c.key: made[c.key].value for c in needed if not c.veto and c.key in made})
    if case.outcome == "absent":
        facts["participated"] = False
        facts["absence_excused"] = "absence_excused" in made and made["absence_excused"].value is True
    return facts


def decide_result(case: Case, reference: scoring.Reference | None = None) -> tuple[Determination, dict[str, Any]]:
    """The determination of a case as it stands, and the points behind it (empty for who did not take part).

    The same `determine` answers `kaoping policy ask`. Raises Refused when checks or sheets are missing.
    """
    missing = missing_checks(case)
    if missing:
        raise Refused("还有核查没有做：" + "、".join(check.name for check in missing) + "。")
    policy = clocks.with_entered_values(definitions.policy_of(case), case.region_id, clock.today())
    facts = facts_of(case)
    if case.outcome == "absent":
        return determine(policy, facts), {}
    points = points_of(case, policy, reference)
    return determine(policy, {**facts, "total": points["total"]}), points


def points_of(case: Case, policy: PolicyVersion, reference: scoring.Reference | None = None) -> dict[str, Any]:
    """Every indicator's points and the combined total of the counting sheets, exact.

    Raises Refused with fewer sheets than the policy asks for.
    """
    ground = scoring.ground_of(case, reference)
    state = scoring.panel_state(case, panel_rules(policy).minimum)
    if not state.complete:
        raise Refused("专家评分还没有到齐，不能认定。")
    sheets = [(sheet, scoring.sheet_points(ground, sheet)) for sheet in state.signed]
    totals = [sheet_total(ground.scheme, points) for _, points in sheets]
    means = {
        code: sum((points[code] for _, points in sheets), Fraction(0)) / len(sheets) for code in ground.scheme.codes
    }
    return {
        "total": combine(totals, ground.scheme.combine),
        "totals": totals,
        "indicators": _explained(ground, sheets, means),
        "groups": group_points(ground.scheme, means),
    }


def _explained(
    ground: scoring.Ground, sheets: Sequence[tuple[ScoreSheet, Mapping[str, Fraction]]], means: Mapping[str, Fraction]
) -> dict[str, Any]:
    explained = {}
    for indicator in ground.scheme.indicators:
        code = indicator.code
        value, computed = ground.values.get(code), ground.computed.get(code)
        steps = ([value.step.as_data()] if value else []) + [s.as_data() for s in (computed.trace if computed else ())]
        changed = [s.changes[code]["reason"] for s, _ in sheets if code in s.changes]
        steps.append(
            {
                "text": f"{len(sheets)} 位专家评分的平均" + (f"；有专家改动，理由：{'；'.join(changed)}" if changed else ""),
                "clause": indicator.clause,
                "basis": indicator.basis,
                "inputs": {"points": [str(points[code]) for _, points in sheets]},
                "result": str(means[code]),
            }
        )
        explained[code] = {
            "points": str(means[code]),
            "weight": str(indicator.weight_points),
            "value": None if value is None or value.value is None else str(value.value),
            "trace": steps,
        }
    return explained


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
        for case in cases:
            try:
                add_result(viewer, case, statements.load_case(case.id), "结果认定", reference)
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
) -> Result:
    """A new version of the result inside the caller's transaction, which holds the round and the case.

    Without `reference` the best of the round is frozen first. Who did not take part is compared with nobody.
    Raises Refused, having written nothing, when something is missing.
    """
    round_ = EvaluationRound.get_by_id(case.round_id)
    compared = case.outcome != "absent"
    if compared and reference is None:
        reference = freeze_reference(round_)
    determination, points = decide_result(case, reference)
    last = latest_result(case)
    result = Result.create(
        case=case,
        version=last.version + 1 if last else 1,
        total="" if determination.total is None else str(determination.total),
        grade=determination.grade or "",
        facts=facts_of(case),
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
    """Freeze the best of a round that the caller holds.

    It may still move while no result that rests on it has been published; then never again. Raises Refused naming
    the carrier whose figures cannot be read.
    """
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

    The reference moved, a check found something else, or a figure was corrected since.
    """
    case = result.case
    return outdated_by(result, definitions.round_of(case), facts_of(case), latest_submission(case))


def outdated_by(
    result: Result, round_: EvaluationRound, facts: Mapping[str, Any], submission: Submission | None
) -> bool:
    """As `is_outdated`, for lists that have read the round, the facts and the newest submission already."""
    moved = result.reference_version and result.reference_version != round_.reference_version
    if moved or result.facts != facts:
        return True
    return submission is not None and submission.submitted_at > result.determined_at


def latest_result(case: Case | int) -> Result | None:
    """The newest version of a case's result."""
    return Result.select().where(Result.case == case).order_by(Result.version.desc()).first()

"""Experts' sheets and the points behind them: the same functions as `kaoping policy ask`.

Quantitative indicators are worked out from the submitted figures and may be changed by an expert only with a
reason; the others are the expert's own. Fractions stay exact until the total is rounded once. Where the policy
draws no lines, a sheet holds the expert's grade and a remark on each aspect instead of points.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from weakref import WeakKeyDictionary

from core import clock
from core.cases import definitions, events, locking
from core.cases.action import Receipt, once, transaction
from core.cases.panels import UNDECLARED, active_members, counting_sheets, expert_case, rules_of, run_case, seat_of
from core.cases.submitting import latest_submission
from core.errors import OutOfScope, Refused, Stale
from core.models import Case, EvaluationRound, PanelMember, ScoreSheet, Submission
from core.people.scope import Viewer, has_declared_no_conflict
from core.policy.grades import grade_names
from core.policy.numbers import exact
from core.policy.panel import rules_or_none_written
from core.policy.scheme import Scheme, scheme_of
from core.policy.scoring.points import Scored, best_values, points_of_carrier, read_points
from core.policy.totals import sheet_total
from core.policy.values import IndicatorValue, indicator_values
from core.policy.version import PolicyVersion

Reference = Mapping[str, Fraction]


@dataclass(frozen=True)
class Ground:
    """What a case is scored on: its policy and scheme, its indicator values, the best of the round, the points."""

    policy: PolicyVersion
    scheme: Scheme
    values: Mapping[str, IndicatorValue]
    reference: Reference
    computed: Mapping[str, Scored]


def gives_points(policy: PolicyVersion) -> bool:
    """Whether a policy's panels score by indicators; else they give grades, or nothing is scored at all."""
    return policy.has("indicators") and not rules_or_none_written(policy).gives_grade


def values_of(policy: PolicyVersion, submission: Submission | None) -> dict[str, IndicatorValue]:
    """The indicator values of a submission; empty without one.

    Raises Refused for a figure that is missing or unreadable: only a ratio over 0 may have no value, and a
    silent 0 would cost the carrier points.
    """
    if submission is None:
        return {}
    scheme = scheme_of(policy)
    form = definitions.form_in(policy, scheme.form)
    values = indicator_values(scheme, form.formula_values(submission.answers))
    unusable = [v.code for v in values.values() if v.state in ("missing", "invalid")]
    if unusable:
        raise Refused(f"填报里算不出指标 {'、'.join(unusable)}，请退回补正。", dict.fromkeys(unusable, "缺少数据"))
    return values


def current_best(round_: EvaluationRound, policy: PolicyVersion, *, strict: bool = False) -> dict[str, Fraction]:
    """The best value of each indicator over the round's cases that have come to the panel or further.

    Empty where nothing is scored by points. A carrier whose figures cannot be read sets no best value; where that
    would be final (`strict`), Refused says whose they are.
    """
    if not gives_points(policy):
        return {}
    cohort = {}
    for case_id, submission in _newest(round_, policy):
        try:
            cohort[str(case_id)] = _figures(policy, submission)
        except Refused as refusal:
            if strict:
                raise Refused(f"{Case.get_by_id(case_id).carrier.name}：{refusal}", refusal.fields) from refusal
    return best_values(scheme_of(policy), cohort)


def _newest(round_: EvaluationRound, policy: PolicyVersion) -> list[tuple[int, Submission]]:
    """The newest submission, without its answers, of each case that has come to the panel or further."""
    stages = definitions.workflow_in(policy, round_.procedure).stages
    panel = next((place for place, stage in enumerate(stages) if stage.kind == "expert_panel"), 0)
    at_panel = Case.stage.in_([stage.key for stage in stages[panel:]])
    rows = (
        Submission.select(Submission.id, Submission.case, Submission.digest)
        .join(Case)
        .where((Case.round == round_) & at_panel & (Case.outcome != "absent"))
        .order_by(Submission.number)
    )
    return sorted({row.case_id: row for row in rows}.items())


_known_figures: WeakKeyDictionary[PolicyVersion, dict[str, dict[str, Fraction | None]]] = WeakKeyDictionary()
# a submission never changes, so its digest and the policy say what its figures are


def _figures(policy: PolicyVersion, submission: Submission) -> dict[str, Fraction | None]:
    """The indicator values of a submission that was read without its answers. Raises Refused as `values_of`."""
    known = _known_figures.setdefault(policy, {})
    if submission.digest not in known:
        values = values_of(policy, Submission.get_by_id(submission.id))
        known[submission.digest] = {code: value.value for code, value in values.items()}
    return known[submission.digest]


def frozen_reference(round_: EvaluationRound) -> dict[str, Fraction] | None:
    """The reference frozen at determination, or None before the first one."""
    if round_.reference is None:
        return None
    return {code: Fraction(value) for code, value in round_.reference.items()}


def ground_of(case: Case, reference: Reference | None = None) -> Ground:
    """Everything a case is scored on; before determination the reference is the round's best so far."""
    policy = definitions.policy_of(case)
    scheme = scheme_of(policy)
    values = values_of(policy, latest_submission(case))
    best = reference if reference is not None else frozen_reference(definitions.round_of(case))
    if best is None:
        best = current_best(definitions.round_of(case), policy)
    undefined = exact(_undefined_points(policy)) or Fraction(0)
    computed = points_of_carrier(
        scheme, {c: v.value for c, v in values.items()}, best, methods=policy.methods, undefined=undefined
    )
    return Ground(policy, scheme, values, best, computed)


def _undefined_points(policy: PolicyVersion) -> object:
    stated = policy.parameters.get("undefined_ratio_points")
    return 0 if stated is None or stated.value is None else stated.value


def sheet_points(ground: Ground, sheet: ScoreSheet) -> dict[str, Fraction]:
    """All points of a sheet: the expert's own, the changed ones, and the computed rest."""
    points: dict[str, Fraction] = {}
    for code in ground.scheme.codes:
        if code in sheet.changes:
            points[code] = _number(sheet.changes[code]["points"])
        elif code in ground.computed:
            points[code] = ground.computed[code].points
        elif code in sheet.points:
            points[code] = _number(sheet.points[code])
    return points


def _number(text: object) -> Fraction:
    number = exact(text)
    if number is None:
        raise Refused(f"“{text}”不是数字。")
    return number


def open_sheet(viewer: Viewer, case_id: int) -> tuple[Case, PanelMember, ScoreSheet]:
    """The expert's sheet for a case, made on first opening. Raises OutOfScope, Refused before the declaration."""
    case, seat = expert_case(viewer, case_id)
    if not has_declared_no_conflict(seat, case.id):
        raise Refused(UNDECLARED)
    ScoreSheet.insert(case=case, member=seat).on_conflict_ignore().execute()
    return case, seat, ScoreSheet.get((ScoreSheet.case == case) & (ScoreSheet.member == seat))


def signed_sheet(viewer: Viewer, case_id: int) -> tuple[Case, ScoreSheet]:
    """The sheet that this expert signed, to be read as long as it counts, also after the case left the panel.

    It opens nothing else of the carrier. Raises OutOfScope, also for who stepped back from the carrier.
    """
    case = Case.get_or_none(Case.id == case_id)
    if case is None:
        raise OutOfScope
    own = (ScoreSheet.case == case) & (ScoreSheet.member == seat_of(viewer, case)) & (ScoreSheet.status == "signed")
    sheet = ScoreSheet.get_or_none(own)
    if sheet is None:
        raise OutOfScope
    return case, sheet


def save_sheet(viewer: Viewer, case_id: int, entered: Mapping[str, Any], version: int) -> ScoreSheet:
    """Keep a sheet as it stands, right or unfinished: `points`, `changes` (code → points, reason), `opinion`, and for
    a panel that gives grades `grade` and `remarks` (aspect → words).

    Raises Stale when another window saved it, Refused for a signed sheet.
    """
    _, _, sheet = open_sheet(viewer, case_id)
    if sheet.status == "signed":
        raise Refused("评价表已经签字，不能再改。要改请联系主管部门退回。")
    with transaction():
        kept = ScoreSheet.update(
            points=dict(entered.get("points", {})),
            changes=dict(entered.get("changes", {})),
            grade=str(entered.get("grade", "")),
            remarks=dict(entered.get("remarks", {})),
            opinion=str(entered.get("opinion", "")),
            version=ScoreSheet.version + 1,
            saved_at=clock.now(),
        ).where((ScoreSheet.id == sheet.id) & (ScoreSheet.version == version) & (ScoreSheet.status == "draft"))
        if kept.execute() != 1:
            raise Stale("这张评价表刚在另一个窗口保存过，请刷新后再看。您刚才写的内容还在这一页上。")
    return ScoreSheet.get_by_id(sheet.id)


def sheet_faults(ground: Ground, sheet: ScoreSheet) -> dict[str, str]:
    """What keeps a sheet from being signed, by indicator code (or "opinion")."""
    faults: dict[str, str] = {}
    for code, change in sheet.changes.items():
        if code not in ground.computed:
            faults[code] = "这一项由您直接评分，不用写更改理由。"
        elif not str(change.get("reason", "")).strip():
            faults[code] = "改动按数据算出的得分，要写明理由。"
    try:
        # the policy's own check: every indicator there, none below 0 or above its weight
        read_points(ground.scheme, {**{c: str(p) for c, p in _readable(ground, sheet).items()}})
    except Refused as refusal:
        faults.update({field: text for field, text in refusal.fields.items() if field not in faults})
    if not sheet.opinion.strip():
        faults["opinion"] = "请填写评价意见。"
    return faults


def graded_sheet_faults(policy: PolicyVersion, sheet: ScoreSheet) -> dict[str, str]:
    """What keeps a sheet with a grade from being signed: "grade", "remark-<aspect>", "opinion"."""
    names, faults = grade_names(policy), {}
    if sheet.grade not in names:
        faults["grade"] = "请选择您评定的档次：" + "、".join(names.values()) + "。"
    for aspect in rules_or_none_written(policy).aspects:
        if not str(sheet.remarks.get(aspect.key, "")).strip():
            faults[f"remark-{aspect.key}"] = f"请写“{aspect.name}”的评语。"
    if not sheet.opinion.strip():
        faults["opinion"] = "请填写评价意见。"
    return faults


def _readable(ground: Ground, sheet: ScoreSheet) -> dict[str, object]:
    """The sheet's points with what was typed where it cannot be read, for the policy's check to refuse."""
    points: dict[str, object] = {code: scored.points for code, scored in ground.computed.items()}
    points.update({code: text for code, text in sheet.points.items() if code not in ground.computed and text != ""})
    points.update({code: change.get("points", "") for code, change in sheet.changes.items()})
    return points


def sign_sheet(viewer: Viewer, case_id: int, version: int, token: str) -> Receipt:
    """Sign a complete sheet; it is read-only from then on. Raises Refused with the places, Stale."""

    def work() -> Receipt:
        locking.lock_cases([case_id])
        case, seat, sheet = open_sheet(viewer, case_id)
        if sheet.status == "signed" or sheet.version != version:
            raise Stale("这张评价表刚有变化，请刷新后再看。")
        total = _total_to_sign(case, sheet)
        signed = ScoreSheet.update(
            status="signed", total=total, signed_at=clock.now(), version=ScoreSheet.version + 1
        ).where((ScoreSheet.id == sheet.id) & (ScoreSheet.version == version))
        if signed.execute() != 1:
            raise Stale("这张评价表刚在另一个窗口保存过，请刷新后再看。")
        # the chain says that a sheet was signed, never the score: it stays secret until all are in
        sequence = events.record(case.id, viewer, "sheet_signed", {"member": seat.id, "sheet": sheet.id})
        return {"case": case.id, "number": case.number, "message": "评价表已签字。", "sequence": sequence}

    return once(token, work)


def _total_to_sign(case: Case, sheet: ScoreSheet) -> str:
    """The total of a complete sheet, empty where it holds a grade. Raises Refused with what is missing."""
    ground = None if rules_of(case).gives_grade else ground_of(case)
    faults = sheet_faults(ground, sheet) if ground else graded_sheet_faults(definitions.policy_of(case), sheet)
    if faults:
        raise Refused(f"还有 {len(faults)} 处没有评好，评好后再签字。", faults)
    return str(sheet_total(ground.scheme, sheet_points(ground, sheet))) if ground else ""


def reopen_sheet(viewer: Viewer, sheet_id: int, reason: str, token: str) -> Receipt:
    """Who runs the panel gives a signed sheet back to its expert, with a reason. Raises OutOfScope, Refused."""

    def work() -> Receipt:
        sheet = ScoreSheet.get_or_none(ScoreSheet.id == sheet_id)
        if sheet is None:
            raise OutOfScope
        case, _ = run_case(viewer, sheet.case_id)
        sheet = ScoreSheet.get_by_id(sheet_id)
        if case.stage != "expert_panel":
            raise Refused("只有在专家评价环节才能退回评价表。")
        if sheet.status != "signed":
            raise Refused("这张评价表还没有签字，专家自己可以改。")
        if not reason.strip():
            raise Refused("请写明退回的原因。", {"reason": "请写明退回的原因。"})
        ScoreSheet.update(status="draft", version=ScoreSheet.version + 1).where(ScoreSheet.id == sheet.id).execute()
        sequence = events.record(case.id, viewer, "sheet_reopened", {"sheet": sheet.id}, reason)
        return {"case": case.id, "message": "评价表已退回专家。", "sequence": sequence}

    return once(token, work)


@dataclass(frozen=True)
class PanelState:
    """How far a case's panel is. Nobody is told a score before `complete`."""

    members: list[PanelMember]
    signed: list[ScoreSheet]
    minimum: int

    @property
    def complete(self) -> bool:
        """All who may score have signed, and they are enough."""
        return len(self.members) >= self.minimum and len(self.signed) == len(self.members)


def panel_state(case: Case, minimum: int) -> PanelState:
    """Who may score a case and whose sheets are in."""
    return PanelState(active_members(case), counting_sheets(case), minimum)

"""Acting on a case: a reviewer's decision with an opinion or reasons, as the stage's action asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from core import clock
from core.cases import definitions, events, known_facts, moving, noticing, signing, statements
from core.cases.action import Receipt, once, require_version
from core.cases.known_facts import Known
from core.cases.refusing import in_words
from core.errors import Refused
from core.models import Case, SiteVisit, canonical_json
from core.people.scope import Viewer, find_case, may_handle
from core.roles import ROLES
from core.workflow.decision import ConditionNotMet, Move, decide, open_actions
from core.workflow.definition import ROUND_EFFECTS, Action, Stage
from core.workflow.signing import is_signed
from forms.checks import Evidence


@dataclass(frozen=True)
class Decision:
    """What a reviewer puts with an action: the opinion form's answers, reasons per field, free words."""

    opinion: dict[str, Any] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    said: str = ""


def roles_for(viewer: Viewer, case: Case) -> frozenset[str]:
    """The roles that a person holds for this very case."""
    return frozenset(role for role in viewer.roles if role in ROLES and may_handle(viewer, case, role))


def actions_for(viewer: Viewer, case: Case) -> list[Action]:
    """The actions that this person may take on the case now (submitting is the fill page's own).

    Those whose condition does not hold are left out, unless it depends on the opinion that is given with them.
    """
    workflow, roles = definitions.workflow_of(case), roles_for(viewer, case)
    stage = workflow.stage(case.stage)
    facts, typed = None, frozenset[str]()
    if known_facts.has_conditions(stage) and open_actions(workflow, case.stage, roles):
        facts, typed = known_facts.of_case(case).facts, _asked(case, stage)
    mine = [a for a in open_actions(workflow, case.stage, roles, facts, typed) if a.effect != "submit"]
    return signing.offered(viewer, case, stage, mine) if stage.signing and mine else mine


def _asked(case: Case, stage: Stage) -> frozenset[str]:
    """The questions of the opinion that is given in a stage."""
    if not stage.opinion_form:
        return frozenset()
    form = definitions.form_in(definitions.policy_of(case), stage.opinion_form)
    return frozenset(asked.key for asked in form.definition.fields)


def act(viewer: Viewer, case_id: int, action_key: str, decision: Decision, version: int, token: str) -> Receipt:
    """Take an action of the case's stage. Raises Refused, Stale, OutOfScope."""

    def work() -> Receipt:
        row = statements.load_case(case_id)  # held first: what is read now cannot change any more
        case = find_case(viewer, case_id)
        require_version(row, version)
        step = _step(viewer, case, row, action_key, decision)
        said = decision.said or "；".join(decision.reasons.values())
        if is_signed(step.source, step.action):
            receipt = signing.sign(viewer, case, step, lambda: _record_review(viewer, case, step, decision), said)
        else:
            review = _record_review(viewer, case, step, decision)
            data = {"review": review, "fields": sorted(decision.reasons)}
            receipt = moving.move(row, case, viewer, step, data, said)
        if receipt["stage"] == step.target.key and step.target.kind == "public_notice":
            noticing.publish_alone(viewer, case)  # a workflow without determination: the approval is the result
        return receipt

    return once(token, work)


def _step(viewer: Viewer, case: Case, row: statements.CaseRow, action_key: str, decision: Decision) -> Move:
    workflow = definitions.workflow_of(case)
    stage = workflow.stage(row.stage)
    if case.assignee is not None and case.assignee_id != viewer.account:
        raise Refused(f"此件已转给 {case.assignee.display_name} 办理。")
    given = {name for name in ("opinion", "reasons", "said") if getattr(decision, name)}
    if decision.reasons:
        given.add("said")
    if statements.was_visited(row.id, row.stage):
        given.add("site_visit")
    known = _known(case, stage, stage.action(action_key), decision)
    try:
        step = decide(workflow, row.stage, action_key, roles_for(viewer, case), frozenset(given), known.facts)
    except ConditionNotMet as unmet:
        raise in_words(case, unmet, known) from unmet
    if step.action.effect in ROUND_EFFECTS or step.action.effect == "submit":
        raise Refused(f"“{step.action.name}”不在这一页办理。")
    signing.require_turn(viewer, case, stage, step.action)
    if "opinion" in step.action.needs and stage.opinion_form:
        _check_opinion(case, stage.opinion_form, decision.opinion)
    return step


def _known(case: Case, stage: Stage, action: Action | None, decision: Decision) -> Known:
    """What the action's condition may ask for, the opinion that comes with it among it."""
    if action is None or not (action.condition or stage.own_kind):
        return Known({})
    known = known_facts.of_case(case)
    return Known({**known.facts, **known_facts.opinion_values(case, stage, decision.opinion)}, known.ran)


def _check_opinion(case: Case, form_key: str, opinion: dict[str, Any]) -> None:
    found = definitions.form_in(definitions.policy_of(case), form_key).check(opinion, {})
    if found:
        raise Refused("审核意见还有没填好的地方。", {path: "".join(texts) for path, texts in found.items()})


def _record_review(viewer: Viewer, case: Case, step: Move, decision: Decision) -> int:
    return statements.add_review(
        case.id,
        step.source.key,
        step.action.key,
        canonical_json(decision.opinion),
        canonical_json(decision.reasons),
        statements.last_submission_id(case.id),
        viewer.account,
        statements.stored_moment(clock.now()),
        clock.today(),
    )


def record_site_visit(
    viewer: Viewer, case_id: int, answers: dict[str, Any], token: str, evidence: Evidence | None = None
) -> Receipt:
    """Record a visit on site in the case's present stage; `evidence` are its photos by field.

    Raises Refused with the fields, OutOfScope.
    """

    def work() -> Receipt:
        statements.load_case(case_id)
        case = find_case(viewer, case_id)
        stage = definitions.workflow_of(case).stage(case.stage)
        if not stage.site_visit_form or roles_for(viewer, case).isdisjoint(stage.actors):
            raise Refused(f"“{stage.name}”环节不登记实地考察。")
        found = definitions.form_in(definitions.policy_of(case), stage.site_visit_form).check(answers, evidence or {})
        if found:
            raise Refused("考察记录还有没填好的地方。", {path: "".join(texts) for path, texts in found.items()})
        visit = SiteVisit.create(
            case=case, stage=case.stage, answers=answers, recorded_by=viewer.account, recorded_at=clock.now()
        )
        sequence = events.record(case.id, viewer, "site_visited", {"visit": visit.id})
        return {"case": case.id, "number": case.number, "message": "已登记实地考察。", "sequence": sequence}

    return once(token, work)


def reassign(viewer: Viewer, case_id: int, account_id: int, reason: str, version: int, token: str) -> Receipt:
    """Hand a case to a colleague who holds the same role for it (转办). Raises Refused, Stale, OutOfScope."""
    from core.models import Account
    from core.people.scope import viewer_of

    def work() -> Receipt:
        row = statements.load_case(case_id)
        case = find_case(viewer, case_id)
        require_version(row, version)
        stage = definitions.workflow_of(case).stage(row.stage)
        if stage.signing is not None:
            raise Refused(f"“{stage.name}”由几人分别签署，不能转给一个人办。")
        role = stage.role
        colleague = Account.get_or_none(Account.id == account_id)
        if role not in roles_for(viewer, case):
            raise Refused("此件现在不由您办理。")
        if colleague is None or not may_handle(viewer_of(colleague), case, role):
            raise Refused("对方不能办理此件，请另选一位。", {"account": "对方没有这一环节的权限。"})
        if not reason.strip():
            raise Refused("请写明转办的原因。", {"reason": "请写明转办的原因。"})
        Case.update(assignee=colleague).where(Case.id == case.id).execute()
        sequence = events.append(row, viewer, "reassigned", {"to_account": account_id}, reason, renews=True)
        statements.append_outbox("case_reassigned", {"case": case.id, "account": account_id, "sequence": sequence})
        return {"case": case.id, "number": case.number, "message": f"已转给 {colleague.display_name} 办理。"}

    return once(token, work)

"""Settling (办结生效): when a case closes whose procedure decides something, the answer is kept and put on the register.

The question that decides (enrolment, exit, corrective action) is the one that `kaoping policy ask` answers; it is
asked with what is known of the case, as far as it declares those facts. All of it happens inside the action that
closes the case: a question that cannot be answered refuses that action, and nothing of it is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from core import clock
from core.cases import clocks, definitions, events, known_facts
from core.errors import Refused
from core.models import Carrier, CarrierMark, Case, Result
from core.people.scope import Viewer
from core.policy.builtins import QUESTIONS
from core.policy.enrolment import brings_up_exit
from core.policy.facts import Fact, as_date, read_facts
from core.policy.question import Answer, Asked
from core.policy.trace import plain_data
from core.policy.version import PolicyVersion
from core.workflow.definition import Action

DECIDED_ON = "decided_on"
"""The fact that holds the day of the decision: the policy date on which the case closes."""
OUTCOME = Fact("outcome", "整改结果", "choice")
"""The corrective action's question knows it without declaring it."""
UNDECIDED = ("withdraw", "absent")
"""Effects of actions that end a case without deciding anything."""


def settle(viewer: Viewer, case: Case, action: Action) -> Result | None:
    """Decide what a case that `action` has just closed leads to, in the caller's transaction.

    None where its procedure, or what was found, leaves nothing to decide. Raises Refused naming what is missing for the decision.
    """
    pinned = definitions.policy_of(case)
    question = definitions.procedure_in(pinned, case.procedure).get("decides", "")
    if not question or action.effect in UNDECIDED:
        return None
    policy = clocks.with_entered_values(pinned, case.region_id, clock.today())
    given = _given(policy, case, question)
    if question == "exit" and not brings_up_exit(policy, given):
        return None  # a yearly check that found nothing, for instance
    answer = _answer(policy, question, given)
    result = _keep(viewer, case, policy, question, given, answer)
    _APPLY[question](case, answer, policy)
    events.record(case.id, viewer, "settled", {"result": result.id, "version": result.version})
    return result


def _given(policy: PolicyVersion, case: Case, question: str) -> dict[str, Any]:
    known = {**known_facts.of_case(case).facts, DECIDED_ON: clock.today()}
    return {key: known[key] for key in _declared(policy, question) if known.get(key) is not None}


def _declared(policy: PolicyVersion, question: str) -> dict[str, Fact]:
    facts = read_facts(policy.definition(question).get("facts", ()))
    return {**facts, "outcome": OUTCOME} if question == "corrective_action" else facts


def _answer(policy: PolicyVersion, question: str, given: Mapping[str, Any]) -> Answer:
    names = _declared(policy, question)
    try:
        answer = QUESTIONS[question].answer(Asked(policy, given, clock.today()))
    except Refused as refusal:
        raise Refused(f"还不能办结，做不出决定：{refusal}", refusal.fields) from refusal
    missing = answer.get("missing", []) if question == "exit" and answer["exit_effective"] is None else []
    if missing:
        words = "、".join(names[key].name if key in names else key for key in missing)
        raise Refused(f"还不能办结，做不出决定，尚缺：{words}。请退回补正，或在意见里写明。")
    return answer


def _keep(
    viewer: Viewer, case: Case, policy: PolicyVersion, question: str, given: Mapping[str, Any], answer: Answer
) -> Result:
    last = Result.select().where(Result.case == case).order_by(Result.version.desc()).first()
    return Result.create(
        case=case,
        version=last.version + 1 if last else 1,
        grade=answer.get("grade") or "",
        facts=plain_data(given),
        consequences=_consequences(policy, question, answer),
        trace=answer["trace"],
        clauses=answer["clauses"],
        ground=definitions.procedure_in(policy, case.procedure)["name"],
        determined_by=viewer.account,
        determined_at=clock.now(),
        determined_on=clock.today(),
    )


def _consequences(policy: PolicyVersion, question: str, answer: Answer) -> dict[str, bool]:
    if question == "enrolment":
        return {"enrolled": bool(answer["enrolled"])}
    if question == "exit":
        return {"exited": not answer["enrolled"]}
    return {key: bool(answer[key]) for key in _consequence_names(policy)}


def _consequence_names(policy: PolicyVersion) -> dict[str, tuple[str, str]]:
    """The consequences of a corrective action: key → name and clause."""
    entries = policy.definition("corrective_action")["consequences"]
    return {entry["key"]: (entry["name"], entry["clause"]) for entry in entries}


def _enrol(case: Case, answer: Answer, policy: PolicyVersion) -> None:
    if answer["enrolled"]:
        facts = {**case.carrier.facts, **_own_facts(case, policy)}
        _register(case, title_status="held", enrolled_on=clock.today(), title_ended_on=None, facts=facts)


def _own_facts(case: Case, policy: PolicyVersion) -> dict[str, Any]:
    """What the application said of the facts that this region's register keeps."""
    known = known_facts.of_case(case).facts
    told = {key: known[key] for key in policy.region_info.register if known.get(key) is not None}
    stored: dict[str, Any] = plain_data(told)
    return stored


def _leave(case: Case, answer: Answer, policy: PolicyVersion) -> None:
    effective = as_date(answer["exit_effective"])
    if answer["enrolled"] or effective is None:
        return
    _register(case, title_status="exited", title_ended_on=effective)
    found = [entry for entry in policy.definition("exit")["grounds"] if entry["key"] in answer["grounds"]]
    reason, clause = "；".join(one["name"] for one in found), "; ".join(one["clause"] for one in found)
    _mark(case, "exit", clause, reason, effective)
    for one in found:
        for kind in one.get("marks", ()):
            _mark(case, kind, one["clause"], one["name"], effective)


def _after_correction(case: Case, answer: Answer, policy: PolicyVersion) -> None:
    for key, (name, clause) in _consequence_names(policy).items():
        if answer[key]:
            _mark(case, key, clause, name, clock.today())
    if answer.get("title_cancelled"):
        _register(case, title_status="revoked", title_ended_on=clock.today())


_APPLY = {"enrolment": _enrol, "exit": _leave, "corrective_action": _after_correction}


def _register(case: Case, **changes: Any) -> None:
    Carrier.update(**changes).where(Carrier.id == case.carrier_id).execute()


def _mark(case: Case, kind: str, clause: str, reason: str, effective: date) -> None:
    """One mark of a kind from one case, however often it is asked for."""
    known = (CarrierMark.case_number == case.number) & (CarrierMark.kind == kind) & CarrierMark.lifted_on.is_null()
    if not CarrierMark.select().where(known).exists():
        CarrierMark.create(
            carrier=case.carrier_id, kind=kind, clause=clause[:80], reason=reason, case_number=case.number,
            set_on=clock.today(), effective_on=effective, set_at=clock.now(),
        )  # fmt: skip

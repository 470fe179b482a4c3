"""Reviews that several people sign: who has signed, whose turn it is, and the signature that moves the case.

A signature is an event `signed` of the case with the review that holds the opinion. Those given since the case came
to its stage count; a correction of the figures by the bureau asks for all of them anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.cases import events, moving, statements
from core.cases.action import Receipt
from core.clock import shanghai
from core.errors import Refused
from core.models import Account, Case, CaseEvent
from core.people.holders import who_handles
from core.people.scope import Viewer, may_handle, viewer_of
from core.workflow.decision import Move
from core.workflow.definition import Action, Stage
from core.workflow.signing import Signed, is_complete, is_signed, turn_of

SIGNED = "signed"
ASKS_ANEW = "corrected"
"""The kinds of event: a signature; and what makes those given so far void."""


@dataclass(frozen=True)
class Signature:
    """A signature as it was given: by whom, in which roles, when, and the review with the opinion."""

    account: int
    roles: tuple[str, ...]
    review: int
    on: date
    at: datetime


@dataclass(frozen=True)
class Signatures:
    """How far a stage is: those given, oldest first, who is asked, and whether its rule is met."""

    stage: Stage
    given: tuple[Signature, ...]
    asked: tuple[Account, ...]

    @property
    def signed(self) -> list[Signed]:
        """The same for the rule."""
        return [Signed(one.account, one.roles) for one in self.given]

    @property
    def complete(self) -> bool:
        """Whether the case may go on."""
        return is_complete(self.stage, self.signed, {account.id for account in self.asked})

    @property
    def waiting(self) -> list[Account]:
        """Who is asked now and has not signed; nobody once it is complete."""
        if self.complete:
            return []
        turn, done = turn_of(self.stage, self.signed), {one.account for one in self.given}
        return [a for a in self.asked if a.id not in done and self._holds(a, turn)]

    def of(self, account: int | None) -> Signature | None:
        """The signature of a person, if it was given."""
        return next((one for one in self.given if one.account == account), None)

    def _holds(self, account: Account, roles: Sequence[str]) -> bool:
        return bool(viewer_of(account).roles & set(roles))


def signatures_of(case: Case, stage: Stage) -> Signatures:
    """The signatures of the stage in which a case stands."""
    asked = {account.id: account for role in stage.actors for account in who_handles(case, role)}
    return Signatures(stage, tuple(_given(case.id)), tuple(asked.values()))


def _given(case_id: int) -> list[Signature]:
    found: list[Signature] = []
    for event in CaseEvent.select().where(CaseEvent.case == case_id).order_by(CaseEvent.sequence.desc()):
        body = json.loads(event.body)
        if "to" in body["data"] or event.kind == ASKS_ANEW:
            break
        if event.kind == SIGNED:
            data = body["data"]
            given = Signature(
                body["actor"], tuple(data["roles"]), data["review"], event.policy_date, event.occurred_at
            )
            found.append(given)
    return found[::-1]


def offered(viewer: Viewer, case: Case, stage: Stage, actions: list[Action]) -> list[Action]:
    """Of the actions of a stage with signatures those that this person may take now: once signed, only ways back."""
    state = signatures_of(case, stage)
    if not _is_turn(viewer, case, state):
        return [a for a in actions if a.role]
    mine = state.of(viewer.account)
    return [a for a in actions if not (is_signed(stage, a) and mine and not state.complete)]


def _is_turn(viewer: Viewer, case: Case, state: Signatures) -> bool:
    """Whether a person acts in the stage now; who signed may still send the case back."""
    turn = turn_of(state.stage, state.signed)
    return state.complete or any(may_handle(viewer, case, role) for role in turn)


def require_turn(viewer: Viewer, case: Case, stage: Stage, action: Action) -> None:
    """Raises Refused for who acts before the turn of their body."""
    if stage.signing is None or action.role:
        return
    if not _is_turn(viewer, case, signatures_of(case, stage)):
        raise Refused(f"“{stage.name}”按先后签署，现在还没有轮到您。")


def sign(viewer: Viewer, case: Case, step: Move, keep: Callable[[], int], said: str) -> Receipt:
    """Sign, and move the case when that was the last signature that its rule asks for.

    `keep` stores the review and gives its id. Inside the caller's transaction, which holds the case's row.
    Raises Refused for who signed already, unless by now nobody else is asked (somebody left): then the case goes on.
    """
    state = signatures_of(case, step.source)
    mine = state.of(viewer.account)
    if mine is not None and not state.complete:
        when = f"{mine.on.month}月{mine.on.day}日 {shanghai(mine.at):%H:%M}"
        raise Refused(f"您已于 {when} 签署，不用再签。{waits_for(state)}")
    if mine is None:
        _sign(viewer, case, step, state, keep(), said)
        state = signatures_of(case, step.source)
    row = statements.load_case(case.id)
    if not state.complete:
        return _waiting(case, row, step, state)
    last = mine or state.given[-1]
    reviews = [one.review for one in state.given]
    return moving.move(row, case, viewer, step, {"review": last.review, "signed": reviews, "fields": []}, said)


def _sign(viewer: Viewer, case: Case, step: Move, state: Signatures, review: int, said: str) -> None:
    held = [role for role in turn_of(step.source, state.signed) if may_handle(viewer, case, role)]
    data: dict[str, Any] = {"action": step.action.key, "review": review, "roles": held}
    events.record(case.id, viewer, SIGNED, data, said)


def _waiting(case: Case, row: statements.CaseRow, step: Move, state: Signatures) -> Receipt:
    statements.append_outbox("case_signed", {"case": case.id, "sequence": row.head_sequence})
    return {
        "case": case.id,
        "number": case.number,
        "action": step.action.name,
        "stage": step.source.key,
        "stage_name": step.source.name,
        "due_on": "",
        "sequence": row.head_sequence,
        "message": f"已签署。{waits_for(state)}",
    }


def waits_for(state: Signatures) -> str:
    """Whom a case still waits for, in a sentence."""
    rule, count = state.stage.signing, len(state.given)
    names = "、".join(account.display_name for account in state.waiting)
    if rule is not None and rule.mode == "any" and not state.complete:
        return f"还要 {max(rule.quorum, 1) - count} 人签署，可由{names or '别的同事'}签。"
    return f"还等{names}签署。" if names else "现在没有别的同事能签，请联系安全管理员授权。"

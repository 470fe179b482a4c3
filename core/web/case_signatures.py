"""Who has signed a review that several people sign, with time and opinion, and whom it still waits for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.cases import definitions, signing
from core.cases.signing import Signature
from core.models import Account, Case, Review
from core.people.scope import Viewer
from core.web.words import role_name
from core.workflow.definition import Stage
from core.workflow.signing import MODE_NAMES
from forms.changes import answer_text


@dataclass(frozen=True)
class Line:
    """One person's signature in words."""

    name: str
    roles: str
    on: date
    said: str


@dataclass(frozen=True)
class Shown:
    """What the case page says of the signatures; `mine` when the person looking has signed."""

    rule: str
    lines: list[Line]
    waits: str
    mine: bool


def shown(viewer: Viewer, case: Case, stage: Stage) -> Shown | None:
    """The signatures of the stage a case stands in; None where one person decides."""
    if stage.signing is None:
        return None
    state = signing.signatures_of(case, stage)
    names = {row.id: row.display_name for row in Account.select().where(Account.id.in_([s.account for s in state.given]))}
    least = f"，至少 {stage.signing.quorum} 人" if stage.signing.quorum else ""
    waits = "人已签齐，按一下就往下走。" if state.complete else signing.waits_for(state)
    lines = [_line(case, stage, one, names.get(one.account, "已注销的账号")) for one in state.given]
    return Shown(MODE_NAMES[stage.signing.mode] + least, lines, waits, state.of(viewer.account) is not None)


def _line(case: Case, stage: Stage, one: Signature, name: str) -> Line:
    review = Review.get_by_id(one.review)
    said = ""
    if stage.opinion_form and review.opinion:
        form = definitions.form_in(definitions.policy_of(case), stage.opinion_form)
        told = [answer_text(asked, review.opinion.get(asked.key)) for asked in form.definition.fields if asked.type == "long_text"]
        said = "；".join(filter(None, told))
    return Line(name, "、".join(map(role_name, one.roles)), one.on, said)

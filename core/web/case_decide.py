"""What a person can do on a case now: the stage's actions, its opinion form, and what was typed into them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from core.cases import acting, definitions
from core.cases.acting import Decision
from core.errors import Refused
from core.models import Account, Case, Grant, Review, SiteVisit
from core.people.scope import Viewer, may_handle, viewer_of
from core.web.case_history import body_of
from core.web.case_path import length_of
from core.web.shell import asset, clause_url
from core.workflow.definition import Action, Stage
from forms.compile import CompiledForm
from forms.draw import anchor, draw_section

BLANK_REASONS = 3
MOST_TEMPLATES = 4
OPINIONS = ("经审核，材料完整、规范、真实，同意上报。", "经材料审查和实地考察，情况属实，同意上报。")
REASONS = ("与佐证材料不一致", "缺少佐证材料", "协议或证书已过期", "盖章或签字不全")

Errors = Mapping[str, Sequence[str]]


@dataclass
class Typed:
    """What somebody typed into the forms of a stage, right or wrong; an empty one for a page newly opened."""

    opinion: dict[str, Any] = field(default_factory=dict)
    raw: dict[str, str] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    reasons: list[tuple[str, str]] = field(default_factory=list)
    reason_error: str = ""
    said: str = ""
    said_error: str = ""

    def decision(self, action: Action | None) -> Decision:
        """What goes with the action. Raises Refused for what was typed but cannot be read, or contradicts it."""
        if action is not None and "reasons" in action.needs:
            return self._return()
        if self.reasons:
            text = "填了要补正的内容，却选了往下送。要退回请按退回，要往下送请先清空补正内容。"
            raise Refused(text, {"reasons": text})
        if self.errors:
            raise Refused("审核意见还有没填好的地方。")
        return Decision(self.opinion, {}, self.said)

    def _return(self) -> Decision:
        if any(bool(key) != bool(text) for key, text in self.reasons):
            text = "每一处都要选出填报内容，并写明怎样改。"
            raise Refused(text, {"reasons": text})
        merged: dict[str, str] = {}
        for key, text in self.reasons:
            merged[key] = f"{merged[key]}；{text}" if key in merged else text
        return Decision({}, merged, self.said)

    def mark(self, fault: Refused, fields: Sequence[str]) -> None:
        """Put a refusal's texts at their places: questions of the form, or the reasons."""
        self.reason_error = fault.fields.get("reasons", "")
        self.said_error = fault.fields.get("said", "")
        if self.reason_error:
            self.errors = {}  # the opinion is not asked for when a case is sent back
        for path, text in fault.fields.items():
            if path.split(".", 1)[0] in fields:
                self.errors.setdefault(path, [text])


@dataclass(frozen=True)
class Button:
    """An action with what follows from it."""

    action: Action
    follows: str

    @property
    def needs_words(self) -> bool:
        """Whether a reason must be written for it."""
        return "said" in self.action.needs


@dataclass(frozen=True)
class Acting:
    """The column of a person who may act; `held_by` names the colleague who has the case instead."""

    stage: Stage
    onward: list[Button]
    back: list[Button]
    opinion_form: CompiledForm | None
    held_by: str = ""
    needs_visit: bool = False
    templates: list[str] = field(default_factory=list)
    opinion_field: str = ""


def acting_for(viewer: Viewer, case: Case) -> Acting | None:
    """What this person may do now; None when nothing."""
    actions = acting.actions_for(viewer, case)
    if not actions:
        return None
    stage = definitions.workflow_of(case).stage(case.stage)
    form = definitions.form_in(definitions.policy_of(case), stage.opinion_form) if stage.opinion_form else None
    buttons = [Button(action, _follows(case, action)) for action in actions]
    wanted = any("site_visit" in action.needs for action in actions)
    target = opinion_field(form) if form else ""
    return Acting(
        stage,
        onward=[b for b in buttons if "reasons" not in b.action.needs],
        back=[b for b in buttons if "reasons" in b.action.needs],
        opinion_form=form,
        held_by=case.assignee.display_name if case.assignee and case.assignee_id != viewer.account else "",
        needs_visit=wanted and not _has_visit(case),
        templates=_templates(viewer, case, target) if target else [],
        opinion_field=target,
    )


def _has_visit(case: Case) -> bool:
    return SiteVisit.select().where((SiteVisit.case == case) & (SiteVisit.stage == case.stage)).exists()


def _follows(case: Case, action: Action) -> str:
    policy = definitions.policy_of(case)
    target = definitions.workflow_in(policy, case.procedure).stage(action.to)
    who = body_of(case, target)
    length = length_of(case, policy, target)
    return f"办理后到“{target.name}”" + (f"，由{who}办理" if who else "") + (f"，{length}" if length else "") + "。"


def opinion_field(form: CompiledForm) -> str:
    """The question for the opinion itself: the last long text that must be filled."""
    asked = [f.key for f in form.definition.fields if f.type == "long_text" and f.required]
    return asked[-1] if asked else ""


def _templates(viewer: Viewer, case: Case, key: str) -> list[str]:
    """This reviewer's own latest opinions in this stage, then the usual ones."""
    rows = Review.select(Review.opinion).where((Review.reviewer == viewer.account) & (Review.stage == case.stage))
    own = [str(row.opinion.get(key, "")) for row in rows.order_by(Review.id.desc()).limit(20)]
    return list(dict.fromkeys(text for text in (*own, *OPINIONS) if text))[:MOST_TEMPLATES]


def draw_opinion(form: CompiledForm, typed: Typed) -> Markup:
    """All sections of an opinion or visit form, with what was typed and what is wrong with it."""
    sections = [
        draw_section(
            form, section.key, typed.opinion, typed.raw, typed.errors,
            icons=asset("icons.svg"), clause_url=lambda clause: clause_url("", clause), numbered=False,
        )
        for section in form.definition.sections
    ]  # fmt: skip
    return Markup("\n").join(sections)


def errors_of(typed: Typed) -> list[tuple[str, str]]:
    """Every fault as (id of its control, text), for the summary at the top."""
    found = [(anchor(path), text) for path, texts in typed.errors.items() for text in texts]
    found += [("said", typed.said_error)] if typed.said_error else []
    return [*found, ("reasons", typed.reason_error)] if typed.reason_error else found


def read(form: CompiledForm | None, posted: MultiDict[str, Any], fields: Sequence[str]) -> Typed:
    """What was posted to a stage's forms; `fields` are the questions that reasons may name."""
    typed = Typed(said=posted.get("said", "").strip())
    if form is not None:
        parsed = form.parse(posted, None, {})
        typed.opinion, typed.raw, typed.errors = dict(parsed.answers), parsed.raw, dict(parsed.errors)
    keys, texts = posted.getlist("reason_field"), posted.getlist("reason_text")
    pairs = [(key, text.strip()) for key, text in zip(keys, texts, strict=False)]
    typed.reasons = [(key if key in fields else "", text) for key, text in pairs if key or text]
    return typed


NEVER_KEPT = frozenset({"csrf_token", "form_token", "stage_version", "page__revision", "page__seen", "pick", "more_reasons"})
"""What a page posts beside what its reader typed."""


def typed_pairs(posted: MultiDict[str, Any]) -> list[tuple[str, str]]:
    """What was typed of what was posted, as (name, text)."""
    return [(name, text) for name, text in posted.items(multi=True) if name not in NEVER_KEPT]


def reopened(form: CompiledForm | None, pairs: Sequence[Sequence[str]], fields: Sequence[str]) -> Typed:
    """What was kept while typing, as it stood; what is missing or wrong is told when it is sent, not before."""
    if not pairs:
        return Typed()
    typed = read(form, MultiDict([(name, text) for name, text in pairs]), fields)
    typed.errors = {}
    return typed


def colleagues(viewer: Viewer, case: Case, role: str) -> list[Account]:
    """Who else may handle the case in this role; the grants only narrow down whom to ask the scope about."""
    grants = Grant.select(Grant.account).where(
        (Grant.role == role)
        & (Grant.region == case.region_id)
        & (Grant.district.is_null() | (Grant.district == case.district_id))
        & Grant.revoked_at.is_null()
    )
    rows = Account.select().where(Account.id.in_(grants) & Account.is_active & (Account.id != viewer.account))
    return [row for row in rows.order_by(Account.display_name) if may_handle(viewer_of(row), case, role)]

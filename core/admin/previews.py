"""Preview of a draft as every role of its workflow will see it: the server's own pages with an invented carrier.

The pages are drawn for the invented people of a rehearsal (core.admin.rehearsal), stripped of every way on, and the
rehearsal is taken back: nothing is stored, and nothing in them can be done.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import current_app, g, redirect, render_template, request, url_for
from flask_admin import expose
from flask_login import AnonymousUserMixin
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from core.admin.base import Answer, Page
from core.admin.definitions import read
from core.admin.rehearsal import Scene, policy_with, procedures_with, require_procedure, staged
from core.cases import definitions, noticing
from core.errors import KaopingError, OutOfScope, Refused
from core.models import DefinitionVersion
from core.policy.version import PolicyVersion
from core.web.sessions import SignedIn
from core.web.words import role_name
from core.workflow.definition import Stage
from forms.findings import DefinitionError, Finding

READS_CASES = ("carrier_clerk", "district_reviewer", "district_centre", "city_reviewer", "city_centre")
PUBLIC = "公众"


@dataclass(frozen=True)
class View:
    """One page that somebody will see: at which stage, who ("" is the public), which page, and its address."""

    key: str
    stage: Stage
    role: str
    what: str
    address: str

    @property
    def who(self) -> str:
        """The role in words."""
        return role_name(self.role) if self.role else PUBLIC


def views_of(policy: PolicyVersion, procedure: str) -> list[View]:
    """Every page of a procedure in the order of its stages."""
    flow = definitions.workflow_in(policy, procedure)
    return [view for stage in flow.stages for view in _views(policy, stage)]


def _views(policy: PolicyVersion, stage: Stage) -> Iterator[View]:
    if stage.kind == "fill":
        for section in definitions.form_in(policy, stage.form).definition.sections:
            what = f"填报：{section.title}"
            yield View(f"{stage.key}-{section.key}", stage, stage.role, what, f"/carrier/cases/{{case}}/fill/{section.key}")
        yield View(f"{stage.key}-check", stage, stage.role, "提交前核对", "/carrier/cases/{case}/check")
    elif stage.kind == "expert_panel":
        yield View(f"{stage.key}-sheet", stage, "expert", "评分表", "/expert/cases/{case}")
        yield View(f"{stage.key}-panel", stage, "city_reviewer", "专家评价", "/city/cases/{case}/panel")
    elif stage.kind == "determination":
        yield View(f"{stage.key}-checks", stage, "city_reviewer", "核查和结果认定", "/city/cases/{case}/determination")
    elif stage.kind == "public_notice":
        if noticing.publishes_at_once(policy):
            return  # a stage that the policy has switched off
        yield View(f"{stage.key}-article", stage, "", "公示", "/r/{region}/notices/{notice}")
        yield View(f"{stage.key}-object", stage, "", "提异议", "/r/{region}/notices/{notice}/object/{entry}")
    elif stage.kind == "closed":
        yield View(f"{stage.key}-end", stage, "carrier_clerk", "办结后的办件页", "/cases/{case}")
    else:
        for role in stage.actors:
            if role in READS_CASES:
                yield View(f"{stage.key}-{role}", stage, role, "办件、意见和按钮", "/cases/{case}")


class Previews(Page):
    """The pages of a draft, by role."""

    roles = ("policy_officer",)
    title, group, slug = "按角色预览", "规定", "previews"

    def is_visible(self) -> bool:
        """It belongs to a definition and is reached from there."""
        return False

    @expose("/")
    def start(self) -> Answer:
        """The definitions: a preview begins at one of them."""
        return redirect(url_for("admin_definitions.index"))

    @expose("/<int:definition_id>/")
    def index(self, definition_id: int) -> Answer:
        """Whom to look over the shoulder, and the page they see."""
        row = read(definition_id)
        shown = self._shown(row)
        page: str = self.render("admin/preview.html", row=row, narrow=request.args.get("width") == "phone", **shown)
        return page

    def _shown(self, row: DefinitionVersion) -> dict[str, Any]:
        nothing: dict[str, Any] = {"views": [], "current": None, "procedures": [], "procedure": None, "problem": ""}
        try:
            policy = policy_with(row)
            entries = procedures_with(row, policy)
            chosen = require_procedure(entries, request.args.get("procedure", ""))
            views = views_of(policy, chosen["key"])
        except DefinitionError as fault:
            return {**nothing, "findings": fault.findings}
        except Refused as refusal:
            return {**nothing, "findings": [], "problem": str(refusal)}
        wanted = request.args.get("view", "")
        current = next((one for one in views if one.key == wanted), _first_for(row, views))
        found: list[Finding] = []
        return {"views": views, "current": current, "procedures": entries, "procedure": chosen, "problem": "", "findings": found}

    @expose("/<int:definition_id>/page")
    def page(self, definition_id: int) -> Answer:
        """One page as its reader sees it, for the frame."""
        row = read(definition_id)
        try:
            policy = policy_with(row)
            chosen = require_procedure(procedures_with(row, policy), request.args.get("procedure", ""))
            views = views_of(policy, chosen["key"])
        except (DefinitionError, Refused) as fault:
            return render_template("admin/preview_none.html", text=str(fault))
        view = next((one for one in views if one.key == request.args.get("view", "")), None)
        if view is None:
            raise OutOfScope
        return _drawn(row, str(chosen["key"]), view)


def _first_for(row: DefinitionVersion, views: list[View]) -> View | None:
    """Where a look begins: the stage that uses a form, the notice for a notice, the sheet for a panel."""
    wanted = {"notice": "public_notice", "panel": "expert_panel", "indicators": "expert_panel", "grades": "determination",
              "vetoes": "determination", "facts": "determination"}.get(row.kind, "")  # fmt: skip
    for view in views:
        uses = row.kind == "form" and row.key in (view.stage.form, view.stage.opinion_form, view.stage.site_visit_form)
        if uses or (wanted and view.stage.kind == wanted):
            return view
    return views[0] if views else None


def _drawn(row: DefinitionVersion, procedure: str, view: View) -> Answer:
    """The page of a view, drawn by the application itself for the invented person."""
    try:
        with staged(row, procedure, view.stage.key) as scene:
            return without_ways_on(_look(scene, view))
    except (KaopingError, DefinitionError, HTTPException) as fault:
        text = str(fault) or "示例里走不到这一页。"
        return render_template("admin/preview_none.html", text=text)


def _look(scene: Scene, view: View) -> str:
    address = view.address.format(**scene.addresses)
    rule, values = current_app.url_map.bind("").match(address, return_rule=True)
    with _as_another(scene, view.role, rule, values):
        answer: Any = current_app.view_functions[rule.endpoint](**values)
        if isinstance(answer, Response):
            raise Refused("按示例内容，这一页不用填、不出现。")
        return str(answer[0] if isinstance(answer, tuple) else answer)


@contextmanager
def _as_another(scene: Scene, role: str, rule: Any, values: Mapping[str, Any]) -> Iterator[None]:
    """Let this request look as if the invented person had asked for that page; put everything back afterwards."""
    kept, asked = dict(g.__dict__), (request.url_rule, request.view_args)
    given = {name: request.__dict__.get(name) for name in ("args", "values")}
    g.__dict__.clear()
    g.viewer = scene.viewer(role)
    g._login_user = SignedIn(scene.people[role]) if role else AnonymousUserMixin()
    request.url_rule, request.view_args = rule, dict(values)
    request.__dict__.update(args=ImmutableMultiDict(), values=ImmutableMultiDict())
    try:
        yield
    finally:
        g.__dict__.clear()
        g.__dict__.update(kept)
        request.url_rule, request.view_args = asked
        for name, value in given.items():
            request.__dict__.pop(name, None) if value is None else request.__dict__.update({name: value})


_SCRIPT = re.compile(r"<script\b.*?</script\s*>", re.DOTALL | re.IGNORECASE)
_LINK = re.compile(r'(<a\b[^>]*?)\shref="(?!#)[^"]*"', re.IGNORECASE)
_TARGET = re.compile(r'\s(?:form)?action="[^"]*"', re.IGNORECASE)
_SECRET = re.compile(r'<input type="hidden" name="(?:csrf_token|form_token)"[^>]*>', re.IGNORECASE)


def without_ways_on(html: str) -> str:
    """A page without scripts, links and targets of forms: to be looked at, not used."""
    for pattern, kept in ((_SCRIPT, ""), (_LINK, r"\1"), (_TARGET, ""), (_SECRET, "")):
        html = pattern.sub(kept, html)
    return html

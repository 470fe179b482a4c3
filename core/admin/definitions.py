"""Definitions, for a region's policy officer: every version, drafts, what is wrong with them, publishing."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_admin import expose
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from core import clock
from core.admin import new_procedure
from core.admin.base import Answer, Page, PlainForm, attempt, options, status_of, token, whole
from core.admin.parameters import WORDS, my_regions, region_chosen
from core.cases import authoring, authoring_diff, authoring_faults, authoring_history, authoring_new, definitions
from core.cases.action import Receipt
from core.cases.authoring_checks import KINDS, is_readable, sources_of
from core.cases.authoring_company import company_of, open_drafts
from core.cases.authoring_items import ITEMS
from core.cases.authoring_settings_told import told
from core.cases.authoring_settings_words import SETTINGS
from core.cases.authoring_words import STAGE_KINDS
from core.errors import OutOfScope, Refused
from core.models import DefinitionVersion, EvaluationRound, Region
from core.people.scope import Viewer
from core.policy.source import parse
from core.web.access import viewer
from core.web.expired import local_or
from core.web.shell import use_region

EDITORS = {
    "workflow": "workflow",
    "form": "form",
    "indicators": "indicators",
    "grades": "grades",
    "vetoes": "vetoes",
    "awards": "awards",
    "consequences": "consequences",
    "parameters": "parameters",
    "procedures": "procedures",
    "plan": "plan",
    **dict.fromkeys(SETTINGS, "settings"),
}
"""The kinds that have plain forms or a designer beside the text."""
DESIGNERS = {
    "workflow": "admin_workflow_designer.design",
    "form": "admin_form_designer.design",
    "indicators": "admin_scheme.one",
    "grades": "admin_scheme.one",
    "vetoes": "admin_scheme.one",
    "awards": "admin_award_rules.one",
    **dict.fromkeys(SETTINGS, "admin_settings.design"),
}
"""Where a kind's draft is designed."""


class Published(PlainForm):
    """From when, and why."""

    in_force_from = DateField("从哪天起生效", [InputRequired("请填写生效日期")])
    reason = TextAreaField(
        "为什么改，依据哪份文件",
        [InputRequired("请写明为什么改、依据哪份文件"), Length(max=500)],
        render_kw={"rows": 3},
    )


class Withdrawn(PlainForm):
    """Why a draft is given up."""

    reason = TextAreaField("为什么撤回", [Length(max=500)], render_kw={"rows": 2})


class Begun(PlainForm):
    """What is begun, and what it is called."""

    kind = SelectField("哪一种", validators=[InputRequired("请选是哪一种规定")])
    naming = StringField("名称", [InputRequired("请写明名称"), Length(max=80)])
    key = StringField(
        "代号", [Length(max=60)], description="小写字母、数字和下划线，例如 makerspace_evaluation；不填就自动取一个"
    )


def begin(viewer: Viewer, region_id: int, kind: str, key: str, name: str, token: str) -> Receipt:
    """The verb behind 新建, its faults at the fields of the page."""
    try:
        return authoring_new.new_definition(viewer, region_id, kind, key, name, token)
    except Refused as fault:
        raise Refused(str(fault), {"naming" if k == "name" else k: v for k, v in fault.fields.items()}) from fault


def mending(row: DefinitionVersion, fault: authoring_faults.Fault) -> str:
    """Where a fault of a draft is mended by clicks; empty where its definition has only its text or is not there."""
    if not fault.own:
        other = _version_of(row.region, *fault.file.partition("/")[::2])
        return "" if other is None else url_for("admin_definitions.one", definition_id=other.id)
    name, _, rest = fault.key.partition(".")
    place, _, slot = rest.partition(".")
    if data_or_none(row) is None:
        return ""
    if row.kind in DESIGNERS:
        return url_for(DESIGNERS[row.kind], definition_id=row.id, at=fault.key or None)
    if (row.kind, name) not in ITEMS or not place:
        return ""
    page = url_for("admin_drafts.item", definition_id=row.id, path=f"{name}.{place}")
    return page + (f"#{slot.replace('.', '-')}" if slot else "")


def _version_of(region: Region, kind: str, key: str) -> DefinitionVersion | None:
    """The version to change: the draft that is open, else what is in force."""
    current = definitions.in_force(region, clock.today()).values()
    own = (DefinitionVersion.region == region) & (DefinitionVersion.kind == kind) & (DefinitionVersion.key == key)
    known = DefinitionVersion.select().where(
        own & ((DefinitionVersion.status == "draft") | DefinitionVersion.id.in_(list(current)))
    )
    found: DefinitionVersion | None = known.order_by(DefinitionVersion.id.desc()).first()
    return found


def kind_name(kind: str) -> str:
    """A kind as people call it."""
    return KINDS.get(kind, kind)


def read(definition_id: int) -> DefinitionVersion:
    """A definition of this person's region; the page belongs to that region. Raises OutOfScope."""
    row = authoring.find_definition(viewer(), definition_id)
    use_region(row.region)
    return row


def data_or_none(row: DefinitionVersion) -> dict[str, Any] | None:
    """The definition as data, None while its text cannot be read."""
    try:
        return authoring.data_of(row)
    except Refused:
        return None


class Definitions(Page):
    """The list, one version, its text, comparing, publishing and withdrawing."""

    roles = ("policy_officer",)
    title, group, slug = "各项规定", "规定", "definitions"

    @expose("/")
    def index(self) -> Answer:
        """Every definition of the region with its versions, newest first."""
        region = region_chosen()
        columns = (DefinitionVersion.id, DefinitionVersion.kind, DefinitionVersion.key, DefinitionVersion.version)
        rows = DefinitionVersion.select(
            *columns, DefinitionVersion.status, DefinitionVersion.origin, DefinitionVersion.in_force_from
        ).where(DefinitionVersion.region == region)
        groups: dict[tuple[str, str], list[DefinitionVersion]] = {}
        for row in rows:
            groups.setdefault((row.kind, row.key), []).append(row)
        order = list(KINDS)
        listed = sorted(
            groups.items(), key=lambda pair: (order.index(pair[0][0]) if pair[0][0] in order else 99, pair[0][1])
        )
        for _, versions in listed:
            versions.sort(key=lambda row: definitions.version_order(row.version), reverse=True)
        current = set(definitions.in_force(region, clock.today()).values())
        drafts = sorted(open_drafts(region), key=lambda row: order.index(row.kind) if row.kind in order else 99)
        return self.render(
            "admin/definitions.html",
            titles=titles_of([versions[0].id for _, versions in listed]),
            drafts=drafts,
            draft_titles=titles_of([row.id for row in drafts]),
            designers=DESIGNERS,
            region=region,
            regions=my_regions(),
            listed=listed,
            current=current,
            editors=EDITORS,
        )

    @expose("/new-procedure", methods=("GET", "POST"))
    def new_procedure(self) -> Answer:
        """Begin a procedure with its workflow and form."""
        region = region_chosen()
        form = new_procedure.filled_form(region)
        if request.method == "POST" and form.validate():
            made = new_procedure.begun(region, form)
            if made:
                return redirect(url_for(".index", region=region.key) + "#drafts")
        return self.render("admin/procedure_new.html", region=region, form=form), status_of(form)

    @expose("/new", methods=("GET", "POST"))
    def new(self) -> Answer:
        """Begin a definition of any kind that the region does not have yet."""
        region = region_chosen()
        form = Begun(request.form if request.method == "POST" else None, kind=request.args.get("kind", "form"))
        form.kind.choices = options(authoring_new.kinds_to_begin())
        if request.method == "POST" and form.validate():
            kind, key, name = form.kind.data, form.key.data or "", form.naming.data or ""
            made = attempt(lambda: begin(viewer(), region.id, kind, key, name, token()), form)
            if made:
                return redirect(url_for(DESIGNERS.get(kind, ".one"), definition_id=made["definition"]))
        return self.render("admin/definition_new.html", region=region, form=form), status_of(form)

    @expose("/<int:definition_id>/")
    def one(self, definition_id: int) -> Answer:
        """A version: what it says, what is wrong with it, and what can be done."""
        row = read(definition_id)
        draft = row.status == "draft"
        data = data_or_none(row)
        return self.render(
            "admin/definition.html",
            row=row,
            called=titles_of([row.id])[row.kind, row.key],
            data=data,
            faults=authoring_faults.faults_of(row) if draft else [],
            mend=lambda one: mending(row, one),
            steps=authoring_history.reachable(row) if draft else (0, 0),
            versions=authoring.versions_of(row),
            base=authoring.base_of(row),
            pinned_by=_pinned_by(row),
            has_editor=row.kind in EDITORS and data is not None,
            told=told(row.kind, data or {}, _parameters(row)),
            stage_kinds=dict(STAGE_KINDS),
            words=WORDS,
            loses_remarks=draft and any(line.lstrip().startswith("#") for line in row.text.splitlines()),
        )

    @expose("/<int:definition_id>/copy", methods=("POST",))
    def copy(self, definition_id: int) -> Answer:
        """Start a draft."""
        read(definition_id)
        receipt = attempt(lambda: authoring.copy_as_draft(viewer(), definition_id, token()))
        return redirect(url_for(".one", definition_id=receipt["definition"] if receipt else definition_id))

    @expose("/<int:definition_id>/go", methods=("POST",))
    def go(self, definition_id: int) -> Answer:
        """Undo or redo one saved step of a draft."""
        read(definition_id)
        by = -1 if request.form.get("do") == "undo" else 1
        attempt(lambda: authoring.go(viewer(), definition_id, by, request.form.get("seen", ""), token()))
        return redirect(local_or(request.form.get("back", ""), url_for(".one", definition_id=definition_id)))

    @expose("/<int:definition_id>/text", methods=("GET", "POST"))
    def text(self, definition_id: int) -> Answer:
        """The text of a draft, with what is wrong at its line."""
        row = read(definition_id)
        typed = request.form.get("text", "") if request.method == "POST" else row.text
        if request.method == "POST":
            seen = request.form.get("seen", "")
            if attempt(lambda: authoring.save_text(viewer(), row.id, typed, seen, token())):
                return redirect(url_for(".text", definition_id=row.id))
        faults = authoring_faults.faults_of(row) if row.status == "draft" else []
        page = self.render("admin/definition_text.html", row=row, typed=typed, faults=faults)
        return page, 409 if request.method == "POST" else 200

    @expose("/<int:definition_id>/compare/")
    def compare(self, definition_id: int) -> Answer:
        """What differs from another version of the same definition."""
        row = read(definition_id)
        versions = authoring.versions_of(row)
        chosen = request.args.get("with")
        other = next((v for v in versions if v.id == whole(chosen)), None) if chosen else authoring.base_of(row)
        if chosen and other is None:
            raise OutOfScope
        mine, theirs = data_or_none(row), data_or_none(other) if other else None
        found = authoring_diff.changes(theirs, mine) if mine is not None and theirs is not None else None
        return self.render("admin/definition_compare.html", row=row, other=other, versions=versions, changes=found)

    @expose("/<int:definition_id>/publish", methods=("GET", "POST"))
    def publish(self, definition_id: int) -> Answer:
        """Everything that is wrong, what changes, from when and why; then for good."""
        row = read(definition_id)
        form = Published(request.form if request.method == "POST" else None, data={"in_force_from": clock.today()})
        drafts = [one for one in open_drafts(row.region) if one.id != row.id]
        chosen = _chosen(drafts) if {"chosen", "seen"} & set(request.values) else company_of(row, sources_of(row.region))
        if request.method == "POST" and form.validate():
            seen, day, reason = request.form.get("seen", ""), form.in_force_from.data, form.reason.data
            together = {whole(one): digest for one, _, digest in (t.partition(":") for t in request.form.getlist("together"))}
            if attempt(lambda: authoring.publish(viewer(), row.id, day, reason, seen, token(), together), form):
                return redirect(url_for(".one", definition_id=row.id))
        if row.status != "draft":  # a second click comes after the first has published it
            flash("这一版已经发布或撤回，不能再发布。要改，请另存为草稿。", "error")
            return redirect(url_for(".one", definition_id=row.id))
        page = self.render(
            "admin/definition_publish.html",
            row=row,
            form=form,
            faults=authoring_faults.faults_of(row, chosen),
            mend=lambda one: mending(row, one),
            compared=[(one, *_compared(one)) for one in (row, *chosen)],
            drafts=drafts,
            chosen=chosen,
            titles=titles_of([one.id for one in (row, *drafts)]),
        )
        return page, status_of(form)

    @expose("/<int:definition_id>/withdraw", methods=("GET", "POST"))
    def withdraw(self, definition_id: int) -> Answer:
        """Asks, then gives a draft up."""
        row = read(definition_id)
        form = Withdrawn(request.form if request.method == "POST" else None)
        posted = request.method == "POST" and form.validate()
        if posted and attempt(lambda: authoring.withdraw(viewer(), row.id, form.reason.data or "", token()), form):
            return redirect(url_for(".index", region=row.region.key))
        return self.render("admin/definition_withdraw.html", row=row, form=form), status_of(form)


def _compared(row: DefinitionVersion) -> tuple[DefinitionVersion | None, list[authoring_diff.Change]]:
    """The published version before a draft, and what the draft changes of it."""
    base, data = authoring.base_of(row), data_or_none(row)
    old = data_or_none(base) if base else None
    return base, authoring_diff.changes(old, data) if old is not None and data is not None else []


def _chosen(drafts: list[DefinitionVersion]) -> list[DefinitionVersion]:
    """The drafts that the page was asked to judge, or was posted with."""
    wanted = {text.partition(":")[0] for text in request.values.getlist("together")}
    return [one for one in drafts if str(one.id) in wanted]


def titles_of(ids: list[int]) -> dict[tuple[str, str], str]:
    """What these versions call themselves; one without a name of its own is called after its procedure or region."""
    rows = list(DefinitionVersion.select().where(DefinitionVersion.id.in_(ids or [0])))
    known = {str(row.region.key): str(row.region.name) for row in rows[:1]}
    for row in rows[:1]:
        texts = [text for (kind, _), text in sources_of(row.region).items() if kind == "procedures"]
        texts += [one.text for one in open_drafts(row.region) if one.kind == "procedures" and is_readable(one.text)]
        for text in texts:
            entries = parse(text, "procedures").get("procedures", [])
            known |= {str(one.get("key", "")): str(one.get("name", "")) for one in entries}
    titles = {}
    for row in rows:
        data = data_or_none(row) or {}
        titles[(row.kind, row.key)] = str(data.get("title") or data.get("name") or known.get(row.key, ""))
    return titles


def _parameters(row: DefinitionVersion) -> dict[str, str]:
    """The names of the region's parameters, by key."""
    texts = [text for (kind, _), text in sources_of(row.region).items() if kind == "parameters"]
    found = [one for text in texts for one in parse(text, "").get("parameters", [])]
    return {str(one.get("key", "")): str(one.get("name", "")) for one in found}


def _pinned_by(row: DefinitionVersion) -> list[EvaluationRound]:
    rounds = EvaluationRound.select().where(EvaluationRound.region == row.region_id)
    return [one for one in rounds if row.id in (one.pinned or {}).values()]

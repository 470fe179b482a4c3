"""The page that begins a whole procedure: how often, for whom, on which path; the drafts follow."""

from __future__ import annotations

from flask import request
from wtforms import RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from core.admin.base import PlainForm, attempt, options, token
from core.cases.authoring_checks import is_readable, sources_of
from core.cases.authoring_company import open_drafts
from core.cases.authoring_procedures import Wanted, begin_procedure
from core.cases.authoring_words import EVERY
from core.cases.authoring_workflow_templates import templates
from core.cases.register_facts import kinds_of
from core.errors import Refused
from core.models import Region
from core.policy.source import parse
from core.web.access import viewer


class _Ticks(SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class Procedure(PlainForm):
    """What a new procedure is."""

    naming = StringField(
        "事项名称", [InputRequired("请写明事项名称"), Length(max=80)], description="例如 众创空间季度活动补贴"
    )
    every = SelectField(
        "多久办一次",
        default="on_demand",
        description="批次由市级开启、有参评名单；其他的由单位自己发起，或者按期报送。",
    )
    carrier_kinds = _Ticks("哪几类载体办", description="一类也不选，就是各类都办。")
    template = RadioField("流程从哪个模板开始", validators=[InputRequired("请选流程从哪个模板开始")])
    form = SelectField("表单", description="新的表单先有一道题，接着在设计页里改。")


def filled_form(region: Region) -> Procedure:
    """The form with this region's choices, as posted or fresh."""
    form = Procedure(request.form if request.method == "POST" else None)
    form.every.choices = options(EVERY)
    form.carrier_kinds.choices = options(kinds_of(region).items())
    form.template.choices = options((one.key, f"{one.name}：{' → '.join(one.path)}") for one in templates())
    form.form.choices = options([("", "新建一份"), *_forms(region)])
    return form


def _forms(region: Region) -> list[tuple[str, str]]:
    """The forms in force, and drafts of forms that are not published yet."""
    current = {key: text for (kind, key), text in sources_of(region).items() if kind == "form"}
    drafts = {str(row.key): row.text for row in open_drafts(region) if row.kind == "form" and is_readable(row.text)}
    found = [(key, "用现行的", text) for key, text in sorted(current.items())]
    found += [(key, "用草稿", text) for key, text in sorted(drafts.items()) if key not in current]
    return [(key, f"{how}“{parse(text, key).get('title', key)}”") for key, how, text in found]


def begun(region: Region, form: Procedure) -> int | None:
    """Make the drafts; the workflow's draft, None when the form came back with faults."""
    wanted = Wanted(
        form.naming.data or "",
        form.every.data or "",
        form.template.data or "",
        tuple(form.carrier_kinds.data or ()),
        form.form.data or "",
    )

    def verb() -> dict[str, object]:
        try:
            return begin_procedure(viewer(), region.id, wanted, token())
        except Refused as fault:
            raise Refused(str(fault), {"naming" if k == "name" else k: v for k, v in fault.fields.items()}) from fault

    made = attempt(verb, form)
    return int(str(made["definition"])) if made else None

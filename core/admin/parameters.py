"""The parameters of a region, for its policy officer: values, what they rest on, and those that wait to be entered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import redirect, request, url_for
from flask_admin import expose
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from core import clock
from core.admin.base import Answer, Page, PlainForm, attempt, options, regions_of, status_of, token
from core.cases import authoring, clocks, definitions
from core.errors import OutOfScope
from core.models import Account, DefinitionVersion, ParameterEntry, Region
from core.policy.award_words import COMPARE, FOR_YEAR, TIE
from core.policy.parameters import Parameter
from core.policy.totals import COMBINATIONS
from core.web.access import viewer
from core.web.shell import use_region

WORDS = {**COMBINATIONS, **dict((*FOR_YEAR, *COMPARE, *TIE)), "true": "是", "false": "否"}
"""Values that are keys, as people say them."""


@dataclass(frozen=True)
class Line:
    """A parameter with the value that holds now; `entered` when it was entered here and not by the policy."""

    parameter: Parameter
    asked: bool
    value: Any


class Entered(PlainForm):
    """A value that the policy leaves open."""

    value = StringField("取值", [InputRequired("请填写取值"), Length(max=80)], render_kw={"autocomplete": "off"})
    source = TextAreaField(
        "出自哪份文件、哪一条",
        [InputRequired("请写明出处"), Length(max=500)],
        render_kw={"rows": 2},
        description="写文件名称、文号和条号。",
    )
    valid_from = DateField("从哪天起用", [InputRequired("请填写日期")])


def region_chosen() -> Region:
    """The region of the address, or the person's first. Raises OutOfScope for a region of somebody else."""
    mine = regions_of(viewer())
    sought = Region.id.in_(mine or [0])
    key = request.args.get("region")
    region = (
        Region.get_or_none(sought & (Region.key == key))
        if key
        else Region.select().where(sought).order_by(Region.id).first()
    )
    if region is None:
        raise OutOfScope
    use_region(region)
    return region


def my_regions() -> list[Region]:
    """The person's regions, for choosing."""
    return list(Region.select().where(Region.id.in_(regions_of(viewer()) or [0])).order_by(Region.id))


class Parameters(Page):
    """All parameters in force, and entering those without a value."""

    roles = ("policy_officer",)
    title, group, slug = "参数", "规定", "parameters"

    @expose("/")
    def index(self) -> Answer:
        """The list."""
        region = region_chosen()
        policy = definitions.current_policy(region, clock.today())
        lines: list[Line] = []
        drafts = DefinitionVersion.select().where(
            (DefinitionVersion.region == region) & (DefinitionVersion.kind == "parameters")
        )
        if policy is not None:
            held = clocks.with_entered_values(policy, region, clock.today())
            lines = [Line(p, p.must_be_asked, held.parameters[key].value) for key, p in policy.parameters.items()]
        return self.render(
            "admin/parameters.html",
            region=region,
            regions=my_regions(),
            words=WORDS,
            lines=sorted(lines, key=lambda line: (line.value is not None, not line.asked)),
            editable=[row for row in drafts if row.status != "withdrawn"],
            entries=self._entries(region),
        )

    def _entries(self, region: Region) -> list[ParameterEntry]:
        rows = ParameterEntry.select(ParameterEntry, Account).left_outer_join(Account)
        return list(rows.where(ParameterEntry.region == region).order_by(ParameterEntry.id.desc()).limit(50))

    @expose("/<key>", methods=("GET", "POST"))
    def enter(self, key: str) -> Answer:
        """The form for a value that the policy leaves open."""
        region = region_chosen()
        policy = definitions.current_policy(region, clock.today())
        parameter = policy.parameters.get(key) if policy else None
        if parameter is None or not parameter.must_be_asked:
            raise OutOfScope
        form = Entered(request.form if request.method == "POST" else None, data={"valid_from": clock.today()})
        if parameter.type in ("choice", "yes_no"):
            form = _with_choices(parameter)
        if request.method == "POST" and form.validate():
            value, source, day = form.value.data, form.source.data, form.valid_from.data
            if attempt(lambda: authoring.enter_value(viewer(), region.id, key, value, source, day, token()), form):
                return redirect(url_for(".index", region=region.key))
        return self.render("admin/parameter.html", region=region, parameter=parameter, form=form), status_of(form)


def _with_choices(parameter: Parameter) -> PlainForm:
    allowed = parameter.allowed if parameter.type == "choice" else ("true", "false")

    class Chosen(Entered):
        """The same, chosen from what is allowed."""

        value = SelectField("取值", choices=options((one, WORDS.get(one, one)) for one in allowed))

    return Chosen(request.form if request.method == "POST" else None, data={"valid_from": clock.today()})

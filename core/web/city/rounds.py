"""The list of rounds and setting up a new one."""

from __future__ import annotations

from flask import render_template, request, url_for
from peewee import fn

from core import clock
from core.cases import definitions
from core.cases import rounds as verbs
from core.cases.action import Receipt
from core.cases.standing import is_outside_rounds
from core.errors import OutOfScope, Refused
from core.models import Case, EvaluationRound, Region
from core.web.access import open_to, viewer
from core.web.city.blueprint import NOTHING, ROLE, Page, Refusal, carry_out, my_regions, number, pages
from core.web.shell import use_region


@pages.get("/rounds")
@open_to(ROLE)
def rounds_list() -> Page:
    """All rounds of the person's regions, newest first, with how many cases are done."""
    rows = list(
        EvaluationRound.select(EvaluationRound, Region)
        .join(Region)
        .where(EvaluationRound.region.in_(my_regions() or [0]))
        .order_by(EvaluationRound.year.desc(), EvaluationRound.id.desc())
        .limit(200)
    )
    return render_template("city/rounds.html", rounds=rows, counts=_counts([row.id for row in rows]))


def _counts(rounds: list[int]) -> dict[int, tuple[int, int]]:
    """Round → cases, finished cases."""
    rows = Case.select(Case.round, Case.outcome, fn.COUNT(Case.id).alias("n")).where(Case.round.in_(rounds or [0]))
    found: dict[int, tuple[int, int]] = {}
    for row in rows.group_by(Case.round, Case.outcome):
        total, done = found.get(row.round_id, (0, 0))
        found[row.round_id] = (total + row.n, done + (row.n if row.outcome == "finished" else 0))
    return found


def _region() -> Region:
    """The region asked for, or the person's only one. Raises OutOfScope."""
    regions = my_regions()
    asked = request.values.get("region", "")
    chosen = number(asked) if asked else regions[0]
    if chosen not in regions:
        raise OutOfScope
    region = Region.get_by_id(chosen)
    use_region(region)
    return region


@pages.get("/rounds/new")
@open_to(ROLE)
def round_new() -> Page:
    """The form for a new round."""
    return _draw(_region())


def _draw(region: Region, refusal: Refusal = NOTHING) -> str:
    policy = definitions.current_policy(region, clock.today())
    procedures = policy.definition("procedures")["procedures"] if policy and policy.has("procedures") else []
    return render_template(
        "city/round_new.html",
        region=region,
        regions=list(Region.select().where(Region.id.in_(my_regions()))),
        policy=policy,
        procedures=[p for p in procedures if p.get("workflow") and not is_outside_rounds(p)],
        refusal=refusal,
        this_year=clock.today().year,
    )


@pages.post("/rounds/new")
@open_to(ROLE)
def round_create() -> Page:
    """Set up the round and go on to its plan."""
    region = _region()

    def work() -> Receipt:
        title, year = request.form.get("title", "").strip(), request.form.get("year", "").strip()
        faults: dict[str, str] = {}
        if not (year.isascii() and year.isdigit() and len(year) == 4):
            faults["year"] = "请填写四位数的年份。"
        if faults:
            raise Refused("".join(faults.values()), faults)
        made = verbs.create_round(viewer(), region, request.form.get("procedure", ""), int(year), title)
        return {"round": made.id, "message": "批次已建立，请接着定年度实施方案。"}

    return carry_out(
        work, lambda receipt: url_for(".plan", round_id=receipt["round"]), lambda refusal: _draw(region, refusal)
    )

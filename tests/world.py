"""A world for tests: Qinhuangdao from its own pack, people, carriers, one open round, and steps to any stage.

    world = build()                       # three carriers, their people, one open round
    case = world.cases[0]
    submit(world, case); forward(world, case)          # district, then city
    to_panel / to_determination / to_notice / to_closed(world, case)

Everything goes through the verbs that the pages use.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from core import clock, storage
from core.cases import (
    acting,
    definitions,
    determining,
    files,
    noticing,
    panels,
    rounds,
    scoring,
    submitting,
)
from core.cases.action import Receipt, new_token
from core.cases.importing import import_region
from core.cases.panel_opinion import Opinion, record_opinion
from core.models import Account, Carrier, Case, Draft, EvaluationRound, PublicNotice, Region
from core.people.scope import Viewer, viewer_of
from core.policy.pack import RegionPack, load_region
from core.policy.scheme import scheme_of
from forms.definition import Field
from tests import factories

PACK = Path(__file__).parent.parent / "plugins" / "qinhuangdao"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

LISTS = {
    "tenant_list": "tenants",
    "intermediary_list": "intermediaries",
    "activity_list": "activities",
    "mentor_session_list": "mentor_sessions",
    "technical_service_list": "technical_services",
}

PLAN = {
    "cutoff": "2023-05-31",
    "period_from": "2022-01-01",
    "period_to": "2022-12-31",
    "submission_deadline": "2023-06-30",
    "schedule": "六月填报，七月审核，八月评审",
    "material_format": "网上填报，佐证传扫描件",
}


@dataclass
class World:
    """Everybody and everything of the world; `clerks[i]` belongs to `carriers[i]` and `cases[i]`."""

    region: Region
    round: EvaluationRound
    carriers: list[Carrier]
    cases: list[Case]
    clerks: list[Account]
    district_reviewer: Account
    other_district_reviewer: Account
    city_reviewer: Account
    experts: list[Account]
    finance: Account
    policy_officer: Account
    answers: dict[int, dict[str, Any]] = field(default_factory=dict)


@cache
def pack() -> RegionPack:
    """Qinhuangdao's pack, read once a process."""
    return load_region(PACK)


def viewer(account: Account) -> Viewer:
    """The person as the rules see them now."""
    return viewer_of(Account.get_by_id(account.id))


def fresh(case: Case) -> Case:
    """The case as it stands."""
    return Case.get_by_id(case.id)


def build(carriers: int = 3, experts: int = 3, folder: str | Path = "/tmp/kaoping-test-files") -> World:
    """Make the world and open its round on the policy day. Attachments go to `folder`."""
    storage.use(f"file://{folder}")
    region = import_region(pack())
    haigang = factories.district(region, "haigang")
    changli = factories.district(region, "changli", "昌黎县")
    rows = [factories.carrier(haigang, f"演示众创空间{n}") for n in range(1, carriers + 1)]
    city = factories.account("city_reviewer", region=region)
    world = World(
        region=region,
        round=EvaluationRound(),
        carriers=rows,
        cases=[],
        clerks=[factories.account("carrier_clerk", carrier=row) for row in rows],
        district_reviewer=factories.account("district_reviewer", district=haigang),
        other_district_reviewer=factories.account("district_reviewer", district=changli),
        city_reviewer=city,
        experts=[factories.account("expert", region=region) for _ in range(experts)],
        finance=factories.account("finance", region=region),
        policy_officer=factories.account("policy_officer", region=region),
    )
    _open(world)
    return world


def _open(world: World) -> None:
    person = viewer(world.city_reviewer)
    year = clock.today().year
    made = rounds.create_round(person, world.region, "makerspace_evaluation", year, f"{year} 年度众创空间绩效评价")
    panels.form_panel(person, made.id, [expert.id for expert in world.experts])
    plan = {**PLAN, "scoring_rules": str(definitions.in_force(world.region, clock.today())[scheme_name(world)])}
    rounds.save_plan(person, made.id, plan, made.version)
    rounds.set_participants(person, made.id, {row.id: (True, "") for row in world.carriers})
    rounds.open_round(person, made.id, new_token())
    world.round = EvaluationRound.get_by_id(made.id)
    world.cases = list(Case.select().where(Case.round == made.id).order_by(Case.id))


def scheme_name(world: World) -> str:
    """The pinned name of the region's only scheme."""
    pinned = definitions.in_force(world.region, clock.today())
    return next(name for name in pinned if name.startswith("indicators/"))


def credit_code(first17: str) -> str:
    """An invented credit code with the check character that GB 32100-2015 asks for."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total = sum(alphabet.index(mark) * pow(3, place, 31) for place, mark in enumerate(first17))
    return first17 + alphabet[-total % 31]


def value_for(asked: Field, seed: int) -> Any:
    """A plausible answer to a field, as it would be stored; figures grow with `seed`."""
    if asked.type == "integer":
        return seed + 20
    if asked.type in ("decimal", "money", "percent"):
        return str(seed + 20)
    samples: dict[str, Any] = {
        "text": "演示内容",
        "long_text": "演示内容，均为虚构。",
        "date": "2022-06-30",
        "month": "2022-06",
        "yes_no": True,
        "credit_code": credit_code("91130300MA07Q3BE4"),
        "phone": "0335-3000000",
        "id_number": "11010519491231002X",
        "email": "yanshi@example.com",
    }
    if asked.type in ("choice", "choices"):
        first = asked.choices[0].key
        return first if asked.type == "choice" else [first]
    if asked.type == "table":
        return [{column.key: value_for(column, seed) for column in asked.columns}]
    return samples[asked.type]


def fill(world: World, case: Case, seed: int = 0, **answers: Any) -> None:
    """Fill the draft of a case with complete answers and one file under every evidence field."""
    form = definitions.fill_form(case).definition
    clerk = viewer(world.clerks[world.cases.index(case)])
    filled = {
        asked.key: value_for(asked, seed)
        for section in form.sections
        for asked in section.fields
        if asked.type not in ("files", "calculated")
    }
    # parts stay within their wholes, and lists have as many rows as the figure beside them says
    filled.update({"tenants": 20 + seed, "service_staff": 6, "trained_staff": min(6, 2 + seed)})
    filled.update({key: 5 for key in ("mentors", "new_tenants", "tenants_with_ip", "funded_tenants")})
    filled.update({"resident_tech_enterprises": 12, "resident_tech_teams": 3, **answers})
    for table, figure in LISTS.items():
        filled[table] = filled[table] * int(filled[figure])
    known = {asked.key for section in form.sections for asked in section.fields}
    kept = {key: value for key, value in filled.items() if key in known}
    Draft.update(answers=kept, raw={}, revision=Draft.revision + 1).where(Draft.case == case).execute()
    for section in form.sections:
        for asked in section.fields:
            if asked.type == "files" and asked.required and fresh(case).stage == "fill":
                files.attach(clerk, case.id, asked.key, f"{asked.key}.pdf", io.BytesIO(PDF + asked.key.encode()))


def submit(world: World, case: Case, seed: int = 0, **answers: Any) -> Receipt:
    """Fill and submit."""
    fill(world, case, seed, **answers)
    clerk = viewer(world.clerks[world.cases.index(case)])
    return submitting.submit(clerk, case.id, fresh(case).stage_version, new_token())


def opinion_for(case: Case) -> dict[str, Any]:
    """A complete opinion for the stage a case is in, everything in order."""
    stage = definitions.workflow_of(case).stage(fresh(case).stage)
    if not stage.opinion_form:
        return {}
    form = definitions.form_in(definitions.policy_of(case), stage.opinion_form).definition
    return {
        asked.key: value_for(asked, 0)
        for section in form.sections
        for asked in section.fields
        if asked.type not in ("files", "calculated")
    }


def forward(world: World, case: Case) -> Receipt:
    """Forward a case from the review stage it is in."""
    person = world.district_reviewer if fresh(case).stage == "district_review" else world.city_reviewer
    decision = acting.Decision(opinion=opinion_for(fresh(case)))
    return acting.act(viewer(person), case.id, "forward", decision, fresh(case).stage_version, new_token())


def return_case(world: World, case: Case, reasons: dict[str, str] | None = None) -> Receipt:
    """Return a case to its carrier from the review stage it is in."""
    person = world.district_reviewer if fresh(case).stage == "district_review" else world.city_reviewer
    decision = acting.Decision(reasons=reasons or {"area_m2": "与租赁合同不一致"})
    return acting.act(viewer(person), case.id, "return", decision, fresh(case).stage_version, new_token())


def to_panel(world: World, case: Case, seed: int = 0, **answers: Any) -> None:
    """Bring a case before the panel."""
    submit(world, case, seed, **answers)
    forward(world, case)
    forward(world, case)


def pledge(world: World) -> None:
    """All experts sign the pledge."""
    for expert in world.experts:
        panels.sign_pledge(viewer(expert), world.round.id, "我承诺保密，不收受礼品礼金。")


def score(world: World, case: Case, expert: Account, share: str = "0.8") -> None:
    """One expert declares no conflict, gives each judged indicator this share of its weight, and signs."""
    from decimal import Decimal

    person = viewer(expert)
    panels.declare_no_conflict(person, case.id, new_token())
    _, _, sheet = scoring.open_sheet(person, case.id)
    scheme = scheme_of(definitions.policy_of(case))
    points = {i.code: str(i.weight_points * Decimal(share)) for i in scheme.indicators if not i.quantitative}
    kept = scoring.save_sheet(person, case.id, {"points": points, "opinion": "总体良好。"}, sheet.version)
    scoring.sign_sheet(person, case.id, kept.version, new_token())


def to_determination(world: World, case: Case, seed: int = 0, share: str = "0.8", **answers: Any) -> None:
    """Bring a case through the panel."""
    to_panel(world, case, seed, **answers)
    pledge(world)
    for expert in world.experts:
        score(world, case, expert, share)
    record_opinion(viewer(world.city_reviewer), case.id, Opinion(["desk_review"], "专家组意见。"), new_token())
    determining.conclude_panel(viewer(world.city_reviewer), case.id, fresh(case).stage_version, new_token())


def check(world: World, case: Case, **found: Any) -> None:
    """Record every check the determination needs: nothing against the carrier unless `found` says so."""
    for needed in determining.missing_checks(fresh(case)):
        usual: Any = False if needed.type == "yes_no" else "12"
        value = found.get(needed.key, usual)
        note = "经核查" if value is True else ""
        determining.record_check(viewer(world.city_reviewer), case.id, needed.key, value, note)


def determine(world: World, case: Case, **found: Any) -> None:
    """Record the checks and determine."""
    check(world, case, **found)
    determining.determine_case(viewer(world.city_reviewer), case.id, fresh(case).stage_version, new_token())


def to_notice(world: World, *cases: Case, **found: Any) -> PublicNotice:
    """Bring cases through determination and publish them in one notice."""
    for number, case in enumerate(cases):
        if fresh(case).stage == "fill":
            to_determination(world, case, number)
    for case in cases:  # after all have come: the best of the round is frozen at the first determination
        determine(world, case, **found)
    chosen = [case.id for case in cases]
    receipt = noticing.publish_notice(
        viewer(world.city_reviewer), world.round.id, chosen, "市科技局，电话 0335-3000000（虚构）", new_token()
    )
    return PublicNotice.get_by_id(receipt["notice"])


def to_closed(world: World, *cases: Case, **found: Any) -> PublicNotice:
    """Bring cases to their end: the notice has run its days and is closed."""
    notice = to_notice(world, *cases, **found)
    with clock.policy_date(date.fromordinal(notice.last_day.toordinal() + 1)):
        noticing.close_notice(viewer(world.city_reviewer), notice.id, new_token())
    return PublicNotice.get_by_id(notice.id)

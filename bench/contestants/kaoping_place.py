"""A region of our own for the measurements: the 24-field form, the five-step workflow, people, cases with drafts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from work import HIGH, LONGEST, LOW, NUMERIC_FIELDS, REGIONS, TEXT_FIELDS, form_data, users

from core import clock
from core.cases import definitions
from core.cases.authoring_regions import create_region, read_districts
from core.models import (
    ALL,
    Account,
    Carrier,
    Case,
    DefinitionVersion,
    District,
    Draft,
    EvaluationRound,
    Grant,
    Organisation,
    Region,
    database,
)
from core.people.scope import Reach, Viewer, viewer_of
from core.policy.source import digest
from forms.compile import CompiledForm, compiled
from forms.definition import load_form

DAY = date(2023, 6, 1)
MOMENT = datetime(2023, 6, 1, 2, tzinfo=UTC)
GRANTED = {"carrier": "carrier_clerk", "district": "district_reviewer", "city": "city_reviewer"}
CLOCK = 'basis = "practice"\nclock = { kind = "working_days", days = 5, when_over = "remind", clause = "测量", basis = "practice" }'


def form_text() -> str:
    """The form of B2 as a definition of ours: 18 numbers and 6 texts."""
    asked = [
        f'[[sections.fields]]\nkey = "{name}"\nlabel = "{name}"\ntype = "decimal"\nplaces = 2\nmin = "{LOW}"\n'
        f'max = "{HIGH}"\nrequired = true'
        for name in NUMERIC_FIELDS
    ] + [
        f'[[sections.fields]]\nkey = "{name}"\nlabel = "{name}"\ntype = "text"\nmax = "{LONGEST}"\nrequired = true'
        for name in TEXT_FIELDS
    ]
    head = 'key = "generic"\ntitle = "绩效评价申报"\nversion = "1"\nclause = "测量"\nbasis = "practice"\n'
    return head + '[[sections]]\nkey = "all"\ntitle = "申报"\n' + "\n".join(asked) + "\n"


def form() -> CompiledForm:
    """The form, compiled."""
    return compiled(load_form(form_text(), "form.toml"))


def workflow_text(clocks: bool) -> str:
    """The five steps; with `clocks` both reviews and the notice count working days, as cities' workflows do."""
    text = (Path(__file__).parent / "b1_workflow.toml").read_text(encoding="utf-8")
    if clocks:
        for key in ("district_review", "city_review", "notice"):
            head, tail = text.split(f'[[stages]]\nkey = "{key}"', 1)
            text = head + f'[[stages]]\nkey = "{key}"' + tail.replace('basis = "practice"', CLOCK, 1)
    return text


def make(cases: int, *, clocks: bool = False) -> None:
    """All tables and everybody; `cases` cases stand at filling in, their drafts complete."""
    clock.follow(lambda: DAY)
    database.obj.create_tables(ALL)
    with database.atomic():
        region = _region(clocks)
        districts = {d.key: d for d in District.select()}
        carriers = _carriers(region, districts, cases)
        _people(region, districts)
        _round(region, carriers)


def _region(clocks: bool) -> Region:
    founder = Account.create(username="founder", display_name="系统管理员", password_hash="", created_at=MOMENT)
    Grant.create(account=founder, role="system_admin", granted_at=MOMENT)
    names = read_districts("\n".join(f"{key} {key}区" for key in REGIONS))
    made = create_region(viewer_of(founder), "bench", "某市", "某市科学技术局", names, "founding")
    for kind, text in (("form", form_text()), ("workflow", workflow_text(clocks))):
        key = "generic" if kind == "form" else "default"
        chosen = (DefinitionVersion.kind == kind) & (DefinitionVersion.key == key)
        DefinitionVersion.update(text=text, digest=digest(text)).where(chosen).execute()
    definitions._policy.cache_clear()
    return Region.get_by_id(made["region"])


def _carriers(region: Region, districts: dict[str, District], cases: int) -> list[Carrier]:
    owner = Organisation.create(region=region, name="某公司", credit_code="91130300MA0000000X")
    return [
        Carrier.create(
            region=region,
            district=districts[REGIONS[n % len(REGIONS)]],
            organisation=owner,
            name=f"众创空间 {n}",
            recognised_on=date(2019, 11, 1),
        )
        for n in range(cases)
    ]


def _people(region: Region, districts: dict[str, District]) -> None:
    for uid, role, where in users():
        account = Account.create(username=f"{role}-{where}", display_name=role, password_hash="", created_at=MOMENT)
        bound = {"district": districts[where]} if role == "district" else {}
        if role != "carrier":  # a clerk has a grant for each carrier; B1 names the one at hand
            Grant.create(account=account, region=region, role=GRANTED[role], granted_at=MOMENT, **bound)
        assert account.id == uid + 1, "the founder comes first"


def _round(region: Region, carriers: list[Carrier]) -> None:
    pinned = definitions.in_force(region, DAY)
    round_ = EvaluationRound.create(
        region=region, procedure="default", year=2023, title="2023 年度", status="open", pinned=pinned,
        plan={}, created_at=MOMENT, opened_at=MOMENT, opened_on=DAY,
    )  # fmt: skip
    for n, carrier in enumerate(carriers):
        case = Case.create(
            number=f"B{n:06d}", region=region, district=carrier.district, round=round_, carrier=carrier,
            procedure="default", stage="fill", entered_stage_on=DAY, created_at=MOMENT,
        )  # fmt: skip
        answers = {k: str(v) if isinstance(v, float) else v for k, v in form_data(n).items()}
        Draft.create(case=case, answers=answers, saved_at=MOMENT)


def actors() -> dict[int, Viewer]:
    """Each reviewer of the workload by id, as the rules see them."""
    return {uid: viewer_of(Account.get_by_id(uid + 1)) for uid, role, _ in users() if role != "carrier"}


def clerk(actor: int, carrier: int) -> Viewer:
    """The clerk of one carrier."""
    return Viewer(actor + 1, "carrier", (Reach("carrier_clerk", 1, None, carrier),))

"""A generic region with a district's and a city's service centre, and procedures of every opener, for page tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from core.cases.importing import import_region
from core.models import Account, Carrier, District, Region
from core.policy.pack import load_region
from tests import factories

DAY = date(2024, 3, 4)

REGION = """
key = "centres"
name = "演示市"
bureau = "演示市工信局"
centre = "演示市服务中心"
[[districts]]
key = "east"
name = "东区"
authority = "东区主管部门"
centre = "东区服务中心"
[[districts]]
key = "west"
name = "西区"
authority = "西区主管部门"
"""
DOCUMENTS = """
key = "centres"
[[documents]]
number = "演示〔2024〕1号"
title = "演示办法"
version = "2024"
in_force_from = 2024-01-01
in_force_to = 2024-12-31
clause = "第一条"
"""
FIELD = """
[[sections.fields]]
key = "{key}"
label = "{label}"
type = "{type}"
required = true
"""
FORM = """
key = "{key}"
version = "2024"
title = "{title}"
[[sections]]
key = "main"
title = "内容"
"""
PROCEDURE = """
[[procedures]]
key = "{key}"
name = "{name}"
every = "{every}"
carrier_kinds = ["demonstration_platform", "demonstration_base"]
opened_by = {by}
form = "{form}"
workflow = "{key}"
clause = "第一条"
guide = "{name}的说明"
"""
FLOW = """
key = "{key}"
name = "{name}"
procedure = "{key}"
start = "fill"
"""
STAGE = """
[[stages]]
key = "{key}"
name = "{name}"
kind = "{kind}"
role = "{role}"
scope = "{scope}"
form = "{form}"
clause = "第一条"
"""
ACTION = """
[[stages.actions]]
key = "{key}"
name = "{name}"
to = "{to}"
effect = "{effect}"
needs = {needs}
"""
REPORTING = """
key = "centres"
[[reports]]
key = "quarterly"
name = "季度报告"
period = "quarterly"
clause = "第一条"
"""
SCOPES = {"carrier_clerk": "carrier", "district_reviewer": "district", "district_centre": "district"}
PROCEDURES: dict[str, tuple[str, str, str, list[str]]] = {
    # key: name, every, who opens (and fills unless it is the carrier's own), who reviews after
    "spot_check": ("实地检查", "on_demand", "city_centre", []),
    "targets": ("年度目标", "on_demand", "city_reviewer", ["carrier_clerk"]),
    "yearly_check": ("年度核查", "on_demand", "district_reviewer", ["city_reviewer"]),
    "visit": ("上门服务", "on_demand", "district_centre", []),
    "letter": ("责任书", "on_demand", "carrier_clerk", ["city_centre"]),
    "quarterly": ("季度报告", "quarter", "carrier_clerk", ["district_centre", "district_reviewer", "city_centre"]),
}


@dataclass
class Place:
    """The region with its people: `clerks[i]` belongs to `carriers[i]`; the last carrier is in the other district."""

    region: Region
    east: District
    west: District
    carriers: list[Carrier]
    clerks: list[Account]
    people: dict[str, Account]


def build(folder: Path, carriers: int = 3) -> Place:
    """Write the pack, import it, and give it people and carriers, the last one in the other district."""
    region = import_region(load_region(_pack(folder)))
    east, west = District.select().where(District.region == region).order_by(District.id)
    rows = [_carrier(east if n < carriers else west, n) for n in range(1, carriers + 1)]
    people = {
        "district_reviewer": factories.account("district_reviewer", district=east),
        "district_centre": factories.account("district_centre", district=east),
        "other_centre": factories.account("district_centre", district=west),
        "other_reviewer": factories.account("district_reviewer", district=west),
        "city_reviewer": factories.account("city_reviewer", region=region),
        "city_centre": factories.account("city_centre", region=region),
        "elsewhere": factories.account("city_centre", region=factories.region("elsewhere", "外市")),
    }
    clerks = [factories.account("carrier_clerk", carrier=row) for row in rows]
    return Place(region, east, west, rows, clerks, people)


def _carrier(district: District, number: int) -> Carrier:
    kind = "demonstration_platform" if number % 2 else "demonstration_base"
    return factories.carrier(district, f"演示平台{number:03d}", kind=kind)


def _pack(folder: Path) -> Path:
    files = {"region.toml": REGION, "documents.toml": DOCUMENTS, **_forms(), **_policy()}
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def _forms() -> dict[str, str]:
    def form(key: str, title: str, *fields: tuple[str, str, str]) -> str:
        asked = [FIELD.format(key=name, label=label, type=kind) for name, label, kind in fields]
        return FORM.format(key=key, title=title) + "".join(asked)

    return {
        "forms/notes.toml": form("notes", "记录", ("found", "情况", "text"), ("sessions", "活动场次", "integer")),
    }


def _policy() -> dict[str, str]:
    found = {"policy/2024/reporting.toml": REPORTING, "policy/2024/procedures.toml": 'key = "centres"\n' + "".join(_procedure(key, *row) for key, row in PROCEDURES.items())}
    for key, row in PROCEDURES.items():
        found[f"policy/2024/workflow/{key}.toml"] = _flow(key, *row)
    return found


def _procedure(key: str, name: str, every: str, opener: str, _then: list[str]) -> str:
    by = "city_centre" if key == "letter" else opener  # opened for the carrier, which fills it
    return PROCEDURE.format(key=key, name=name, every=every, by=f'["{by}"]', form="notes")


def _flow(key: str, name: str, _every: str, opener: str, then: list[str]) -> str:
    stages = [("fill", f"{name}填写", "fill", opener, "notes")]
    stages += [(f"{role}_review", f"{name}审核{n}", "review", role, "") for n, role in enumerate(then, 1)]
    text = FLOW.format(key=key, name=name)
    for place, (stage, title, kind, role, form) in enumerate(stages):
        to = stages[place + 1][0] if place + 1 < len(stages) else "closed"
        text += STAGE.format(key=stage, name=title, kind=kind, role=role, scope=SCOPES.get(role, "region"), form=form)
        effect = "submit" if kind == "fill" else "forward"
        text += ACTION.format(key=effect, name="提交" if kind == "fill" else "同意", to=to, effect=effect, needs="[]")
        if kind == "review":
            text += ACTION.format(key="return", name="退回", to="fill", effect="return", needs='["reasons"]')
    return text + STAGE.format(key="closed", name="办结", kind="closed", role="", scope="", form="")


def answers(**more: Any) -> dict[str, str]:
    """What a complete form holds, as it is posted."""
    return {"found": "一切正常", "sessions": "12", **more}

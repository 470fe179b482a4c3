"""A definition begun in the browser: a draft of a new kind and key with the least that can be read and published."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import tomli_w
from peewee import IntegrityError

from core import clock
from core.cases.action import Receipt, once
from core.cases.admin_events import record
from core.cases.authoring_checks import KINDS
from core.errors import OutOfScope, Refused
from core.models import DefinitionVersion, Region
from core.people.scope import Viewer
from core.policy.source import canonical, digest

KEY = re.compile(r"[a-z][a-z0-9_]{1,59}")
SEVERAL = frozenset({"form", "workflow", "indicators", "plan", "parameters", "clocks", "documents"})
"""Kinds of which a region may have several; of the others the one that is there is changed."""

_PRACTICE = {"clause": "工作惯例", "basis": "practice"}
_FACT = {"key": "met", "name": "条件成立", "type": "yes_no", **_PRACTICE}
_Text = Callable[[str, str, str], dict[str, Any]]


def new_definition(viewer: Viewer, region_id: int, kind: str, key: str, name: str, token: str) -> Receipt:
    """Begin a draft of a definition that the region does not have yet. Raises Refused with the fields, OutOfScope."""

    def work() -> Receipt:
        region = Region.get_or_none(Region.id == region_id)
        if region is None or not viewer.has("policy_officer", region.id) or kind not in _TEXTS:
            raise OutOfScope
        wanted = key.strip() or _free_key(region, kind)
        faults = _faults(region, kind, wanted, name.strip())
        if faults:
            raise Refused("".join(faults.values()), faults)
        data = least(kind, wanted, name.strip(), str(clock.today().year))
        if kind == "workflow":
            data["stages"][0]["form"] = _some_form(region)
        made = create_draft(viewer, region, kind, wanted, data)
        return {"definition": made.id, "message": f"已新建{KINDS[kind]}“{name.strip()}”的草稿，改好、核对后发布。"}

    return once(token, work)


def create_draft(viewer: Viewer, region: Region, kind: str, key: str, data: dict[str, Any]) -> DefinitionVersion:
    """The first draft of a definition, inside the caller's transaction. Raises Refused where its key was just taken."""
    text = canonical(tomli_w.dumps(data))
    try:
        made = DefinitionVersion.create(
            region=region,
            kind=kind,
            key=key,
            version=str(clock.today().year),
            digest=digest(text),
            origin="administrator",
            text=text,
            status="draft",
            created_by=viewer.account,
            created_at=clock.now(),
        )
    except IntegrityError as fault:
        raise Refused(f"刚有别人用了代号“{key}”，请换一个。", {"key": "这个代号刚被别人用了"}) from fault
    record(viewer, "definition_drafted", {"definition": made.id, "from": None, "version": made.version})
    return made


def _free_key(region: Region, kind: str) -> str:
    """A key for who does not want to think of one."""
    rows = DefinitionVersion.select(DefinitionVersion.key).where(
        (DefinitionVersion.region == region) & (DefinitionVersion.kind == kind)
    )
    taken = {row.key for row in rows}
    if kind not in SEVERAL:
        return kind
    return next(f"{kind}_{number}" for number in range(1, len(taken) + 2) if f"{kind}_{number}" not in taken)


def _some_form(region: Region) -> str:
    """A form that a new workflow may begin with; the officer chooses another."""
    rows = DefinitionVersion.select(DefinitionVersion.key).where(
        (DefinitionVersion.region == region) & (DefinitionVersion.kind == "form") & (DefinitionVersion.status == "published")
    )
    return next((str(row.key) for row in rows.order_by(DefinitionVersion.key)), "form")


def kinds_to_begin() -> list[tuple[str, str]]:
    """The kinds that can be begun, with their names, in the order of lists."""
    return [(kind, name) for kind, name in KINDS.items() if kind in _TEXTS]


def _faults(region: Region, kind: str, key: str, name: str) -> dict[str, str]:
    faults = {}
    if not KEY.fullmatch(key):
        faults["key"] = "代号用小写字母开头，由小写字母、数字和下划线组成，2 到 60 个字符。"
    if not 2 <= len(name) <= 80:
        faults["name"] = "请写明名称，2 到 80 个字。"
    rows = DefinitionVersion.select().where((DefinitionVersion.region == region) & (DefinitionVersion.kind == kind))
    taken = {row.key for row in rows if row.status != "withdrawn" or row.key == key}
    if key in taken:
        faults["key"] = f"已经有代号为“{key}”的{KINDS[kind]}，请换一个代号，或在它的版本里另存草稿。"
    elif taken and kind not in SEVERAL:
        faults["kind"] = f"这个地区已经有{KINDS[kind]}，只能有一份，请在它的版本里另存草稿。"
    return faults


def least(kind: str, key: str, name: str, year: str) -> dict[str, Any]:
    """The least of a kind that can be read; what stands in it is practice, never a figure of a policy."""
    return {"key": key, **_TEXTS[kind](key, name, year)}


def _one(slot: str, **more: Any) -> _Text:
    """A definition that is one list, begun with a single entry called as the whole."""
    return lambda _key, name, _year: {
        "name": name, slot: [{"key": f"{slot.rstrip('s')}_1", "name": name, **more, **_PRACTICE}]
    }  # fmt: skip


def _form(_key: str, name: str, year: str) -> dict[str, Any]:
    question = {"key": "field_1", "label": "填写内容", "type": "long_text", **_PRACTICE}
    section = {"key": "section_1", "title": "第一部分", "fields": [question]}
    return {"title": name, "version": year, **_PRACTICE, "sections": [section]}


def _workflow(key: str, name: str, _year: str) -> dict[str, Any]:
    submit = {"key": "submit", "name": "提交", "to": "review", "effect": "submit"}
    close = {"key": "close", "name": "同意并办结", "to": "closed", "effect": "close", "needs": ["opinion"]}
    back = {"key": "return", "name": "退回补正", "to": "fill", "effect": "return", "needs": ["reasons"]}
    fill = {"key": "fill", "name": "单位填报", "kind": "fill", "role": "carrier_clerk", "scope": "carrier"}
    review = {"key": "review", "name": "审核", "kind": "review", "role": "city_reviewer", "scope": "region"}
    return {
        "name": name, "procedure": key, "start": "fill",
        "stages": [
            {**fill, "basis": "practice", "actions": [submit]},
            {**review, "basis": "practice", "actions": [close, back]},
            {"key": "closed", "name": "办结", "kind": "closed", "basis": "practice", "actions": []},
        ],
    }  # fmt: skip


def _notice(_key: str, name: str, _year: str) -> dict[str, Any]:
    needs = {"person_needs": ["real_name", "contact"], "organisation_needs": ["sealed", "contact"]}
    return {
        "name": name, "enabled": True, "unit": "working_days", "length": 5, "counts_opening_day": False, **_PRACTICE,
        "objection": {"until": "last_day", **needs, **_PRACTICE}, "changed_result": {"notice_again": True, **_PRACTICE},
    }  # fmt: skip


def _documents(_key: str, name: str, year: str) -> dict[str, Any]:
    document = {"number": "（文号）", "title": name, "version": year, "in_force_from": clock.today()}
    return {"documents": [{**document, **_PRACTICE}]}


def _indicators(_key: str, name: str, _year: str) -> dict[str, Any]:
    method = {"key": "panel", **_PRACTICE}
    only = {"code": "A1", "name": "第一项指标", "group": "group_1", "weight_points": 100, "type": "qualitative"}
    return {
        "name": name, "total_weight": 100, **_PRACTICE,
        "groups": [{"key": "group_1", "name": "第一组", "weight_points": 100, **_PRACTICE}],
        "indicators": [{**only, "method": method, **_PRACTICE}],
    }  # fmt: skip


_TEXTS: dict[str, _Text] = {
    "form": _form,
    "workflow": _workflow,
    "indicators": _indicators,
    "grades": lambda _key, name, _year: {
        "name": name,
        "named": [
            {"grade": "qualified", "name": "合格", **_PRACTICE},
            {"grade": "unqualified", "name": "不合格", **_PRACTICE},
        ],
    },
    "parameters": _one("parameters", type="whole", ask="请填写这个参数的取值"),
    "procedures": _one("procedures", every="on_demand", carrier_kinds=["makerspace"]),
    "plan": _one("items", type="date"),
    "notice": _notice,
    "panel": lambda _key, name, _year: {"name": name, "minimum": 3, **_PRACTICE},
    "scope": lambda _key, name, _year: {
        "name": name,
        "facts": [{"key": "enrolled_on", "name": "纳入日", "type": "date", **_PRACTICE}],
        "conditions": [{"key": "condition_1", "name": name, "when": "true", **_PRACTICE}],
    },
    "facts": _one("facts", type="yes_no"),
    "vetoes": lambda _key, name, _year: {
        "name": name, "vetoes": [{"key": "veto_1", "name": name, "grade": "unqualified", **_PRACTICE}]
    },
    "consequences": _one("consequences", when='grade == "unqualified"'),
    "awards": lambda _key, name, _year: {
        "name": name, "amounts": [{"title": "makerspace", "grade": "excellent", "yuan": 0, **_PRACTICE}]
    },
    "clocks": _one("clocks", kind="working_days", days=5),
    "eligibility": lambda _key, name, _year: {
        "name": name, "facts": [_FACT], "rules": [{"key": "rule_1", "name": name, "when": "true", **_PRACTICE}]
    },
    "enrolment": lambda _key, name, _year: {
        "name": name, "facts": [_FACT], "approved_when": "met",
        "titles": [{"key": "makerspace", "name": name, "directly": False, **_PRACTICE}],
    },
    "exit": lambda _key, name, _year: {
        "name": name, "facts": [_FACT, {**_FACT, "key": "left_on", "name": "退出日", "type": "date"}],
        "grounds": [
            {"key": "ground_1", "name": name, "applies_when": "met", "exits_when": "met", "effective": "left_on",
             **_PRACTICE}
        ],
    },
    "corrective_action": _one("consequences", when='outcome != "passed"'),
    "reporting": _one("reports", period="monthly"),
    "work_report": lambda _key, name, _year: {
        "title": name,
        "parts": [{"key": "part_1", "name": "工作情况", "paragraphs": [{"text": "本年工作情况。"}], **_PRACTICE}],
    },
    "documents": _documents,
}  # fmt: skip

"""What happened to a case, as plain sentences for whoever looks.

Each kind of event says in SHOWN who may read it. A kind that is not listed is shown to nobody, so that a new kind
cannot leak by being forgotten. Sentences name bodies, never persons: experts stay unknown by construction.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from flask import current_app

from core import clock
from core.models import Case, CaseEvent
from core.roles import ROLES
from core.web.words import month_day, role_name
from core.workflow.definition import Stage, Workflow

CITY, DISTRICT, CARRIER = "city", "district", "carrier"
CITY_CENTRE, DISTRICT_CENTRE = "city_centre", "district_centre"
REVIEWERS = frozenset({CITY, DISTRICT, CITY_CENTRE, DISTRICT_CENTRE})
ALL = frozenset({*REVIEWERS, CARRIER})
ONLY_CITY = frozenset({CITY})

SHOWN: dict[str, frozenset[str]] = {
    "opened": ALL,
    "submitted": ALL,
    "forwarded": ALL,
    "returned": ALL,  # narrowed further in _may_read: what happens behind the panel's door stays there
    "withdrawn": ALL,
    "scored": ALL,
    "published": ALL,
    "redetermined": ALL,
    "closed": ALL,
    "closed_unfinished": ALL,
    "marked_absent": ALL,
    "urged": ALL,
    "corrected": ALL,
    "settled": ALL,
    "site_visited": REVIEWERS,
    "reassigned": REVIEWERS,
    "signed": REVIEWERS,
    "checked": ONLY_CITY,
    "determined": ONLY_CITY,
    "panel_opinion": ONLY_CITY,
    "sheet_signed": ONLY_CITY,
    "sheet_reopened": ONLY_CITY,
    "experts_urged": ONLY_CITY,
    "recused": ONLY_CITY,
    "objected": ONLY_CITY,
    "objection_ruled": ONLY_CITY,
    "award_raised": ONLY_CITY,
    "award_amount_set": ONLY_CITY,
    "award_release": ONLY_CITY,
    "award_reversal": ONLY_CITY,
}
"""Kind of event → whose page tells it."""

TONES = {"submitted": "good", "forwarded": "good", "closed": "good", "returned": "bad", "marked_absent": "bad"}

SIMPLE = {
    "scored": "专家组评价完成",
    "published": "{bureau}公示结果",
    "redetermined": "{bureau}受理异议，重新认定",
    "closed": "公示期满，办结",
    "closed_unfinished": "{bureau}结束批次，这一件没有办结",
    "marked_absent": "{bureau}记为未参加评价",
    "urged": "单位收到催办，请尽快提交",
    "settled": "决定生效",
    "corrected": "{bureau}更正填报，原来的填报仍保留",
    "checked": "{bureau}登记一项核查",
    "determined": "{bureau}认定结果，第 {version} 版",
    "panel_opinion": "登记专家组意见",
    "sheet_signed": "一位专家签署评价表",
    "sheet_reopened": "{bureau}退回一张评价表",
    "experts_urged": "没有签字的专家收到催办",
    "recused": "一位专家回避",
    "objected": "收到对公示结果的异议",
    "objection_ruled": "{bureau}处理异议",
    "award_raised": "列入奖补台账",
    "award_amount_set": "奖补金额已定",
    "award_release": "奖补已发放",
    "award_reversal": "奖补已收缴",
    "site_visited": "{body}登记实地考察",
    "reassigned": "{body}转给同事办理",
}
_WITH_WORDS = frozenset(
    {"forwarded", "returned", "marked_absent", "corrected", "reassigned", "sheet_reopened", "objection_ruled",
     "closed_unfinished"}
)
"""Kinds whose written reason is part of the sentence, for those who may read it."""


def body_of(case: Case, stage: Stage) -> str:
    """Who acts in a stage, as a body and never as a person."""
    if stage.scope == "carrier":
        return "单位"
    if stage.role == "city_centre":
        return case.region.centre or role_name(stage.role)
    if stage.role == "district_centre" and case.district is not None:
        return case.district.centre or case.district.name
    if stage.scope == "district" and case.district is not None:
        return case.district.authority or case.district.name
    if stage.scope == "panel":
        return "专家组"
    return case.region.bureau if stage.scope == "region" else ""


@dataclass(frozen=True)
class Happened:
    """An event read: `left` is the stage it moved the case out of, `stage` where the case stood then."""

    kind: str
    at: datetime
    on: date
    said: str
    stage: str
    left: str
    to: str
    data: dict[str, Any]


def events_of(case: Case) -> list[Happened]:
    """All events of a case in order, for `sentences` to choose from; never to be shown as they are."""
    rows = CaseEvent.select(
        CaseEvent.kind, CaseEvent.occurred_at, CaseEvent.policy_date, CaseEvent.body, CaseEvent.said
    )
    found, stage = [], ""
    for row in rows.where(CaseEvent.case == case).order_by(CaseEvent.sequence):
        data = json.loads(row.body)["data"]
        found.append(
            Happened(
                row.kind,
                row.occurred_at,
                row.policy_date,
                row.said,
                stage,
                data.get("from", ""),
                data.get("to", ""),
                data,
            )
        )
        stage = data.get("to", stage)
    return found


def sentences(case: Case, workflow: Workflow, events: Iterable[Happened], side: str) -> list[dict[str, str]]:
    """The timeline for `parts/path.html`, newest first, of what this side may read."""
    items = [
        {"at": _at(event), "text": text, "tone": TONES.get(event.kind, "")}
        for _, event, text in readable(case, workflow, events, side)
    ]
    return items[::-1]


def readable(
    case: Case, workflow: Workflow, events: Iterable[Happened], side: str
) -> Iterator[tuple[int, Happened, str]]:
    """What this side may read, oldest first: the event's place in the chain (from 1), the event, its sentence."""
    versions = 0
    for place, event in enumerate(events, 1):
        if event.kind == "submitted":
            versions += 1
        if not _may_read(event, workflow, side):
            continue
        text = _sentence(case, workflow, event, versions)
        if event.said and event.kind in _WITH_WORDS and _may_read_words(event, workflow, side):
            text += f"：{event.said}"
        yield place, event, text


def _may_read(event: Happened, workflow: Workflow, side: str) -> bool:
    if side not in SHOWN.get(event.kind, frozenset()):
        return False
    if event.kind == "returned" and side != CITY:
        return workflow.stage(event.to).kind in ("fill", "review")
    return True


def _may_read_words(event: Happened, workflow: Workflow, side: str) -> bool:
    """The carrier reads the words that are meant for it.

    Why it must correct, what was corrected, why it is absent, and the reason of a decision that ends its case.
    """
    if event.kind == "forwarded" and side == CARRIER:
        return bool(event.to) and workflow.stage(event.to).kind == "closed"
    if event.kind == "returned" and side == CARRIER:
        return workflow.stage(event.to).kind == "fill"
    return True


def _sentence(case: Case, workflow: Workflow, event: Happened, version: int) -> str:
    stage = workflow.by_key.get(event.left or event.stage)
    body = body_of(case, stage) if stage else ""
    if event.kind == "opened":
        return f"{case.region.bureau}开启“{case.round.title}”，列入名单" if case.round else "发起办理"
    if event.kind == "submitted":
        return f"{body}提交第 {version} 版" if version == 1 else f"{body}重报第 {version} 版"
    if event.kind == "published" and event.to and workflow.stage(event.to).kind == "closed":
        return f"{case.region.bureau}公布结果，办结"
    if event.kind == "signed":
        return f"{'、'.join(map(role_name, event.data['roles']))}一人签署同意"
    if event.kind in _MOVED:
        return _actor(case, stage, event) + _MOVED[event.kind](workflow, event, stage)
    return SIMPLE[event.kind].format(bureau=case.region.bureau, body=body, version=event.data.get("version", ""))


def _actor(case: Case, stage: Stage | None, event: Happened) -> str:
    """Who moved the case: the body of the stage, or that of the role which the action itself names."""
    if stage is None:
        return ""
    action = stage.action(event.data.get("action", ""))
    if action is None or not action.role or action.role not in ROLES:
        return body_of(case, stage)
    return body_of(case, replace(stage, role=action.role, scope=ROLES[action.role].needs))


def _forwarded(workflow: Workflow, event: Happened, stage: Stage | None) -> str:
    """A move on; one that means a decision, or ends the case, is told by the name of its action."""
    target = workflow.stage(event.to)
    action = stage.action(event.data.get("action", "")) if stage else None
    if action is not None and (action.sets or target.kind == "closed"):
        return f"：{action.name}"
    return f"同意，送“{target.name}”"


def _returned(workflow: Workflow, event: Happened, _: Stage | None) -> str:
    target = workflow.stage(event.to)
    return "退回补正" if target.kind == "fill" else f"退回“{target.name}”"


def _withdrawn(workflow: Workflow, event: Happened, _: Stage | None) -> str:
    return f"撤回，回到“{workflow.stage(event.to).name}”"


_MOVED = {"forwarded": _forwarded, "returned": _returned, "withdrawn": _withdrawn}
"""What a body did with a case that it moved, by the kind of event."""


def _at(event: Happened) -> str:
    """The policy date, which deadlines are counted by, with the hour on the wall."""
    day = month_day(event.on) if event.on.year == clock.today().year else f"{event.on.year}年{month_day(event.on)}"
    if current_app.config["DEMO"]:  # a demo's date is its own, the clock on the wall belongs to another day
        return day
    return f"{day} {clock.shanghai(event.at):%H:%M}"

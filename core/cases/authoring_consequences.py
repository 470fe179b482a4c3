"""What the system does by itself when a result has a consequence: the keys that it acts on, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from core.cases.authoring_words import Choices
from core.policy.award_recall import RECOVERED

EFFECTS = {
    "title_revoked": "撤销称号（只撤市级的）",
    "removed": "终止资格，记为退出",
    RECOVERED: "追回已发的奖励，没有发的取消",
    "priority_recommendation": "在登记册上记“优先推荐”",
    "research_dishonesty_record": "在登记册上记“科研失信记录”",
}
"""The consequences that the system acts on in every region; any other is told with the result and done by people."""


def effects(procedures: Iterable[Mapping[str, Any]]) -> Choices:
    """What a consequence may set going, by its key: the system's own, and the procedures that wait for one."""
    opened = {
        str(one["opened_by_consequence"]): f"自动发起“{one.get('name', '')}”"
        for one in procedures
        if one.get("opened_by_consequence")
    }
    return tuple(({**opened, **EFFECTS}).items())

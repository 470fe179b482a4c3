"""Work that failed too often to be tried again by itself: seen and started anew by the system administrator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core import message_channels
from core.cases.action import Receipt, once
from core.cases.admin_events import record
from core.errors import OutOfScope, Stale
from core.jobs import channels, outbox
from core.models import Message, OutboxRow
from core.people.scope import Viewer

MOST_SHOWN = 200
NAMES: Mapping[str, str] = {
    "case_moved": "办件到了下一步的提醒", "case_signed": "签署的提醒", "case_reassigned": "转办的提醒",
    "case_urged": "催办", "experts_urged": "催办专家", "round_opened": "批次开始的提醒",
    "notice_published": "公示的提醒", "results_published": "结果公布的提醒", "objection_filed": "收到异议的提醒",
    "objection_ruled": "异议处理的提醒", "award_changed": "奖补变化的提醒", "awards_of_organisation": "重算奖补",
    "award_released": "奖励发放的提醒", "replay_step": "试算", "audit_step": "核对审计链", channels.KIND: "发出通知",
}  # fmt: skip


@dataclass(frozen=True)
class Failed:
    """A row that is not tried any more: what it was to do, for whom, what went wrong last, how often it was tried."""

    id: int
    what: str
    whom: str
    error: str
    attempts: int


def failed(viewer: Viewer) -> list[Failed]:
    """The newest rows that nobody tries any more. No case is named: the system administrator reads none."""
    _require_administrator(viewer)
    return [_told(row) for row in outbox.dead_letters().limit(MOST_SHOWN)]


def _told(row: OutboxRow) -> Failed:
    what, whom = NAMES.get(row.kind, row.kind), ""
    if row.kind == channels.KIND:
        channel = message_channels.CHANNELS.get(row.payload.get("channel", ""))
        what = f"{what}（{channel.name if channel else row.payload.get('channel', '')}）"
        message = Message.get_or_none(Message.id == row.payload.get("message"))
        whom = message.account.display_name if message is not None else ""
    error = row.error.replace("，请告诉管理员", "")  # who reads it here is the administrator
    return Failed(row.id, what, whom, error, row.attempts)


def try_again(viewer: Viewer, rows: Sequence[int], token: str) -> Receipt:
    """Give failed rows a fresh start. Raises OutOfScope, and Stale when none of them is failed any more."""
    _require_administrator(viewer)

    def work() -> Receipt:
        revived = [row for row in rows if outbox.try_again(row)]
        if not revived:
            raise Stale("已经在重试，或已经办成。")
        record(viewer, "jobs_tried_again", {"rows": len(revived)})
        return {"message": f"已重新开始 {len(revived)} 条，稍后刷新看结果。"}

    return once(token, work)


def _require_administrator(viewer: Viewer) -> None:
    if "system_admin" not in viewer.roles:
        raise OutOfScope

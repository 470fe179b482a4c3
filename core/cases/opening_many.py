"""Opening a procedure for many carriers at once (批量发起): a yearly check of all, targets handed down to all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.cases import drafts, periods, standing, submitting
from core.cases.action import Receipt, once
from core.errors import Refused
from core.models import Carrier, Case
from core.people.scope import Viewer

MOST = 300
"""So many carriers in one action: one transaction stays short."""
MOST_NAMED = 5


@dataclass(frozen=True)
class Beginning:
    """How each case begins: from which day or for which period, with what already filled in, and handed on or not.

    `answers` and `submit` are for procedures that the opener fills itself; `submit` stands for the declaration that
    what is submitted is true.
    """

    since: date | None = None
    period: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    submit: bool = False


def open_many(viewer: Viewer, procedure: str, carriers: Sequence[int], start: Beginning, token: str) -> Receipt:
    """Open a case for each carrier; those that cannot have one are left out and named.

    The receipt lists the cases. Raises OutOfScope; Refused when none could be opened, or when what is to be
    submitted at once is not complete (with its fields; nothing is opened then).
    """

    def work() -> Receipt:
        chosen = list(dict.fromkeys(carriers))
        if not chosen:
            raise Refused("请先勾选单位。", {"carriers": "至少勾选一家单位。"})
        if len(chosen) > MOST:
            raise Refused(f"一次最多发起 {MOST} 家，请分几次办。", {"carriers": f"一次最多 {MOST} 家。"})
        opened, refused = [], []
        for carrier in chosen:
            try:
                opened.append(_open(viewer, procedure, carrier, start, token)["case"])
            except Refused as refusal:
                refused.append((carrier, str(refusal)))
        if not opened:
            raise Refused(_only(refused))
        for case in opened:
            _begin(viewer, case, start, token)
        return {"cases": opened, "message": _told(opened, refused, start)}

    return once(token, work)


def _open(viewer: Viewer, procedure: str, carrier: int, start: Beginning, token: str) -> Receipt:
    own = f"{token}-{carrier}"  # the same form sent again finds the same cases
    if start.period:
        return periods.open_report(viewer, procedure, carrier, start.period, own)
    return standing.open_case(viewer, procedure, carrier, own, start.since)


def _begin(viewer: Viewer, case_id: int, start: Beginning, token: str) -> None:
    if not start.answers and not start.submit:
        return
    case, draft = drafts.open_draft(viewer, case_id)
    drafts.store(viewer, draft, {**draft.answers, **start.answers}, draft.raw)
    if start.submit:
        submitting.submit(viewer, case_id, case.stage_version, f"{token}-s{case_id}", declared=True)


def _only(refused: Sequence[tuple[int, str]]) -> str:
    """Why none could be opened: the reason itself where there is only one."""
    reasons = list(dict.fromkeys(text for _, text in refused))
    return reasons[0] if len(reasons) == 1 else f"一家也没有发起。{''.join(reasons[:MOST_NAMED])}"


def _told(opened: Sequence[int], refused: Sequence[tuple[int, str]], start: Beginning) -> str:
    first = Case.get_by_id(opened[0])
    done = "已发起并提交" if start.submit else "已发起"
    text = f"{done} {len(opened)} 件" if len(opened) > 1 else f"{done}，办件号 {first.number}"
    if not refused:
        return f"{text}。"
    names = {row.id: row.name for row in Carrier.select().where(Carrier.id.in_([carrier for carrier, _ in refused]))}
    why = "".join(f"{names[carrier]}：{reason}" for carrier, reason in refused[:MOST_NAMED])
    more = "其余略。" if len(refused) > MOST_NAMED else ""
    return f"{text}；{len(refused)} 家没有发起。{why}{more}"

"""What organisations had received before this system, by title, with its source: entered by hand or from a spreadsheet.

It counts towards the caps over the years. One entry an organisation and title; each change is an audited event and
has the organisation's unpaid awards worked out again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.cases import awarding
from core.cases.action import Receipt, once
from core.cases.admin_events import record
from core.cases.register_facts import kinds_of
from core.errors import OutOfScope, Refused
from core.models import OpeningBalance, Organisation
from core.people.scope import Viewer
from core.policy.award_claims import FEN, in_yuan, yuan_of

MOST_FEN = 10**13


def save_balance(viewer: Viewer, row_id: int | None, region: int, values: Mapping[str, Any], token: str) -> Receipt:
    """Enter what an organisation had received under a title, or mend an entry (`row_id`).

    `values`: organisation (id), title, yuan (text), source. Raises Refused with the fields, OutOfScope.
    """
    return once(token, lambda: store_balance(viewer, row_id, region, values))


def store_balance(viewer: Viewer, row_id: int | None, region: int, values: Mapping[str, Any]) -> Receipt:
    """The same inside the caller's transaction."""
    row = _row(viewer, row_id, region)
    owner = Organisation.get_or_none(
        (Organisation.id == values.get("organisation")) & (Organisation.region == row.region_id)
    )
    fen, faults = _read(row, values)
    if owner is None:
        faults["organisation"] = "请选择单位。"
    elif _known(owner, str(values.get("title"))) not in (None, row.id):
        faults["title"] = f"{owner.name}的这个称号已经登记过，请改那一条。"
    if faults or owner is None:
        raise Refused("".join(faults.values()), faults)
    return _keep(viewer, row, owner, {"title": values["title"], "amount_fen": fen, "source": str(values["source"]).strip()})


def _row(viewer: Viewer, row_id: int | None, region: int) -> OpeningBalance:
    row = OpeningBalance(region=region) if row_id is None else OpeningBalance.get_or_none(OpeningBalance.id == row_id)
    if row is None or not viewer.has("policy_officer", row.region_id):
        raise OutOfScope
    return row


def amount_of(text: str) -> int | None:
    """分 of yuan as people type them; None for what is no amount."""
    amount = yuan_of(text.replace(",", "").replace("，", "").strip())
    fen = None if amount is None else int(amount * FEN)
    return None if fen is None or fen > MOST_FEN else fen


def _read(row: OpeningBalance, values: Mapping[str, Any]) -> tuple[int, dict[str, str]]:
    """分 and the faults by field."""
    faults = {}
    fen, titles = amount_of(str(values.get("yuan") or "")), kinds_of(row.region)
    if fen is None:
        faults["yuan"] = "金额要写成不小于 0 的元数，最多两位小数，例如 150000 或 150000.50。"
    if values.get("title") not in titles:
        faults["title"] = f"请写本地区的称号：{'、'.join(titles.values())}。"
    if not str(values.get("source") or "").strip():
        faults["source"] = "请写明出处，例如哪一年的拨款文件或台账。"
    return fen or 0, faults


def _known(owner: Organisation, title: str) -> int | None:
    row = OpeningBalance.get_or_none((OpeningBalance.organisation == owner) & (OpeningBalance.title == title))
    return None if row is None else int(row.id)


def _keep(viewer: Viewer, row: OpeningBalance, owner: Organisation, kept: Mapping[str, Any]) -> Receipt:
    kind = "opening_balance_entered" if row.id is None else "opening_balance_changed"
    before = {"before": row.amount_fen} if row.id is not None else {}
    row.organisation, row.title = owner, kept["title"]
    row.amount_fen, row.source = kept["amount_fen"], kept["source"]
    row.save()
    data = {"region": row.region_id, "organisation": owner.id, "title": row.title, "fen": row.amount_fen}
    record(viewer, kind, {**data, **before, "source": row.source})
    awarding.work_out_later(owner.id)
    return {"id": row.id, "message": f"已记下 {owner.name} 以前领取的 {in_yuan(row.amount_fen):,} 元。"}

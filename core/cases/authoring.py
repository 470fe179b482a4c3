"""Definitions made by administrators: copy a version as a draft, change it, publish it for good, or withdraw it.

Only a region's policy officer. A published version never changes; rounds that run stay pinned to theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import tomli_w

from core import clock
from core.cases import awarding, definitions
from core.cases.action import Receipt, once
from core.cases.admin_events import record
from core.cases.authoring_checks import findings_together, name_of
from core.cases.authoring_history import editors, remember, step_by
from core.cases.statements import is_postgresql
from core.errors import OutOfScope, Refused, Stale
from core.models import DefinitionVersion, Region
from core.people.scope import Viewer
from core.policy.source import canonical, digest, parse
from forms.findings import DefinitionError

LONGEST = 400_000
"""Characters of a definition; the largest of a pack has a twentieth of that."""


def find_definition(viewer: Viewer, definition_id: int) -> DefinitionVersion:
    """A definition of a region whose policy officer this person is. Raises OutOfScope."""
    row = DefinitionVersion.get_or_none(DefinitionVersion.id == definition_id)
    if row is None or not viewer.has("policy_officer", row.region_id):
        raise OutOfScope
    return row


def versions_of(row: DefinitionVersion) -> list[DefinitionVersion]:
    """Every version of the same definition, newest first."""
    rows = DefinitionVersion.select().where(
        (DefinitionVersion.region == row.region_id)
        & (DefinitionVersion.kind == row.kind)
        & (DefinitionVersion.key == row.key)
    )
    return sorted(rows, key=lambda one: definitions.version_order(one.version), reverse=True)


def base_of(row: DefinitionVersion) -> DefinitionVersion | None:
    """The published version that comes before this one."""
    mine = definitions.version_order(row.version)
    before = (r for r in versions_of(row) if r.status == "published" and definitions.version_order(r.version) < mine)
    return next(before, None)


def next_version(row: DefinitionVersion) -> str:
    """`2023` and `2023.2` are followed by `2023.3` when that is the first free one."""
    year = row.version.split(".")[0]
    taken = [definitions.version_order(r.version) for r in versions_of(row) if r.version.split(".")[0] == year]
    return f"{year}.{max((order[1] if len(order) > 1 else 0) for order in taken) + 1}"


def copy_as_draft(viewer: Viewer, definition_id: int, token: str) -> Receipt:
    """Start the next version from a published one. Raises Refused, OutOfScope."""

    def work() -> Receipt:
        row = find_definition(viewer, definition_id)
        if row.status != "published":
            raise Refused("只能从已发布的版本另存草稿。")
        _lock(row.region)
        made = DefinitionVersion.create(
            region=row.region,
            kind=row.kind,
            key=row.key,
            version=next_version(row),
            digest=row.digest,
            origin="administrator",
            text=row.text,
            status="draft",
            in_force_to=row.in_force_to,
            created_by=viewer.account,
            created_at=clock.now(),
        )
        record(viewer, "definition_drafted", {"definition": made.id, "from": row.id, "version": made.version})
        return {"definition": made.id, "message": f"已另存为草稿 {made.version}，可以修改。"}

    return once(token, work)


def _lock(region: Region) -> None:
    """One writer of a region's versions at a time (SQLite has only one writer anyway)."""
    if is_postgresql():
        list(Region.select(Region.id).where(Region.id == region.id).for_update())


def save_text(viewer: Viewer, definition_id: int, text: str, seen: str, token: str) -> Receipt:
    """Keep a draft's text, right or wrong; `seen` is the digest that the page showed.

    Raises Refused, Stale when somebody else saved meanwhile, OutOfScope.
    """

    def work() -> Receipt:
        row = draft_of(viewer, definition_id)
        _store(viewer, row, text, seen)
        return {"definition": row.id, "message": "草稿已保存。"}

    return once(token, work)


def change_draft(
    viewer: Viewer, definition_id: int, change: Callable[[dict[str, Any]], None], seen: str, token: str
) -> Receipt:
    """Change a draft as data (see core.cases.authoring_items); remarks in its text are lost with that.

    Raises Refused when its text cannot be read, Stale, OutOfScope.
    """

    def work() -> Receipt:
        row = draft_of(viewer, definition_id)
        data = data_of(row)
        change(data)
        _store(viewer, row, tomli_w.dumps(data), seen)
        return {"definition": row.id, "message": "草稿已保存。"}

    return once(token, work)


def go(viewer: Viewer, definition_id: int, by: int, seen: str, token: str) -> Receipt:
    """Undo (-1) or redo (+1) one saved step of a draft; `seen` is the digest that the page showed.

    Raises Refused when there is nothing that way, Stale, OutOfScope.
    """

    def work() -> Receipt:
        row = draft_of(viewer, definition_id)
        step = step_by(row, by)
        _change_text(row, step.text, seen, step.number)
        record(viewer, "definition_step", {"definition": row.id, "step": step.number, "digest": digest(step.text)})
        return {"definition": row.id, "message": "已撤销上一步。" if by < 0 else "已重做。"}

    return once(token, work)


def data_of(row: DefinitionVersion) -> dict[str, Any]:
    """A definition as data. Raises Refused while its text cannot be read."""
    try:
        return parse(row.text, name_of(row.kind, row.key))
    except DefinitionError as fault:
        raise Refused("原文的写法有误，还不能用表单修改，请先在原文里改好。") from fault


def draft_of(viewer: Viewer, definition_id: int) -> DefinitionVersion:
    """A draft of this person's region. Raises Refused for a version that is published or withdrawn, OutOfScope."""
    row = find_definition(viewer, definition_id)
    if row.status != "draft":
        raise Refused("已发布或撤回的版本不能再改，请另存为新的草稿。")
    return row


def _store(viewer: Viewer, row: DefinitionVersion, text: str, seen: str) -> None:
    if len(text) > LONGEST:
        raise Refused("内容太长，请检查是否粘贴了别的文件。", {"text": "内容太长。"})
    kept = canonical(text)
    if kept == row.text and row.digest == seen:
        return
    _change_text(row, kept, seen, remember(viewer, row, kept))
    record(viewer, "definition_draft_saved", {"definition": row.id, "digest": digest(kept)})


def _change_text(row: DefinitionVersion, text: str, seen: str, step: int) -> None:
    changed = DefinitionVersion.update(text=text, digest=digest(text), step=step).where(
        (DefinitionVersion.id == row.id) & (DefinitionVersion.digest == seen) & (DefinitionVersion.status == "draft")
    )
    if changed.execute() != 1:
        raise Stale("这份草稿刚有别人改过，这一步没有存。看过现在的内容再改；填好的还留在页上，再保存一次就用您的。")


def publish(
    viewer: Viewer,
    definition_id: int,
    in_force_from: date,
    reason: str,
    seen: str,
    token: str,
    together: Mapping[int, str] | None = None,
) -> Receipt:
    """Publish a draft for good, in force from a day on. Rounds that are open keep what they opened under.

    `together`: drafts of the region that are published in the same step, with the digest that was seen of each; what
    names one another before any of it is in force can be published in no other way.
    Raises Refused with what is wrong with it, Stale when it changed since it was looked at, OutOfScope.
    """

    def work() -> Receipt:
        wanted = {definition_id: seen, **(together or {})}
        rows = [draft_of(viewer, one) for one in wanted]
        _require_publishable(rows, in_force_from, reason)
        for row in rows:
            _require_other_eyes(viewer, row)
            _publish_one(viewer, row, in_force_from, reason.strip(), wanted[row.id])
        what = f"版本 {rows[0].version} 已发布" if len(rows) == 1 else f"{len(rows)} 份规定已一起发布"
        return {"definition": definition_id, "message": f"{what}。已开启的批次仍按开启时的版本办理。"}

    return once(token, work)


def _publish_one(viewer: Viewer, row: DefinitionVersion, in_force_from: date, reason: str, seen: str) -> None:
    changed = DefinitionVersion.update(
        status="published", in_force_from=in_force_from, reason=reason, published_at=clock.now()
    ).where(
        (DefinitionVersion.id == row.id) & (DefinitionVersion.digest == seen) & (DefinitionVersion.status == "draft")
    )
    if changed.execute() != 1:
        raise Stale("这份草稿刚有别人改过，请重新核对后再发布。")
    data = {"definition": row.id, "digest": seen, "in_force_from": in_force_from, "reason": reason}
    record(viewer, "definition_published", data)


def _require_publishable(rows: list[DefinitionVersion], in_force_from: date, reason: str) -> None:
    faults = {}
    if in_force_from < clock.today():
        faults["in_force_from"] = "生效日期不能早于今天。"
    ends = [row.in_force_to for row in rows if row.in_force_to]
    if ends and in_force_from > min(ends):
        faults["in_force_from"] = f"办法到 {min(ends)} 为止，生效日期不能更晚。"
    if not reason.strip():
        faults["reason"] = "请写明为什么改、依据哪份文件。"
    if faults:
        raise Refused("".join(faults.values()), faults)
    if len({row.region_id for row in rows}) > 1 or len({(row.kind, row.key) for row in rows}) < len(rows):
        raise Refused("一起发布的要是同一地区的规定，每份规定只选一个版本。")
    found = findings_together(rows)
    if found:
        raise Refused(f"还有 {len(found)} 处问题没有改好，不能发布。")


def _require_other_eyes(viewer: Viewer, row: DefinitionVersion) -> None:
    if row.region.four_eyes and viewer.account in editors(row):
        raise Refused("这个地区要双人发布：改过这份草稿的人不能发布，请另一位政策管理员核对后发布。")


def withdraw(viewer: Viewer, definition_id: int, reason: str, token: str) -> Receipt:
    """Give a draft up; its text is kept. Raises Refused, OutOfScope."""

    def work() -> Receipt:
        row = draft_of(viewer, definition_id)
        DefinitionVersion.update(status="withdrawn", reason=reason.strip()).where(
            (DefinitionVersion.id == row.id) & (DefinitionVersion.status == "draft")
        ).execute()
        record(viewer, "definition_withdrawn", {"definition": row.id, "reason": reason.strip()})
        return {"definition": row.id, "message": f"草稿 {row.version} 已撤回。"}

    return once(token, work)


def enter_value(
    viewer: Viewer, region_id: int, key: str, value: str, source: str, valid_from: date, token: str
) -> Receipt:
    """Enter a value that the policy leaves open, once a form. Raises Refused, OutOfScope."""

    def work() -> Receipt:
        region = Region.get_or_none(Region.id == region_id)
        if region is None:
            raise OutOfScope
        changed = awarding.enter_parameter(viewer, region, key, value, source, valid_from)
        waiting = f"，{changed} 笔等待的奖励已按此计算" if changed else ""
        return {"key": key, "message": f"已录入{waiting}。"}

    return once(token, work)

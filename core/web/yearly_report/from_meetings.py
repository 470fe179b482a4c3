"""Figures from trainings and forums, and from the common problems."""

from __future__ import annotations

from collections.abc import Iterator

from core.cases.meetings import KINDS
from core.models import Meeting, MeetingAttendance
from core.policy.work_report import Figure
from core.web.supervision.problems import collect
from core.web.supervision.year import Year
from core.web.words import month_day


def meeting_figures(of: Year) -> Iterator[Figure]:
    """For each kind of meeting: how many, who came, about what."""
    rows = [row for row in Meeting.select().where(Meeting.region == of.region) if row.held_on.year == of.year]
    names = _topic_names(of)
    for kind, name in KINDS.items():
        own = sorted((row for row in rows if row.kind == kind), key=lambda row: row.held_on)
        source = f"登记的当年{name}"
        yield Figure(f"{kind}_meetings", f"{name}次数", len(own), "次", source)
        listed = "、".join(f"{month_day(row.held_on)}“{row.title}”" for row in own) or "无"
        yield Figure(f"{kind}_list", f"{name}名称", listed, "", source)
        counted = [row.people for row in own if row.people is not None]
        people = sum(counted) if len(counted) == len(own) else None
        yield Figure(f"{kind}_people", f"{name}参加人次", people, "人次", f"{source}的参加人数相加")
        yield Figure(f"{kind}_carriers", f"参加{name}的载体", _carriers(own), "家", f"{source}的签到，一家算一次")
        topics = dict.fromkeys(names.get(key, key) for row in own for key in row.topics)
        yield Figure(f"{kind}_topics", f"{name}议题", "、".join(topics) or "无", "", f"{source}的议题")


def _topic_names(of: Year) -> dict[str, str]:
    found = collect(of)
    return dict(found.known.names) if found else {}


def _carriers(meetings: list[Meeting]) -> int:
    rows = MeetingAttendance.select(MeetingAttendance.carrier).where(
        MeetingAttendance.meeting.in_([row.id for row in meetings] or [0])
    )
    return int(rows.distinct().count())


def problem_figures(of: Year) -> Iterator[Figure]:
    """The common problems: how many carriers have which."""
    found = collect(of)
    if found is None:
        return
    source = "、".join(entry.name for entry in found.known.sources) + "里写到的，一家一种问题算一次"
    with_any = sum(bool(line.by_problem) for line in found.lines)
    yield Figure("problem_carriers", "有共性问题的载体", with_any, "家", source)
    for key, name in found.known.names.items():
        yield Figure(f"problem_{key}", f"{name}的载体", found.carriers_with(key), "家", source)
    listed = "、".join(f"{found.known.names[key]}（{found.carriers_with(key)}家）" for key in found.ordered) or "无"
    yield Figure("problem_list", "共性问题", listed, "", source)

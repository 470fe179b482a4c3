"""Trainings and forums (培训、座谈会): entering one, changing it, and which carriers came with how many people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from core import clock
from core.cases import definitions
from core.cases.action import Receipt, once
from core.cases.admin_events import record
from core.errors import OutOfScope, Refused, Stale
from core.models import Carrier, Meeting, MeetingAttendance, Region
from core.people.scope import Viewer
from core.policy.common_problems import CommonProblems, common_problems
from core.policy.version import PolicyVersion

ROLE = "city_reviewer"
KINDS = {"training": "培训", "forum": "座谈会"}
MOST_PEOPLE = 100_000
LONGEST = {"title": 160, "place": 120, "summary": 5000}
NAMES = {"title": "名称", "place": "地点", "summary": "主要内容"}


@dataclass(frozen=True)
class MeetingEntry:
    """What is known of a meeting. `topics` are keys of common problems; `attendance` maps carrier id → people.

    `people` counts everybody who came, guests included; None where nobody counted them.
    """

    kind: str
    title: str
    held_on: date | None
    place: str = ""
    topics: tuple[str, ...] = ()
    people: int | None = None
    summary: str = ""
    attendance: Mapping[int, int] = field(default_factory=dict)


def policy_of_year(region: Region, year: int) -> PolicyVersion | None:
    """The policy in force on the last day of a year, or today while that year runs; None where none is."""
    return definitions.current_policy(region, min(clock.today(), date(year, 12, 31)))


def problems_of_year(region: Region, year: int) -> CommonProblems | None:
    """The common problems that the region collects in a year, if it does."""
    policy = policy_of_year(region, year)
    return common_problems(policy) if policy is not None and policy.has("common_problems") else None


def record_meeting(viewer: Viewer, region: Region, entry: MeetingEntry, token: str) -> Receipt:
    """Enter a meeting that was held. Raises Refused with the fields, OutOfScope."""

    def work() -> Receipt:
        if not viewer.has(ROLE, region.id):
            raise OutOfScope
        _require_sound(region, entry, ())
        row = Meeting.create(region=region, **_columns(entry), recorded_by=viewer.account, recorded_at=clock.now())
        return _kept(viewer, row, entry, "meeting_recorded")

    return once(token, work)


def change_meeting(viewer: Viewer, meeting_id: int, entry: MeetingEntry, version: int, token: str) -> Receipt:
    """Change what is kept of a meeting. Raises Refused with the fields, Stale, OutOfScope."""

    def work() -> Receipt:
        row = find_meeting(viewer, meeting_id)
        _require_sound(row.region, entry, row.topics)
        changed = Meeting.update(
            **_columns(entry), version=version + 1, recorded_by=viewer.account, recorded_at=clock.now()
        ).where((Meeting.id == row.id) & (Meeting.version == version))
        if changed.execute() != 1:
            who = row.recorded_by.display_name if row.recorded_by else "别人"
            raise Stale(f"{who}刚改过这次{KINDS[row.kind]}，请刷新后再改。")
        return _kept(viewer, row, entry, "meeting_changed")

    return once(token, work)


def find_meeting(viewer: Viewer, meeting_id: int) -> Meeting:
    """A meeting of a region in which this person is the city's reviewer. Raises OutOfScope."""
    row: Meeting | None = Meeting.get_or_none(Meeting.id == meeting_id)
    if row is None or not viewer.has(ROLE, row.region_id):
        raise OutOfScope
    return row


def _columns(entry: MeetingEntry) -> dict[str, object]:
    return {
        "kind": entry.kind,
        "title": entry.title.strip(),
        "held_on": entry.held_on,
        "place": entry.place.strip(),
        "topics": list(entry.topics),
        "people": entry.people,
        "summary": entry.summary.strip(),
    }


def _kept(viewer: Viewer, row: Meeting, entry: MeetingEntry, kind: str) -> Receipt:
    MeetingAttendance.delete().where(MeetingAttendance.meeting == row.id).execute()
    for carrier, people in entry.attendance.items():
        MeetingAttendance.create(meeting=row.id, carrier=carrier, people=people)
    record(viewer, kind, {"meeting": row.id, "held_on": entry.held_on, "carriers": sorted(entry.attendance)})
    told = f"已登记{KINDS[entry.kind]}“{entry.title.strip()}”，{len(entry.attendance)} 家载体参加。"
    return {"meeting": row.id, "message": told}


def _require_sound(region: Region, entry: MeetingEntry, kept_topics: object) -> None:
    faults = {**_about_words(entry), **_about_day(entry), **dict(_about_people(region, entry))}
    known = problems_of_year(region, entry.held_on.year) if entry.held_on else None
    allowed = {*(known.names if known else ()), *(kept_topics if isinstance(kept_topics, list) else ())}
    if entry.held_on and set(entry.topics) - allowed:
        faults["topics"] = "议题里有本地没有的共性问题，请重新选。"
    if faults:
        raise Refused("".join(faults.values()), faults)


def _about_words(entry: MeetingEntry) -> dict[str, str]:
    faults = {
        key: f"{NAMES[key]}不超过 {most} 个字。" for key, most in LONGEST.items() if len(getattr(entry, key)) > most
    }
    if entry.kind not in KINDS:
        faults["kind"] = f"请选{'或'.join(KINDS.values())}。"
    if not entry.title.strip():
        faults["title"] = "请填写名称，例如“2019年度数据填报培训”。"
    return faults


def _about_day(entry: MeetingEntry) -> dict[str, str]:
    if entry.held_on is None:
        return {"held_on": "请填写哪天开的，例如 2019-05-07。"}
    return {"held_on": "日期晚于今天，开过以后再登记。"} if entry.held_on > clock.today() else {}


def _about_people(region: Region, entry: MeetingEntry) -> Iterator[tuple[str, str]]:
    if entry.people is not None and not 1 <= entry.people <= MOST_PEOPLE:
        yield "people", f"参加人数要在 1 至 {MOST_PEOPLE} 之间；没有统计的留空。"
    own = {row.id for row in Carrier.select(Carrier.id).where(Carrier.region == region)}
    if set(entry.attendance) - own:
        raise OutOfScope
    wrong = [carrier for carrier, people in entry.attendance.items() if not 1 <= people <= MOST_PEOPLE]
    for carrier in wrong:
        yield f"came-{carrier}", f"到会人数要在 1 至 {MOST_PEOPLE} 之间；没有来的留空。"
    came = sum(entry.attendance.values())
    if not wrong and entry.people is not None and came > entry.people:
        yield "people", f"各载体到会共 {came} 人，多于参加人数 {entry.people} 人，请核对。"

"""What was typed about a meeting: kept as it was typed for the page, and read for the verb."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from core.cases.meetings import MeetingEntry
from core.models import Meeting
from core.policy.facts import as_date

TEXTS = ("kind", "title", "held_on", "place", "people", "summary")


@dataclass(frozen=True)
class Typed:
    """The page's own texts, by field; `came` maps carrier id → the number as typed."""

    texts: Mapping[str, str]
    topics: tuple[str, ...] = ()
    came: Mapping[int, str] = field(default_factory=dict)

    def __getitem__(self, key: str) -> str:
        return self.texts.get(key, "")

    def faults(self) -> dict[str, str]:
        """Numbers that cannot be read, by the id of their place."""
        found = {f"came-{key}": "到会人数要写成整数。" for key, text in self.came.items() if _whole(text) is None}
        if self["people"] and _whole(self["people"]) is None:
            found["people"] = "参加人数要写成整数；没有统计的留空。"
        if self["held_on"] and as_date(self["held_on"]) is None:
            found["held_on"] = "日期要写成 2019-05-07 这样。"
        return found

    def entry(self) -> MeetingEntry:
        """What the verb takes; call it where nothing is at fault."""
        came = {key: _whole(text) or 0 for key, text in self.came.items()}
        return MeetingEntry(
            kind=self["kind"],
            title=self["title"],
            held_on=as_date(self["held_on"]),
            place=self["place"],
            topics=self.topics,
            people=_whole(self["people"]) if self["people"] else None,
            summary=self["summary"],
            attendance=came,
        )


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def posted(form: MultiDict[str, str]) -> Typed:
    """From a posted form; an empty number of people means that nobody of the carrier came."""
    came = {
        int(name[5:]): text.strip()
        for name, text in form.items()
        if name.startswith("came-") and name[5:].isascii() and name[5:].isdigit() and len(name) < 20 and text.strip()
    }
    texts = {key: form.get(key, "").strip() for key in TEXTS}
    return Typed(texts, tuple(dict.fromkeys(form.getlist("topics"))), came)


def kept(row: Meeting) -> Typed:
    """From a meeting as it is kept."""
    texts = {
        "kind": row.kind,
        "title": row.title,
        "held_on": row.held_on.isoformat(),
        "place": row.place,
        "people": "" if row.people is None else str(row.people),
        "summary": row.summary,
    }
    return Typed(texts, tuple(row.topics), {one.carrier_id: str(one.people) for one in row.attendance})

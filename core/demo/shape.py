"""What a `demo.toml` may hold (README.md beside this says it in words), and everything that is wrong with one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from re import fullmatch
from typing import Any

from core.policy.shape import Key, findings_of
from core.roles import OFFICERS, ROLES
from forms.findings import Finding

TEXT, DAY, WHOLE, YES_NO, TABLE, TEXTS = (Key(kind) for kind in ("text", "date", "whole", "yes_no", "table", "texts"))
MUST, MUST_DAY = Key("text", required=True), Key("date", required=True)
ANY = Key("any")
"""Checked by hand below: a list or a table, a name or several."""

STEP = {
    "on": MUST_DAY, "do": MUST, "by": ANY, "sections": WHOLE, "figures": ANY, "answers": TABLE, "opinion": ANY,
    "reasons": TABLE, "said": TEXT, "reason": TEXT, "share": TEXT, "grade": TEXT, "remarks": TABLE, "sign": YES_NO,
    "modes": TEXTS, "found": TABLE, "excused": YES_NO, "kind": TEXT, "name": TEXT, "contact": TEXT, "text": TEXT,
    "ruling": TEXT,
}  # fmt: skip

SHAPE: dict[str, dict[str, Key]] = {
    "people": {"username": MUST, "name": MUST, "role": Key("text", required=True, allowed=tuple(ROLES)),
               "district": TEXT, "carrier": TEXT, "show": TEXT},
    "carriers": {"key": MUST, "name": MUST, "kind": TEXT, "level": TEXT, "district": TEXT, "recognised_on": DAY,
                 "enrolled_on": DAY, "title_status": Key("text", allowed=("held", "applicant", "revoked", "exited")),
                 "title_ended_on": DAY, "facts": TABLE, "organisation": TEXT, "figures": ANY},
    "rounds": {"key": MUST, "procedure": MUST, "year": Key("whole", required=True), "title": MUST,
               "opened_on": MUST_DAY, "created_on": DAY, "by": TEXT, "plan": TABLE, "participants": TEXTS,
               "experts": TEXTS, "pledged_on": DAY},
    "plan_changes": {"round": MUST, "on": MUST_DAY, "by": TEXT, "plan": Key("table", required=True), "reason": MUST},
    "cases": {"key": TEXT, "carrier": MUST, "round": TEXT, "procedure": TEXT, "opened_on": DAY, "opened_by": TEXT,
              "opened": YES_NO, "period": TEXT, "since": DAY, "origin": TEXT, "figures": ANY, "answers": TABLE,
              "way": ANY, "path": Key("tables", shape=STEP), "share": TEXT, "grade": TEXT, "found": TABLE},
    "publications": {"on": MUST_DAY, "round": MUST, "carriers": Key("texts", required=True), "by": TEXT,
                     "contact": TEXT, "close_on": DAY},
    "parameters": {"key": MUST, "value": Key("value", required=True), "source": MUST, "valid_from": MUST_DAY,
                   "on": DAY, "by": TEXT},
    "opening_balances": {"organisation": MUST, "title": MUST, "amount_yuan": Key("whole", required=True),
                         "source": MUST, "by": TEXT},
    "meetings": {"kind": Key("text", required=True, allowed=("training", "forum")), "title": MUST,
                 "held_on": MUST_DAY, "place": TEXT, "topics": TEXTS, "people": WHOLE, "summary": TEXT, "by": TEXT,
                 "attendance": TABLE},
    "marks": {"carrier": MUST, "on": MUST_DAY, "kind": MUST, "clause": MUST, "reason": MUST, "by": TEXT},
}  # fmt: skip

TOP = {
    "today": MUST_DAY, "credit_code_stem": MUST, "contact": TEXT, "note": TEXT, "figures": TABLE, "texts": TABLE,
    "tables": TABLE, "ways": TABLE, **{name: Key("tables", shape=shape) for name, shape in SHAPE.items()},
}  # fmt: skip


def faults_of(demo: Mapping[str, Any], districts: Iterable[str], verbs: Iterable[str], file: str) -> list[Finding]:
    """Every fault: unknown or missing keys, wrong types, names that lead nowhere, days after `today`."""
    found = list(findings_of(_without_free(demo), TOP, file))
    return found or [*_names(demo, set(districts), file), *_steps(demo, tuple(verbs), file), *_days(demo, file)]


def steps_of(demo: Mapping[str, Any], case: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """The steps of a case with the place where each is written: those of its ways, then its own."""
    steps = [
        (f"ways.{way}.{number}", step)
        for way in _several(case.get("way", []))
        for number, step in enumerate(demo.get("ways", {}).get(way, []))
    ]
    place = f"cases.{list(demo['cases']).index(case)}.path"
    return steps + [(f"{place}.{number}", step) for number, step in enumerate(case.get("path", []))]


def _without_free(value: Any, name: str = "") -> Any:
    """The data without what may have several shapes; those places are looked at by hand."""
    if isinstance(value, dict):
        free = {key for shape in (STEP, *SHAPE.values()) for key, kind in shape.items() if kind is ANY}
        inside = name in SHAPE or name == "path"
        return {k: _without_free(v, k) for k, v in value.items() if not (inside and k in free)}
    return [_without_free(item, name) for item in value] if isinstance(value, list) else value


def _names(demo: Mapping[str, Any], districts: set[str], file: str) -> Iterator[Finding]:
    known = {
        "carrier": {c["key"] for c in demo.get("carriers", [])},
        "round": {r["key"] for r in demo.get("rounds", [])},
        "origin": {c["key"] for c in demo.get("cases", []) if c.get("key")},
        "district": districts,
    }
    if not fullmatch("[0-9A-HJ-NP-RTUWXY]{14}", demo["credit_code_stem"]):
        yield Finding(file, "credit_code_stem", "要 14 位数字或大写字母，不用 I、O、S、V、Z")
    for table, entries in ((name, demo.get(name, [])) for name in SHAPE):
        for number, entry in enumerate(entries):
            for key, allowed in known.items():
                if entry.get(key) and entry[key] not in allowed:
                    yield Finding(file, f"{table}.{number}.{key}", f"没有“{entry[key]}”", "、".join(sorted(allowed)))
    for number, person in enumerate(demo.get("people", [])):
        needed = ROLES[person["role"]].needs
        if needed in ("district", "carrier") and not person.get(needed):
            yield Finding(file, f"people.{number}.{needed}", f"{ROLES[person['role']].name}要写“{needed}”")
    for number, entry in enumerate(demo.get("publications", [])):
        for carrier in set(entry["carriers"]) - known["carrier"]:
            yield Finding(file, f"publications.{number}.carriers", f"没有“{carrier}”")


def _steps(demo: Mapping[str, Any], verbs: tuple[str, ...], file: str) -> Iterator[Finding]:
    for name, steps in demo.get("ways", {}).items():
        for number, step in enumerate(steps):
            checked = {key: value for key, value in step.items() if STEP.get(key) is not ANY}
            yield from findings_of(checked, STEP, file, f"ways.{name}.{number}.")
    for number, case in enumerate(demo.get("cases", [])):
        if not case.get("round") and not case.get("procedure"):
            yield Finding(file, f"cases.{number}", "要写 round，或写 procedure 和 opened_on")
        for way in _several(case.get("way", [])):
            if way not in demo.get("ways", {}):
                yield Finding(file, f"cases.{number}.way", f"没有“{way}”", "、".join(demo.get("ways", {})))
        for place, step in steps_of(demo, case):
            yield from _step(demo, case, step, verbs, Place(file, place))


@dataclass(frozen=True)
class Place:
    """Where something is written."""

    file: str
    key: str


def _step(
    demo: Mapping[str, Any], case: Mapping[str, Any], step: Mapping[str, Any], verbs: tuple[str, ...], place: Place
) -> Iterator[Finding]:
    if str(step.get("do", "")).partition(":")[0] not in verbs:
        yield Finding(place.file, f"{place.key}.do", f"没有“{step.get('do')}”这一步", "、".join(verbs))
    people = {p["username"] for p in demo.get("people", [])} | set(ROLES) - set(OFFICERS)
    for name in _several(step.get("by", [])):
        if name not in people and not name.endswith(f"zaiti-{case['carrier']}"):
            yield Finding(place.file, f"{place.key}.by", f"没有“{name}”", "账号名或角色名")


def _several(stated: Any) -> list[Any]:
    return list(stated) if isinstance(stated, list) else [stated]


def _days(value: Any, file: str, place: str = "", last: date | None = None) -> Iterator[Finding]:
    last = last or value["today"]
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("plan", "answers", "facts", "tables", "texts", "figures", "opinion"):
                continue
            yield from _days(inner, file, f"{place}.{key}".lstrip("."), last)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _days(inner, file, f"{place}.{number}", last)
    elif isinstance(value, date) and value > last:
        yield Finding(file, place, f"{value} 晚于 today（{last}）")

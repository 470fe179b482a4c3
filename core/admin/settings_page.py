"""What the settings designer shows: the lists of a definition, the properties of one thing with findings at their place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template, request

from core.admin.designing import Found, Sheet, chosen_first, count
from core.cases import authoring_history
from core.cases import authoring_settings as verbs
from core.cases.authoring_checks import KINDS, findings_of, name_of, sources_around
from core.cases.authoring_faults import in_words
from core.cases.authoring_settings_told import names_known, option_words, read_aloud
from core.cases.authoring_settings_uses import unheld, uses
from core.cases.authoring_settings_words import SETTINGS
from core.cases.authoring_words import YES_NO, Choices, Slot
from core.models import DefinitionVersion
from core.policy.source import parse
from core.policy.version import Sources
from forms.findings import DefinitionError, Finding
from forms.formula_words import FUNCTION_WORDS

REDRAWN = ("kind", "type", "way", "period", "key")
"""Properties that decide which others there are."""
_PLAIN = {
    "加引号的文字": "文字", "true 或 false": "是或否", "加引号的公式": "条件", "文字列表": "至少一项", "不小于 0 的整数": "整数",
    "数字，或 $参数": "数字，或者选一个参数", 'when = "公式"，或 since = ["日期"] 与 months': "写一个条件，或者选日期并写满几个月",
    "months = 12": "例如 12",
}  # fmt: skip
"""What the check of the text allows, said to who fills in a form."""
_WORDS = {"when": "条件", "since": "从哪个日期起"}
_KEY = re.compile(r" ?“?\b([a-z_]+)\b”?")
"""A key of the text in a message, which a form calls otherwise."""


@dataclass(frozen=True)
class Line:
    """An entry of a list."""

    path: str
    name: str
    about: str
    faults: int


def sheet_at(kind: str, data: Mapping[str, Any], path: str, *, posted: bool = True) -> Sheet:
    """The properties of what lies at a path."""
    return Sheet(path, verbs.shown(data, path), verbs.groups_at(kind, data, path), posted=posted)


def render(
    row: DefinitionVersion,
    data: dict[str, Any],
    at: str,
    *,
    typed: bool = False,
    faults: Mapping[str, str] | None = None,
) -> str:
    """The page with the thing at a path (or the whole) open; `typed` keeps what was posted."""
    settings, path = SETTINGS[row.kind], verbs.nearest(row.kind, data, at)
    sheet, around = sheet_at(row.kind, data, path, posted=typed), sources_around(row)
    own, others = found_in(row, data)
    here, slots = [one for one in own if one.at == path], {slot.path for slot in sheet.slots}
    sort, names = verbs.sort_at(row.kind, path), names_known(data)
    return render_template(
        "admin/designer/settings.html",
        row=row,
        data=data,
        settings=settings,
        sheet=sheet,
        sort=sort,
        place=in_words(data, path) if path else settings.whole,
        typed={slot.path: sheet.typed(slot) for slot in sheet.slots},
        choices={slot.path: choices(slot, sheet, data, around) for slot in sheet.slots},
        faults=faults or {},
        said={slot: [one for one in here if one.slot == slot] for slot in slots},
        unplaced=[one for one in here if one.slot not in slots],
        lists=[(name, one, lines(data, name, own)) for name, one in settings.lists.items()],
        found=own,
        others=others,
        uses=uses(row.kind, str(sheet.thing.get("key", "")), around) if path else [],
        unheld=unheld(row.kind, path, sheet.thing, around),
        names=names if any(slot.type == "formula" for slot in sheet.slots) else {},
        options={str(one.get("key", "")): option_words(one) for one in data.get("facts", [])},
        reading=reading(sheet, names),
        functions=list(FUNCTION_WORDS.values()),
        redrawn=REDRAWN,
        steps=authoring_history.reachable(row),
        came_from=request.values.get("back", ""),
    )


def lines(data: Mapping[str, Any], name: str, found: list[Found]) -> list[Line]:
    """The entries of a list, each with what it comes to."""
    entries = data.get(name, [])
    return [
        Line(f"{name}.{i}", str(one.get("name", "")), _about(one), count(found, f"{name}.{i}"))
        for i, one in enumerate(entries)
    ]


def _about(entry: Mapping[str, Any]) -> str:
    cited = str(entry.get("clause", ""))
    return f"{cited} · 工作惯例" if entry.get("basis") == "practice" and "惯例" not in cited else cited


def found_in(row: DefinitionVersion, data: Mapping[str, Any]) -> tuple[list[Found], list[Found]]:
    """The findings of this definition, each at its thing and in plain words, and those of others of the region."""
    own, others = [], []
    for finding in findings_of(row):
        if finding.file == name_of(row.kind, row.key):
            own.append(_placed(row.kind, data, finding))
        else:
            kind, _, key = finding.file.partition("/")
            others.append(Found("-", "", f"{KINDS.get(kind, kind)}（{key}）", finding.message, finding.allowed))
    return own, others


def _placed(kind: str, data: Mapping[str, Any], finding: Finding) -> Found:
    at = verbs.nearest(kind, data, finding.key)
    slot = finding.key[len(at) :].lstrip(".")
    slot = "options" if slot in ("allowed", "names") else slot
    asked = [one for _, slots in verbs.groups_at(kind, data, at) for one in slots]
    labels = _WORDS | {one.path.rpartition(".")[2]: one.label for one in asked}
    here = next((one for one in asked if one.path == slot), None)
    words = dict(here.choices) if here else {}
    known = labels | words
    message = _KEY.sub(lambda m: f"“{known[m[1]]}”" if m[1] in known else m[0], finding.message)
    allowed = "、".join(words.get(one, _PLAIN.get(one, one)) for one in finding.allowed.split("、"))
    return Found(at, slot, in_words(data, finding.key) or SETTINGS[kind].whole, message, allowed)


def reading(sheet: Sheet, names: Mapping[str, str]) -> str:
    """The condition of an entry as people read it."""
    return read_aloud(next((sheet.typed(slot) for slot in sheet.slots if slot.type == "formula"), ""), names)


def choices(slot: Slot, sheet: Sheet, data: Mapping[str, Any], around: Sources) -> Choices:
    """What a slot may hold: fixed, parameters of a type, the choices of a fact, the dates of a draft."""
    if slot.type == "needs":
        return chosen_first(_dates(data) if slot.source == "dates" else slot.choices, sheet.typed(slot))
    if slot.source == "options":
        return tuple(option_words(sheet.thing).items())
    if slot.source == "wholes":
        return tuple(_parameters(around, "whole"))
    if slot.source == "yes_no":
        return (*YES_NO, *_parameters(around, "yes_no"))
    return slot.choices


def _dates(data: Mapping[str, Any]) -> Choices:
    return [(str(f.get("key")), str(f.get("name", ""))) for f in data.get("facts", []) if f.get("type") == "date"]


def _parameters(around: Sources, kind: str) -> list[tuple[str, str]]:
    """The region's parameters of a type, each with the value that it has now."""
    found = []
    for (of, key), text in sorted(around.items()):
        try:
            listed = parse(text, key).get("parameters", []) if of == "parameters" else []
        except DefinitionError:
            continue
        for one in listed:
            if one.get("type") == kind:
                found.append((f"${one.get('key')}", f"{_now(one.get('value'))}（参数“{one.get('name')}”）"))
    return found


def _now(value: object) -> str:
    if value is None:
        return "还没有定"
    return ("是" if value else "否") if isinstance(value, bool) else str(value)

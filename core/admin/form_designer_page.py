"""What the form designer shows: the palette, the outline with findings at their place, the properties."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template, request

from core.admin.designing import Found, Sheet, chosen_first, count
from core.cases import authoring_form_choices, authoring_form_things, authoring_history
from core.cases.authoring_checks import KINDS, findings_of, name_of, sources_around
from core.cases.authoring_faults import in_words
from core.cases.authoring_form_trial import Trial, labels_of, picks, trial
from core.cases.authoring_words import FIELD_NAMES, Choices, Slot
from core.errors import Refused
from core.models import DefinitionVersion
from core.policy.version import Sources
from forms.fields import FIELD_TYPES
from forms.findings import Finding
from forms.formula_words import FUNCTION_WORDS

FORMULAS = ("show_when", "require_when", "formula")
MONEY_UNITS: Choices = (("元", "元"), ("万元", "万元"))
ABOUT = {
    "text": "一行字，例如名称", "long_text": "一段话", "integer": "个数、人数、次数", "decimal": "面积等带小数的数",
    "money": "元或万元", "percent": "自己填的百分数", "date": "某年某月某日", "month": "某年某月", "yes_no": "二选一",
    "choice": "几项里选一项", "choices": "几项里选几项", "credit_code": "十八位，自动核对", "phone": "手机或座机",
    "id_number": "身份证号，遮住中间", "email": "电子邮箱地址", "files": "上传扫描件、照片", "table": "一行一条的清单",
    "calculated": "用别的字段算，不用填",
}  # fmt: skip
"""A word on each type of field; those of plugins say themselves where they come from."""


@dataclass(frozen=True)
class Tile:
    """Something in the palette: what the button posts, its name, a word on it."""

    what: str
    name: str
    about: str


@dataclass(frozen=True)
class Node:
    """A line of the outline; `faults` counts the findings at it or inside it."""

    path: str
    sort: str
    title: str
    kind: str = ""
    chips: tuple[str, ...] = ()
    faults: int = 0
    children: tuple[Node, ...] = ()


class FormSheet(Sheet):
    """The properties of a form's thing; the form itself is at hand for its formulas."""

    def __init__(self, data: Mapping[str, Any], path: str, *, posted: bool = True) -> None:
        self.data = data
        slots = authoring_form_things.slots_at(data, path)
        super().__init__(path, authoring_form_things.thing_at(data, path), (("", slots),), posted=posted)

    def stored(self, slot: Slot) -> str:
        """The present value as a person would type it; what is not said is no."""
        text = super().stored(slot)
        if slot.type == "yes_no":
            return "" if text == "false" else text
        return text.replace("\n", "、") if slot.path == "accept" else text


def samples_of(slot: str) -> dict[str, str]:
    """The sample answers typed beside a formula, by name."""
    start = f"sample.{slot}."
    return {name.removeprefix(start): text for name, text in request.form.items() if name.startswith(start)}


def render(
    row: DefinitionVersion,
    data: dict[str, Any],
    at: str,
    *,
    sheet: FormSheet | None = None,
    typed: bool = False,
    faults: Mapping[str, str] | None = None,
    fresh: bool = False,
) -> str:
    """The page with the thing at a path (or what is nearest to it) open; `typed` keeps what was posted."""
    shown = sheet or FormSheet(data, _nearest(data, at), posted=typed)
    around = sources_around(row)
    found = [_found(finding, row, data) for finding in findings_of(row)]
    own = [one for one in found if one.at == shown.path]
    return render_template(
        "admin/designer/form.html",
        row=row,
        data=data,
        sheet=shown,
        sort=authoring_form_things.sort_at(shown.path),
        typed={slot.path: shown.typed(slot) for slot in shown.slots},
        choices={slot.path: _choices(slot, shown, data, around) for slot in shown.slots},
        prefills=authoring_form_choices.prefill_groups(around) if _has_slot(shown, "prefill") else [],
        faults=faults or {},
        trials={slot.path: _trial(shown, slot) for slot in shown.slots if slot.path in FORMULAS},
        picks=[one for one in picks(data) if not _of_itself(one.text, shown)],
        functions=list(FUNCTION_WORDS.values()),
        tiles=_tiles(),
        columns=_column_tiles() if _in_table(shown) else [],
        outline=list(_outline(data, found)),
        rules=rules(data, found),
        found=found,
        said={slot.path: [one for one in own if one.slot == slot.path] for slot in shown.slots},
        unplaced=[one for one in own if one.slot not in {slot.path for slot in shown.slots}],
        place=in_words(data, shown.path) if shown.path else "整份表单",
        behind=str(shown.thing.get(authoring_form_things.sort_at(shown.path).title) or authoring_form_things.sort_at(shown.path).name),
        steps=authoring_history.reachable(row),
        fresh=fresh,
    )


def _nearest(data: Mapping[str, Any], at: str) -> str:
    """The path, or the nearest thing around it that is there."""
    while at:
        try:
            authoring_form_things.thing_at(data, at)
        except Refused:
            at = at.rpartition(".")[0]
        else:
            return at
    return ""


def _has_slot(sheet: Sheet, path: str) -> bool:
    return any(slot.path == path for slot in sheet.slots)


def _choices(slot: Slot, sheet: FormSheet, data: Mapping[str, Any], around: Sources) -> Choices:
    if slot.source:
        listed = authoring_form_choices.choices(slot.source, data, around)
        own = sheet.thing.get("key")
        others = [(key, label) for key, label in listed if key != own or slot.source == "indicators"]
        return chosen_first(others, sheet.typed(slot)) if slot.type == "needs" else others
    return MONEY_UNITS if slot.path == "unit" and sheet.thing.get("type") == "money" else slot.choices


def _of_itself(name: str, sheet: FormSheet) -> bool:
    """Whether a calculated field would name itself, which no formula may."""
    return sheet.thing.get("type") == "calculated" and name == sheet.thing.get("key")


def _trial(sheet: FormSheet, slot: Slot) -> Trial:
    return trial(sheet.data, sheet.typed(slot), samples_of(slot.path))


def _tiles() -> list[tuple[str, list[Tile]]]:
    fields = [Tile(f"field:{key}", _name(key), _about(key)) for key in FIELD_TYPES]
    parts = [
        Tile("section", "部分", "填报时的一页"),
        Tile("check", "校验", "几个答案之间要成立的关系"),
        Tile("part", "其中关系", "其中几项不大于总数"),
    ]
    return [("成组", parts), ("字段", fields)]


def _column_tiles() -> list[Tile]:
    return [Tile(f"column:{key}", _name(key), _about(key)) for key, kind in FIELD_TYPES.items() if kind.in_tables]


def _name(key: str) -> str:
    return FIELD_NAMES.get(key) or FIELD_TYPES[key].label


def _about(key: str) -> str:
    return ABOUT.get(key, "插件带来的字段")


def _in_table(sheet: Sheet) -> bool:
    return sheet.thing.get("type") == "table" or authoring_form_things.plain(sheet.path) == "sections.fields.columns"


def _outline(data: Mapping[str, Any], found: list[Found]) -> Iterator[Node]:
    for at, section in enumerate(data.get("sections", [])):
        path = f"sections.{at}"
        fields = tuple(
            _question(asked, f"{path}.fields.{i}", found) for i, asked in enumerate(section.get("fields", []))
        )
        chips = (f"第 {section['step']} 步",) if section.get("step") else ()
        yield Node(path, "部分", str(section.get("title", "")), "", chips, count(found, path), fields)


def _question(asked: Mapping[str, Any], path: str, found: list[Found]) -> Node:
    columns = tuple(_question(one, f"{path}.columns.{i}", found) for i, one in enumerate(asked.get("columns", [])))
    chips = [str(asked["indicator"])] if asked.get("indicator") else []
    chips += ["必填"] if asked.get("required") is True else []
    chips += ["有条件"] if asked.get("show_when") or asked.get("require_when") else []
    kind = str(asked.get("type", ""))
    name = _name(kind) if kind in FIELD_TYPES else f"不认识的类型 {kind}"
    sort = "列" if ".columns." in path else "字段"
    return Node(path, sort, str(asked.get("label", "")), name, tuple(chips), count(found, path), columns)


def rules(data: Mapping[str, Any], found: list[Found]) -> list[tuple[str, list[Node]]]:
    """The 其中 relations and the checks, as lines of the outline."""
    names = {str(a.get("key", "")): str(a.get("label", "")) for a in authoring_form_things.questions(data)}
    parts = [
        Node(f"parts.{i}", "其中关系", _part_title(one, names), faults=count(found, f"parts.{i}"))
        for i, one in enumerate(data.get("parts", []))
    ]
    checks = [
        Node(f"checks.{i}", "校验", str(one.get("message", "")), faults=count(found, f"checks.{i}"))
        for i, one in enumerate(data.get("checks", []))
    ]
    return [("其中关系", parts), ("校验", checks)]


def _part_title(part: Mapping[str, Any], names: Mapping[str, str]) -> str:
    whole = str(part.get("whole", ""))
    inner = "、".join(names.get(str(one), str(one)) for one in part.get("parts", []))
    return f"{inner} 不大于 {names.get(whole, whole)}"


def _found(finding: Finding, row: DefinitionVersion, data: Mapping[str, Any]) -> Found:
    if finding.file != name_of(row.kind, row.key):
        kind, _, key = finding.file.partition("/")
        return Found("-", "", f"{KINDS.get(kind, kind)}（{key}）", finding.message, finding.allowed)
    at = _nearest(data, finding.key)
    rest = finding.key[len(at) :].lstrip(".").split(".")[0]
    labels = labels_of(data)
    allowed = "、".join(labels.get(part, part) for part in finding.allowed.split("、"))
    return Found(at, rest, in_words(data, finding.key), finding.message, allowed)

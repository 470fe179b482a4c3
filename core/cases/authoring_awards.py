"""What the designers change in award rules, vetoes and consequences: the table of amounts, lists of rules, what holds for all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.cases.authoring_items import Items, item_at, put_values, read_slots
from core.cases.authoring_rule_words import AMOUNT, CAP, CEILING, CONSEQUENCE, HOLD, PURPOSE, VETO, WITHHELD
from core.cases.authoring_scheme import entries
from core.cases.authoring_words import Slot
from core.errors import Refused
from core.policy.grades import ORDER
from core.policy.numbers import exact
from core.policy.shape import is_parameter

LISTS: dict[tuple[str, str], Items] = {
    ("vetoes", "vetoes"): Items("一票否决", VETO, {"grade": "unqualified"}),
    ("vetoes", "ceilings"): Items("封顶", CEILING, {"at_most": "qualified"}),
    ("awards", "withheld"): Items("不予发放的情形", WITHHELD, {}),
    ("awards", "holds"): Items("暂缓发放的情形", HOLD, {}),
    ("awards", "caps"): Items("累计上限", CAP, {}, "title", "title"),
    ("awards", "purposes"): Items("资金用途", PURPOSE, {}),
    ("consequences", "consequences"): Items("结果的后果", CONSEQUENCE, {}),
}
"""The lists of rules that the designers change, by kind and name."""

AMOUNTS = Items("金额", AMOUNT, {}, "title", "title")
_KEYS = {"vetoes": "veto", "ceilings": "ceiling", "withheld": "withheld", "holds": "hold", "purposes": "purpose", "consequences": "consequence"}


@dataclass(frozen=True)
class AmountRow:
    """One title of the decision table: for each grade the position of its amount and the amount as it is typed."""

    title: str
    cells: Mapping[str, tuple[int, Any]]
    clause: str
    basis: str


def sort_at(kind: str, path: str) -> Items:
    """The sort of rule that lies at `withheld.0` or in `withheld`. Raises Refused for anything else."""
    name = path.partition(".")[0]
    found = AMOUNTS if (kind, name) == ("awards", "amounts") else LISTS.get((kind, name))
    if found is None:
        raise Refused("这里没有表单可填，请在原文里改。")
    return found


def add_rule(data: dict[str, Any], kind: str, name: str, title: str) -> int:
    """A rule of this name (a cap: of this title) at the end of a list. Its position. Raises Refused without one."""
    sort = sort_at(kind, name)
    if not title.strip():
        raise Refused(f"请写明{sort.name}的名称。", {f"new-{name}": f"请写明{sort.name}的名称。"})
    listed = data.setdefault(name, [])
    if not isinstance(listed, list):
        raise Refused("原文里这一处不是一列，请先在原文里改好。")
    entry = {sort.title: title.strip(), **sort.new}
    if sort.key != sort.title:
        entry = {"key": _free_key(_KEYS[name], {one.get("key") for _, one in entries(data, name)}), **entry}
    listed.append(entry)
    return len(listed) - 1


def _free_key(stem: str, taken: set[Any]) -> str:
    number = 1
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"


def put_rule(data: dict[str, Any], kind: str, path: str, posted: Mapping[str, str]) -> None:
    """Set everything of one rule. `<name>-of` chooses a parameter, or a known effect, in place of what is typed. Raises Refused."""
    item = item_at(data, path)
    if not isinstance(item, dict):
        raise Refused("这一项已经不在了，请刷新后再改。")
    put_values(data, path, read_rule(sort_at(kind, path).slots, posted))


def read_rule(slots: tuple[Slot, ...], posted: Mapping[str, str]) -> dict[str, Any]:
    """Typed texts as values, by slot; amounts may be a parameter. Raises Refused with every place that is wrong."""
    typed = {slot.path: posted.get(f"{slot.path}-of", "") or posted.get(slot.path, "") for slot in slots}
    values, faults = {}, {}
    try:
        values = read_slots(slots, typed)
    except Refused as fault:
        faults = dict(fault.fields)
    for slot in slots:
        if slot.type == "money" and typed[slot.path].strip():
            try:
                values[slot.path] = yuan_of(typed[slot.path])
            except ValueError as fault:
                faults[slot.path] = f"{slot.label}：{fault}"
    if faults:
        raise Refused("；".join(faults.values()), faults)
    return values


def yuan_of(typed: str) -> int | str:
    """Whole yuan, thousands grouped or not, or `$parameter`. Raises ValueError."""
    text = typed.strip().replace(",", "").replace("，", "")
    if is_parameter(text):
        return text
    amount = exact(text)
    if amount is None or amount < 0 or amount.denominator != 1:
        raise ValueError(f"“{typed.strip()}”不是整元的金额。")
    return int(amount)


def amount_rows(data: Mapping[str, Any]) -> list[AmountRow]:
    """The decision table, a row for each title in the order in which the draft names them."""
    amounts = entries(data, "amounts")
    rows = []
    for title in dict.fromkeys(str(entry.get("title", "")) for _, entry in amounts):
        own = [(place, entry) for place, entry in amounts if str(entry.get("title", "")) == title]
        cells = {str(entry.get("grade", "")): (place, entry.get("yuan")) for place, entry in reversed(own)}
        rows.append(AmountRow(title, cells, str(own[0][1].get("clause", "")), str(own[0][1].get("basis", ""))))
    return rows


def put_amounts(data: dict[str, Any], posted: Mapping[str, str]) -> None:
    """Write the decision table: `yuan-<row>-<grade>` or `of-<row>-<grade>`, an empty cell earns nothing.

    A new title is row `new` with `title-new`. `clause-<row>` and `basis-<row>` are for amounts that come new.
    Raises Refused with every cell that is wrong.
    """
    faults: dict[str, str] = {}
    rows = amount_rows(data)
    added = posted.get("title-new", "").strip()
    if added and added in {row.title for row in rows}:
        raise Refused(f"“{added}”已经在表里了。", {"title-new": "这类称号已经在表里了。"})
    named = [(str(n), row.title) for n, row in enumerate(rows)] + ([("new", added)] if added else [])
    read = {(row, grade): _cell(posted, row, grade, faults) for row, _ in named for grade in ORDER}
    if added and not any(read["new", grade] is not None for grade in ORDER):
        faults["title-new"] = "新加的称号至少要有一个档次写金额。"
    if faults:
        raise Refused("".join(faults.values()), faults)
    for row, title in named:
        for grade in ORDER:
            _put_amount(data, title, grade, read[row, grade], _cited(posted, row))
    order = [title for _, title in named]
    data["amounts"].sort(key=lambda one: _rank(one, order))


def _cell(posted: Mapping[str, str], row: str, grade: str, faults: dict[str, str]) -> int | str | None:
    typed = posted.get(f"of-{row}-{grade}", "") or posted.get(f"yuan-{row}-{grade}", "")
    try:
        return yuan_of(typed) if typed.strip() else None
    except ValueError as fault:
        faults[f"yuan-{row}-{grade}"] = str(fault)
        return None


def _cited(posted: Mapping[str, str], row: str) -> dict[str, str]:
    return {name: typed for name in ("clause", "basis") if (typed := posted.get(f"{name}-{row}", "").strip())}


def _put_amount(data: dict[str, Any], title: str, grade: str, yuan: int | str | None, cited: dict[str, str]) -> None:
    amounts = data.setdefault("amounts", [])
    if not isinstance(amounts, list):
        raise Refused("原文里这一处不是一列，请先在原文里改好。")
    present = [one for _, one in entries(data, "amounts") if (one.get("title"), one.get("grade")) == (title, grade)]
    if yuan is None:
        for one in present:
            amounts.remove(one)
    elif present:
        present[0]["yuan"] = yuan
    else:
        amounts.append({"title": title, "grade": grade, "yuan": yuan, **cited})


def _rank(entry: object, titles: list[str]) -> tuple[int, int]:
    """Amounts stand by title, and within one by grade; what is neither comes last."""
    if not isinstance(entry, dict):
        return len(titles), 0
    title, grade = entry.get("title"), entry.get("grade")
    at = titles.index(title) if title in titles else len(titles)
    return at, ORDER.index(grade) if grade in ORDER else len(ORDER)


TERMS = (
    Slot("name", "名称"),
    Slot("for_year", "发的是哪一年的钱", "choice", source="for_year"),
    Slot("clause", "依据的条款"),
)
HIGHEST = (
    Slot("highest_only.compare", "比哪个数", "choice", source="compare"),
    Slot("highest_only.tie", "一样高的时候", "choice", source="tie"),
    Slot("highest_only.clause", "依据的条款"),
    Slot("highest_only.basis", "依据是哪一种", source="basis"),
)
YEARLY = (
    Slot("yearly_cap.yuan", "同一单位一年合计最多（元）", "money", source="amounts", hint="办法没有写的留空"),
    Slot("yearly_cap.remainder", "到上限的那一笔", "choice", source="remainder"),
    Slot("yearly_cap.clause", "依据的条款"),
    Slot("yearly_cap.basis", "依据是哪一种", source="basis"),
)


def put_terms(data: dict[str, Any], posted: Mapping[str, str]) -> None:
    """Set what holds for all awards; `highest` says whether only the highest of an organisation is paid."""
    put_values(data, "", read_rule(TERMS, posted))
    yearly = read_rule(YEARLY, posted)
    if yearly["yearly_cap.yuan"] is None:
        data.pop("yearly_cap", None)
    else:
        put_values(data, "", yearly)
    if posted.get("highest") != "true":
        data.pop("highest_only", None)
        return
    values = read_rule(HIGHEST, posted)
    values["highest_only.compare"] = values["highest_only.compare"] or "payable"
    values["highest_only.tie"] = values["highest_only.tie"] or "first_listed"
    put_values(data, "", values)

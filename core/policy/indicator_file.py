"""An imported scheme → the text of `indicators.toml`, with a mark at every place that a person must fill or confirm."""

from __future__ import annotations

from decimal import Decimal
from string import ascii_uppercase
from typing import Any

import tomli_w

from core.policy.imported_indicators import ImportedGroup, ImportedIndicator, ImportedScheme


def indicator_file(scheme: ImportedScheme, *, key: str, form: str, clause: str, confirmed: bool = False) -> str:
    """The file. `confirmed` says that a person has confirmed the groups against what is printed."""
    parts = [_written({"key": key, "form": form, "total_weight": _figure(scheme.total), "clause": clause})]
    for place, group in enumerate(scheme.groups):
        parts.append("[[groups]]\n" + _written(_group(group, place, clause, confirmed)))
    proposed = _proposed(scheme)
    for place, group in enumerate(scheme.groups):
        for number, row in enumerate(group.rows, start=1):
            parts.append(_indicator(scheme.indicators[row], f"{_letter(place)}{number}", place, clause, proposed.get(row)))
    return "\n".join(parts)


def _group(group: ImportedGroup, place: int, clause: str, confirmed: bool) -> dict[str, Any]:
    table: dict[str, Any] = {"key": f"group_{place + 1}", "name": group.name}
    if group.share is not None:
        table["weight_points"] = _figure(group.share)
    table["clause"] = clause
    if confirmed:
        table |= {"basis": "reading", "note": "原表换页处分组不清，按各组份额重新分组，已对照原件确认。"}
    return table


def _proposed(scheme: ImportedScheme) -> dict[int, str]:
    """Row → the group that the proposal would put it in, where that is another than printed."""
    if scheme.proposal is None:
        return {}
    names = [
        n for n, count in zip(scheme.proposal.names, scheme.proposal.counts, strict=True) for _ in range(count)
    ]
    printed = {row: group.name for group in scheme.groups for row in group.rows}
    return {row: name for row, name in enumerate(names) if printed[row] != name}


def _indicator(one: ImportedIndicator, code: str, place: int, clause: str, proposed: str | None) -> str:
    table: dict[str, Any] = {
        "code": code,
        "name": one.name,
        "group": f"group_{place + 1}",
        "weight_points": _figure(one.weight_points),
        "type": one.type or "qualitative",
    }
    optional = {"unit": one.unit, "description": one.row.description, "evidence": one.row.evidence}
    table |= {name: value for name, value in optional.items() if value}
    table |= {"clause": clause, "basis": "text"}
    if one.row.subgroup:
        table["note"] = f"二级指标：{one.row.subgroup}"
    marks = [f"# 待确认：按各组份额，这一项应归“{proposed}”，见导入时的提示。"] if proposed else []
    if not one.type:
        marks.append("# 待填：原表没有写定量还是定性，暂按定性。")
    if one.type == "quantitative":
        marks.append('# 待填：怎样从表单算出数值，例如 value = "service_staff / tenants * 100"；怎样给分（method）。')
    return "\n".join(["[[indicators]]", *marks, _written(table)])


def _figure(number: Decimal) -> int | Decimal:
    return int(number) if number == number.to_integral_value() else number


def _letter(place: int) -> str:
    return ascii_uppercase[place] if place < len(ascii_uppercase) else f"G{place + 1}_"


def _written(table: dict[str, Any]) -> str:
    return tomli_w.dumps(table)

"""Grade lines as the ruler writes them: one lower bound a grade; the upper one follows from the grade above.

So lines written here have neither gap nor overlap. A policy that draws no lines only names its grades.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from core.cases.authoring_items import number_of
from core.cases.authoring_scheme import entries, number
from core.errors import Refused
from core.policy.grades import NAMES, ORDER
from core.policy.numbers import exact


@dataclass(frozen=True)
class Stretch:
    """A piece of the ruler from `low` to `high`: one grade, or no grade (a gap), or two (an overlap)."""

    low: Decimal
    high: Decimal
    grades: tuple[str, ...]


def rows(data: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The entry of each grade that the draft has, from lines or else from names; the first one where two are."""
    found: dict[str, dict[str, Any]] = {}
    for name in ("lines", "named"):
        for _, entry in entries(data, name):
            if entry.get("grade") in ORDER:
                found.setdefault(str(entry["grade"]), entry)
    return {grade: found[grade] for grade in ORDER if grade in found}


def stretches(data: Mapping[str, Any], full: Decimal) -> list[Stretch]:
    """The ruler from 0 to the full points as the draft draws it, with every gap and overlap."""
    lines = [(*_bounds(entry), str(entry.get("name") or entry.get("grade"))) for _, entry in entries(data, "lines")]
    edges = {Decimal(0), full, *(edge for low, high, _ in lines for edge in (low, high) if 0 <= edge <= full)}
    ordered = sorted(edges)
    return [
        Stretch(low, high, tuple(name for start, end, name in lines if start <= low and high <= end))
        for low, high in pairwise(ordered)
    ]


def _bounds(entry: Mapping[str, Any]) -> tuple[Decimal, Decimal]:
    low = number(entry.get("at_least")) or Decimal(0)
    upper = number(entry.get("below", entry.get("at_most")))
    return low, low if upper is None else upper


def put_lines(data: dict[str, Any], posted: Mapping[str, str], full: Decimal) -> None:
    """Write the grades as typed: `name-<grade>`, `from-<grade>`, `clause-…`, `basis-…`; without a name it is not used.

    `drawn` says whether lines are drawn. Raises Refused with every place that is wrong.
    """
    used = [grade for grade in ORDER if posted.get(f"name-{grade}", "").strip()]
    drawn = posted.get("drawn") == "true"
    lows = _lows(used, posted, full) if drawn else {}
    known = rows(data)
    written = []
    upper: Any = None
    for grade in used:
        entry: dict[str, Any] = {"grade": grade, "name": posted[f"name-{grade}"].strip()}
        if drawn:
            entry |= {"at_least": lows[grade], **({"at_most": number_of(str(full))} if upper is None else {"below": upper})}
            upper = lows[grade]
        entry |= {name: typed for name in ("clause", "basis") if (typed := posted.get(f"{name}-{grade}", "").strip())}
        written.append({**entry, **{k: v for k, v in known.get(grade, {}).items() if k == "note"}})
    data.pop("lines", None)
    data.pop("named", None)
    data["lines" if drawn else "named"] = written


def _lows(used: list[str], posted: Mapping[str, str], full: Decimal) -> dict[str, Any]:
    faults: dict[str, str] = {}
    lows: dict[str, Any] = {}
    for grade in used:
        typed, name = posted.get(f"from-{grade}", "").strip(), posted[f"name-{grade}"].strip()
        low = exact(typed)
        if low is None or not 0 <= low < full:
            faults[f"from-{grade}"] = f"“{name}”从几分起，要填 0 到 {full} 之间的数字。"
        else:
            lows[grade] = number_of(typed)
    for better, worse in pairwise(used):
        if better in lows and worse in lows and lows[better] <= lows[worse]:
            faults[f"from-{better}"] = f"“{NAMES[better]}”要比下一档高：下一档从 {lows[worse]} 分起。"
    if used and used[-1] in lows and lows[used[-1]] != 0:
        faults[f"from-{used[-1]}"] = f"最低一档要从 0 分起，否则 0 至 {lows[used[-1]]} 分之间没有档次。"
    if faults:
        raise Refused("".join(faults.values()), faults)
    return lows


def put_rounding(data: dict[str, Any], posted: Mapping[str, str]) -> None:
    """Set to how many decimals a total is rounded: a number, or `$` and a parameter. Raises Refused."""
    parameter, typed = posted.get("places-of", ""), posted.get("places", "").strip()
    if not parameter and not typed:
        data.pop("rounding", None)
        return
    if not parameter and (not typed.isascii() or not typed.isdigit() or int(typed) > 6):
        raise Refused("小数位数要填 0 到 6 的整数。", {"places": "小数位数要填 0 到 6 的整数。"})
    cited = {name: said for name in ("clause", "basis") if (said := posted.get(f"rounding-{name}", "").strip())}
    kept = data.get("rounding", {})
    note = {"note": kept["note"]} if isinstance(kept, dict) and "note" in kept else {}
    data["rounding"] = {"places": parameter or int(typed), "mode": "half_up", **cited, **note}

"""The reasoning behind an amount in people's words: titles, carriers and yuan instead of keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from core.cases.register_words import KINDS
from core.models import Award, Carrier, Case
from core.policy.numbers import exact, plain
from core.policy.trace import plain_data
from core.policy.version import PolicyVersion

MONEY = {"cap": "累计上限（元）", "paid": "以前已领取（元）", "due": "这一年的标准（元）", "left": "剩余额度（元）"}


def claim_names(awards: Iterable[Award]) -> dict[str, str]:
    """The carriers that the awards' reasoning compares, by the key it gives them, in one statement."""
    keys = {int(key) for award in awards for step in award.trace for key in step.get("inputs", {}) if key.isdecimal()}
    rows = Case.select(Case.id, Carrier.name).join(Carrier).where(Case.id.in_(keys or {0}))
    return {str(row.id): row.carrier.name for row in rows}


def why(award: Award, policy: PolicyVersion, claims: Mapping[str, str]) -> list[dict[str, Any]]:
    """The award's reasoning under Chinese names; what has none is left out."""
    names = {"grade": "评价档次", "title": "称号", **MONEY, **{key: f"{name}（元）" for key, name in claims.items()}}
    if policy.has("facts"):
        names |= {fact["key"]: fact["name"] for fact in policy.definition("facts")["facts"]}
    return [
        {
            **step,
            "inputs": {names[key]: _shown(key, value) for key, value in step.get("inputs", {}).items() if key in names},
            "result": _result(step.get("result")),
        }
        for step in award.trace
    ]


def _shown(key: str, value: Any) -> Any:
    if key in ("title", "kind"):
        return KINDS.get(value, value)
    return _amount(value) if key in MONEY or key.isdecimal() else value


def _amount(value: Any) -> Decimal | str:
    number = exact(value)
    return "未定" if number is None else plain(number)


def _result(result: object) -> Any:
    number = None if isinstance(result, bool) else exact(result)
    return f"{plain(number):,f} 元" if number is not None else plain_data(result)

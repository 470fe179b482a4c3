"""Answers of a demo carrier to its form: figures from the data, lists as long as the figures say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from core.models import Carrier
from forms.compile import CompiledForm
from forms.definition import Field

FIRST_AFTER = timedelta(days=9)
DAYS_OF_THE_PERIOD = 350
ROUNDS_OF_BLANKS = 2
"""An answer may make another question appear."""


@dataclass(frozen=True)
class Source:
    """What answers are taken from: the demo's texts and tables, the figures of the case, and its period's first day."""

    demo: Mapping[str, Any]
    figures: Mapping[str, Any]
    period_from: date
    period_days: int = DAYS_OF_THE_PERIOD


def answers_for(form: CompiledForm, source: Source, carrier: Carrier) -> dict[str, Any]:
    """Every field of the form except files and calculated ones, as it is stored.

    What is still required then, and about which the demo says nothing, gets an invented answer of its type.
    """
    register = _register(carrier)
    given = {asked.key: _answer(asked, source, register) for asked in form.definition.fields}
    answers = {key: value for key, value in given.items() if value is not None}
    for _ in range(ROUNDS_OF_BLANKS):
        blanks = {fault.path for fault in form.faults(answers, {}) if fault.blank}
        invented = {a.key: _invented(a, source) for a in form.definition.fields if a.key in blanks}
        answers |= {key: value for key, value in invented.items() if value is not None}
    return answers


def _register(carrier: Carrier) -> dict[str, str]:
    return {
        "organisation.name": carrier.organisation.name,
        "organisation.credit_code": carrier.organisation.credit_code,
        "carrier.name": carrier.name,
        "carrier.level": carrier.level,
        "carrier.recognised_on": carrier.recognised_on.isoformat() if carrier.recognised_on else "",
    }


def _answer(asked: Field, source: Source, register: Mapping[str, str]) -> Any:
    if asked.key in source.figures:
        return stored(source.figures[asked.key], asked)
    if register.get(asked.prefill):
        return register[asked.prefill]
    plan = source.demo.get("tables", {}).get(asked.key)
    if asked.type == "table" and plan is not None:
        rows = plan["rows"] if isinstance(plan["rows"], int) else int(source.figures.get(plan["rows"], 0))
        return [_row(plan["row"], n, rows, source) for n in range(1, rows + 1)]
    if asked.type == "yes_no":
        return True
    return source.demo.get("texts", {}).get(asked.key)


def stored(value: Any, asked: Field) -> Any:
    """A value of `demo.toml` as forms store it: days as ISO text, decimals as text."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool) and asked.type in ("decimal", "money", "percent"):
        return str(value)
    return value


_INVENTED: dict[str, Callable[[Field, Source], Any]] = {
    "text": lambda asked, _: f"演示{asked.label}"[:20],
    "long_text": lambda asked, _: f"{asked.label}：按要求开展，情况良好。（演示内容）",
    "choice": lambda asked, _: asked.choices[0].key,
    "choices": lambda asked, _: [c.key for c in asked.choices[: max(1, int(asked.min or 1))]],
    "integer": lambda asked, _: int(asked.min or 1),
    "decimal": lambda asked, _: asked.min or "1",
    "money": lambda asked, _: asked.min or "1",
    "percent": lambda asked, _: asked.min or "50",
    "date": lambda _, source: (source.period_from + FIRST_AFTER).isoformat(),
    "month": lambda _, source: source.period_from.isoformat()[:7],
    "phone": lambda *_: "0335-3000000",
    "email": lambda *_: "yanshi@example.cn",
}
"""What is answered to a required question of each type about which the demo says nothing."""


def _invented(asked: Field, source: Source) -> Any:
    if asked.type == "table":
        columns = {c.key: Field(**{k: getattr(c, k) for k in c.__dataclass_fields__}) for c in asked.columns}
        row = {key: _INVENTED[c.type](c, source) if c.type in _INVENTED else True for key, c in columns.items()}
        return [row for _ in range(asked.min_rows or 1)]
    known = _INVENTED.get(asked.type)
    return known(asked, source) if known else None


def _row(pattern: Mapping[str, Any], n: int, total: int, source: Source) -> dict[str, Any]:
    first = source.period_from + FIRST_AFTER if source.period_days > DAYS_OF_THE_PERIOD - 1 else source.period_from
    day = first + timedelta(days=n * source.period_days // (total + 1))
    return {key: _cell(value, n, day) for key, value in pattern.items()}


def _cell(value: Any, n: int, day: date) -> Any:
    if value == "date":
        return day.isoformat()
    return value.replace("{n}", str(n)) if isinstance(value, str) else value


def figures_of(demo: Mapping[str, Any], stated: Any) -> dict[str, Any]:
    """Figures by field, also where they are written as a list in the order of `[figures] columns`."""
    if isinstance(stated, list):
        return dict(zip(demo.get("figures", {}).get("columns", []), stated, strict=False))
    return dict(stated or {})

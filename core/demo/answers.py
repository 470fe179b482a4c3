"""Answers of a demo carrier to its form: figures from the data, lists as long as the figures say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from core.models import Carrier
from forms.definition import Field, FormDefinition

FIRST_DAY = date(2022, 1, 10)
DAYS_OF_THE_PERIOD = 350


def answers_for(form: FormDefinition, demo: Mapping[str, Any], carrier: Carrier, figures: Mapping[str, Any]) -> dict[str, Any]:
    """Every field of the form except files and calculated ones, as it is stored."""
    register = {
        "organisation.name": carrier.organisation.name,
        "organisation.credit_code": carrier.organisation.credit_code,
        "carrier.name": carrier.name,
        "carrier.level": carrier.level,
        "carrier.recognised_on": carrier.recognised_on.isoformat() if carrier.recognised_on else "",
    }
    answers: dict[str, Any] = {}
    for section in form.sections:
        for asked in section.fields:
            value = _answer(asked, demo, register, figures)
            if value is not None:
                answers[asked.key] = value
    return answers


def _answer(asked: Field, demo: Mapping[str, Any], register: Mapping[str, str], figures: Mapping[str, Any]) -> Any:
    if asked.key in figures:
        return figures[asked.key]
    if asked.prefill in register:
        return register[asked.prefill]
    if asked.type == "table" and asked.key in demo["tables"]:
        plan = demo["tables"][asked.key]
        return [_row(plan["row"], n, figures[plan["rows"]]) for n in range(1, figures[plan["rows"]] + 1)]
    if asked.type == "yes_no":
        return True
    return demo["texts"].get(asked.key)


def _row(pattern: Mapping[str, Any], n: int, total: int) -> dict[str, Any]:
    day = FIRST_DAY + timedelta(days=n * DAYS_OF_THE_PERIOD // (total + 1))
    return {key: _cell(value, n, day) for key, value in pattern.items()}


def _cell(value: Any, n: int, day: date) -> Any:
    if value == "date":
        return day.isoformat()
    return value.replace("{n}", str(n)) if isinstance(value, str) else value


def figures_of(demo: Mapping[str, Any], carrier: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of a demo carrier by field; decimals as text, as forms store them."""
    named = dict(zip(demo["figures"]["columns"], carrier.get("figures", []), strict=False))
    if "area_m2" in named:
        named["area_m2"] = str(named["area_m2"])
    return named

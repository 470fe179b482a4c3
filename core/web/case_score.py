"""Scores on the case page: a trial by the rules for the city, the result for whoever may know it, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from core.cases import definitions, determining, scoring
from core.cases.registering import KINDS, LEVELS
from core.cases.submitting import latest_submission
from core.errors import Refused
from core.models import Case, NoticeEntry, Result
from core.policy.facts import read_facts
from core.policy.numbers import exact, round_half_up
from core.policy.scheme import Scheme, scheme_of
from core.web.case_history import CITY
from core.web.words import grouped

INPUT_NAMES = {
    "value": "数值",
    "best": "当年最好值",
    "points": "各位专家评分",
    "total": "总分",
    "level": "级别",
    "kind": "类别",
    "grade": "档次",
    "title": "称号",
    "vetoes": "否决情形",
    "vetoed": "一票否决",
    "sheets": "各位专家的档次",
    "reasons": "理由",
}
VALUES = {"level": LEVELS, "title": KINDS, "kind": KINDS}
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Points:
    """One indicator's points with the reasoning behind them."""

    code: str
    name: str
    points: Decimal | None
    weight: Decimal
    trace: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Group:
    """The indicators of a group; `points` is their sum, None while some are missing."""

    name: str
    weight: Decimal | None
    clause: str
    points: Decimal | None
    indicators: list[Points]


@dataclass(frozen=True)
class Shown:
    """A result as this person may see it."""

    result: Result
    groups: list[Group]
    trace: list[dict[str, Any]]
    full: Decimal = Decimal(100)
    renewing: bool = False  # a new determination is under way; the one shown was published


class Words:
    """Turns a trace's names into the words of the form and the policy, so that reasons read as sentences."""

    def __init__(self, case: Case) -> None:
        policy, form = definitions.policy_of(case), definitions.fill_form(case)
        facts = read_facts(policy.definition("facts")["facts"]) if policy.has("facts") else {}
        scheme = scheme_of(policy) if policy.has("indicators") else None
        self._names = {**{key: fact.name for key, fact in facts.items()}, **INPUT_NAMES}
        self._names |= {f.key: f.label for f in form.definition.fields}
        self._names |= {i.code: i.name for i in scheme.indicators} if scheme else {}
        # the policy's own words for its choices stand before the general ones
        written = {key: dict(zip(fact.allowed, fact.names, strict=False)) for key, fact in facts.items()}
        written["title"] = written.get("kind", {})
        self._values = {key: {**VALUES.get(key, {}), **words} for key, words in written.items()}

    def of(self, steps: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The steps with names and fixed values in words; inputs that have no name for people are left out."""
        return [
            {
                **step,
                "text": _NAME.sub(lambda name: self._names.get(name[0], name[0]), step["text"])
                .replace(" * ", " × ")
                .replace(" / ", " ÷ "),
                "inputs": {
                    self._names[key]: self._values.get(key, {}).get(value, value) if isinstance(value, str) else value
                    for key, value in step["inputs"].items()
                    if value is not None and key in self._names
                },
                "result": _with_unit(step),
            }
            for step in steps
        ]


def _with_unit(step: Mapping[str, Any]) -> Any:
    """What a title earns is yuan; other results have the unit that their step names."""
    result = step.get("result")
    number = None if isinstance(result, bool) or "title" not in step["inputs"] else exact(result)
    return result if number is None else f"{grouped(result)} 元"


def trial_of(case: Case) -> list[Group]:
    """Points by the rules on what was submitted, against the best of the round so far, this case included.

    Raises Refused when the policy gives no way to work them out.
    """
    policy, round_ = definitions.policy_of(case), definitions.round_of(case)
    own = scoring.values_of(policy, latest_submission(case))
    best = dict(scoring.frozen_reference(round_) or scoring.current_best(round_, policy))
    for code, value in own.items():
        if value.value is not None:
            best[code] = max(best.get(code, value.value), value.value)
    ground = scoring.ground_of(case, best)
    words = Words(case)
    points = {
        code: (
            scored.points,
            words.of(
                [ground.values[code].step.as_data()] * (code in ground.values) + [s.as_data() for s in scored.trace]
            ),
        )
        for code, scored in ground.computed.items()
    }
    return _groups(ground.scheme, points)


def _groups(scheme: Scheme, points: Mapping[str, tuple[Fraction | None, list[dict[str, Any]]]]) -> list[Group]:
    groups = []
    for group in scheme.groups:
        lines, total = [], Fraction(0)
        for indicator in scheme.in_group(group.key):
            number, trace = points.get(indicator.code, (None, []))
            total += number or 0
            shown = None if number is None else round_half_up(number)
            lines.append(Points(indicator.code, indicator.name, shown, indicator.weight_points, trace))
        whole = all(line.points is not None for line in lines)
        groups.append(
            Group(group.name, group.weight_points, group.clause, round_half_up(total) if whole else None, lines)
        )
    return groups


def result_for(case: Case, side: str) -> Shown | None:
    """The result that this side may see, or None.

    The city sees the newest at once. Carrier and district see what a notice has published, and after the case is
    closed what has become of it; a new determination on its way stays hidden until it is published.
    """
    newest = determining.latest_result(case)
    if newest is None:
        return None
    if case.round_id is None:
        return None  # what a case outside the rounds decides is told by core.web.case_checks
    if side == CITY:
        return _shown(case, newest, side)
    entry = NoticeEntry.select().where(NoticeEntry.case == case).order_by(NoticeEntry.id.desc()).first()
    if entry is None:
        return None
    kind = definitions.workflow_of(case).stage(case.stage).kind
    if kind == "closed":
        return _shown(case, newest, side)
    return _shown(case, entry.result, side, renewing=kind != "public_notice")


def _shown(case: Case, result: Result, side: str, renewing: bool = False) -> Shown:
    scheme = _scheme(case)
    words = Words(case)
    points = {
        code: (exact(told["points"]), words.of(open_trace(told["trace"], side))) for code, told in result.indicators.items()
    }
    groups = _groups(scheme, points) if scheme and points else []
    trace = result.trace if side == CITY else [_without_sheets(step) for step in result.trace]
    return Shown(result, groups, words.of(trace), scheme.total_weight if scheme else Decimal(100), renewing)


def _without_sheets(step: dict[str, Any]) -> dict[str, Any]:
    """Single experts' grades, and why the panel's is another, are the panel's own."""
    return {**step, "inputs": {k: v for k, v in step["inputs"].items() if k not in ("sheets", "reasons")}}


def _scheme(case: Case) -> Scheme | None:
    try:
        return scheme_of(definitions.policy_of(case))
    except Refused:
        return None


def open_trace(trace: list[dict[str, Any]], side: str) -> list[dict[str, Any]]:
    """Single experts' points and their reasons are the panel's own; outside the city only their mean is told."""
    if side == CITY or not trace:
        return trace
    return [*trace[:-1], {**trace[-1], "text": "专家组评分的平均", "inputs": {}}]

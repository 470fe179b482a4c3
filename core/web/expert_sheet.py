"""A score sheet as it is drawn: every indicator with the carrier's figures, evidence, points and the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from core.cases import definitions, scoring
from core.cases.submitting import latest_submission
from core.models import Attachment, Case, ScoreSheet
from core.policy.numbers import exact, plain, round_half_up
from core.policy.scheme import Indicator, IndicatorGroup, Scheme
from core.policy.scoring.points import Scored, method_of
from core.policy.values import IndicatorValue
from forms.changes import answer_text, calculated_text
from forms.compile import CompiledForm
from forms.definition import Field
from forms.formula import compile_formula
from forms.situation import Situation
from forms.worked import worked

NO_POINTS = "还没有评分"


@dataclass(frozen=True)
class Line:
    """One indicator. `points` and `reason` are what was typed; `counted` is what counts now, two decimals."""

    indicator: Indicator
    figures: Sequence[tuple[str, str]]
    files: Sequence[Attachment]
    computed: str
    why: Sequence[Mapping[str, Any]]
    points: str
    reason: str
    counted: str
    fault: str
    steps: Sequence[str]

    @property
    def by_panel(self) -> bool:
        """Whether the expert gives the points; else they come from figures."""
        return not self.computed


@dataclass(frozen=True)
class Block:
    """A group of indicators with what it comes to so far."""

    group: IndicatorGroup
    weight: str
    sum: str
    lines: Sequence[Line]


@dataclass(frozen=True)
class Drawn:
    """A whole sheet. `left` counts what is still missing, the opinion included.

    `provisional`: points that are compared with the best of the round may still move until determination.
    """

    case: Case
    row: ScoreSheet
    blocks: Sequence[Block]
    total: str
    weight: str
    left: int
    faults: Mapping[str, str]
    provisional: bool = False

    @property
    def errors(self) -> list[tuple[str, str]]:
        """The faults as (field id, text), in the order of the sheet."""
        order = [line.indicator.code for block in self.blocks for line in block.lines] + ["opinion"]
        return [(_anchor(key), self.faults[key]) for key in order if key in self.faults]

    @property
    def moved_from(self) -> str:
        """The total at signing, where it is another one now because the best of the round moved; else empty."""
        signed = exact(self.row.total)
        then = "" if signed is None else str(round_half_up(signed))
        return then if then != self.total else ""

    @property
    def sums(self) -> dict[str, str]:
        """What each group comes to so far, by the group's key."""
        return {block.group.key: block.sum for block in self.blocks}


def _anchor(key: str) -> str:
    return key if key == "opinion" else f"p-{key}"


def drawn(case: Case, row: ScoreSheet, *, complete: bool = False) -> Drawn:
    """The sheet for its page; `complete` also names what is merely not filled in yet.

    `row` need not be stored: a page drawn again after a conflict gives what was typed.
    """
    ground = scoring.ground_of(case)
    points = _points_so_far(ground, row)
    faults = _faults(ground, row)
    blank = {code for code in ground.scheme.codes if code not in points and not _typed(row, code)}
    left = len(ground.scheme.codes) - len(points) + (not row.opinion.strip())
    shown = faults if complete else {k: v for k, v in faults.items() if k not in blank and k != "opinion"}
    lines = {line.indicator.code: line for line in _lines(case, row, ground, points, shown)}
    return Drawn(
        case=case,
        row=row,
        blocks=[_block(ground, group, lines, points) for group in ground.scheme.groups],
        total=str(round_half_up(sum(points.values(), Fraction(0)))),
        weight=str(plain(ground.scheme.total_weight)),
        left=left,
        faults=shown,
        provisional=_provisional(case, ground),
    )


def _provisional(case: Case, ground: scoring.Ground) -> bool:
    compared = any(
        method_of(ground.scheme.indicator(code), ground.policy.methods).needs_reference for code in ground.computed
    )
    return compared and scoring.frozen_reference(definitions.round_of(case)) is None


def _faults(ground: scoring.Ground, row: ScoreSheet) -> dict[str, str]:
    found = scoring.sheet_faults(ground, row)
    return {code: f"{code} {NO_POINTS}" if fault.endswith("还没有得分") else fault for code, fault in found.items()}


def _typed(row: ScoreSheet, code: str) -> str:
    """What was typed as points, changed or given."""
    return str(row.changes[code].get("points", "") if code in row.changes else row.points.get(code, ""))


def _points_so_far(ground: scoring.Ground, row: ScoreSheet) -> dict[str, Fraction]:
    """The points that can be read and lie within their weight; the others do not count yet."""
    points: dict[str, Fraction] = {}
    for indicator in ground.scheme.indicators:
        code = indicator.code
        computed = ground.computed.get(code)
        number = computed.points if computed and code not in row.changes else exact(_typed(row, code))
        if number is not None and indicator.lowest <= number <= indicator.highest:
            points[code] = number
    return points


def _block(
    ground: scoring.Ground, group: IndicatorGroup, lines: Mapping[str, Line], points: Mapping[str, Fraction]
) -> Block:
    members = ground.scheme.in_group(group.key)
    total = sum((points.get(indicator.code, Fraction(0)) for indicator in members), Fraction(0))
    weight = sum((indicator.weight_points for indicator in members), Decimal(0))
    return Block(group, str(plain(weight)), str(round_half_up(total)), [lines[i.code] for i in members])


def _lines(
    case: Case, row: ScoreSheet, ground: scoring.Ground, points: Mapping[str, Fraction], faults: Mapping[str, str]
) -> list[Line]:
    source = _Source.of(case)
    lines = []
    for indicator in ground.scheme.indicators:
        code = indicator.code
        computed = ground.computed.get(code)
        lines.append(
            Line(
                indicator=indicator,
                figures=source.figures(indicator),
                files=source.files(indicator),
                computed=str(computed.shown) if computed else "",
                why=_why(indicator, ground, computed, source),
                points=_typed(row, code),
                reason=str(row.changes.get(code, {}).get("reason", "")),
                counted=str(round_half_up(points[code])) if code in points else "",
                fault=faults.get(code, ""),
                steps=_steps(indicator),
            )
        )
    return lines


def _steps(indicator: Indicator) -> list[str]:
    """Points offered for typing: whole ones up to ten, else tenths of the weight."""
    weight = indicator.weight_points
    if abs(weight) <= 10 and weight == weight.to_integral_value():
        return [str(points) for points in range(int(indicator.lowest), int(indicator.highest) + 1)]
    return [str(plain(weight * tenth / 10)) for tenth in range(11)]


@dataclass(frozen=True)
class _Source:
    """What the carrier submitted, as an indicator's line needs it."""

    form: CompiledForm
    answers: Mapping[str, Any]
    situation: Situation
    attached: Mapping[str, Sequence[Attachment]]

    @classmethod
    def of(cls, case: Case) -> _Source:
        form, submission = definitions.fill_form(case), latest_submission(case)
        answers = submission.answers if submission else {}
        named = submission.files if submission else {}
        ids = [number for numbers in named.values() for number in numbers]
        rows = Attachment.select().where(Attachment.id.in_(ids or [0]) & ~Attachment.removed).order_by(Attachment.id)
        attached: dict[str, list[Attachment]] = {}
        for row in rows:
            attached.setdefault(row.field, []).append(row)
        return cls(form, answers, form.situation(answers), attached)

    def figures(self, indicator: Indicator) -> list[tuple[str, str]]:
        """Label and text of every answer that this indicator rests on."""
        fields = [field for field in self.form.definition.fields if field.kind.control != "files"]
        return [(field.label, self.text(field)) for field in fields if self._belongs(field, indicator)]

    def files(self, indicator: Indicator) -> list[Attachment]:
        """The evidence of this indicator: what proves one of its answers."""
        fields = self.form.definition.fields
        own = {field.key for field in fields if self._belongs(field, indicator)}
        proofs = [f for f in fields if f.kind.control == "files" and (f.key in own or own & set(f.proves))]
        return [file for field in proofs for file in self.attached.get(field.key, ())]

    def _belongs(self, field: Field, indicator: Indicator) -> bool:
        # a count of tenants stands under many ratios; its evidence is asked for where it is the indicator itself
        named = compile_formula(indicator.value).names if indicator.value else frozenset()
        return field.key in self.situation.visible and (field.indicator == indicator.code or field.key in named)

    def text(self, field: Field) -> str:
        """The answer for readers."""
        if field.kind.control == "calculated":
            return calculated_text(field, self.situation) or "算不出来"
        return answer_text(field, self.answers.get(field.key)) or "未填"

    def texts(self, names: frozenset[str]) -> dict[str, str]:
        """Figures of a formula without their units, by name."""
        return {name: str(plain(number)) for name in names if (number := exact(self.situation.values.get(name)))}

    @property
    def keys(self) -> frozenset[str]:
        """The keys of the form's questions."""
        return frozenset(field.key for field in self.form.definition.fields)


def _why(
    indicator: Indicator, ground: scoring.Ground, computed: Scored | None, source: _Source
) -> list[dict[str, Any]]:
    """Value and points in people's words: the figures under the form's labels, the method, the clauses."""
    if computed is None:
        return []
    steps = []
    if indicator.code in ground.values:
        steps.append(_value_step(indicator, ground.values[indicator.code], source))
    method = method_of(indicator, ground.policy.methods)
    names = {"value": "本单位", "best": "本批次最好值"} | {key: s.name for key, s in method.settings.items()}
    for step in computed.trace:
        inputs = {names.get(key, key): _short(value) for key, value in step.inputs.items()}
        steps.append({**step.as_data(), "inputs": inputs, "result": f"{computed.shown} 分"})
    return steps


def _value_step(indicator: Indicator, value: IndicatorValue, source: _Source) -> dict[str, Any]:
    names = compile_formula(indicator.value).names & source.keys
    written = worked(indicator.value, source.texts(names))
    amount = _short(value.value)
    unit = f"{'' if indicator.unit == '%' else ' '}{indicator.unit}" if indicator.unit else ""
    sum_ = f"{written} = {amount}" if written and len(names) > 1 else amount
    return {
        "text": f"取值：{sum_}{unit}" if value.value is not None else "取值算不出来（除数为 0 或有数没填）",
        "clause": indicator.clause,
        "basis": indicator.basis,
        "inputs": {source.form.field(name).label: source.text(source.form.field(name)) for name in sorted(names)},
        "result": None,
    }


def _short(value: object) -> Any:
    """A number to four decimals at most, bands as a sentence; anything else as it is."""
    if isinstance(value, list):
        return "；".join(f"达到 {band['at_least']} 得 {band['points']} 分" for band in value)
    number = exact(value)
    if number is None:
        return "没有" if value is None else value
    return str(plain(round_half_up(number, 4)))


def differences(kept: ScoreSheet, typed: ScoreSheet, scheme: Scheme) -> list[tuple[str, str, str]]:
    """Where what was typed differs from what another window kept: name, kept, typed."""
    found = []
    for indicator in scheme.indicators:
        before, now = _typed(kept, indicator.code), _typed(typed, indicator.code)
        if before != now:
            found.append((f"{indicator.code} {indicator.name}", before or "未评", now or "未评"))
    if kept.opinion != typed.opinion:
        found.append(("评价意见", kept.opinion or "未填", typed.opinion or "未填"))
    return found

"""Determination (结果认定): total or grade and facts → grade, what follows, money, clauses, reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from core.errors import Refused
from core.policy import places
from core.policy.awards import award_for, award_terms
from core.policy.facts import Fact, fact_values, read_facts
from core.policy.grades import Grades, capped, grades_of, named_grades
from core.policy.numbers import exact
from core.policy.panel import agreed_grade
from core.policy.rules import GradeRule, Rule, read_grade_rule, read_rule
from core.policy.scheme import scheme_of
from core.policy.trace import Step, Trace, clauses_of
from core.policy.version import NotCovered, PolicyVersion


@dataclass(frozen=True)
class Determination:
    """A result. ``grade`` None: not evaluated. ``total`` is the rounded total, None when a grade was given.

    ``award_yuan`` is 0 when nothing is due, None when something is due whose amount is not set.
    ``consequences`` maps every consequence the policy knows to whether it follows. ``missing`` are facts that a veto
    or a ceiling asks for and nobody gave: it was not applied, which is not the same as not met.
    """

    grade: str | None
    total: Decimal | None
    vetoed: bool
    vetoes: tuple[str, ...]
    award_eligible: bool
    award_yuan: int | None
    consequences: Mapping[str, bool] = field(default_factory=dict)
    trace: Trace = ()
    missing: tuple[str, ...] = ()

    @property
    def clauses(self) -> list[str]:
        """The clauses the result rests on."""
        return clauses_of(self.trace)

    @property
    def title_revoked(self) -> bool:
        """Whether the title is revoked; False where the policy knows no revocation."""
        return self.consequences.get("title_revoked", False)


@dataclass(frozen=True)
class Check:
    """Something that somebody makes sure of before a result is determined.

    ``normal`` is what a yes-or-no check finds when nothing is amiss; a finding against it needs its ground.
    Without ``needed`` the policy's default holds as long as nobody has found anything.
    """

    key: str
    name: str
    type: str
    clause: str
    veto: bool
    normal: bool = False
    needed: bool = True


SUPPLIED = places.SUPPLIED | {"participated", "absence_excused", "submitted_on", "deadline", "kind", "level"}
"""Facts that come from the course of a case, its round and the register, never from a check."""


_GRADE_WANTED = "这里的政策没有划分数线，要给出档次（grade）和理由。"


@dataclass(frozen=True)
class _Rules:
    grades: Grades | None
    named: tuple[str, ...]
    facts: Mapping[str, Fact]
    vetoes: tuple[GradeRule, ...]
    ceilings: tuple[GradeRule, ...]
    consequences: tuple[Rule, ...]

    @property
    def declared(self) -> list[str]:
        """The vetoes that a person establishes; the others follow from facts."""
        return [veto.key for veto in self.vetoes if not veto.when]


def checks_needed(policy: PolicyVersion) -> list[Check]:
    """What a determination needs somebody to have checked: declared vetoes and facts marked so."""
    return [check for check in checks_offered(policy) if check.needed]


def checks_offered(policy: PolicyVersion) -> list[Check]:
    """What can be checked: all that must be, and what else vetoes and ceilings ask about with a default (正当理由)."""
    rules = _rules(policy)
    vetoes = [Check(v.key, v.name, "yes_no", v.clause, True) for v in rules.vetoes if not v.when]
    asked = {name for rule in (*rules.vetoes, *rules.ceilings) for name in rule.names} - SUPPLIED
    facts = [
        Check(f.key, f.name, f.type, f.clause, False, f.default is True, f.must_be_checked)
        for f in rules.facts.values()
        if f.must_be_checked or (f.key in asked and isinstance(f.default, bool))
    ]
    return vetoes + facts


GIVEN = frozenset({"total", "grade", "vetoes", "sheets", "reasons"})
"""What a determination is asked with beside the policy's own facts."""


def determine(policy: PolicyVersion, given: Mapping[str, object]) -> Determination:
    """Decide a result from `total` or `grade`, `vetoes` (keys of what was established) and the policy's facts.

    A `grade` that a panel agreed on comes with `sheets` (each expert's grade) and `reasons`, which the trace keeps.
    Raises Refused naming every unknown fact or veto and every unusable value, NotCovered when the policy
    determines nothing.
    """
    rules = _rules(policy)
    facts = _facts(rules, given)
    vetoes = [v for v in rules.vetoes if v.key in facts["vetoes"] or v.holds(facts)]
    absent = facts.get("participated") is False
    if absent and not any("participated" in veto.names for veto in vetoes):
        # Who took no part has no grade, unless the policy says that absence itself decides it.
        return _finish(policy, rules, facts, None, None, [], [])
    if vetoes and (absent or (given.get("total") is None and given.get("grade") is None)):
        # A veto decides without any score.
        grade, total, steps = vetoes[0].grade, None, list[Step]()
    else:
        grade, total, steps = _first_grade(policy, rules, given)
    for veto in vetoes:
        grade = veto.grade
        steps.append(veto.step(facts, grade))
    for ceiling in rules.ceilings:
        if ceiling.holds(facts):
            grade = capped(grade, ceiling.grade)
            steps.append(ceiling.step(facts, grade))
    return _finish(policy, rules, facts, grade, total, vetoes, steps)


def _finish(
    policy: PolicyVersion,
    rules: _Rules,
    facts: dict[str, Any],
    grade: str | None,
    total: Decimal | None,
    vetoes: Sequence[GradeRule],
    steps: list[Step],
) -> Determination:
    facts = {**facts, "grade": grade, "total": total, "vetoed": bool(vetoes)}
    consequences = {}
    for rule in rules.consequences:
        consequences[rule.key] = rule.holds(facts)
        if consequences[rule.key]:
            steps.append(rule.step(facts, True))
    eligible = False
    yuan: int | None = 0
    if policy.has("awards"):
        award = award_for(award_terms(policy), grade, facts, title=facts.get("kind"))
        eligible, yuan = award.eligible, award.yuan
        steps.extend(award.trace)
    asked = {name for rule in (*rules.vetoes, *rules.ceilings) for name in rule.names}
    missing = tuple(sorted(name for name in asked if name not in facts))
    return Determination(
        grade, total, bool(vetoes), tuple(v.key for v in vetoes), eligible, yuan, consequences, tuple(steps), missing
    )


def _rules(policy: PolicyVersion) -> _Rules:
    if not policy.has("facts"):
        raise NotCovered(f"“{policy.region}”的政策没有写怎样认定结果。")
    vetoes = policy.definition("vetoes") if policy.has("vetoes") else {}
    consequences = policy.definition("consequences") if policy.has("consequences") else {}
    return _Rules(
        grades=grades_of(policy),
        named=named_grades(policy),
        facts=read_facts(policy.definition("facts")["facts"]),
        vetoes=tuple(read_grade_rule(entry) for entry in vetoes.get("vetoes", [])),
        ceilings=tuple(read_grade_rule(entry) for entry in vetoes.get("ceilings", [])),
        consequences=tuple(read_rule(entry) for entry in consequences.get("consequences", [])),
    )


def _facts(rules: _Rules, given: Mapping[str, object]) -> dict[str, Any]:
    own = {key: value for key, value in given.items() if key not in GIVEN}
    facts: dict[str, Any] = dict(fact_values(rules.facts, own))
    established = [] if given.get("vetoes") is None else given["vetoes"]
    if not isinstance(established, (list, tuple)):
        raise Refused("否决情形要写成一列。", {"vetoes": "要写成一列"})
    unknown = [str(veto) for veto in established if veto not in rules.declared]
    if unknown:
        allowed = "、".join(rules.declared) or "没有"
        raise Refused(
            f"没有“{'、'.join(unknown)}”这种由人认定的否决情形；允许：{allowed}。",
            {veto: "没有这种否决情形" for veto in unknown},
        )
    facts["vetoes"] = tuple(established)
    return facts


def _first_grade(
    policy: PolicyVersion, rules: _Rules, given: Mapping[str, object]
) -> tuple[str, Decimal | None, list[Step]]:
    """The grade before vetoes and ceilings, from the total where the policy draws lines."""
    grade = given.get("grade")
    if grade is not None and grade not in rules.named:
        raise Refused(f"没有“{grade}”这个档次；允许：{'、'.join(rules.named)}。", {"grade": "没有这个档次"})
    if given.get("total") is None:
        if grade is None and rules.grades is None:
            raise Refused(_GRADE_WANTED, {"grade": "缺少档次"})
        if grade is None:
            raise Refused("要给出总分（total）或档次（grade）。", {"total": "缺少总分或档次"})
        if given.get("sheets") is not None:
            return str(grade), None, list(agreed_grade(policy, _sheets(given), str(grade), _text(given, "reasons")))
        clause = policy.definition("grades").get("clause", "") if policy.has("grades") else ""
        return str(grade), None, [Step("专家组和主管部门给出的档次", clause, "text" if clause else "", result=grade)]
    total = _total(policy, given["total"])
    if rules.grades is None:
        if grade is None:
            raise Refused(_GRADE_WANTED, {"grade": "缺少档次"})
        return (
            str(grade),
            None,
            [Step("政策没有划分数线，档次由专家组给出", inputs={"total": total}, result=grade)],
        )
    rounded = rules.grades.round_total(total)
    line = rules.grades.line_for(rounded)
    if grade is not None and grade != line.grade:
        raise Refused(f"总分 {rounded} 对应{line.name}，与给出的档次不一致。", {"grade": "与总分不一致"})
    return line.grade, rounded, [rules.grades.step(total, rounded, line)]


def _sheets(given: Mapping[str, object]) -> list[str]:
    sheets = given["sheets"]
    if not isinstance(sheets, (list, tuple)):
        raise Refused("各位专家的档次要写成一列。", {"sheets": "要写成一列"})
    return [str(grade) for grade in sheets]


def _text(given: Mapping[str, object], key: str) -> str:
    text = given.get(key, "")
    if not isinstance(text, str):
        raise Refused("理由要写成文字。", {key: "要写成文字"})
    return text


def _total(policy: PolicyVersion, entry: object) -> Fraction:
    scheme = scheme_of(policy) if policy.has("indicators") else None
    lowest, full = (scheme.lowest, scheme.total_weight) if scheme else (0, 100)
    total = exact(entry)
    if total is None or not lowest <= total <= full:
        raise Refused(f"总分“{entry}”不是 {lowest} 至 {full} 之间的数字。", {"total": f"要在 {lowest} 至 {full} 之间"})
    return total

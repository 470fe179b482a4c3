"""The submission check `award_use`: award money is used for what the policy names, and no more than was released.

It reads the rows `uses` of the form (purpose, spent_on, yuan, note; see core/workflow/generic/form_award_use.toml) and
three facts beside them: `award_released_yuan`, `award_used_yuan` (what other submissions for the same award have used
already) and `award_purposes` (the names that are allowed; empty where the policy names none).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from core.policy.awards import award_terms
from core.policy.numbers import exact, plain
from core.policy.submission_checks import Checked, CheckFinding, SubmissionCheck, Submitted
from core.policy.trace import Step

FIELD = "uses"
NO_AWARD = "这件没有对应的已发放奖励；请从“奖励资金”里选一笔再填报。"


def used_yuan(rows: object) -> Fraction:
    """The sum of the rows' amounts in yuan, exact. A row without a readable amount counts nothing."""
    amounts = (exact(row.get("yuan")) for row in rows if isinstance(row, Mapping)) if isinstance(rows, list) else ()
    return sum((amount for amount in amounts if amount is not None), Fraction(0))


def _run(submitted: Submitted) -> Checked:
    released = exact(submitted.register.get("award_released_yuan"))
    if released is None:
        return Checked((CheckFinding(NO_AWARD, blocks=True),))
    before = exact(submitted.register.get("award_used_yuan")) or Fraction(0)
    rows = submitted.answers.get(FIELD)
    now = used_yuan(rows)
    left = released - before - now
    clause, basis = _cited(submitted)
    inputs = {"已发放（元）": released, "以前已报使用（元）": before, "本次（元）": now}
    step = Step("使用合计不超过已发放的奖励，余额（元）", clause, basis, inputs, left)
    findings = [*_too_much(left, released - before, clause), *_misused(rows, submitted, clause)]
    return Checked(tuple(findings), {"award_left_yuan": plain(left)}, (step,))


def _too_much(left: Fraction, room: Fraction, clause: str) -> list[CheckFinding]:
    if left >= 0:
        return []
    text = f"合计超过已发放的奖励 {plain(-left):,f} 元；这次最多能报 {plain(max(room, Fraction(0))):,f} 元，请核对各行金额。"
    return [CheckFinding(text, FIELD, blocks=True, clause=clause)]


def _misused(rows: object, submitted: Submitted, clause: str) -> list[CheckFinding]:
    names: Sequence[str] = submitted.register.get("award_purposes") or ()
    if not names or not isinstance(rows, list):
        return []
    keys = {purpose.key for purpose in award_terms(submitted.policy).purposes}
    wrong = [number for number, row in enumerate(rows, 1) if not _fits(row, {*names, *keys})]
    if not wrong:
        return []
    lines = "、".join(str(number) for number in wrong)
    text = f"第 {lines} 行的用途不在规定的范围里；规定的用途：{'、'.join(names)}。"
    return [CheckFinding(text, FIELD, blocks=True, clause=clause)]


def _fits(row: Any, allowed: set[str]) -> bool:
    purpose = row.get("purpose") if isinstance(row, Mapping) else None
    return not purpose or str(purpose).strip() in allowed  # an empty one is the form's own fault to tell


def _cited(submitted: Submitted) -> tuple[str, str]:
    """The clause that names the purposes; where none does, keeping uses within the money is a practice."""
    purposes = award_terms(submitted.policy).purposes if submitted.policy.has("awards") else ()
    clause = "; ".join(dict.fromkeys(p.clause for p in purposes if p.clause))
    return (clause, purposes[0].basis) if clause else ("工作惯例", "practice")


AWARD_USE = SubmissionCheck("award_use", "奖励资金使用", _run)

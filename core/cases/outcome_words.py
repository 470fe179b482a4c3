"""What a case came to, in sentences that its carrier may read: the result once it is final, and what comes next."""

from __future__ import annotations

from datetime import date

from core import clock
from core.cases import definitions, standing
from core.cases.closing_rounds import ENDED
from core.cases.published import final_results, is_absent
from core.models import Award, CarrierMark, Case, PeriodicReport, Result
from core.policy.grades import grade_names
from core.policy.periods import days_of, kind_of, next_period, period_of, words_of

STILL_TO_COME = ("waiting", "held", "payable")
"""Awards of which the carrier hears again; why one waits or is held is not for this message."""


def decided(case: Case, result: Result) -> list[str]:
    """What a case outside the rounds decided."""
    found = result.consequences
    if "enrolled" in found:
        day = _cn(result.determined_on)
        return [f"予以纳入，从{day}起有资格。" if found["enrolled"] else "没有纳入，资格没有变化。"]
    if "exited" in found:
        mark = CarrierMark.get_or_none((CarrierMark.case_number == case.number) & (CarrierMark.kind == "exit"))
        if not found["exited"] or mark is None:
            return ["没有退出，资格照旧。"]
        return [f"从{_cn(mark.effective_on or mark.set_on)}起退出：{mark.reason}。"]
    policy = definitions.policy_of(case)
    entries = policy.definition("corrective_action")["consequences"] if policy.has("corrective_action") else ()
    return [f"{entry['name']}。" for entry in entries if found.get(entry["key"])] or ["整改合格，不再采取措施。"]


def _cn(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def told_at_closing(case: Case) -> str:
    """What the carrier is told when its case has closed: the final result as far as there is one, and the next step."""
    if case.outcome == ENDED:
        return "没有办结，这个批次已经结束，不用再提交。有疑问请联系主管部门。"
    result = final_results([case]).get(case.id)
    return f"已办结。{_result(case, result)}{_next(case, result)}"


def _result(case: Case, result: Result | None) -> str:
    if result is None:
        return ""
    if case.round_id is None:
        return "".join(decided(case, result))
    if not result.grade:
        return "没有参加评价。" if is_absent(result) else ""
    word = grade_names(definitions.policy_of(case)).get(result.grade, result.grade)
    return f"没有参加评价，结果为{word}。" if is_absent(result) else f"评价结果为{word}。"


def _next(case: Case, result: Result | None) -> str:
    """The next step, where the system knows of one; else that nothing is left to do."""
    opened = Case.select().where((Case.origin == case) & (Case.carrier == case.carrier) & (Case.outcome == "")).first()
    if opened is not None:
        return f"接下来办“{standing.titles([opened])[opened.id]}”（{opened.number}）。"
    if result is not None and Award.select().where((Award.case == case) & Award.status.in_(STILL_TO_COME)).exists():
        return "奖补另行办理，发放时再通知您。"
    period = _next_period(case)
    return f"下一期是{period}。" if period else "结果和经过可以在办件页上看，不用再办什么。"


def _next_period(case: Case) -> str:
    """The period after the reported one, where the carrier still has to report; "" otherwise."""
    own = PeriodicReport.get_or_none(PeriodicReport.case == case)
    offered = standing.procedures_of(definitions.current_policy(case.region, clock.today()), case.carrier.kind)
    procedure = next((one for one in offered if one["key"] == case.procedure), None)
    if own is None or procedure is None or not standing.stands(case.carrier, procedure):
        return ""
    kind = kind_of(own.period)
    return words_of(period_of(next_period(days_of(own.period)[0], kind), kind))

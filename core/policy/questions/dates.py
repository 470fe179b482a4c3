"""deadline: when a period ends. validity: is the policy in force. objection: is it admitted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from core.errors import CalendarMissing, Refused
from core.policy.clocks import NOTICE, Clock, calendar_of, clock_of, notice_rules
from core.policy.facts import as_date, known_keys, require_date
from core.policy.numbers import whole
from core.policy.objection import ANONYMOUS, admissible
from core.policy.periods import first_day_of_quarter, period_of
from core.policy.question import Answer, Asked, Given, Question
from core.policy.questions.reading import reasons
from core.policy.trace import Step


def _deadline(asked: Asked) -> Answer:
    policy, given = asked.policy, asked.given
    known_keys(given, ("clock", "from", "quarter", "done", "working_days", "counts_opening_day"))
    clock = _adjusted(clock_of(policy, given.get("clock")), given)
    opened = _opened(clock, given)
    done = require_date(given, "done") if given.get("done") is not None else None
    try:
        last = None if opened is None else clock.last_day(opened, calendar_of(policy))
    except CalendarMissing as fault:
        return {
            "deadline": None,
            "calendar_missing_years": fault.years,
            "messages": [str(fault)],
            **reasons([clock.step(opened, None)]),
        }
    answer: Answer = {"deadline": last, "counts_opening_day": clock.counts_opening_day, "unit": clock.kind}
    if last is None:
        answer["missing_parameters"] = [clock.parameter]
        answer["messages"] = [policy.parameter(clock.parameter).ask] if clock.parameter else []
    if clock.key == NOTICE and not notice_rules(policy).enabled:
        answer["messages"] = ["这里的政策没有公示，只有按惯例打开公示以后才用到这个期限。"]
    if done is not None and last is not None:
        if clock.key == NOTICE:
            answer["accepted"] = done >= last
        else:
            answer["status"] = "on_time" if done <= last else "late"
    return answer | reasons([clock.step(opened, last)])


def _opened(clock: Clock, given: Given) -> date | None:
    """The day a period opens; for a clock with a fixed day in each quarter, a day of the quarter."""
    if "quarter" not in given:
        # A period whose length nobody has set has no end, whenever it opened.
        return None if clock.length is None and given.get("from") is None else require_date(given, "from")
    if clock.period != "quarterly":
        raise Refused(f"“{clock.name}”不是按季度算的，要写开始日（from）。", {"quarter": "不按季度算"})
    opened = first_day_of_quarter(given["quarter"])
    if given.get("from") is not None and period_of(require_date(given, "from"), "quarterly") != period_of(
        opened, "quarterly"
    ):
        raise Refused("开始日（from）不在写明的季度（quarter）里。", {"from": "不在这个季度"})
    return opened


def _adjusted(clock: Clock, given: Given) -> Clock:
    """The clock with the length and the opening-day rule that the input sets."""
    stated, counts = given.get("working_days"), given.get("counts_opening_day")
    if clock.kind == "fixed_day" and (stated is not None or counts is not None):
        raise Refused(f"“{clock.name}”的日子是定死的，不能改算法。", {"working_days": "这个期限不按天数算"})
    if stated is not None:
        days = whole(stated)
        if days is None or days < 1:
            raise Refused("工作日数要写成大于 0 的整数。", {"working_days": "要写成大于 0 的整数"})
        clock = clock.lasting(days)
    if counts is not None:
        if not isinstance(counts, bool):
            raise Refused("是否从当天算起要写 true 或 false。", {"counts_opening_day": "true 或 false"})
        if clock.kind == "months":
            message = f"“{clock.name}”按月算，没有当天算不算的问题。"
            raise Refused(message, {"counts_opening_day": "按月算的期限用不着"})
        clock = replace(clock, counts_opening_day=counts)
    return clock


def _validity(asked: Asked) -> Answer:
    policy, on = asked.policy, asked.on
    known_keys(asked.given, ())
    document = policy.document
    in_force = True if on is None else policy.in_force(on)
    clause, basis = (document.clause, document.basis) if document else ("", "text")
    step = Step("政策在生效期内，起止日都算在内", clause, basis, {"on": on}, in_force)
    return {
        "in_force": in_force,
        "version": policy.version,
        "document": document.number if document else None,
        "in_force_from": document.in_force_from if document else None,
        "in_force_to": document.in_force_to if document else None,
        "note": document.note if document else "",
        **reasons([step]),
    }


_SIGNED = ("real_name", "sealed", "contact")


def _objection(asked: Asked) -> Answer:
    policy, given = asked.policy, asked.given
    known_keys(given, ("last_day", "filed_at", "objector", *_SIGNED))
    last_day = require_date(given, "last_day")
    filed_at = _moment(given.get("filed_at"))
    signed = {}
    for name in _SIGNED:
        value = given.get(name, False)
        if not isinstance(value, bool):
            raise Refused(f"“{name}”要写 true 或 false。", {name: "true 或 false"})
        signed[name] = value
    admission = admissible(notice_rules(policy), str(given.get("objector") or ANONYMOUS), signed, filed_at, last_day)
    return {
        "admissible": admission.admissible,
        "grounds": list(admission.grounds),
        **reasons(admission.trace),
    }


def _moment(value: object) -> datetime:
    """A moment from ISO text; a date alone counts as its beginning, and 24:00 as the next day's 00:00."""
    if isinstance(value, datetime):
        return value
    if (day := as_date(value)) is not None:
        return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - Shanghai time, set where it is compared
    text = str(value)
    if "T24:00" in text:
        return _moment(text.replace("T24:00", "T00:00")) + timedelta(days=1)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        message = "提出异议的时间要写成日期和时间，例如 2024-05-14T23:30:00。"
        raise Refused(message, {"filed_at": "时间不对"}) from None


BUILT_IN = (
    Question("deadline", "期限", _deadline, any_date=True),
    Question("validity", "生效", _validity, any_date=True),
    Question("objection", "异议受理", _objection),
)

"""Whether an objection to a public notice is admitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from core.errors import Refused
from core.policy.clocks import NoticeRules
from core.policy.trace import Step, Trace

SHANGHAI = ZoneInfo("Asia/Shanghai")
OBJECTORS = {"person": "个人", "organisation": "单位"}
ANONYMOUS = "anonymous"
_NEEDS = {
    "real_name": "个人提出异议要签署真实姓名",
    "contact": "要留下联系方式",
    "sealed": "单位提出异议要加盖公章",
}


@dataclass(frozen=True)
class Admission:
    """``grounds`` says why an objection is not admitted, one sentence each; empty when it is."""

    admissible: bool
    grounds: tuple[str, ...]
    trace: Trace


def admissible(
    rules: NoticeRules, objector: str, signed: Mapping[str, bool], filed_at: datetime, last_day: date
) -> Admission:
    """Decide on an objection: in time, signed as the rules ask, with a contact.

    `signed` says which of real_name, sealed and contact are there. A moment without zone is Shanghai time; the
    last day ends at 24:00 in Shanghai, so 00:00 of the next day is late. An objector who does not say who it is
    (`ANONYMOUS`) is never admitted. Raises Refused for any other objector.
    """
    if objector not in OBJECTORS and objector != ANONYMOUS:
        raise Refused(f"异议人不能是“{objector}”；允许：{'、'.join(OBJECTORS)}。", {"objector": "没有这类异议人"})
    local = filed_at.replace(tzinfo=SHANGHAI) if filed_at.tzinfo is None else filed_at.astimezone(SHANGHAI)
    if objector == ANONYMOUS:
        grounds = ["匿名提出的异议不受理，请写明是个人还是单位并署名"]
    else:
        needs = rules.person_needs if objector == "person" else rules.organisation_needs
        grounds = [_NEEDS[need] for need in needs if not signed.get(need, False)]
    if local.date() > last_day:
        grounds.insert(0, f"异议期到 {last_day.isoformat()} 二十四时为止，这份异议在此之后提出")
    inputs = {"objector": objector, **signed, "filed_at": local, "last_day": last_day}
    step = Step("异议是否受理：按时、署名、留联系方式", rules.clause, rules.basis, inputs, not grounds)
    return Admission(not grounds, tuple(grounds), (step,))

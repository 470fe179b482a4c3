"""The words of the settings beside a workflow: panel, notice, clocks, facts, who takes part, what the register keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.cases.authoring_words import BASES, BASIS, YES_NO, Choices, Groups, Slot
from core.roles import ROLES

Entry = Mapping[str, Any]

CLOCK_KINDS: Choices = (
    ("working_days", "若干个工作日"), ("calendar_days", "若干天"), ("months", "若干个月"), ("fixed_day", "每期固定的一天"),
)  # fmt: skip
PERIODS: Choices = (("weekly", "每周"), ("monthly", "每月"), ("quarterly", "每季度"), ("yearly", "每年"))
FACT_TYPES: Choices = (
    ("yes_no", "是或否"), ("whole", "整数"), ("number", "数字"), ("date", "日期"), ("choice", "几项里的一项"), ("text", "文字"),
)  # fmt: skip
NOTICE_UNITS: Choices = (("working_days", "工作日"), ("calendar_days", "日历日"))
GIVES: Choices = (("points", "按指标打分"), ("grade", "直接给档次，写明理由"))
RUN_BY: Choices = tuple((key, ROLES[key].name) for key in ("city_reviewer", "third_party"))
SIGNED: Choices = (("real_name", "真实姓名"), ("contact", "联系方式"), ("sealed", "单位盖章"))
WAYS: Choices = (("when", "一个条件"), ("since", "从一个日期起满几个月"))

_NAME = Slot("name", "名称", required=True)
_KEY = Slot("key", "代号", required=True, hint="字母或汉字开头，别处用它引用")
_CLAUSE = Slot("clause", "依据的条款", required=True, hint="写文件中的条号，例如 第十二条；条文没有写的写明是什么惯例")
_NOTE = Slot("note", "说明", "long")
_CITED = (_CLAUSE, BASIS, _NOTE)
_HEAD_CITED = (Slot("clause", "依据的条款", hint=_CLAUSE.hint), BASIS, _NOTE)
_OPENING_DAY = Slot("counts_opening_day", "开始的当天算不算", "choice", source="yes_no", hint="不写就从第二天起算")


def _cited_in(table: str) -> tuple[Slot, ...]:
    return (Slot(f"{table}.clause", "依据的条款", hint=_CLAUSE.hint), Slot(f"{table}.basis", "依据是哪一种", choices=BASES))


def _named(_entry: Entry) -> Groups:
    return (("内容", (_NAME, _KEY)), ("依据", _CITED))


def fact_groups(fact: Entry) -> Groups:
    """The properties of a fact: what it may be, and what is taken where nobody wrote anything."""
    kind = fact.get("type")
    more: tuple[Slot, ...] = ()
    if kind == "choice":
        more = (
            Slot("options", "可选的项", "long", required=True, hint="每行一项：代号 叫法，例如 city 市级；条件里写代号"),
            Slot("default", "没有记录时当作", source="options"),
        )
    elif kind == "yes_no":
        more = (Slot("default", "没有记录时当作", "yes_no", choices=YES_NO, hint="不写就是不知道，不当成“否”"),)
    elif kind in ("whole", "number"):
        more = (Slot("unit", "单位"), Slot("default", "没有记录时当作", "number"))
    asked = (_NAME, _KEY, Slot("type", "是什么样的", choices=FACT_TYPES, required=True), *more)
    return (("内容", asked), ("依据", _CITED))


def checked_fact_groups(fact: Entry) -> Groups:
    """The properties of a fact that a determination needs."""
    asked, cited = fact_groups(fact)
    return (asked, ("核查", (_CHECKED,)), cited)


_CHECKED = Slot("must_be_checked", "必须有人核查", "yes_no", choices=YES_NO, hint="选“是”的，网上没有人核查并记录就不能认定")


def clock_groups(clock: Entry) -> Groups:
    """The properties of a clock, as its kind asks for them."""
    kind, period = clock.get("kind"), clock.get("period")
    length: tuple[Slot, ...] = (Slot("days", "几天", "count", source="wholes", required=True), _OPENING_DAY)
    if kind == "months":
        length = (Slot("months", "几个月", "count", source="wholes", required=True),)
    elif kind == "fixed_day":
        month = (Slot("month", "几月", "count", source="wholes", hint="不写就是十二月"),) if period == "yearly" else ()
        said = {"weekly": "周一写 1，周日写 7", "quarterly": "每季度最后一个月的几日"}.get(str(period), "那个月没有这一天的，到月底")
        length = (
            Slot("period", "多久一次", choices=PERIODS, required=True), *month,
            Slot("day", "第几天", "count", source="wholes", required=True, hint=said),
        )  # fmt: skip
    kinds = Slot("kind", "怎样算", choices=CLOCK_KINDS, required=True)
    return (("内容", (_NAME, _KEY)), ("多长", (kinds, *length)), ("依据", _CITED))


def condition_groups(condition: Entry) -> Groups:
    """The properties of a condition of who takes part: a formula, or a date that lies so many months back."""
    way = Slot("way", "看什么", choices=WAYS, required=True)
    when = (Slot("when", "条件", "formula", required=True, hint="用“要知道的情况”写"),)
    since = (
        Slot("since", "从哪个日期起", "needs", source="dates", required=True, hint="选了几个的，从最早的算起"),
        Slot("months", "满几个月", "count", source="wholes", required=True),
        Slot("or_when", "或者只要", "formula", hint="成立的，不看日期；没有的留空"),
    )
    asked = since if condition.get("way") == "since" else when
    return (("内容", (_NAME, _KEY)), ("要满足什么", (way, *asked)), ("依据", _CITED))


@dataclass(frozen=True)
class Sort:
    """A list of a definition: what it and one entry are called, an entry's properties, what a new one begins with.

    `optional` lists go with their last entry.
    """

    title: str
    name: str
    groups: Callable[[Entry], Groups] = _named
    new: Mapping[str, Any] = field(default_factory=dict)
    optional: bool = False
    hint: str = ""


@dataclass(frozen=True)
class Settings:
    """A kind of definition: what it is as a whole, its lists by name, and what only its text can change."""

    whole: str
    head: Groups
    lists: Mapping[str, Sort] = field(default_factory=dict)
    only_text: str = ""


_PANEL = Settings(
    "整个专家组",
    (
        ("专家组", (
            Slot("name", "名称"),
            Slot("minimum", "最少几位专家", "count", source="wholes", required=True, hint="回避的不计入"),
            Slot("gives", "专家给什么", choices=GIVES, hint="不写就是按指标打分"),
            Slot("run_by", "由谁组织", choices=RUN_BY, hint=f"不写就是{ROLES['city_reviewer'].name}"),
            Slot("drawn_from", "从哪里请", "long"),
            Slot("recusal", "回避", "long"),
        )),
        ("专家签署的承诺", (Slot("pledge.text", "承诺的话", "long", hint="专家签了才能看到材料；没有承诺的留空"), *_cited_in("pledge"))),
        ("依据", _HEAD_CITED),
    ),
    {
        "modes": Sort("评审方式", "方式", optional=True),
        "aspects": Sort("评定的方面", "方面", optional=True, hint="直接给档次的专家组，各位专家分方面写意见"),
    },
)  # fmt: skip
_NOTICE = Settings(
    "整个公示",
    (
        ("公示", (
            Slot("name", "名称"),
            Slot("enabled", "结果公示不公示", "choice", source="yes_no", required=True, hint="选“否”的，结果直接公布"),
            Slot("length", "公示几天", "count", source="wholes", required=True),
            Slot("unit", "按什么天数", choices=NOTICE_UNITS, required=True),
            Slot("counts_opening_day", "发布当天算不算", "choice", source="yes_no", required=True),
            *_HEAD_CITED,
        )),
        ("异议", (
            Slot("objection.until", "到哪天为止可以提", choices=(("last_day", "公示的最后一天"),)),
            Slot("objection.person_needs", "个人提出要有", "needs", choices=SIGNED),
            Slot("objection.organisation_needs", "单位提出要有", "needs", choices=SIGNED),
            Slot("objection.handling_working_days", "几个工作日内处理", "count", source="wholes", hint="没有规定的留空"),
            *_cited_in("objection"),
        )),
        ("结果改了以后", (
            Slot("changed_result.notice_again", "改了的结果要不要再公示", "choice", source="yes_no", hint="不写就要"),
            *_cited_in("changed_result"),
        )),
    ),
)  # fmt: skip
SETTINGS: Mapping[str, Settings] = {
    "panel": _PANEL,
    "notice": _NOTICE,
    "clocks": Settings(
        "整份期限", (("期限", (Slot("name", "名称"), *_HEAD_CITED)),),
        {"clocks": Sort("期限", "期限", clock_groups, {"kind": "working_days"})},
    ),
    "facts": Settings(
        "整份核查事实", (("核查事实", (Slot("name", "名称"), *_HEAD_CITED)),),
        {"facts": Sort("认定结果时要知道的情况", "情况", checked_fact_groups, {"type": "yes_no"}, hint="否决、封顶、后果和奖补的条件用它们写")},
    ),
    "scope": Settings(
        "整份参评范围", (("谁参加", (Slot("name", "名称"), *_HEAD_CITED)),),
        {
            "facts": Sort("要知道的情况", "情况", fact_groups, {"type": "yes_no"}, hint="代号和登记的单位情况相同的，由登记里带出"),
            "conditions": Sort("要满足的条件", "条件", condition_groups, hint="全部满足的才参加"),
        },
    ),
    "region": Settings(
        "整个地区", (("地区", (Slot("name", "名称", required=True), Slot("bureau", "主管部门", required=True), Slot("centre", "市级服务机构"), *_HEAD_CITED)),),
        {"register": Sort("登记的单位情况", "情况", fact_groups, {"type": "text"}, True, "每个单位都登记；流程的条件和参评范围可以用")},
        "区县和本地放假安排",
    ),
}  # fmt: skip

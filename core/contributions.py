"""What a plugin may bring beside its region: of which type, what must hold of it, where the process keeps it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import wraps
from typing import Any

from core.bounded import Raised, TooSlow, bounded
from core.errors import KaopingError, Refused
from core.hookspecs import (
    Calendar,
    Checked,
    Download,
    FieldType,
    MessageChannel,
    PrefillSource,
    Question,
    ScoringMethod,
    Setting,
    StageKind,
    SubmissionCheck,
)
from core.message_channels import CHANNELS
from core.policy.builtins import METHODS, QUESTIONS, SUBMISSION_CHECKS
from core.policy.downloads import DOWNLOADS, TAKEN_BY
from core.policy.national_calendars import CALENDARS
from core.policy.prefill_sources import LOOKS_AT, PREFILL_SOURCES
from core.workflow.stage_kinds import BUILT_IN as BUILT_IN_STAGE_KINDS
from core.workflow.stage_kinds import STAGE_KINDS
from forms.fields import FIELD_TYPES

_KEY = re.compile(r"[a-z][a-z0-9_]*")
SECONDS, SECONDS_TO_PREFILL = 10.0, 2.0
"""How long what a plugin does outside its own facts may take: sending and making documents, filling a field ahead."""
ANSWERS = (str, int, Decimal, date, type(None))
"""What a plugin may fill ahead."""
CONTROLS = ("line", "area", "radios", "select", "checks")
DRAWN_APART = ("table", "files", "calculated")  # the core's own; a plugin cannot draw


@dataclass(frozen=True)
class Contribution:
    """One hook: `kind` is what it gives, `registry` holds what this process knows, `fault` says what is wrong."""

    hook: str
    name: str
    kind: type[Any]
    registry: dict[str, Any]
    fault: Callable[[Any], str]

    def key_of(self, item: object) -> str:
        """The key of an item that may be taken. Raises KaopingError saying what is wrong with it."""
        if not isinstance(item, self.kind):
            raise KaopingError(f"应给出 {self.kind.__name__}，得到的是 {type(item).__name__}")
        key, name = getattr(item, "key", ""), getattr(item, "name", "") or getattr(item, "label", "")
        if not (isinstance(key, str) and _KEY.fullmatch(key)) or not isinstance(name, str) or not name:
            raise KaopingError(f"{self.name}的键“{key}”或名称“{name}”不对；允许：键用小写字母、数字和下划线，名称不空")
        fault = self.fault(item)
        if fault:
            raise KaopingError(fault)
        return key

    def wrapped(self, item: Any, plugin: str) -> Any:
        """The item; what a plugin computes while people work is told as the plugin's fault when it raises."""
        if plugin.startswith("core."):
            return item
        work = _WORK.get(self.kind)
        if work is None or getattr(item, work.name) is None:
            return item
        told = _told(getattr(item, work.name), plugin, f"{self.name}“{item.name}”", work.of, work.seconds())
        return replace(item, **{work.name: told})


@dataclass(frozen=True)
class _Work:
    """What a plugin computes while people work: in which member, of what kind, in what time (None: as long as it takes)."""

    name: str
    of: tuple[type[Any], ...] = (object,)
    seconds: Callable[[], float | None] = lambda: None


_WORK: dict[type[Any], _Work] = {
    Question: _Work("answer", (Mapping,)),
    ScoringMethod: _Work("points", (Fraction, int, Decimal)),  # exact numbers only
    SubmissionCheck: _Work("run", (Checked,)),
    PrefillSource: _Work("value", ANSWERS, lambda: SECONDS_TO_PREFILL),
    MessageChannel: _Work("send", seconds=lambda: SECONDS),
    Download: _Work("make", (tuple,), lambda: SECONDS),
}


class PluginFault(Refused):
    """Code of a plugin raised while it was asked; the message names the plugin."""


class PluginTooSlow(PluginFault, TooSlow):
    """Code of a plugin did not come back in time."""


def _told(
    work: Callable[..., Any],
    plugin: str,
    what: str,
    of: tuple[type[Any], ...],
    seconds: float | None,
) -> Callable[..., Any]:
    """The same function; whatever it raises, or gives that is not `of` the type asked for, is the plugin's fault.

    With `seconds` it is given up after so many; what it is given must be plain data then, for another thread.
    """

    def asked(*given: Any) -> Any:
        answer = work(*given) if seconds is None else bounded(lambda: work(*given), seconds)
        if not isinstance(answer, of):
            allowed = " 或 ".join(one.__name__ for one in of)
            raise TypeError(f"应给出 {allowed}，得到的是 {type(answer).__name__}")
        return answer

    @wraps(work)
    def told(*given: Any) -> Any:
        blame = f"插件 {plugin} 的{what}"
        try:
            return asked(*given)
        except TooSlow as fault:
            raise PluginTooSlow(f"{blame}没有办成，请告诉管理员：{fault}") from fault
        except Raised as fault:
            raise PluginFault(f"{blame}出错，请告诉管理员：{fault}") from fault
        except KaopingError:
            raise
        except Exception as fault:
            raise PluginFault(f"{blame}出错，请告诉管理员：{type(fault).__name__}: {fault}") from fault

    return told


def _field_type_fault(item: FieldType) -> str:
    if item.control not in (*CONTROLS, *DRAWN_APART):
        return f"字段类型“{item.key}”的 control 不能是“{item.control}”；允许：{'、'.join(CONTROLS)}"
    if type(item).from_text is FieldType.from_text:
        return f"字段类型“{item.key}”没有写怎样读填的内容；允许：定义 from_text"
    return ""


def _stage_kind_fault(item: StageKind) -> str:
    known = [kind.key for kind in BUILT_IN_STAGE_KINDS]
    if item.like not in known and item not in BUILT_IN_STAGE_KINDS:
        return f"环节类别“{item.key}”的 like 不能是“{item.like}”；允许：{'、'.join(known)}"
    return ""


def _method_fault(item: ScoringMethod) -> str:
    if not item.by_panel and not callable(item.points):
        return f"评分方法“{item.key}”没有写怎样算分；允许：points 是一个函数，或 by_panel = True"
    if not isinstance(item.settings, Mapping) or not all(isinstance(one, Setting) for one in item.settings.values()):
        return f"评分方法“{item.key}”的 settings 不对；允许：例如 {{'low': Setting('起点')}}"
    return ""


def _question_fault(item: Question) -> str:
    return "" if callable(item.answer) else f"问题“{item.key}”没有写怎样回答；允许：answer 是一个函数"


def _check_fault(item: SubmissionCheck) -> str:
    return "" if callable(item.run) else f"核对“{item.key}”没有写怎样核对；允许：run 是一个函数"


def _calendar_fault(item: Calendar) -> str:
    return "" if callable(item.is_working_day) else f"日历“{item.key}”答不了；允许：is_working_day 是一个函数"


def _prefill_fault(item: PrefillSource) -> str:
    if item.looks_at not in LOOKS_AT:
        return f"沿用来源“{item.key}”的 looks_at 不能是“{item.looks_at}”；允许：{'、'.join(LOOKS_AT[1:])} 或不写"
    return "" if callable(item.value) else f"沿用来源“{item.key}”没有写怎样取值；允许：value 是一个函数"


def _channel_fault(item: MessageChannel) -> str:
    return "" if callable(item.send) else f"通知渠道“{item.key}”没有写怎样发；允许：send 是一个函数"


def _download_fault(item: Download) -> str:
    if item.about not in TAKEN_BY:
        return f"文件“{item.key}”的 about 不能是“{item.about}”；允许：{'、'.join(TAKEN_BY)}"
    allowed = TAKEN_BY[item.about]
    if not isinstance(item.roles, tuple) or not item.roles or not set(item.roles) <= set(allowed):
        return f"文件“{item.key}”的 roles 不对；允许：{'、'.join(allowed)}，写成元组，至少一个"
    return "" if callable(item.make) else f"文件“{item.key}”没有写怎样做；允许：make 是一个函数"


CONTRIBUTIONS = (
    Contribution("kaoping_field_types", "字段类型", FieldType, FIELD_TYPES, _field_type_fault),
    Contribution("kaoping_stage_kinds", "环节类别", StageKind, STAGE_KINDS, _stage_kind_fault),
    Contribution("kaoping_calendars", "日历", Calendar, CALENDARS, _calendar_fault),
    Contribution("kaoping_scoring_methods", "评分方法", ScoringMethod, METHODS, _method_fault),
    Contribution("kaoping_questions", "问题", Question, QUESTIONS, _question_fault),
    Contribution("kaoping_submission_checks", "提交核对", SubmissionCheck, SUBMISSION_CHECKS, _check_fault),
    Contribution("kaoping_prefill_sources", "沿用来源", PrefillSource, PREFILL_SOURCES, _prefill_fault),
    Contribution("kaoping_message_channels", "通知渠道", MessageChannel, CHANNELS, _channel_fault),
    Contribution("kaoping_downloads", "文件", Download, DOWNLOADS, _download_fault),
)
"""In the order in which they are collected."""

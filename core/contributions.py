"""What a plugin may bring beside its region: of which type, what must hold of it, where the process keeps it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

from core.errors import KaopingError, Refused
from core.hookspecs import Calendar, FieldType, Question, ScoringMethod, StageKind
from core.policy.builtins import METHODS, QUESTIONS
from core.policy.national_calendars import CALENDARS
from core.workflow.stage_kinds import BUILT_IN as BUILT_IN_STAGE_KINDS
from core.workflow.stage_kinds import STAGE_KINDS
from forms.fields import FIELD_TYPES

_KEY = re.compile(r"[a-z][a-z0-9_]*")
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
        if isinstance(item, Question):
            return replace(item, answer=_told(item.answer, plugin, f"问题“{item.name}”"))
        if isinstance(item, ScoringMethod) and item.points is not None:
            return replace(item, points=_told(item.points, plugin, f"评分方法“{item.name}”"))
        return item


class PluginFault(Refused):
    """Code of a plugin raised while it was asked; the message names the plugin."""


def _told(work: Callable[..., Any], plugin: str, what: str) -> Callable[..., Any]:
    @wraps(work)
    def told(*given: Any) -> Any:
        try:
            return work(*given)
        except KaopingError:
            raise
        except Exception as fault:
            raise PluginFault(f"插件 {plugin} 的{what}出错，请告诉管理员：{type(fault).__name__}: {fault}") from fault

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
    return ""


def _question_fault(item: Question) -> str:
    return "" if callable(item.answer) else f"问题“{item.key}”没有写怎样回答；允许：answer 是一个函数"


def _calendar_fault(item: Calendar) -> str:
    return "" if callable(item.is_working_day) else f"日历“{item.key}”答不了；允许：is_working_day 是一个函数"


CONTRIBUTIONS = (
    Contribution("kaoping_field_types", "字段类型", FieldType, FIELD_TYPES, _field_type_fault),
    Contribution("kaoping_stage_kinds", "环节类别", StageKind, STAGE_KINDS, _stage_kind_fault),
    Contribution("kaoping_calendars", "日历", Calendar, CALENDARS, _calendar_fault),
    Contribution("kaoping_scoring_methods", "评分方法", ScoringMethod, METHODS, _method_fault),
    Contribution("kaoping_questions", "问题", Question, QUESTIONS, _question_fault),
)
"""In the order in which they are collected."""

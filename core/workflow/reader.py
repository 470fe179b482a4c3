"""TOML → the classes of `core.workflow.definition`, collecting every fault with its key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.workflow.definition import Action, Clock, Signing, Stage, Workflow
from core.workflow.shapes import SLOTS, Slot
from core.workflow.stage_kinds import STAGE_KINDS
from forms.findings import Finding

_WANTED = {
    "text": "加引号的文字",
    "whole": "不小于 0 的整数",
    "texts": '一列文字，例如 ["opinion"]',
    "table": "一组键和值",
    "facts": "一组事实，例如 { city_approved = true }",
    "tables": "若干组键和值",
}


def read_workflow(data: Mapping[str, Any], file: str) -> tuple[Workflow, list[Finding]]:
    """The workflow as far as it can be read, and what is wrong with it."""
    reader = _Reader(file)
    values = reader.table(data, "", Workflow)
    stages = tuple(_stage(reader, raw, f"stages.{i}") for i, raw in enumerate(values.pop("stages", ())))
    if not stages:
        reader.fault("stages", "至少要有一个环节")
    return Workflow(**values, stages=stages, by_key={s.key: s for s in stages}), reader.findings


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []

    def fault(self, key: str, message: str, allowed: str = "") -> None:
        self.findings.append(Finding(self.file, key, message, allowed))

    def table(self, data: Any, key: str, kind: type[Any]) -> dict[str, Any]:
        """The usable values of a table; every required text is there, empty when the file lacks it."""
        slots, prefix = SLOTS[kind], f"{key}." if key else ""
        if not isinstance(data, Mapping):
            self.fault(key, "这里应是一个表")
            data = {}
        for name in data:
            if name not in slots:
                self.fault(f"{prefix}{name}", "不认识的键", "、".join(sorted(slots)))
        values = {n: data[n] for n, slot in slots.items() if n in data and self._fits(data[n], slot, f"{prefix}{n}")}
        for name, slot in slots.items():
            if slot.required and slot.kind == "text" and not str(values.get(name, "")).strip():
                if name not in data or name in values:
                    self.fault(f"{prefix}{name}", "缺少文字")
                values[name] = ""
        return values

    def _fits(self, value: object, slot: Slot, place: str) -> bool:
        if slot.kind == "table":  # what is inside is told where it is read
            return True
        if not _TESTS[slot.kind](value):
            self.fault(place, f"“{value}”的类型不对", _WANTED[slot.kind])
            return False
        given = value if isinstance(value, list) else [value]
        wrong = [one for one in given if slot.choices and one not in slot.choices]
        for one in wrong:
            self.fault(place, f"不认识的值“{one}”", "、".join(filter(None, slot.choices)))
        return not wrong


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


_TESTS: dict[str, Any] = {
    "text": _is_text,
    "whole": _is_whole,
    "texts": _is_texts,
    "facts": lambda value: isinstance(value, Mapping) and all(isinstance(one, bool | int | str) for one in value.values()),
    "tables": lambda value: isinstance(value, list),
}


def _stage(reader: _Reader, data: Any, key: str) -> Stage:
    values = reader.table(data, key, Stage)
    raw_actions, raw_clock = values.pop("actions", ()), values.pop("clock", None)
    actions = tuple(_action(reader, one, f"{key}.actions.{i}") for i, one in enumerate(raw_actions))
    clock = None if raw_clock is None else _clock(reader, raw_clock, f"{key}.clock")
    if "signing" in values:
        values["signing"] = _signing(reader, values["signing"], f"{key}.signing")
    kind = STAGE_KINDS.get(values["kind"])
    own = {"kind": kind.like, "own_kind": kind.key} if kind is not None and kind.like else {}
    stage = Stage(**{**values, **own}, clock=clock, actions=actions)
    if kind is not None and kind.lint is not None:
        for told in _told(kind.lint, stage):
            reader.fault(key, told)
    return stage


def _told(lint: Any, stage: Stage) -> list[str]:
    try:
        return [str(told) for told in lint(stage)]
    except Exception as fault:  # a plugin's code; the workflow is refused, nothing else is
        return [f"环节类别“{stage.own_kind}”的检查出错：{type(fault).__name__}: {fault}"]


def _action(reader: _Reader, data: Any, key: str) -> Action:
    values = reader.table(data, key, Action)
    return Action(**{**values, "needs": tuple(values.get("needs", ()))})


def _signing(reader: _Reader, data: Any, key: str) -> Signing:
    values = reader.table(data, key, Signing)
    return Signing(**{**values, "roles": tuple(values.get("roles", ()))})


def _clock(reader: _Reader, data: Any, key: str) -> Clock:
    values = reader.table(data, key, Clock)
    if values.get("kind") == "plan" and not values.get("field"):
        reader.fault(f"{key}.field", "按方案定日期的时钟要写明取方案的哪一项")
    if values.get("kind") not in (None, "", "plan") and not (values.get("days") or values.get("parameter")):
        reader.fault(f"{key}.days", "要写明天数，或天数在哪个参数里（parameter）")
    return Clock(**values)

"""What is wrong with a workflow before anybody runs it: unreachable, dead end, nobody acts, action to nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from core.roles import FILLERS, ROLES
from core.workflow.by_clock import lint_clock
from core.workflow.definition import Action, Stage, Workflow
from core.workflow.signing_lint import lint_signing
from forms.findings import Finding
from forms.formula import FormulaError, compile_formula

FOUND_BY_KEY = ("expert_panel", "determination", "public_notice")
"""Kinds of stage that a round, its panel and its notices find by their key: there is one of each, named so."""

TAKEN_BY_EFFECT = {"submit": "提交", "determine": "结束评分", "absent": "记为未参加"}
"""Effects for which no button names the action: the first of the stage is taken (whose condition holds)."""


def lint(workflow: Workflow, file: str = "workflow.toml") -> list[Finding]:
    """All findings, in the order of the file."""
    return [
        *_keys(workflow, file),
        *_start(workflow, file),
        *(f for i, s in enumerate(workflow.stages) for f in _stage(workflow, s, file, f"stages.{i}")),
        *_reach(workflow, file),
        *_endings(workflow, file),
    ]


def _keys(workflow: Workflow, file: str) -> Iterator[Finding]:
    seen: set[str] = set()
    for i, stage in enumerate(workflow.stages):
        if stage.key in seen:
            yield Finding(file, f"stages.{i}.key", f"环节“{stage.key}”写了两次")
        seen.add(stage.key)


def _start(workflow: Workflow, file: str) -> Iterator[Finding]:
    if workflow.start not in workflow.by_key:
        yield Finding(file, "start", f"没有环节“{workflow.start}”", "、".join(workflow.by_key))


def _stage(workflow: Workflow, stage: Stage, file: str, key: str) -> Iterator[Finding]:
    if stage.kind == "closed":
        if stage.actions:
            yield Finding(file, f"{key}.actions", "办结环节不能再有动作")
        return
    if stage.kind in FOUND_BY_KEY and stage.key != stage.kind:
        yield Finding(file, f"{key}.key", f"环节“{stage.name}”的键要与类别相同，否则批次找不到它", stage.kind)
    if not stage.actions:
        yield Finding(file, f"{key}.actions", f"环节“{stage.name}”没有动作，事情会停在这里")
    if stage.role not in ROLES:
        yield Finding(file, f"{key}.role", f"环节“{stage.name}”没有写明由谁办理", "、".join(ROLES))
    if stage.kind == "fill":
        yield from _fill(stage, file, key)
    if not stage.clause and stage.basis == "text":
        yield Finding(file, f"{key}.clause", "要写明条款；文件没有写的，basis 写 reading 或 practice")
    seen: set[str] = set()
    for i, action in enumerate(stage.actions):
        if action.key in seen:
            yield Finding(file, f"{key}.actions.{i}.key", f"动作“{action.key}”写了两次")
        seen.add(action.key)
        yield from _action(workflow, action, file, f"{key}.actions.{i}")
    yield from _same_effect(stage, file, key)
    yield from lint_clock(stage, file, key)
    yield from lint_signing(stage, file, key)


def _fill(stage: Stage, file: str, key: str) -> Iterator[Finding]:
    if not stage.form:
        yield Finding(file, f"{key}.form", f"填报环节“{stage.name}”没有表单")
    if stage.role in ROLES and stage.role not in FILLERS:
        told = f"填报环节“{stage.name}”不能由“{ROLES[stage.role].name}”填"
        yield Finding(file, f"{key}.role", told, "、".join(FILLERS))


def _same_effect(stage: Stage, file: str, key: str) -> Iterator[Finding]:
    """Of actions that are taken by their effect the first that holds counts: one without a condition hides others."""
    for effect, does in TAKEN_BY_EFFECT.items():
        same = [(i, action) for i, action in enumerate(stage.actions) if action.effect == effect]
        for place, (i, action) in enumerate(same[:-1]):
            if not action.condition:
                later = same[place + 1][1].name
                text = f"“{action.name}”没有条件，{does}时总是先走它，轮不到“{later}”"
                yield Finding(file, f"{key}.actions.{i}.condition", text, "给前面的写条件，没有条件的放最后")
    yield from _same_way(stage, file, key)


def _same_way(stage: Stage, file: str, key: str) -> Iterator[Finding]:
    """Two buttons that do the same under the same condition leave people guessing which to press."""
    seen: dict[tuple[object, ...], str] = {}
    for i, action in enumerate(stage.actions):
        does = (action.effect, action.to, action.condition, action.role, tuple(sorted(action.sets.items())))
        if does in seen and action.effect not in TAKEN_BY_EFFECT:
            text = f"“{action.name}”和“{seen[does]}”条件相同、去处相同，办理的人分不清按哪个"
            yield Finding(file, f"{key}.actions.{i}.condition", text, "给两个动作写互斥的条件，或去掉一个")
        seen.setdefault(does, action.name)


def _action(workflow: Workflow, action: Action, file: str, key: str) -> Iterator[Finding]:
    if action.to not in workflow.by_key:
        yield Finding(file, f"{key}.to", f"动作“{action.name}”通向不存在的环节“{action.to}”", "、".join(workflow.by_key))
    if action.role and action.role not in ROLES:
        yield Finding(file, f"{key}.role", f"不认识的角色“{action.role}”", "、".join(ROLES))
    if action.condition:
        try:
            compile_formula(action.condition)
        except FormulaError as fault:
            yield Finding(file, f"{key}.condition", str(fault))


def _reach(workflow: Workflow, file: str) -> Iterator[Finding]:
    reached, edge = set[str](), [workflow.start]
    while edge:
        key = edge.pop()
        if key not in reached and key in workflow.by_key:
            reached.add(key)
            edge += [a.to for a in workflow.stage(key).actions]
    for i, stage in enumerate(workflow.stages):
        if stage.key not in reached and workflow.start in workflow.by_key:
            yield Finding(file, f"stages.{i}", f"环节“{stage.name}”没有动作通向它")


def _endings(workflow: Workflow, file: str) -> Iterator[Finding]:
    """Every stage must have some way to the end, not only a circle of returns."""
    ends = {s.key for s in workflow.stages if s.kind == "closed"}
    if not ends:
        yield Finding(file, "stages", "没有办结环节（kind = \"closed\"）")
        return
    grown = True
    while grown:
        more = {s.key for s in workflow.stages if s.key not in ends and any(a.to in ends for a in s.actions)}
        grown = bool(more)
        ends |= more
    for i, stage in enumerate(workflow.stages):
        if stage.key not in ends and stage.actions:
            yield Finding(file, f"stages.{i}", f"从环节“{stage.name}”走不到办结")

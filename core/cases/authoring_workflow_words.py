"""The words of the workflow designer: the properties of a workflow, a stage and an action, in groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.cases import authoring_words as words
from core.cases.authoring_words import BASES, ROLE_NAMES, Groups, Slot
from core.workflow.signing import MODE_NAMES

MOST_SIGNERS = 4
KEY = Slot("key", "代号", required=True, hint="改了代号，通向它的动作跟着改")
HEAD: Groups = (
    (
        "整个流程",
        (
            Slot("name", "流程名称", required=True),
            Slot("procedure", "哪个事项用它", source="procedures", required=True),
            Slot("start", "从哪个环节开始", source="stages", required=True),
            Slot("note", "说明", "long"),
        ),
    ),
)
_STAGE = {slot.path: slot for slot in words.STAGE}
_ACTION = {slot.path: slot for slot in words.ACTION}
SIGNERS = tuple(
    Slot(f"signer.{n}", f"第 {n} 方", choices=ROLE_NAMES, hint="不写就是环节的办理人" if n == 1 else "")
    for n in range(1, MOST_SIGNERS + 1)
)
_SIGNING = (
    Slot("signing.mode", "几个人签", choices=tuple(MODE_NAMES.items()), hint="一个人就能办的不写"),
    Slot("signing.quorum", "至少几人同意", "whole", hint="依次签不写"),
    *SIGNERS,
    Slot("signing.clause", "会签依据的条款"),
    Slot("signing.basis", "会签依据是哪一种", choices=BASES),
)
_CITED = ("clause", "basis")
_CLOCK = tuple(path for path in _STAGE if path.startswith("clock."))
WITHOUT_FORMS = frozenset({"expert_panel", "determination", "public_notice"})


def stage_groups(stage: Mapping[str, Any], kind: str) -> Groups:
    """The properties that a stage of this kind has, and those it holds although it should not."""
    named = (_STAGE["name"], KEY, _STAGE["kind"])
    if kind == "closed":
        return (("环节", named), ("依据", _of(_STAGE, (*_CITED, "note"))), *_left(stage))
    forms = () if kind in WITHOUT_FORMS else ("form", "opinion_form", "site_visit_form")[: 1 if kind == "fill" else 3]
    forms += ("minimum_experts",) if kind == "expert_panel" else ()
    held = tuple(p for p in ("form", "opinion_form", "site_visit_form", "minimum_experts") if p in stage or p in forms)
    groups: list[tuple[str, tuple[Slot, ...]]] = [
        ("环节", (*named, *_of(_STAGE, ("role", "scope")))),
        ("专家人数" if held == ("minimum_experts",) else "表单", _of(_STAGE, held)),
        ("期限", tuple(slot for slot in _of(_STAGE, _CLOCK) if _is_asked(stage, slot.path))),
        ("几个人签", tuple(s for s in _SIGNING if (kind == "review" or "signing" in stage) and _is_asked(stage, s.path))),
        ("依据", _of(_STAGE, (*_CITED, "note"))),
    ]
    return tuple(group for group in groups if group[1])


def _is_asked(stage: Mapping[str, Any], path: str) -> bool:
    """Whether a property of the clock or the signing means anything as the others stand; what is written is shown."""
    table, _, name = path.partition(".")
    kept = stage.get("signing" if table == "signer" else table)
    values: Mapping[str, Any] = kept if isinstance(kept, dict) else {}
    if name in values or path in ("clock.kind", "signing.mode"):
        return True
    if table == "clock" and values:
        counted = values.get("kind") != "plan"
        return {"field": not counted, "days": counted, "parameter": counted, "action": values.get("when_over") == "act"}.get(name, True)
    return bool(values) and not (name == "quorum" and values.get("mode") == "in_order")


def _left(stage: Mapping[str, Any]) -> Groups:
    """What an end of the way still holds from when it was something else."""
    held = tuple(slot for path, slot in _STAGE.items() if path in ("role", "scope", "form") and path in stage)
    clock = _of(_STAGE, _CLOCK) if "clock" in stage else ()
    return (("办结环节用不到，可以清掉", (*held, *clock)),) if held or clock else ()


def action_groups() -> Groups:
    """The properties of an action."""
    return (
        ("动作", (*_of(_ACTION, ("name",)), KEY, *_of(_ACTION, ("to", "effect", "needs", "role")))),
        ("条件和结论", (
            Slot("condition", "什么时候能办", "formula", hint="写公式；不分情形的留空。下面列出可以用的名字"),
            Slot("sets", "办了以后成立的事实", "facts", hint="每行一个：代号 值，例如 city_approved 是"),
        )),
        ("依据", _of(_ACTION, _CITED)),
    )  # fmt: skip


def _of(slots: Mapping[str, Slot], paths: tuple[str, ...]) -> tuple[Slot, ...]:
    return tuple(slots[path] for path in paths)

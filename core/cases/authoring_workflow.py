"""What the workflow designer changes in a draft: stages and actions added, wired, renamed, moved, taken out.

Pure changes of the draft as data, called inside `authoring.change_draft`. A thing is addressed by its dotted path
with positions, as findings are: "" is the whole, `stages.2` a stage, `stages.2.actions.0` an action.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.cases import authoring_items
from core.cases.authoring_items import item_at
from core.cases.authoring_words import EFFECTS, Groups
from core.cases.authoring_workflow_words import HEAD, MOST_SIGNERS, action_groups, stage_groups
from core.errors import Refused
from core.workflow.lint import FOUND_BY_KEY
from core.workflow.stage_kinds import STAGE_KINDS

Data = dict[str, Any]

ASIDE = frozenset({"return", "withdraw", "absent", "redetermine"})
"""Effects that leave the way onward: they are not what a new stage is put into."""
EFFECT_OF = {
    "fill": ("submit", "提交"), "expert_panel": ("determine", "评分完成"), "determination": ("publish", "发布公示"),
    "public_notice": ("close", "公示期满，办结"),
}  # fmt: skip
"""What a case leaves a kind of stage by: effect and words; all others are forwarded."""
ACTS = {
    "fill": ("carrier_clerk", "carrier"), "review": ("city_reviewer", "region"), "expert_panel": ("expert", "panel"),
    "corrective_action": ("carrier_clerk", "carrier"),
}  # fmt: skip
"""Who usually acts in a kind of stage, and where."""


def require_readable(data: Mapping[str, Any]) -> None:
    """Raises Refused where the text is no workflow that can be drawn: then it is mended as text."""
    stages = data.get("stages", [])
    tables = isinstance(stages, list) and all(isinstance(one, dict) for one in stages)
    actions = [one.get("actions", []) for one in stages] if tables else []
    if not tables or not all(isinstance(a, list) and all(isinstance(x, dict) for x in a) for a in actions):
        raise Refused("原文的写法不像一个流程，还不能在图上改，请先在原文里改好。")


def is_action(path: str) -> bool:
    """Whether a path leads to an action."""
    return ".actions." in path


def kind_of(stage: Mapping[str, Any]) -> str:
    """The core's kind of a stage: a plugin's kind is used as the one it is like."""
    kind = STAGE_KINDS.get(str(stage.get("kind", "")))
    return (kind.like or kind.key) if kind else ""


def groups_at(data: Mapping[str, Any], path: str) -> Groups:
    """The properties of what lies at a path, in groups."""
    if not path:
        return HEAD
    thing = item_at(data, path)
    return action_groups() if is_action(path) else stage_groups(thing, kind_of(thing))


def shown(data: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    """A thing as its properties show it: the bodies that sign stand one by one."""
    thing = item_at(data, path) if path else data
    roles = thing.get("signing", {}).get("roles", []) if isinstance(thing.get("signing"), dict) else []
    return {**thing, "signer": {str(n): role for n, role in enumerate(roles, 1)}}


def set_properties(data: Data, path: str, values: Mapping[str, Any]) -> None:
    """Set the properties of a thing by their dotted names; None takes one out. What names a key follows its change."""
    thing = item_at(data, path) if path else data
    plain = {name: value for name, value in values.items() if not name.startswith("signer.")}
    kind = str(plain.get("kind") or "")
    if not is_action(path) and kind in FOUND_BY_KEY:
        plain["key"] = kind  # a round finds these by their key
    if plain.get("key") and path:
        _rename(data, path, str(thing.get("key", "")), str(plain["key"]))
    if len(plain) < len(values):
        plain["signing.roles"] = _signers(thing, values)
    for table, needed in (("signing", "mode"), ("clock", "kind")):
        if f"{table}.{needed}" in plain and plain[f"{table}.{needed}"] is None:
            plain = {name: value for name, value in plain.items() if not name.startswith(f"{table}.")}
            thing.pop(table, None)
    authoring_items.put_values(data, path, plain)


def _signers(thing: Mapping[str, Any], values: Mapping[str, Any]) -> list[str] | None:
    now = thing.get("signing", {}).get("roles", [])
    slots = [now[n] if n < len(now) else None for n in range(MOST_SIGNERS)]
    for name, value in values.items():
        if name.startswith("signer."):
            slots[int(name.partition(".")[2]) - 1] = value
    return [role for role in slots if role] or None


def _rename(data: Data, path: str, old: str, new: str) -> None:
    holder = item_at(data, path.rpartition(".")[0])
    if old != new and any(one.get("key") == new for one in holder):
        raise Refused(f"已经有代号“{new}”，请换一个。", {"key": f"已经有代号“{new}”，请换一个。"})
    if is_action(path):
        clock = item_at(data, path.rpartition(".actions")[0]).get("clock", {})
        if clock.get("action") == old:
            clock["action"] = new
        return
    data.update({"start": new} if data.get("start") == old else {})
    for action in _actions(data):
        action.update({"to": new} if action.get("to") == old else {})


def _actions(data: Mapping[str, Any]) -> list[Data]:
    return [action for stage in data.get("stages", []) for action in stage.get("actions", [])]


def add_stage(data: Data, kind: str, after: str) -> str:
    """Put a new stage after the one at (or around) a path, else at the end, and into the way onward; its path."""
    if kind not in STAGE_KINDS:
        raise Refused("没有这一类环节。")
    stages = data.setdefault("stages", [])
    like = STAGE_KINDS[kind].like or kind
    place = int(after.split(".")[1]) + 1 if after else _end(stages, like)
    role, scope = ACTS.get(like, ("city_reviewer", "region"))
    made: Data = {"key": _free_key(stages, kind), "name": STAGE_KINDS[kind].name, "kind": kind}
    made |= {"basis": "practice"} if like == "closed" else {"role": role, "scope": scope, "basis": "practice"}
    before = stages[place - 1] if place else None
    if before is not None and kind_of(before) != "closed":
        _wire(before, made, like)
    stages.insert(place, made)
    if data.get("start") not in {one.get("key") for one in stages}:
        data["start"] = stages[0]["key"]
    return f"stages.{place}"


def _end(stages: list[Data], kind: str) -> int:
    """Where the way ends: before the first end of it, an end itself after all."""
    ends = (i for i, stage in enumerate(stages) if kind_of(stage) == "closed" and kind != "closed")
    return next(ends, len(stages))


def _wire(before: Data, made: Data, kind: str) -> None:
    """The way onward of the stage before leads to the new one, and from there to where it led."""
    onward = next((one for one in before.get("actions", []) if one.get("effect") not in ASIDE), None)
    if onward is None:
        before.setdefault("actions", []).insert(0, _usual_action(kind_of(before), made["key"]))
        return
    if kind == "closed":
        return  # a further end: which action leads to it is for the person to say
    made["actions"] = [_usual_action(kind, str(onward.get("to", "")))]
    onward["to"] = made["key"]


def _usual_action(kind: str, to: str) -> Data:
    effect, name = EFFECT_OF.get(kind, ("forward", "同意"))
    return {"key": effect, "name": name, "to": to, "effect": effect}


def _free_key(entries: list[Data], wanted: str) -> str:
    taken, key, number = {one.get("key") for one in entries}, wanted, 2
    while key in taken:
        key, number = f"{wanted}_{number}", number + 1
    return key


def add_action(data: Data, path: str, effect: str) -> str:
    """Give the stage at (or around) a path an action of this effect: back to the start, or on to what follows."""
    if effect not in dict(EFFECTS):
        raise Refused("没有这一种动作。")
    at = path.partition(".actions")[0]
    if not at:
        raise Refused("请先选一个环节，再加动作。")
    stage, stages = item_at(data, at), data["stages"]
    if kind_of(stage) == "closed":
        raise Refused("办结环节不能再有动作。")
    place = int(at.rpartition(".")[2])
    target = data.get("start", "") if effect in ("return", "withdraw") else stages[min(place + 1, len(stages) - 1)]["key"]
    actions = stage.setdefault("actions", [])
    name = {"return": "退回补正", "forward": "同意"}.get(effect, dict(EFFECTS)[effect])
    made = {"key": _free_key(actions, effect), "name": name, "to": target, "effect": effect}
    actions.append(made | ({"needs": ["reasons"]} if effect == "return" else {}))
    return f"{at}.actions.{len(actions) - 1}"


def remove(data: Data, path: str) -> str:
    """Take a stage or an action out; the path of what is then nearest."""
    if not path:
        raise Refused("整个流程不能去掉，可以撤回草稿。")
    authoring_items.remove_item(data, path)
    holder, _, place = path.rpartition(".")
    left = item_at(data, holder)
    if is_action(path) and not left:
        del item_at(data, holder.rpartition(".")[0])["actions"]
    if not left:
        return holder.rpartition(".")[0]
    return f"{holder}.{min(int(place), len(left) - 1)}"


def move(data: Data, path: str, step: int) -> str:
    """Move a stage or an action up (-1) or down (+1) among its like; its new path."""
    holder, _, place = path.rpartition(".")
    authoring_items.move_item(data, path, step)
    return f"{holder}.{min(max(int(place) + step, 0), len(item_at(data, holder)) - 1)}"


def place(data: Data, path: str, target: str) -> str:
    """Put a thing where another of its sort stands (an action also onto a stage: it then leads there); its path."""
    if is_action(path) and not is_action(target):
        item_at(data, path)["to"] = item_at(data, target)["key"]
        return path
    holder, _, at = target.rpartition(".")
    if path.rpartition(".")[0] != holder:
        raise Refused("只能在同一层里移动。")
    entries = item_at(data, holder)
    item_at(data, path)
    item_at(data, target)
    entries.insert(int(at), entries.pop(int(path.rpartition(".")[2])))
    return target

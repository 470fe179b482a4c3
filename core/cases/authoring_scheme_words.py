"""What the scheme designer asks of a scheme, of a group, of an indicator and of its scoring method."""

from __future__ import annotations

from core.cases.authoring_words import BASES, BASIS, CLAUSE, METHOD_NAMES, Choices, Slot
from core.policy.builtins import METHODS

TYPES: Choices = (("quantitative", "定量"), ("qualitative", "定性"))
HEAD = (
    Slot("name", "指标体系的名称", required=True),
    Slot("form", "数字取自哪份表单", source="forms", required=True),
    Slot("total_weight", "总分应为（分）", "number", hint="办法写明的满分，例如 100"),
    Slot("combine", "几位专家的总分怎样合并", source="combine"),
    CLAUSE,
    BASIS,
)
GROUP = (
    Slot("name", "名称", required=True),
    Slot("key", "代号", required=True),
    Slot("weight_points", "这一组应为（分）", "number", hint="办法没有写的留空"),
    Slot("count", "应有几项指标", "whole", hint="办法没有写的留空"),
    CLAUSE,
    BASIS,
)
INDICATOR = (
    Slot("name", "指标名称", required=True),
    Slot("code", "编号", required=True),
    Slot("group", "属于哪一组", source="groups", required=True),
    Slot("weight_points", "权重（分）", "number"),
    Slot("type", "类别", choices=TYPES, required=True),
    Slot("value", "数值公式", hint="用表单里的字段算；定性指标留空"),
    Slot("unit", "单位"),
    Slot("description", "说明", "long"),
    Slot("evidence", "佐证要求", "long"),
    CLAUSE,
    BASIS,
)
METHOD = (
    Slot("method.key", "评分方法", choices=METHOD_NAMES, hint="不选就由专家评分"),
    Slot("method.clause", "评分方法依据的条款"),
    Slot("method.basis", "评分方法依据是哪一种", choices=BASES, hint="办法没有写怎样算的，是对条文的解读"),
)


def method_slots(key: str) -> tuple[Slot, ...]:
    """The settings of a scoring method, as they lie in an indicator."""
    method = METHODS.get(key)
    settings = method.settings.items() if method is not None else ()
    return tuple(
        Slot(f"method.{name}", one.name, "bands" if one.type == "bands" else "number", hint=_SETTING_HINTS[one.type])
        for name, one in settings
    )


_SETTING_HINTS = {"number": "", "bands": "每行两个数：达到多少、得几分，例如 10 3"}

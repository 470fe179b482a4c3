"""A formula as people read it, and what each function is for.

>>> in_words("staff / tenants * 100 >= 20 and is_missing(note)", {"staff": "服务人员数", "tenants": "入驻总数"})
'“服务人员数” ÷ “入驻总数” × 100 不小于 20，并且 没有填“note”'
"""

from __future__ import annotations

from collections.abc import Mapping

from forms.formula_parser import Call, Chain, Literal, Name, Node, Prefix, parse

FUNCTION_WORDS: Mapping[str, tuple[str, str]] = {
    "min": ("min(甲, 乙)", "几个数里最小的"),
    "max": ("max(甲, 乙)", "几个数里最大的"),
    "sum": ("sum(甲, 乙)", "几个数加起来"),
    "abs": ("abs(甲)", "去掉负号"),
    "round": ("round(甲, 2)", "四舍五入到几位小数"),
    "floor": ("floor(甲)", "舍去小数"),
    "ceil": ("ceil(甲)", "有小数就进一"),
    "if_missing": ("if_missing(甲, 0)", "没有填时改用后面的数"),
    "is_missing": ("is_missing(甲)", "没有填"),
    "has": ('has(多选字段, "代号")', "多选里选了这一项"),
    "column_sum": ('column_sum("表格", "列")', "表格一列的合计"),
    "row_count": ('row_count("表格")', "表格填了几行"),
    "date": ('date("2023-05-01")', "写一个日期"),
    "days": ("days(起, 止)", "两个日期之间的天数"),
    "months": ("months(起, 止)", "两个日期之间的整月数"),
}
"""Every function: how it is written, and what it gives in one line."""

_SIGNS = {
    "+": "+", "-": "−", "*": "×", "/": "÷", "==": "等于", "!=": "不等于", "<": "小于", "<=": "不大于",
    ">": "大于", ">=": "不小于", "and": "，并且", "or": "，或者",
}  # fmt: skip


def in_words(source: str, labels: Mapping[str, str]) -> str:
    """The reading of a formula; `labels` are what fields, and columns as `table.column`, are called.

    Raises FormulaError for what is no formula.
    """
    return _words(parse(source), labels)


def _words(node: Node, labels: Mapping[str, str]) -> str:
    if isinstance(node, Literal):
        return _literal(node.value)
    if isinstance(node, Name):
        return _label(node.name, labels)
    if isinstance(node, Prefix):
        inner = _inside(node.operand, labels)
        return f"−{inner}" if node.sign == "-" else f"不满足：{inner}"
    if isinstance(node, Chain):
        return _chain(node, labels)
    return _call(node, labels)


def _literal(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return f"“{value}”" if isinstance(value, str) else format(value, "f")


def _label(name: str, labels: Mapping[str, str]) -> str:
    return f"“{labels.get(name, name)}”"


def _inside(node: Node, labels: Mapping[str, str]) -> str:
    text = _words(node, labels)
    return f"（{text}）" if isinstance(node, Chain) else text


def _chain(node: Chain, labels: Mapping[str, str]) -> str:
    text = _operand(node, node.first, labels)
    for sign, operand in node.rest:
        joint = _SIGNS[sign]
        text += f"{joint} " if joint.startswith("，") else f" {joint} "
        text += _operand(node, operand, labels)
    return text


def _operand(outer: Chain, node: Node, labels: Mapping[str, str]) -> str:
    """A part of a chain; brackets only where they carry meaning."""
    if not isinstance(node, Chain):
        return _words(node, labels)
    loose = outer.kind in {"and", "or"} and node.kind in {"compare", "number"}
    loose = loose or (outer.kind == "compare" and node.kind == "number")
    product = outer.rest[0][0] in "+-" and node.rest[0][0] in "*/"
    return _words(node, labels) if loose or product else f"（{_words(node, labels)}）"


def _call(node: Call, labels: Mapping[str, str]) -> str:
    parts = [_words(argument, labels) for argument in node.arguments]
    if node.function in {"row_count", "column_sum"}:
        return _of_table(node, labels)
    if node.function == "if":
        return f"{parts[1]} 时取 {parts[0]}，否则取 {parts[2]}"
    fixed = {
        "is_missing": f"没有填{parts[0]}",
        "has": f"{parts[0]}选了{parts[-1]}",
        "if_missing": f"{parts[0]}（没有填时取 {parts[-1]}）",
        "abs": f"{parts[0]} 的绝对值",
        "floor": f"{parts[0]} 舍去小数",
        "ceil": f"{parts[0]} 有小数进一",
        "round": f"{parts[0]} 四舍五入到 {parts[1] if len(parts) == 2 else '0'} 位小数",
        "days": f"从 {parts[0]} 到 {parts[-1]} 的天数",
        "months": f"从 {parts[0]} 到 {parts[-1]} 的整月数",
        "date": parts[0].strip("“”"),
    }
    listed = {"min": "中最小的", "max": "中最大的", "sum": "之和"}
    return fixed.get(node.function) or "、".join(parts) + listed.get(node.function, "")


def _of_table(node: Call, labels: Mapping[str, str]) -> str:
    names = [str(argument.value) if isinstance(argument, Literal) else "" for argument in node.arguments]
    if node.function == "row_count":
        return f"{_label(names[0], labels)}的行数"
    return f"{_label(names[0], labels)}中“{labels.get('.'.join(names), names[-1])}”的合计"

"""Yes or no, one of several, several of several."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from forms.fields.base import BadInput, FieldType, Spec

_YES = frozenset({"yes", "true", "1", "是", "有"})
_NO = frozenset({"no", "false", "0", "否", "无", "没有"})


class YesNoType(FieldType):
    """是 or 否, stored as true/false."""

    key = "yes_no"
    label = "是否"
    control = "radios"

    def read(self, typed: object, spec: Spec) -> object | None:
        return typed if isinstance(typed, bool) else super().read(typed, spec)

    def from_text(self, text: str, spec: Spec) -> object:  # noqa: ARG002
        if text.lower() in _YES:
            return True
        if text.lower() in _NO:
            return False
        raise BadInput("请选“是”或“否”")

    def typed(self, answer: object, spec: Spec) -> str:  # noqa: ARG002
        return "yes" if answer is True else "no"

    def show(self, answer: object, spec: Spec) -> str:  # noqa: ARG002
        return "是" if answer is True else "否"

    def operand(self, answer: object) -> bool:
        if not isinstance(answer, bool):
            raise ValueError(answer)
        return answer


class ChoiceType(FieldType):
    """One of the choices, stored by its key; the words shown are understood too."""

    key = "choice"
    label = "单选"
    options = frozenset({"choices"})
    needs = frozenset({"choices"})
    control = "radios"

    def from_text(self, text: str, spec: Spec) -> object:
        for choice in spec.choices:
            if text in {choice.key, choice.label}:
                return choice.key
        raise BadInput("没有这个选项，请从列出的选项中选择")

    def typed(self, answer: object, spec: Spec) -> str:  # noqa: ARG002
        return str(answer)

    def show(self, answer: object, spec: Spec) -> str:
        return next((choice.label for choice in spec.choices if choice.key == answer), str(answer))


class ChoicesType(ChoiceType):
    """Several choices, stored as a list of keys in the order of the definition."""

    key = "choices"
    label = "多选"
    options = frozenset({"choices", "min", "max"})
    control = "checks"
    many = True
    in_tables = False

    def read(self, typed: object, spec: Spec) -> object | None:
        if isinstance(typed, str):
            typed = [typed]
        if typed is None:
            return None
        if not isinstance(typed, Sequence) or isinstance(typed, bytes):
            raise BadInput("请从列出的选项中选择")
        chosen = {self.from_text(text, spec) for text in map(self.text, typed) if text}
        return [choice.key for choice in spec.choices if choice.key in chosen] or None

    def problems(self, answer: object, spec: Spec) -> list[str]:
        count = len(answer) if isinstance(answer, list) else 0
        if spec.min is not None and count < Decimal(spec.min):
            return [f"至少选 {spec.min} 项，现在选了 {count} 项"]
        if spec.max is not None and count > Decimal(spec.max):
            return [f"最多选 {spec.max} 项，现在选了 {count} 项"]
        return []

    def show(self, answer: object, spec: Spec) -> str:
        chosen = answer if isinstance(answer, list) else [answer]
        return "、".join(super(ChoicesType, self).show(key, spec) for key in chosen)

    def operand(self, answer: object) -> list[object]:
        return list(answer) if isinstance(answer, list) else [answer]

    def limit_fault(self, name: str, limit: str) -> str:  # noqa: ARG002
        return "" if limit.isdecimal() else "要写成项数，例如 2"

"""What a kind of field must be able to do, and the list of the kinds there are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol


class BadInput(ValueError):
    """What was typed cannot be read; the message says what is wrong and how to mend it, in Chinese."""


class ChoiceLike(Protocol):
    """One thing to choose: a stable key and the words shown."""

    @property
    def key(self) -> str: ...
    @property
    def label(self) -> str: ...


class Spec(Protocol):
    """The part of a field or of a table column that reading and showing a value needs."""

    @property
    def label(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def min(self) -> str | None: ...
    @property
    def max(self) -> str | None: ...
    @property
    def places(self) -> int | None: ...
    @property
    def choices(self) -> Sequence[ChoiceLike]: ...


class FieldType:
    """A kind of field. Plugins subclass it and call ``register_field_type``; instances hold no state.

    An answer is JSON: text, integer, true/false or a list; decimals are text ("12.5"), dates ISO text.
    """

    key = ""
    label = ""
    # Keys of a definition this kind understands beyond those every field has.
    options: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    control = "line"  # line, area, radios, select, checks; table, files and calculated are drawn apart
    input_type = "text"
    inputmode = ""
    autocomplete = ""
    numeric = False
    many = False
    in_tables = True
    in_formulas = True

    def read(self, typed: object, spec: Spec) -> object | None:
        """Typed text or JSON → the answer; None when nothing was given. Raises BadInput."""
        text = self.text(typed)
        return self.from_text(text, spec) if text else None

    def from_text(self, text: str, spec: Spec) -> object:
        """Trimmed text that is not empty → the answer. Raises BadInput."""
        raise NotImplementedError

    def problems(self, answer: object, spec: Spec) -> list[str]:  # noqa: ARG002 - for kinds with limits
        """What is wrong with a readable answer, e.g. out of range."""
        return []

    def typed(self, answer: object, spec: Spec) -> str:
        """The answer as it stands in the input."""
        return self.show(answer, spec)

    def show(self, answer: object, spec: Spec) -> str:  # noqa: ARG002
        """The answer for readers, without its unit."""
        return str(answer)

    def operand(self, answer: object) -> Decimal | bool | str | date | list[object] | None:
        """The answer as formulas calculate with it; raises ValueError when it does not fit."""
        return str(answer)

    def limit_fault(self, name: str, limit: str) -> str:  # noqa: ARG002
        """Why ``min`` or ``max`` of a definition does not fit this kind; empty when it does."""
        return ""

    @staticmethod
    def text(typed: object) -> str:
        """What was typed, trimmed; raises BadInput for JSON that is no plain value."""
        if typed is None:
            return ""
        if isinstance(typed, float):
            raise BadInput('小数请写成加引号的文字，例如 "12.5"，以免失真')
        if isinstance(typed, bool) or not isinstance(typed, (str, int, Decimal)):
            raise BadInput("这里要填文字或数字，请重新填写")
        return str(typed).strip().strip("\ufeff\u200b").strip()


FIELD_TYPES: dict[str, FieldType] = {}


def register_field_type(kind: FieldType) -> FieldType:
    """Add a kind; raises ValueError when the key is taken by another kind."""
    known = FIELD_TYPES.get(kind.key)
    if not kind.key or (known is not None and type(known) is not type(kind)):
        raise ValueError(f"字段类型“{kind.key}”已经存在或没有名字，请换一个")
    FIELD_TYPES[kind.key] = kind
    return kind


def field_type(key: str) -> FieldType:
    """Raises KeyError for a kind nobody registered (a loaded definition has none such)."""
    return FIELD_TYPES[key]

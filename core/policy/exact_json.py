"""JSON with exact numbers: a Decimal is written as the plain number it is, and read back the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core.errors import Refused
from core.policy.numbers import plain


def dumps(value: object, indent: int = 2) -> str:
    """JSON text, Chinese as it is, numbers exact; keys in the order given."""
    return _written(value, indent, 0)


def loads(text: str) -> dict[str, Any]:
    """A JSON object with exact numbers. Raises Refused when the text is no JSON object or repeats a key."""
    try:
        value = json.loads(text, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError) as fault:
        raise Refused(f"输入不是有效的 JSON：{fault}") from None
    if not isinstance(value, dict):
        raise Refused('输入要是一个 JSON 对象，例如 {"total": 89.5}。')
    return value


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} 不是数字")


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise ValueError("同一个键写了两次")
    return table


def _written(value: object, indent: int, depth: int) -> str:
    inner, outer = " " * (indent * (depth + 1)), " " * (indent * depth)
    if isinstance(value, Mapping) and value:
        lines = [
            f"{inner}{json.dumps(str(k), ensure_ascii=False)}: {_written(v, indent, depth + 1)}"
            for k, v in value.items()
        ]
        return "{\n" + ",\n".join(lines) + f"\n{outer}}}"
    if isinstance(value, (list, tuple)) and value:
        lines = [f"{inner}{_written(item, indent, depth + 1)}" for item in value]
        return "[\n" + ",\n".join(lines) + f"\n{outer}]"
    if isinstance(value, Decimal):
        return format(plain(value), "f")
    return json.dumps(value, ensure_ascii=False)

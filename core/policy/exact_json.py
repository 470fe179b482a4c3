"""JSON with exact numbers: a Decimal is written as the plain number it is, and read back the same."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core.errors import Refused
from core.policy.numbers import plain

_MOST_DIGITS = 1000  # Python itself reads a few thousand, and no figure of a policy has as many as thirty


def dumps(value: object, indent: int = 2) -> str:
    """JSON text, Chinese as it is, numbers exact; keys in the order given."""
    return _written(value, indent, 0)


def loads(text: str) -> dict[str, Any]:
    """A JSON object with exact numbers. Raises Refused when the text is no JSON object or repeats a key."""
    try:
        value = json.loads(
            text,
            parse_float=Decimal,
            parse_int=_integer,
            parse_constant=_no_constant,
            object_pairs_hook=_without_repeats,
        )
    except json.JSONDecodeError as fault:
        where = f"第 {fault.lineno} 行第 {fault.colno} 个字附近"
        raise Refused(f"输入不是有效的 JSON：{where}读不下去，请核对引号、逗号和括号。") from None
    except RecursionError:
        raise Refused("输入不是有效的 JSON：一层套一层，套得太深") from None
    except ValueError as fault:
        raise Refused(f"输入不是有效的 JSON：{fault}") from None
    if not isinstance(value, dict):
        raise Refused('输入要是一个 JSON 对象，例如 {"total": 89.5}。')
    return value


def _integer(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise ValueError(f"“{digits[:20]}……”有 {len(digits)} 位，太长")
    return int(digits)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} 不是数字")


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        twice = [key for key, times in Counter(key for key, _ in pairs).items() if times > 1]
        raise ValueError(f"键{'、'.join(f'“{key}”' for key in twice)}写了两次")
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

"""A calculation written out with its figures: ``6 ÷ 42 × 100``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from forms.formula_parser import Call, Chain, Literal, Name, Node, parse

_SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷"}
_tree = lru_cache(maxsize=1024)(parse)


def worked(source: str, shown: Mapping[str, str]) -> str:
    """The formula with each name replaced by its figure (or its label while it has none).

    Empty for formulas that are more than plain arithmetic: written out they would explain nothing.
    """
    return _text(_tree(source), shown) or ""


def _text(node: Node, shown: Mapping[str, str]) -> str | None:
    if isinstance(node, Name):
        return shown.get(node.name)
    if isinstance(node, Literal):
        return None if isinstance(node.value, (bool, str)) else format(node.value, "f")
    if isinstance(node, Call) and node.function in {"round", "if_missing"}:
        return _text(node.arguments[0], shown)
    if isinstance(node, Chain) and node.kind == "number":
        return _chain(node, shown)
    return None


def _chain(node: Chain, shown: Mapping[str, str]) -> str | None:
    parts = [_operand(node, node.first, shown)]
    for sign, operand in node.rest:
        parts += [_SIGNS[sign], _operand(node, operand, shown)]
    return None if None in parts else " ".join(str(part) for part in parts)


def _operand(outer: Chain, node: Node, shown: Mapping[str, str]) -> str | None:
    text = _text(node, shown)
    while isinstance(node, Call) and node.arguments:
        node = node.arguments[0]
    product_in_sum = isinstance(node, Chain) and outer.rest[0][0] in "+-" and node.rest[0][0] in "*/"
    return f"（{text}）" if isinstance(node, Chain) and text and not product_in_sum else text

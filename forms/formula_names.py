"""Names inside formula text: where they stand, and writing another name in their place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from forms.formula_parser import TABLE_FUNCTIONS, FormulaError, Token, tokens

_POSITION = re.compile(r"公式第 (\d+) 个字符")


def renamed(source: str, old: str, new: str, table: str = "") -> str:
    """The formula with a field (or, with `table`, a column of that table) called otherwise; the rest stays as typed.

    A text that is no formula comes back as it is.
    """
    try:
        places = list(_column_places(source, table) if table else _field_places(source))
    except FormulaError:
        return source
    for token, start in reversed([(t, at) for t, at in places if t == old]):
        source = f"{source[:start]}{new}{source[start + len(token):]}"
    return source


def position_of(source: str, name: str) -> int | None:
    """Where a name first stands in a formula, counted from 1; None when it does not."""
    try:
        return next((start + 1 for found, start in _field_places(source) if found == name), None)
    except FormulaError:
        return None


def position_in(message: str) -> int | None:
    """The character that the message of a FormulaError names, counted from 1."""
    found = _POSITION.search(message)
    return int(found[1]) if found else None


def _field_places(source: str) -> Iterator[tuple[str, int]]:
    """Each name of a field or of a table, with its first character counted from 0."""
    found = tokens(source)
    for at, token in enumerate(found):
        after = found[at + 1].text if at + 1 < len(found) else ""
        if token.kind == "name" and after != "(":
            yield token.text, token.position - 1
        elif token.kind == "text" and _opens_table_function(found, at):
            yield token.text[1:-1], token.position


def _column_places(source: str, table: str) -> Iterator[tuple[str, int]]:
    found = tokens(source)
    for at, token in enumerate(found):
        second = token.kind == "text" and at >= 4 and found[at - 1].text == ","
        if second and _opens_table_function(found, at - 2) and found[at - 2].text[1:-1] == table:
            yield token.text[1:-1], token.position


def _opens_table_function(found: list[Token], at: int) -> bool:
    return at >= 2 and found[at - 1].text == "(" and found[at - 2].text in TABLE_FUNCTIONS

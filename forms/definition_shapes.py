"""What each table of a form's file may hold: the reader checks against it, and the JSON Schema is made from it."""

from __future__ import annotations

KEY = r"[^\W\d_]\w{0,63}"
"""A key: a letter or a Chinese character first, then letters, figures and underscores."""

# Every key a table of the file may have, and what it holds.
FORM = {
    "key": "key", "title": "text", "version": "text", "note": "text", "clause": "text", "basis": "text",
    "sections": "tables", "checks": "tables", "parts": "tables",
}  # fmt: skip
SECTION = {
    "key": "key", "title": "text", "note": "text", "clause": "text", "basis": "text", "show_when": "text",
    "step": "text", "fields": "tables",
}  # fmt: skip
COLUMN = {
    "key": "key", "label": "text", "type": "text", "unit": "text", "hint": "text", "required": "flag",
    "min": "exact", "max": "exact", "places": "count", "choices": "tables", "total": "flag", "purpose": "text",
}  # fmt: skip
FIELD = {name: kind for name, kind in COLUMN.items() if name != "total"} | {
    "indicator": "text", "clause": "text", "basis": "text", "show_when": "text", "require_when": "text",
    "accept": "texts", "max_mb": "count", "min_files": "count", "max_files": "count", "proves": "texts",
    "formula": "text", "columns": "tables", "min_rows": "count", "max_rows": "count", "prefill": "text",
}  # fmt: skip
CHECK = {
    "key": "key", "formula": "text", "message": "text", "fields": "texts", "clause": "text", "basis": "text",
}  # fmt: skip
PART = {
    "whole": "text", "parts": "texts", "sum": "flag", "message": "text", "clause": "text", "basis": "text",
}  # fmt: skip
CHOICE = {"key": "choice_key", "label": "text"}

# What must be there, table by table; a question is a field or a column.
NEEDED = {
    "form": frozenset({"key", "title", "version", "sections"}),
    "section": frozenset({"key", "title", "fields"}),
    "question": frozenset({"key", "label", "type"}),
    "check": frozenset({"key", "formula", "message"}),
    "part": frozenset({"whole", "parts"}),
    "choice": frozenset({"key", "label"}),
}

# Keys that only some kinds of field understand; the rest go with every kind.
OF_SOME_KINDS = frozenset(
    {"unit", "min", "max", "places", "choices", "total", "accept", "max_mb", "min_files", "max_files", "proves",
     "formula", "columns", "min_rows", "max_rows"}
)  # fmt: skip
WANTED = {
    "text": "文字", "flag": "true 或 false", "count": "不小于 0 的整数", "tables": "一组条目（[[…]]）",
    "texts": "一列文字，例如 [\"a\", \"b\"]", "exact": "整数，或加引号的精确数字、日期",
    "key": "以字母或汉字开头的字母、汉字、数字、下划线，最多 64 个，不含连续两个下划线",
    "choice_key": "文字",
}  # fmt: skip

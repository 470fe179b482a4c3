"""TOML → the classes of ``forms.definition``, collecting every fault with its file and key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from forms.definition import Check, Choice, Column, Field, FormDefinition, Part, Section
from forms.definition_checks import check_definition
from forms.fields import FIELD_TYPES
from forms.fields.numbers import canonical
from forms.findings import DefinitionError, Finding
from forms.formula_parser import FUNCTIONS

_KEY = re.compile(r"[^\W\d_]\w{0,63}")
_FORMULA_WORDS = frozenset(FUNCTIONS) | {"and", "or", "not", "if", "else", "true", "false", "且", "或", "非"}
# Names that pages post beside the answers.
_PAGE_NAMES = frozenset({"csrf_token", "token", "action", "section", "version", "add_row", "remove_row", "remove_file"})

# Every key a table of the file may have, and what it holds.
_FORM = {
    "key": "key", "title": "text", "version": "text", "note": "text", "clause": "text", "basis": "text",
    "sections": "tables", "checks": "tables", "parts": "tables",
}  # fmt: skip
_SECTION = {
    "key": "key", "title": "text", "note": "text", "clause": "text", "basis": "text", "show_when": "text",
    "step": "text", "fields": "tables",
}  # fmt: skip
_COLUMN = {
    "key": "key", "label": "text", "type": "text", "unit": "text", "hint": "text", "required": "flag",
    "min": "exact", "max": "exact", "places": "count", "choices": "tables", "total": "flag", "purpose": "text",
}  # fmt: skip
_FIELD = {name: kind for name, kind in _COLUMN.items() if name != "total"} | {
    "indicator": "text", "clause": "text", "basis": "text", "show_when": "text", "require_when": "text",
    "accept": "texts", "max_mb": "count", "min_files": "count", "max_files": "count", "proves": "texts",
    "formula": "text", "columns": "tables", "min_rows": "count", "max_rows": "count", "prefill": "text",
}  # fmt: skip
_CHECK = {
    "key": "key", "formula": "text", "message": "text", "fields": "texts", "clause": "text", "basis": "text",
}  # fmt: skip
_PART = {
    "whole": "text", "parts": "texts", "sum": "flag", "message": "text", "clause": "text", "basis": "text",
}  # fmt: skip
_CHOICE = {"key": "choice_key", "label": "text"}

# Keys that only some kinds of field understand; the rest go with every kind.
_OF_SOME_KINDS = frozenset(
    {"unit", "min", "max", "places", "choices", "total", "accept", "max_mb", "min_files", "max_files", "proves",
     "formula", "columns", "min_rows", "max_rows"}
)  # fmt: skip
_WANTED = {
    "text": "文字", "flag": "true 或 false", "count": "不小于 0 的整数", "tables": "一组条目（[[…]]）",
    "texts": "一列文字，例如 [\"a\", \"b\"]", "exact": "整数，或加引号的精确数字、日期",
    "key": "以字母或汉字开头的字母、汉字、数字、下划线，最多 64 个，不含连续两个下划线",
    "choice_key": "文字",
}  # fmt: skip
# What reading goes on with after a fault, so that all other faults show too.
_STAND_INS: dict[str, Any] = {
    "text": "", "key": "", "choice_key": "", "flag": False, "tables": [], "texts": (), "exact": None, "count": None,
}  # fmt: skip


def read_definition(data: Mapping[str, object] | str, file: str) -> FormDefinition:
    """Raises DefinitionError with every fault; a definition that comes back is sound."""
    reader = _Reader(file)
    found = reader.form(_parsed(data, file) if isinstance(data, str) else data)
    if all(question.type in FIELD_TYPES for field in found.fields for question in (field, *field.columns)):
        known = {finding.key for finding in reader.findings}
        reader.findings.extend(f for f in check_definition(found, file) if f.key not in known)
    if reader.findings:
        raise DefinitionError(reader.findings)
    return found


def _parsed(text: str, file: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as fault:
        place = re.search(r"at line (\d+), column (\d+)", str(fault))
        where = f"第 {place[1]} 行第 {place[2]} 列" if place else "文件末尾"
        again = "同一个键写了两次" if "overwrite" in str(fault) else "不符合 TOML 写法"
        raise DefinitionError([Finding(file, where, again, "合格的 TOML：键 = 值，文字加引号")]) from None


class _Reader:
    """Reads one file; faults go to ``findings`` and reading goes on with a harmless stand-in."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []

    def form(self, data: object) -> FormDefinition:
        values = self._table(data, "", _FORM, {"key", "title", "version", "sections"})
        values["sections"] = self._each(values, "sections", "", self._section)
        values["checks"] = self._each(values, "checks", "", self._check)
        values["parts"] = self._each(values, "parts", "", self._part)
        return FormDefinition(**values)

    def _section(self, data: object, path: str) -> Section:
        values = self._table(data, path, _SECTION, {"key", "title", "fields"})
        values["fields"] = self._each(values, "fields", path, self._field)
        return Section(**values)

    def _field(self, data: object, path: str) -> Field:
        values = self._question(data, path, _FIELD)
        values["columns"] = self._each(values, "columns", path, self._column)
        return Field(**values)

    def _column(self, data: object, path: str) -> Column:
        values = self._question(data, path, _COLUMN)
        kind = FIELD_TYPES.get(values["type"])
        if kind is not None and not kind.in_tables:
            self._fault(f"{path}.type", f"“{values['type']}”不能放在表格里", "、".join(
                key for key, known in FIELD_TYPES.items() if known.in_tables))  # fmt: skip
        return Column(**values)

    def _check(self, data: object, path: str) -> Check:
        return Check(**self._table(data, path, _CHECK, {"key", "formula", "message"}))

    def _part(self, data: object, path: str) -> Part:
        return Part(**self._table(data, path, _PART, {"whole", "parts"}))

    def _choice(self, data: object, path: str) -> Choice:
        return Choice(**self._table(data, path, _CHOICE, {"key", "label"}))

    def _question(self, data: object, path: str, shape: Mapping[str, str]) -> dict[str, Any]:
        values = self._table(data, path, shape, {"key", "label", "type"})
        values["choices"] = self._each(values, "choices", path, self._choice)
        kind = FIELD_TYPES.get(values["type"])
        given = set(data) if isinstance(data, Mapping) else set()
        if kind is None:
            if values["type"]:
                self._fault(f"{path}.type", f"没有“{values['type']}”这种字段", "、".join(FIELD_TYPES))
            return values
        for name in sorted((given & _OF_SOME_KINDS & set(shape)) - kind.options - kind.needs):
            self._fault(f"{path}.{name}", f"“{kind.key}”字段不能写 {name}",
                        "、".join(sorted(kind.options & set(shape))) or "（没有）")  # fmt: skip
        for name in sorted(kind.needs - given):
            self._fault(f"{path}.{name}", f"“{kind.key}”字段缺少 {name}", _WANTED[shape[name]])
        return values

    def _table(self, data: object, path: str, shape: Mapping[str, str], needed: set[str]) -> dict[str, Any]:
        prefix = f"{path}." if path else ""
        if not isinstance(data, Mapping):
            self._fault(path or "（整个文件）", "应是一组键和值", "、".join(shape))
            data = {}
        else:
            for name in sorted(needed - set(data)):
                self._fault(f"{prefix}{name}", f"缺少 {name}", _WANTED[shape[name]])
        for name in data:
            if name not in shape:
                self._fault(f"{prefix}{name}", f"不认识“{name}”", "、".join(shape))
        values = {n: self._value(data[n], f"{prefix}{n}", k) for n, k in shape.items() if n in data}
        for name in sorted(needed & set(values)):
            if data[name] in ("", (), []) or (isinstance(data[name], str) and not values[name]):
                self._fault(f"{prefix}{name}", f"{name} 不能为空", _WANTED[shape[name]])
        return {name: "" for name in needed} | values

    def _value(self, value: object, path: str, kind: str) -> Any:
        read = _exact(value) if kind == "exact" else value if _fits(value, kind) else None
        if read is None:
            self._fault(path, f"“{str(value)[:40]}”不对", _WANTED[kind])
            return _STAND_INS[kind]
        if kind == "key" and (value in _FORMULA_WORDS or value in _PAGE_NAMES):
            self._fault(path, f"“{value}”另有用途，不能作键名", "换一个名字")
        if isinstance(read, str):
            return read.strip()
        return tuple(read) if isinstance(read, (list, tuple)) and kind == "texts" else read

    def _each(self, values: dict[str, Any], name: str, path: str, read: Any) -> tuple[Any, ...]:
        prefix = f"{path}." if path else ""
        return tuple(read(entry, f"{prefix}{name}.{at}") for at, entry in enumerate(values.get(name) or ()))

    def _fault(self, key: str, message: str, allowed: str = "") -> None:
        self.findings.append(Finding(self.file, key, message, allowed))


def _fits(value: object, kind: str) -> bool:
    if kind == "flag":
        return isinstance(value, bool)
    if kind == "count":
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 1_000_000
    if kind == "tables":
        return isinstance(value, (list, tuple)) and all(isinstance(entry, Mapping) for entry in value)
    if kind == "texts":
        return isinstance(value, (list, tuple)) and all(isinstance(e, str) and e.strip() for e in value)
    if not isinstance(value, str):
        return False
    return kind != "key" or (bool(_KEY.fullmatch(value)) and "__" not in value and not value.endswith("_"))


def _exact(value: object) -> str | None:
    """An exact limit as text; a binary float is refused because it may not be what was written."""
    if isinstance(value, bool):
        return None
    if isinstance(value, Decimal) and value.is_finite():
        return canonical(value)
    if isinstance(value, (int, str)):
        return str(value).strip() or None
    return value.isoformat() if type(value) is date else None

"""TOML → the classes of ``forms.definition``, collecting every fault with its file and key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Set
from datetime import date
from decimal import Decimal
from typing import Any

from forms.definition import Check, Choice, Column, Field, FormDefinition, Part, Section
from forms.definition_checks import check_definition
from forms.definition_shapes import (
    CHECK,
    CHOICE,
    COLUMN,
    FIELD,
    FORM,
    KEY,
    NEEDED,
    OF_SOME_KINDS,
    PART,
    SECTION,
    WANTED,
)
from forms.fields import FIELD_TYPES
from forms.fields.numbers import canonical
from forms.findings import DefinitionError, Finding
from forms.formula_parser import FUNCTIONS

_FORMULA_WORDS = frozenset(FUNCTIONS) | {"and", "or", "not", "if", "else", "true", "false", "且", "或", "非"}
# Names that pages post beside the answers.
_PAGE_NAMES = frozenset({"csrf_token", "token", "action", "section", "version", "add_row", "remove_row", "remove_file"})

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
        values = self._table(data, "", FORM, NEEDED["form"])
        values["sections"] = self._each(values, "sections", "", self._section)
        values["checks"] = self._each(values, "checks", "", self._check)
        values["parts"] = self._each(values, "parts", "", self._part)
        return FormDefinition(**values)

    def _section(self, data: object, path: str) -> Section:
        values = self._table(data, path, SECTION, NEEDED["section"])
        values["fields"] = self._each(values, "fields", path, self._field)
        return Section(**values)

    def _field(self, data: object, path: str) -> Field:
        values = self._question(data, path, FIELD)
        values["columns"] = self._each(values, "columns", path, self._column)
        return Field(**values)

    def _column(self, data: object, path: str) -> Column:
        values = self._question(data, path, COLUMN)
        kind = FIELD_TYPES.get(values["type"])
        if kind is not None and not kind.in_tables:
            self._fault(f"{path}.type", f"“{values['type']}”不能放在表格里", "、".join(
                key for key, known in FIELD_TYPES.items() if known.in_tables))  # fmt: skip
        return Column(**values)

    def _check(self, data: object, path: str) -> Check:
        return Check(**self._table(data, path, CHECK, NEEDED["check"]))

    def _part(self, data: object, path: str) -> Part:
        return Part(**self._table(data, path, PART, NEEDED["part"]))

    def _choice(self, data: object, path: str) -> Choice:
        return Choice(**self._table(data, path, CHOICE, NEEDED["choice"]))

    def _question(self, data: object, path: str, shape: Mapping[str, str]) -> dict[str, Any]:
        values = self._table(data, path, shape, NEEDED["question"])
        values["choices"] = self._each(values, "choices", path, self._choice)
        kind = FIELD_TYPES.get(values["type"])
        given = set(data) if isinstance(data, Mapping) else set()
        if kind is None:
            if values["type"]:
                self._fault(f"{path}.type", f"没有“{values['type']}”这种字段", "、".join(FIELD_TYPES))
            return values
        for name in sorted((given & OF_SOME_KINDS & set(shape)) - kind.options - kind.needs):
            self._fault(f"{path}.{name}", f"“{kind.key}”字段不能写 {name}",
                        "、".join(sorted(kind.options & set(shape))) or "（没有）")  # fmt: skip
        for name in sorted(kind.needs - given):
            self._fault(f"{path}.{name}", f"“{kind.key}”字段缺少 {name}", WANTED[shape[name]])
        return values

    def _table(self, data: object, path: str, shape: Mapping[str, str], needed: Set[str]) -> dict[str, Any]:
        prefix = f"{path}." if path else ""
        if not isinstance(data, Mapping):
            self._fault(path or "（整个文件）", "应是一组键和值", "、".join(shape))
            data = {}
        else:
            for name in sorted(needed - set(data)):
                self._fault(f"{prefix}{name}", f"缺少 {name}", WANTED[shape[name]])
        for name in data:
            if name not in shape:
                self._fault(f"{prefix}{name}", f"不认识“{name}”", "、".join(shape))
        values = {n: self._value(data[n], f"{prefix}{n}", k) for n, k in shape.items() if n in data}
        for name in sorted(needed & set(values)):
            if data[name] in ("", (), []) or (isinstance(data[name], str) and not values[name]):
                self._fault(f"{prefix}{name}", f"{name} 不能为空", WANTED[shape[name]])
        return {name: "" for name in needed} | values

    def _value(self, value: object, path: str, kind: str) -> Any:
        read = _exact(value) if kind == "exact" else value if _fits(value, kind) else None
        if read is None:
            self._fault(path, f"“{str(value)[:40]}”不对", WANTED[kind])
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
    return kind != "key" or (bool(re.fullmatch(KEY, value)) and "__" not in value and not value.endswith("_"))


def _exact(value: object) -> str | None:
    """An exact limit as text; a binary float is refused because it may not be what was written."""
    if isinstance(value, bool):
        return None
    if isinstance(value, Decimal) and value.is_finite():
        return canonical(value)
    if isinstance(value, (int, str)):
        return str(value).strip() or None
    return value.isoformat() if type(value) is date else None

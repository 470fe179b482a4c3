"""Fields that hold no single answer: files, tables, calculated figures. Drawn and checked apart."""

from __future__ import annotations

from forms.fields.base import BadInput, FieldType, Spec


class FilesType(FieldType):
    """Evidence; the files themselves are kept by the caller, never in the answers."""

    key = "files"
    label = "佐证材料"
    options = frozenset({"accept", "max_mb", "min_files", "max_files", "proves", "purpose"})
    control = "files"
    in_tables = False
    in_formulas = False

    def from_text(self, text: str, spec: Spec) -> object:  # noqa: ARG002
        raise BadInput("佐证材料请上传文件，不能填文字")


class TableType(FieldType):
    """Rows of columns; read cell by cell, see ``forms.reading``."""

    key = "table"
    label = "表格"
    options = frozenset({"columns", "min_rows", "max_rows", "purpose"})
    needs = frozenset({"columns"})
    control = "table"
    in_tables = False

    def from_text(self, text: str, spec: Spec) -> object:  # noqa: ARG002
        raise BadInput("表格请一行一行填写")


class CalculatedType(FieldType):
    """A figure the system calculates from others; people never type it."""

    key = "calculated"
    label = "计算项"
    options = frozenset({"formula", "unit", "places", "indicator"})
    needs = frozenset({"formula"})
    control = "calculated"
    numeric = True
    in_tables = False

    def from_text(self, text: str, spec: Spec) -> object:  # noqa: ARG002
        raise BadInput("这一项由系统计算，不用填写")

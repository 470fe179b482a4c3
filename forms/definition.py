"""A form as data: read from TOML, checked, exported again, and known by its digest.

>>> form = load_form('key="f"\\ntitle="表"\\nversion="1"\\n[[sections]]\\nkey="s"\\ntitle="节"\\n'
...                  '[[sections.fields]]\\nkey="a"\\nlabel="甲"\\ntype="integer"', "f.toml")
>>> form.field("a").label
'甲'
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from forms.fields import FieldType, field_type


@dataclass(frozen=True)
class Choice:
    """One thing to choose: the key is stored, the label is shown."""

    key: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a table. ``total`` asks for the column's sum under the table."""

    key: str
    label: str
    type: str
    unit: str = ""
    hint: str = ""
    required: bool = False
    min: str | None = None
    max: str | None = None
    places: int | None = None
    choices: tuple[Choice, ...] = ()
    total: bool = False
    purpose: str = ""

    @cached_property
    def kind(self) -> FieldType:
        """How this is read and shown."""
        return field_type(self.type)

    @property
    def shown_unit(self) -> str:
        """The unit drawn inside the control; percentages carry their sign."""
        return "%" if self.type == "percent" else self.unit


@dataclass(frozen=True, kw_only=True)
class Field(Column):
    """One question. ``min`` and ``max`` are exact texts whose meaning the kind decides.

    ``purpose`` tags personal data; ``proves`` names the figures a file proves; ``basis`` is ``reading``
    or ``practice`` where the clause does not say it itself. ``prefill`` is what 沿用 puts into it while it is
    blank; without one, what was last submitted for the same question. ``never``: it is typed anew every time.
    ``carrier.name``, ``carrier.level``, ``carrier.recognised_on``, ``organisation.name``,
    ``organisation.credit_code``: the register's entry. ``register.<fact>``: a fact of the carrier, built in
    (``register.enrolled_on``) or declared in region.toml. ``last:<procedure>.<field>``: what the carrier last
    submitted in another procedure. ``sum:<procedure>.<field>``: that figure added up over the carrier's periodic
    reports of the plan's period or of the year.
    """

    indicator: str = ""
    clause: str = ""
    basis: str = ""
    show_when: str = ""
    require_when: str = ""
    accept: tuple[str, ...] = ()
    max_mb: int | None = None
    min_files: int | None = None
    max_files: int | None = None
    proves: tuple[str, ...] = ()
    formula: str = ""
    columns: tuple[Column, ...] = ()
    min_rows: int | None = None
    max_rows: int | None = None
    prefill: str = ""

    def column(self, key: str) -> Column:
        """Raises KeyError when the table has no such column."""
        for column in self.columns:
            if column.key == key:
                return column
        raise KeyError(key)


@dataclass(frozen=True, kw_only=True)
class Section:
    """One page of the form. ``step`` groups sections that are filled at the same stage."""

    key: str
    title: str
    fields: tuple[Field, ...]
    note: str = ""
    clause: str = ""
    basis: str = ""
    show_when: str = ""
    step: str = ""


@dataclass(frozen=True, kw_only=True)
class Check:
    """A rule over several answers; it is broken only when its formula is certainly false."""

    key: str
    formula: str
    message: str
    fields: tuple[str, ...] = ()
    clause: str = ""
    basis: str = ""


@dataclass(frozen=True, kw_only=True)
class Part:
    """其中: no part, and with ``sum`` not their sum either, may exceed the whole."""

    whole: str
    parts: tuple[str, ...]
    sum: bool = False
    message: str = ""
    clause: str = ""
    basis: str = ""


@dataclass(frozen=True, kw_only=True)
class FormDefinition:
    """One version of a form; immutable."""

    key: str
    title: str
    version: str
    sections: tuple[Section, ...]
    note: str = ""
    clause: str = ""
    basis: str = ""
    checks: tuple[Check, ...] = ()
    parts: tuple[Part, ...] = ()

    @property
    def fields(self) -> tuple[Field, ...]:
        """All fields in the order of the form."""
        return tuple(field for section in self.sections for field in section.fields)

    @cached_property
    def _digest(self) -> str:
        text = json.dumps(to_data(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def field(self, key: str) -> Field:
        """Raises KeyError when the form has no such field."""
        for field in self.fields:
            if field.key == key:
                return field
        raise KeyError(key)

    def section(self, key: str) -> Section:
        """Raises KeyError when the form has no such section."""
        for section in self.sections:
            if section.key == key:
                return section
        raise KeyError(key)


def load_form(data: Mapping[str, object] | str, file: str) -> FormDefinition:
    """Read TOML text or already parsed data; raises DefinitionError with every fault found."""
    # Imported here because the reader and the checks are written in terms of the classes above.
    from forms.definition_reader import read_definition

    return read_definition(data, file)


def to_data(definition: FormDefinition) -> dict[str, object]:
    """The definition as TOML-able data; loading it again gives an equal definition."""
    return _exported(definition)


def digest(definition: FormDefinition) -> str:
    """SHA-256 of the canonical data: equal content, equal digest, whatever the file looked like."""
    return definition._digest


def _exported(item: Any) -> dict[str, object]:
    data: dict[str, object] = {}
    for slot in dataclasses.fields(item):
        value = getattr(item, slot.name)
        if value != slot.default:
            data[slot.name] = _plain(value)
    return data


def _plain(value: Any) -> object:
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    return _exported(value) if dataclasses.is_dataclass(value) else value

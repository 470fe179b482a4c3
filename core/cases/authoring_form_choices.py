"""What a form's properties may hold, read from the draft itself and from what is in force around it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from core.cases.authoring_words import Choices
from core.policy.carrier_fact_names import CARRIER_FACTS
from core.policy.prefill import ENTRIES, NEVER, NUMBERS, PERIODIC
from core.policy.prefill_sources import PREFILL_SOURCES
from core.policy.source import parse
from core.policy.version import Sources
from forms.fields import FIELD_TYPES
from forms.findings import DefinitionError

SOURCES = ("fields", "figures", "numbers", "prefill", "indicators")
"""Sources of choices that this module answers."""

ENTRY_NAMES = dict(
    zip(ENTRIES, ("单位名称", "级别", "认定或备案日期", "法人名称", "统一社会信用代码"), strict=True)
)
Groups = list[tuple[str, Choices]]


def fields_of(data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every field of a form's data that is a table, in order."""
    for section in data.get("sections", []):
        yield from (one for one in section.get("fields", []) if isinstance(one, dict))


def choices(source: str, data: Mapping[str, Any], around: Sources) -> Choices:
    """The choices of one source, by what is stored."""
    if source == "prefill":
        return [choice for _, group in prefill_groups(around) for choice in group]
    if source == "indicators":
        return _indicators(around)
    return [(str(f.get("key", "")), str(f.get("label", ""))) for f in fields_of(data) if _fits(source, f)]


def _fits(source: str, asked: Mapping[str, Any]) -> bool:
    kind = FIELD_TYPES.get(asked.get("type", ""))
    if source == "numbers":
        return kind is not None and kind.numeric
    return source == "fields" or asked.get("type") != "files"


def _indicators(around: Sources) -> Choices:
    schemes = [data for _, _, data in _read(around, "indicators")]
    return [(str(i.get("code", "")), str(i.get("name", ""))) for data in schemes for i in data.get("indicators", [])]


def prefill_groups(around: Sources) -> Groups:
    """Where an answer may come from, in groups: the register, its facts, earlier submissions, sums of reports."""
    read = list(_read(around, "region", "form", "procedures"))
    declared = [(f["key"], f["name"]) for kind, _, data in read if kind == "region" for f in data.get("register", [])]
    facts = [(f"register.{key}", name) for key, name in [*CARRIER_FACTS.items(), *declared]]
    groups: Groups = [
        ("不带入", [(NEVER, "每次重新填（例如承诺）")]),
        ("登记信息", [(key, ENTRY_NAMES[key]) for key in ENTRIES]),
        ("登记的事实", facts),
        ("插件的来源", [(one.key, one.name) for one in PREFILL_SOURCES.values() if not one.looks_at]),
    ]
    forms = {str(data.get("key", key)): data for kind, key, data in read if kind == "form"}
    for kind, _, data in read:
        if kind == "procedures":
            for procedure in data.get("procedures", []):
                groups += _of_procedure(procedure, forms.get(procedure.get("form", ""), {}))
    return [(name, group) for name, group in groups if group]


def _of_procedure(procedure: Mapping[str, Any], form: Mapping[str, Any]) -> Iterator[tuple[str, Choices]]:
    fields = [f for f in fields_of(form) if f.get("type") not in ("files", "table", "calculated")]
    numbers = [f for f in fields if f.get("type") in NUMBERS]
    key, name, every = procedure.get("key", ""), procedure.get("name", ""), procedure.get("every", "")
    yield f"上次的“{name}”", [(f"last:{key}.{f['key']}", str(f.get("label", ""))) for f in fields]
    if every in PERIODIC:
        yield f"“{name}”各期合计", [(f"sum:{key}.{f['key']}", str(f.get("label", ""))) for f in numbers]
    if every == "annual":
        yield f"同一年的“{name}”", [(f"year:{key}.{f['key']}", str(f.get("label", ""))) for f in fields]
        yield f"上一年的“{name}”", [(f"year_before:{key}.{f['key']}", str(f.get("label", ""))) for f in fields]


def _read(around: Sources, *kinds: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for (kind, key), text in sorted(around.items()):
        if kind not in kinds:
            continue
        try:
            yield kind, key, parse(text, key)
        except DefinitionError:
            continue

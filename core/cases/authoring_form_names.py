"""The names of a form's fields: writing another one everywhere in the form, and who else speaks of a field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.cases.authoring_checks import KINDS
from core.cases.authoring_faults import in_words
from core.policy.source import parse
from core.policy.version import Sources
from forms.findings import DefinitionError
from forms.formula import FormulaError, compile_formula
from forms.formula_names import renamed

_FORMULAS = ("show_when", "require_when", "formula")
_SAID = frozenset({"when", "or_when", "applies_when", "exits_when", "approved_when", "binding_when", "value", "condition"})
"""Names of formulas in other kinds of definitions."""


@dataclass(frozen=True)
class Use:
    """Where a field is spoken of: in which definition ("" for this form) and at which place, in words."""

    where: str
    place: str


def rename_field(data: dict[str, Any], old: str, new: str) -> None:
    """Write `new` for a field in every formula and list of names of the form; the field's own key stays."""
    for holder in _holders(data):
        for name in _FORMULAS:
            if isinstance(holder.get(name), str):
                holder[name] = renamed(holder[name], old, new)
        for name in ("proves", "parts", "fields"):
            _replace(holder, name, old, new)
        if holder.get("whole") == old:
            holder["whole"] = new


def _replace(holder: dict[str, Any], name: str, old: str, new: str) -> None:
    listed = holder.get(name)
    if isinstance(listed, list) and all(isinstance(one, str) for one in listed):
        holder[name] = [new if one == old else one for one in listed]


def rename_column(data: dict[str, Any], table: str, old: str, new: str) -> None:
    """Write `new` for a column in every formula that adds it up."""
    for holder in _holders(data):
        for name in _FORMULAS:
            if isinstance(holder.get(name), str):
                holder[name] = renamed(holder[name], old, new, table)


def _holders(data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Everything of a form that may name a field."""
    for _, holder in _placed(data):
        yield holder


def _placed(data: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for at, section in enumerate(data.get("sections", [])):
        yield f"sections.{at}", section
        for index, asked in enumerate(section.get("fields", [])):
            yield f"sections.{at}.fields.{index}", asked
    for name in ("checks", "parts"):
        for at, one in enumerate(data.get(name, [])):
            yield f"{name}.{at}", one


def uses(data: Mapping[str, Any], path: str, form: str, around: Sources) -> list[Use]:
    """Who speaks of what would go with a thing: this form elsewhere, the scheme, workflows and whatever else may.

    `form` is the form's key; `around` what is in force in the region.
    """
    keys = _keys_at(data, path)
    found = [Use("", in_words(data, place)) for place in dict.fromkeys(_own_uses(data, path, keys))]
    if plain_list(path) in ("fields", "sections"):
        found += [use for key in keys for use in _uses_around(key, form, around)]
    return list(dict.fromkeys(found))


def plain_list(path: str) -> str:
    """The name of the list that a thing stands in."""
    return next((part for part in reversed(path.split(".")) if not part.isdigit()), "")


def _keys_at(data: Mapping[str, Any], path: str) -> list[str]:
    thing: Any = data
    for part in path.split("."):
        thing = thing[int(part)] if isinstance(thing, list) else thing[part]
    if plain_list(path) == "sections":
        return [str(asked.get("key", "")) for asked in thing.get("fields", [])]
    return [str(thing.get("key", ""))] if plain_list(path) in ("fields", "columns") else []


def _uses_around(key: str, form: str, around: Sources) -> Iterator[Use]:
    read = list(_read(around, form))
    procedures = [p for kind, _, other in read if kind == "procedures" for p in other.get("procedures", [])]
    told = {str(p.get("key")) for p in procedures if p.get("form") == form}
    for kind, name, other in read:
        if _concerns(kind, other, form):
            title = other.get("title") or other.get("name") or name
            for path, text in _texts(other, ""):
                if _speaks(kind, path, text, key, told):
                    yield Use(f"{KINDS.get(kind, kind)}“{title}”", in_words(other, path))


def _own_uses(data: Mapping[str, Any], path: str, keys: list[str]) -> Iterator[str]:
    for place, holder in _placed(data):
        if place == path or place.startswith(f"{path}."):
            continue
        table = _table_of(data, path)
        for name in _FORMULAS:
            source = holder.get(name)
            if isinstance(source, str) and any(_speaks_of(source, key, table) for key in keys):
                yield f"{place}.{name}"
        if table:
            continue
        for name in ("proves", "parts", "fields"):
            if isinstance(holder.get(name), list) and any(key in holder[name] for key in keys):
                yield f"{place}.{name}"
        if holder.get("whole") in keys:
            yield f"{place}.whole"


def _table_of(data: Mapping[str, Any], path: str) -> str:
    """The key of the table that a column stands in; "" for anything else."""
    parts = path.split(".")
    if plain_list(path) != "columns":
        return ""
    return str(data["sections"][int(parts[1])]["fields"][int(parts[3])].get("key", ""))


def _speaks_of(source: str, key: str, table: str) -> bool:
    return renamed(source, key, f"{key}_", table) != source if table else _names(source, key)


def _names(source: str, key: str) -> bool:
    try:
        return key in compile_formula(source).names
    except FormulaError:
        return False


def _read(around: Sources, form: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for (kind, key), text in sorted(around.items()):
        if (kind, key) != ("form", form):
            try:
                yield kind, key, parse(text, key)
            except DefinitionError:
                continue


def _concerns(kind: str, data: Mapping[str, Any], form: str) -> bool:
    """Whether a definition may be about answers of this form."""
    if kind == "workflow":
        slots = ("form", "opinion_form", "site_visit_form")
        return any(stage.get(slot) == form for stage in data.get("stages", []) for slot in slots)
    return kind != "indicators" or data.get("form", form) == form


def _speaks(kind: str, path: str, text: str, key: str, procedures: set[str]) -> bool:
    name = path.rpartition(".")[2]
    if kind == "form":
        return name == "prefill" and any(text.endswith(f":{one}.{key}") for one in procedures)
    if kind == "procedures":
        return name == "since" and text == key
    return name in _SAID and _names(text, key)


def _texts(data: Any, path: str) -> Iterator[tuple[str, str]]:
    pairs = data.items() if isinstance(data, Mapping) else enumerate(data) if isinstance(data, list) else ()
    for name, value in pairs:
        inner = f"{path}.{name}" if path else str(name)
        if isinstance(value, str):
            yield inner, value
        else:
            yield from _texts(value, inner)

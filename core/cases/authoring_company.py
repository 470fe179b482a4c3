"""Drafts that belong together: a procedure, its workflow, forms and rules name each other before any is published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from core.cases.copying_needs import RESULT, kinds_needed, names_in, parameters_in
from core.models import DefinitionVersion, Region
from core.policy.source import parse
from core.policy.version import Sources
from forms.findings import DefinitionError

FORMS_OF_STAGE = ("form", "opinion_form", "site_visit_form")

Thing = tuple[str, str]
"""What can be named: a kind and a key; an entry of a list by its sort ("procedure", "parameter", …) and key; and rules
of a kind, whatever their key, as ("", kind)."""

ENTRIES = {
    "procedures": ("procedures", "procedure"), "parameters": ("parameters", "parameter"), "clocks": ("clocks", "clock"),
    "facts": ("facts", "fact"), "consequences": ("consequences", "consequence"),
    "corrective_action": ("consequences", "consequence"),
}  # fmt: skip
"""Lists whose entries others name, by kind, and the sort of their entries."""


def open_drafts(region: Region) -> list[DefinitionVersion]:
    """Every draft of the region, oldest first."""
    own = (DefinitionVersion.region == region) & (DefinitionVersion.status == "draft")
    return list(DefinitionVersion.select().where(own).order_by(DefinitionVersion.id))


def needed_by(row: DefinitionVersion, in_force: Sources) -> list[DefinitionVersion]:
    """The drafts without which this one names what is not in force, and those that they need in turn."""
    drafts = open_drafts(row.region)
    known = {thing for (kind, key), text in in_force.items() for thing in _things(kind, key, _read(text))}
    found: dict[int, DefinitionVersion] = {}
    waiting = [row]
    while waiting:
        mine = waiting.pop()
        wanted = set(_named(mine.kind, _read(mine.text))) - known
        for other in drafts:
            if other.id not in {row.id, *found} and wanted & set(_things(other.kind, other.key, _read(other.text))):
                found[other.id] = other
                waiting.append(other)
    return sorted(found.values(), key=lambda one: int(one.id))


def company_of(row: DefinitionVersion, in_force: Sources) -> list[DefinitionVersion]:
    """The drafts that this one needs, and those that need it: what is best published together with it."""
    mine = needed_by(row, in_force)
    known = {one.id for one in mine}
    needing = [
        other
        for other in open_drafts(row.region)
        if other.id not in {row.id, *known} and row.id in {one.id for one in needed_by(other, in_force)}
    ]
    return sorted([*mine, *needing], key=lambda one: int(one.id))


def _read(text: str) -> Mapping[str, Any]:
    """A text as data; one that cannot be read names nothing and is nothing."""
    try:
        return parse(text, "")
    except DefinitionError:
        return {}


def _things(kind: str, key: str, data: Mapping[str, Any]) -> Iterator[Thing]:
    yield (kind, key)
    yield ("", kind)
    if kind in ENTRIES:
        name, sort = ENTRIES[kind]
        yield from ((sort, str(one.get("key", ""))) for one in _tables(data, name))


def _named(kind: str, data: Mapping[str, Any]) -> Iterator[Thing]:
    """What a definition names in others: forms, workflow, procedure, plan, parameters, facts, and the rules it needs."""
    if kind != "form":
        yield from (("parameter", name) for name in parameters_in(data))
    if kind in (*RESULT, "awards"):
        yield from (("fact", name) for name in names_in(data))
    if kind == "procedures":
        for one in _tables(data, "procedures"):
            yield from ((name, str(one[name])) for name in ("form", "workflow", "clock") if one.get(name))
            yield from (("consequence", str(name)) for name in [one.get("opened_by_consequence")] if name)
            yield from (("", needed) for needed in kinds_needed(one, {}))
    elif kind == "workflow":
        yield from (("procedure", str(name)) for name in [data.get("procedure")] if name)
        yield from (("", needed) for needed in kinds_needed({}, {"stages": _tables(data, "stages")}))
        for stage in _tables(data, "stages"):
            if isinstance(stage.get("clock"), dict) and stage["clock"].get("kind") == "plan":
                yield ("plan", str(data.get("procedure", "")))
            yield from (("form", str(stage[name])) for name in FORMS_OF_STAGE if stage.get(name))
    elif kind == "indicators" and data.get("form"):
        yield ("form", str(data["form"]))


def _tables(data: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    entries = data.get(name)
    return [one for one in entries if isinstance(one, dict)] if isinstance(entries, list) else []

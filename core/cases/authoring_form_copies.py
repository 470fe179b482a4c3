"""Parts of other forms, of this officer's own regions, copied into a draft."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from core.cases import definitions
from core.cases.authoring_form_things import questions
from core.cases.authoring_forms import take_free_keys
from core.errors import Refused
from core.models import DefinitionVersion
from core.people.scope import Viewer
from forms.formula import FormulaError, compile_formula


def forms_to_copy(viewer: Viewer, without: int) -> list[DefinitionVersion]:
    """The forms that this officer may copy from: of each the newest version that is published or a draft."""
    regions = {reach.region for reach in viewer.within("policy_officer") if reach.region is not None}
    rows = DefinitionVersion.select().where(
        (DefinitionVersion.kind == "form")
        & DefinitionVersion.region.in_(regions or {0})
        & DefinitionVersion.status.in_(["published", "draft"])
        & (DefinitionVersion.id != without)
    )
    newest: dict[tuple[int, str], DefinitionVersion] = {}
    for row in sorted(rows, key=lambda one: definitions.version_order(one.version)):
        newest[(row.region_id, row.key)] = row
    return sorted(newest.values(), key=lambda row: (row.region_id, row.key))


def copy_sections(data: dict[str, Any], source: Mapping[str, Any], chosen: Sequence[str]) -> str:
    """Put the chosen parts of another form (by key) at the end, with the checks and 其中 relations that speak of
    nothing else; keys that are taken become others, in the copied formulas too. Raises Refused when none is chosen.
    """
    sections = [copy.deepcopy(s) for s in source.get("sections", []) if str(s.get("key", "")) in chosen]
    if not sections:
        raise Refused("请选要复制的部分。")
    names = {str(asked.get("key", "")) for asked in questions({"sections": sections})}
    extra = {
        "checks": [copy.deepcopy(c) for c in source.get("checks", []) if _within(c, names)],
        "parts": [copy.deepcopy(p) for p in source.get("parts", []) if {p.get("whole"), *p.get("parts", [])} <= names],
    }
    take_free_keys(data, sections, extra)
    at = len(data.setdefault("sections", []))
    data["sections"] += sections
    for name, brought in extra.items():
        if brought:
            data.setdefault(name, []).extend(brought)
    return f"sections.{at}"


def _within(check: Mapping[str, Any], names: set[str]) -> bool:
    try:
        spoken = compile_formula(str(check.get("formula", ""))).names | set(check.get("fields", []))
    except FormulaError:
        return False
    return bool(spoken) and spoken <= names

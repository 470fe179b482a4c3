"""What a procedure's properties may hold, in words: kinds of carriers, roles, checks, its form's dates, its stages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from core.cases.authoring_form_choices import fields_of
from core.cases.authoring_items import NOBODY
from core.cases.authoring_words import Choices
from core.cases.register_facts import kinds_of
from core.cases.standing import STANDINGS
from core.models import Region
from core.policy.builtins import SUBMISSION_CHECKS
from core.policy.source import parse
from core.policy.version import Sources
from core.roles import FILLERS, ROLES
from forms.findings import DefinitionError


def choices(source: str, procedure: Mapping[str, Any], region: Region, around: Sources) -> Choices:
    """The choices of one source for one procedure."""
    return tuple(_FOUND[source](procedure, region, around))


def _openers(_procedure: Mapping[str, Any], _region: Region, _around: Sources) -> Choices:
    return ((NOBODY, "无人（只由系统发起）"), *((key, ROLES[key].name) for key in FILLERS))


def _form_dates(procedure: Mapping[str, Any], _region: Region, around: Sources) -> Choices:
    form = _read(around, "form", procedure.get("form"))
    return [(str(f["key"]), str(f.get("label", f["key"]))) for f in fields_of(form) if f.get("type") == "date"]


def _stages(procedure: Mapping[str, Any], _region: Region, around: Sources) -> Choices:
    flow = _read(around, "workflow", procedure.get("workflow"))
    return [(str(s["key"]), str(s.get("name", s["key"]))) for s in flow.get("stages", [])]


def _consequences(around: Sources) -> Iterator[tuple[str, str]]:
    for kind, key in sorted(around):
        if kind in ("consequences", "corrective_action"):
            found = _read(around, kind, key).get("consequences", [])
            yield from ((str(one["key"]), str(one.get("name", one["key"]))) for one in found if "key" in one)


def _read(around: Sources, kind: str, key: object) -> Mapping[str, Any]:
    try:
        return parse(around.get((kind, str(key)), ""), str(key))
    except DefinitionError:
        return {}


_FOUND: dict[str, Callable[[Mapping[str, Any], Region, Sources], Iterable[tuple[str, str]]]] = {
    "carrier_kinds": lambda _procedure, region, _around: kinds_of(region).items(),
    "openers": _openers,
    "standings": lambda _procedure, _region, _around: STANDINGS.items(),
    "checks": lambda _procedure, _region, _around: [(one.key, one.name) for one in SUBMISSION_CHECKS.values()],
    "consequences": lambda _procedure, _region, around: _consequences(around),
    "form_dates": _form_dates,
    "procedure_stages": _stages,
}
SOURCES = frozenset(_FOUND)
"""Sources of choices that this module answers."""

"""What the condition of an action may ask for, in words: where each name comes from and what it is called.

The same sources as core.condition_check, which judges the names; here they are told to the person who writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.cases.authoring_words import FIELD_NAMES
from core.condition_check import DECLARED
from core.policy.builtins import SUBMISSION_CHECKS
from core.policy.carrier_fact_names import CARRIER_FACTS
from core.policy.source import parse
from core.policy.version import Sources
from forms.findings import DefinitionError

UNASKED = frozenset({"files", "table"})
"""Types of fields that a condition does not ask for by themselves."""
CHECK_FACTS = {"eligible": "符合全部申报条件"}


@dataclass(frozen=True)
class Fact:
    """A name as it is written in a formula, what it is called, and what kind of answer it is."""

    key: str
    label: str
    kind: str = ""


@dataclass(frozen=True)
class Facts:
    """Facts of one origin. `what` is the definition that holds them as `kind:key:`, `more` how one is added there."""

    origin: str
    facts: tuple[Fact, ...]
    what: str = ""
    more: str = ""


def facts_known(data: Mapping[str, Any], sources: Sources) -> list[Facts]:
    """Every name that conditions of a workflow's draft may ask for, by origin; origins without any are left out."""
    found = [*_forms(data, sources), _sets(data), _checks(data, sources), _carrier(sources)]
    return [one for one in found if one.facts]


def labels(known: list[Facts]) -> dict[str, str]:
    """What each name is called, for reading a formula in words."""
    return {fact.key: fact.label for group in known for fact in group.facts}


def _forms(data: Mapping[str, Any], sources: Sources) -> Iterator[Facts]:
    seen: set[str] = set()
    for slot, called in (("form", "填报的表单"), ("opinion_form", "审核意见表")):
        for stage in data.get("stages", []):
            key = str(stage.get(slot) or "")
            if key and key not in seen:
                seen.add(key)
                form = _data(sources.get(("form", key), ""))
                title = f"{called}“{form.get('title', key)}”"
                yield Facts(title, tuple(_fields(form)), f"form:{key}:", "到这份表单里加字段")


def _fields(form: Mapping[str, Any]) -> Iterator[Fact]:
    for section in form.get("sections", []):
        for asked in section.get("fields", []):
            kind = str(asked.get("type", ""))
            if kind not in UNASKED:
                yield Fact(str(asked.get("key", "")), str(asked.get("label", "")), FIELD_NAMES.get(kind, kind))


def _sets(data: Mapping[str, Any]) -> Facts:
    found: dict[str, str] = {}
    for stage in data.get("stages", []):
        for action in stage.get("actions", []):
            for key in action.get("sets") or {}:
                found[key] = f"{found[key]}、“{action.get('name')}”" if key in found else f"办了“{action.get('name')}”"
    return Facts("前面的动作定下的", tuple(Fact(key, label) for key, label in found.items()))


def _checks(data: Mapping[str, Any], sources: Sources) -> Facts:
    named = [
        key
        for (kind, _), text in sources.items()
        if kind == "procedures"
        for procedure in _data(text).get("procedures", [])
        if procedure.get("workflow") == data.get("key")
        for key in procedure.get("checked_by", [])
    ]
    facts = [Fact(name, CHECK_FACTS.get(name, name), _name(key)) for key in named for name in DECLARED.get(key, ())]
    return Facts("提交时核对出来的", tuple(facts))


def _name(check: str) -> str:
    return SUBMISSION_CHECKS[check].name if check in SUBMISSION_CHECKS else check


def _carrier(sources: Sources) -> Facts:
    regions = [(key, _data(text)) for (kind, key), text in sources.items() if kind == "region"]
    declared = [one for _, data in regions for one in data.get("register", [])]
    own = tuple(Fact(str(one.get("key", "")), str(one.get("name", ""))) for one in declared)
    facts = (*(Fact(key, name) for key, name in CARRIER_FACTS.items()), *own)
    return Facts("登记的单位情况", facts, f"region:{regions[0][0]}:" if regions else "", "加一项登记的情况")


def _data(text: str) -> dict[str, Any]:
    try:
        return parse(text, "")
    except DefinitionError:
        return {}

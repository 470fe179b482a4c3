"""Loading check of the conditions in workflows: a misspelt name would make an action that is never offered."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any

from core.policy.carrier_fact_names import CARRIER_FACTS
from core.policy.source import parse
from core.workflow.definition import Workflow
from forms.definition import load_form
from forms.findings import DefinitionError, Finding
from forms.formula import compile_formula

Sources = Mapping[tuple[str, str], str]

DECLARED = {"eligibility": ("eligible",)}
"""Submission checks whose facts are known here; what those of plugins work out is theirs to know."""


def condition_findings(workflow: Workflow, file: str, sources: Sources) -> Iterator[Finding]:
    """Every name in a condition that no form, action, carrier fact or submission check of the procedure gives."""
    known = _known(workflow, sources)
    if known is None:
        return
    for i, stage in enumerate(workflow.stages):
        for j, action in enumerate(stage.actions):
            names = compile_formula(action.condition).names if action.condition else frozenset()
            for name in sorted(names - set(known)):
                told = f"“{action.name}”的条件里没有“{name}”这个事实"
                yield Finding(file, f"stages.{i}.actions.{j}.condition", told, "、".join(sorted(known)))


def _known(workflow: Workflow, sources: Sources) -> Collection[str] | None:
    """The names that conditions may ask for; None where a plugin's check, or a form that is not there, adds others."""
    known = {*CARRIER_FACTS, *(key for s in workflow.stages for a in s.actions for key in a.sets)}
    for key in _checks(workflow, sources):
        if key not in DECLARED:
            return None
        known |= set(DECLARED[key])
    for stage in workflow.stages:
        for key in filter(None, (stage.form, stage.opinion_form)):
            fields = _fields(key, sources)
            if fields is None:
                return None
            known |= fields
    known |= {str(fact.get("key")) for text in _of_kind("region", sources) for fact in text.get("register", [])}
    return known


def _checks(workflow: Workflow, sources: Sources) -> list[str]:
    found = [p for data in _of_kind("procedures", sources) for p in data.get("procedures", [])]
    return [key for p in found if p.get("workflow") == workflow.key for key in p.get("checked_by", [])]


def _fields(key: str, sources: Sources) -> frozenset[str] | None:
    text = sources.get(("form", key))
    return None if text is None else _field_keys(text)


@lru_cache(maxsize=64)
def _field_keys(text: str) -> frozenset[str] | None:
    # several stages name the same form, and a draft is looked at after each change
    try:
        return frozenset(asked.key for asked in load_form(parse(text, "form"), "form").fields)
    except DefinitionError:
        return None


def _of_kind(kind: str, sources: Sources) -> Iterator[dict[str, Any]]:
    for (other, key), text in sources.items():
        if other == kind:
            yield parse(text, key)

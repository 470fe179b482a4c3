"""Definitions at run time: what is in force, what a round has pinned, and the workflow and forms in it.

The table is the truth; packs are imported into it at start-up (core.cases.importing) and not read while serving.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from core import clock
from core.errors import Refused
from core.models import Case, DefinitionVersion, EvaluationRound, Region
from core.models.reading import related
from core.policy.version import PolicyVersion
from core.workflow.definition import Workflow, load_workflow
from forms.compile import CompiledForm, compiled
from forms.definition import load_form


def version_order(version: str) -> tuple[int, ...]:
    """Order of version names such as `2023`, `2023.1`, `2023.2`, `2024`."""
    return tuple(int(part) if part.isdigit() else 0 for part in version.split("."))


def in_force(region: Region, on: date) -> dict[str, int]:
    """The newest published definition of each kind and key on a day: "kind/key" → DefinitionVersion id.

    Empty when nothing is in force on that day (a policy past its last day takes no new cases).
    """
    rows = DefinitionVersion.select(
        DefinitionVersion.id,
        DefinitionVersion.kind,
        DefinitionVersion.key,
        DefinitionVersion.version,
        DefinitionVersion.in_force_from,
        DefinitionVersion.in_force_to,
    ).where((DefinitionVersion.region == region) & (DefinitionVersion.status == "published"))
    newest: dict[str, tuple[tuple[int, ...], int]] = {}
    for row in rows:
        if (row.in_force_from and row.in_force_from > on) or (row.in_force_to and row.in_force_to < on):
            continue
        name, order = f"{row.kind}/{row.key}", version_order(row.version)
        if name not in newest or newest[name][0] < order:
            newest[name] = (order, row.id)
    return {name: found[1] for name, found in newest.items()}


@lru_cache(maxsize=256)
def _policy(region_key: str, ids: tuple[int, ...]) -> PolicyVersion:
    # published rows never change, so a set of ids always means the same policy
    rows = list(DefinitionVersion.select().where(DefinitionVersion.id.in_(ids)))
    label = max((row.version for row in rows), key=version_order)
    return _built(region_key, label, frozenset(((row.kind, row.key), row.text) for row in rows))


@lru_cache(maxsize=64)
def _built(region_key: str, label: str, sources: frozenset[tuple[tuple[str, str], str]]) -> PolicyVersion:
    # the texts alone decide what a policy is: the same ones are read and checked once a process
    return PolicyVersion.from_sources(region_key, label, dict(sources))


def policy_of_ids(region_key: str, pinned: dict[str, int]) -> PolicyVersion:
    """The policy that a set of pinned definitions makes up. Built once per set and process."""
    return _policy(region_key, tuple(sorted(pinned.values())))


def current_policy(region: Region, on: date) -> PolicyVersion | None:
    """The policy in force in a region on a day, or None."""
    pinned = in_force(region, on)
    return policy_of_ids(region.key, pinned) if pinned else None


def pinned_policy(round_: EvaluationRound) -> PolicyVersion:
    """The policy a round runs under: pinned when it opened; before that, what is in force in its region today.

    Raises Refused when nothing is in force.
    """
    if round_.pinned:
        return policy_of_ids(related(round_, "region").key, round_.pinned)
    policy = current_policy(round_.region, clock.today())
    if policy is None:
        raise Refused(f"{round_.region.name}没有现行有效的办法，不能开新的批次。")
    return policy


def round_of(case: Case) -> EvaluationRound:
    """The round of a case. Raises Refused for a case outside any round."""
    round_: EvaluationRound | None = related(case, "round")
    if round_ is None:
        raise Refused(f"办件 {case.number} 不属于任何批次。")
    return round_


def policy_of(case: Case) -> PolicyVersion:
    """The policy a case runs under."""
    if case.round_id is not None:
        return pinned_policy(round_of(case))
    return policy_of_ids(case.region.key, case.pinned)


def procedure_in(policy: PolicyVersion, key: str) -> Mapping[str, Any]:
    """A procedure (办理事项) of a policy as data. Raises Refused naming those there are."""
    procedures = policy.definition("procedures")["procedures"]
    found = next((p for p in procedures if p["key"] == key), None)
    if found is None:
        raise Refused(f"办法里没有事项“{key}”；有：{'、'.join(p['key'] for p in procedures)}。")
    return found


@lru_cache(maxsize=256)
def _workflow(text: str, file: str) -> Workflow:
    return load_workflow(text, file)


def workflow_in(policy: PolicyVersion, procedure: str) -> Workflow:
    """The workflow of a procedure in a policy. Raises Refused when the policy has no such procedure."""
    key = procedure_in(policy, procedure)["workflow"]
    text = policy.sources.get(("workflow", key))
    if text is None:
        raise Refused(f"办法里没有事项“{procedure}”的流程“{key}”。")
    return _workflow(text, f"workflow/{key}")


def workflow_of(case: Case) -> Workflow:
    """The workflow a case follows."""
    return workflow_in(policy_of(case), case.procedure)


@lru_cache(maxsize=256)
def _form(text: str, file: str) -> CompiledForm:
    return compiled(load_form(text, file))


def form_in(policy: PolicyVersion, key: str) -> CompiledForm:
    """A form of a policy, compiled. Raises Refused when the policy has no such form."""
    text = policy.sources.get(("form", key))
    if text is None:
        raise Refused(f"办法里没有表单“{key}”。")
    return _form(text, f"forms/{key}")


def fill_form(case: Case) -> CompiledForm:
    """The form that the carrier fills in this case (the form of its workflow's fill stage)."""
    stage = next(s for s in workflow_of(case).stages if s.kind == "fill")
    return form_in(policy_of(case), stage.form)

"""What a procedure refers to: kinds of rules, clocks, parameters, facts, and other procedures that its form looks at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from core.policy.prefill import read_prefill
from core.policy.shape import is_parameter
from forms.formula import FormulaError, compile_formula

Data = dict[str, Any]

FORMS = ("form", "opinion_form", "site_visit_form")
"""Where a stage names a form."""
RESULT = ("grades", "facts", "vetoes", "consequences")
"""What a result is determined by: one rule book of a region, taken as a whole or not at all."""
BY_STAGE = {
    "expert_panel": ("panel", "indicators", *RESULT),
    "determination": ("indicators", *RESULT),
    "public_notice": ("notice",),
}
BY_CHECK = {"eligibility": ("eligibility",), "spending_plan": ("spending",), "budget_targets": ("targets",)}
ORDER = (
    "region", "facts", "grades", "vetoes", "consequences", "indicators", "panel", "notice", "scope", "plan",
    "eligibility", "enrolment", "exit", "corrective_action", "spending", "targets",
)  # fmt: skip
"""The kinds of rules that a procedure may need, in the order of a list."""
FORMULAS = frozenset({
    "when", "or_when", "applies_when", "exits_when", "approved_when", "binding_when", "value", "condition",
})  # fmt: skip
"""Where rules hold formulas over facts."""


def kinds_needed(procedure: Mapping[str, Any], workflow: Mapping[str, Any]) -> list[str]:
    """The kinds of rules that a procedure and its workflow cannot do without."""
    kinds = {kind for stage in workflow.get("stages", []) for kind in BY_STAGE.get(str(stage.get("kind")), ())}
    kinds |= {kind for check in procedure.get("checked_by", []) for kind in BY_CHECK.get(check, ())}
    kinds |= {"plan", "scope"} if procedure.get("every") == "year" else set()
    kinds |= {str(procedure["decides"])} if procedure.get("decides") else set()
    return [kind for kind in ORDER if kind in kinds]


def forms_of(procedure: Mapping[str, Any], workflow: Mapping[str, Any]) -> list[str]:
    """The keys of the forms that a procedure and the stages of its workflow name."""
    named = [procedure.get("form"), *(stage.get(name) for stage in workflow.get("stages", []) for name in FORMS)]
    return list(dict.fromkeys(str(key) for key in named if key))


def asked_fields(form: Mapping[str, Any]) -> Iterator[tuple[str, Data]]:
    """Every field of a form with its place."""
    for i, section in enumerate(form.get("sections", [])):
        for j, asked in enumerate(section.get("fields", [])):
            yield f"sections.{i}.fields.{j}", asked


def procedures_of_form(form: Mapping[str, Any]) -> set[str]:
    """The procedures whose answers a form takes over."""
    read = (read_prefill(str(asked.get("prefill", ""))) for _, asked in asked_fields(form))
    return {prefill.procedure for prefill in read if prefill is not None and prefill.procedure}


def plan_dates(workflow: Mapping[str, Any]) -> set[str]:
    """The days of the yearly plan that a workflow's stages last until."""
    clocks = [stage.get("clock") or {} for stage in workflow.get("stages", [])]
    return {str(clock.get("field")) for clock in clocks if clock.get("kind") == "plan"}


def parameters_in(value: Any) -> set[str]:
    """The parameters that data refers to, as `$key` or as the `parameter` of a clock."""
    if isinstance(value, dict):
        own = {value["parameter"]} if isinstance(value.get("parameter"), str) else set()
        return own.union(*(parameters_in(inner) for inner in value.values()))
    if isinstance(value, list):
        return set().union(*(parameters_in(inner) for inner in value))
    return {value[1:]} if isinstance(value, str) and is_parameter(value) else set()


def with_parameters_called(value: Any, names: Mapping[str, str]) -> Any:
    """The same data, its references to parameters written with their new names."""
    if isinstance(value, dict):
        return {
            key: names.get(inner, inner) if key == "parameter" and isinstance(inner, str) else with_parameters_called(inner, names)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [with_parameters_called(inner, names) for inner in value]
    if isinstance(value, str) and is_parameter(value):
        return f"${names.get(value[1:], value[1:])}"
    return value


def names_in(value: Any) -> set[str]:
    """The names that the formulas in rules or in a workflow ask for."""
    if isinstance(value, list):
        return set().union(*(names_in(inner) for inner in value))
    if not isinstance(value, dict):
        return set()
    formulas = (inner for key, inner in value.items() if key in FORMULAS and isinstance(inner, str))
    return _names(formulas).union(*(names_in(inner) for inner in value.values()))


def _names(formulas: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for formula in formulas:
        try:
            found |= compile_formula(formula).names
        except FormulaError:
            continue
    return found

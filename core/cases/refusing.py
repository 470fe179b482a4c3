"""Why an action is not allowed yet, in words: what the checks found, and what nobody has filled in or decided."""

from __future__ import annotations

from collections.abc import Iterator

from core.cases import definitions
from core.cases.known_facts import Known
from core.errors import Refused
from core.models import Case
from core.policy.carrier_fact_names import CARRIER_FACTS
from core.workflow.decision import ConditionNotMet
from forms.formula import compile_formula

MOST_TOLD = 6


def in_words(case: Case, unmet: ConditionNotMet, known: Known) -> Refused:
    """The same refusal, naming the findings that the condition rests on and what is still missing."""
    asked = compile_formula(unmet.action.condition).names
    said = [
        finding.text
        for ran in known.ran
        if asked & set(ran.checked.facts)
        for finding in ran.checked.findings
    ]
    said += [ran.problem for ran in known.ran if ran.problem and not asked <= set(known.facts)]
    names = dict(_names(case))
    missing = [names[key] for key in unmet.missing if key in names]
    if missing:
        said.append(f"尚缺：{'、'.join(missing)}")
    if not said:
        return unmet
    more = f"；等 {len(said)} 项" if len(said) > MOST_TOLD else ""
    return Refused(f"还不能“{unmet.action.name}”：{'；'.join(said[:MOST_TOLD])}{more}。")


def _names(case: Case) -> Iterator[tuple[str, str]]:
    """Every fact that has a name for people: key → name; questions of the forms last, so that they hold."""
    policy = definitions.policy_of(case)
    yield from CARRIER_FACTS.items()
    yield from ((fact.key, fact.name) for fact in policy.region_info.register.values())
    stages = definitions.workflow_of(case).stages
    keys = [key for stage in stages for key in (stage.form, stage.opinion_form) if key]
    for key in dict.fromkeys(keys):
        yield from ((asked.key, asked.label) for asked in definitions.form_in(policy, key).definition.fields)

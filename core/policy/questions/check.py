"""check: are a form's answers consistent. What is still empty is told apart from what is wrong."""

from __future__ import annotations

from datetime import date
from typing import Any

from core.errors import Refused
from core.policy.facts import known_keys
from core.policy.question import Answer, Asked, Question
from core.policy.trace import Step
from core.policy.version import NotCovered, PolicyVersion
from forms.definition import load_form


def faults_of(policy: PolicyVersion, key: str, answers: dict[str, Any]) -> tuple[dict[str, list[str]], list[str]]:
    """What is wrong in a form's answers, by field, and the fields that are still empty."""
    # WTForms is loaded only when a form is checked: few questions need it.
    from forms.compile import compiled

    form = compiled(load_form(dict(policy.definition("form", key)), f"form/{key}"))
    parsed = form.from_json(_written(answers))
    wrong = {path: list(messages) for path, messages in parsed.errors.items() if messages}
    missing = []
    for fault in form.faults(parsed.answers, {}, parsed.raw):
        if fault.blank:
            missing.append(fault.path)
        elif fault.message not in wrong.setdefault(fault.path, []):
            wrong[fault.path].append(fault.message)
    return wrong, missing


def _check(asked: Asked) -> Answer:
    policy, given = asked.policy, asked.given
    known_keys(given, ("form", "answers"))
    if not policy.has("form"):
        raise NotCovered(f"“{policy.region}”没有表单。")
    forms = policy.keys("form")
    key = given.get("form") or (forms[0] if len(forms) == 1 else None)
    if key is None:
        raise Refused(f"没有写是哪一份表单（form）；允许：{'、'.join(forms)}。", {"form": "缺少表单"})
    if key not in forms:
        raise Refused(f"没有“{key}”这份表单；允许：{'、'.join(forms)}。", {"form": "没有这份表单"})
    answers = given.get("answers")
    if not isinstance(answers, dict):
        raise Refused("填报内容（answers）要写成一组键和值。", {"answers": "要写成一组键和值"})
    wrong, missing = faults_of(policy, str(key), answers)
    steps = [
        Step(message, _clause(policy, str(key)), "reading", {"field": path}, False)
        for path, messages in wrong.items()
        for message in messages
    ]
    return {
        "accepted": not wrong,
        "fields": list(wrong),
        "messages": [step.text for step in steps],
        "missing": missing,
        "trace": [step.as_data() for step in steps],
        "clauses": [],
    }


def _clause(policy: PolicyVersion, key: str) -> str:
    return str(policy.definition("form", key).get("clause", ""))


def _written(value: Any) -> Any:
    """Answers as they would come in JSON, dates as text."""
    if isinstance(value, dict):
        return {key: _written(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_written(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


BUILT_IN = (Question("check", "填报校验", _check),)

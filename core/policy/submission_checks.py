"""Checks of what is submitted against the policy, beyond the form's own: named by a procedure in `checked_by`.

A check is pure. It may forbid submission, or only state what it finds, to who fills and to who reviews alike; the
facts that it works out (whether an applicant is eligible) can be asked by the conditions of the workflow's actions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.policy.trace import Trace
from core.policy.version import PolicyVersion


@dataclass(frozen=True)
class CheckFinding:
    """Something found. ``field`` is a path of the form, empty when it concerns none alone; ``blocks`` forbids it."""

    text: str
    field: str = ""
    blocks: bool = False
    clause: str = ""


@dataclass(frozen=True)
class Checked:
    """What a check says: findings in order, facts for conditions, and the reasoning for 为什么."""

    findings: tuple[CheckFinding, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    trace: Trace = ()


@dataclass(frozen=True)
class Submitted:
    """What is checked: answers as stored (JSON kinds), the same as formulas read them, and the register's facts."""

    policy: PolicyVersion
    answers: Mapping[str, Any]
    values: Mapping[str, Any]
    register: Mapping[str, Any]
    on: date


@dataclass(frozen=True)
class SubmissionCheck:
    """A check by its key. ``run`` raises `core.errors.Refused` where a figure cannot be read."""

    key: str
    name: str
    run: Callable[[Submitted], Checked]

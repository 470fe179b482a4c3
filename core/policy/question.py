"""What a question is: a name, and a pure function from a policy and an input to an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.policy.version import PolicyVersion

Given = Mapping[str, Any]
Answer = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """What a question is asked about: ``on`` is the day for which the rules are read, None for the newest."""

    policy: PolicyVersion
    given: Given
    on: date | None = None


@dataclass(frozen=True)
class Question:
    """A question the engine answers for every region.

    ``answer`` returns plain data; it raises Refused for an input that a rule refuses. ``any_date`` marks
    questions that are answered even on a day on which no version is in force.
    """

    key: str
    name: str
    answer: Callable[[Asked], Answer]
    any_date: bool = False

"""The common problems (共性问题) that a region collects, and in which records it looks for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.policy.version import PolicyVersion


@dataclass(frozen=True)
class ProblemSource:
    """Where problems are written: the choices `field` and the words `other` of a procedure's form.

    With ``stage``, the record of the visit on site at that stage; without, what was submitted last.
    """

    key: str
    name: str
    procedure: str
    stage: str
    field: str
    other: str
    clause: str
    basis: str


@dataclass(frozen=True)
class CommonProblems:
    """Names of the problems by key, and the records that are looked through."""

    names: Mapping[str, str]
    sources: tuple[ProblemSource, ...]
    clause: str
    basis: str


def common_problems(policy: PolicyVersion) -> CommonProblems:
    """The policy's common problems. Raises NotCovered where it collects none."""
    data = policy.definition("common_problems")
    sources = tuple(
        ProblemSource(
            entry["key"],
            entry["name"],
            entry["procedure"],
            entry.get("stage", ""),
            entry["field"],
            entry.get("other", ""),
            entry["clause"],
            entry.get("basis", "text"),
        )
        for entry in data["sources"]
    )
    names = {entry["key"]: entry["name"] for entry in data["problems"]}
    return CommonProblems(names, sources, data.get("clause", ""), data.get("basis", "text"))

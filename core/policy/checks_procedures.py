"""Loading checks of procedures.toml: who opens a procedure, what opens it, what checks and what decides it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.policy.checks_by_kind import Files
from core.roles import FILLERS
from forms.findings import Finding


def procedure_findings(files: Files) -> Iterator[Finding]:
    """Every role, check, consequence and question that a procedure names is there."""
    for file, data in files.get("procedures", []):
        for index, procedure in enumerate(data["procedures"]):
            for slot, told, allowed in _wrong(procedure, files):
                yield Finding(file, f"procedures.{index}.{slot}", f"“{procedure['name']}”{told}", allowed)


def _wrong(procedure: dict[str, Any], files: Files) -> Iterator[tuple[str, str, str]]:
    # known to the process: the plugin manager adds what plugins bring, as with scoring methods
    from core.policy.builtins import SUBMISSION_CHECKS

    for key in procedure.get("checked_by", ()):
        if key not in SUBMISSION_CHECKS:
            yield "checked_by", f"要用的核对“{key}”没有", "、".join(SUBMISSION_CHECKS)
    for role in procedure.get("opened_by", ()):
        if role not in FILLERS:
            yield "opened_by", f"不能由“{role}”发起", "、".join(FILLERS)
    question = procedure.get("decides", "")
    if question and question not in files:
        yield "decides", f"由“{question}”决定，却没有这方面的规定", f"{question}.toml"
    known = _consequences(files)
    named = procedure.get("opened_by_consequence", "")
    if named and named not in known:
        yield "opened_by_consequence", f"由“{named}”引起，没有这个后果", "、".join(sorted(known)) or "consequences.toml"


def _consequences(files: Files) -> set[str]:
    kinds = ("consequences", "corrective_action")
    return {e["key"] for kind in kinds for _, data in files.get(kind, []) for e in data["consequences"]}

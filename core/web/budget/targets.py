"""The targets of a budget year with the newest word on what was reached.

The targets are those that were declared; a self-assessment, else the newest monitoring that says any, tells what was
reached. Where nothing was declared, the assessment's own targets stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.policy.budget_rows import INDICATORS, SUB_TARGETS, Row, TargetRow, read_targets, rows_of
from core.policy.parameters import Parameter
from core.policy.target_text import target_settings
from core.web.budget.filings import Filing

TABLES = (SUB_TARGETS, INDICATORS)
WORD = ("actual", "judged", "reason")
"""The columns that say what was reached."""

Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class Targets:
    """The targets with what was reached, and where that was said: declared | monitored | assessed.

    `notes` say what does not fit the declaration.
    """

    source: str
    filing: Filing
    rows: list[TargetRow]
    notes: list[str] = field(default_factory=list)

    def count(self, state: str) -> int:
        """How many are in a state."""
        return sum(1 for row in self.rows if row.state == state)

    @property
    def asked(self) -> list[Parameter]:
        """The parameters that stand for blank rows and have no value yet."""
        found = {row.entered.key: row.entered for row in self.rows if row.entered and row.entered.must_be_asked}
        return list(found.values())

    @property
    def groups(self) -> list[tuple[str, list[TargetRow]]]:
        """The unit's own targets first (""), then each project's in the order of the form."""
        found: dict[str, list[TargetRow]] = {}
        for row in self.rows:
            found.setdefault(row.project, []).append(row)
        return list(found.items())


def targets_of(
    assessment: Filing | None, monitorings: Sequence[Filing], declaration: Filing | None
) -> Targets | None:
    """The year's targets; `monitorings` newest first. None where nobody named any."""
    declared = declaration if declaration is not None and _has_targets(declaration) else None
    for source, filing in (("assessed", assessment), *(("monitored", filing) for filing in monitorings)):
        if filing is not None and _has_targets(filing):
            return _told(source, filing, declared)
    return None if declared is None else Targets("declared", declared, _read(declared, declared.answers))


def _has_targets(filing: Filing) -> bool:
    return filing.counts and any(rows_of(filing.answers, table) for table in TABLES)


def _told(source: str, filing: Filing, declared: Filing | None) -> Targets:
    if declared is None:
        return Targets(source, filing, _read(filing, filing.answers))
    notes: list[str] = []
    merged = {table: list(_merged(table, declared.answers, filing.answers, notes)) for table in TABLES}
    return Targets(source, filing, _read(declared, merged), notes)


def _read(filing: Filing, answers: Mapping[str, Any]) -> list[TargetRow]:
    return read_targets(filing.policy, target_settings(filing.policy), answers)


def _merged(
    table: str, declared: Mapping[str, Any], told: Mapping[str, Any], notes: list[str]
) -> Iterator[Row]:
    """The declared rows with what was said of them; several of one name go by their order."""
    waiting: dict[Key, list[Row]] = {}
    for row in rows_of(told, table):
        waiting.setdefault(_key(table, row), []).append(row)
    for row in rows_of(declared, table):
        same = waiting.get(_key(table, row))
        said = same.pop(0) if same else {}
        if said and said.get("target", "") != row.get("target", ""):
            printed = f"“{said.get('target', '')}”与申报的“{row.get('target', '')}”"
            notes.append(f"“{row.get('name')}”填写的目标{printed}不一样，按申报的算。")
        yield {**row, **{key: said[key] for key in WORD if key in said}}
    for left in (row for rows in waiting.values() for row in rows):
        notes.append(f"“{left.get('name')}”在申报里没有，没有计入目标完成。")


def _key(table: str, row: Row) -> Key:
    """What makes a row of one form the same as one of another; only projects' targets are of a project and a kind."""
    project, kind = (str(row.get(key) or "") if table == INDICATORS else "" for key in ("project", "kind"))
    return table, project, kind, str(row.get("name") or "").strip()

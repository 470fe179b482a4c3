"""Locks, so that what a verb decides on cannot change before its transaction ends.

Whoever takes several takes them in this order, or two verbs wait for each other: round, cases by rising id, region,
award. Lock first, read afterwards: what was read before the lock may be old. SQLite holds the whole file anyway.
"""

from __future__ import annotations

from collections.abc import Iterable

from core.cases import statements
from core.cases.statements import CaseRow, is_postgresql
from core.errors import OutOfScope, Stale
from core.models import Case, EvaluationRound, Region, database
from core.people.scope import Viewer, find_case

CASE_NUMBERS = 7_305_212
"""Whoever hands out numbers of cases does so alone."""
AUDIT_CHECKS = 7_305_213
"""One check of all audit chains at a time."""


def alone(key: int) -> None:
    """Wait until no other transaction holds this key; it is held until this one ends."""
    _lock("SELECT pg_advisory_xact_lock(%s)", key)


def _lock(statement: str, key: object) -> None:
    if is_postgresql():
        database.execute_sql(statement, (key,))


def lock_round(round_id: int) -> EvaluationRound:
    """The round as it stands, held until the transaction ends. Raises OutOfScope when there is none."""
    _lock("SELECT id FROM evaluation_round WHERE id = %s FOR NO KEY UPDATE", round_id)
    found: EvaluationRound | None = EvaluationRound.get_or_none(EvaluationRound.id == round_id)
    if found is None:
        raise OutOfScope
    return found


def lock_cases(case_ids: Iterable[int]) -> None:
    """Hold these cases until the transaction ends."""
    _lock('SELECT id FROM "case" WHERE id = ANY(%s) ORDER BY id FOR UPDATE', list(case_ids))


def lock_values(region: Region | int, *, entering: bool) -> None:
    """Let no value be entered for a region while an award is worked out, nor the other way round."""
    row = region.id if isinstance(region, Region) else region
    # the key itself stays free, so that other rows may refer to the region meanwhile
    _lock(f"SELECT id FROM region WHERE id = %s FOR {'NO KEY UPDATE' if entering else 'SHARE'}", row)  # noqa: S608


def own_case(
    viewer: Viewer, case_id: int, role: str | None = None, version: int | None = None, *, with_round: bool = False
) -> tuple[Case, CaseRow]:
    """The case held and then read, as far as this person may see it in this role.

    `with_round` holds its round, too: for what depends on the best of the round. Raises OutOfScope; Stale, naming
    who did what and when, when it moved since `version`.
    """
    from core.cases.action import stale_text

    if with_round:
        seen = find_case(viewer, case_id, role)
        if seen.round_id is not None:
            lock_round(seen.round_id)
    lock_cases([case_id])
    case = find_case(viewer, case_id, role)
    row = statements.load_case(case_id)
    if version is not None and row.stage_version != version:
        raise Stale(stale_text(case_id))
    return case, row

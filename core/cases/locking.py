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


def alone(key: int) -> None:
    """Wait until no other transaction holds this key; it is held until this one ends."""
    if is_postgresql():
        database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (key,))


def lock_round(round_id: int) -> EvaluationRound:
    """The round as it stands, held until the transaction ends. Raises OutOfScope when there is none."""
    rows = EvaluationRound.select().where(EvaluationRound.id == round_id)
    found = (rows.for_update("FOR NO KEY UPDATE") if is_postgresql() else rows).first()
    if found is None:
        raise OutOfScope
    return found


def lock_cases(case_ids: Iterable[int]) -> None:
    """Hold these cases until the transaction ends."""
    if is_postgresql():
        rows = Case.select(Case.id).where(Case.id.in_(list(case_ids))).order_by(Case.id)
        list(rows.for_update("FOR UPDATE").tuples())


def lock_values(region: Region | int, *, entering: bool) -> None:
    """Let no value be entered for a region while an award is worked out, nor the other way round."""
    if is_postgresql():
        rows = Region.select(Region.id).where(Region.id == region)
        list(rows.for_update("FOR NO KEY UPDATE" if entering else "FOR SHARE").tuples())


def own_case(
    viewer: Viewer, case_id: int, role: str | None = None, version: int | None = None
) -> tuple[Case, CaseRow]:
    """The case held and then read, as far as this person may see it in this role.

    Raises OutOfScope; Stale, naming who did what and when, when it moved since `version`.
    """
    from core.cases.action import stale_text

    lock_cases([case_id])
    case = find_case(viewer, case_id, role)
    row = statements.load_case(case_id)
    if version is not None and row.stage_version != version:
        raise Stale(stale_text(case_id))
    return case, row

"""Which results are final: what the register tells of a carrier, and what an archive may hold of a case."""

from __future__ import annotations

from collections.abc import Iterable

from core.models import Case, NoticeEntry, Result


def final_results(cases: Iterable[Case]) -> dict[int, Result]:
    """The final result of each case that has one, by the case's id.

    In a round a result is final once a notice or a publication has ended it; what a closed case has become since
    counts. Outside rounds it is final when the case is closed. Everything else is not for the register.
    """
    rows = {case.id: case for case in cases}
    newest: dict[int, Result] = {}
    for result in Result.select().where(Result.case.in_(list(rows) or [0])).order_by(Result.version):
        newest[result.case_id] = result
    final: dict[int, Result] = {}
    ended = NoticeEntry.select(NoticeEntry, Result).join(Result)
    for entry in ended.where(NoticeEntry.case.in_(list(newest) or [0]) & (NoticeEntry.status == "final")).order_by(
        NoticeEntry.id
    ):
        final[entry.case_id] = newest[entry.case_id] if rows[entry.case_id].outcome else entry.result
    for case_id, result in newest.items():
        if rows[case_id].round_id is None and rows[case_id].outcome:
            final[case_id] = result
    return final


def is_absent(result: Result) -> bool:
    """Whether the carrier took no part (its grade then follows from that, not from an evaluation)."""
    return result.facts.get("participated") is False

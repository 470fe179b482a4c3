"""The reports of a period as a table for a spreadsheet: a row a carrier, the sums below."""

from __future__ import annotations

from collections.abc import Iterator

from core.models import Submission
from core.web.reports.board import Board
from core.web.reports.words import STATES


def rows(board: Board) -> Iterator[list[object]]:
    """The cells: head, a row a carrier, and below an empty row each sum and ratio."""
    fields = dict(board.fields)
    yield ["单位", "办件号", "情况", "报送日", "逾期", *(f"{name}（{unit}）" if unit else name for name, unit in fields.values())]
    ids = [line.case.id for line in board.lines if line.case and line.came]
    answers = {}
    for row in Submission.select().where(Submission.case.in_(ids or [0])).order_by(Submission.number):
        answers[row.case_id] = row.answers
    for line in board.lines:
        given = answers.get(line.case.id, {}) if line.case else {}
        number = line.case.number if line.case else ""
        late = "逾期" if line.late else ""
        yield [line.carrier.name, number, STATES[line.state], line.sent_on, late, *(given.get(key) for key in fields)]
    if board.sums:
        yield []
        for figure in [*board.sums.totals, *board.sums.derived]:
            yield [f"{figure.name}（{figure.unit}）" if figure.unit else figure.name, figure.value]

"""What a return says, beside its reasons at the fields."""

from __future__ import annotations

from datetime import date

import pytest

from core.web.carrier.returned import Reason, Returned


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("", ""),
        ("面积不符；缺签到表", ""),
        ("缺签到表；面积不符。", ""),
        ("面积不符；缺签到表。请于周五前交。", "面积不符；缺签到表。请于周五前交。"),
    ],
)
def test_words_are_said_once(said: str, shown: str) -> None:
    reasons = tuple(Reason("a", "甲", text, "s", "f-a", False) for text in ("面积不符", "缺签到表"))
    assert Returned("海港区", date(2023, 7, 18), said, 1, reasons).said_besides == shown

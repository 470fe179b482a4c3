from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.definition import Column
from forms.fields import BadInput, field_type

DAY = Column(key="k", label="项", type="date", min="2023-01-01", max="2023-12-31")


@pytest.mark.parametrize(
    "typed", ["2023-05-01", "2023/5/1", "2023.05.01", "2023年5月1日", "20230501", "２０２３－０５－０１"]
)
def test_date(typed: str) -> None:
    assert field_type("date").read(typed, DAY) == "2023-05-01"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2023-02-29", "没有 2023年2月29日"),
        ("5月1日", "2023-05-01"),
        ("0023-05-01", "年份 23"),
        ("tomorrow", "2023-05-01"),
    ],
)
def test_date_refused(typed: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        field_type("date").read(typed, DAY)


def test_date_range_and_words() -> None:
    kind = field_type("date")
    assert kind.problems("2023-01-01", DAY) == kind.problems("2023-12-31", DAY) == []
    assert kind.problems("2022-12-31", DAY) == ["不能早于 2023年1月1日，请核对"]
    assert kind.problems("2024-01-01", DAY) == ["不能晚于 2023年12月31日，请核对"]
    assert kind.show("2023-05-01", DAY) == "2023年5月1日"
    assert kind.operand("2023-05-01") == date(2023, 5, 1)


@pytest.mark.parametrize("typed", ["2023-05", "2023/5", "2023年5月", "２０２３－０５"])
def test_month(typed: str) -> None:
    assert field_type("month").read(typed, DAY) == "2023-05"
    assert field_type("month").show("2023-05", DAY) == "2023年5月"


@pytest.mark.parametrize("typed", ["2023-13", "2023-00", "2023", "0000-05", "05-2023"])
def test_month_refused(typed: str) -> None:
    with pytest.raises(BadInput, match=r"月份|年份"):
        field_type("month").read(typed, DAY)


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 12, 31)))
def test_what_is_shown_reads_back(day: date) -> None:
    kind = field_type("date")
    assert kind.read(kind.show(day.isoformat(), DAY), DAY) == day.isoformat()

"""What stands before an answer given earlier says when that was: last year, or the period it was reported for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask

from core import clock
from core.cases import periods
from core.cases.action import new_token
from tests.conftest import SignIn
from tests.core.cases import standing_world as s
from tests.core.web.case_browser import Browser, plain

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def lhasa(app: Flask) -> Iterator[s.Place]:
    with clock.policy_date(date(2019, 6, 5)):
        yield s.build("lhasa")


def report(place: s.Place, period: str) -> int:
    receipt = periods.open_report(place.clerk(), "monthly_report", place.carriers[0].id, period, new_token())
    number: int = receipt["case"]
    return number


def test_a_months_figures_stand_beside_those_of_the_month_they_are_of(
    app: Flask, lhasa: s.Place, sign_in: SignIn
) -> None:
    first = s.fresh(report(lhasa, "2019-03"))
    assert periods.earlier_words(first) == ""
    s.submit(lhasa, first, service_staff=7)
    later = report(lhasa, "2019-05")
    assert periods.earlier_words(s.fresh(later)) == "2019年3月"
    text = plain(Browser(app, sign_in, lhasa.clerks[0]).get(f"/carrier/cases/{later}/fill/services"))
    assert "2019年3月 7 人" in text and "上年" not in text
    assert "2019年3月报过" in plain(Browser(app, sign_in, lhasa.clerks[0]).get(f"/carrier/cases/{later}/fill/"))

"""Periodic reports and their sums, under Lhasa's practice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from core.policy.numbers import round_half_up
from core.policy.periods import period_of
from core.policy.questions import ask
from core.policy.reporting import (
    add_up,
    completeness_of_counts,
    completeness_of_days,
    over_the_year,
    read_report,
    report_rules,
)

PERIOD = st.sampled_from(["weekly", "monthly", "quarterly"])
DAY = st.dates(date(2018, 1, 1), date(2020, 12, 31))


@pytest.fixture(scope="module")
def lhasa(manager):
    return manager.region("lhasa").newest


@given(period=PERIOD, first=DAY, length=st.integers(0, 500), days=st.lists(DAY, max_size=30))
def test_every_due_period_is_there_or_missing(lhasa, period, first, length, days):
    last = first + timedelta(days=length)
    found = completeness_of_days(report_rules(lhasa), period, first, last, days)
    all_due = {period_of(first + timedelta(days=n), period) for n in range(length + 1)}
    came = {period_of(day, period) for day in days if first <= day <= last}
    assert found.due == len(all_due) == found.submitted + len(found.missing)
    assert set(found.missing) == all_due - came
    assert found.share == Fraction(len(came), len(all_due))
    assert 0 <= found.share <= 1


def test_only_whole_periods_where_the_administrator_says_so(lhasa):
    strict = report_rules(lhasa.with_parameters({"partial_period_counts": False}))
    found = completeness_of_days(strict, "weekly", date(2019, 5, 7), date(2019, 5, 20), [])
    assert found.missing == ("2019-W20",)


@given(carriers=st.integers(0, 500), periods=st.integers(0, 60), received=st.integers(0, 30_000))
def test_counts(lhasa, carriers, periods, received):
    due = carriers * periods
    if received > due:
        with pytest.raises(Refused) as refusal:
            completeness_of_counts(report_rules(lhasa), "weekly", carriers, periods, received)
        assert list(refusal.value.fields) == ["received"]
        return
    found = completeness_of_counts(report_rules(lhasa), "weekly", carriers, periods, received)
    assert found.share == (Fraction(received, due) if due else None)


ROW = st.fixed_dictionaries(
    {"tenants": st.integers(0, 50), "student_startups": st.integers(0, 50)},
    optional={"service_staff": st.integers(0, 20), "output_wan": st.decimals(0, 999, places=2)},
)


@given(rows=st.lists(ROW, min_size=1, max_size=8))
def test_sums_and_ratios_agree_with_the_rows(lhasa, rows):
    rules = report_rules(lhasa)
    if any(row["student_startups"] > row["tenants"] for row in rows):
        answer = ask(lhasa, "aggregate", {"reports": rows})
        assert (answer["accepted"], answer["fields"]) == (False, ["student_startups"])
        return
    found = add_up(rules, [read_report(rules, row, "") for row in rows], len(rows))
    for key, total in found.totals.items():
        assert total == sum(Decimal(row[key]) for row in rows if key in row)
    tenants = sum(row["tenants"] for row in rows)
    share = found.derived["student_startup_share_pct"]
    assert share == (Fraction(100 * sum(row["student_startups"] for row in rows), tenants) if tenants else None)
    assert found.derived["jobs_per_tenant"] is None


@pytest.mark.parametrize(
    ("reports", "ratio", "missing"),
    [
        ([{"student_startups": 4}, {"tenants": 3}], "student_startup_share_pct", ["student_startups", "tenants"]),
        ([{"tenants": 8, "student_startups": 4}, {"tenants": 8}], "student_startup_share_pct", ["student_startups"]),
        ([{"service_staff": 4}, {"tenants": 8}], "service_staff_per_carrier", ["service_staff", "tenants"]),
    ],
)
def test_figures_of_different_carriers_make_no_ratio(lhasa, reports, ratio, missing):
    answer = ask(lhasa, "aggregate", {"reports": reports})
    assert (answer[ratio], sorted(answer["missing"])) == (None, missing)
    assert answer["totals"]["tenants"] > 0


@pytest.mark.parametrize(
    ("report", "field"),
    [
        ({"tenants": 20, "student_startups": 8, "lhasa_student_startups": 9}, "lhasa_student_startups"),
        ({"tenants": 8, "lhasa_student_startups": 9}, "lhasa_student_startups"),
        ({"jobs": 8, "lhasa_graduates": 9}, "lhasa_graduates"),
    ],
)
def test_a_blank_figure_in_between_hides_no_contradiction(lhasa, report, field):
    assert ask(lhasa, "aggregate", {"reports": [report]})["fields"] == [field]
    assert ask(lhasa, "check", {"form": "monthly_report", "answers": report})["fields"] == [field]


def test_a_ratio_is_rounded_only_when_it_is_shown(lhasa):
    answer = ask(lhasa, "aggregate", {"reports": [{"tenants": 921, "student_startups": 346}]})
    assert answer["student_startup_share_pct"] == round_half_up(Fraction(34600, 921)) == Decimal("37.57")


@pytest.mark.parametrize(
    ("question", "given_", "field"),
    [
        ("reporting", {"period": "daily"}, "period"),
        ("reporting", {"period": "weekly"}, "from"),
        ("reporting", {"period": "weekly", "from": "2019-01-01", "to": "2018-01-01", "submitted": []}, "to"),
        ("reporting", {"period": "weekly", "from": "2019-01-01", "to": "2019-02-01"}, "submitted"),
        ("reporting", {"period": "weekly", "from": "2019-01-01", "to": "2019-02-01", "submitted": ["x"]}, "submitted"),
        ("reporting", {"period": "weekly", "carriers": 1, "periods_due": 1, "received": -1}, "received"),
        ("reporting", {"period": "weekly", "carriers": True, "periods_due": 1, "received": 1}, "carriers"),
        ("reporting", {"period": "weekly", "from": "1900-01-01", "to": "2900-01-01", "submitted": []}, "to"),
        ("aggregate", {"reports": [{"cows": 1}]}, "cows"),
        ("aggregate", {"reports": [{"tenants": "many"}]}, "tenants"),
        ("aggregate", {}, "reports"),
        ("aggregate", {"carriers": 1, "reports": [{"tenants": 8}, {"tenants": 9}]}, "carriers"),
        ("period", {"date": "yesterday"}, "date"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(lhasa, question, given_, field):
    answer = ask(lhasa, question, given_)
    assert (answer["accepted"], answer["fields"]) == (False, [field])


def test_a_year_adds_what_happens_and_takes_the_last_of_what_stands(lhasa):
    rules = report_rules(lhasa)
    months = [{"activities": 3, "tenants": 20}, {"activities": 4}, {"activities": 0, "tenants": 18}]
    read = [read_report(rules, month, "报表") for month in months]
    assert over_the_year(rules, read) == {"activities": 7, "tenants": 18}
    assert over_the_year(rules, []) == {}


def test_a_figure_of_which_nobody_says_what_a_year_is_has_no_yearly_total(lhasa):
    rules = replace(report_rules(lhasa), over_time={"activities": "sum"})
    assert over_the_year(rules, [{"activities": Decimal(3), "tenants": Decimal(20)}]) == {"activities": 3}

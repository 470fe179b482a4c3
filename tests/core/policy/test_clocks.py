from datetime import date

import pytest

from core.errors import Refused
from core.policy.clocks import calendar_of, clock_of, clocks_of, notice_rules
from core.policy.pack import load_region
from tests.core.policy.packs import write_pack


def test_the_notice_of_qinhuangdao_is_practice_and_can_be_changed(qinhuangdao):
    clock = notice_rules(qinhuangdao).clock
    assert (clock.length, clock.kind, clock.counts_opening_day, clock.basis) == (5, "working_days", False, "practice")
    changed = qinhuangdao.with_parameters({"notice_working_days": 7, "notice_counts_opening_day": "true"})
    assert (notice_rules(changed).clock.length, notice_rules(changed).clock.counts_opening_day) == (7, True)


def test_a_handling_period_nobody_wrote_is_not_invented(qinhuangdao):
    assert notice_rules(qinhuangdao).handling_working_days is None


def test_clocks_by_name(qinhuangdao):
    assert set(clocks_of(qinhuangdao)) == {"public_notice", "district_review", "city_review"}
    with pytest.raises(Refused, match="public_notice"):
        clock_of(qinhuangdao, "tea_break")


def test_working_days_follow_the_regions_holidays_and_months_roll(tmp_path):
    policy = load_region(write_pack(tmp_path)).newest
    calendar = calendar_of(policy)
    # 20 to 22 February are off here: 16, 17, 23, 24, 27, 28 February, 1, 2, 3, 6 March
    assert clock_of(policy, "filing").last_day(date(2023, 2, 15), calendar) == date(2023, 3, 6)
    assert clock_of(policy, "change").last_day(date(2019, 1, 15), calendar) == date(2019, 4, 15)


@pytest.mark.parametrize("done", ["2020-03-25", "2020-03-26"])
def test_a_fixed_day_of_the_quarter(manager, done):
    given = {"clock": "quarterly_report_without_centre", "quarter": "2020Q1", "done": done}
    answer = manager.ask("kunming", "deadline", given)
    assert (answer["deadline"], answer["status"]) == ("2020-03-25", "on_time" if done[-1] == "5" else "late")
    assert manager.ask("kunming", "deadline", {**given, "from": "2020-02-29"})["deadline"] == "2020-03-25"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"clock": "quarterly_report_without_centre"}, "from"),
        ({"clock": "quarterly_report_without_centre", "quarter": "first"}, "quarter"),
        ({"clock": "quarterly_report_without_centre", "quarter": "2020Q1", "from": "2020-04-01"}, "from"),
        ({"clock": "quarterly_report_without_centre", "quarter": "2020Q1", "working_days": 3}, "working_days"),
        ({"clock": "change_filing", "quarter": "2020Q1"}, "quarter"),
        ({"clock": ["change_filing"], "from": "2020-04-28"}, "clock"),
        ({"clock": "change_filing", "from": "9999-12-31"}, "from"),
    ],
)
def test_what_does_not_fit_a_clock_is_refused_by_name(manager, given, field):
    answer = manager.ask("kunming", "deadline", given)
    assert (answer["accepted"], answer["fields"]) == (False, [field])


@pytest.mark.parametrize("given", [{}, {"quarter": "2020Q3"}, {"from": "2020-07-01"}])
def test_a_day_nobody_has_set_is_asked_for(manager, given):
    answer = manager.ask("kunming", "deadline", {"clock": "quarterly_report", **given})
    assert (answer["deadline"], answer["missing_parameters"]) == (None, ["quarterly_report_day"])
    assert answer["messages"]


@pytest.mark.parametrize(
    ("region", "given", "basis"),
    [
        # the length is the text's, that the first day does not count is read into it
        ("kunming", {"clock": "change_filing", "from": "2020-04-28"}, "reading"),
        ("kunming", {"clock": "quarterly_report_without_centre", "quarter": "2020Q1"}, "reading"),
        ("kunming", {"clock": "public_notice", "from": "2020-09-28"}, "reading"),
        ("tianjin", {"clock": "public_notice", "from": "2019-04-26"}, "practice"),
        ("tianjin", {"clock": "change_report", "from": "2019-01-15"}, "text"),
        ("tianjin", {"clock": "change_report", "from": "2019-01-31"}, "reading"),  # no 31 April
        ("tianjin", {"clock": "change_report", "from": "2018-07-06"}, "reading"),  # 6 October is off
    ],
)
def test_a_period_is_as_sure_as_the_least_sure_of_its_parts(manager, region, given, basis):
    assert manager.ask(region, "deadline", given)["trace"][0]["basis"] == basis


def test_how_the_last_day_was_moved_is_said(manager):
    def said(opened):
        return manager.ask("tianjin", "deadline", {"clock": "change_report", "from": opened})["trace"][0]["text"]

    assert "取月末" in said("2019-01-31") and "顺延" not in said("2019-01-31")
    assert "2018-10-06 是休息日，顺延" in said("2018-07-06") and "取月末" not in said("2018-07-06")
    assert "取月末；2020-02-29 是休息日，顺延" in said("2019-11-30")


@pytest.mark.parametrize(
    ("region", "given", "field"),
    [
        ("kunming", {"clock": "public_notice", "from": "2020-09-28", "working_days": 4}, "working_days"),
        ("kunming", {"clock": "change_filing", "from": "2020-04-28", "working_days": 10}, "working_days"),
        ("tianjin", {"clock": "change_report", "from": "2019-01-15", "working_days": 60}, "working_days"),
        ("tianjin", {"clock": "change_report", "from": "2019-01-15", "counts_opening_day": True}, "counts_opening_day"),
    ],
)
def test_what_the_policy_states_cannot_be_asked_otherwise(manager, region, given, field):
    answer = manager.ask(region, "deadline", given)
    assert (answer["accepted"], answer["fields"]) == (False, [field])


def test_a_notice_may_be_longer_and_a_length_that_nobody_set_may_be_tried(manager):
    longer = manager.ask("kunming", "deadline", {"clock": "public_notice", "from": "2020-09-28", "working_days": 6})
    assert longer["deadline"] == "2020-10-13"
    given = {"clock": "corrective_action", "from": "2020-09-28", "working_days": 5}
    assert manager.ask("kunming", "deadline", given)["deadline"] == "2020-10-12"

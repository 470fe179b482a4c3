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

"""What a carrier is told at closing of a case outside the rounds: what was decided, and what comes next."""

from __future__ import annotations

from datetime import date

import pytest

from core import clock
from core.cases import outcome_words, periods, standing
from core.cases.action import new_token
from core.models import Carrier, Case, Result
from tests.core.cases import standing_world as s

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def finished(case_id: int) -> Case:
    Case.update(outcome="finished", stage="closed").where(Case.id == case_id).execute()
    return s.fresh(case_id)


def test_a_report_says_which_period_comes_next(database: str) -> None:
    with clock.policy_date(date(2019, 6, 5)):
        place = s.build("lhasa")
        weekly = next(one["key"] for one in standing.offered(place.region, "makerspace") if one["every"] == "week")
        opened = periods.open_report(place.clerk(), weekly, place.carriers[0].id, "2019-W23", new_token())
        assert outcome_words.told_at_closing(finished(opened["case"])) == "已办结。下一期是2019年第24周。"
        Carrier.update(title_status="exited").execute()
        assert outcome_words.told_at_closing(s.fresh(opened["case"])).endswith("不用再办什么。")


def test_what_was_decided_is_named(database: str) -> None:
    with clock.policy_date(date(2024, 7, 10)):
        place = s.build("tangshan", 1, "budget_unit")
        opened = standing.open_case(place.clerk(), "asset_check", place.carriers[0].id, new_token())
        case = finished(opened["case"])
        assert outcome_words.told_at_closing(case) == "已办结。结果和经过可以在办件页上看，不用再办什么。"
        Result.create(
            case=case, version=1, grade="", consequences={"enrolled": True}, determined_at=clock.now(),
            determined_on=clock.today(),
        )  # fmt: skip
        assert outcome_words.told_at_closing(case).startswith("已办结。予以纳入，从2024年7月10日起有资格。")
        Case.update(outcome="").where(Case.id == case.id).execute()
        follow = standing.open_case(place.clerk(), "rectification", place.carriers[0].id, new_token(), date(2024, 7, 9), case.id)
        told = outcome_words.told_at_closing(finished(case.id))
        assert told.endswith(f"接下来办“评价和监控问题整改（2024年7月9日）”（{follow['number']}）。")

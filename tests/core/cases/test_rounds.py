"""Rounds: what must be there before opening, what is pinned, and what may change afterwards."""

from __future__ import annotations

from datetime import date

import pytest

from core import clock
from core.cases import definitions, rounds
from core.cases.action import new_token
from core.cases.numbering import free_numbers
from core.errors import OutOfScope, Refused, Stale
from core.models import Case, DefinitionVersion, EvaluationRound
from core.people.scope import viewer_of
from tests import factories
from tests import world as w
from tests.core.cases import standing_world

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def world() -> w.World:
    return w.build(carriers=2)


def planned(world: w.World, year: int = 2024) -> EvaluationRound:
    with clock.policy_date(date(year, 3, 1)):
        return rounds.create_round(
            w.viewer(world.city_reviewer), world.region, "makerspace_evaluation", year, f"{year} 年度"
        )


def test_opening_makes_one_case_a_participant_due_on_the_plans_day(world: w.World) -> None:
    assert [case.due_on for case in world.cases] == [date(2023, 6, 30)] * 2
    assert {case.stage for case in world.cases} == {"fill"}
    assert len({case.number for case in world.cases}) == 2


def test_a_year_has_one_round(world: w.World) -> None:
    with pytest.raises(Refused, match="已有"):
        planned(world, 2023)


def test_a_round_without_list_or_deadline_does_not_open(world: w.World) -> None:
    made = planned(world)
    with pytest.raises(Refused):
        rounds.open_round(w.viewer(world.city_reviewer), made.id, new_token())
    assert not Case.select().where(Case.round == made.id).exists()


def test_only_the_citys_reviewer_of_the_region_handles_rounds(world: w.World) -> None:
    for person in (world.district_reviewer, world.clerks[0], world.finance, world.experts[0]):
        with pytest.raises(OutOfScope):
            rounds.find_round(w.viewer(person), world.round.id)


def test_an_open_rounds_deadline_moves_later_only_and_takes_the_cases_along(world: w.World) -> None:
    person, round_ = w.viewer(world.city_reviewer), world.round
    with pytest.raises(Refused, match="往后"):
        rounds.save_plan(person, round_.id, {**round_.plan, "submission_deadline": "2023-06-29"}, round_.version)
    rounds.save_plan(person, round_.id, {**round_.plan, "submission_deadline": "2023-07-10"}, round_.version, "汛期")
    assert w.fresh(world.cases[0]).due_on == date(2023, 7, 10)
    with pytest.raises(Stale):
        rounds.save_plan(person, round_.id, {**round_.plan, "submission_deadline": "2023-07-11"}, round_.version, "汛期")


def test_an_open_rounds_list_is_fixed(world: w.World) -> None:
    with pytest.raises(Refused, match="名单"):
        rounds.set_participants(w.viewer(world.city_reviewer), world.round.id, {})


def test_a_later_version_does_not_touch_an_open_round(world: w.World) -> None:
    pinned = definitions.pinned_policy(world.round)
    old = DefinitionVersion.get(DefinitionVersion.kind == "grades")
    text = old.text.replace("at_least = 85", "at_least = 90").replace("below = 85", "below = 90")
    DefinitionVersion.create(
        region=world.region, kind="grades", key=old.key, version="2023.1", digest="x", origin="administrator",
        text=text, in_force_from=date(2023, 1, 17), created_at=clock.now(), published_at=clock.now(),
    )  # fmt: skip
    assert definitions.pinned_policy(EvaluationRound.get_by_id(world.round.id)).sources == pinned.sources
    current = definitions.current_policy(world.region, clock.today())
    assert current is not None
    assert "at_least = 90" in current.sources[("grades", old.key)]


def test_nothing_in_force_opens_nothing(world: w.World) -> None:
    assert definitions.current_policy(world.region, date(2022, 12, 31)) is None
    with clock.policy_date(date(2022, 12, 31)), pytest.raises(Refused, match="没有现行有效"):
        rounds.create_round(w.viewer(world.city_reviewer), world.region, "makerspace_evaluation", 2022, "2022 年度")


def test_an_extension_never_takes_days_away_from_a_returned_case(world: w.World) -> None:
    person, round_ = w.viewer(world.city_reviewer), world.round
    Case.update(due_on=date(2023, 7, 14)).where(Case.id == world.cases[0].id).execute()
    rounds.save_plan(person, round_.id, {**round_.plan, "submission_deadline": "2023-07-10"}, round_.version, "汛期")
    assert [w.fresh(case).due_on for case in world.cases] == [date(2023, 7, 14), date(2023, 7, 10)]


def test_a_second_round_of_the_year_goes_on_counting_its_cases(world: w.World) -> None:
    alike = factories.region("qinzhou", "钦州市")
    for region in (world.region, alike):
        assert next(free_numbers(region, 2023)) == "QIN-2023-0003"
    Case.update(number="QIN-2023-10000").where(Case.id == world.cases[0].id).execute()
    assert next(free_numbers(world.region, 2023)) == "QIN-2023-10001"
    assert next(free_numbers(world.region, 2024)) == "QIN-2024-0001"


def test_a_procedure_done_in_batches_has_several_rounds_a_year(database: str) -> None:
    place = standing_world.build("tianjin", 1, "productivity_centre")
    city = viewer_of(place.city)
    with clock.policy_date(date(2019, 6, 3)):
        made = [rounds.create_round(city, place.region, "centre_evaluation", 2019, f"第 {n} 批") for n in (1, 2)]
    assert [row.batch for row in made] == [1, 2]
    earlier = EvaluationRound.select().where(EvaluationRound.before(made[1]))
    assert [row.id for row in earlier] == [made[0].id]


def test_a_round_without_a_title_is_called_after_its_year_and_procedure(world: w.World) -> None:
    made = rounds.create_round(w.viewer(world.city_reviewer), world.region, "makerspace_evaluation", 2031, "")
    assert made.title == "2031年度众创空间年度绩效评价"

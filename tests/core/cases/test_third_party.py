"""A third party runs the panel of a round that the city commissioned: what it sees, what it does, what the city may."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.cases import determining, panels, rounds, scoring
from core.cases.action import new_token
from core.cases.panel_opinion import Opinion, record_opinion
from core.errors import OutOfScope, Refused, Stale
from core.models import AdminEvent, Case, OutboxRow, PanelMember, Recusal, ScoreSheet, database
from core.people.scope import Viewer, commissioned_rounds, find_case, visible_cases
from tests import factories
from tests import graded as g

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def place(tmp_path: Path) -> g.Place:
    """Two cases, the first before a panel that a third party runs."""
    made = g.build(tmp_path, run_by="third_party", notice=False)
    g.to_panel(made, made.cases[0])
    return made


def sees(viewer: Viewer) -> list[int]:
    return [case.id for case in visible_cases(viewer).order_by(Case.id)]


def test_it_sees_only_cases_before_its_panel(place: g.Place) -> None:
    runner, (first, second) = place.runner, place.cases
    assert sees(runner) == [first.id]
    assert find_case(runner, first.id).id == first.id
    with pytest.raises(OutOfScope):
        find_case(runner, second.id)
    g.to_determination(place, second)
    assert g.fresh(second).stage == "determination" and sees(runner) == [first.id]


def test_another_regions_third_party_sees_nothing(place: g.Place) -> None:
    stranger = g.viewer(factories.account("third_party", region=factories.region("elsewhere", "别处市")))
    assert sees(stranger) == []
    for verb in (panels.run_round, panels.run_case):
        with pytest.raises(OutOfScope):
            verb(stranger, place.round.id if verb is panels.run_round else place.cases[0].id)


def test_where_the_city_runs_its_panels_a_third_party_sees_nothing(tmp_path: Path) -> None:
    place = g.build(tmp_path)
    g.to_panel(place, place.cases[0])
    third = g.viewer(place.third_party)
    assert sees(third) == [] and commissioned_rounds(place.region.id) == []
    with pytest.raises(OutOfScope):
        panels.run_round(third, place.round.id)
    assert panels.run_round(place.city, place.round.id) == place.round


def test_the_list_takes_few_statements(place: g.Place, monkeypatch: pytest.MonkeyPatch) -> None:
    runner, asked = place.runner, list[str]()
    real = database.obj.execute_sql
    monkeypatch.setattr(database.obj, "execute_sql", lambda sql, *rest: (asked.append(sql), real(sql, *rest))[1])
    sees(runner)
    assert len(asked) == 3


def _verbs(place: g.Place) -> dict[str, Callable[[Viewer], object]]:
    case, ids = place.cases[0], [expert.id for expert in place.experts]
    sheet = ScoreSheet.select().where(ScoreSheet.status == "signed").first()
    seat = PanelMember.get(PanelMember.account == place.experts[1].id)
    said = Opinion(["desk_review"], "专家组意见。", "good")
    return {
        "form": lambda v: panels.form_panel(v, place.round.id, ids),
        "urge": lambda v: panels.urge_experts(v, case.id, new_token()),
        "reopen": lambda v: scoring.reopen_sheet(v, sheet.id, "笔误", new_token()),
        "recuse": lambda v: panels.order_recusal(v, case.id, seat.id, "曾任职", new_token()),
        "opinion": lambda v: record_opinion(v, case.id, said, new_token()),
        "conclude": lambda v: determining.conclude_panel(v, case.id, g.fresh(case).stage_version, new_token()),
    }


@pytest.mark.parametrize("name", ["form", "urge", "reopen", "recuse", "opinion", "conclude"])
def test_the_city_looks_on_and_everybody_else_finds_nothing(place: g.Place, name: str) -> None:
    g.sheet(place, place.cases[0], place.experts[0], "good")
    verb = _verbs(place)[name]
    with pytest.raises(Refused, match="第三方机构办理"):
        verb(place.city)
    for stranger in (place.experts[2], place.clerks[0], factories.account("finance", region=place.region)):
        with pytest.raises(OutOfScope):
            verb(g.viewer(stranger))
    assert g.fresh(place.cases[0]).stage == "expert_panel"


def test_the_third_party_takes_the_case_through_the_panel(place: g.Place) -> None:
    case = place.cases[0]
    g.sheet(place, case, place.experts[0], "good")
    verbs = _verbs(place)
    verbs["form"](place.runner)
    assert AdminEvent.select().where(AdminEvent.kind == "panel_formed").count() == 2
    verbs["urge"](place.runner)
    assert "experts_urged" in {row.kind for row in OutboxRow.select()}
    with pytest.raises(Refused, match="明天再催"):
        panels.urge_experts(place.runner, case.id, new_token())
    verbs["recuse"](place.runner)
    assert Recusal.select().count() == 1
    g.sheet(place, case, place.experts[2], "good")
    with pytest.raises(Refused, match="专家组意见"):
        verbs["conclude"](place.runner)
    verbs["opinion"](place.runner)
    verbs["conclude"](place.runner)
    assert g.fresh(case).stage == "determination"
    with pytest.raises(OutOfScope):
        find_case(place.runner, case.id)
    with pytest.raises(OutOfScope):
        determining.determine_case(place.runner, case.id, g.fresh(case).stage_version, new_token())
    g.determine(place, case)
    assert g.publish(place, case).kind == "publication"


def test_it_does_nothing_else_in_the_round(place: g.Place) -> None:
    for verb in (
        lambda: rounds.set_participants(place.runner, place.round.id, {}),
        lambda: rounds.save_plan(place.runner, place.round.id, {}, 1),
        lambda: rounds.open_round(place.runner, place.round.id, new_token()),
        lambda: determining.determine_round(place.runner, place.round.id, new_token()),
        lambda: scoring.open_sheet(place.runner, place.cases[0].id),
    ):
        with pytest.raises(OutOfScope):
            verb()


def test_a_panel_that_others_changed_is_stale(place: g.Place) -> None:
    ids = [expert.id for expert in place.experts]
    seen = panels.seen_seats(place.round)
    panels.form_panel(place.runner, place.round.id, ids[:2], seen)
    with pytest.raises(Stale):
        panels.form_panel(place.runner, place.round.id, ids, seen)
    assert panels.seen_seats(place.round) == ",".join(map(str, sorted(ids[:2])))
    panels.form_panel(place.runner, place.round.id, ids, panels.seen_seats(place.round))


def test_a_list_of_participants_that_others_changed_is_stale(place: g.Place) -> None:
    made = rounds.create_round(place.city, place.region, "platform_evaluation", 2024, "2024 年度服务平台评价")
    seen = rounds.seen_list(made)
    one, two = (row.id for row in place.carriers)
    rounds.set_participants(place.city, made.id, {one: (True, "")}, seen)
    with pytest.raises(Stale):
        rounds.set_participants(place.city, made.id, {two: (True, "")}, seen)
    seen = rounds.seen_list(made)
    rounds.save_plan(place.city, made.id, {"submission_deadline": g.DEADLINE}, made.version)
    with pytest.raises(Stale, match="方案"):
        rounds.set_participants(place.city, made.id, {two: (True, "")}, seen)
    assert [row.carrier_id for row in made.participants] == [one]

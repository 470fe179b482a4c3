"""沿用: only into blanks, only what the form still reads, never a pledge; the register where nothing was submitted."""

from __future__ import annotations

import pytest

from core.cases import prefilling
from core.errors import OutOfScope, Refused
from core.models import Case, Draft, EvaluationRound, Submission
from tests import world as w

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def world() -> w.World:
    return w.build(carriers=2)


def next_year(world: w.World) -> Case:
    """Make the open round last year's and open this year's; the first carrier's new case."""
    EvaluationRound.update(year=2022).where(EvaluationRound.id == world.round.id).execute()
    w._open(world)
    return world.cases[0]


def test_a_first_round_knows_only_the_register(world: w.World) -> None:
    known = prefilling.known_before(world.cases[0])
    assert known["operator_name"] == world.carriers[0].organisation.name
    assert known["recognised_on"] == "2019-11-01"
    assert "area_m2" not in known and prefilling.earlier_submission(world.cases[0]) is None


def test_the_next_round_knows_the_last_submission_of_this_carrier(world: w.World) -> None:
    w.submit(world, world.cases[0], area_m2="1860")
    old = world.cases[0]
    case = next_year(world)
    last = prefilling.earlier_submission(case)
    assert last is not None and last.case_id == old.id
    assert str(prefilling.known_before(case)["area_m2"]) == "1860"
    assert "truth_pledge" not in prefilling.known_before(case)
    assert "area_m2" not in prefilling.known_before(world.cases[1])


def test_answers_that_the_form_no_longer_reads_are_left_out(world: w.World) -> None:
    w.submit(world, world.cases[0])
    stored = Submission.get()
    strange = {**stored.answers, "area_m2": "很大", "no_such_field": "x"}
    Submission.update(answers=strange).where(Submission.id == stored.id).execute()
    known = prefilling.last_answers(next_year(world))
    assert "area_m2" not in known and "no_such_field" not in known and known["operator_name"]


def test_nothing_typed_is_replaced_even_if_it_cannot_be_read(world: w.World) -> None:
    case = world.cases[0]
    Draft.update(answers={"operator_name": "别的名称"}, raw={"recognised_on": "前年"}).where(
        Draft.case == case
    ).execute()
    prefilling.carry_over(w.viewer(world.clerks[0]), case.id)
    kept = Draft.get(Draft.case == case)
    assert kept.answers["operator_name"] == "别的名称"
    assert "recognised_on" not in kept.answers and kept.raw == {"recognised_on": "前年"}
    assert kept.answers["level"] == "city"
    assert prefilling.carry_over(w.viewer(world.clerks[0]), case.id) == 0


def test_only_while_filling_and_only_ones_own(world: w.World) -> None:
    with pytest.raises(OutOfScope):
        prefilling.carry_over(w.viewer(world.clerks[1]), world.cases[0].id)
    w.submit(world, world.cases[0])
    with pytest.raises(Refused):
        prefilling.carry_over(w.viewer(world.clerks[0]), world.cases[0].id)


def _reported(world: w.World, monkeypatch: pytest.MonkeyPatch, **prefills: str) -> Case:
    """This year's case, with `prefill` of some fields of its form replaced."""
    from dataclasses import replace
    from types import SimpleNamespace

    from core.cases import definitions

    case = world.cases[0]
    form = definitions.fill_form(case)
    fields = tuple(replace(f, prefill=prefills.get(f.key, f.prefill)) for f in form.definition.fields)
    shown = SimpleNamespace(definition=SimpleNamespace(fields=fields), from_json=form.from_json)
    monkeypatch.setattr(definitions, "fill_form", lambda _: shown)
    return case


def _report(world: w.World, period: str, number: int, **answers: object) -> None:
    from core import clock
    from core.models import PeriodicReport

    case = Case.create(
        number=f"R-{number}", region=world.region, carrier=world.carriers[0], procedure="monthly", pinned={},
        stage="closed", entered_stage_on=clock.today(), created_at=clock.now(),
    )  # fmt: skip
    PeriodicReport.create(case=case, carrier=world.carriers[0], procedure="monthly", period=period)
    for version, text in enumerate(({"activities": 1000}, answers), 1):
        Submission.create(
            case=case, number=version, answers=text, digest="", submitted_at=clock.now(), submitted_on=clock.today()
        )


def test_periodic_reports_of_the_plans_span_feed_the_yearly_form(
    world: w.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, (period, held) in enumerate([("2021-12", 100), ("2022-01", 3), ("2022-12", 4), ("2023-01", 100)]):
        _report(world, period, number, activities=held, area_m2=f"{number}.5")
    case = _reported(world, monkeypatch, activities="sum:monthly.activities", area_m2="last:monthly.area_m2")
    known = prefilling.known_before(case)
    # the plan's period is 2022, and of each report only the newest version counts
    assert known["activities"] == 7 and str(known["area_m2"]) == "3.5"


def test_nothing_reported_fills_nothing(world: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    case = _reported(world, monkeypatch, activities="sum:monthly.activities", area_m2="last:monthly.area_m2")
    known = prefilling.known_before(case)
    assert "activities" not in known and "area_m2" not in known


def test_a_fact_of_the_register_fills_a_field(world: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    case = _reported(world, monkeypatch, recognised_on="register.recognised_on", level="register.level")
    known = prefilling.known_before(case)
    assert known["recognised_on"] == "2019-11-01" and known["level"] == "city"

"""Questions as the command line and other systems ask them: plain data in, plain data out."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.policy.questions import UnknownQuestion, ask
from core.policy.scheme import scheme_of
from core.policy.worked_cases import read_cases

FULL = dict(F1=3, F2=3, F3=4, F4=5, F5=5, F6=5, S1=6, S2=6, S3=8, S4=4, S5=6, P1=8, P2=8, P3=8, P4=5, P5=6, C1=6, C2=4)


def test_every_question_of_a_region_answers_and_never_raises(manager):
    for region in manager.regions:
        for question in manager.questions:
            answer = manager.ask(region, question, {})
            assert "trace" in answer or answer["messages"], (region, question)


@given(st.dictionaries(st.text(max_size=8), st.one_of(st.none(), st.text(), st.integers(), st.lists(st.integers()))))
def test_junk_is_refused_by_name_never_with_a_traceback(manager, junk):
    for question in manager.questions:
        answer = manager.ask("qinhuangdao", question, junk)
        assert (
            answer.get("accepted", True) is False
            or not (set(junk) - {"parameters", "kind"})
            or "calendar_missing_years" in answer
        )


def test_a_number_may_be_written_as_text_or_with_a_point(manager):
    """Wherever a worked example has a number: 3, "3" and 3.0 are one number, and no spelling ends in a traceback."""
    for folder in manager.cases.values():
        for case in [case for file in sorted(folder.glob("*.toml")) for case in read_cases(file)]:
            plainly = _told(manager.ask(case.region, case.ask, case.given, case.on))
            for spelled in (str, lambda number: Decimal(number) + Decimal("0.0")):
                otherwise = _told(manager.ask(case.region, case.ask, _spelled(case.given, spelled), case.on))
                assert otherwise == plainly, (case.region, case.id)


@pytest.mark.parametrize("junk", [[["x"]], {"x": {}}, True, -1, "x"])
def test_junk_under_a_key_of_a_worked_example_never_ends_in_a_traceback(manager, junk):
    for folder in manager.cases.values():
        for case in [case for file in sorted(folder.glob("*.toml")) for case in read_cases(file)]:
            for key in case.given:
                assert manager.ask(case.region, case.ask, {**case.given, key: junk}, case.on), (case.id, key)


def _spelled(value, spelled):
    if isinstance(value, dict):
        return {key: _spelled(inner, spelled) for key, inner in value.items()}
    if isinstance(value, list):
        return [_spelled(inner, spelled) for inner in value]
    return spelled(value) if isinstance(value, (int, Decimal)) and not isinstance(value, bool) else value


def _told(value):
    """An answer without what repeats the input as it was written."""
    if isinstance(value, dict):
        return {key: _told(inner) for key, inner in value.items() if key not in {"trace", "messages"}}
    return [_told(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("region", "question", "asked", "field"),
    [
        ("qinhuangdao", "check", {"answers": {}}, "form"),
        ("lhasa", "corrective_action", {"kind": "makerspace"}, "outcome"),
        ("lhasa", "deadline", {"from": "2019-05-06"}, "clock"),
        ("lhasa", "reporting", {}, "period"),
        ("lhasa", "determination", {}, "grade"),
        ("tangshan", "targets", {"actual": 30}, "target"),
    ],
)
def test_what_was_left_out_is_said_to_be_missing_not_to_be_wrong(manager, region, question, asked, field):
    answer = manager.ask(region, question, asked)
    assert (answer["accepted"], answer["fields"]) == (False, [field])
    assert "None" not in answer["messages"][0]


@pytest.mark.parametrize("vetoes", ["", {}, "false_materials"])
def test_vetoes_that_are_no_list_are_not_taken_for_none(qinhuangdao, vetoes):
    assert ask(qinhuangdao, "determination", {"total": 92, "vetoes": vetoes})["fields"] == ["vetoes"]


@pytest.mark.parametrize(
    ("figures", "fields"),
    [
        ({"service_staff": 5, "trained_staff": 6}, ["trained_staff"]),
        ({"tenants": 10, "tenants_with_ip": 11, "new_tenants": 11}, ["tenants_with_ip", "new_tenants"]),
        ({"tenants": 10, "mentors": "2.5"}, ["mentors"]),
    ],
)
def test_figures_that_the_form_would_not_take_have_no_ratio(qinhuangdao, figures, fields):
    answer = ask(qinhuangdao, "indicators", figures)
    assert (answer["accepted"], sorted(answer["fields"])) == (False, sorted(fields))


def test_more_mentors_than_tenants_is_no_contradiction(qinhuangdao):
    assert ask(qinhuangdao, "indicators", {"tenants": 10, "mentors": 25})["F4"] == 250


def test_an_unknown_question_names_the_known_ones(qinhuangdao):
    with pytest.raises(UnknownQuestion, match="determination"):
        ask(qinhuangdao, "horoscope", {})


def test_a_full_sheet_scores_every_group_in_full(qinhuangdao):
    answer = ask(qinhuangdao, "score", {"points": FULL, "resident_tech_enterprises": 10})
    assert answer["group_points"] == {"服务基础": 25, "孵化服务": 30, "服务绩效": 35, "社会贡献": 10}
    assert (answer["total"], answer["grade"]) == (100, "excellent")


def test_weights_here_are_the_weights_of_the_scheme(qinhuangdao):
    assert {i.code: int(i.weight_points) for i in scheme_of(qinhuangdao).indicators} == FULL


@pytest.mark.parametrize(
    ("change", "fields"),
    [({"S5": "6.01"}, ["S5"]), ({"F1": -1}, ["F1"]), ({"F1": "3.0000001", "C2": 5}, ["F1", "C2"]), ({"X9": 1}, ["X9"])],
)
def test_points_outside_the_weight_are_refused(qinhuangdao, change, fields):
    answer = ask(qinhuangdao, "score", {"points": FULL | change})
    assert answer["accepted"] is False
    assert sorted(answer["fields"]) == sorted(fields)


def test_a_veto_hides_no_score(qinhuangdao):
    answer = ask(qinhuangdao, "score", {"points": FULL, "resident_tech_enterprises": 9})
    assert (answer["total"], answer["grade"], answer["vetoed"]) == (100, "unqualified", True)


@pytest.mark.parametrize(
    ("totals", "extra", "total", "grade"),
    [
        ([86, 85, 83], {}, "84.67", "good"),
        ([85, "84.99"], {}, "85", "excellent"),
        ([60, 90, 92, 99], {"combine": "trimmed_mean"}, "91", "excellent"),
        ([60, 90, 92, 99], {"parameters": {"expert_combination": "trimmed_mean"}}, "91", "excellent"),
        ([60, 90, 92, 99], {}, "85.25", "excellent"),
    ],
)
def test_experts_totals_become_one(qinhuangdao, totals, extra, total, grade):
    answer = ask(qinhuangdao, "score", {"expert_totals": totals, **extra})
    assert (answer["total"], answer["grade"]) == (Decimal(total), grade)
    assert answer["enough_experts"] is (len(totals) >= 3)


def test_ratios_are_rounded_only_for_display(qinhuangdao):
    answer = ask(
        qinhuangdao,
        "indicators",
        {"tenants": 3, "mentors": 1, "new_tenants": 2, "service_staff": 0, "trained_staff": 0},
    )
    assert (answer["F4"], answer["P1"], answer["F2"], answer["F3"]) == (Decimal("33.33"), Decimal("66.67"), 0, None)
    assert answer["undefined"] == ["F3"]


def test_awards_wait_for_their_amount(qinhuangdao):
    years = [{"year": 2023, "grades": {"makerspace": "excellent"}}, {"year": 2024, "grades": {"makerspace": "good"}}]
    waiting = ask(qinhuangdao, "awards", {"years": years, "parameters": {"award_good_yuan": 50000}})
    assert [payment["yuan"] for payment in waiting["payments"]] == [None, 50000]
    assert (waiting["total_yuan"], waiting["cumulative_yuan"]) == (None, {"makerspace": None})
    amounts = {"award_good_yuan": 50000, "award_excellent_yuan": 100000}
    set_ = ask(qinhuangdao, "awards", {"years": years, "parameters": amounts, "paid_before": {"makerspace": 1}})
    assert (set_["total_yuan"], set_["cumulative_yuan"]) == (150000, {"makerspace": 150001})


@pytest.mark.parametrize("grade", ["qualified", "unqualified"])
def test_lower_grades_earn_nothing(qinhuangdao, grade):
    answer = ask(qinhuangdao, "awards", {"years": [{"year": 2023, "grades": {"makerspace": grade}}]})
    assert (answer["award_eligible"], answer["total_yuan"]) == (False, 0)


def test_a_deadline_in_an_unknown_year_names_the_year(qinhuangdao):
    answer = ask(qinhuangdao, "deadline", {"clock": "public_notice", "from": date(2026, 12, 29)})
    assert (answer["deadline"], answer["calendar_missing_years"]) == (None, [2027])


@pytest.mark.parametrize(("done", "accepted"), [("2024-05-13", False), ("2024-05-14", True), ("2024-05-20", True)])
def test_a_notice_must_stand_through_its_last_day(qinhuangdao, done, accepted):
    answer = ask(qinhuangdao, "deadline", {"clock": "public_notice", "from": "2024-05-08", "done": done})
    assert (answer["deadline"], answer["accepted"]) == ("2024-05-14", accepted)


@pytest.mark.parametrize(("done", "status"), [("2024-05-14", "on_time"), ("2024-05-15", "late")])
def test_done_on_the_last_day_is_on_time(qinhuangdao, done, status):
    answer = ask(qinhuangdao, "deadline", {"clock": "district_review", "from": "2024-05-08", "done": done})
    assert answer["status"] == status


@pytest.mark.parametrize(("on", "in_force"), [("2023-01-16", False), ("2023-01-17", True), ("2050-01-01", True)])
def test_in_force_from_the_day_of_issue(manager, on, in_force):
    assert manager.ask("qinhuangdao", "validity", {}, date.fromisoformat(on))["in_force"] is in_force


def test_before_the_policy_there_are_no_rules_to_read(manager):
    answer = manager.ask("qinhuangdao", "determination", {"total": 90}, date(2022, 6, 1))
    assert (answer["accepted"], answer["fields"]) == (False, ["on"])


def test_a_form_s_contradictions_are_wrong_and_its_gaps_only_missing(qinhuangdao):
    answers = {"tenants": 5, "tenants_with_ip": 6, "service_staff": 2, "trained_staff": 3}
    answer = ask(qinhuangdao, "check", {"form": "makerspace_evaluation", "answers": answers})
    assert (answer["accepted"], sorted(answer["fields"])) == (False, ["tenants_with_ip", "trained_staff"])
    sound = ask(
        qinhuangdao, "check", {"form": "makerspace_evaluation", "answers": {"tenants": 5, "tenants_with_ip": 5}}
    )
    assert sound["accepted"] is True
    assert "operator_name" in sound["missing"]


def test_grading_rounds_once_and_knows_totals_below_every_line(national):
    lines = [{"grade": "中", "at_least": 60}, {"grade": "优", "at_least": 90}]
    answer = ask(national.newest, "grading", {"lines": lines, "totals": ["89.995", "89.99", 60, 12]})
    assert answer["grades"] == ["优", "中", "中", None]


def test_scoring_an_all_zero_cohort_is_no_error(national):
    answer = ask(national.newest, "scoring", {"method": "linear_to_best", "max_points": 3, "values": [0, 0]})
    assert answer["points"] == [0, 0]


def test_the_nation_draws_no_lines(national):
    assert ask(national.newest, "scheme", {})["grade_lines"] is None

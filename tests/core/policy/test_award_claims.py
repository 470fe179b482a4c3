"""Where one award stands: pending titles, paid ones, ended ones, ties, missing amounts; all without a database."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from core.errors import Refused
from core.policy.award_claims import Claim, in_yuan, standing_of, yuan_of
from core.policy.award_use_check import used_yuan
from core.policy.awards import AwardTerms, award_terms

CENTRE, PLATFORM, BASE = "service_centre", "demonstration_platform", "demonstration_base"


@pytest.fixture(scope="module")
def terms(manager) -> AwardTerms:
    return award_terms(manager.region("kunming").newest)


def claim(title: str, grade: str | None = "good", year: int = 2021, **more: object) -> Claim:
    made = Claim(f"{title}:{year}", year, title, f"演示{title}", grade, {"level": "city"})
    return replace(made, **more)


def standing(terms: AwardTerms, *claims: Claim, opening: dict[str, int] | None = None):
    """Of the first of the claims."""
    return standing_of(terms, claims, opening or {}, claims[0].key)


def test_a_pending_title_of_the_year_holds_and_one_of_another_year_does_not(terms: AwardTerms) -> None:
    assert standing(terms, claim(PLATFORM), claim(BASE, None)).status == "held"
    assert standing(terms, claim(PLATFORM), claim(BASE, None, 2020)).status == "payable"
    assert standing(terms, claim(PLATFORM), claim(BASE, None, ended=True)).status == "payable"


def test_without_highest_only_nobody_is_waited_for(terms: AwardTerms) -> None:
    every = replace(terms, highest_only=None)
    assert standing(every, claim(PLATFORM), claim(BASE, None)).fen == 50_000_00
    assert standing(every, claim(PLATFORM), claim(BASE)).fen == 50_000_00


def test_a_tie_goes_where_the_reading_says(manager) -> None:
    pack = manager.region("kunming").newest
    pair = (claim(BASE, "excellent"), claim(CENTRE, "qualified"))  # 100 000 yuan both; only the base has a cap
    found = {}
    for tie in ("first_listed", "most_room_left"):
        terms = award_terms(pack.with_parameters({"highest_award_tie": tie}))
        base_first = replace(terms, amounts=terms.amounts[::-1])
        found[tie] = [standing(base_first, *pair).status, standing(base_first, *pair[::-1]).status]
    assert found == {"first_listed": ["payable", "not_due"], "most_room_left": ["not_due", "payable"]}


def test_what_was_called_back_is_neither_counted_nor_paid_again(terms: AwardTerms) -> None:
    back = claim(BASE, "excellent", ended=True)
    assert standing(terms, claim(PLATFORM), back).status == "payable"
    assert standing(terms, back, claim(PLATFORM)).eligible is False


def test_paid_years_count_by_what_was_paid_before_and_after(terms: AwardTerms) -> None:
    before, after = claim(PLATFORM, year=2019, paid_fen=90_000_00), claim(PLATFORM, year=2023, paid_fen=30_000_00)
    assert standing(terms, claim(PLATFORM), before, after).fen == 30_000_00
    assert standing(terms, claim(PLATFORM), before, after, opening={PLATFORM: 29_999_99}).fen == 1


def test_a_grade_without_award_is_not_eligible_and_an_unknown_title_is_refused(terms: AwardTerms) -> None:
    assert standing(terms, claim(PLATFORM, "qualified")).eligible is False
    with pytest.raises(Refused):
        standing(terms, claim("moon"))


def test_an_open_amount_of_one_title_leaves_the_others_waiting(terms: AwardTerms) -> None:
    open_amounts = tuple(
        replace(a, yuan=None, parameter="base_yuan") if a.title == BASE else a for a in terms.amounts
    )
    found = standing(replace(terms, amounts=open_amounts), claim(PLATFORM), claim(BASE))
    assert (found.status, found.yuan, found.missing_parameter) == ("waiting", None, "base_yuan")


def test_an_open_cap_is_named(terms: AwardTerms) -> None:
    caps = tuple(replace(cap, yuan=None, parameter="cap_yuan") for cap in terms.caps)
    assert standing(replace(terms, caps=caps), claim(PLATFORM)).missing_parameter == "cap_yuan"


@pytest.mark.parametrize(
    ("given", "yuan"), [(5, 5), ("5.50", Decimal("5.5")), (0, 0), (-1, None), ("1.001", None), ("x", None), (True, None)]
)
def test_money_is_read_exactly_to_the_fen(given: object, yuan: object) -> None:
    assert yuan_of(given) == yuan


def test_fen_and_yuan_go_there_and_back() -> None:
    assert [in_yuan(fen) for fen in (100, 150, 1)] == [1, Decimal("1.5"), Decimal("0.01")]
    assert used_yuan([{"yuan": "0.1"}, {"yuan": "0.2"}, {"yuan": ""}, "x"]) * 100 == 30

"""Awards of organisations with several titles: caps across years, the highest only, opening balances, two at once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import clock
from core.cases import awarding, locking
from core.errors import Refused, Stale
from core.models import AwardEntry, Case, DefinitionVersion, Participant
from core.models import database as handle
from core.policy.questions import ask
from tests.core.cases import award_world as a
from tests.core.cases.together import at_once, meet

BASE, PLATFORM, CENTRE = "demonstration_base", "demonstration_platform", "service_centre"
GRADES = st.dictionaries(
    st.sampled_from([BASE, PLATFORM, CENTRE]),
    st.sampled_from(["excellent", "good", "qualified", "unqualified"]),
    min_size=1,
)
YEARS = st.dictionaries(st.integers(2015, 2030), GRADES, min_size=1, max_size=5)
OPENING = st.fixed_dictionaries({}, optional={t: st.integers(0, 500_000_00) for t in (BASE, PLATFORM)})
LEVELS = st.fixed_dictionaries({t: st.sampled_from(["city", "city", "provincial"]) for t in (BASE, PLATFORM, CENTRE)})
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def paid(titles: a.Titles) -> int:
    return sum(entry.amount_fen for entry in AwardEntry.select())


def asked(titles: a.Titles, years: dict[int, dict[str, str]], opening: dict[str, int]) -> dict[str, Any]:
    """What `kaoping policy ask awards` answers for the same history."""
    given_ = {
        "years": [
            {"year": year, "grades": grades, "facts_of": {t: {"level": titles.carriers[t].level} for t in grades}}
            for year, grades in years.items()
        ],
        "paid_before": {title: f"{fen // 100}.{fen % 100:02}" for title, fen in opening.items()},
    }
    answer = ask(a.pack("kunming").newest, "awards", given_)
    assert answer.get("accepted", True), answer
    return answer


@SQLITE
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(years=YEARS, opening=OPENING, levels=LEVELS, pay=st.booleans())
def test_pages_and_policy_ask_agree_to_the_last_fen(
    database: str,
    years: dict[int, dict[str, str]],
    opening: dict[str, int],
    levels: dict[str, str],
    pay: bool,
) -> None:
    with handle.atomic() as undone:
        titles = a.build(titles=levels)
        for title, fen in opening.items():
            titles.opening(title, fen)
        shown: dict[tuple[int, str], int] = {}
        for year in sorted(years):
            for award in titles.final(year, years[year]):
                shown[(year, award.case.carrier.kind)] = award.amount_fen or 0
                if pay and award.status == "payable":
                    titles.release(award)
        answer = asked(titles, years, opening)
        told = {(p["year"], p["title"]): int(p["yuan"] * 100) for p in answer["payments"]}
        assert {key: fen for key, fen in shown.items() if fen} == {key: fen for key, fen in told.items() if fen}
        if pay:
            assert paid(titles) == int(answer["total_yuan"] * 100)
        undone.rollback()


def test_a_cap_across_years_pays_the_rest_and_then_nothing(database: str) -> None:
    titles = a.build()
    titles.opening(PLATFORM, 70_000_00)
    found = [titles.final(year, {PLATFORM: "good"})[0] for year in (2020, 2021, 2022)]
    assert [award.amount_fen for award in found] == [50_000_00, 30_000_00, 0]
    assert [award.status for award in found] == ["payable", "payable", "not_due"]
    assert found[2].reasons == ["累计已到上限，这一年不再发。"]
    assert found[1].trace[-1]["clause"] == "第十八条"
    titles.release(found[1])  # the later one first
    assert [a.fresh(award).amount_fen for award in found] == [50_000_00, 30_000_00, 0]
    titles.release(found[0])
    assert paid(titles) == 80_000_00
    with pytest.raises(Refused, match="累计已到上限"):
        titles.release(found[2])


def test_the_highest_waits_for_all_titles_of_the_year(database: str) -> None:
    titles = a.build()
    titles.case(2021, BASE)
    platform = titles.final(2021, {PLATFORM: "good"})[0]
    assert (platform.status, platform.amount_fen) == ("held", None)
    assert "其他称号的结果没有定" in platform.reasons[0]
    assert titles.carriers[BASE].name in platform.reasons[0]
    with pytest.raises(Refused, match="还不能发放"):
        titles.release(platform)
    base = titles.final(2021, {BASE: "good"})[0]
    platform = a.fresh(platform)
    assert (base.status, base.amount_fen) == ("payable", 100_000_00)
    assert (platform.status, platform.amount_fen) == ("not_due", 0)
    assert "就高不重复" in platform.reasons[0]
    assert platform.trace[-1]["clause"] == "第十八条"


def test_another_year_or_another_organisation_holds_nobody(database: str) -> None:
    titles, other = a.build(), a.build()
    titles.case(2020, BASE)
    other.rounds = titles.rounds
    other.case(2021, BASE)
    assert titles.final(2021, {PLATFORM: "good"})[0].status == "payable"


def test_a_title_on_the_list_of_a_round_to_come_is_waited_for(database: str) -> None:
    titles = a.build()
    coming = titles.round(2021)
    coming.status, coming.procedure = "planned", "another"
    coming.save()
    row = Participant.create(round=coming, carrier=titles.carriers[BASE])
    del titles.rounds[2021]
    platform = titles.final(2021, {PLATFORM: "good"})[0]
    assert platform.status == "held"
    Participant.update(included=False).where(Participant.id == row.id).execute()
    awarding.apply_values(a.NOBODY, titles.region)
    assert a.fresh(platform).status == "payable"


def test_a_lower_award_paid_before_holds_the_higher_until_it_is_called_back(database: str) -> None:
    titles = a.build()
    platform = titles.final(2021, {PLATFORM: "good"})[0]
    titles.release(platform)
    base = titles.final(2021, {BASE: "good"})[0]
    assert (base.status, base.amount_fen) == ("held", None)
    assert "办法没有写补发差额" in base.reasons[0]
    assert "50,000" in base.reasons[0]
    assert [award.id for award in awarding.blocks(a.fresh(platform))] == [base.id]
    with pytest.raises(Refused, match="没有同一年度更高"):
        awarding.reverse_lower(titles.payer, base.id, base.version, "改发", a.awarding_token())
    version = a.fresh(platform).version
    with pytest.raises(Refused, match="依据"):
        awarding.reverse_lower(titles.payer, platform.id, version, " ", a.awarding_token())
    awarding.reverse_lower(titles.payer, platform.id, version, "改发较高的一项", a.awarding_token())
    a.settle()
    assert (a.fresh(base).status, a.fresh(base).amount_fen) == ("payable", 100_000_00)
    titles.release(base)
    assert paid(titles) == 100_000_00


def test_a_lower_award_after_the_higher_was_paid_is_not_due(database: str) -> None:
    titles = a.build()
    titles.release(titles.final(2021, {BASE: "good"})[0])
    platform = titles.final(2021, {PLATFORM: "good"})[0]
    assert (platform.status, platform.amount_fen) == ("not_due", 0)


def test_titles_above_city_level_earn_nothing_and_stand_in_nobodys_way(database: str) -> None:
    titles = a.build(titles={PLATFORM: "city", BASE: "provincial"})
    found = titles.final(2021, {PLATFORM: "good", BASE: "excellent"})
    assert [(award.case.carrier.kind, award.amount_fen) for award in found] == [(PLATFORM, 50_000_00)]


def test_equal_amounts_go_to_the_title_with_most_room_left(database: str) -> None:
    titles = a.build()
    found = {w.case.carrier.kind: w for w in titles.final(2021, {CENTRE: "qualified", BASE: "good"})}
    assert (found[CENTRE].amount_fen, found[BASE].amount_fen) == (100_000_00, 0)


def test_an_opening_balance_entered_late_stops_a_release(database: str) -> None:
    titles = a.build()
    award = titles.final(2021, {PLATFORM: "good"})[0]
    titles.opening(PLATFORM, 149_999_50)
    with pytest.raises(Stale, match="重新算过"):
        awarding.release(titles.payer, award.id, award.version, a.awarding_token())
    assert not AwardEntry.select().exists()
    award = a.fresh(award)
    assert (award.status, award.amount_fen) == ("payable", 50)
    assert "0.5 元" in titles.release(award)["message"]


def both_at_once(monkeypatch: pytest.MonkeyPatch) -> tuple[a.Titles, list[Any]]:
    """Two accounts release two awards of one organisation, of which the cap leaves room for one."""
    titles = a.build()
    titles.opening(PLATFORM, 100_000_00)
    first, second = (titles.final(year, {PLATFORM: "good"})[0] for year in (2020, 2021))
    # as if both had been worked out before either knew of the other
    AwardEntry.delete().execute()
    a.Award.update(status="payable", amount_fen=50_000_00, reasons=[]).where(a.Award.id == second.id).execute()
    a.Case.update(outcome="").where(a.Case.id == first.case_id).execute()  # the earlier one alone reserves nothing
    other = a.factories.account("finance", region=titles.region)
    meet(monkeypatch, awarding, "_current")

    def pay(award: a.Award, person: a.Account) -> Any:
        return awarding.release(a.viewer_of(person), award.id, a.fresh(award).version, a.awarding_token())

    return titles, at_once(lambda: pay(first, titles.finance), lambda: pay(second, other))


def test_two_accounts_at_once_never_pass_a_cap(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    titles, answers = both_at_once(monkeypatch)
    assert paid(titles) == 50_000_00, answers
    assert sum(isinstance(answer, dict) for answer in answers) == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_without_holding_the_cases_both_would_be_paid(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locking, "lock_cases", list)
    titles, answers = both_at_once(monkeypatch)
    assert paid(titles) == 100_000_00, answers


def test_two_accounts_at_once_pay_one_award_once(database: str) -> None:
    titles = a.build()
    award = titles.final(2021, {PLATFORM: "good"})[0]
    answers = at_once(*[
        lambda: awarding.release(titles.payer, award.id, award.version, a.awarding_token()) for _ in range(2)
    ])  # fmt: skip
    assert sorted(type(answer).__name__ for answer in answers) == ["Stale", "dict"]
    assert AwardEntry.select().count() == 1


def test_a_paid_year_counts_by_the_ledger_even_when_a_reading_changes(database: str) -> None:
    titles = a.build()
    titles.opening(PLATFORM, 120_000_00)
    first = titles.final(2020, {PLATFORM: "good"})[0]
    titles.release(first)
    AwardEntry.update(amount_fen=10_000_00).execute()  # as if it had been paid under another reading
    assert titles.final(2021, {PLATFORM: "good"})[0].amount_fen == 20_000_00


def test_the_same_title_twice_shares_one_cap(database: str) -> None:
    titles = a.build("tianjin")
    [title] = titles.carriers
    twin = a.Carrier.create(region=titles.region, organisation=titles.organisation, name="演示二部", kind=title)
    first = titles.final(2021, {title: "excellent"})[0]
    titles.carriers[title] = twin
    second = titles.final(2021, {title: "excellent"})[0]
    assert [award.amount_fen for award in (a.fresh(first), second)] == [200_000_00, 0]


HOLD = """
[[holds]]
key = "hold_1"
name = "整改没有办结的暂缓发放"
when = "corrective_action_open"
clause = "第十九条"
basis = "reading"
"""


@SQLITE
def test_what_a_region_writes_holds_an_award_until_it_is_over(database: str) -> None:
    titles = a.build()
    awards = (DefinitionVersion.region == titles.region) & (DefinitionVersion.kind == "awards")
    DefinitionVersion.update(text=DefinitionVersion.get(awards).text + HOLD).where(awards).execute()
    (award,) = titles.final(2021, {PLATFORM: "excellent"})
    assert a.fresh(award).status == "payable"
    common = {"region": titles.region, "carrier": award.case.carrier, "entered_stage_on": clock.today(), "created_at": clock.now()}
    pinned = titles.round(2021).pinned
    for number, procedure in (("1", "award_use"), ("2", "corrective_action")):
        Case.create(number=number, origin=award.case, procedure=procedure, pinned=pinned, stage="fill", **common)
    with pytest.raises(Stale):
        titles.release(award)  # nothing is paid on what no longer holds
    held = a.fresh(award)
    assert (held.status, held.amount_fen, held.reasons) == ("held", 50_000_00, ["整改没有办结的暂缓发放"])
    assert held.trace[-1]["clause"] == "第十九条"
    Case.update(outcome="finished").where(Case.number == "2").execute()
    awarding.work_out_organisation(titles.organisation.id)
    assert (a.fresh(award).status, a.fresh(award).reasons) == ("payable", []), "how the money was used holds nothing"

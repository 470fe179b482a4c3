"""The most an organisation receives for one year, all its titles together."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.policy.award_claims import Claim, standing_of
from core.policy.award_years import AwardYear, pay_years
from core.policy.awards import AwardCap, award_terms
from core.policy.questions import ask
from core.policy.version import PolicyVersion
from forms.findings import DefinitionError

CAP = '\n[yearly_cap]\nyuan = {yuan}\nclause = "第十八条"\nbasis = "reading"\n'
AWARDS = ("awards", "platform_evaluation")
GRADES = {"service_centre": "good", "demonstration_platform": "good", "demonstration_base": "excellent"}
"""300 000, 50 000 and 100 000 yuan."""


@pytest.fixture(scope="module")
def capped(manager):
    """Kunming's policy without 就高不重复 and with a cap for the year; `more` is put at the end of the cap."""
    policy = manager.region("kunming").newest

    def make(yuan: object, more: str = "", keep_highest: bool = False) -> PolicyVersion:
        text = policy.sources[AWARDS]
        if not keep_highest:
            head, _, tail = text.partition("[highest_only]")
            text = head + tail[tail.index("[[purposes]]") :]
        sources = {**policy.sources, AWARDS: text + CAP.format(yuan=yuan) + more}
        return PolicyVersion.from_sources("kunming", policy.version, sources)

    return make


def paid(policy: PolicyVersion, **year) -> dict[str, object]:
    entry = AwardYear(2024, GRADES, {"level": "city"}, **year)
    return {p.title: p.yuan for p in pay_years(award_terms(policy), [entry], {}).payments}


def test_what_passes_the_cap_of_the_year_is_cut_in_the_order_of_the_titles(capped):
    assert paid(capped(1_000_000)) == {"service_centre": 300_000, "demonstration_platform": 50_000, "demonstration_base": 100_000}
    assert paid(capped(380_000)) == {"service_centre": 300_000, "demonstration_platform": 50_000, "demonstration_base": 30_000}
    whole_or_nothing = capped(380_000, "remainder = false\n")
    assert paid(whole_or_nothing) == {"service_centre": 300_000, "demonstration_platform": 50_000, "demonstration_base": 0}


def test_what_was_received_for_the_year_counts(capped):
    assert paid(capped(380_000), received=320_000) == {
        "service_centre": 60_000, "demonstration_platform": 0, "demonstration_base": 0,
    }  # fmt: skip


def test_the_cap_binds_the_highest_award_too(capped):
    assert paid(capped(200_000, keep_highest=True)) == {"service_centre": 200_000}


def test_a_cap_that_nobody_entered_yet_pays_nothing_and_names_what_is_missing(manager):
    base = manager.region("kunming").newest
    key = next(key for kind, key in base.sources if kind == "parameters")
    text = base.sources[("parameters", key)] + (
        '\n[[parameters]]\nkey = "year_cap"\nname = "一年的上限"\ntype = "money_yuan"\nclause = "第十八条"\n'
        'basis = "text"\nask = "请录入一年的上限"\n'
    )
    awards = base.sources[AWARDS] + CAP.format(yuan='"$year_cap"')
    policy = PolicyVersion.from_sources(
        "kunming", base.version, {**base.sources, ("parameters", key): text, AWARDS: awards}
    )
    (payment,) = pay_years(award_terms(policy), [AwardYear(2024, {"service_centre": "good"}, {"level": "city"})], {}).payments
    assert (payment.yuan, payment.missing_parameter) == (None, "year_cap")
    entered = policy.with_parameters({"year_cap": 250_000})
    assert paid(entered) == {"service_centre": 250_000}


@given(
    cap=st.integers(0, 600_000), received=st.integers(0, 300_000),
    grades=st.dictionaries(st.sampled_from(list(GRADES)), st.sampled_from(["excellent", "good", "qualified"]), min_size=1),
)  # fmt: skip
def test_never_more_than_the_cap_and_never_less_than_there_is_room_for(manager, cap, received, grades):
    free = replace(award_terms(manager.region("kunming").newest), highest_only=None)
    terms = replace(free, yearly_cap=AwardCap("", cap, remainder=True, clause="第十八条", basis="reading"))
    year = AwardYear(2024, grades, {"level": "city"}, received=received)
    total, due = pay_years(terms, [year], {}).total, pay_years(free, [year], {}).total
    assert total == min(due, max(0, cap - received))


def test_the_question_takes_the_cap_and_says_its_clause(capped):
    given = {"years": [{"year": 2024, "level": "city", "grades": GRADES, "received": "20000.50"}]}
    answer = ask(capped(380_000), "awards", given)
    assert str(answer["total_yuan"]) == "359999.5"
    assert any("这一年合计不超过上限" in step["text"] and step["clause"] == "第十八条" for step in answer["trace"])
    refused = ask(capped(380_000), "awards", {"years": [{"year": 2024, "grades": GRADES, "received": "很多"}]})
    assert refused["fields"] == ["received"]


def test_money_that_left_for_another_title_of_the_same_year_counts(capped):
    def claim(title: str, paid_yuan: int = 0) -> Claim:
        return Claim(title, 2024, title, title, GRADES[title], {"level": "city"}, paid_fen=paid_yuan * 100)

    claims = [claim("service_centre", 300_000), claim("demonstration_base")]
    standing = standing_of(award_terms(capped(350_000)), claims, {}, "demonstration_base")
    assert (standing.status, standing.yuan) == ("payable", 50_000)
    full = standing_of(award_terms(capped(300_000)), claims, {}, "demonstration_base")
    assert (full.status, full.yuan) == ("not_due", 0) and "这一年合计" in full.reasons[0]


def test_a_cap_without_a_clause_is_told(manager):
    base = manager.region("kunming").newest
    sources = {**base.sources, AWARDS: base.sources[AWARDS] + "\n[yearly_cap]\nyuan = 5\n"}
    with pytest.raises(DefinitionError, match="clause"):
        PolicyVersion.from_sources("kunming", base.version, sources)

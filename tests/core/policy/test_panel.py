import pytest

from core.policy.panel import Expert, may_score, panel_rules


@pytest.mark.parametrize(
    ("experts", "enough"),
    [
        ([Expert("a"), Expert("b"), Expert("c")], True),
        ([Expert("a"), Expert("b")], False),
        ([Expert("a"), Expert("b"), Expert("c", True)], False),
        ([Expert("a"), Expert("b"), Expert("c", True), Expert("d")], True),
        ([Expert("a"), Expert("a"), Expert("a")], False),
        ([Expert("a"), Expert("a", True), Expert("b"), Expert("c")], False),
        ([], False),
    ],
)
def test_three_who_are_not_recused(qinhuangdao, experts, enough):
    assert may_score(panel_rules(qinhuangdao), experts).may_score is enough


def test_the_recused_may_not_score_this_carrier(qinhuangdao):
    decision = may_score(panel_rules(qinhuangdao), [Expert(x, x == "b") for x in "abcd"])
    assert (decision.scoring, decision.recused) == (("a", "c", "d"), ("b",))


@pytest.mark.parametrize(
    ("region", "basis"), [("qinhuangdao", "text"), ("kunming", "practice"), ("tianjin", "practice")]
)
def test_a_number_that_no_text_states_is_not_called_the_texts(manager, region, basis):
    answer = manager.ask(region, "panel", {"experts": [{"id": "a"}]})
    assert answer["trace"][0]["basis"] == basis

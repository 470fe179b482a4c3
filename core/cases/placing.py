"""Where the cases of a round stand, where their policy grades by share of the round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.cases import definitions, scoring
from core.cases.points import points_of
from core.errors import Refused
from core.models import Case, EvaluationRound, Result
from core.policy.grades import grades_of
from core.policy.places import SUPPLIED, asks_for_places, places_of

Places = Mapping[int, Mapping[str, int]]
"""Case → the facts `rank` and `round_size`; empty where the policy does not ask for them."""


def places_in(round_: EvaluationRound, reference: scoring.Reference | None = None) -> Places:
    """The place of every case that is scored in a round. Raises Refused naming those that are not scored yet.

    Who did not take part or withdrew has no place and does not count.
    """
    policy = definitions.pinned_policy(round_)
    if not asks_for_places(policy) or not scoring.gives_points(policy):
        return {}
    grades, totals, waiting = grades_of(policy), {}, list[str]()
    for case in Case.select().where((Case.round == round_) & Case.outcome.in_(("", "finished"))).order_by(Case.id):
        try:
            total = points_of(case, reference)["total"]
        except Refused:
            waiting.append(case.carrier.name)
            continue
        totals[case.id] = grades.round_total(total) if grades else total
    if waiting:
        raise Refused(f"档次按名次定，要等本批次各家都评完分；还差：{'、'.join(waiting)}。")
    return places_of(totals)


def require_settled_places(round_: EvaluationRound, results: Sequence[Result]) -> None:
    """Raises Refused when a case stands elsewhere now than when its result was determined."""
    placed = [result for result in results if SUPPLIED & set(result.facts)]
    if not placed:
        return
    now = places_in(round_, scoring.frozen_reference(round_))
    for result in placed:
        if any(result.facts.get(key) != value for key, value in now.get(result.case_id, {}).items()):
            raise Refused("认定以后本批次的名次有变动，请先在批次里重新认定，再公布。")

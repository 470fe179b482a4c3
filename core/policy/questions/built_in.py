"""All questions of the core."""

from core.policy.questions import (
    admission,
    awards,
    budget,
    check,
    dates,
    evaluation_round,
    reporting,
    scheme,
    score,
    scoring,
)

BUILT_IN = (
    *scheme.BUILT_IN,
    *score.BUILT_IN,
    *evaluation_round.BUILT_IN,
    *awards.BUILT_IN,
    *admission.BUILT_IN,
    *dates.BUILT_IN,
    *scoring.BUILT_IN,
    *check.BUILT_IN,
    *reporting.BUILT_IN,
    *budget.BUILT_IN,
)

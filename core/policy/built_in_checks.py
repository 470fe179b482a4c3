"""The submission checks of the core."""

from __future__ import annotations

from core.policy.award_use_check import AWARD_USE
from core.policy.budget_checks import BUILT_IN as BUDGET
from core.policy.eligibility_check import ELIGIBILITY

BUILT_IN = (ELIGIBILITY, AWARD_USE, *BUDGET)

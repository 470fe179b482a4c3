"""Scoring methods as data: how an indicator's value becomes points.

`method` says what a method is, `methods` holds the built-in ones, `points` applies them.
"""

from core.policy.scoring.method import ScoringMethod, Setting

__all__ = ["ScoringMethod", "Setting"]

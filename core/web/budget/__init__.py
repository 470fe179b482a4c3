"""Pages of budget performance (预算绩效): what a unit declared for a year, how spending stands, what was reached."""

from core.web.budget.pages import pages

__all__ = ["pages"]

"""The city's pages of periodic reports: who has submitted, who is missing, urging, sums and their export."""

from core.web.reports.pages import pages

__all__ = ["pages"]

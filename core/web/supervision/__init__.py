"""Daily supervision (日常监督) of a region's carriers by the city: who was visited, and which problems were met."""

from core.web.supervision.pages import pages

__all__ = ["pages"]

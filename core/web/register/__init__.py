"""The register of carriers and the archives taken from it."""

from core.web.register import archives
from core.web.register.pages import pages

__all__ = ["archives", "pages"]

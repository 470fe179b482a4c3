"""The carrier's rooms: the desk, filling section by section, evidence, checking, submitting, the receipt."""

from core.web.carrier import check, desk, evidence, fill
from core.web.carrier.blueprint import pages

__all__ = ["check", "desk", "evidence", "fill", "pages"]

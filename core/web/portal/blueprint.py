"""The portal's blueprint and what its pages have in common."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from core.errors import OutOfScope
from core.models import Region

pages = Blueprint("portal", __name__)

Page = str | Response | tuple[str, int]


def region_named(key: str) -> Region:
    """The region of this address. Raises OutOfScope when there is none or it is switched off."""
    row = Region.get_or_none((Region.key == key) & Region.enabled)
    if row is None:
        raise OutOfScope
    return row

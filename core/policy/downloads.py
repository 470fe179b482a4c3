"""Documents of a region's own: made by a plugin from what the person who takes them may see anyway."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

REVIEWERS = ("district_reviewer", "district_centre", "city_reviewer", "city_centre")
TAKEN_BY: dict[str, tuple[str, ...]] = {
    "case": ("carrier_clerk", *REVIEWERS),
    "carrier": ("carrier_clerk", *REVIEWERS),
    "round": ("city_reviewer",),
}
"""What a document may be about, and the roles that can be given it: those that see the page it lies on."""

Facts = Mapping[str, Any]
Document = tuple[str, str, bytes]
"""File name, media type, content."""


@dataclass(frozen=True)
class Download:
    """A document. ``make`` gives (file name, media type, content) from plain facts; `region` is empty for every one.

    ``about`` a case: `case`, `submissions`, `opinions`, `visits`, `results`, `notices`, `events` and, for the city,
    `sheets`, `checks`, `awards`, as in the archive of the case. A carrier: `carrier`, and `cases` (as above, the closed
    ones). A round: `round`, and `cases` with carrier, district, stage, and the result with whether it is final.
    """

    key: str
    name: str
    about: str
    roles: tuple[str, ...]
    make: Callable[[Facts], Document]
    region: str = ""


DOWNLOADS: dict[str, Download] = {}
"""Every document known to this process; the plugin manager adds those of plugins."""


def offered(about: str, region: str) -> list[Download]:
    """The documents about a case, a carrier or a round of a region, in the order in which they were brought."""
    return [one for one in DOWNLOADS.values() if one.about == about and one.region in ("", region)]

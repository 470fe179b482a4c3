"""Numbers of cases: region, year, and an order that goes on counting whatever the case is about."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from peewee import fn

from core.cases import locking
from core.models import Case, Region


def free_numbers(region: Region, year: int) -> Iterator[str]:
    """Numbers that no case has: a second procedure of the year, or a region with a like key, goes on counting.

    Inside a transaction; nobody else hands out numbers until it ends.
    """
    locking.alone(locking.CASE_NUMBERS)
    prefix = f"{region.key[:3].upper()}-{year}-"
    alike = Case.select(Case.number).where(fn.SUBSTR(Case.number, 1, len(prefix)) == prefix)
    highest = alike.order_by(fn.LENGTH(Case.number).desc(), Case.number.desc()).first()
    after = int(highest.number.removeprefix(prefix)) if highest else 0
    return (f"{prefix}{order:04d}" for order in count(after + 1))

"""Periodic reports: which case is whose report for which week, month or quarter."""

from __future__ import annotations

from peewee import CharField, ForeignKeyField

from core.models.base import BaseModel
from core.models.cases import Case
from core.models.register import Carrier


class PeriodicReport(BaseModel):
    """A carrier's one report for a period. `period` is written as core.policy.periods does: 2019-W23, 2019-05, 2019Q2."""

    case = ForeignKeyField(Case, unique=True, backref="reports", on_delete="CASCADE")
    carrier = ForeignKeyField(Carrier, on_delete="RESTRICT")
    procedure = CharField(max_length=80)
    period = CharField(max_length=8)

    class Meta:
        indexes = ((("carrier", "procedure", "period"), True), (("procedure", "period", "id"), False))

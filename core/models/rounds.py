"""Evaluation rounds: the yearly plan, who takes part, and the versions pinned when the round opened."""

from __future__ import annotations

from typing import Any

from peewee import BooleanField, CharField, DateField, ForeignKeyField, IntegerField

from core.models.base import BaseModel, JsonText, UtcDateTime
from core.models.people import Account
from core.models.register import Carrier, Region


class EvaluationRound(BaseModel):
    """One yearly round (评价批次).

    `pinned` maps "kind/key" to the DefinitionVersion id; `plan` is the yearly plan as the procedure asks for it
    (dates as ISO text); `reference` holds the best value of each indicator once frozen at determination.
    """

    region = ForeignKeyField(Region, backref="rounds", on_delete="RESTRICT")
    procedure = CharField(max_length=80)
    year = IntegerField()
    batch = IntegerField(default=1)  # which of the year's rounds it is, where a procedure is done in batches (分批次)
    title = CharField(max_length=120)
    status = CharField(max_length=16, default="planned")  # planned | open | closed
    plan = JsonText(default=dict)
    pinned = JsonText(default=dict)
    reference = JsonText(null=True)
    reference_version = IntegerField(default=0)
    version = IntegerField(default=1)
    opened_at = UtcDateTime(null=True)
    opened_on = DateField(null=True)
    created_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    created_at = UtcDateTime()

    class Meta:
        indexes = ((("region", "procedure", "year", "batch"), True),)

    @classmethod
    def before(cls, other: EvaluationRound) -> Any:
        """The condition on rounds of an earlier year, or of an earlier batch of the same year."""
        return (cls.year < other.year) | ((cls.year == other.year) & (cls.batch < other.batch))


class Participant(BaseModel):
    """A carrier on the list of a round, with the ground for being on it or left out (在册名单)."""

    round = ForeignKeyField(EvaluationRound, backref="participants", on_delete="CASCADE")
    carrier = ForeignKeyField(Carrier, on_delete="RESTRICT")
    included = BooleanField(default=True)
    reason = CharField(max_length=200, default="")

    class Meta:
        indexes = ((("round", "carrier"), True),)

"""Replays (试算): a past round's frozen data through drafts, line by line."""

from __future__ import annotations

from peewee import CharField, ForeignKeyField, IntegerField, TextField

from core.models.base import BaseModel, JsonText, UtcDateTime
from core.models.cases import Case
from core.models.people import Account
from core.models.register import Region
from core.models.rounds import EvaluationRound


class ReplayRun(BaseModel):
    """One replay. `drafts` lists the definitions it used as [id, digest]; `best` the best values under them."""

    region = ForeignKeyField(Region, on_delete="RESTRICT")
    round = ForeignKeyField(EvaluationRound, on_delete="RESTRICT")
    drafts = JsonText(default=list)
    status = CharField(max_length=16, default="waiting")  # waiting | running | done | cancelled | failed
    done = IntegerField(default=0)
    total = IntegerField()
    best = JsonText(null=True)
    problem = TextField(default="")
    created_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    created_at = UtcDateTime()


class ReplayLine(BaseModel):
    """One carrier of a replay: `before` and `after` are {grade, total, yuan}, `moved` [[code, name, before, after]]."""

    run = ForeignKeyField(ReplayRun, backref="lines", on_delete="CASCADE")
    case = ForeignKeyField(Case, on_delete="RESTRICT")
    before = JsonText()
    after = JsonText()
    moved = JsonText(default=list)
    reasons = JsonText(default=list)  # why the grade is the new one, where it is another

    class Meta:
        indexes = ((("run", "case"), True),)

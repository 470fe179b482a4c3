"""Trainings and forums (培训、座谈会): when, where, and who came."""

from __future__ import annotations

from peewee import CharField, DateField, ForeignKeyField, IntegerField, TextField

from core.models.base import BaseModel, JsonText, UtcDateTime
from core.models.people import Account
from core.models.register import Carrier, Region


class Meeting(BaseModel):
    """A training or forum held for a region's carriers. `people` counts everybody who came, guests included."""

    region = ForeignKeyField(Region, backref="meetings", on_delete="RESTRICT")
    kind = CharField(max_length=16)  # training | forum
    title = CharField(max_length=160)
    held_on = DateField()
    place = CharField(max_length=120, default="")
    topics = JsonText(default=list)  # keys of the common problems it dealt with
    people = IntegerField(null=True)
    summary = TextField(default="")
    version = IntegerField(default=1)
    recorded_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    recorded_at = UtcDateTime()


class MeetingAttendance(BaseModel):
    """How many people of a carrier came (签到)."""

    meeting = ForeignKeyField(Meeting, backref="attendance", on_delete="CASCADE")
    carrier = ForeignKeyField(Carrier, on_delete="RESTRICT")
    people = IntegerField(default=1)

    class Meta:
        indexes = ((("meeting", "carrier"), True),)

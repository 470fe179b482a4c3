"""The runtime truth of policies: immutable definition versions, and parameter values entered later."""

from __future__ import annotations

from peewee import BooleanField, CharField, DateField, ForeignKeyField, IntegerField, TextField

from core.models.base import BaseModel, UtcDateTime
from core.models.people import Account
from core.models.register import Region


class DefinitionVersion(BaseModel):
    """One version of one definition (a file of a pack, or what an administrator made of it).

    Published rows never change. `version` orders within (region, kind, key): plugins use the policy's year,
    administrators' versions append `.1`, `.2` ….
    """

    region = ForeignKeyField(Region, backref="definitions", on_delete="RESTRICT")
    kind = CharField(max_length=40)
    key = CharField(max_length=80)
    version = CharField(max_length=40)
    digest = CharField(max_length=64)
    origin = CharField(max_length=16)  # plugin | administrator
    text = TextField()  # canonical TOML
    status = CharField(max_length=16, default="published")  # draft | published | withdrawn
    step = IntegerField(default=0)  # of a draft: which of its DraftSteps it stands at
    in_force_from = DateField(null=True)
    in_force_to = DateField(null=True)
    reason = TextField(default="")
    created_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    created_at = UtcDateTime()
    published_at = UtcDateTime(null=True)

    class Meta:
        indexes = ((("region", "kind", "key", "version"), True),)


class DraftStep(BaseModel):
    """A state of a draft, kept so that a change can be undone and done again; the newest are kept."""

    definition = ForeignKeyField(DefinitionVersion, backref="steps", on_delete="CASCADE")
    number = IntegerField()
    text = TextField()
    saved_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    saved_at = UtcDateTime()

    class Meta:
        indexes = ((("definition", "number"), True),)


class ParameterEntry(BaseModel):
    """A value that the text leaves open, entered by an administrator with its source; the newest counts.

    Only parameters without a value in the policy may be entered while a round is open.
    """

    region = ForeignKeyField(Region, on_delete="RESTRICT")
    key = CharField(max_length=80)
    value = CharField(max_length=80)  # exact decimal or text
    source = TextField()  # document and clause that state the value
    valid_from = DateField()
    entered_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    entered_at = UtcDateTime()

    class Meta:
        indexes = ((("region", "key", "valid_from"), False),)


class CalendarDay(BaseModel):
    """A day that differs from the national calendar package: a region's holiday, or a year entered here.

    `region` null means the whole country.
    """

    region = ForeignKeyField(Region, null=True, on_delete="CASCADE")
    day = DateField()
    is_working_day = BooleanField()
    name = CharField(max_length=40, default="")
    source = TextField(default="")

    class Meta:
        indexes = ((("region", "day"), True),)


class CalendarYear(BaseModel):
    """A year whose official calendar has been entered completely, so that deadlines may be counted in it."""

    year = IntegerField(unique=True)
    source = TextField()
    entered_at = UtcDateTime()

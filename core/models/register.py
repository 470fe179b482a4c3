"""Who exists: regions, districts, organisations and the carriers they run."""

from __future__ import annotations

from peewee import BooleanField, CharField, DateField, ForeignKeyField, TextField

from core.models.base import BaseModel, UtcDateTime


class Region(BaseModel):
    """A region that is served here: contributed by a plugin, or made by an administrator."""

    key = CharField(max_length=40, unique=True)
    name = CharField(max_length=40)
    bureau = CharField(max_length=80, default="")
    origin = CharField(max_length=16, default="plugin")  # plugin | administrator
    enabled = BooleanField(default=True)
    problem = TextField(default="")  # why a plugin's region is switched off, for the administrator


class District(BaseModel):
    """A district and the name of the body that reviews there (归口管理部门)."""

    region = ForeignKeyField(Region, backref="districts", on_delete="RESTRICT")
    key = CharField(max_length=40)
    name = CharField(max_length=40)
    authority = CharField(max_length=80, default="")

    class Meta:
        indexes = ((("region", "key"), True),)


class Organisation(BaseModel):
    """A legal person that runs carriers and receives awards (运营主体)."""

    region = ForeignKeyField(Region, backref="organisations", on_delete="RESTRICT")
    name = CharField(max_length=120)
    credit_code = CharField(max_length=18, default="")


class Carrier(BaseModel):
    """A carrier (载体). `level` is the level of its title: city, provincial or national."""

    region = ForeignKeyField(Region, backref="carriers", on_delete="RESTRICT")
    district = ForeignKeyField(District, null=True, backref="carriers", on_delete="RESTRICT")
    organisation = ForeignKeyField(Organisation, backref="carriers", on_delete="RESTRICT")
    name = CharField(max_length=120)
    kind = CharField(max_length=40, default="makerspace")
    level = CharField(max_length=16, default="city")
    recognised_on = DateField(null=True)
    title_status = CharField(max_length=16, default="held")  # held | revoked
    title_revoked_on = DateField(null=True)


class CarrierMark(BaseModel):
    """A lasting mark on a carrier with its ground: priority list, research dishonesty, revoked title."""

    carrier = ForeignKeyField(Carrier, backref="marks", on_delete="RESTRICT")
    kind = CharField(max_length=40)  # priority_recommendation | research_dishonesty_record | title_revoked
    clause = CharField(max_length=80)
    reason = TextField(default="")
    case_number = CharField(max_length=32, default="")  # the case whose result left it; empty when entered by hand
    set_on = DateField()
    set_at = UtcDateTime()
    lifted_on = DateField(null=True)  # a later result of the same case no longer carries it
    lifted_because = TextField(default="")

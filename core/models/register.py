"""Who exists: regions, districts, organisations and the carriers they run."""

from __future__ import annotations

from peewee import BooleanField, CharField, DateField, ForeignKeyField, TextField

from core.models.base import BaseModel, JsonText, UtcDateTime


class Region(BaseModel):
    """A region that is served here: contributed by a plugin, or made by an administrator.

    `centre` is the city's service centre beside the bureau (empty: it has none).
    """

    key = CharField(max_length=40, unique=True)
    name = CharField(max_length=40)
    bureau = CharField(max_length=80, default="")
    centre = CharField(max_length=80, default="")
    origin = CharField(max_length=16, default="plugin")  # plugin | administrator
    enabled = BooleanField(default=True)
    four_eyes = BooleanField(default=False)  # who changed a draft may not publish it
    problem = TextField(default="")  # why a plugin's region is switched off, for the administrator


class District(BaseModel):
    """A district, the body that reviews there (归口管理部门) and its service centre (empty: it has none)."""

    region = ForeignKeyField(Region, backref="districts", on_delete="RESTRICT")
    key = CharField(max_length=40)
    name = CharField(max_length=40)
    authority = CharField(max_length=80, default="")
    centre = CharField(max_length=80, default="")

    class Meta:
        indexes = ((("region", "key"), True),)


class Organisation(BaseModel):
    """A legal person that runs carriers and receives awards (运营主体)."""

    region = ForeignKeyField(Region, backref="organisations", on_delete="RESTRICT")
    name = CharField(max_length=120)
    credit_code = CharField(max_length=18, default="")


class Carrier(BaseModel):
    """A carrier (载体) with its one title: who runs several titles runs several carriers.

    `level` is the level of the title: city, provincial or national. `facts` are what this region's register keeps
    beside (region.toml, `[[register]]`): key → value as JSON, dates as ISO text. An applicant holds no title yet.
    """

    region = ForeignKeyField(Region, backref="carriers", on_delete="RESTRICT")
    district = ForeignKeyField(District, null=True, backref="carriers", on_delete="RESTRICT")
    organisation = ForeignKeyField(Organisation, backref="carriers", on_delete="RESTRICT")
    name = CharField(max_length=120)
    kind = CharField(max_length=40, default="makerspace")
    level = CharField(max_length=16, default="city")
    recognised_on = DateField(null=True)
    enrolled_on = DateField(null=True)  # the day it entered the region's system (纳入培育体系), where there is one
    title_status = CharField(max_length=16, default="held")  # applicant | held | revoked | exited
    title_ended_on = DateField(null=True)  # from which day it is out; may lie before the decision (retroactive exit)
    facts = JsonText(default=dict)


class CarrierMark(BaseModel):
    """A lasting mark on a carrier with its ground: priority list, research dishonesty, revoked title, exit.

    `set_on` is the day of the decision, `effective_on` the day from which it holds, where the policy says another.
    """

    carrier = ForeignKeyField(Carrier, backref="marks", on_delete="RESTRICT")
    kind = CharField(max_length=40)  # priority_recommendation | research_dishonesty_record | title_revoked
    clause = CharField(max_length=80)
    reason = TextField(default="")
    case_number = CharField(max_length=32, default="")  # the case whose result left it; empty when entered by hand
    set_on = DateField()
    effective_on = DateField(null=True)
    set_at = UtcDateTime()
    lifted_on = DateField(null=True)  # a later result of the same case no longer carries it
    lifted_because = TextField(default="")

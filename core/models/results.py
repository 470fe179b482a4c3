"""Checks before a determination, results and their versions, notices, objections, awards."""

from __future__ import annotations

from peewee import BigIntegerField, BooleanField, CharField, DateField, ForeignKeyField, IntegerField, TextField

from core.models.base import BaseModel, JsonText, UtcDateTime
from core.models.cases import Case
from core.models.people import Account
from core.models.register import Organisation, Region
from core.models.rounds import EvaluationRound


class DeterminationCheck(BaseModel):
    """One check that a determination needs (a fact or a veto): nobody made it → it blocks.

    `value` is what was found: true/false, or a number for a fact that counts something.
    """

    case = ForeignKeyField(Case, backref="checks", on_delete="RESTRICT")
    fact = CharField(max_length=60)
    value = JsonText()
    note = TextField(default="")
    checked_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    checked_at = UtcDateTime()

    class Meta:
        indexes = ((("case", "fact"), True),)


class Result(BaseModel):
    """A version of a case's result. `trace` explains every point; old versions are kept."""

    case = ForeignKeyField(Case, backref="results", on_delete="RESTRICT")
    version = IntegerField()
    total = CharField(max_length=20, default="")  # exact decimal as text; empty when nothing was scored
    grade = CharField(max_length=20)
    facts = JsonText(default=dict)
    consequences = JsonText(default=dict)
    indicators = JsonText(default=dict)  # code → {points, weight, trace}
    trace = JsonText(default=list)
    clauses = JsonText(default=list)
    reference_version = IntegerField(default=0)
    ground = TextField(default="")  # why this version: determination, objection ruling …
    determined_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    determined_at = UtcDateTime()
    determined_on = DateField()

    class Meta:
        indexes = ((("case", "version"), True),)


class PublicNotice(BaseModel):
    """Results of a round made public: a notice (公示) with its days for objections, or a publication (公布).

    `last_day` is fixed when a notice opens and never moves earlier; a publication takes effect on its own day.
    """

    round = ForeignKeyField(EvaluationRound, backref="notices", on_delete="RESTRICT")
    kind = CharField(max_length=16, default="notice")  # notice | publication
    title = CharField(max_length=160)
    opened_on = DateField()
    last_day = DateField()
    working_days = IntegerField()
    basis = CharField(max_length=16)  # text | reading | practice
    contact = TextField(default="")
    status = CharField(max_length=16, default="open")  # open | closed
    published_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    published_at = UtcDateTime()
    closed_on = DateField(null=True)


class NoticeEntry(BaseModel):
    """One carrier's line on a notice. `frozen` while an admitted objection is open, `renewed` once noticed again."""

    notice = ForeignKeyField(PublicNotice, backref="entries", on_delete="RESTRICT")
    case = ForeignKeyField(Case, on_delete="RESTRICT")
    result = ForeignKeyField(Result, on_delete="RESTRICT")
    status = CharField(max_length=16, default="open")  # open | frozen | renewed | final

    class Meta:
        indexes = ((("notice", "case"), True),)


class Objection(BaseModel):
    """An objection to one line. Who objects is kept from everybody but the city's reviewers."""

    entry = ForeignKeyField(NoticeEntry, backref="objections", on_delete="RESTRICT")
    receipt = CharField(max_length=32, unique=True)
    objector_kind = CharField(max_length=16)  # person | organisation
    objector_name = CharField(max_length=80)
    contact = CharField(max_length=120)
    sealed = BooleanField(default=False)
    text = TextField()
    admissible = BooleanField()
    grounds = JsonText(default=list)  # why not admitted
    filed_at = UtcDateTime()
    filed_on = DateField()
    status = CharField(max_length=16, default="open")  # open | stands | rescored | not_admitted
    ruling = TextField(default="")
    ruled_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    ruled_at = UtcDateTime(null=True)


class ObjectionFile(BaseModel):
    """A file that came with an objection. The bytes lie in storage under their digest; it may show who objects."""

    objection = ForeignKeyField(Objection, backref="files", on_delete="RESTRICT")
    filename = CharField(max_length=200)
    content_type = CharField(max_length=100)
    size = IntegerField()
    digest = CharField(max_length=64)


class Award(BaseModel):
    """Money for an organisation from one round. `amount_fen` is null until the amount has a source."""

    round = ForeignKeyField(EvaluationRound, backref="awards", on_delete="RESTRICT")
    organisation = ForeignKeyField(Organisation, backref="awards", on_delete="RESTRICT")
    case = ForeignKeyField(Case, on_delete="RESTRICT")
    result = ForeignKeyField(Result, on_delete="RESTRICT")
    grade = CharField(max_length=20)
    status = CharField(max_length=16)  # waiting | held | payable | released | reversed | cancelled
    amount_fen = BigIntegerField(null=True)
    reasons = JsonText(default=list)  # why it waits or is held, in plain sentences
    trace = JsonText(default=list)
    version = IntegerField(default=1)

    class Meta:
        indexes = ((("round", "case"), True),)


class AwardEntry(BaseModel):
    """The ledger: what was released and what was called back; rows are only ever added."""

    award = ForeignKeyField(Award, backref="entries", on_delete="RESTRICT")
    kind = CharField(max_length=16)  # release | reversal
    amount_fen = BigIntegerField()  # reversals are negative
    reason = TextField(default="")
    posted_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    posted_at = UtcDateTime()
    posted_on = DateField()


class OpeningBalance(BaseModel):
    """What an organisation had received under a title before this system (for lifetime caps)."""

    region = ForeignKeyField(Region, on_delete="RESTRICT")
    organisation = ForeignKeyField(Organisation, on_delete="RESTRICT")
    title = CharField(max_length=40)
    amount_fen = BigIntegerField()
    source = TextField()

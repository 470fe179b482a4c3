"""Cases: where each stands, everything that happened to it, what was submitted and what proves it."""

from __future__ import annotations

from peewee import BooleanField, CharField, DateField, ForeignKeyField, IntegerField, TextField

from core.models.base import BaseModel, JsonText, UtcDateTime
from core.models.people import Account
from core.models.register import Carrier, District, Region
from core.models.rounds import EvaluationRound


class Case(BaseModel):
    """One carrier's way through one procedure (办件). `origin` is the case whose result opened it (整改, for instance).

    `stage_version` rises with every move and is what a form is compared with; `head_*` is the tip of the event
    chain and is never compared with a form. `pinned` is set for a case outside a round; others inherit.
    """

    number = CharField(max_length=32, unique=True)
    region = ForeignKeyField(Region, on_delete="RESTRICT")
    district = ForeignKeyField(District, null=True, on_delete="RESTRICT")
    round = ForeignKeyField(EvaluationRound, null=True, backref="cases", on_delete="RESTRICT")
    carrier = ForeignKeyField(Carrier, backref="cases", on_delete="RESTRICT")
    procedure = CharField(max_length=80)
    filled_by = CharField(max_length=40, default="carrier_clerk")  # the role that fills it; a carrier sees others' late
    origin = ForeignKeyField("self", null=True, backref="followed_by", on_delete="RESTRICT")  # the case it follows from
    pinned = JsonText(null=True)
    stage = CharField(max_length=40)
    stage_version = IntegerField(default=1)
    entered_stage_on = DateField()
    due_on = DateField(null=True)
    assignee = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    outcome = CharField(max_length=20, default="")  # "" | finished | absent | withdrawn
    head_sequence = IntegerField(default=0)
    head_hash = CharField(max_length=64, default="")
    created_at = UtcDateTime()

    class Meta:
        indexes = (
            (("region", "stage", "due_on", "id"), False),
            (("region", "outcome", "due_on"), False),  # the sweep over due dates
            (("region", "district", "stage", "due_on", "id"), False),
            (("round", "carrier"), True),
        )


class CaseEvent(BaseModel):
    """What happened, in order, chained by hash over the stored bytes of `body`.

    `body` is canonical JSON with ids and digests, no personal data. `said` is the reason or opinion a person
    wrote; it is outside the chain except for its digest, so that a duty to delete can be met.
    """

    case = ForeignKeyField(Case, backref="events", on_delete="RESTRICT")
    sequence = IntegerField()
    kind = CharField(max_length=40)
    actor = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    occurred_at = UtcDateTime()
    policy_date = DateField()
    body = TextField()
    said = TextField(default="")
    previous_hash = CharField(max_length=64)
    hash = CharField(max_length=64)

    class Meta:
        indexes = ((("case", "sequence"), True),)


class FormToken(BaseModel):
    """A form that was acted on: its one-time token and the receipt that a repeat is answered with."""

    token = CharField(max_length=64, primary_key=True)
    receipt = JsonText()
    used_at = UtcDateTime()


class Draft(BaseModel):
    """What a carrier has typed so far, right or wrong; `revision` tells two tabs apart."""

    case = ForeignKeyField(Case, unique=True, backref="drafts", on_delete="CASCADE")
    answers = JsonText(default=dict)
    raw = JsonText(default=dict)  # what was typed where it could not be read
    touched = JsonText(default=dict)  # field → revision that last changed it
    revision = IntegerField(default=0)
    saved_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    saved_at = UtcDateTime()


class Submission(BaseModel):
    """A version of the answers as submitted; never changed afterwards. `files` maps field → attachment ids."""

    case = ForeignKeyField(Case, backref="submissions", on_delete="RESTRICT")
    number = IntegerField()
    answers = JsonText()
    files = JsonText(default=dict)
    digest = CharField(max_length=64)
    reason = TextField(default="")  # a correction made after submission names its ground
    submitted_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    submitted_at = UtcDateTime()
    submitted_on = DateField()

    class Meta:
        indexes = ((("case", "number"), True),)


class Attachment(BaseModel):
    """A file of evidence. The bytes lie in storage under their digest."""

    case = ForeignKeyField(Case, backref="attachments", on_delete="RESTRICT")
    field = CharField(max_length=80)
    filename = CharField(max_length=200)
    content_type = CharField(max_length=100)
    size = IntegerField()
    digest = CharField(max_length=64)
    removed = BooleanField(default=False)
    uploaded_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    uploaded_at = UtcDateTime()


class ReviewDraft(BaseModel):
    """What somebody who reviews a case has written and ticked so far: theirs alone, and no part of the case's record.

    `typed` are the fields of the stage's forms as (name, text), written at `stage_version`; `checked` are the fields
    of the form that were compared, in `submission`.
    """

    case = ForeignKeyField(Case, backref="review_drafts", on_delete="CASCADE")
    account = ForeignKeyField(Account, on_delete="CASCADE")
    stage_version = IntegerField(default=0)
    typed = JsonText(default=list)
    revision = IntegerField(default=0)
    submission = ForeignKeyField(Submission, null=True, on_delete="CASCADE")
    checked = JsonText(default=list)
    saved_at = UtcDateTime()

    class Meta:
        indexes = ((("case", "account"), True),)


class Review(BaseModel):
    """A reviewer's opinion on a submission: the answers of the opinion form, and reasons per field."""

    case = ForeignKeyField(Case, backref="reviews", on_delete="RESTRICT")
    stage = CharField(max_length=40)
    action = CharField(max_length=40)
    opinion = JsonText(default=dict)
    reasons = JsonText(default=dict)  # field → what to correct
    submission = ForeignKeyField(Submission, null=True, on_delete="RESTRICT")
    reviewer = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    reviewed_at = UtcDateTime()
    reviewed_on = DateField()


class SiteVisit(BaseModel):
    """A visit on site by the district or the panel, as the visit form records it."""

    case = ForeignKeyField(Case, backref="site_visits", on_delete="RESTRICT")
    stage = CharField(max_length=40)
    answers = JsonText()
    recorded_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    recorded_at = UtcDateTime()

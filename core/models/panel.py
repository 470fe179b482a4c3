"""Expert panels: members, pledges, recusals, score sheets and the panel's opinion."""

from __future__ import annotations

from peewee import CharField, ForeignKeyField, IntegerField, TextField

from core.models.base import BaseModel, JsonText, UtcDateTime
from core.models.cases import Case
from core.models.people import Account
from core.models.rounds import EvaluationRound


class PanelMember(BaseModel):
    """An expert on the panel of a round. Nothing is shown before `pledged_at` (confidentiality, no gifts)."""

    round = ForeignKeyField(EvaluationRound, backref="panel", on_delete="CASCADE")
    account = ForeignKeyField(Account, on_delete="RESTRICT")
    field_of_work = CharField(max_length=80, default="")
    pledged_at = UtcDateTime(null=True)
    pledge_text = TextField(default="")
    removed_at = UtcDateTime(null=True)

    class Meta:
        indexes = ((("round", "account"), True),)


class Recusal(BaseModel):
    """An expert stands back from one carrier, declared by the expert or ordered by the bureau."""

    member = ForeignKeyField(PanelMember, backref="recusals", on_delete="CASCADE")
    case = ForeignKeyField(Case, on_delete="CASCADE")
    reason = TextField()
    declared_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    declared_at = UtcDateTime()

    class Meta:
        indexes = ((("member", "case"), True),)


class NoConflict(BaseModel):
    """An expert's declaration that nothing stands between them and this carrier; opens the sheet."""

    member = ForeignKeyField(PanelMember, on_delete="CASCADE")
    case = ForeignKeyField(Case, on_delete="CASCADE")
    declared_at = UtcDateTime()

    class Meta:
        indexes = ((("member", "case"), True),)


class ScoreSheet(BaseModel):
    """One expert's sheet for one case, with a version of its own.

    Where points are given, `points` maps indicator code → exact text and `changes` a prefilled quantitative
    indicator → {"points", "reason"}; `total` is what the expert saw when signing. Where the policy draws no lines,
    `grade` is the expert's grade and `remarks` maps aspect → words. A signed sheet is read-only.
    """

    case = ForeignKeyField(Case, backref="sheets", on_delete="RESTRICT")
    member = ForeignKeyField(PanelMember, on_delete="RESTRICT")
    points = JsonText(default=dict)
    changes = JsonText(default=dict)
    grade = CharField(max_length=20, default="")
    remarks = JsonText(default=dict)
    opinion = TextField(default="")
    status = CharField(max_length=16, default="draft")  # draft | signed
    total = CharField(max_length=20, default="")
    version = IntegerField(default=1)
    saved_at = UtcDateTime(null=True)
    signed_at = UtcDateTime(null=True)

    class Meta:
        indexes = ((("case", "member"), True),)


class PanelOpinion(BaseModel):
    """What the panel as a whole says of a case, in which modes it worked, and its grade where no lines are drawn.

    `reasons` are for a grade that is not the one of every signed sheet.
    """

    case = ForeignKeyField(Case, unique=True, on_delete="RESTRICT")
    modes = JsonText(default=list)  # desk_review | site_inspection | panel_meeting
    grade = CharField(max_length=20, default="")
    reasons = TextField(default="")
    opinion = TextField(default="")
    recorded_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    recorded_at = UtcDateTime()

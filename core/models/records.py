"""The machine's own records: outbox, administrative audit chain, stored settings."""

from __future__ import annotations

from peewee import CharField, DateField, ForeignKeyField, IntegerField, TextField

from core.models.base import BaseModel, JsonText, UtcDateTime
from core.models.people import Account


class OutboxRow(BaseModel):
    """Work that must happen after a transaction. The truth of every job; the queue is only a doorbell."""

    kind = CharField(max_length=40)
    payload = JsonText(default=dict)
    available_at = UtcDateTime(index=True)
    lease_until = UtcDateTime(null=True)
    leased_by = CharField(max_length=80, default="")
    attempts = IntegerField(default=0)
    done_at = UtcDateTime(null=True, index=True)
    error = TextField(default="")


class AdminEvent(BaseModel):
    """An administrative change, chained by hash like a case's events (one chain for the whole instance)."""

    sequence = IntegerField(unique=True)
    kind = CharField(max_length=60)
    actor = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    occurred_at = UtcDateTime()
    policy_date = DateField()
    body = TextField()
    previous_hash = CharField(max_length=64)
    hash = CharField(max_length=64)


class AuditCheck(BaseModel):
    """A check of all audit chains, done in steps; `faults` names each chain that does not hold, in a sentence.

    `admin_sequence` is how far the administrative chain was walked (None: to its end), `after_case` the last case.
    """

    status = CharField(max_length=16, default="running")  # running | done | stopped
    done = IntegerField(default=0)
    total = IntegerField()
    admin_sequence = IntegerField(null=True, default=0)
    admin_hash = CharField(max_length=64, default="")
    after_case = IntegerField(default=0)
    faults = JsonText(default=list)
    started_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    started_at = UtcDateTime()
    ended_at = UtcDateTime(null=True)


class Message(BaseModel):
    """A message to a person inside the system (站内消息), made by a job from the outbox."""

    account = ForeignKeyField(Account, backref="messages", on_delete="CASCADE")
    text = TextField()
    link = CharField(max_length=200, default="")
    source = CharField(max_length=80, unique=True)  # outbox row and account: a repeat makes no second one
    sent_at = UtcDateTime()
    sent_on = DateField()
    read_at = UtcDateTime(null=True)


class StoredSetting(BaseModel):
    """A setting that belongs to the instance rather than to a process (demo mark, demo policy date)."""

    key = CharField(max_length=60, primary_key=True)
    value = TextField()

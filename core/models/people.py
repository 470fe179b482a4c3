"""Accounts, what each may do and where, and the failed sign-ins that lock them."""

from __future__ import annotations

from peewee import BooleanField, CharField, ForeignKeyField, IntegerField, TextField

from core.models.base import BaseModel, UtcDateTime
from core.models.register import Carrier, District, Organisation, Region


class Account(BaseModel):
    """A person. `session_epoch` is part of every session: raising it signs the person out everywhere."""

    username = CharField(max_length=64, unique=True)
    display_name = CharField(max_length=64)
    password_hash = TextField()
    session_epoch = IntegerField(default=1)
    is_active = BooleanField(default=True)
    must_change_password = BooleanField(default=False)
    last_sign_in_at = UtcDateTime(null=True)
    created_at = UtcDateTime()


class Grant(BaseModel):
    """A role within a region, narrowed to a district, a carrier or an organisation where that applies."""

    account = ForeignKeyField(Account, backref="grants", on_delete="CASCADE")
    role = CharField(max_length=32, index=True)
    region = ForeignKeyField(Region, null=True, on_delete="RESTRICT")
    district = ForeignKeyField(District, null=True, on_delete="RESTRICT")
    carrier = ForeignKeyField(Carrier, null=True, on_delete="RESTRICT")
    organisation = ForeignKeyField(Organisation, null=True, on_delete="RESTRICT")
    granted_by = ForeignKeyField(Account, null=True, backref="given_grants", on_delete="SET NULL")
    granted_at = UtcDateTime()
    revoked_at = UtcDateTime(null=True)


class SignInFailure(BaseModel):
    """Failed sign-ins under a name, whether an account has that name or not, so that a lock tells nothing.

    `name_digest` is the SHA-256 of the name as typed; rows older than a day are removed.
    """

    name_digest = CharField(max_length=64, primary_key=True)
    failures = IntegerField(default=0)
    locked_until = UtcDateTime(null=True)
    last_at = UtcDateTime(index=True)


class EndedSession(BaseModel):
    """A session that was signed out: its cookie is worth nothing any more. Rows older than a day are removed."""

    key = CharField(max_length=64, primary_key=True)
    ended_at = UtcDateTime(index=True)

"""The database handle, the field kinds that behave alike on SQLite and PostgreSQL, and the base model."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from peewee import Database, DatabaseProxy, DateTimeField, Model, SqliteDatabase, TextField

from core.errors import SettingError

database: DatabaseProxy = DatabaseProxy()

SQLITE_PRAGMAS = {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 5000, "synchronous": "full"}


POOL = {"max_connections": 20, "stale_timeout": 300, "timeout": 10}
"""Connections a process keeps; seconds until an old one is replaced; seconds a thread waits for a free one."""

CONNECT_TIMEOUT = 3
"""Seconds until a PostgreSQL that does not answer is given up, so that a page says so instead of hanging."""


def connect(url: str, *, pooled: bool = False) -> Database:
    """Open the database that `url` names and make it the one all models use.

    `sqlite:///path` or `postgresql://user@host/name`. `pooled` keeps PostgreSQL connections open between requests
    (one costs as much as a page's statements); each is tried before it is used again, so one that the server has
    dropped is replaced. Raises SettingError when it cannot be opened.
    """
    if url.startswith("sqlite:///"):
        opened: Database = SqliteDatabase(url.removeprefix("sqlite:///"), pragmas=SQLITE_PRAGMAS, lock_type="IMMEDIATE")
    elif url.startswith(("postgresql://", "postgres://")):
        opened = _postgresql(url, pooled)
    else:
        raise SettingError("KAOPING_DATABASE_URL：只认 sqlite:///文件 或 postgresql://用户@主机/库。")
    try:
        opened.connect(reuse_if_open=True)
    except Exception as fault:
        raise SettingError(f"KAOPING_DATABASE_URL：数据库打不开（{type(fault).__name__}: {fault}）。") from fault
    database.initialize(opened)
    return opened


def _postgresql(url: str, pooled: bool) -> Database:
    try:
        from playhouse.db_url import connect as by_url

        waits = {} if "connect_timeout=" in url else {"connect_timeout": CONNECT_TIMEOUT}
        return by_url(url.replace("://", "+pool://", 1), **POOL, **waits) if pooled else by_url(url, **waits)
    except ImportError as fault:
        raise SettingError("KAOPING_DATABASE_URL：用 PostgreSQL 要先装 pip install 'kaoping[postgresql]'。") from fault


def canonical_json(value: object) -> str:
    """One text for equal data: keys sorted, no spaces, Chinese as is, decimals and dates as strings."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, Decimal | date | datetime):
        return value.isoformat() if isinstance(value, date) else str(value)
    raise TypeError(f"{type(value).__name__} has no canonical JSON")


class JsonText(TextField):
    """JSON kept as canonical text, so that both databases store the same bytes (jsonb reorders keys)."""

    def db_value(self, value: object) -> str | None:
        return None if value is None else canonical_json(value)

    def python_value(self, value: str | None) -> Any:
        return None if value is None else json.loads(value)


class UtcDateTime(DateTimeField):
    """Aware datetimes in, aware UTC datetimes out; stored without offset (PostgreSQL would drop it)."""

    def db_value(self, value: datetime | None) -> Any:
        if isinstance(value, datetime) and value.tzinfo is not None:
            value = value.astimezone(UTC).replace(tzinfo=None)
        return super().db_value(value)  # type: ignore[no-untyped-call]

    def python_value(self, value: object) -> Any:
        parsed = super().python_value(value)  # type: ignore[no-untyped-call]
        return parsed.replace(tzinfo=UTC) if isinstance(parsed, datetime) else parsed


class BaseModel(Model):
    """All tables live in the one database; names are the model's in snake case."""

    if TYPE_CHECKING:  # peewee makes these at run time: the key, and `<foreign key>_id`
        id: Any

        def __getattr__(self, name: str) -> Any: ...

    class Meta:
        database = database
        legacy_table_names = False

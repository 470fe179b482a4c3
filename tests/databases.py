"""Databases for tests: made once a process, emptied between tests, so that two thousand tests stay quick.

Durability is off here (SQLite `synchronous`, PostgreSQL `synchronous_commit`); the tests that kill processes start
them with the product's own settings.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path

from peewee import AutoField

from core.models import ALL, connect
from core.models import base as models_base

SERVER = os.environ.get("KAOPING_TEST_POSTGRESQL", "postgresql:///test")


def postgresql_problem() -> str:
    """Empty when the PostgreSQL of the tests answers, else why not."""
    import psycopg

    try:
        psycopg.connect(SERVER, connect_timeout=3).close()
    except psycopg.OperationalError as fault:
        return str(fault).strip().splitlines()[0]
    return ""


def own_schema() -> tuple[str, Callable[[], None]]:
    """The address of an empty schema of its own, and how to drop it."""
    import psycopg

    schema = f"t_{uuid.uuid4().hex[:16]}"
    with psycopg.connect(SERVER, autocommit=True) as link:
        link.execute(f"CREATE SCHEMA {schema}")

    def drop() -> None:
        with psycopg.connect(SERVER, autocommit=True) as link:
            link.execute(f"DROP SCHEMA {schema} CASCADE")

    joint = "&" if "?" in SERVER else "?"
    return f"{SERVER}{joint}options=-csearch_path%3D{schema}%20-csynchronous_commit%3Doff", drop


class Kept:
    """The databases that one test process keeps: a SQLite file to copy, and a PostgreSQL schema to empty."""

    def __init__(self, folder: Path) -> None:
        models_base.SQLITE_PRAGMAS["synchronous"] = "off"
        self.template = folder / "template.db"
        made = connect(f"sqlite:///{self.template}")
        made.create_tables(ALL)
        made.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        made.close()
        self._schema: tuple[str, Callable[[], None]] | None = None

    def sqlite(self, path: Path) -> str:
        """A copy of the empty tables at `path`."""
        shutil.copyfile(self.template, path)
        return f"sqlite:///{path}"

    def postgresql(self) -> str:
        """The kept schema with all tables, empty."""
        if self._schema is None:
            self._schema = own_schema()
            made = connect(self._schema[0])
            made.create_tables(ALL)
            made.close()
        return self._schema[0]

    def empty_postgresql(self) -> None:
        """Take everything out of the kept schema and start its numbers again. A stuck one is given up."""
        import psycopg

        if self._schema is None:
            return
        try:
            with psycopg.connect(self._schema[0], autocommit=True) as link:
                link.execute("SET lock_timeout = '5s'")
                # TRUNCATE makes new files for each table, a second in all; these few rows are deleted at once
                link.execute("SET session_replication_role = replica")
                link.execute(_EMPTY)
        except psycopg.Error:
            self.drop()

    def drop(self) -> None:
        """Give the schema back."""
        if self._schema is not None:
            self._schema[1]()
            self._schema = None


def _emptying() -> str:
    """One text that deletes all rows and starts every number again."""
    parts = []
    for model in ALL:
        name = model._meta.table_name
        parts.append(f'DELETE FROM "{name}"')
        if isinstance(model._meta.primary_key, AutoField):
            parts.append(f"SELECT setval(pg_get_serial_sequence('\"{name}\"', 'id'), 1, false)")
    return "; ".join(parts)


_EMPTY = _emptying()

"""Kept connections on PostgreSQL: used again, replaced when the server has dropped them, never with work left open."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from peewee import Database

from core.models import connect, database

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def pooled(database_url: str) -> Iterator[Database]:
    """The database as a serving process opens it, at the start of a request."""
    opened = connect(database_url, pooled=True)
    try:
        yield opened
    finally:
        opened.close()
        opened.close_all()  # type: ignore[attr-defined]


def process() -> int:
    """The number of the server's process that serves this thread's connection."""
    return int(database.execute_sql("SELECT pg_backend_pid()").fetchone()[0])


def test_the_next_request_uses_the_same_connection(pooled: Database) -> None:
    first = process()
    pooled.close()
    with database.connection_context():
        assert process() == first


def test_a_connection_that_the_server_dropped_is_replaced(pooled: Database, database_url: str) -> None:
    first = process()
    pooled.close()
    with psycopg.connect(database_url, autocommit=True) as link:
        link.execute("SELECT pg_terminate_backend(%s, 2000)", (first,))
    with database.connection_context():
        assert process() != first


def test_what_was_not_committed_is_not_handed_on(pooled: Database) -> None:
    database.execute_sql("CREATE TABLE kept (id int)")
    database.begin()
    database.execute_sql("INSERT INTO kept VALUES (1)")
    pooled.close()
    with database.connection_context():
        assert database.execute_sql("SELECT count(*) FROM kept").fetchone()[0] == 0
        database.execute_sql("DROP TABLE kept")

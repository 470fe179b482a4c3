"""What all tests share: a fresh database of each kind, the application, a browser-like client, a policy day."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core import clock
from core.app import create_app
from core.cases import definitions
from core.models import ALL, Account, connect
from core.models import database as handle
from core.settings import Settings, load

SERVER = os.environ.get("KAOPING_TEST_POSTGRESQL", "postgresql:///test")
POLICY_DAY = date(2023, 6, 1)
_left_out: set[str] = set()


def _reachable() -> str:
    """Empty when the PostgreSQL of the tests answers, else why not."""
    import psycopg

    try:
        psycopg.connect(SERVER, connect_timeout=3).close()
    except psycopg.OperationalError as fault:
        return str(fault).strip().splitlines()[0]
    return ""


@pytest.fixture(scope="session")
def postgresql_problem() -> str:
    """Why PostgreSQL cannot be used, looked at once."""
    return _reachable()


def _own_schema() -> tuple[str, Callable[[], None]]:
    """A database address inside a schema that only this test uses, and how to drop it."""
    import psycopg

    schema = f"t_{uuid.uuid4().hex[:16]}"
    with psycopg.connect(SERVER, autocommit=True) as link:
        link.execute(f"CREATE SCHEMA {schema}")

    def drop() -> None:
        with psycopg.connect(SERVER, autocommit=True) as link:
            link.execute(f"DROP SCHEMA {schema} CASCADE")

    joint = "&" if "?" in SERVER else "?"
    return f"{SERVER}{joint}options=-csearch_path%3D{schema}", drop


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of either kind, gone afterwards."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'kaoping.db'}"
        return
    problem = request.getfixturevalue("postgresql_problem")
    if problem:
        if os.environ.get("CI") == "true":
            pytest.fail(f"PostgreSQL is needed here but does not answer: {problem}")
        _left_out.add(request.node.nodeid)
        pytest.skip(f"PostgreSQL does not answer: {problem}")
    url, drop = _own_schema()
    try:
        yield url
    finally:
        drop()


@pytest.fixture
def database(database_url: str) -> Iterator[str]:
    """All tables, empty, connected for the models; gives the address."""
    definitions._policy.cache_clear()  # the next database gives the same ids to other texts
    opened = connect(database_url)
    opened.create_tables(ALL)
    try:
        yield database_url
    finally:
        handle.close()
        if not opened.is_closed():
            opened.close()


@pytest.fixture(autouse=True)
def policy_day() -> Iterator[date]:
    """The policy date of every test: 1 June 2023, unless it moves on by `clock.policy_date`."""
    with clock.policy_date(POLICY_DAY):
        yield POLICY_DAY


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    """Settings of an application over the test's database, its data folder thrown away afterwards."""
    return load({"KAOPING_INSTANCE": str(tmp_path / "instance"), "KAOPING_DATABASE_URL": database})


@pytest.fixture
def app(settings: Settings) -> Flask:
    """The application as it is served; forms keep their seals (CSRF)."""
    handle.close()
    return create_app(settings, testing=True)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody with a browser who has not signed in."""
    return app.test_client()


@pytest.fixture
def seal(client: FlaskClient) -> Callable[[], str]:
    """The CSRF token that the client's pages carry."""

    def read() -> str:
        page = client.get("/sign-in").text or client.get("/account").text
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        if found is None:
            found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/account").text)
        assert found
        return found[1]

    return read


SignIn = Callable[[FlaskClient, Account], None]


@pytest.fixture
def sign_in() -> SignIn:
    """Sign a client in as an account made by the factories, through the sign-in page."""
    from tests.factories import PASSWORD

    def enter(client: FlaskClient, account: Account) -> None:
        page = client.get("/sign-in").text
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found
        answer = client.post(
            "/sign-in", data={"username": account.username, "password": PASSWORD, "csrf_token": found[1]}
        )
        assert answer.status_code == 302, answer.text

    return enter


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what was left out, so that a green run is not read as more than it was."""
    if _left_out:
        terminalreporter.section("LEFT OUT", red=True)
        terminalreporter.line(f"{len(_left_out)} tests on PostgreSQL: {SERVER} does not answer.", red=True)

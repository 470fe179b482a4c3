"""What all tests share: a fresh database of each kind, the application, a browser-like client, a policy day."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings as hypothesis_settings

from core import clock
from core.app import create_app
from core.cases import definitions
from core.models import Account, connect
from core.models import database as handle
from core.settings import Settings, load
from tests import browsers, databases

# how long an example takes says more about the machine than about the rule
hypothesis_settings.register_profile("kaoping", deadline=None)
hypothesis_settings.load_profile("kaoping")

POLICY_DAY = date(2023, 6, 1)


@pytest.fixture(scope="session")
def kept_databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[databases.Kept]:
    """What this process keeps between tests."""
    kept = databases.Kept(tmp_path_factory.mktemp("databases"))
    yield kept
    kept.drop()


@pytest.fixture(scope="session")
def postgresql_problem() -> str:
    """Why PostgreSQL cannot be used, looked at once."""
    return databases.postgresql_problem()


def _require_postgresql(request: pytest.FixtureRequest) -> None:
    problem = request.getfixturevalue("postgresql_problem")
    if not problem:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"PostgreSQL is needed here but does not answer: {problem}")
    pytest.skip(f"PostgreSQL does not answer: {problem}")


@pytest.fixture(scope="session")
def browser(request: pytest.FixtureRequest) -> Iterator[Any]:
    """Chromium. Missing: a failure in CI, elsewhere left out and said so."""
    found = browsers.chromium()
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is needed here: apt-get install chromium")
        pytest.skip("no Chromium on this machine: scripts/browser.sh says how to get one")
    with browsers.running(found) as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(
    request: pytest.FixtureRequest, tmp_path: Path, kept_databases: databases.Kept
) -> Iterator[str]:
    """A database of either kind with all tables, empty."""
    if request.param == "sqlite":
        yield kept_databases.sqlite(tmp_path / "kaoping.db")
        return
    _require_postgresql(request)
    yield kept_databases.postgresql()
    kept_databases.empty_postgresql()


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of either kind without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.db'}"
        return
    _require_postgresql(request)
    url, drop = databases.own_schema()
    yield url
    drop()


@pytest.fixture
def database(database_url: str) -> Iterator[str]:
    """All tables, empty, connected for the models; gives the address."""
    definitions._policy.cache_clear()  # the next database gives the same ids to other texts
    opened = connect(database_url)
    try:
        yield database_url
    finally:
        handle.close()
        if hasattr(handle.obj, "close_all"):  # a pool, of an application made as it is served
            handle.obj.close_all()
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
    reasons = {str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", []) if report.longrepr}
    if reasons:
        terminalreporter.section("LEFT OUT", red=True)
        for reason in sorted(reasons):
            terminalreporter.line(reason, red=True)

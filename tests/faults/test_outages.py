"""The database is cut off, busy or full: a plain page says so, nothing is lost, and its return is noticed."""

from __future__ import annotations

import re
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from flask import Flask
from peewee import OperationalError

from core.app import create_app
from core.models import Account, EndedSession, connect
from core.models import base as models_base
from core.models import database as handle
from core.settings import Settings, load
from core.web import outages
from tests import factories

pytestmark = pytest.mark.faults


class Wire:
    """A TCP line to the database's server that can be cut and mended."""

    def __init__(self, host: str, port: int) -> None:
        self._to = (socket.AF_UNIX, f"{host}/.s.PGSQL.{port}") if host.startswith("/") else (socket.AF_INET, (host, port))
        self._cut = False
        self._ends: list[socket.socket] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._run(self._answer)

    def _run(self, work: Callable[..., None], *given: socket.socket) -> None:
        self._threads.append(threading.Thread(target=work, args=given))
        self._threads[-1].start()

    def _answer(self) -> None:
        while True:
            try:
                here = self._door.accept()[0]
            except OSError:
                return
            self._ends.append(here)
            if self._cut:
                _end(here)
                continue
            there = socket.socket(self._to[0])
            self._ends.append(there)
            there.connect(self._to[1])
            self._run(_pass_on, here, there)
            self._run(_pass_on, there, here)

    def cut(self) -> None:
        self._cut = True
        for end in self._ends:
            _end(end)

    def mend(self) -> None:
        self._cut = False

    def close(self) -> None:
        self.cut()
        _end(self._door)
        for thread in self._threads:
            thread.join()
        for line in (self._door, *self._ends):
            line.close()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    try:
        while said := source.recv(65536):
            target.sendall(said)
    except OSError:
        pass
    _end(source)
    _end(target)


def _end(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def wire(database: str) -> Iterator[Wire]:
    told = handle.obj.connection().info
    made = Wire(told.host, told.port)
    yield made
    made.close()


@pytest.fixture
def served(wire: Wire, database: str, tmp_path: Path) -> Iterator[Flask]:
    """The application as it is served, its database behind the wire."""
    user = handle.obj.connection().info.user
    address = database.replace("postgresql://", f"postgresql://{user}@127.0.0.1:{wire.port}", 1)
    handle.close()
    yield create_app(load({"KAOPING_INSTANCE": str(tmp_path / "instance"), "KAOPING_DATABASE_URL": address}))
    handle.obj.close_all()
    connect(database)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_server_that_is_cut_off_is_said_and_its_return_noticed(served: Flask, wire: Wire, sign_in) -> None:
    with handle.connection_context():
        region, account = factories.region(), factories.account()
    person, public = served.test_client(), served.test_client()
    sign_in(person, account)
    wire.cut()

    for client, page in ((person, "/account"), (public, "/"), (public, f"/{region.key}")):
        answer = client.get(page)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30"), page
        assert "暂时连不上数据库" in answer.text and f'href="{page}"' in answer.text
        assert "Traceback" not in answer.text

    wire.mend()
    assert person.get("/account").status_code == 200  # still signed in
    assert public.get("/").status_code == 200


def test_a_full_database_is_said_once_and_what_was_typed_is_not_lost(
    settings: Settings, sign_in, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    said = "database or disk is full" if "sqlite" in settings.database_url else "could not extend file: No space left on device"

    def full(*_given: object, **_named: object) -> None:
        raise OperationalError(said)

    account = factories.account()
    handle.close()
    client = create_app(settings, testing=True).test_client()
    sign_in(client, account)
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/account").text)
    assert found
    monkeypatch.setattr(EndedSession, "delete", full)

    answer = client.post("/sign-out", data={"csrf_token": found[1]})

    assert answer.status_code == 507
    assert "磁盘满了" in answer.text and "填写的内容还在" in answer.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_busy_database_is_said(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(models_base.SQLITE_PRAGMAS, "busy_timeout", 20)
    factories.account(username="someone")
    handle.close()
    client = create_app(settings, testing=True).test_client()
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
    assert found
    handle.close()
    other = sqlite3.connect(settings.database_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    typed = {"username": "someone", "password": factories.PASSWORD, "csrf_token": found[1]}

    busy = client.post("/sign-in", data=typed)
    other.rollback()
    other.close()

    assert busy.status_code == 503
    assert "过一会儿再试" in busy.text
    assert client.post("/sign-in", data=typed).status_code == 302


def test_control_without_the_handler_the_fault_comes_through(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outages, "install", lambda app: None)
    handle.close()
    client = create_app(settings, testing=True).test_client()
    monkeypatch.setattr(Account, "get_or_none", _down)
    with client.session_transaction() as session:
        session.update(_user_id="1:0", since=10**10, seen=10**10)

    with pytest.raises(OperationalError):
        client.get("/account")


def test_a_fault_of_our_own_is_not_called_an_outage(client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Account, "get_or_none", lambda *_: (_ for _ in ()).throw(OperationalError("no such column: x")))
    with client.session_transaction() as session:
        session.update(_user_id="1:0", since=10**10, seen=10**10)

    with pytest.raises(OperationalError, match="no such column"):
        client.get("/account")


def _down(*_given: object) -> None:
    raise OperationalError("connection refused")

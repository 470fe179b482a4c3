"""The tutorial is true: every account signs in, every bold thing can be clicked in turn, every grey line is there.

The tutorial itself is the script: sections name the account, bold is a click, a quoted line is on the page after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core import clock, demo, migrations, storage
from core.app import create_app
from core.cases import demo_date
from core.models import StoredSetting, connect, database
from core.settings import load
from tests.docs.pages import Page, Thing

ROOT = Path(__file__).parents[2]
TUTORIAL = (ROOT / "docs" / "tutorials" / "first-case.md").read_text(encoding="utf-8")
CLICKS = 25
CHOICES = ("是",)  # clicks that choose within a form; what they stand for is in FILLED

FILLED = {
    "保存，回到检查页": {"tenants": "26"},
    "同意，送市级复审": {"complete": "yes", "regular": "yes", "truthful": "yes", "opinion": "材料齐全，同意上报。"},
    "保存并去签字": {"p-S4": "3.5", "p-S5": "5", "p-P5": "5", "p-C1": "5", "p-C2": "3", "opinion": "总体良好。"},
    "前往": {"to": "2023-07-26"},
}
"""What the tutorial says to type before a button, by the names that the forms use."""


def sections() -> list[tuple[str, str]]:
    """Each part of the tutorial that somebody does: (account, text)."""
    return re.findall(r"^## \d\. .*?：`(\w+)`\n(.*?)(?=^## )", TUTORIAL, re.M | re.S)


def steps(text: str) -> Iterator[tuple[str, str, str]]:
    """("click" or "see", what, the line it stands in) in the order of the text."""
    for line in text.splitlines():
        if line.strip().startswith(">"):
            yield "see", line.strip(" >"), line
        else:
            for label in re.findall(r"\*\*(.+?)\*\*", line):
                yield "click", label, line


@pytest.fixture(scope="module")
def app(tmp_path_factory) -> Iterator[Flask]:
    """The demo as `make run` makes it."""
    folder = tmp_path_factory.mktemp("tutorial")
    settings = load({"KAOPING_INSTANCE": str(folder)})
    connect(settings.database_url)
    storage.use(settings.storage_url)
    with database.atomic():
        migrations.create()
        from core.cli.starting import import_regions

        import_regions()
        StoredSetting.create(key="demo", value="1")
        demo.load()
    database.close()
    yield create_app(settings, testing=True)
    clock.follow(None)


class Person:
    """Somebody at a browser: the page in front of them, and clicks on it."""

    def __init__(self, app: Flask, username: str) -> None:
        self.client: FlaskClient = app.test_client()
        self.username = username
        self.page = Page("")
        self.open("/sign-in")

    def open(self, address: str) -> None:
        self._take(self.client.get(address, follow_redirects=True))

    def _take(self, answer) -> None:
        assert answer.status_code == 200, (self.username, answer.request.path, answer.status_code)
        self.address, self.page = answer.request.path, Page(answer.text)

    def click(self, label: str, beside: str = "") -> None:
        thing = self.page.find(label, beside)
        if thing.kind == "a":
            self.open(thing.href.split("#")[0])
        elif thing.kind == "button":
            self._send(thing, FILLED.get(label, {}))

    def _send(self, button: Thing, typed: dict[str, str]) -> None:
        assert button.form is not None, button.text
        unknown = [name for name in typed if name != "opinion" and f'"{name}"' not in self.client_text()]
        assert not unknown, f"the form has no {unknown}"
        sent = {**button.form.values, **typed, **({button.name: button.value} if button.name else {})}
        self._take(self.client.post(button.href or button.form.action or self.address, data=sent, follow_redirects=True))

    def client_text(self) -> str:
        return self.client.get(self.address).text


def test_the_tutorial_can_be_followed_to_the_letter(app: Flask) -> None:
    with database.connection_context():
        assert demo_date.follow()  # pages live on the demo's day, as they do when it is served
    people: dict[str, Person] = {}
    accounts = {name: password for name, password, _ in demo.accounts()}
    done = 0
    for username, text in sections():
        person = people[username] = people.get(username) or Person(app, username)
        for kind, what, line in steps(text):
            if kind == "see":
                assert re.sub(r"\s+", "", what) in person.page.text, (username, what)
                continue
            done += 3 if what in CHOICES else 1
            if what == "登录":
                assert username in accounts, f"{username} is not printed on the screen"
                FILLED["登录"] = {"username": username, "password": accounts[username]}
            if what not in CHOICES:
                person.click(what, next(iter(re.findall(r"在(.+?)那一行", line)), ""))
    assert done == CLICKS, "the tutorial says how many clicks it takes"


def test_every_account_and_password_that_is_named_is_printed_on_the_screen() -> None:
    accounts = {name: password for name, password, _ in demo.accounts()}
    named = {account for account, _ in sections()}

    assert len(named) == 5
    assert named <= set(accounts)
    assert {password for password in accounts.values()} == {"yanshi-2023-demo"}
    assert "`yanshi-2023-demo`" in TUTORIAL


def test_the_number_of_clicks_is_told() -> None:
    assert "全程二十五次点击" in TUTORIAL


def test_a_label_that_is_not_there_is_noticed() -> None:
    page = Page('<main><a href="/x">办理</a><form action="/y"><button>保存</button></form></main>')

    assert page.find("办理").href == "/x"
    with pytest.raises(AssertionError, match="提交"):
        page.find("提交")

"""Signing in and out: locks, sessions that die, first passwords, and coming back to where one was."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core import clock
from core.models import Account
from core.people import accounts
from tests import factories
from tests.factories import PASSWORD


def seal_of(client: FlaskClient, address: str = "/sign-in") -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)
    assert found
    return found[1]


def try_sign_in(client: FlaskClient, username: str, password: str = PASSWORD, **more: str):
    data = {"username": username, "password": password, "csrf_token": seal_of(client), **more}
    return client.post("/sign-in", data=data)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch):
    """Let real time pass."""
    start = datetime.now(clock.UTC)
    passed = timedelta()
    monkeypatch.setattr(clock, "now", lambda: start + passed)

    def move(**by: int) -> None:
        nonlocal passed
        passed += timedelta(**by)

    return move


def test_back_to_the_page_one_came_from(client: FlaskClient) -> None:
    row = factories.account("city_reviewer")
    asked = client.get("/account?a=1")
    assert asked.status_code == 302
    assert "next=/account?a%3D1" in asked.location
    answer = try_sign_in(client, row.username, next="/account?a=1")
    assert (answer.status_code, answer.location) == (302, "/account?a=1")


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:1", "/a\n/b"],
)
def test_never_sent_to_another_site(client: FlaskClient, elsewhere: str) -> None:
    row = factories.account("city_reviewer")
    assert try_sign_in(client, row.username, next=elsewhere).location == "/desk"


def test_wrong_password_and_unknown_name_read_the_same(client: FlaskClient) -> None:
    row = factories.account()
    known = try_sign_in(client, row.username, "不对的密码不对的密码")
    unknown = try_sign_in(client, "nobody", "不对的密码不对的密码")
    assert known.status_code == unknown.status_code == 422
    strip = re.compile(r'value="[^"]*"|nonce-[\w-]+')
    assert strip.sub("", known.text) == strip.sub("", unknown.text)
    assert accounts.WRONG in known.text


@pytest.mark.parametrize("exists", [True, False])
def test_five_failures_lock_for_a_quarter_hour(client: FlaskClient, later, exists: bool) -> None:
    name = factories.account().username if exists else "nobody"
    for _ in range(4):
        assert accounts.WRONG in try_sign_in(client, name, "不对的密码不对的密码").text
    fifth = try_sign_in(client, name, "不对的密码不对的密码").text
    until = clock.shanghai(clock.now() + timedelta(minutes=15, seconds=59))
    assert f"已锁定到 {until:%H:%M}" in fifth
    assert "已锁定到" in try_sign_in(client, name).text
    later(minutes=16)
    assert try_sign_in(client, name).status_code == (302 if exists else 422)


def test_a_success_clears_the_count(client: FlaskClient) -> None:
    row = factories.account()
    for _ in range(2):
        for _ in range(4):
            try_sign_in(client, row.username, "不对的密码不对的密码")
        assert try_sign_in(client, row.username).status_code == 302
        client.post("/sign-out", data={"csrf_token": seal_of(client, "/account")})


def test_the_session_is_a_new_one_after_sign_in(client: FlaskClient) -> None:
    row = factories.account()
    before = seal_of(client)
    with client.session_transaction() as session:
        session["planted"] = "from before"
    try_sign_in(client, row.username)
    with client.session_transaction() as session:
        assert "planted" not in session
    assert seal_of(client, "/account") != before


@pytest.mark.parametrize("ending", ["sign_out", "disabled", "epoch", "password"])
def test_an_old_cookie_is_dead_at_the_next_request(app: Flask, client: FlaskClient, sign_in, ending: str) -> None:
    row = factories.account("city_reviewer")
    sign_in(client, row)
    stolen = app.test_client()
    stolen.set_cookie("kaoping", client.get_cookie("kaoping").value)
    assert stolen.get("/account").status_code == 200  # alive so far, so that its death below means something
    if ending == "sign_out":
        client.post("/sign-out", data={"csrf_token": seal_of(client, "/account")})
    elif ending == "disabled":
        accounts.set_active(row, False)
    elif ending == "epoch":
        accounts.sign_out_everywhere(row)
    else:
        accounts.change_password(row, PASSWORD, "一把崭新的钥匙和锁-77")
    assert stolen.get("/account").status_code == 302


def test_half_an_hour_idle_ends_the_session_and_leads_back(client: FlaskClient, sign_in, later) -> None:
    sign_in(client, factories.account("city_reviewer"))
    later(minutes=29)
    assert client.get("/account").status_code == 200
    later(minutes=29)
    assert client.get("/account").status_code == 200  # the look in between counted
    later(minutes=31)
    gone = client.get("/account")
    assert gone.location == "/sign-in?next=/account&expired=1"
    assert "已自动退出" in client.get(gone.location).text


def test_no_session_lives_longer_than_a_day_of_work(client: FlaskClient, sign_in, later) -> None:
    sign_in(client, factories.account("city_reviewer"))
    for _ in range(24):
        assert client.get("/account").status_code == 200
        later(minutes=29)
    later(minutes=29)
    assert client.get("/account").status_code == 302


def test_what_was_typed_survives_an_expired_session(app: Flask, client: FlaskClient, sign_in, later) -> None:
    app.config["DEMO"] = True
    row = factories.account("city_reviewer")
    sign_in(client, row)
    seal = seal_of(client, "/account")
    later(minutes=31)
    asked = client.post("/demo/date", data={"csrf_token": seal, "to": "2023-07-01<b>", "form_token": "t"})
    assert asked.status_code == 401
    assert 'name="kept:to" value="2023-07-01&lt;b&gt;"' in asked.text
    back = client.post("/sign-in", data={
        "username": row.username, "password": PASSWORD, "csrf_token": seal, "next": "/demo/date",
        "kept:to": "2023-07-01<b>", "kept:form_token": "t",
    })  # fmt: skip
    assert 'action="/demo/date"' in back.text
    assert 'name="to" value="2023-07-01&lt;b&gt;"' in back.text
    assert 'name="form_token" value="t"' in back.text


OURS = {"Origin": "http://localhost"}


def test_what_was_typed_survives_when_all_cookies_are_gone(app: Flask, client: FlaskClient, sign_in) -> None:
    app.config["DEMO"] = True
    row = factories.account("city_reviewer")
    typed = {"csrf_token": "gone", "to": "2023-07-01<b>", "form_token": "t"}
    asked = client.post("/demo/date", data=typed, headers=OURS)
    assert asked.status_code == 401 and 'name="kept:to" value="2023-07-01&lt;b&gt;"' in asked.text
    kept = {"username": row.username, "password": PASSWORD, "next": "/demo/date", "kept:to": "2023-07-01<b>", "kept:form_token": "t"}
    client.delete_cookie("kaoping")  # and gone once more before the sign-in is sent
    again = client.post("/sign-in", data={**kept, "csrf_token": "gone"}, headers=OURS)
    assert again.status_code == 400 and 'name="kept:to" value="2023-07-01&lt;b&gt;"' in again.text
    assert PASSWORD not in again.text
    seal = re.search(r'name="csrf_token" value="([^"]+)"', again.text)
    assert seal
    back = client.post("/sign-in", data={**kept, "csrf_token": seal[1]}, headers=OURS)
    assert 'action="/demo/date"' in back.text and 'name="to" value="2023-07-01&lt;b&gt;"' in back.text


def test_a_form_of_the_public_without_cookies_is_offered_again(client: FlaskClient) -> None:
    typed = {"csrf_token": "gone", "number": "YY1", "contact": "0335<i>"}
    factories.region("qinhuangdao", "秦皇岛市")
    asked = client.post("/r/qinhuangdao/receipt", data=typed, headers=OURS)
    assert asked.status_code == 400 and 'action="/r/qinhuangdao/receipt"' in asked.text
    assert 'name="contact" value="0335&lt;i&gt;"' in asked.text and "没有送出" in asked.text
    seal = re.search(r'name="csrf_token" value="([^"]+)"', asked.text)
    assert seal and client.post("/r/qinhuangdao/receipt", data={**typed, "csrf_token": seal[1]}).status_code == 404


@pytest.mark.parametrize("origin", [{}, {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": "http://localhost.evil.example"}])
def test_what_another_site_sent_is_never_offered_to_be_sent_on(client: FlaskClient, sign_in, origin: dict[str, str]) -> None:
    for person in (None, factories.account("city_reviewer")):
        if person is not None:
            sign_in(client, person)
        answer = client.post("/cases/1/urge", data={"csrf_token": "forged", "reason": "勾连"}, headers=origin)
        assert answer.status_code == 400 and "勾连" not in answer.text and "<form method" not in answer.text.split("<main")[1]


def test_a_typed_password_is_never_carried_along(client: FlaskClient, sign_in, later) -> None:
    sign_in(client, factories.account())
    seal = seal_of(client, "/account")
    later(minutes=31)
    answer = client.post(
        "/account/password", data={"csrf_token": seal, "old": PASSWORD, "password": "新的-新的-新的-1"}
    )
    assert answer.status_code == 401
    assert PASSWORD not in answer.text and "新的-新的" not in answer.text


def test_a_first_password_must_be_changed_before_anything_else(client: FlaskClient, sign_in) -> None:
    row = factories.account("city_reviewer")
    accounts.reset_password(row, "初始的-口令-交给本人")
    try_sign_in(client, row.username, "初始的-口令-交给本人")
    assert client.get("/account").location == "/account/password?next=/account"
    page = "/account/password?next=/account"
    data = {"csrf_token": seal_of(client, page), "old": "初始的-口令-交给本人", "next": "/account"}
    wrong = client.post("/account/password", data={**data, "password": "短", "again": "短"})
    assert wrong.status_code == 422 and "密码应为 10 到 128 个字符" in wrong.text
    good = {"password": "自己想的-四个-词语", "again": "自己想的-四个-词语"}
    assert client.post("/account/password", data={**data, **good}).location == "/account"
    assert client.get("/account").status_code == 200


def test_sign_out_everywhere(app: Flask, client: FlaskClient, sign_in) -> None:
    row = factories.account("city_reviewer")
    other = app.test_client()
    sign_in(client, row)
    sign_in(other, row)
    client.post("/account/sign-out-everywhere", data={"csrf_token": seal_of(client, "/account")})
    assert other.get("/account").status_code == client.get("/account").status_code == 302


def test_theme_and_large_type_work_without_scripts(client: FlaskClient) -> None:
    data = {"csrf_token": seal_of(client), "next": "/sign-in"}
    assert client.post("/look", data={**data, "theme": "dark"}).location == "/sign-in"
    client.post("/look", data={**data, "large": "1"})
    page = client.get("/sign-in").text
    assert 'data-bs-theme="dark"' in page and 'class="large"' in page
    client.post("/look", data={**data, "theme": '"><script>'})
    assert 'data-theme="auto"' in client.get("/sign-in").text


def test_the_account_page_says_who_one_is_here(client: FlaskClient, sign_in) -> None:
    row = factories.account("district_reviewer", district=factories.district())
    sign_in(client, row)
    text = client.get("/account").text
    assert "区级审核员" in text and "秦皇岛市，海港区" in text
    assert Account.get_by_id(row.id).last_sign_in_at is not None

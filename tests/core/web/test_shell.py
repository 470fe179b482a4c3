"""The frame: headers, plain error pages, refused input, the demo date, icons and words."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.app import create_app
from core.models import database as handle
from core.people.scope import Reach, Viewer
from core.settings import Settings
from core.web import nav, words
from tests import factories
from tests.core.web.test_sign_in import seal_of

CORE = Path(__file__).parents[3] / "core"


def test_headers_of_a_page(client: FlaskClient) -> None:
    first, second = client.get("/sign-in"), client.get("/sign-in")
    policy = first.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    for rule in (
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
        "form-action 'self'",
    ):
        assert rule in policy
    assert policy != second.headers["Content-Security-Policy"]  # the nonce is new each time
    assert first.headers["X-Content-Type-Options"] == "nosniff"
    assert first.headers["Referrer-Policy"] == "same-origin"
    cookie = first.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Secure" not in cookie


def test_cookies_are_secure_when_the_setting_says_so(settings: Settings) -> None:
    from dataclasses import replace

    handle.close()
    app = create_app(replace(settings, cookie_secure=True), testing=True)
    assert "Secure" in app.test_client().get("/sign-in").headers["Set-Cookie"]


def test_signed_in_pages_are_not_kept_by_the_browser(client: FlaskClient, sign_in) -> None:
    factories.region()
    assert client.get("/").headers.get("Cache-Control") != "no-store"
    sign_in(client, factories.account())
    assert client.get("/account").headers["Cache-Control"] == "no-store"
    assert client.get("/").headers["Cache-Control"] == "no-store"


def test_no_page_asks_another_host_for_anything(client: FlaskClient) -> None:
    text = client.get("/sign-in").text
    assert re.findall(r'(?:src|href)="(?!/|#)[^"]*"', text) == []
    for address in re.findall(r'(?:src|href)="(/(?:static|bootstrap)[^"#]*)', text):
        with client.get(address.replace("&amp;", "&")) as answer:
            assert answer.status_code == 200, address
            assert "max-age=31536000" in answer.headers["Cache-Control"]


def test_templates_hold_no_inline_style_or_handler() -> None:
    for template in (CORE / "templates").rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        assert not re.search(r'\sstyle="|\son(click|change|submit|load|input)=', text), template
        assert "<script>" not in text, template


@pytest.mark.parametrize("address", ["/?a=%00", "/sign-in?next=/%00", "/r/a%00b/"])
def test_nul_bytes_in_an_address_are_refused(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 400


def test_nul_bytes_in_a_form_are_refused(client: FlaskClient) -> None:
    seal = seal_of(client)
    assert client.post("/sign-in", data={"csrf_token": seal, "username": "a\0b", "password": "x"}).status_code == 400
    assert client.post("/sign-in", data={"csrf_token": seal, "a\0": "b"}).status_code == 400
    upload = {"csrf_token": seal, "file": (BytesIO(b"x"), "a\0.pdf")}
    assert client.post("/sign-in", data=upload, content_type="multipart/form-data").status_code == 400
    assert client.post("/sign-in", json={"a": "\0"}).status_code == 400


def test_too_large_a_request_gets_a_page_in_plain_words(app: Flask, client: FlaskClient) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1000
    upload = {"file": (BytesIO(b"x" * 2000), "a.pdf")}
    answer = client.post("/sign-in", data=upload, content_type="multipart/form-data")
    assert answer.status_code == 413 and "每份不超过 20 MB" in answer.text


def test_an_unexpected_fault_shows_no_trace(app: Flask, settings: Settings) -> None:
    from core.web.access import open_to_everyone

    handle.close()
    served = create_app(settings)

    @open_to_everyone
    def broken() -> str:
        raise RuntimeError("inner secret")

    served.add_url_rule("/broken", "broken", broken)
    answer = served.test_client().get("/broken")
    assert answer.status_code == 500
    assert "系统出错" in answer.text and "inner secret" not in answer.text and "Traceback" not in answer.text


def test_a_wrong_method_and_a_stale_seal_are_explained(client: FlaskClient) -> None:
    assert "打开方式不对" in client.get("/sign-out").text
    assert "页面放得太久了" in client.post("/sign-out").text


def test_every_icon_that_is_used_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (CORE / "static/icons.svg").read_text()))
    used = set()
    for template in (CORE / "templates").rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        for call in re.findall(r"\bicon\(([^(){}]*)\)", text):
            used |= set(re.findall(r'(?:^|else )"([a-z0-9-]+)"', call))
        opening = r"\(" if template.name == "chips.html" else r"chip\("  # chips, and the table of their states
        used |= set(re.findall(opening + r'"[a-z]*", "[^"]+", "([a-z0-9-]+)"\)', text))
    assert len(used) > 30
    assert used <= sprite


def test_the_stylesheet_stays_small() -> None:
    assert (CORE / "static/kaoping.css").stat().st_size < 30_000


def test_the_bar_offers_each_role_its_own_pages(app: Flask, client: FlaskClient, sign_in, monkeypatch) -> None:
    monkeypatch.setattr(nav, "_items", [])
    nav.register_nav("city_reviewer", "sign_in.account", "市级待办", lambda viewer: 120)
    nav.register_nav("finance", "sign_in.password", "奖补台账")
    sign_in(client, factories.account("city_reviewer"))
    text = client.get("/account").text
    assert "市级待办 <b>99+" in text and "奖补台账" not in text
    assert client.get("/desk").location == "/account"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (words.cn_date(date(2023, 6, 1)), "2023年6月1日"),
        (words.cn_date("2023-06-01"), "2023年6月1日"),
        (words.cn_date(None), ""),
        (words.moment(datetime(2023, 6, 5, 16, 30, tzinfo=UTC)), "2023年6月6日 00:30"),
        (words.money(50_000_000), "50万元"),
        (words.money(25_500_000), "25.5万元"),
        (words.money(1_000_001), "10,000.01元"),
        (words.money(99_900), "999.00元"),
        (words.money(None), "未定"),
        (words.yuan(50_000_000), "500,000.00"),
        (words.plain_number(Decimal("83.50")), "83.5"),
        (words.plain_number("60.00"), "60"),
        (words.plain_number(100), "100"),
        (words.grouped("1860.50"), "1,860.50"),
        (words.grouped("未填"), "未填"),
        (words.size(1_887_437), "1.8 MB"),
        (words.size(10), "1 KB"),
        (words.grade_name("excellent"), "优秀"),
        (words.role_name("finance"), "财务经办人"),
    ],
)
def test_how_values_are_written(written: str, value: str) -> None:
    assert written == value


def test_a_desk_comes_first_whichever_module_was_imported_first(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nav, "_items", list(reversed(nav._items)))
    for role, desk in (("district_reviewer", "district.desk"), ("city_reviewer", "city.desk"), ("carrier_clerk", "carrier.desk")):
        with app.test_request_context("/"):
            assert nav.desk_of(Viewer(1, "", (Reach(role, 1, 1, 1),))) == desk

"""Every route says whom it serves, and serves nobody else."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.errors import SettingError
from core.roles import ROLES
from core.web import access
from tests import factories

# A value for every kind of part of an address; nothing with these ids exists.
PARTS = {"region": "nowhere", "doc": "none", "procedure": "none", "number": "none", "section": "none", "action": "none"}


def addresses(app: Flask) -> list[tuple[str, str, str]]:
    """(endpoint, method, address) of every route, its parts filled in."""
    found = []
    for rule in app.url_map.iter_rules():
        address = re.sub(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>", _fill, rule.rule)
        found += [(rule.endpoint, method, address) for method in sorted(rule.methods - {"HEAD", "OPTIONS"})]
    return found


def _fill(part: re.Match[str]) -> str:
    return "999999" if part[1] == "int" else PARTS.get(part[2], "none")


def undeclared(app: Flask) -> list[str]:
    """The endpoints whose view says nothing about who may use it."""
    return [endpoint for endpoint in app.view_functions if access.openness_of(app, endpoint) is None]


def test_every_route_is_declared(app: Flask) -> None:
    assert undeclared(app) == []


def test_an_undeclared_route_is_found_and_refuses_to_serve(app: Flask) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "what nobody may see")
    assert undeclared(app) == ["forgotten"]
    answer = app.test_client().get("/forgotten")
    assert answer.status_code == 500
    assert "what nobody may see" not in answer.text
    assert "没有写明向谁开放" in answer.text


def test_the_public_gets_no_page_that_is_not_public(app: Flask, client: FlaskClient) -> None:
    closed = [row for row in addresses(app) if not access.openness_of(app, row[0]).public]
    assert len(closed) > 5
    for endpoint, method, address in closed:
        answer = client.open(address, method=method)
        if method == "GET":
            assert answer.status_code == 302 and answer.location.startswith("/sign-in?next="), endpoint
        else:  # without a seal nothing unsafe gets as far as the guard
            assert answer.status_code == 400, endpoint


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_only_its_own_pages(app: Flask, client: FlaskClient, sign_in, role: str) -> None:
    bound = {"district": factories.district()} if role == "district_reviewer" else {}
    if role == "carrier_clerk":
        bound = {"carrier": factories.carrier()}
    sign_in(client, factories.account(role, **bound))
    for endpoint, method, address in addresses(app):
        openness = access.openness_of(app, endpoint)
        if method == "GET" and openness.roles and role not in openness.roles:
            assert client.get(address).status_code == 404, endpoint


def test_every_unsafe_route_refuses_a_form_without_a_seal(app: Flask, client: FlaskClient, sign_in) -> None:
    sign_in(client, factories.account("city_reviewer"))
    unsafe = [row for row in addresses(app) if row[1] != "GET"]
    assert len(unsafe) > 5
    for endpoint, method, address in unsafe:
        assert client.open(address, method=method, data={"to": "2024-01-01"}).status_code == 400, endpoint


def test_a_role_that_does_not_exist_cannot_be_declared() -> None:
    with pytest.raises(SettingError, match="mayor"):
        access.open_to("mayor")

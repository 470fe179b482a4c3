"""Every page under /admin is declared and guarded, by its route and by its view, and no officer reads a case."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.admin.base import ADMINISTRATORS, Guarded, Table
from core.models import Case
from core.roles import OFFICERS, ROLES
from core.web import access
from tests import factories, world

SOLE = {"system_admin", "security_admin", "auditor", "policy_officer"}


def admin_of(app: Flask):
    return app.extensions["admin"][0]


def addresses(app: Flask) -> list[tuple[str, str, str]]:
    """(endpoint, method, address) of every route under /admin, its parts filled in."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/admin"):
            address = re.sub(
                r"<(?:int:)?\w+(?::\w+)?>", lambda part: "999999" if "int:" in part[0] else "none", rule.rule
            )
            found += [(rule.endpoint, method, address) for method in sorted(rule.methods - {"HEAD", "OPTIONS"})]
    return found


def test_every_view_is_guarded_and_declared_for_the_same_roles(app: Flask) -> None:
    views = admin_of(app)._views
    assert len(views) > 10
    for view in views:
        assert isinstance(view, Guarded) and view.roles and set(view.roles) <= set(ADMINISTRATORS), view
        for rule in app.url_map.iter_rules():
            if rule.endpoint.rpartition(".")[0] == view.endpoint:
                openness = access.openness_of(app, rule.endpoint)
                assert openness is not None and not openness.public
                assert openness.roles == set(view.roles), rule.endpoint


def test_every_route_under_admin_belongs_to_a_guarded_view(app: Flask) -> None:
    endpoints = {view.endpoint for view in admin_of(app)._views}
    routes = addresses(app)
    assert len(routes) > 40
    assert {endpoint.rpartition(".")[0] for endpoint, _, _ in routes} == endpoints


def test_a_view_opens_for_its_roles_alone_even_without_the_guard_of_routes(app: Flask) -> None:
    for view in admin_of(app)._views:
        for role in ROLES:
            with app.test_request_context():
                from flask import g

                from core.people.scope import Reach, Viewer

                g.viewer = Viewer(1, "某人", (Reach(role),))
                assert view.is_accessible() == (role in view.roles), (view.endpoint, role)


@pytest.mark.parametrize("role", [role for role in ROLES])
def test_who_is_not_meant_gets_no_page_at_all(app: Flask, client: FlaskClient, sign_in, role: str) -> None:
    bound = {"district": factories.district()} if role == "district_reviewer" else {}
    if role == "carrier_clerk":
        bound = {"carrier": factories.carrier()}
    sign_in(client, factories.account(role, **bound))
    opened = 0
    for endpoint, method, address in addresses(app):
        openness = access.openness_of(app, endpoint)
        if method == "GET" and role not in openness.roles:
            assert client.get(address).status_code == 404, endpoint
        opened += role in openness.roles
    assert bool(opened) == (role in ADMINISTRATORS)


def test_nothing_that_matters_for_the_audit_can_be_deleted(app: Flask) -> None:
    deletable = {view.endpoint for view in admin_of(app)._views if isinstance(view, Table) and view.can_delete}
    assert deletable == {"admin_days"}
    assert not any(view.can_export for view in admin_of(app)._views if isinstance(view, Table))


@pytest.mark.parametrize("role", OFFICERS)
def test_no_officer_reads_a_case(client: FlaskClient, sign_in, role: str, tmp_path) -> None:
    made = world.build(1, 3, tmp_path / "files")
    world.submit(made, made.cases[0])
    sign_in(client, factories.account(role))
    case = Case.get_by_id(made.cases[0].id)
    attachment = case.attachments.get()
    for address in (f"/cases/{case.id}", f"/files/{attachment.id}", f"/carrier/cases/{case.id}"):
        assert client.get(address).status_code == 404, address


def test_a_list_that_flask_admin_would_edit_in_place_stays_closed(client: FlaskClient, sign_in, seal) -> None:
    sign_in(client, factories.account("system_admin"))
    for address in ("/admin/accounts/details/?id=1", "/admin/accounts/export/csv/", "/admin/accounts/edit/?id=1"):
        assert client.get(address).status_code == 404, address
    for address in ("/admin/accounts/delete/", "/admin/accounts/action/", "/admin/accounts/ajax/update/"):
        assert client.post(address, data={"csrf_token": seal(), "id": "1"}).status_code == 404, address

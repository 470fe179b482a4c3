"""Every route asked by a third party about a case that is not before its panel: nothing opens, nothing is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from core.cases.action import new_token
from core.models import Case, PanelMember, ScoreSheet
from core.people import scope
from core.web.access import openness_of
from tests import graded as g
from tests.conftest import SignIn

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SECRET = "机密平台"


@pytest.fixture
def place(app: Flask, tmp_path: Path) -> g.Place:
    """A third party runs the panel: one case stands before it, the other, secret one has gone on to determination."""
    made = g.build(tmp_path, run_by="third_party", notice=False)
    secret = made.carriers[1]
    type(secret).update(name=SECRET).where(type(secret).id == secret.id).execute()
    g.to_determination(made, made.cases[1])
    g.to_panel(made, made.cases[0])
    return made


def _requests(app: Flask, place: g.Place) -> list[tuple[str, str]]:
    secret = place.cases[1]
    ids: dict[str, Any] = {
        "case": secret.id,
        "case_id": secret.id,
        "carrier_id": secret.carrier_id,
        "round_id": place.round.id,
        "sheet_id": ScoreSheet.get(ScoreSheet.case == secret).id,
        "member_id": PanelMember.get(PanelMember.account == place.experts[0]).id,
        "section": "services",
        "number": 1,
    }
    found = []
    for rule in app.url_map.iter_rules():
        openness = openness_of(app, rule.endpoint)
        if rule.endpoint.startswith("sign_in.") or openness is None or openness.public:
            continue
        if rule.rule.startswith("/admin") or set(rule.arguments) - set(ids):
            continue
        address = app.url_map.bind("localhost").build(rule.endpoint, {k: ids[k] for k in rule.arguments})
        found += [(method, address) for method in sorted((rule.methods or set()) & {"GET", "POST"})]
    return found


def leaks(app: Flask, place: g.Place, sign_in: SignIn) -> list[str]:
    """Addresses that tell the secret carrier's name, or open something of its case."""
    client, found = app.test_client(), []
    sign_in(client, place.third_party)
    app.config["WTF_CSRF_ENABLED"] = False  # a refusal must come from scope, not from a missing seal
    app.testing = False
    for method, address in _requests(app, place):
        form = {"form_token": new_token(), "stage_version": "1", "reason": "原因", "opinion": "意见"}
        answer = client.open(address, method=method, data=form if method == "POST" else None)
        of_case = f"/cases/{place.cases[1].id}" in address or "/sheets/" in address
        if SECRET in answer.text or (of_case and answer.status_code != 404):
            found.append(f"{method} {address}: {answer.status_code}")
    return found


def test_nothing_of_a_case_that_left_the_panel_reaches_a_third_party(
    app: Flask, place: g.Place, sign_in: SignIn
) -> None:
    assert len(_requests(app, place)) > 100
    assert leaks(app, place, sign_in) == []
    assert g.fresh(place.cases[1]).stage == "determination"


def test_without_the_rule_the_walk_finds_leaks(
    app: Flask, place: g.Place, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def within(_: Any, reach: scope.Reach, case: Case) -> bool:
        return reach.region == case.region_id  # as if the region alone were enough

    monkeypatch.setattr(scope, "_reaches", within)
    found = leaks(app, place, sign_in)
    assert any("/third-party/cases/" in fault and "panel" in fault for fault in found), found

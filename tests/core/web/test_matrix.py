"""Every route × every kind of person: out of scope is 404 and says nothing, in scope it opens.

People stand for the scopes: own and other carrier, own and other district, own and other city, expert who may
score, is recused, or sits on no panel, finance, policy officer, the three officers, and nobody. The routes come
from the application itself, so a new one is tested without being named here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from core import clock
from core.cases import meetings, objecting, panels
from core.cases.action import new_token
from core.models import (
    Account,
    Attachment,
    Award,
    Case,
    District,
    NoticeEntry,
    PanelMember,
    PublicNotice,
    ScoreSheet,
    SiteVisit,
)
from core.people import scope
from core.web.access import openness_of
from tests import factories
from tests import world as w

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SECRET = "机密众创空间"  # the carrier that everything is asked about
IN_SCOPE_CASE = {"clerk", "district", "city", "expert"}
IN_SCOPE_CITY = {"city"}
IN_SCOPE: dict[str, set[str]] = {
    "case": IN_SCOPE_CASE,
    "case_id": IN_SCOPE_CASE,
    "attachment": IN_SCOPE_CASE,
    "round_id": {"city", "district", "expert", "expert_recused"},
    "notice_id": IN_SCOPE_CITY,
    "objection_id": IN_SCOPE_CITY,
    "sheet_id": IN_SCOPE_CITY,
    "member_id": IN_SCOPE_CITY,
    "award_id": {"finance"},
    "meeting_id": IN_SCOPE_CITY,
    "carrier_id": {"clerk", "district", "city"},
}
"""Who may reach the thing behind a parameter; a route's roles narrow it further."""


@dataclass
class Scene:
    """A world at work, everybody in it, and the id of one thing of each kind."""

    people: dict[str, Account | None]
    ids: dict[str, Any]


@pytest.fixture
def scene(database: str) -> Scene:
    world = w.build(carriers=3, experts=4)
    target, noticed, closed = world.cases
    for row in (target, noticed, closed):
        row.carrier.name = f"{SECRET}{row.id}"
        row.carrier.save()
    w.to_panel(world, target)
    w.pledge(world)
    recused = world.experts[3]
    panels.recuse(w.viewer(recused), target.id, "曾任导师", new_token())
    for expert in world.experts[:3]:
        w.score(world, target, expert)
    w.to_closed(world, closed)
    notice = w.to_notice(world, noticed)
    entry = NoticeEntry.get(NoticeEntry.case == noticed)
    objecting.object_to(
        entry.id, kind="person", name="某人", contact="电话", sealed=False, text="数字有误，请核实", token=new_token()
    )
    return Scene(_people(world, recused), _ids(world, target, notice))


def _people(world: w.World, recused: Account) -> dict[str, Account | None]:
    other = factories.region("elsewhere", "外市")
    return {
        "nobody": None,
        "clerk": world.clerks[0],
        "other_clerk": factories.account("carrier_clerk", carrier=factories.carrier(factories.district(world.region))),
        "district": world.district_reviewer,
        "other_district": world.other_district_reviewer,
        # those of the own district and city know the carrier, not its case in a round: test_centre.py
        "other_district_centre": factories.account("district_centre", district=_other_district(world)),
        "other_city_centre": factories.account("city_centre", region=other),
        "city": world.city_reviewer,
        "other_city": factories.account("city_reviewer", region=other),
        # the city runs this round's panel: a third party finds nothing of it (test_third_party.py)
        "third_party": factories.account("third_party", region=world.region),
        "expert": world.experts[0],
        "expert_recused": recused,
        "expert_unassigned": factories.account("expert", region=world.region),
        "finance": world.finance,
        "other_finance": factories.account("finance", region=other),
        "policy_officer": world.policy_officer,
        "other_policy_officer": factories.account("policy_officer", region=other),
        "system_admin": factories.account("system_admin"),
        "security_admin": factories.account("security_admin"),
        "auditor": factories.account("auditor"),
    }


def _other_district(world: w.World) -> District:
    own = world.carriers[0].district
    return District.get((District.region == world.region) & (District.id != own.id))


def _ids(world: w.World, target: Case, notice: PublicNotice) -> dict[str, Any]:
    from core.models import Objection, ObjectionFile

    visit = SiteVisit.create(
        case=target, stage="district_review", answers={}, recorded_at=notice.published_at
    )
    return {
        "case": target.id,
        "case_id": target.id,
        "carrier_id": target.carrier_id,
        "attachment": Attachment.get(Attachment.case == target).id,
        "round_id": world.round.id,
        "notice_id": notice.id,
        "objection_id": Objection.get().id,
        "file_id": ObjectionFile.create(
            objection=Objection.get(), filename="公章.pdf", content_type="application/pdf", size=1, digest="0" * 64
        ).id,
        "sheet_id": ScoreSheet.get(ScoreSheet.case == target).id,
        "member_id": PanelMember.get(PanelMember.account == world.experts[0]).id,
        "award_id": Award.get().id,
        "visit": visit.id,
        "meeting_id": _meeting(world, target),
        "section": "foundation",
        "action": "forward",
        "field": "photos",
        "number": 1,
    }


def _meeting(world: w.World, case: Case) -> int:
    """A training that the carrier everything is asked about came to."""
    entry = meetings.MeetingEntry("training", "填报培训", clock.today(), attendance={case.carrier_id: 2})
    number: int = meetings.record_meeting(w.viewer(world.city_reviewer), world.region, entry, new_token())["meeting"]
    return number


def requests_of(app: Flask, ids: dict[str, Any]) -> list[tuple[Rule, str, str]]:
    """Every route that is not public as (rule, method, address)."""
    found = []
    for rule in app.url_map.iter_rules():
        openness = openness_of(app, rule.endpoint)
        assert openness is not None, f"{rule.endpoint} declares nobody"
        if openness.public or rule.rule.startswith("/admin") or set(rule.arguments) - set(ids):
            continue
        with app.test_request_context():
            address = app.url_map.bind("localhost").build(rule.endpoint, {k: ids[k] for k in rule.arguments})
        found += [(rule, method, address) for method in sorted((rule.methods or set()) & {"GET", "POST"})]
    return found


def reaches(app: Flask, rule: Rule, who: str, roles: frozenset[str]) -> bool:
    """Whether the table above lets this person through to the things of this route."""
    openness = openness_of(app, rule.endpoint)
    assert openness is not None
    if openness.roles and not openness.roles & roles:
        return False
    if rule.endpoint.startswith("carrier.") and "case" in rule.arguments:
        return who == "clerk"  # open to every role that fills something; this case is filled by its carrier
    return all(who in IN_SCOPE[name] for name in rule.arguments if name in IN_SCOPE)


def leaks(app: Flask, scene: Scene, sign_in: Any) -> list[str]:
    """Everything that opened, or told the carrier's name, to somebody out of scope."""
    app.testing = False  # a page that fails answers 500, and the walk goes on
    found = []
    for who, account in scene.people.items():
        client = app.test_client()
        if account is not None:
            sign_in(client, account)
        app.config["WTF_CSRF_ENABLED"] = False  # a refusal must come from scope, not from a missing seal
        roles = w.viewer(account).roles if account else frozenset[str]()
        for rule, method, address in requests_of(app, scene.ids):
            fault = _fault(app, client, rule, method, address, who, roles, scene)
            found += [f"{who} {method} {address}: {fault}"] if fault else []
        app.config["WTF_CSRF_ENABLED"] = True
    return found


def _fault(
    app: Flask, client: Any, rule: Rule, method: str, address: str, who: str, roles: frozenset[str], scene: Scene
) -> str:
    if rule.endpoint.startswith("sign_in.") or (who in IN_SCOPE_CASE | {"finance"} and reaches(app, rule, who, roles)):
        return ""
    if method == "POST" and reaches(app, rule, who, roles):
        return ""
    # a whole form, so that nothing but scope can refuse it
    form = {"form_token": new_token(), "version": "1", "stage_version": "1", "reason": "原因", "text": "理由写明"}
    answer = client.open(address, method=method, data=form if method == "POST" else None)
    if f"{SECRET}{scene.ids['case']}" in answer.text:
        return "names the carrier"
    denied = answer.status_code in ((302, 401) if who == "nobody" else (404,))
    if rule.arguments and not denied and not reaches(app, rule, who, roles):
        return str(answer.status_code)
    return ""


def test_nobody_out_of_scope_reaches_or_reads_anything(app: Flask, scene: Scene, sign_in: Any) -> None:
    assert leaks(app, scene, sign_in) == []


def test_without_the_scope_rules_the_matrix_finds_leaks(
    app: Flask, scene: Scene, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scope, "_case_condition", lambda viewer, reach: Case.id > 0)
    assert leaks(app, scene, sign_in)


def test_in_scope_every_page_opens(app: Flask, scene: Scene, sign_in: Any) -> None:
    broken = []
    for who, account in scene.people.items():
        if account is None:
            continue
        client = app.test_client()
        sign_in(client, account)
        roles = w.viewer(account).roles
        for rule, method, address in requests_of(app, scene.ids):
            if method != "GET" or not reaches(app, rule, who, roles):
                continue
            answer = client.get(address)
            if answer.status_code >= 500 or (answer.status_code == 404 and not _may_be_absent(rule, who)):
                broken.append(f"{who} GET {address} → {answer.status_code}")
    assert broken == []


def _may_be_absent(rule: Rule, who: str) -> bool:
    """Pages that depend on more than who asks: a photo never taken, a stage that is over, a report nobody writes."""
    ends = ("/receipt", "/absent", "/report.docx")
    return "visit" in rule.arguments or who == "expert_recused" or rule.rule.endswith(ends)


def test_officers_read_no_case(app: Flask, scene: Scene, sign_in: Any) -> None:
    for who in ("system_admin", "security_admin", "auditor"):
        client = app.test_client()
        sign_in(client, scene.people[who])
        assert client.get(f"/cases/{scene.ids['case']}").status_code == 404
        assert client.get(f"/files/{scene.ids['attachment']}").status_code == 404


"""The case page of a review that several people sign: who has, when and how; who is asked; what the carrier sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from core.cases import acting, definitions
from core.cases.action import new_token
from core.models import Account
from core.workflow.definition import Signing, Workflow
from tests import factories
from tests import world as w

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> w.World:
    """The district's review asks for everybody; one of two has signed."""
    real = definitions.workflow_in

    def changed(policy: object, procedure: str) -> Workflow:
        workflow = real(policy, procedure)  # type: ignore[arg-type]
        rule = Signing("all", basis="practice")
        stages = tuple(replace(s, signing=rule) if s.key == "district_review" else s for s in workflow.stages)
        return replace(workflow, stages=stages, by_key={s.key: s for s in stages})

    monkeypatch.setattr(definitions, "workflow_in", changed)
    return w.build(carriers=1, folder=tmp_path)


@pytest.fixture
def colleague(world: w.World) -> Account:
    person = factories.account("district_reviewer", district=world.carriers[0].district, display_name="第二审核员")
    w.submit(world, world.cases[0])
    case = w.fresh(world.cases[0])
    decision = acting.Decision(opinion=w.opinion_for(case))
    given = (case.id, "forward", decision, case.stage_version, new_token())
    acting.act(w.viewer(world.district_reviewer), *given)
    return person


def shown(client: FlaskClient, sign_in: Callable[..., None], world: w.World, person: Account) -> str:
    sign_in(client, person)
    return client.get(f"/cases/{world.cases[0].id}").text


def test_who_signed_sees_so_and_has_no_way_on(
    client: FlaskClient, sign_in: Callable[..., None], world: w.World, colleague: Account
) -> None:
    page = shown(client, sign_in, world, world.district_reviewer)
    assert "您已签署" in page
    assert "还等第二审核员签署" in page
    assert "同意，送市级复审</button>" not in page
    assert "退回补正" in page


def test_who_is_asked_sees_who_signed_with_day_and_opinion(
    client: FlaskClient, sign_in: Callable[..., None], world: w.World, colleague: Account
) -> None:
    page = shown(client, sign_in, world, colleague)
    part = page[page.index('id="signatures"') :]
    assert world.district_reviewer.display_name in part
    assert "2023年6月1日" in part
    assert "演示内容，均为虚构。" in part, "the opinion's own words"
    assert "同意，送市级复审</button>" in page
    assert "您已签署" not in page
    assert "转办" not in page


def test_the_carrier_reads_no_names(
    client: FlaskClient, sign_in: Callable[..., None], world: w.World, colleague: Account
) -> None:
    page = shown(client, sign_in, world, world.clerks[0])
    assert "签署情况" not in page
    assert "一人签署" not in page


def test_signing_on_the_page_says_whom_it_waits_for(
    client: FlaskClient, sign_in: Callable[..., None], world: w.World, colleague: Account
) -> None:
    third = factories.account("district_reviewer", district=world.carriers[0].district, display_name="第三审核员")
    sign_in(client, colleague)
    case = w.fresh(world.cases[0])
    decision = acting.Decision(opinion=w.opinion_for(case))
    told = acting.act(w.viewer(colleague), case.id, "forward", decision, case.stage_version, new_token())
    assert told["message"] == f"已签署。还等{third.display_name}签署。"
    assert "区级审核员一人签署同意" in client.get(f"/cases/{case.id}").text

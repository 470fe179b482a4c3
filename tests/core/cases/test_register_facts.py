"""The register's own facts: what is typed, what is stored, what is said; kinds that the policy names; titles by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from core import clock
from core.cases import register_facts, registering
from core.cases.action import new_token
from core.cases.importing import import_region
from core.errors import OutOfScope, Refused
from core.models import AdminEvent, Carrier, CarrierMark, District
from core.policy.facts import read_facts
from tests import factories
from tests import world as w

FACTS = read_facts([
    {"key": "area", "name": "场地面积", "type": "number", "unit": "平方米"},
    {"key": "own", "name": "自有场地", "type": "yes_no"},
    {"key": "filed_on", "name": "备案日", "type": "date"},
    {"key": "rank", "name": "级别", "type": "choice", "allowed": ["city", "national"]},
])  # fmt: skip


def test_typed_texts_become_what_the_register_stores() -> None:
    read = register_facts.read_typed(FACTS, {"area": "1,200.50", "own": "有", "filed_on": "2019/5/6", "rank": "国家级"})
    assert read == {"area": "1200.5", "own": True, "filed_on": "2019-05-06", "rank": "national"}
    assert register_facts.typed_day("2019年5月6日") == date(2019, 5, 6)
    assert register_facts.typed_day("2019-13-01") is register_facts.typed_day("昨天") is None
    assert register_facts.read_typed(FACTS, {"area": "", "own": None}) == {}
    with pytest.raises(Refused) as refusal:
        register_facts.read_typed(FACTS, {"area": "很大", "own": "也许", "filed_on": "昨天", "rank": "县级"})
    assert set(refusal.value.fields) == {"area", "own", "filed_on", "rank"}


def test_stored_facts_are_said_in_words() -> None:
    said = {"area": "1200.5 平方米", "own": "否", "filed_on": "2019年5月6日", "rank": "国家级"}
    stored = {"area": "1200.5", "own": False, "filed_on": "2019-05-06", "rank": "national"}
    assert {key: register_facts.in_words(FACTS[key], value) for key, value in stored.items()} == said
    assert register_facts.in_words(FACTS["own"], None) == "没有登记"


@pytest.mark.usefixtures("database")
def test_kinds_are_those_the_policy_names_also_after_it_has_ended() -> None:
    region = import_region(w.pack())
    assert register_facts.kinds_of(region) == {"makerspace": "众创空间"}
    policy = register_facts.governing(region)
    assert policy is not None and policy.document is not None
    end = policy.document.in_force_to or date(2099, 1, 1)
    with clock.policy_date(end + timedelta(days=400)):
        assert register_facts.governing(region) is not None or policy.document.in_force_to is None
    bare = factories.region("bare", "无策市")
    assert register_facts.governing(bare) is None and len(register_facts.kinds_of(bare)) > 5


@pytest.mark.usefixtures("database")
def test_a_carrier_is_entered_with_facts_and_a_kind_of_the_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    region = import_region(w.pack())
    monkeypatch.setattr(registering, "declared", lambda region: FACTS)
    person = w.viewer(factories.account("policy_officer", region=region))
    owner = factories.organisation(region)
    values: dict[str, Any] = {"name": "甲", "kind": "makerspace", "level": "city", "organisation": owner.id,
                              "title_status": "applicant", "enrolled_on": date(2023, 1, 2),
                              "facts": {"area": "12", "own": "是"}}  # fmt: skip
    number = registering.save_carrier(person, None, region.id, values, new_token())["id"]
    row = Carrier.get_by_id(number)
    assert (row.facts, row.title_status, row.enrolled_on) == ({"area": "12", "own": True}, "applicant", date(2023, 1, 2))
    registering.save_carrier(person, number, region.id, {**values, "facts": {"own": ""}}, new_token())
    assert Carrier.get_by_id(number).facts == {"area": "12"}  # what the form did not hold stays
    for wrong in ({"kind": "incubator"}, {"kind": ""}, {"facts": {"area": "x"}}, {"title_status": "exited"},
                  {"recognised_on": date(2020, 1, 1)}):  # fmt: skip
        with pytest.raises(Refused) as refusal:
            registering.save_carrier(person, None, region.id, {**values, "name": "乙", **wrong}, new_token())
        assert set(refusal.value.fields) <= {"kind", "fact_area", "title_status", "recognised_on"}


@pytest.mark.usefixtures("database")
def test_a_title_changed_by_hand_leaves_a_mark_with_its_day() -> None:
    carrier = factories.carrier()
    person = w.viewer(factories.account("policy_officer", region=carrier.region))
    registering.change_title(person, carrier.id, "exited", date(2022, 12, 31), "第九条", "文件某号", new_token())
    row, mark = Carrier.get_by_id(carrier.id), CarrierMark.get()
    assert (row.title_status, row.title_ended_on) == ("exited", date(2022, 12, 31))
    assert (mark.kind, mark.effective_on, mark.set_on, mark.clause) == (
        "title_exited", date(2022, 12, 31), clock.today(), "第九条",
    )  # fmt: skip
    assert "2022-12-31" in AdminEvent.select().order_by(AdminEvent.id.desc()).get().body
    registering.change_title(person, carrier.id, "held", clock.today(), "第十条", "复核", new_token())
    assert Carrier.get_by_id(carrier.id).title_ended_on is None and CarrierMark.select().count() == 2
    tomorrow = clock.today() + timedelta(days=1)
    for status, day, clause, reason in (
        ("held", clock.today(), "条", "因"), ("exited", tomorrow, "条", "因"), ("exited", None, "条", "因"),
        ("nothing", clock.today(), "条", "因"), ("exited", clock.today(), " ", "因"), ("exited", clock.today(), "条", ""),
    ):  # fmt: skip
        with pytest.raises(Refused):
            registering.change_title(person, carrier.id, status, day, clause, reason, new_token())
    stranger = w.viewer(factories.account("policy_officer", region=factories.region("elsewhere", "别处")))
    with pytest.raises(OutOfScope):
        registering.change_title(stranger, carrier.id, "exited", clock.today(), "条", "因", new_token())


@pytest.mark.usefixtures("database")
def test_a_district_keeps_its_service_centre() -> None:
    region = factories.region()
    person = w.viewer(factories.account("policy_officer", region=region))
    values = {"key": "xinqu", "name": "新区", "authority": "新区科技局", "centre": " 新区创业服务中心 "}
    made = registering.save_district(person, None, region.id, values, new_token())
    assert District.get_by_id(made["id"]).centre == "新区创业服务中心"

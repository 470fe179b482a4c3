"""The auditor's pages: the chains, the first bad row, an export that no spreadsheet runs."""

from __future__ import annotations

import csv
import io

import pytest
from flask.testing import FlaskClient

from core.cases import admin_events, audit_checks, events
from core.cases.action import new_token
from core.errors import OutOfScope
from core.jobs import outbox
from core.jobs.handlers import HANDLERS
from core.models import AdminEvent, AuditCheck, Case, CaseEvent
from core.people.scope import viewer_of
from core.web.spreadsheet import safe_cell
from tests import factories, world


@pytest.fixture
def auditor(client: FlaskClient, sign_in):
    row = factories.account("auditor")
    sign_in(client, row)
    return viewer_of(row)


def post(client: FlaskClient, seal, address: str):
    return client.post(address, data={"csrf_token": seal(), "form_token": new_token()})


def test_chains_are_shown_without_what_cases_say(client: FlaskClient, auditor, tmp_path) -> None:
    made = world.build(1, 3, tmp_path / "files")
    world.submit(made, made.cases[0])
    world.return_case(made, made.cases[0], {"area_m2": "与租赁合同不一致的机密理由"})
    page = client.get("/admin/chains/").text
    assert "退回" in page and made.cases[0].number in page
    assert "机密" not in page and "area_m2" not in page
    assert "开启批次" in client.get("/admin/audit/").text
    assert "开启批次" not in client.get("/admin/audit/?kind=plan_saved").text.split("<tbody>")[1]
    assert client.get("/admin/chains/?number=none").status_code == 200


def test_checking_says_that_all_holds_or_names_the_first_bad_row(client, auditor, seal, tmp_path) -> None:
    made = world.build(1, 3, tmp_path / "files")
    world.submit(made, made.cases[0])
    post(client, seal, "/admin/audit/verify")
    assert "全部完好" in client.get("/admin/audit/").text
    event = CaseEvent.select().order_by(CaseEvent.id.desc()).get()
    CaseEvent.update(body=event.body.replace('"to"', '"ot"')).where(CaseEvent.id == event.id).execute()
    post(client, seal, "/admin/audit/verify")
    assert f"{made.cases[0].number} 第 {event.sequence} 条" in client.get("/admin/audit/").text
    AdminEvent.update(body="{}").where(AdminEvent.sequence == 2).execute()


def test_a_changed_administrative_row_is_named(client: FlaskClient, auditor, seal) -> None:
    for number in range(3):
        admin_events.record(auditor, "grant_given", {"grant": number})
    row = AdminEvent.get(AdminEvent.sequence == 2)
    AdminEvent.update(body=row.body.replace('"grant":1', '"grant":9')).where(AdminEvent.id == row.id).execute()
    post(client, seal, "/admin/audit/verify")
    assert "管理事项第 2 条与链不符" in client.get("/admin/audit/").text


def test_many_chains_are_checked_in_steps_with_progress_and_every_bad_one_is_named(
    client: FlaskClient, auditor, seal, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = world.build(3, 3, tmp_path / "files")
    monkeypatch.setattr(audit_checks, "AT_ONCE", 1)
    bad = CaseEvent.get(CaseEvent.case == made.cases[1])
    CaseEvent.update(body=bad.body.replace('"to"', '"ot"')).where(CaseEvent.id == bad.id).execute()
    Case.update(head_sequence=9).where(Case.id == made.cases[2].id).execute()
    post(client, seal, "/admin/audit/verify")
    page = client.get("/admin/audit/").text
    assert "正在核对" in page and "已核 0 条链，共 4 条" in page and "<progress" in page and "停止" in page
    again = client.post("/admin/audit/verify", data={"csrf_token": seal(), "form_token": new_token()}, follow_redirects=True)
    assert "请等它办完" in again.text and AuditCheck.select().count() == 1
    check = AuditCheck.get()
    assert audit_checks.step(check.id, 2, 1) and AuditCheck.get().admin_sequence == 1  # a piece of the administrative chain
    while AuditCheck.get().admin_sequence is not None:
        assert audit_checks.step(check.id, 2)
    assert audit_checks.step(check.id, 2) and AuditCheck.get().done == 3
    outbox.drain(HANDLERS)
    page = client.get("/admin/audit/").text
    assert "4 条链里有 2 条不符" in page and f"{made.cases[1].number} 第 1 条" in page and made.cases[2].number in page
    assert AdminEvent.select().where(AdminEvent.kind == "audit_verified").count() == 1
    assert admin_events.first_fault() is None


def test_a_check_can_be_stopped(client: FlaskClient, auditor, seal, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    world.build(1, 3, tmp_path / "files")
    monkeypatch.setattr(audit_checks, "AT_ONCE", 1)
    post(client, seal, "/admin/audit/verify")
    client.post("/admin/audit/stop", data={"csrf_token": seal(), "form_token": new_token(), "check": AuditCheck.get().id})
    assert not audit_checks.step(AuditCheck.get().id)
    assert "核对停止，核了 0 条链" in client.get("/admin/audit/").text


def test_an_action_between_reading_a_case_and_its_events_is_no_fault(
    database: str, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = world.build(1, 3, tmp_path / "files")
    stale = Case.get_by_id(made.cases[0].id)
    world.submit(made, made.cases[0])
    assert events.verify(stale) is not None  # the control: its row was read before somebody acted
    assert audit_checks._fault_of(stale) == ""


def test_only_the_auditor_checks(database: str) -> None:
    for role in ("system_admin", "security_admin"):
        with pytest.raises(OutOfScope):
            audit_checks.start(viewer_of(factories.account(role)), new_token())


def test_the_export_opens_in_a_spreadsheet_and_runs_nothing(client: FlaskClient, auditor, seal) -> None:
    formula = '=HYPERLINK("http://x","点我")'
    evil = factories.account("system_admin", display_name=formula)
    admin_events.record(viewer_of(evil), "region_created", {"name": "+1+1"})
    answer = post(client, seal, "/admin/audit/export")
    assert answer.data.startswith(b"\xef\xbb\xbf") and "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[0][:3] == ["序号", "时间", "事项"]
    assert any(cell == f"'{formula}" for row in rows for cell in row)
    assert not any(cell[:1] in "=+-@" for row in rows[1:] for cell in row if cell)
    assert AdminEvent.select().where(AdminEvent.kind == "audit_exported").count() == 1


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", "＝1"])
def test_what_could_begin_a_formula_gets_an_apostrophe(text: str) -> None:
    assert safe_cell(text) == f"'{text}"
    assert safe_cell("张三") == "张三"


def test_the_export_of_cases_holds_no_written_words(client: FlaskClient, auditor, seal, tmp_path) -> None:
    made = world.build(1, 3, tmp_path / "files")
    world.submit(made, made.cases[0])
    world.return_case(made, made.cases[0], {"area_m2": "机密理由"})
    text = post(client, seal, "/admin/chains/export").data.decode("utf-8-sig")
    assert made.cases[0].number in text and "机密" not in text

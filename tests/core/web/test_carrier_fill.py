"""Filling a section without scripts, autosave, two tabs, evidence, reasons of a return, last year's answers."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask.testing import FlaskClient

from core import clock
from core.models import Attachment, Draft, EvaluationRound, database
from tests import world as w
from tests.conftest import SignIn
from tests.core.web.carrier_pages import posted, send

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def world(app: Any, settings: Any) -> w.World:
    return w.build(carriers=2, folder=f"{settings.instance}/files")


@pytest.fixture
def clerk(world: w.World, client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    sign_in(client, world.clerks[0])
    return client


def address(world: w.World, rest: str = "fill/foundation") -> str:
    return f"/carrier/cases/{world.cases[0].id}/{rest}"


def draft(world: w.World) -> Draft:
    return Draft.get(Draft.case == world.cases[0])


def test_the_list_of_sections_shows_how_far_each_is(world: w.World, clerk: FlaskClient) -> None:
    page = clerk.get(address(world, "fill/")).text
    assert "要填的 6 节" in page and page.count("未开始") == 6 and "还没有填写" in page
    send(clerk, address(world), service_staff="6")
    page = clerk.get(address(world, "fill/")).text
    assert "填了一部分" in page and "已保存" in page and page.count("未开始") == 5


def test_saving_goes_on_to_the_next_section(world: w.World, clerk: FlaskClient) -> None:
    answer = send(clerk, address(world), service_staff="6", page__go="next")
    assert answer.status_code == 302 and answer.location.endswith("/fill/incubation")
    assert str(draft(world).answers["service_staff"]) == "6"
    assert send(clerk, address(world), page__go="to:basics").location.endswith("/fill/basics")
    assert send(clerk, address(world), page__go="check").location.endswith("/check")


def test_a_fault_is_named_at_the_top_and_at_the_field_and_nothing_typed_is_lost(
    world: w.World, clerk: FlaskClient
) -> None:
    answer = send(clerk, address(world), area_m2="一千", service_staff="6", page__go="next")
    assert answer.status_code == 422
    assert "<title>错误：" in answer.text and "这一节有 1 处要改" in answer.text
    assert 'href="#f-area_m2"' in answer.text and 'value="一千"' in answer.text
    assert 'id="f-area_m2-error"' in answer.text
    assert str(draft(world).answers["service_staff"]) == "6"
    assert "有要改的地方" in clerk.get(address(world, "fill/basics")).text
    assert answer.text.count('aria-current="step"') == 2  # the list of sections, wide and on phones


def test_leaving_by_the_other_buttons_is_not_stopped_by_a_fault(world: w.World, clerk: FlaskClient) -> None:
    answer = send(clerk, address(world), area_m2="一千", page__go="to:basics")
    assert answer.status_code == 302 and draft(world).raw["area_m2"] == "一千"


def test_unread_text_of_one_section_outlives_saving_another(world: w.World, clerk: FlaskClient) -> None:
    send(clerk, address(world), area_m2="一千")
    send(clerk, address(world, "fill/basics"), tenants="20")
    assert draft(world).raw == {"area_m2": "一千"}


def test_rows_are_added_and_taken_out_without_scripts(world: w.World, clerk: FlaskClient) -> None:
    answer = send(clerk, address(world), service_staff_list__0__name="甲", add_row="service_staff_list")
    assert answer.status_code == 302 and answer.location.endswith("#f-service_staff_list")
    page = clerk.get(address(world)).text
    assert 'name="service_staff_list__1__name"' in page
    send(clerk, address(world), page, service_staff_list__1__name="乙", remove_row="service_staff_list.0")
    assert [row["name"] for row in draft(world).answers["service_staff_list"]] == ["乙"]


def test_two_tabs_are_shown_both_texts_and_the_choice_counts(world: w.World, clerk: FlaskClient) -> None:
    first = clerk.get(address(world)).text
    second = clerk.get(address(world)).text
    send(clerk, address(world), first, area_m2="1900")
    answer = send(clerk, address(world), second, area_m2="1800", service_staff="7", page__go="next")
    assert answer.status_code == 409
    assert "1,900 平方米" in answer.text and "1,800 平方米" in answer.text and "错误：" in answer.text
    assert str(draft(world).answers["area_m2"]) == "1900" and str(draft(world).answers["service_staff"]) == "7"
    again = send(clerk, address(world), answer.text)  # saved without choosing: nothing is decided for them
    assert again.status_code == 409 and str(draft(world).answers["area_m2"]) == "1900"
    assert posted(again.text)["area_m2"] == "1,800"
    assert send(clerk, address(world), again.text, choose__area_m2="typed").status_code == 302
    assert str(draft(world).answers["area_m2"]) == "1800"


def test_the_other_tabs_text_may_be_chosen(world: w.World, clerk: FlaskClient) -> None:
    page = clerk.get(address(world)).text
    send(clerk, address(world), page, area_m2="1900")
    answer = send(clerk, address(world), page, area_m2="1800")
    assert send(clerk, address(world), answer.text, choose__area_m2="kept").status_code == 302
    assert str(draft(world).answers["area_m2"]) == "1900"


def test_a_tab_does_not_undo_what_another_changed_where_it_changed_nothing(world: w.World, clerk: FlaskClient) -> None:
    send(clerk, address(world), area_m2="1000")
    old = clerk.get(address(world)).text
    send(clerk, address(world), area_m2="2000")
    answer = send(clerk, address(world), old, service_staff="8")
    assert answer.status_code == 302
    assert [str(draft(world).answers[k]) for k in ("area_m2", "service_staff")] == ["2000", "8"]


def test_autosave_answers_with_the_time_and_what_became_of_the_figures(world: w.World, clerk: FlaskClient) -> None:
    send(clerk, address(world, "fill/basics"), tenants="20")
    page = posted(clerk.get(address(world)).text)
    news = clerk.post(address(world) + "/autosave", data={**page, "service_staff": "6"}).json
    assert (
        news is not None and "30%" in news["html"] and news["saved"] == clock.shanghai(clock.now()).strftime("%H:%M")
    )
    assert str(draft(world).answers["service_staff"]) == "6"
    later = {**page, "page__seen": news["seen"], "page__revision": news["revision"], "service_staff": "7"}
    assert clerk.post(address(world) + "/autosave", data=later).json["conflicts"] == ""  # type: ignore[index]


def test_autosave_hands_over_what_the_other_tab_saved(world: w.World, clerk: FlaskClient) -> None:
    page = posted(clerk.get(address(world)).text)
    send(clerk, address(world), area_m2="1900")
    news = clerk.post(address(world) + "/autosave", data={**page, "service_staff": "6"}).json
    assert news is not None and news["refresh"] == ["area_m2"] and 'value="1,900"' in news["html"]
    news = clerk.post(address(world) + "/autosave", data={**page, "area_m2": "5"}).json
    assert (
        news is not None
        and "另一个窗口刚保存过" in news["conflicts"]
        and str(draft(world).answers["area_m2"]) == "1900"
    )


def test_a_session_that_ran_out_brings_back_what_was_typed(world: w.World, clerk: FlaskClient) -> None:
    page = clerk.get(address(world)).text
    with clerk.session_transaction() as session:
        session["seen"] = 0
    answer = send(clerk, address(world), page, service_staff="41")
    assert answer.status_code == 401 and 'name="kept:service_staff" value="41"' in answer.text


def pdf(name: str, more: bytes = b"") -> tuple[io.BytesIO, str]:
    return io.BytesIO(w.PDF + more), name


def test_evidence_comes_with_the_page_and_faults_stand_at_its_field(world: w.World, clerk: FlaskClient) -> None:
    files = {"files__evidence_f1": [pdf("合同.pdf", b"1"), pdf("房产证.pdf", b"2"), (io.BytesIO(b"x"), "坏.pdf")]}
    answer = send(clerk, address(world), service_staff="6", **files)
    assert answer.status_code == 422
    assert "合同.pdf" in answer.text and "房产证.pdf" in answer.text
    assert 'id="f-evidence_f1-error"' in answer.text and "的内容不是 pdf 文件" in answer.text
    assert str(draft(world).answers["service_staff"]) == "6"


def test_evidence_is_removed_once_however_often_it_is_pressed(world: w.World, clerk: FlaskClient) -> None:
    send(clerk, address(world), files__evidence_f1=[pdf("合同.pdf")])
    page = clerk.get(address(world)).text
    number = Attachment.get(Attachment.filename == "合同.pdf").id
    for _ in range(2):
        answer = send(clerk, address(world), page, remove_file=str(number), service_staff="6")
        assert answer.status_code == 302 and answer.location.endswith("#f-evidence_f1")
    assert "合同.pdf" not in clerk.get(address(world)).text.split('id="fill"')[1]


def test_one_file_at_a_time_with_progress(world: w.World, clerk: FlaskClient) -> None:
    token = posted(clerk.get(address(world)).text)["csrf_token"]
    data = {"csrf_token": token, "files__evidence_f1": pdf("合同.pdf")}
    news = clerk.post(address(world) + "/files", data=data).json
    assert news is not None and "合同.pdf" in news["html"]
    bad = clerk.post(
        address(world) + "/files", data={"csrf_token": token, "files__evidence_f1": (io.BytesIO(b""), "空.pdf")}
    )
    assert bad.status_code == 422 and "空文件" in bad.json["message"]  # type: ignore[index]


def test_the_reasons_of_a_return_stand_at_their_fields_until_mended(world: w.World, clerk: FlaskClient) -> None:
    w.submit(world, world.cases[0])
    w.return_case(world, world.cases[0], {"area_m2": "与租赁合同不一致", "evidence_f3": "证书不清楚"})
    page = clerk.get(address(world)).text
    assert "退回原因：" in page and "与租赁合同不一致" in page and "已改</span>" not in page
    assert "还有 2 处没有改" in clerk.get(address(world, "fill/")).text
    assert "有要补正的地方" in clerk.get(address(world, "fill/")).text
    send(clerk, address(world), area_m2="1860")
    page = clerk.get(address(world)).text
    assert page.count("已改</span>") == 1 and "还有 1 处没有改" in clerk.get("/carrier/").text
    send(clerk, address(world), files__evidence_f3=[pdf("新证书.pdf", b"new")])
    assert "要补正的都已改过" in clerk.get(address(world, "fill/")).text


def test_known_answers_are_carried_over_on_request_only_into_blanks(world: w.World, clerk: FlaskClient) -> None:
    last_year(world)
    page = clerk.get(address(world, "fill/foundation")).text
    assert "上年 20 平方米" in page and draft(world).answers == {}
    send(clerk, address(world), area_m2="1860")
    token = posted(clerk.get(address(world)).text)["csrf_token"]
    answer = clerk.post(address(world, "fill/carry-over"), data={"csrf_token": token}, follow_redirects=True)
    assert "请逐项核对" in answer.text
    answers = draft(world).answers
    assert str(answers["area_m2"]) == "1860" and str(answers["service_staff"]) == "6"
    assert answers["operator_name"] == world.carriers[0].organisation.name
    assert "truth_pledge" not in answers  # promised anew every year


def last_year(world: w.World) -> None:
    """Make the open round last year's, submit in it, and open this year's for the same carriers."""
    w.submit(world, world.cases[0])
    EvaluationRound.update(year=2022, title="2022 年度众创空间绩效评价").where(
        EvaluationRound.id == world.round.id
    ).execute()
    w._open(world)


def test_after_submitting_filling_leads_to_the_case(world: w.World, clerk: FlaskClient) -> None:
    page = clerk.get(address(world)).text
    w.submit(world, world.cases[0])
    for rest in ("fill/", "fill/foundation", "check"):
        assert clerk.get(address(world, rest)).location == f"/cases/{world.cases[0].id}"
    answer = send(clerk, address(world), page, area_m2="1")
    assert answer.status_code == 422 and "已经提交" in answer.text
    assert clerk.post(address(world) + "/autosave", data=posted(page)).json["message"].startswith("这件事已经提交")  # type: ignore[index]


def test_another_carriers_case_does_not_exist(world: w.World, clerk: FlaskClient) -> None:
    other = world.cases[1].id
    token = posted(clerk.get(address(world)).text)["csrf_token"]
    for rest in ("fill/", "fill/foundation", "check", "receipt"):
        assert clerk.get(f"/carrier/cases/{other}/{rest}").status_code == 404
    for rest in ("fill/foundation", "fill/foundation/autosave", "fill/foundation/files", "fill/carry-over", "check"):
        assert clerk.post(f"/carrier/cases/{other}/{rest}", data={"csrf_token": token}).status_code == 404, rest
    assert clerk.get(address(world, "fill/no_such_section")).status_code == 404


def test_a_page_of_filling_takes_the_same_number_of_statements_whatever_is_filled(
    world: w.World, clerk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def count() -> int:
        seen: list[str] = []
        real = type(database.obj).execute_sql
        with monkeypatch.context() as patch:
            patch.setattr(
                type(database.obj), "execute_sql", lambda self, sql, *a: (seen.append(sql), real(self, sql, *a))[1]
            )
            clerk.get(address(world))
        return len([sql for sql in seen if sql.startswith("SELECT")])

    before = count()
    w.fill(world, world.cases[0])
    assert count() == before

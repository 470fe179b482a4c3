"""The portal shows what was published and nothing else, and takes objections from anybody."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core import clock, storage
from core.cases import noticing, objection_files
from core.cases.action import new_token
from core.models import CaseEvent, EvaluationRound, NoticeEntry, Objection, ObjectionFile, PublicNotice, Result
from core.policy.calendar import WorkingCalendar
from core.web.portal.clauses import article_order
from core.web.portal.strip import make_strip
from tests import factories
from tests import world as worlds
from tests.conftest import SignIn
from tests.core.web.test_sign_in import seal_of
from tests.world import World

HOME = "/r/qinhuangdao"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
SAID = {
    "kind": "person", "name": "李真名", "contact": "0335-3001122", "text": "签约中介机构少计一个，附协议一份。",
}  # fmt: skip


@pytest.fixture
def world(app: Flask, tmp_path: Path) -> World:
    """Three carriers, one open round, cases in the carriers' hands."""
    return worlds.build(folder=tmp_path / "files")


def public_pages(client: FlaskClient) -> dict[str, str]:
    """Everything the public can reach by following links from the first page, forms not sent."""
    found: dict[str, str] = {}
    waiting = ["/"]
    while waiting:
        address = waiting.pop()
        if address in found:
            continue
        answer = client.get(address)
        found[address] = answer.text if answer.status_code == 200 else ""
        links = re.findall(r'href="(/[^"#?]*)', found[address])
        waiting += [link for link in links if not link.startswith(("/static", "/bootstrap"))]
    return found


def publish(world: World, *grades: str) -> PublicNotice:
    """A notice of the world's first cases, written straight into the tables, opened today."""
    notice = PublicNotice.create(
        round=world.round, title="2023年度评价结果公示", opened_on=clock.today(), working_days=5, basis="practice",
        last_day=noticing.notice_last_day(world.round, clock.today()), published_at=clock.now(), contact="高新技术科",
    )  # fmt: skip
    for case, grade in zip(world.cases, grades, strict=False):
        result = Result.create(
            case=case, version=Result.select().where(Result.case == case).count() + 1, total="71.23", grade=grade, facts={"participated": grade != "absent"},
            determined_at=clock.now(), determined_on=clock.today(),
        )  # fmt: skip
        NoticeEntry.create(notice=notice, case=case, result=result)
    return notice


def test_before_publication_nothing_of_an_evaluation_is_public(client: FlaskClient, world: World) -> None:
    for number, case in enumerate(world.cases):
        worlds.to_determination(world, case, number)
    worlds.determine(world, world.cases[0], false_materials=True)
    result = Result.get(Result.case == world.cases[0])
    assert result.grade == "unqualified"  # there is something that could leak
    leaks = [c.name for c in world.carriers] + [c.organisation.name for c in world.carriers]
    leaks += [c.number for c in world.cases] + [e.display_name for e in world.experts]
    leaks += [a.display_name for a in world.clerks] + ["专家组意见", "总体良好", result.total]
    pages = public_pages(client)
    assert len(pages) > 6
    for address, text in pages.items():
        for leak in leaks:
            assert not leak or leak not in text, (address, leak)


def test_the_same_names_are_public_once_noticed(client: FlaskClient, world: World) -> None:
    # the control of the test above: its way of looking does find names that are there
    publish(world, "excellent")
    assert any(world.carriers[0].name in text for text in public_pages(client).values())
    assert not any(world.carriers[1].name in text for text in public_pages(client).values())


def test_a_notice_tells_grades_but_no_scores(client: FlaskClient, world: World) -> None:
    notice = publish(world, "good", "excellent", "absent")
    text = client.get(f"{HOME}/notices/{notice.id}").text
    assert text.index("优秀</span>") < text.index(world.carriers[1].name) < text.index("良好</span>")
    assert text.index(world.carriers[0].name) < text.index("未参加评价</span>") < text.index(world.carriers[2].name)
    assert "71.23" not in text
    assert "85 分及以上" in text and "秦科高〔2023〕3号" in text


def test_the_standing_of_a_notice_day_by_day(client: FlaskClient, world: World) -> None:
    with clock.policy_date(date(2023, 9, 22)):
        notice = publish(world, "good")
    assert notice.last_day == date(2023, 10, 7)
    expected = {
        date(2023, 9, 22): "今天发布", date(2023, 9, 25): "还剩 5 个工作日", date(2023, 9, 26): "还剩 4 个工作日",
        date(2023, 10, 1): "还剩 1 个工作日", date(2023, 10, 7): "还剩 1 个工作日", date(2023, 10, 8): "公示期已满",
    }  # fmt: skip
    for day, words in expected.items():
        with clock.policy_date(day):
            assert words in client.get(f"{HOME}/notices/{notice.id}").text, day
    with clock.policy_date(date(2023, 9, 21)):  # not yet published on that day
        assert client.get(f"{HOME}/notices/{notice.id}").status_code == 404


def test_the_strip_explains_the_last_day() -> None:
    strip = make_strip(WorkingCalendar(), date(2023, 9, 22), date(2023, 10, 7), False, date(2023, 9, 26))
    words = [(d.date.day, d.word) for d in strip.days if d.date]
    assert [word for word in words if word[1].startswith("第")] == [
        (25, "第1日"),
        (27, "第3日"),
        (28, "第4日"),
        (7, "第5日"),
    ]
    assert (23, "休") in words and (29, "放假") in words and (1, "放假") in words and (22, "发布") in words
    said = "".join(strip.reasons)
    assert "9月29日至10月6日放假" in said and "10月7日（星期六）调休上班，为第 5 个工作日" in said


def test_a_strip_that_counts_its_opening_day() -> None:
    strip = make_strip(WorkingCalendar(), date(2023, 6, 5), date(2023, 6, 9), True, date(2023, 6, 5))
    assert [d.word for d in strip.days if d.date] == ["今天", "第2日", "第3日", "第4日", "第5日"]


def file_objection(client: FlaskClient, notice: PublicNotice, entry: NoticeEntry, token: str = "", **said: object):
    page = f"{HOME}/notices/{notice.id}/object/{entry.id}"
    data = {**SAID, "form_token": token or new_token(), "csrf_token": seal_of(client, page), **said}
    return client.post(page, data=data)


def test_an_objection_without_an_account(app: Flask, client: FlaskClient, world: World) -> None:
    notice = publish(world, "good", "excellent")
    entry = NoticeEntry.get(NoticeEntry.case == world.cases[0])
    token = new_token()
    first = file_objection(client, notice, entry, token)
    again = file_objection(client, notice, entry, token)
    assert first.status_code == again.status_code == 302
    assert first.location == again.location
    assert Objection.select().count() == 1
    receipt = client.get(first.location).text
    assert "已收到您的异议" in receipt and "李真名" in receipt
    assert "异议核实中" in client.get(f"{HOME}/notices/{notice.id}").text
    stranger = app.test_client()
    assert stranger.get(first.location).status_code == 404
    for text in public_pages(stranger).values():
        assert "李真名" not in text and "0335-3001122" not in text and "少计一个" not in text


def test_looking_up_an_objection_needs_number_and_contact(app: Flask, client: FlaskClient, world: World) -> None:
    notice = publish(world, "good")
    file_objection(client, notice, NoticeEntry.get())
    number = Objection.get().receipt
    stranger = app.test_client()
    for given in ({"number": number, "contact": "0335"}, {"number": "YY0", "contact": SAID["contact"]}):
        answer = stranger.post(f"{HOME}/receipt", data={**given, "csrf_token": seal_of(stranger, f"{HOME}/receipt")})
        assert answer.status_code == 404 and "没有找到" in answer.text
    own = {"number": number, "contact": " 0335-300 1122 ", "csrf_token": seal_of(stranger, f"{HOME}/receipt")}
    answer = stranger.post(f"{HOME}/receipt", data=own)
    assert "少计一个" in stranger.get(answer.location).text


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"name": " "}, "请写姓名或单位名称"),
        ({"contact": ""}, "请留电话、邮箱或地址"),
        ({"text": "短"}, "请写 5 到 4000 个字"),
        ({"kind": ""}, "请选个人或单位"),
        ({"kind": "organisation"}, "单位提出异议要加盖公章"),
    ],
)
def test_a_faulty_objection_says_what_to_mend(client: FlaskClient, world: World, said: dict, fault: str) -> None:
    notice = publish(world, "good")
    answer = file_objection(client, notice, NoticeEntry.get(), token="kept-token", **said)
    assert answer.status_code == 422
    assert fault in answer.text and "<title>错误：" in answer.text
    assert 'value="kept-token"' in answer.text  # the form that is mended is still the same form
    assert Objection.select().count() == 0


def test_an_organisation_with_its_seal_may_object(client: FlaskClient, world: World) -> None:
    notice = publish(world, "good")
    answer = file_objection(client, notice, NoticeEntry.get(), kind="organisation", sealed="y")
    assert answer.status_code == 302
    assert Objection.get().admissible


def scan(name: str = "李真名盖章.pdf", content: bytes = worlds.PDF) -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def test_what_comes_with_an_objection_is_for_the_city_alone(
    app: Flask, client: FlaskClient, world: World, sign_in: SignIn, tmp_path: Path
) -> None:
    storage.use(f"file://{tmp_path / 'kept'}")
    notice, case = publish(world, "good"), world.cases[0]
    answer = file_objection(client, notice, NoticeEntry.get(), files=[scan(), scan("照片.png", PNG)])
    objection, rows = Objection.get(), list(ObjectionFile.select())
    assert "李真名盖章.pdf、照片.png" in client.get(answer.location).text
    assert rows[0].digest in CaseEvent.get((CaseEvent.case == case) & (CaseEvent.kind == "objected")).body
    city, district = app.test_client(), app.test_client()
    sign_in(city, factories.account("city_reviewer", region=world.region))
    sign_in(district, factories.account("district_reviewer", district=case.district))
    file = f"/city/objections/{objection.id}/files/{rows[0].id}"
    assert file in city.get(f"/city/objections/{objection.id}").text
    assert (city.get(file).data, city.get(file).mimetype) == (worlds.PDF, "application/pdf")
    for other in (district, client):
        assert other.get(file).status_code in (302, 404)
    assert "李真名" not in "".join(public_pages(app.test_client()).values())
    archive = zipfile.ZipFile(io.BytesIO(city.get(f"/cases/{case.id}/archive.zip").data))
    assert archive.read(f"公示/1_异议材料/{objection.receipt}_1.pdf") == worlds.PDF
    assert "李真名" not in "".join(archive.namelist()) + archive.read("公示/1.json").decode()
    theirs = zipfile.ZipFile(io.BytesIO(district.get(f"/cases/{case.id}/archive.zip").data))
    assert not [name for name in theirs.namelist() if "异议" in name]


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ([("页面.html", b"<script>")], "这里不收html 文件"),
        ([("假的.pdf", b"MZ no pdf")], "内容不是 pdf 文件"),
        ([("空.pdf", b"")], "空文件"),
        ([(f"{n}.pdf", worlds.PDF) for n in range(4)], "最多附 3 份文件"),
    ],
)
def test_a_file_that_is_not_taken_is_told_and_nothing_is_filed(
    client: FlaskClient, world: World, files: list, fault: str, tmp_path: Path
) -> None:
    storage.use(f"file://{tmp_path / 'kept'}")
    notice = publish(world, "good")
    answer = file_objection(client, notice, NoticeEntry.get(), token="kept-token", files=[scan(*one) for one in files])
    assert answer.status_code == 422 and fault in answer.text and 'href="#files"' in answer.text
    assert SAID["text"] in answer.text and "请重新选择" in answer.text
    assert not Objection.select().exists() and not ObjectionFile.select().exists()


def test_files_of_objections_cannot_fill_the_disk(
    client: FlaskClient, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.use(f"file://{tmp_path / 'kept'}")
    notice = publish(world, "good")
    file_objection(client, notice, NoticeEntry.get(), files=[scan()])
    monkeypatch.setattr(objection_files, "MOST_MB_A_NOTICE", 0)
    answer = file_objection(client, notice, NoticeEntry.get(), files=[scan()])
    assert answer.status_code == 422 and "已经很多" in answer.text
    assert file_objection(client, notice, NoticeEntry.get()).status_code == 302


def test_after_the_last_day_objections_are_not_admitted(client: FlaskClient, world: World) -> None:
    notice = publish(world, "good")
    entry = NoticeEntry.get()
    page = f"{HOME}/notices/{notice.id}/object/{entry.id}"
    with clock.policy_date(notice.last_day):
        assert "提交异议" in client.get(page).text
    with clock.policy_date(notice.last_day + timedelta(days=1)):
        assert "提交异议" not in client.get(page).text
        answer = file_objection(client, notice, entry)
        assert "不予受理" in client.get(answer.location).text
    assert NoticeEntry.get().status == "open"


def test_an_entry_of_another_notice_is_not_reached(client: FlaskClient, world: World) -> None:
    publish(world, "good")
    other = publish(world, "good")
    entry = NoticeEntry.select().order_by(NoticeEntry.id).first()
    assert entry.notice_id != other.id
    assert client.get(f"{HOME}/notices/{other.id}/object/{entry.id}").status_code == 404


def test_the_archive_holds_only_what_is_final(client: FlaskClient, world: World) -> None:
    notice = publish(world, "excellent", "good", "qualified")
    frozen, final, waiting = NoticeEntry.select().order_by(NoticeEntry.id)
    NoticeEntry.update(status="frozen").where(NoticeEntry.id == frozen.id).execute()
    NoticeEntry.update(status="final").where(NoticeEntry.id == final.id).execute()
    assert world.carriers[1].name not in client.get(f"{HOME}/results").text  # the notice still runs
    PublicNotice.update(status="closed").where(PublicNotice.id == notice.id).execute()
    text = client.get(f"{HOME}/results").text
    assert world.carriers[1].name in text
    assert world.carriers[0].name not in text and world.carriers[2].name not in text
    assert waiting.status == "open"


def test_the_guide_shows_dates_but_nothing_else_of_the_plan(client: FlaskClient, world: World) -> None:
    plan = {**world.round.plan, "experts": "某专家名单", "schedule": "内部安排"}
    EvaluationRound.update(plan=plan).where(EvaluationRound.id == world.round.id).execute()
    text = client.get(f"{HOME}/guide/makerspace_evaluation").text
    assert "2023年6月30日" in text and "认定或备案满一年" in text
    assert "众创空间场地面积" in text and "租赁合同" in text and "县区归口管理部门审核" in text
    assert "某专家名单" not in text and "内部安排" not in text


def test_the_clause_page_has_a_place_for_every_chip(client: FlaskClient, world: World) -> None:
    pages = {**public_pages(client), f"{HOME}/clauses/2023": client.get(f"{HOME}/clauses/2023").text}
    chips = {m for text in pages.values() for m in re.findall(rf'href="({HOME}/clauses/[^"]+#[^"]+)"', text)}
    assert len(chips) > 10
    for chip in chips:
        address, _, place = chip.partition("#")
        assert f'id="{place}"' in pages.get(address, client.get(address).text), chip


def test_clauses_stand_in_the_order_of_the_document() -> None:
    names = ["附件", "第二十一条", "第九条", "第十条", "第十七条", "第二十条"]
    assert sorted(names, key=article_order) == ["第九条", "第十条", "第十七条", "第二十条", "第二十一条", "附件"]


@pytest.mark.parametrize(
    "address", ["/r/nowhere/", f"{HOME}/notices/999", f"{HOME}/guide/none", f"{HOME}/clauses/1999"]
)
def test_what_does_not_exist_is_a_plain_404(client: FlaskClient, world: World, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404 and "没有这个页面" in answer.text

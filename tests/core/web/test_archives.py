"""Archives: what is in them for whom, that nothing leaks, that unchanged cases give the same bytes, that taking is told."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import Any

import pytest
from flask.testing import FlaskClient

from core import storage
from core.cases import determining
from core.models import AdminEvent, Attachment, Case, ScoreSheet
from core.web import case_score
from tests import factories
from tests import world as w

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def world(database: str, tmp_path) -> w.World:
    return w.build(carriers=3, experts=3, folder=tmp_path / "files")


def taken(client: FlaskClient, address: str) -> zipfile.ZipFile:
    answer = client.get(address)
    assert answer.status_code == 200 and answer.mimetype == "application/zip", answer.status_code
    return zipfile.ZipFile(io.BytesIO(answer.data))


def text_of(archive: zipfile.ZipFile) -> str:
    return "".join(archive.read(name).decode(errors="ignore") for name in archive.namelist())


def clients(app: Any, sign_in: Any, **people: Any) -> dict[str, FlaskClient]:
    found = {}
    for name, account in people.items():
        found[name] = app.test_client()
        sign_in(found[name], account)
    return found


def everybody(world: w.World) -> dict[str, Any]:
    return {
        "city": world.city_reviewer,
        "district": world.district_reviewer,
        "clerk": world.clerks[0],
    }


def test_the_manifest_tells_the_digest_of_every_file(app: Any, world: w.World, sign_in: Any) -> None:
    case = world.cases[0]
    w.to_closed(world, case)
    archive = taken(clients(app, sign_in, city=world.city_reviewer)["city"], f"/cases/{case.id}/archive.zip")
    manifest = json.loads(archive.read("manifest.json"))
    assert manifest["number"] == case.number
    assert [one["path"] for one in manifest["files"]] == archive.namelist()[:-1]
    for one in manifest["files"]:
        content = archive.read(one["path"])
        assert (one["size"], one["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    folders = {name.split("/")[0] for name in archive.namelist()}
    assert {"办件.json", "填报", "佐证材料", "审核意见", "评价表", "结果", "公示", "事件.json"} <= folders
    attached = Attachment.select().where(Attachment.case == case).first()
    assert any(name.endswith(f"/{attached.id}_{attached.filename}") for name in archive.namelist())
    page = archive.read("填报/第1版.html").decode()
    assert 'href="../佐证材料/' in page and "/archive-root/" not in page and "<svg" not in page


def test_an_unchanged_case_gives_the_same_bytes(app: Any, world: w.World, sign_in: Any) -> None:
    case = world.cases[0]
    w.submit(world, case)
    city = clients(app, sign_in, city=world.city_reviewer)["city"]
    first, second = (city.get(f"/cases/{case.id}/archive.zip").data for _ in range(2))
    assert first == second and len(first) > 1000
    w.forward(world, case)
    assert city.get(f"/cases/{case.id}/archive.zip").data != first


def test_taking_an_archive_is_told_in_the_chain_of_administration(app: Any, world: w.World, sign_in: Any) -> None:
    case = world.cases[0]
    w.submit(world, case)
    head = w.fresh(case).head_sequence
    taken(clients(app, sign_in, city=world.city_reviewer)["city"], f"/cases/{case.id}/archive.zip")
    told = AdminEvent.select().where(AdminEvent.kind == "archive_taken").get()
    assert told.actor_id == world.city_reviewer.id and case.number in told.body
    assert w.fresh(case).head_sequence == head


def test_before_publication_nothing_of_the_result_leaves_the_city(app: Any, world: w.World, sign_in: Any) -> None:
    case = world.cases[0]
    w.to_determination(world, case)
    w.determine(world, case)
    who = clients(app, sign_in, **everybody(world))
    result = determining.latest_result(case)
    assert result is not None
    assert f"结果/第{result.version}版.json" in taken(who["city"], f"/cases/{case.id}/archive.zip").namelist()
    for name in ("district", "clerk"):
        archive = taken(who[name], f"/cases/{case.id}/archive.zip")
        folders = {path.split("/")[0] for path in archive.namelist()}
        assert not folders & {"结果", "评价表", "公示", "奖补"}, name
        assert "determined" not in text_of(archive) and result.total not in text_of(archive), name


def test_without_the_rule_of_the_page_the_result_would_leave(
    app: Any, world: w.World, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = world.cases[0]
    w.to_determination(world, case)
    w.determine(world, case)
    shown = case_score.Shown(determining.latest_result(case), [], [])  # type: ignore[arg-type]
    monkeypatch.setattr(case_score, "result_for", lambda case, side: shown)
    clerk = clients(app, sign_in, clerk=world.clerks[0])["clerk"]
    assert "结果/第1版.json" in taken(clerk, f"/cases/{case.id}/archive.zip").namelist()


def test_sheets_stay_with_the_city_and_opinions_with_the_authorities(app: Any, world: w.World, sign_in: Any) -> None:
    case = world.cases[0]
    w.to_closed(world, case)
    ScoreSheet.update(opinion="专家私下的话").where(ScoreSheet.case == case).execute()
    who = clients(app, sign_in, **everybody(world))
    found = {name: taken(client, f"/cases/{case.id}/archive.zip") for name, client in who.items()}
    told = {name: {path.split("/")[0] for path in archive.namelist()} for name, archive in found.items()}
    assert "评价表" in told["city"] and "审核意见" in told["district"] and "结果" in told["clerk"]
    assert not {"评价表", "奖补"} & (told["district"] | told["clerk"])
    assert "审核意见" not in told["clerk"] and "实地考察" not in told["clerk"]
    assert "专家私下的话" in text_of(found["city"])
    for name in ("district", "clerk"):
        assert "专家私下的话" not in text_of(found[name])
        events = json.loads(found[name].read("事件.json"))
        assert events and all("body" not in event and event["text"] for event in events)


def test_out_of_scope_and_experts_get_none(app: Any, world: w.World, sign_in: Any) -> None:
    case = world.cases[0]
    w.to_panel(world, case)
    w.pledge(world)
    people = {
        "expert": world.experts[0],
        "other": world.clerks[1],
        "far": world.other_district_reviewer,
        "auditor": factories.account("auditor"),
        "centre": factories.account("city_centre", region=world.region),  # not in rounds
    }
    for name, client in clients(app, sign_in, **people).items():
        assert client.get(f"/cases/{case.id}/archive.zip").status_code == 404, name
    both = world.experts[0]
    factories.grant(both, "city_centre", region=factories.region("elsewhere", "外市"))
    assert clients(app, sign_in, both=both)["both"].get(f"/cases/{case.id}/archive.zip").status_code == 404


def test_the_archive_of_a_carrier_holds_its_closed_cases(app: Any, world: w.World, sign_in: Any) -> None:
    case, running = world.cases[0], world.cases[1]
    w.to_closed(world, case)
    who = clients(app, sign_in, city=world.city_reviewer, clerk=world.clerks[0])
    for client in who.values():
        archive = taken(client, f"/register/{case.carrier_id}/archive.zip")
        assert "登记.json" in archive.namelist() and f"{case.number}/填报/第1版.json" in archive.namelist()
        page = archive.read(f"{case.number}/填报/第1版.html").decode()
        assert 'href="../佐证材料/' in page
    empty = taken(who["city"], f"/register/{running.carrier_id}/archive.zip")
    assert empty.namelist() == ["登记.json", "manifest.json"]


def test_a_file_that_is_gone_does_not_spoil_the_rest(app: Any, world: w.World, sign_in: Any) -> None:
    case = world.cases[0]
    w.submit(world, case)
    Attachment.update(digest="0" * 64).where(Attachment.case == case).execute()
    with pytest.raises(FileNotFoundError):
        storage.open_file("0" * 64)
    archive = taken(clients(app, sign_in, city=world.city_reviewer)["city"], f"/cases/{case.id}/archive.zip")
    gone = next(name for name in archive.namelist() if name.startswith("佐证材料/"))
    assert archive.read(gone).decode() == "这份文件在存放处找不到了。"


def test_a_visit_comes_with_its_photos(app: Any, world: w.World, sign_in: Any) -> None:
    case: Case = world.cases[0]
    w.submit(world, case)
    kept = storage.current().put(io.BytesIO(w.PDF), 10**6)
    from core.models import SiteVisit

    SiteVisit.create(
        case=case, stage="district_review", recorded_at=case.created_at,
        answers={"photos": [{"name": "现场.pdf", "size": kept.size, "digest": kept.digest}]},
    )  # fmt: skip
    archive = taken(clients(app, sign_in, district=world.district_reviewer)["district"], f"/cases/{case.id}/archive.zip")
    assert archive.read("实地考察/1_photos/1_现场.pdf") == w.PDF

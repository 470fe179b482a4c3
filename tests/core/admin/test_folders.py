"""A region out as a ZIP file and in again in the browser: shown first, checked twice, nobody else's region."""

from __future__ import annotations

import base64
import io
import re
import zipfile

import pytest

from core.admin import uploads
from core.cases.action import new_token
from core.cases.exporting import region_files, zipped
from core.cases.importing import import_region
from core.errors import Refused
from core.models import DefinitionVersion, Region
from core.policy import pack_archive
from core.policy.pack import load_region
from core.policy.pack_archive import unpacked
from tests import factories, world


@pytest.fixture
def region(database) -> Region:
    return import_region(load_region(world.PACK))


def _look(client, seal, data: bytes):
    given = {"csrf_token": seal(), "file": (io.BytesIO(data), "q.zip")}
    return client.post("/admin/folders/compare", data=given, content_type="multipart/form-data")


def _changed(region: Region) -> bytes:
    files = region_files(region)
    files["policy/2023/grades.toml"] = files["policy/2023/grades.toml"].replace("85", "86")
    return zipped(files, region.key)


def test_what_is_taken_out_is_the_whole_region(client, sign_in, region):
    sign_in(client, factories.account("policy_officer", region=region))
    answer = client.get("/admin/folders/qinhuangdao.zip")
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert {"qinhuangdao/region.toml", "qinhuangdao/policy/2023/indicators.toml"} <= set(archive.namelist())
    assert client.get("/admin/folders/lhasa.zip").status_code == 404


def test_the_difference_is_shown_first_and_taken_in_as_a_draft(client, sign_in, seal, region):
    sign_in(client, factories.account("policy_officer", region=region))
    page = _look(client, seal, _changed(region)).get_data(as_text=True)
    assert ("1 份规定不同" in page, "86" in page) == (True, True)
    assert not DefinitionVersion.select().where(DefinitionVersion.status == "draft").exists()
    kept = re.search(r'name="kept" value="([^"]+)"', page)[1]
    given = {"csrf_token": seal(), "form_token": new_token(), "kept": kept}
    for _ in range(2):  # a second click is the same one
        assert client.post("/admin/folders/bring-in", data=given).status_code == 302
    drafts = DefinitionVersion.select().where(DefinitionVersion.status == "draft")
    assert [(row.kind, row.version) for row in drafts] == [("grades", "2023.1")]


def test_a_folder_with_a_fault_names_file_and_key(client, sign_in, seal, region):
    sign_in(client, factories.account("policy_officer", region=region))
    files = region_files(region)
    files["policy/2023/grades.toml"] = files["policy/2023/grades.toml"].replace("at_least = 85", 'at_least = "x"')
    answer = _look(client, seal, zipped(files, region.key))
    page = answer.get_data(as_text=True)
    assert (answer.status_code, "policy/2023/grades.toml" in page, 'name="kept"' in page) == (422, True, False)


def test_another_region_is_not_for_this_officer(client, sign_in, seal, region):
    sign_in(client, factories.account("policy_officer", region=factories.region(key="elsewhere")))
    page = _look(client, seal, _changed(region)).get_data(as_text=True)
    assert "不由您管理" in page
    given = {"csrf_token": seal(), "form_token": new_token(), "kept": base64.b64encode(_changed(region)).decode()}
    assert client.post("/admin/folders/bring-in", data=given).status_code == 422
    assert not DefinitionVersion.select().where(DefinitionVersion.status == "draft").exists()


def _new_region(region: Region) -> bytes:
    files = {p: text.replace('key = "qinhuangdao"', 'key = "linhai"') for p, text in region_files(region).items()}
    return zipped(files, "linhai")


def test_a_policy_officer_brings_in_no_new_region(client, sign_in, seal, region):
    sign_in(client, factories.account("policy_officer", region=region))
    assert "请系统管理员导入" in _look(client, seal, _new_region(region)).get_data(as_text=True)


def test_a_region_that_is_not_here_comes_with_the_system_administrator(client, sign_in, seal, region):
    sign_in(client, factories.account("system_admin"))
    page = _look(client, seal, _new_region(region)).get_data(as_text=True)
    kept = re.search(r'name="kept" value="([^"]+)"', page)[1]
    client.post("/admin/folders/bring-in", data={"csrf_token": seal(), "form_token": new_token(), "kept": kept})
    assert Region.get(Region.key == "linhai").origin == "administrator"


def _zip(**entries: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, text in entries.items():
            archive.writestr(name, text)
    return held.getvalue()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"no zip", "ZIP"),
        (_zip(**{"a.toml": ""}), "region.toml"),
        (_zip(**{"a/region.toml": "", "b/region.toml": ""}), "几个地区"),
        (_zip(**{"../region.toml": ""}), "文件夹以外"),
        (_zip(**{"/etc/region.toml": ""}), "文件夹以外"),
        (_zip(**{f"a/{n}.toml": "" for n in range(pack_archive.MOST_FILES + 1)}), "太大"),
    ],
)
def test_an_archive_that_is_none_or_points_elsewhere_is_refused(data, told):
    with pytest.raises(Refused, match=told), unpacked(data):
        pass


def test_only_texts_are_unpacked():
    with unpacked(_zip(**{"a/region.toml": "x", "a/run.sh": "rm"})) as folder:
        assert [path.name for path in folder.iterdir()] == ["region.toml"]


def test_the_largest_upload_still_fits_the_form_that_confirms_it(app):
    assert len(uploads.carried(b"x" * uploads.MOST_UPLOADED)) < app.config["MAX_FORM_MEMORY_SIZE"] - 10_000


def test_a_larger_one_is_told(client, sign_in, seal, region, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_UPLOADED", 10)
    sign_in(client, factories.account("policy_officer", region=region))
    answer = _look(client, seal, b"x" * 11)
    assert (answer.status_code, "文件太大" in answer.text) == (422, True)

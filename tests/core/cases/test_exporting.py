"""A region out as a folder and in again: the same bytes, the differences told, nothing that runs touched."""

from __future__ import annotations

import tomllib

import pytest

from core.cases import exporting, importing_folders
from core.cases.importing import import_region
from core.errors import Refused
from core.models import AdminEvent, CalendarDay, DefinitionVersion, District, Region
from core.people.scope import NOBODY
from core.plugin_manager import PluginManager
from core.policy.pack import load_region

CITIES = ("kunming", "lhasa", "qinhuangdao", "tangshan", "tianjin")


@pytest.fixture(scope="module")
def packs():
    return PluginManager().regions


def _written(files, folder):
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8", newline="\n")
    return folder


def _forget(region):
    DefinitionVersion.delete().where(DefinitionVersion.region == region).execute()
    CalendarDay.delete().where(CalendarDay.region == region).execute()
    District.delete().where(District.region == region).execute()
    region.delete_instance()


@pytest.mark.parametrize("city", CITIES)
def test_export_import_export_gives_the_same_bytes(database, packs, city, tmp_path):
    first = exporting.region_files(import_region(packs[city]))
    _forget(Region.get(Region.key == city))
    told = importing_folders.bring_in(NOBODY, load_region(_written(first, tmp_path)))
    again = Region.get(Region.key == city)
    assert exporting.region_files(again) == first
    assert (again.origin, "新增地区" in told) == ("administrator", True)
    assert AdminEvent.select().order_by(AdminEvent.id.desc()).first().kind == "region_brought_in"


def test_a_hand_written_pack_comes_out_word_for_word(database, packs, tmp_path):
    files = exporting.region_files(import_region(packs["qinhuangdao"]))
    source = packs["qinhuangdao"].path
    for path, text in files.items():
        assert (source / path).read_text(encoding="utf-8").strip("\n") == text.strip("\n") or path == "__init__.py", path


def test_the_difference_is_told_before_anything_is_taken_in(database, packs, tmp_path):
    region = import_region(packs["qinhuangdao"])
    files = exporting.region_files(region)
    path = "policy/2023/grades.toml"
    files[path] = files[path].replace("85", "86")
    files["forms/extra.toml"] = files["forms/site_visit.toml"].replace('key = "site_visit"', 'key = "extra"', 1)
    before = DefinitionVersion.select().count()
    found = importing_folders.differences(load_region(_written(files, tmp_path)))
    assert sorted((one.kind, one.state) for one in found) == [("form", "new"), ("grades", "changed")]
    assert any(change.after == "86" for one in found for change in one.changes)
    assert DefinitionVersion.select().count() == before


def test_what_differs_becomes_drafts_and_what_is_published_stays(database, packs, tmp_path):
    region = import_region(packs["qinhuangdao"])
    files = exporting.region_files(region)
    files["policy/2023/grades.toml"] = files["policy/2023/grades.toml"].replace("85", "86")
    pack = load_region(_written(files, tmp_path))
    importing_folders.bring_in(NOBODY, pack)
    drafts = DefinitionVersion.select().where((DefinitionVersion.region == region) & (DefinitionVersion.status == "draft"))
    assert [(row.kind, row.version) for row in drafts] == [("grades", "2023.1")]
    assert "86" not in exporting.region_files(region)["policy/2023/grades.toml"]


def test_the_same_folder_is_refused(database, packs, tmp_path):
    region = import_region(packs["tianjin"])
    pack = load_region(_written(exporting.region_files(region), tmp_path))
    with pytest.raises(Refused, match="完全相同"):
        importing_folders.bring_in(NOBODY, pack)


def test_what_a_folder_lacks_is_told_and_left(database, packs, tmp_path):
    region = import_region(packs["qinhuangdao"])
    files = exporting.region_files(region)
    del files["policy/2023/scope.toml"]
    found = importing_folders.differences(load_region(_written(files, tmp_path)))
    assert [(one.kind, one.state) for one in found] == [("scope", "gone")]


def test_a_version_of_an_administrator_is_what_comes_out(database, packs):
    region = import_region(packs["qinhuangdao"])
    row = DefinitionVersion.get((DefinitionVersion.region == region) & (DefinitionVersion.kind == "grades"))
    text = row.text.replace("85", "86")
    DefinitionVersion.create(**{**row.__data__, "id": None, "version": "2023.1", "text": text, "digest": "x"})
    assert exporting.region_files(region)["policy/2023/grades.toml"] == text


def test_a_district_of_the_register_comes_out_too(database, packs):
    region = import_region(packs["qinhuangdao"])
    District.create(region=region, key="new", name="新设区", authority="新设区科技局")
    written = tomllib.loads(exporting.region_files(region)["region.toml"])
    assert written["districts"][-1] == {"key": "new", "name": "新设区", "authority": "新设区科技局"}


def test_archives_of_equal_files_are_equal(database, packs):
    region = import_region(packs["lhasa"])
    files = exporting.region_files(region)
    assert exporting.zipped(files, "lhasa") == exporting.zipped(dict(reversed(list(files.items()))), "lhasa")

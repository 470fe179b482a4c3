"""Import of packs: once, unchanged; changed content under a known version switches the region off."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from core.cases.importing import import_region
from core.models import DefinitionVersion, District, Region
from core.policy.pack import load_region
from tests.world import PACK

pytestmark = pytest.mark.usefixtures("database")


def test_a_second_start_changes_nothing() -> None:
    import_region(load_region(PACK))
    before = [(row.id, row.digest) for row in DefinitionVersion.select().order_by(DefinitionVersion.id)]
    region = import_region(load_region(PACK))
    assert region.enabled
    assert [(row.id, row.digest) for row in DefinitionVersion.select().order_by(DefinitionVersion.id)] == before
    assert District.select().count() == 9


def test_the_same_version_with_other_content_is_refused_and_named(tmp_path: Path) -> None:
    import_region(load_region(PACK))
    copy = tmp_path / "qinhuangdao"
    shutil.copytree(PACK, copy)
    file = copy / "policy" / "2023" / "parameters.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("value = 5", "value = 6"), encoding="utf-8")
    region = import_region(load_region(copy))
    assert not region.enabled
    assert "parameters" in region.problem
    stored = DefinitionVersion.get(DefinitionVersion.kind == "parameters")
    assert "value = 6" not in stored.text
    assert import_region(load_region(PACK)).enabled  # the original restored, it serves again
    assert Region.select().count() == 1

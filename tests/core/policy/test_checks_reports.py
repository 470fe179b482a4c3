"""A pack that names a figure nobody counts, or looks for problems where none are asked for, is told so when read."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from core.policy.checks_reports import figure_names
from core.policy.pack import check_region, load_region

LHASA = Path(__file__).parents[3] / "plugins" / "lhasa"
POLICY = "policy/2019"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    shutil.copytree(LHASA, tmp_path / "lhasa")
    return tmp_path / "lhasa"


def change(pack: Path, file: str, old: str, new: str) -> None:
    place = pack / file
    text = place.read_text(encoding="utf-8")
    assert old in text
    place.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "place", "told"),
    [
        ("work_report.toml", "{total_jobs}", "{total_job}", "parts.2.paragraphs.5.text", "没有“total_job”这个数"),
        ("work_report.toml", "forum_meetings == 0", "forums == 0", "parts.5.paragraphs.3.when", "没有“forums”这个数"),
        ("common_problems.toml", 'procedure = "spot_check"', 'procedure = "spot"', "sources.0.procedure", "没有“spot”"),
        ("common_problems.toml", 'field = "problems"', 'field = "trouble"', "sources.0.field", "没有“trouble”"),
        ("common_problems.toml", 'stage = "reassessment"', 'stage = "fill"', "sources.2.stage", "现场考察表单"),
        ("common_problems.toml", 'key = "idle_desks"', 'key = "idle"', "sources.0.field", "“idle_desks”不是共性问题"),
    ],
)
def test_what_leads_nowhere_is_told(pack: Path, file: str, old: str, new: str, place: str, told: str) -> None:
    assert check_region(pack) == []
    change(pack, f"{POLICY}/{file}", old, new)
    found = check_region(pack)
    assert any(f.key == place and told in f.message for f in found), found


def test_a_pack_without_either_kind_needs_neither() -> None:
    newest = load_region(LHASA.parent / "qinhuangdao").newest
    files = {"procedures": [("procedures.toml", dict(newest.definition("procedures")))]}
    assert "makerspace_evaluation_participants" in figure_names(files)

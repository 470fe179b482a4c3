"""A region from outside the tree: the tutorial, executed, then one case from filling to closed.

Nothing of the platform changes for it.
"""

from __future__ import annotations

import hashlib
import io
import os
import site
import subprocess
import sysconfig
import venv
from datetime import date
from pathlib import Path

import pytest

from core import clock, settings, storage
from core.cases import definitions, determining, files, panels, rounds, submitting
from core.cases.action import new_token
from core.cases.panel_opinion import Opinion, record_opinion
from core.models import Case, DefinitionVersion, Draft, EvaluationRound, Region, Result, connect
from core.models import database as handle
from tests import factories
from tests.plugins.tutorial import Terminal, steps
from tests.world import PDF, World, credit_code, forward, fresh, pledge, score, to_closed, viewer

ROOT = Path(__file__).parents[2]
TUTORIAL = ROOT / "docs" / "tutorials" / "add-your-region.md"
DAY = date(2024, 6, 3)


def _digest() -> str:
    """What the platform consists of."""
    kept = hashlib.sha256()
    for folder in ("core", "forms", "plugins"):
        for file in sorted((ROOT / folder).rglob("*")):
            if file.is_file() and file.suffix in {".py", ".toml", ".html", ".template"}:
                kept.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return kept.hexdigest()


def _throw_away(folder: Path) -> dict[str, str]:
    """An environment of its own that sees what is installed here; what it installs stays in the folder."""
    venv.create(folder / "venv", with_pip=False)
    python = folder / "venv" / "bin" / "python"
    own = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    here = {sysconfig.get_path("purelib"), *(p for p in site.getsitepackages() if Path(p).is_dir())}
    links = "".join(f"import site; site.addsitedir({place!r})\n" for place in sorted(here))
    (Path(own) / "seen_from_here.pth").write_text(links, encoding="utf-8")
    for name, module in (("kaoping", "core.cli"), ("pip", "pip")):
        command = folder / "venv" / "bin" / name
        command.write_text(f'#!/bin/sh\nexec "{python}" -m {module} "$@"\n', encoding="utf-8")
        command.chmod(0o755)
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("KAOPING_", "PYTHON", "PYTEST", "PIP_"))}
    return {
        **kept,
        "PATH": f"{folder / 'venv' / 'bin'}:{os.environ['PATH']}",
        "KAOPING_INSTANCE": str(folder / "instance"),
        "HERE": str(folder / "here"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INDEX": "1",
        "LANG": "C.UTF-8",
    }


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """Somebody has followed the tutorial to its end; gives the folder they worked in."""
    folder = tmp_path_factory.mktemp("sixth")
    before = _digest()
    terminal = Terminal(folder, _throw_away(folder))
    done = [terminal.do(step) for step in steps(TUTORIAL)]
    assert len(done) > 10
    assert _digest() == before, "the platform changed"
    return folder


@pytest.fixture
def instance(followed):
    """The database that `kaoping init` of the tutorial filled."""
    values = settings.load({"KAOPING_INSTANCE": str(followed / "instance")})
    definitions._policy.cache_clear()
    opened = connect(values.database_url)
    storage.use(f"file://{followed / 'files'}")
    try:
        with clock.policy_date(DAY):
            yield values
    finally:
        handle.close()
        if not opened.is_closed():
            opened.close()
        definitions._policy.cache_clear()


def test_the_region_was_installed_and_not_only_found_in_its_folder(followed):
    installed = list((followed / "venv").rglob("site-packages/kaoping_yunchuan/policy/2024/*.toml"))
    assert len(installed) == 10
    assert "云川市" in (installed[0].parents[2] / "region.toml").read_text(encoding="utf-8")


def test_it_came_in_beside_the_others_and_from_its_own_package(instance):
    enabled = {region.key for region in Region.select().where(Region.enabled)}
    assert enabled == {"kunming", "lhasa", "qinhuangdao", "tangshan", "tianjin", "yunchuan"}
    region = Region.get(Region.key == "yunchuan")
    assert [district.name for district in region.districts] == ["东坪区", "水口县"]
    own = DefinitionVersion.select().where(DefinitionVersion.region == region)
    assert {row.origin for row in own} == {"plugin"}
    assert {row.kind for row in own} >= {"procedures", "indicators", "grades", "workflow", "form", "notice"}


def _world(region: Region) -> World:
    dongping = next(d for d in region.districts if d.key == "dongping")
    shuikou = next(d for d in region.districts if d.key == "shuikou")
    carrier = factories.carrier(dongping, "云川演示众创空间")
    world = World(
        region=region,
        round=EvaluationRound(),
        carriers=[carrier],
        cases=[],
        clerks=[factories.account("carrier_clerk", carrier=carrier)],
        district_reviewer=factories.account("district_reviewer", district=dongping),
        other_district_reviewer=factories.account("district_reviewer", district=shuikou),
        city_reviewer=factories.account("city_reviewer", region=region),
        experts=[factories.account("expert", region=region) for _ in range(3)],
        finance=factories.account("finance", region=region),
        policy_officer=factories.account("policy_officer", region=region),
    )
    person = viewer(world.city_reviewer)
    made = rounds.create_round(person, region, "evaluation", 2024, "2024 年度众创空间绩效评价")
    panels.form_panel(person, made.id, [expert.id for expert in world.experts])
    plan = {"period_from": "2023-01-01", "period_to": "2023-12-31", "submission_deadline": "2024-06-28"}
    rounds.save_plan(person, made.id, plan, made.version)
    rounds.set_participants(person, made.id, {carrier.id: (True, "")})
    rounds.open_round(person, made.id, new_token())
    world.round = EvaluationRound.get_by_id(made.id)
    world.cases = list(Case.select().where(Case.round == made.id))
    return world


ANSWERS = {
    "operator_name": "云川演示孵化服务有限公司",
    "operator_code": credit_code("91990000MA0YUNCH1"),
    "area_m2": "800",
    "service_staff": 6,
    "tenants": 40,
    "new_tenants": 12,
    "special_services": "演示内容，均为虚构。",
}


def _submit(world: World, case: Case, answers: dict[str, object]) -> None:
    clerk = viewer(world.clerks[0])
    Draft.update(answers=answers, raw={}, revision=Draft.revision + 1).where(Draft.case == case).execute()
    files.attach(clerk, case.id, "evidence", "evidence.pdf", io.BytesIO(PDF))
    submitting.submit(clerk, case.id, fresh(case).stage_version, new_token())


def test_a_case_goes_from_filling_to_closed(instance):
    world = _world(Region.get(Region.key == "yunchuan"))
    (case,) = world.cases
    walked = [fresh(case).stage]
    _submit(world, case, ANSWERS)
    for _ in range(2):
        walked.append(fresh(case).stage)
        forward(world, case)
    walked.append(fresh(case).stage)
    pledge(world)
    for expert in world.experts:
        score(world, case, expert, "0.9")
    city = viewer(world.city_reviewer)
    record_opinion(city, case.id, Opinion(["desk_review"], "专家组意见。"), new_token())
    determining.conclude_panel(city, case.id, fresh(case).stage_version, new_token())
    walked.append(fresh(case).stage)
    notice = to_closed(world, case)
    walked.append(fresh(case).stage)
    assert walked == ["fill", "district_review", "city_review", "expert_panel", "determination", "closed"]
    # 公示从 6 月 3 日的次日起 5 个工作日，10 日是端午节
    assert notice.last_day == date(2024, 6, 11)
    result = Result.select().where(Result.case == case).order_by(Result.id.desc()).get()
    # 800/1000×20=16；6÷40=15% 得 12；本批次最好值就是自己，30；专家 30×0.9=27；合计 85
    assert (str(result.total), result.grade) == ("85.00", "excellent")

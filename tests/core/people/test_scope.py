"""One rule, two readings: what a list shows and what is judged of a case at hand are always the same."""

from __future__ import annotations

from itertools import product

import pytest

from core.errors import OutOfScope
from core.models import Case
from core.people.scope import Reach, Viewer, find_case, may_handle, visible_cases
from core.roles import ROLES
from tests import factories
from tests import world as w

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def world(tmp_path) -> w.World:
    made = w.build(carriers=3, folder=tmp_path)
    w.to_panel(made, made.cases[0])
    elsewhere = factories.district(key="changli", name="昌黎县")
    Case.update(district=elsewhere).where(Case.id == made.cases[1].id).execute()
    Case.update(district=None).where(Case.id == made.cases[2].id).execute()
    return made


def _viewers(world: w.World) -> list[Viewer]:
    """Every role with every bound it may have, of an expert on the panel and of somebody who is not."""
    case = world.cases[0]
    bounds = product((case.region_id, None), (case.district_id, 0, None), (case.carrier_id, 0, None))
    made = [(region, district, carrier) for region, district, carrier in bounds]
    people = (world.experts[0].id, world.finance.id)
    return [Viewer(who, "", (Reach(role, *bound),)) for who in people for role in ROLES for bound in made]


def test_the_list_and_the_single_case_agree(world: w.World) -> None:
    seen = 0
    for viewer in _viewers(world):
        role = viewer.reaches[0].role
        listed = {case.id for case in visible_cases(viewer, role)}
        single = {case.id for case in world.cases if may_handle(viewer, w.fresh(case), role)}
        assert single == listed, viewer
        seen += len(listed)
    assert seen > 20


def test_a_case_out_of_reach_does_not_exist(world: w.World) -> None:
    expert, other = w.viewer(world.experts[0]), w.viewer(world.other_district_reviewer)
    assert find_case(expert, world.cases[0].id).stage == "expert_panel"
    for viewer, number in ((expert, 1), (other, 0), (w.viewer(world.finance), 0)):
        with pytest.raises(OutOfScope):
            find_case(viewer, world.cases[number].id)
    with pytest.raises(OutOfScope):
        find_case(expert, 10**6)

"""A seat on a panel is worth something only in a region whose expert one is."""

from __future__ import annotations

import pytest

from core.errors import OutOfScope
from core.models import Grant
from core.people.scope import membership
from tests import factories
from tests import world as w

pytestmark = pytest.mark.usefixtures("database")


def test_an_expert_of_another_region_has_no_seat() -> None:
    world = w.build(1)
    expert = world.experts[0]
    assert membership(w.viewer(expert), world.round.id).account_id == expert.id
    Grant.update(region=factories.region("jingang", "津港市")).where(Grant.account == expert).execute()
    with pytest.raises(OutOfScope):
        membership(w.viewer(expert), world.round.id)

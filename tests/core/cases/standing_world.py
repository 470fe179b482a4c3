"""Regions for tests of procedures outside rounds: imported from their packs, with carriers, clerks and reviewers."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.cases import acting, definitions, submitting
from core.cases.action import Receipt, new_token
from core.cases.importing import import_region
from core.models import Account, Carrier, Case, District, Draft, Region
from core.people.scope import Viewer, viewer_of
from core.policy.pack import load_region
from tests import factories
from tests.world import value_for


@dataclass
class Place:
    """A region with its people; `clerks[i]` belongs to `carriers[i]`."""

    region: Region
    carriers: list[Carrier]
    clerks: list[Account]
    city: Account
    district: Account | None

    def clerk(self, number: int = 0) -> Viewer:
        """A clerk as the rules see them."""
        return viewer_of(self.clerks[number])


def build(key: str, carriers: int = 1, kind: str = "makerspace") -> Place:
    """Import a region's pack and give it carriers, in its first district where it has districts."""
    module = importlib.import_module(f"plugins.{key}")
    region = import_region(load_region(Path(str(module.__file__)).parent))
    district = District.get_or_none(District.region == region)
    rows = [
        Carrier.create(
            region=region, district=district, name=f"演示载体{n}", kind=kind, organisation=factories.organisation(region)
        )
        for n in range(1, carriers + 1)
    ]
    return Place(
        region,
        rows,
        [factories.account("carrier_clerk", carrier=row) for row in rows],
        factories.account("city_reviewer", region=region),
        factories.account("district_reviewer", district=district) if district else None,
    )


def fresh(case: Case | int) -> Case:
    """The case as it stands."""
    return Case.get_by_id(case.id if isinstance(case, Case) else case)


def fill(case: Case, **answers: Any) -> None:
    """Fill the draft with complete answers; files are left out."""
    form = definitions.fill_form(case).definition
    draft = Draft.get(Draft.case == case)
    made = {asked.key: value_for(asked, 0) for asked in form.fields if asked.type not in ("files", "calculated")}
    Draft.update(answers={**made, **draft.answers, **answers}, revision=Draft.revision + 1).where(
        Draft.id == draft.id
    ).execute()


def submit(place: Place, case: Case, number: int = 0, **answers: Any) -> Receipt:
    """Fill and submit as the carrier's clerk."""
    fill(case, **answers)
    return submitting.submit(place.clerk(number), case.id, fresh(case).stage_version, new_token())


def act(account: Account | None, case: Case, action: str = "forward", **decision: Any) -> Receipt:
    """Take an action of the stage the case is in."""
    assert account is not None
    given = acting.Decision(**decision)
    return acting.act(viewer_of(account), case.id, action, given, fresh(case).stage_version, new_token())

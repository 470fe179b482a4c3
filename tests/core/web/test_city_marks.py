"""The yearly lists name what only a region's own policy calls by name."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from core import clock
from core.models import Carrier, CarrierMark
from tests.conftest import SignIn
from tests.core.cases import standing_world as s
from tests.core.web.case_browser import Browser, plain

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_consequence_of_the_policy_is_listed_by_its_name(app: Flask, sign_in: SignIn) -> None:
    with clock.policy_date(date(2022, 10, 24)):
        place = s.build("kunming", 1, "demonstration_platform")
        CarrierMark.create(
            carrier=Carrier.get(),
            kind="title_cancelled",
            clause="第十九条",
            set_on=date(2022, 10, 24),
            set_at=clock.now(),
        )
        page = plain(Browser(app, sign_in, place.city).get("/city/marks"))
    assert "title_cancelled" not in page
    assert "取消" in page and "第十九条" in page

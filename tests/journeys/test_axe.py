"""The main pages of every kind of person, as axe sees them: wide and light, narrow and dark, with faults, empty."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.journeys.conftest import Site

pytestmark = pytest.mark.journey

ONLY = {"resultTypes": ["violations"]}
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
PAGES = {
    "": (
        "/",
        "/r/qinhuangdao/",
        "/r/qinhuangdao/guide/makerspace_evaluation",
        "/r/qinhuangdao/notices/2",
        "/r/qinhuangdao/notices/2/object/",
        "/r/qinhuangdao/results",
        "/r/qinhuangdao/clauses/current",
        "/r/qinhuangdao/receipt",
        "/no-such-page",
    ),
    "qihang": ("/carrier/", "/carrier/cases/24/fill/", "/carrier/cases/24/fill/foundation", "/account"),
    "zaiti-bohai": ("/carrier/", "/cases/1", "/register/1"),
    "haigang": ("/district/", "/cases/20", "/district/rounds/1"),
    "shi": (
        "/city/",
        "/city/rounds/1",
        "/city/rounds/1/panel",
        "/city/rounds/1/determination",
        "/city/rounds/1/notices",
        "/city/rounds/1/summary",
        "/city/objections/1",
        "/city/cases/11/determination",
        "/cases/17",
        "/register/",
        "/register/4",
    ),
    "zhuanjia1": ("/expert/", "/expert/cases/14"),
    "caiwu": ("/finance/", "/finance/ledger"),
}
"""Who → what that person opens most, empty lists among them (the ledger, a case not begun)."""


def _press(words: str) -> Callable[[Any], None]:
    """Press the button of that name and wait for the page that comes back."""

    def act(page: Any) -> None:
        with page.expect_navigation():
            page.get_by_role("button", name=words, exact=True).first.click()

    return act


def _wrong_password(page: Any) -> None:
    page.get_by_label("用户名").fill("nobody")
    page.get_by_label("密码").fill("not-this-one")
    _press("登录")(page)


def _first_line(page: Any) -> None:
    with page.expect_navigation():
        page.locator("main a[href*='/object/']").first.click()
    _press("提交异议")(page)


FAULTS: tuple[tuple[str, str, Callable[[Any], None] | None], ...] = (
    ("", "/sign-in", _wrong_password),
    ("", "/r/qinhuangdao/notices/2/object/", _first_line),
    ("qihang", "/carrier/cases/24/fill/foundation?show=all", None),
    ("qihang", "/carrier/cases/24/check", None),
    ("haigang", "/cases/19", _press("同意，送市级复审")),
)
"""Who, where, and what is done there wrongly."""


def _violations(page: Any) -> list[str]:
    """What axe objects to, wide in light colours, then narrow in dark ones, on the page as it stands."""
    found = []
    for size, scheme in ((WIDE, "light"), (NARROW, "dark")):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for fault in Axe().run(page, options=ONLY).response["violations"]:
            found.append(f"{page.url} {size['width']} {scheme}: {fault['id']} {fault['nodes'][0]['html']}")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{page.url} {size['width']}: wider than the screen")
    return found


@pytest.mark.parametrize("who", PAGES)
def test_nothing_to_object_to(site: Site, who: str) -> None:
    page, found = site.page(who), []
    for address in PAGES[who]:
        answer = page.goto(address)
        assert answer.ok or address == "/no-such-page", (address, answer.status)
        found += _violations(page)
    assert found == []


@pytest.mark.parametrize(("who", "address", "wrongly"), FAULTS)
def test_nothing_to_object_to_in_pages_with_faults(
    site: Site, who: str, address: str, wrongly: Callable[[Any], None] | None
) -> None:
    page = site.page(who)
    page.goto(address)
    if wrongly:
        wrongly(page)
    assert page.locator(".errsum, .err").count() > 0
    assert _violations(page) == []


def test_axe_is_awake(site: Site) -> None:
    page = site.page()
    page.goto("/")
    page.evaluate("document.querySelector('main').append(document.createElement('input'))")
    assert any("label" in fault for fault in _violations(page))

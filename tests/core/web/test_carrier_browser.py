"""Filling in a real browser: autosave, a lost network, a lost session, two tabs, uploads; and no axe violations."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from core.models import Draft
from core.models import database as handle
from tests import world as w
from tests.factories import PASSWORD

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

SOON = 8_000  # milliseconds: autosave waits at most 4 seconds after the first key


@pytest.fixture
def world(app: Flask, settings: Any) -> w.World:
    return w.build(carriers=1, folder=f"{settings.instance}/files")


@pytest.fixture
def site(app: Flask, world: w.World) -> Iterator[str]:
    """The application on a port of its own."""
    handle.close()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def person(browser: Browser, site: str, world: w.World) -> Iterator[BrowserContext]:
    """The clerk, signed in."""
    context = browser.new_context(base_url=site, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto("/sign-in")
    sign_in(page, world)
    yield context
    context.close()


def sign_in(page: Page, world: w.World) -> None:
    page.fill("#username", world.clerks[0].username)
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_url(lambda address: "/sign-in" not in address)


def open_section(person: BrowserContext, world: w.World, section: str = "foundation") -> Page:
    page = person.new_page()
    page.goto(f"/carrier/cases/{world.cases[0].id}/fill/{section}")
    return page


def state(page: Page) -> Any:
    return page.locator("[data-saved]").first


def answers(world: w.World) -> dict[str, str]:
    handle.connect(reuse_if_open=True)
    kept = Draft.get(Draft.case == world.cases[0]).answers
    handle.close()
    return {key: str(value) for key, value in kept.items()}


def require_accessible(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found] == []


def test_what_is_typed_is_saved_and_figures_follow(person: BrowserContext, world: w.World) -> None:
    page = open_section(person, world, "basics")
    page.fill("#f-tenants", "20")
    expect(state(page)).to_contain_text("已保存", timeout=SOON)
    page = open_section(person, world)
    page.fill("#f-service_staff", "6")
    expect(page.locator(".calc").first).to_contain_text("30%", timeout=SOON)
    assert answers(world)["service_staff"] == "6"


def test_a_lost_network_is_said_and_made_good(person: BrowserContext, world: w.World) -> None:
    page = open_section(person, world)
    person.set_offline(True)
    page.fill("#f-service_staff", "8")
    expect(state(page)).to_contain_text("网络断了", timeout=SOON)
    require_accessible(page)
    person.set_offline(False)
    expect(state(page)).to_contain_text("已保存", timeout=SOON)
    assert answers(world)["service_staff"] == "8"


def test_a_lost_session_loses_nothing_and_comes_back_to_the_field(person: BrowserContext, world: w.World) -> None:
    page = open_section(person, world)
    person.clear_cookies()
    page.fill("#f-service_staff", "9")
    expect(state(page)).to_contain_text("登录已过期", timeout=SOON)
    state(page).get_by_role("link").click()
    sign_in(page, world)
    expect(page.locator("#f-service_staff")).to_have_value("9")
    expect(page.locator("#f-service_staff")).to_be_focused()
    expect(state(page)).to_contain_text("已保存", timeout=SOON)
    assert answers(world)["service_staff"] == "9"


def test_two_tabs_share_and_ask_only_about_what_both_changed(person: BrowserContext, world: w.World) -> None:
    one, two = open_section(person, world), open_section(person, world)
    two.fill("#f-area_m2", "1900")
    expect(state(two)).to_contain_text("已保存", timeout=SOON)
    one.fill("#f-service_staff", "7")
    expect(one.locator("#f-area_m2")).to_have_value("1,900", timeout=SOON)
    two.fill("#f-area_m2", "1950")
    expect(two.locator("[data-conflicts] fieldset")).to_have_count(0)
    expect(state(two)).to_contain_text("已保存", timeout=SOON)
    two.wait_for_timeout(2500)
    one.fill("#f-area_m2", "1800")
    expect(one.locator("[data-conflicts]")).to_contain_text("1,950 平方米", timeout=SOON)
    require_accessible(one)
    one.check("#typed-area_m2")
    expect(one.locator("[data-conflicts] fieldset")).to_have_count(0, timeout=SOON)
    assert answers(world)["area_m2"] == "1800"


def test_files_are_uploaded_as_chosen_and_a_bad_one_is_named(person: BrowserContext, world: w.World) -> None:
    page = open_section(person, world)
    page.fill("#f-service_staff", "6")
    page.locator("#f-evidence_f1").set_input_files(
        [
            {"name": "合同.pdf", "mimeType": "application/pdf", "buffer": w.PDF},
            {"name": "坏.pdf", "mimeType": "application/pdf", "buffer": b"x"},
        ]
    )
    expect(page.get_by_role("link", name="合同.pdf")).to_be_visible(timeout=SOON)
    expect(page.locator("#f-evidence_f1-error")).to_contain_text("坏.pdf")
    expect(page.locator("#f-service_staff")).to_have_value("6")
    require_accessible(page)


@pytest.mark.parametrize("width", [390, 1280])
def test_every_page_in_every_state_is_accessible(person: BrowserContext, world: w.World, width: int) -> None:
    page = person.new_page()
    page.set_viewport_size({"width": width, "height": 844})
    case = world.cases[0].id
    for address in ("/carrier/", f"/carrier/cases/{case}/fill/", f"/carrier/cases/{case}/fill/basics?show=all"):
        page.goto(address)
        require_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
    handle.connect(reuse_if_open=True)
    w.submit(world, world.cases[0])
    w.return_case(world, world.cases[0])
    handle.close()
    for address in ("/carrier/", f"/carrier/cases/{case}/fill/foundation", f"/carrier/cases/{case}/check"):
        page.goto(address)
        require_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
    page.check("#declared")
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_role("heading", name="已提交审核")).to_be_visible()
    require_accessible(page)

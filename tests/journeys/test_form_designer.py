"""The form designer in a browser: a whole form rebuilt by clicks and typing, and used by the keyboard alone."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from forms.definition import FormDefinition, digest, load_form
from tests.journeys.conftest import Site

pytestmark = pytest.mark.journey

EVALUATION = Path("plugins/qinhuangdao/forms/makerspace_evaluation.toml")
LISTS = {"sections", "fields", "columns", "checks", "parts"}


def _begin(page: Any, key: str, name: str) -> None:
    """An empty form, begun from the list of definitions, open in the designer."""
    page.goto("/admin/definitions/")
    page.get_by_role("link", name="新建表单").click()
    page.get_by_label("名称").fill(name)
    page.get_by_label("代号").fill(key)
    page.get_by_role("button", name="新建草稿").click()


def _at(page: Any, path: str) -> None:
    page.wait_for_selector(f'#designer[data-at="{path}"]:not([aria-busy])', state="attached")


def _open(page: Any, path: str) -> None:
    page.locator(f'.d-line[data-path="{path}"]').click()
    _at(page, path)


def _add(page: Any, what: str, path: str) -> None:
    page.locator(f'[data-tile="{what}"]').click()
    _at(page, path)


def _said(page: Any, words: str) -> None:
    page.get_by_role("status").filter(has_text=words).wait_for()


def _typed(value: Any) -> str:
    if isinstance(value, list):
        pairs = [one for one in value if isinstance(one, dict)]
        return "\n".join(f"{one['key']} {one['label']}" for one in pairs) if pairs else "、".join(value)
    return str(value)


def _fill(page: Any, entry: dict[str, Any], kind: str) -> None:
    """Type everything that the file says of one thing into its properties."""
    for name, value in entry.items():
        if name in LISTS and not (kind in ("check", "part") and name in ("fields", "parts")):
            continue
        if (name == "type" and kind in ("field", "column")) or (name, kind) == ("key", "form"):
            continue
        control = f'[name="p.{name}"]'
        if isinstance(value, bool):
            page.locator(control).set_checked(value)
        elif name in ("proves", "parts") or (kind == "check" and name == "fields"):
            for box in page.locator(f"{control}:checked").all():
                box.uncheck()
            for key in value:
                page.locator(f'{control}[value="{key}"]').check()
        elif page.locator(f"select{control}").count():
            page.locator(control).select_option(_typed(value))
        else:
            page.locator(control).fill(_typed(value))


def _rebuild(page: Any, data: dict[str, Any]) -> None:
    _fill(page, data, "form")
    page.locator('[name="p.basis"]').select_option("")
    for at, section in enumerate(data["sections"]):
        here = f"sections.{at}"
        _open(page, here) if at == 0 else _add(page, "section", here)
        _fill(page, section, "section")
        for index, asked in enumerate(section["fields"]):
            _rebuild_field(page, f"{here}.fields.{index}", asked, first=at == index == 0)
    for name, what in (("checks", "check"), ("parts", "part")):
        for at, entry in enumerate(data[name]):
            _add(page, what, f"{name}.{at}")
            _fill(page, entry, what)
    page.get_by_role("button", name="保存属性").click()
    _said(page, "已保存。")


def _rebuild_field(page: Any, path: str, asked: dict[str, Any], *, first: bool) -> None:
    if first:
        _open(page, path)
        page.locator('[name="p.type"]').select_option(asked["type"])
        page.locator('[name="p.basis"]').select_option("")
        page.get_by_role("button", name="保存属性").click()
        _said(page, "已保存。")
    else:
        _add(page, f"field:{asked['type']}", path)
    _fill(page, asked, "field")
    for index, column in enumerate(asked.get("columns", [])):
        place = f"{path}.columns.{index}"
        if index == 0:
            _open(page, place)
            page.locator('[name="p.type"]').select_option(column["type"])
        else:
            _add(page, f"column:{column['type']}", place)
        _fill(page, column, "column")


def _stored(page: Any) -> FormDefinition:
    """The draft as it stands, read from its text."""
    page.get_by_role("button", name="在原文里改").click()
    text = page.locator("#text").input_value()
    page.go_back()
    return load_form(text, "draft.toml")


def test_the_evaluation_form_is_rebuilt_from_an_empty_one(site: Site) -> None:
    page = site.page("zhengce")
    data = tomllib.loads(EVALUATION.read_text(encoding="utf-8"))
    _begin(page, "rebuilt", "空的表单")
    _rebuild(page, data)
    assert "没有问题" in page.locator(".head").inner_text()
    wanted = load_form(data, "plugin.toml")
    built = dataclasses.replace(_stored(page), key=wanted.key)
    assert digest(built) == digest(wanted)
    assert not site.violations


def test_the_designer_by_the_keyboard_alone(site: Site) -> None:
    page = site.page("zhengce")
    _begin(page, "by_keys", "键盘")
    keys = page.keyboard
    page.locator('.d-line[data-path=""]').focus()
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    keys.press("Enter")
    _at(page, "sections.0.fields.0")
    page.locator('[data-tile="field:integer"]').focus()
    keys.press("Enter")
    _at(page, "sections.0.fields.1")
    assert page.evaluate("() => document.activeElement.name") == "p.label"
    keys.type("场地面积")
    keys.press("Tab")
    keys.press("Control+A")
    keys.type("area")
    keys.press("Enter")
    _said(page, "已保存。")
    assert page.evaluate("() => document.activeElement.name") == "p.key", "the cursor stays where it was"
    line = page.locator('.d-line[data-path="sections.0.fields.1"]')
    line.focus()
    keys.press("Alt+ArrowUp")
    _at(page, "sections.0.fields.0")
    assert [field.key for field in _stored(page).fields] == ["area", "field_1"]
    page.locator('.d-line[data-path="sections.0.fields.0"]').focus()
    keys.press("Control+Z")
    _said(page, "已撤销上一步。")
    assert [field.key for field in _stored(page).fields] == ["field_1", "area"]
    page.locator('.d-line[data-path=""]').focus()
    keys.press("Control+Shift+Z")
    _said(page, "已重做。")
    page.locator('.d-line[data-path="sections.0.fields.0"]').focus()
    keys.press("Enter")
    _at(page, "sections.0.fields.0")
    keys.press("Delete")
    _said(page, "已去掉")
    assert [field.key for field in _stored(page).fields] == ["field_1"]


def test_a_field_is_dragged_behind_another_and_a_formula_told_as_it_is_typed(site: Site) -> None:
    page = site.page("zhengce")
    _begin(page, "dragged", "拖动")
    tile, line = page.locator('[data-tile="field:integer"]'), page.locator('.d-line[data-path="sections.0.fields.0"]')
    tile.drag_to(line)
    _at(page, "sections.0.fields.1")
    page.locator('.d-line[data-path="sections.0.fields.0"]').drag_to(
        page.locator('.d-line[data-path="sections.0.fields.1"]')
    )
    _at(page, "sections.0.fields.1")
    assert [field.type for field in _stored(page).fields] == ["integer", "long_text"]
    _open(page, "sections.0.fields.1")
    page.get_by_label("什么时候出现").fill("field_2 >> 3")
    page.locator("[data-said=show_when] mark").wait_for()
    page.get_by_label("什么时候出现").fill("field_2 > 3")
    page.get_by_text("读作：“新的整数” 大于 3").wait_for()
    page.locator("[data-samples=show_when] input").fill("5")
    page.locator("[data-said=show_when]").get_by_text("成立").wait_for()


def test_nothing_to_object_to_wide_and_on_a_dark_phone(site: Site) -> None:
    page = site.page("zhengce")
    _begin(page, "seen", "看一看")
    page.locator('[data-tile="field:calculated"]').click()
    _at(page, "sections.0.fields.1")
    page.get_by_label("计算公式").fill("不认识 + 1")
    page.get_by_role("button", name="保存属性").click()
    _said(page, "已保存。")
    address = page.url.split("?")[0]
    try:
        for width, scheme in ((1280, "light"), (390, "dark")):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            for part in ("?at=sections.0.fields.1", "", "copy", "preview", "remove/sections.0"):
                page.goto(f"{address}{part}")
                found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
                assert not found, (part, width, [one["id"] for one in found])
                overflow = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
                assert overflow <= 0, (part, width)
    finally:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.emulate_media(color_scheme="light")

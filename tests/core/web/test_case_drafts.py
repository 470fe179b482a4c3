"""What a reviewer has written and ticked so far: kept while typing, theirs alone, gone once it is acted on."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from core.cases import review_drafts
from core.errors import OutOfScope, Refused
from core.models import Case, ReviewDraft, Submission
from tests import factories
from tests import world as w
from tests.conftest import SignIn
from tests.core.web.case_browser import Browser, plain

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

GOOD = {"complete": "yes", "regular": "yes", "truthful": "yes", "opinion": "情况属实，同意上报。"}


@pytest.fixture
def world(app: Flask, tmp_path: Path) -> w.World:
    made = w.build(1, 3, folder=tmp_path)
    w.submit(made, made.cases[0])
    return made


@pytest.fixture
def browser(app: Flask, world: w.World, sign_in: SignIn) -> Browser:
    return Browser(app, sign_in, world.district_reviewer)


def page_of(case: Case, more: str = "") -> str:
    return f"/cases/{case.id}{more}"


def keep(browser: Browser, case: Case, revision: int = 0, **typed: Any) -> Any:
    return browser.send(page_of(case), page_of(case, "/draft"), page__revision=str(revision), **typed)


def count(browser: Browser, case: Case) -> str:
    found = re.search(r"已核 \d+ ?/ ?\d+", plain(browser.get(page_of(case))).replace(" /", "/"))
    return found[0].replace(" ", "") if found else ""


def test_what_is_typed_stands_there_again_for_this_person_alone(
    app: Flask, world: w.World, browser: Browser, sign_in: SignIn
) -> None:
    case = world.cases[0]
    reasons = {"reason_field": ["floor_area", ""], "reason_text": ["与合同不一致", "还缺一份"]}
    answer = keep(browser, case, opinion="写到一半的意见", **reasons)
    assert answer.status_code == 200 and answer.json["revision"] == 1 and re.fullmatch(r"\d\d:\d\d", answer.json["saved"])
    text = browser.get(page_of(case)).text
    assert "写到一半的意见" in text and "与合同不一致" in text and "还缺一份" in text and "还没有办理" in text
    assert "form_token" not in dict(ReviewDraft.get().typed), "a token is no text"
    colleague = Browser(app, sign_in, factories.account("district_reviewer", district=case.district))
    assert "写到一半的意见" not in colleague.get(page_of(case)).text
    archive = browser.get(page_of(case, "/archive.zip")).data
    assert "写到一半的意见".encode() not in archive


def test_two_windows_do_not_overwrite_each_other_in_silence(world: w.World, browser: Browser) -> None:
    case = world.cases[0]
    assert keep(browser, case, opinion="甲窗口").status_code == 200
    refused = keep(browser, case, opinion="乙窗口")
    assert refused.status_code == 422 and "另一个窗口" in refused.json["message"]
    assert "甲窗口" in browser.get(page_of(case)).text
    assert keep(browser, case, 1, opinion="甲窗口接着写").json["revision"] == 2


def test_after_acting_nothing_typed_is_left(world: w.World, browser: Browser) -> None:
    case = world.cases[0]
    keep(browser, case, opinion="写到一半的意见")
    browser.send(page_of(case), page_of(case, "/act/forward"), **GOOD)
    assert (ReviewDraft.get().typed, ReviewDraft.get().revision) == ([], 2)
    with pytest.raises(Refused, match="不由您办理"):  # it is somebody else's turn
        review_drafts.keep_typed(w.viewer(world.district_reviewer), case.id, [("opinion", "再写")], 2, w.fresh(case).stage_version)


def test_what_was_typed_before_the_case_moved_is_not_offered_later(world: w.World, browser: Browser) -> None:
    case = world.cases[0]
    keep(browser, case, opinion="写到一半的意见")
    Case.update(stage_version=Case.stage_version + 1).where(Case.id == case.id).execute()
    assert "写到一半的意见" not in browser.get(page_of(case)).text


def test_a_window_left_open_over_a_move_keeps_nothing(world: w.World, browser: Browser) -> None:
    case = world.cases[0]
    before = str(w.fresh(case).stage_version)
    Case.update(stage_version=Case.stage_version + 1).where(Case.id == case.id).execute()
    refused = keep(browser, case, opinion="上一回的话", stage_version=before)
    assert refused.status_code == 422 and "已经办到下一步" in refused.json["message"]
    assert not ReviewDraft.select().exists()


def test_nobody_else_can_keep_anything(world: w.World) -> None:
    case, newest = world.cases[0], Submission.get()
    elsewhere = factories.account("district_reviewer", district=factories.district(world.region, "elsewhere"))
    for account, fault in ((world.clerks[0], Refused), (world.city_reviewer, Refused), (elsewhere, OutOfScope)):
        with pytest.raises(fault):
            review_drafts.keep_typed(w.viewer(account), case.id, [("opinion", "x")], 0, w.fresh(case).stage_version)
        with pytest.raises(fault):
            review_drafts.tick(w.viewer(account), case.id, newest.id, ["name"])
    assert not ReviewDraft.select().exists()


def test_too_much_is_told(world: w.World) -> None:
    with pytest.raises(Refused, match="写得太长"):
        long = [("opinion", "长" * 100_001)]
        review_drafts.keep_typed(w.viewer(world.district_reviewer), world.cases[0].id, long, 0, w.fresh(world.cases[0]).stage_version)


def test_items_are_ticked_and_counted(world: w.World, browser: Browser) -> None:
    case, newest = world.cases[0], Submission.get()
    before = count(browser, case)
    assert before.startswith("已核0/")
    known = [key for key in newest.answers if f'name="read-ticks" value="{key}"' in browser.get(page_of(case)).text][:2]
    ticked = [*known, "no_such_field"]
    answer = browser.send(page_of(case), page_of(case, "/checked"), submission=str(newest.id), **{"read-ticks": ticked})
    assert answer.status_code == 302 and answer.location.endswith("#material")
    assert count(browser, case) == f"已核{len(known)}/{before.rpartition('/')[2]}" and known
    assert "no_such_field" not in ReviewDraft.get().checked


def test_a_new_version_takes_back_only_what_changed(world: w.World, browser: Browser) -> None:
    case, first = world.cases[0], Submission.get()
    keys = [key for key in first.answers if f'name="read-ticks" value="{key}"' in browser.get(page_of(case)).text][:3]
    browser.send(page_of(case), page_of(case, "/checked"), submission=str(first.id), **{"read-ticks": keys})
    assert count(browser, case).startswith("已核3/")
    answers = {**first.answers, keys[1]: "改过的值"}
    Submission.create(
        case=case, number=2, answers=answers, files=first.files, digest="x", submitted_at=first.submitted_at,
        submitted_on=first.submitted_on,
    )  # fmt: skip
    assert count(browser, case).startswith("已核2/")
    late = browser.client.post(
        page_of(case, "/checked"), headers={"X-Part": "checked"},
        data={**browser.guard(page_of(case)), "submission": str(first.id), "read-ticks": keys},
    )  # fmt: skip
    assert late.status_code == 409 and "新的一版" in late.text

"""Every verb by every kind of person wherever a case stands: only what is declared here passes, and nothing leaks.

A verb that passes is undone again, so that the next person finds the case as it was. Who has no business with the case
is told that it does not exist, never why something is refused.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from core import clock
from core.cases import (
    acting,
    awarding,
    determining,
    drafts,
    files,
    intervening,
    noticing,
    objecting,
    panels,
    rounds,
    scoring,
    submitting,
    urging,
)
from core.cases.panel_opinion import Opinion, record_opinion
from core.errors import KaopingError, OutOfScope
from core.models import Award, Case, NoticeEntry, Objection, PanelMember, PublicNotice, ScoreSheet, database
from core.people.scope import NOBODY, Viewer, find_case
from tests import factories
from tests import world as w

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

JUDGED = {"S4": "3", "S5": "4.5", "P5": "5", "C1": "4", "C2": "2"}
AFTER_NOTICE = date(2023, 6, 9)


class Undo(Exception):
    """Takes back what a verb that passed has done."""


@dataclass
class Scene:
    """A world with its first case at one stage, and what the verbs need to name there."""

    world: w.World

    @property
    def case(self) -> Case:
        return w.fresh(self.world.cases[0])

    @property
    def seat(self) -> PanelMember:
        return PanelMember.get(PanelMember.account == self.world.experts[0])

    def sheet(self) -> ScoreSheet | None:
        return ScoreSheet.get_or_none((ScoreSheet.case == self.case) & (ScoreSheet.member == self.seat))


Verb = Callable[[Scene, Viewer], object]


def _version(scene: Scene) -> int:
    return scene.case.stage_version


def _sheet_version(scene: Scene) -> int:
    sheet = scene.sheet()
    return sheet.version if sheet else 1


def _id(row: Any) -> int:
    return row.id if row else 0


def _save(s: Scene, v: Viewer) -> object:
    section = drafts.definitions.fill_form(s.case).definition.sections[0].key
    return drafts.save_section(v, s.case.id, section, MultiDict({"area_m2": "77"}), 99)


def _reassign(s: Scene, v: Viewer) -> object:
    colleague = factories.account("district_reviewer", district=s.world.carriers[0].district)
    return acting.reassign(v, s.case.id, colleague.id, "休假", _version(s), w.new_token())


def _act(action: str, **given: Any) -> Verb:
    def verb(s: Scene, v: Viewer) -> object:
        decision = acting.Decision(opinion=w.opinion_for(s.case), **given)
        return acting.act(v, s.case.id, action, decision, _version(s), w.new_token())

    return verb


def _sheet(s: Scene, v: Viewer) -> object:
    given = {"points": JUDGED, "opinion": "好"}
    return scoring.save_sheet(v, s.case.id, given, _sheet_version(s))


VERBS: dict[str, Verb] = {
    "save_section": _save,
    "attach": lambda s, v: files.attach(v, s.case.id, _files_field(s), "新.pdf", io.BytesIO(w.PDF + b"new")),
    "submit": lambda s, v: submitting.submit(v, s.case.id, _version(s), w.new_token()),
    "forward": _act("forward"),
    "return": _act("return", reasons={"area_m2": "不一致"}),
    "return_to_panel": _act("return_to_panel", said="重评"),
    "reassign": _reassign,
    "urge": lambda s, v: urging.urge(v, [s.case.id], w.new_token()),
    "absent": lambda s, v: intervening.mark_absent(v, s.case.id, False, "未报", _version(s), w.new_token()),
    "correct": lambda s, v: intervening.correct_submission(
        v, s.case.id, {"area_m2": "15"}, "按合同", _version(s), w.new_token()
    ),
    "declare": lambda s, v: panels.declare_no_conflict(v, s.case.id, w.new_token()),
    "recuse": lambda s, v: panels.recuse(v, s.case.id, "同学", w.new_token()),
    "order_recusal": lambda s, v: panels.order_recusal(v, s.case.id, s.seat.id, "举报", w.new_token()),
    "panel_opinion": lambda s, v: record_opinion(v, s.case.id, Opinion(["desk_review"], "意见"), w.new_token()),
    "save_sheet": _sheet,
    "sign_sheet": lambda s, v: scoring.sign_sheet(v, s.case.id, _sheet_version(s), w.new_token()),
    "signed_sheet": lambda s, v: scoring.signed_sheet(v, s.case.id),
    "reopen_sheet": lambda s, v: scoring.reopen_sheet(v, _id(s.sheet()), "再看", w.new_token()),
    "conclude": lambda s, v: determining.conclude_panel(v, s.case.id, _version(s), w.new_token()),
    "check": lambda s, v: determining.record_check(v, s.case.id, "integrity_breach", False, ""),
    "determine": lambda s, v: determining.determine_case(v, s.case.id, _version(s), w.new_token()),
    "publish": lambda s, v: noticing.publish_notice(v, s.world.round.id, [s.case.id], "电话", w.new_token()),
    "close": lambda s, v: noticing.close_notice(v, _id(PublicNotice.get_or_none()), w.new_token()),
    "rule": lambda s, v: objecting.rule(
        v, _id(Objection.get_or_none()), "stands", "经核实", _version(s), w.new_token()
    ),
    "settle": lambda s, v: objecting.settle_rescored(v, s.case.id, _version(s), w.new_token()),
    "recover": lambda s, v: awarding.recover(v, s.case.id, "伪造", w.new_token()),
    "release": lambda s, v: awarding.release(v, _id(Award.get_or_none()), _award_version(), w.new_token()),
    "participants": lambda s, v: rounds.set_participants(v, s.world.round.id, {s.world.carriers[0].id: (True, "")}),
    "form_panel": lambda s, v: panels.form_panel(v, s.world.round.id, [e.id for e in s.world.experts]),
    "find_case": lambda s, v: find_case(v, s.case.id),
}  # fmt: skip


def _award_version() -> int:
    award = Award.get_or_none()
    return award.version if award else 1


def _files_field(s: Scene) -> str:
    form = files.definitions.fill_form(s.case).definition
    return next(field.key for field in form.fields if field.type == "files")


CITY, DISTRICT, CLERK = "city", "district", "clerk"
SEES_THE_CASE = {CITY, DISTRICT, CLERK}
ALWAYS = {"find_case": SEES_THE_CASE, "form_panel": {CITY}}
SCORER = "expert"

MAY: dict[str, dict[str, set[str]]] = {
    "fill": {
        "save_section": {CLERK}, "attach": {CLERK}, "submit": {CLERK}, "urge": {DISTRICT, CITY},
        "absent": {CITY}, "check": {CITY}, "order_recusal": {CITY},
    },
    "district_review": {
        "forward": {DISTRICT}, "return": {DISTRICT}, "reassign": {DISTRICT}, "correct": {CITY}, "check": {CITY},
        "order_recusal": {CITY},
    },
    "city_review": {
        "forward": {CITY}, "return": {CITY}, "correct": {CITY}, "check": {CITY}, "order_recusal": {CITY},
    },
    "panel_begun": {
        "declare": {SCORER}, "recuse": {SCORER}, "order_recusal": {CITY}, "panel_opinion": {CITY, SCORER},
        "save_sheet": {SCORER}, "sign_sheet": {SCORER}, "correct": {CITY}, "check": {CITY},
        "find_case": {*SEES_THE_CASE, SCORER},
    },
    "panel_signed": {
        "declare": {SCORER}, "recuse": {SCORER}, "order_recusal": {CITY}, "panel_opinion": {CITY, SCORER},
        "signed_sheet": {SCORER}, "reopen_sheet": {CITY}, "conclude": {CITY}, "correct": {CITY}, "check": {CITY},
        "find_case": {*SEES_THE_CASE, SCORER},
    },
    "determination": {
        "return_to_panel": {CITY}, "panel_opinion": {CITY}, "signed_sheet": {SCORER}, "correct": {CITY},
        "check": {CITY}, "determine": {CITY}, "publish": {CITY},
    },
    "public_notice": {"signed_sheet": {SCORER}, "close": {CITY}, "rule": {CITY}},
    "closed": {"signed_sheet": {SCORER}, "recover": {CITY}, "release": {"finance"}},
}  # fmt: skip
"""Where a case stands → verb → who may; everything else is refused to everybody."""


def _stage(place: str, made: w.World) -> None:
    case = made.cases[0]
    if place == "fill":
        w.fill(made, case)
    elif place in ("district_review", "city_review"):
        w.submit(made, case)
        if place == "city_review":
            w.forward(made, case)
    elif place.startswith("panel"):
        w.to_panel(made, case)
        w.pledge(made)
        for expert in made.experts:
            w.score(made, case, expert)
        city = w.viewer(made.city_reviewer)
        record_opinion(city, case.id, Opinion(["desk_review"], "意见"), w.new_token())
        if place == "panel_begun":
            scoring.reopen_sheet(city, ScoreSheet.select().order_by(ScoreSheet.id).first().id, "再看", w.new_token())
    elif place == "determination":
        w.to_determination(made, case)
        w.determine(made, case)
    elif place == "public_notice":
        w.to_notice(made, case)
        objecting.object_to(
            NoticeEntry.get().id, kind="person", name="演示甲", contact="0335", sealed=False, text="面积与实际不符。",
            token=w.new_token(),
        )  # fmt: skip
    else:
        w.to_closed(made, case)
        officer, key = w.viewer(made.policy_officer), f"award_{Award.get().grade}_yuan"
        awarding.enter_parameter(officer, made.region, key, "1000", "文件", clock.today())


def _people(made: w.World) -> dict[str, Viewer]:
    other = factories.region("jingang", "津港市")
    named = {
        "clerk": made.clerks[0], "another clerk": made.clerks[1],
        "district": made.district_reviewer, "another district": made.other_district_reviewer,
        "city": made.city_reviewer, "another city": factories.account("city_reviewer", region=other),
        "expert": made.experts[0], "expert without a seat": factories.account("expert", region=made.region),
        "finance": made.finance, "another finance": factories.account("finance", region=other),
        "policy officer": made.policy_officer, "auditor": factories.account("auditor"),
        "system admin": factories.account("system_admin"),
    }  # fmt: skip
    return {"nobody": NOBODY, **{name: w.viewer(account) for name, account in named.items()}}


STRANGERS = {
    "nobody", "another clerk", "another district", "another city", "expert without a seat", "another finance", "auditor",
    "system admin", "policy officer",
}  # fmt: skip


def _outcome(verb: Verb, scene: Scene, person: Viewer) -> KaopingError | None:
    """None when it passed (and was undone), else how it was refused."""
    refusal: KaopingError | None = None
    with suppress(Undo), database.atomic():
        try:
            verb(scene, person)
        except KaopingError as fault:
            refusal = fault
        raise Undo
    return refusal


@pytest.mark.parametrize("place", list(MAY))
def test_only_the_declared_verbs_pass(database: str, tmp_path: Path, place: str) -> None:
    made = w.build(2, 3, tmp_path)
    _stage(place, made)
    scene, passed, told = Scene(made), dict[str, set[str]](), []
    day = {"fill": date(2023, 7, 3), "public_notice": AFTER_NOTICE}.get(place, clock.today())
    with clock.policy_date(day):
        for who, person in _people(made).items():
            for name, verb in VERBS.items():
                refusal = _outcome(verb, scene, person)
                if refusal is None:
                    passed.setdefault(name, set()).add(who)
                elif who in STRANGERS and not isinstance(refusal, OutOfScope):
                    told.append((who, name, str(refusal)))
    assert passed == {**ALWAYS, **MAY[place]}
    assert told == []

"""The contract for plugins: what a plugin may contribute, when it is asked, what happens when it fails.

A plugin is an installed package with an entry point in the group ``kaoping.regions``; the entry point names a
module (or object) with functions of these names, each marked with `hookimpl`. What the core itself has of each
kind is contributed through the same hooks. Everything a plugin may need is importable from here and from
the pure parts of `core.policy`; a plugin imports no tables, no pages and no other region.

Every process (web, worker, command) asks each hook once, when it starts, in the order: field types, stage
kinds, calendars, scoring methods, questions, region. A call that takes longer than 10 seconds is given up; one
that raises, or gives something else than what is asked for, is told with the plugin's name. Either way only
what that hook of that plugin would have brought is missing; `kaoping plugins` lists it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pluggy

from core.policy.national_calendars import Calendar
from core.policy.question import Answer, Asked, Question
from core.policy.scoring.method import ScoringMethod, Setting
from core.workflow.stage_kinds import StageKind
from forms.fields.base import BadInput, FieldType, Spec

__all__ = [
    "PROJECT",
    "Answer",
    "Asked",
    "BadInput",
    "Calendar",
    "FieldType",
    "Question",
    "RegionSource",
    "ScoringMethod",
    "Setting",
    "Spec",
    "StageKind",
    "hookimpl",
    "hookspec",
]

PROJECT = "kaoping"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@dataclass(frozen=True)
class RegionSource:
    """Where a region's pack lies, when it is not simply the folder of the plugin.

    ``cases`` is the folder of its worked examples; without it, ``path / "cases"``.
    """

    path: Path
    cases: Path | None = None


@hookspec
def kaoping_region() -> Path | RegionSource:  # type: ignore[empty-body]
    """The folder of a region's pack (`region.toml`, `documents.toml`, `policy/`, `forms/`, `cases/`).

    Arguments: none. Called once at start-up for each plugin, after all other hooks of all plugins. Example::

        @hookimpl
        def kaoping_region() -> Path:
            return Path(__file__).parent

    When it raises, or the folder does not pass the loading checks, this region alone is left out; the problem is
    kept with the plugin's name and shown to administrators. The other regions are not affected.
    """


@hookspec
def kaoping_scoring_methods() -> list[ScoringMethod]:  # type: ignore[empty-body]
    """Scoring methods that `indicators.toml` may name in ``method.key``.

    Arguments: none. Called once at start-up, before any region is loaded. A method computes with fractions, never
    with floats, and needs no rounding: the total is rounded once. Example::

        @hookimpl
        def kaoping_scoring_methods() -> list[ScoringMethod]:
            return [ScoringMethod("all_or_nothing", "有即满分", lambda v, most, settings, best: most if v else v)]

    When it raises, or names a method that exists already, none of this plugin's methods are taken and the
    problem is kept with its name; a region that uses them is then left out, too.
    """


@hookspec
def kaoping_questions() -> list[Question]:  # type: ignore[empty-body]
    """Questions for `kaoping policy ask` and for worked examples, beside the built-in ones.

    Arguments: none. Called once at start-up. A question is a pure function from what is asked (policy version,
    input, day) to plain data; it raises `core.errors.Refused` for an input that a rule refuses. Example::

        def answer(asked: Asked) -> Answer:
            return {"name": asked.policy.region_info.name}

        @hookimpl
        def kaoping_questions() -> list[Question]:
            return [Question("region_name", "地区名称", answer)]

    When it raises, or names a question that exists already, none of this plugin's questions are taken and the
    problem is kept with its name. A question that raises while it answers is told as the plugin's fault.
    """


@hookspec
def kaoping_field_types() -> list[FieldType]:  # type: ignore[empty-body]
    """Kinds of field that a form may name in ``type``, in every region.

    Arguments: none. Called once at start-up, before any form is read. A field type reads what was typed
    (raising `BadInput` with a sentence in Chinese), checks it, shows it and gives it to formulas; it is drawn by
    one of the controls ``line area radios select checks``. Example::

        class PlateNumber(FieldType):
            key = "plate_number"
            label = "车牌号"

            def from_text(self, text: str, spec: Spec) -> object:
                if len(text) not in (7, 8):
                    raise BadInput("车牌号是 7 位或 8 位，请核对")
                return text.upper()

        @hookimpl
        def kaoping_field_types() -> list[FieldType]:
            return [PlateNumber()]

    When it raises, or names a type that exists already, none of this plugin's types are taken and the problem is
    kept with its name; a region whose forms use them is then left out, too.
    """


@hookspec
def kaoping_stage_kinds() -> list[StageKind]:  # type: ignore[empty-body]
    """Kinds of stage that a workflow may name in ``kind``, in every region.

    Arguments: none. Called once at start-up, before any workflow is read. A kind is ``like`` one of the core's,
    whose pages and actions it uses; ``refusal`` may forbid an action with a sentence, ``lint`` may find fault with
    the definition of such a stage. Example::

        def two_words(stage, action, given, facts) -> str:
            return "" if "opinion" in given else "联合审核要写明各部门的意见。"

        @hookimpl
        def kaoping_stage_kinds() -> list[StageKind]:
            return [StageKind("joint_review", "联合审核", like="review", refusal=two_words)]

    When it raises, or names a kind that exists already, none of this plugin's kinds are taken and the problem is
    kept with its name. A ``refusal`` that raises stops that one action with a sentence; a ``lint`` that raises is
    told as a fault of the workflow.
    """


@hookspec
def kaoping_calendars() -> list[Calendar]:  # type: ignore[empty-body]
    """Published calendars of the whole country, for years that the package does not know yet.

    Arguments: none. Called once at start-up. The core's calendar is asked first, then those of plugins in the order
    of their names; days that a region or an administrator entered come before all of them. Example::

        OFF = {date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 3)}

        def works(day: date) -> bool:
            if day.year != 2027:
                raise CalendarMissing([day.year])
            return day.weekday() < 5 and day not in OFF

        @hookimpl
        def kaoping_calendars() -> list[Calendar]:
            return [Calendar("state_council_2027", "国务院 2027 年放假安排", works)]

    When it raises, or names a calendar that exists already, none of this plugin's calendars are taken and the
    problem is kept with its name. A calendar that raises while it is asked is passed over and logged; a year
    that nobody knows is told, never guessed.
    """

"""The contract for plugins: what a plugin may contribute, when it is asked, what happens when it fails.

A plugin is an installed package with an entry point in the group ``kaoping.regions``; the entry point names a
module (or object) with functions of these names, each marked with `hookimpl`. The built-in scoring methods and
questions are contributed through the same hooks. Everything a plugin may need is importable from here and from
the pure parts of `core.policy`; a plugin imports no tables, no pages and no other region.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pluggy

from core.policy.question import Answer, Asked, Question
from core.policy.scoring.method import ScoringMethod, Setting

__all__ = [
    "PROJECT",
    "Answer",
    "Asked",
    "Question",
    "RegionSource",
    "ScoringMethod",
    "Setting",
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

    Called once at start-up for each plugin, without arguments, after the scoring methods have been collected.
    Example::

        @hookimpl
        def kaoping_region() -> Path:
            return Path(__file__).parent

    When it raises, or the folder does not pass the loading checks, this region alone is left out; the problem is
    kept with the plugin's name and shown to administrators. The other regions are not affected.
    """


@hookspec
def kaoping_scoring_methods() -> list[ScoringMethod]:  # type: ignore[empty-body]
    """Scoring methods that `indicators.toml` may name in ``method.key``.

    Called once at start-up, before any region is loaded. A method computes with fractions, never with floats,
    and needs no rounding: the total is rounded once. Example::

        @hookimpl
        def kaoping_scoring_methods() -> list[ScoringMethod]:
            return [ScoringMethod("all_or_nothing", "有即满分", lambda v, most, settings, best: most if v else v)]

    When it raises, or names a method that exists already, none of this plugin's methods are taken and the
    problem is kept with its name; a region that uses them is then left out, too.
    """


@hookspec
def kaoping_questions() -> list[Question]:  # type: ignore[empty-body]
    """Questions for `kaoping policy ask` and for worked examples, beside the built-in ones.

    Called once at start-up. A question is a pure function from what is asked (policy version, input, day) to
    plain data; it raises `core.errors.Refused` for an input that a rule refuses. Example::

        def answer(asked: Asked) -> Answer:
            return {"name": asked.policy.region_info.name}

        @hookimpl
        def kaoping_questions() -> list[Question]:
            return [Question("region_name", "地区名称", answer)]

    When it raises, or names a question that exists already, none of this plugin's questions are taken and the
    problem is kept with its name.
    """

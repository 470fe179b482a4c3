"""Every hook is described, and the example of each works as it stands."""

from __future__ import annotations

import inspect
import textwrap
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from core import hookspecs
from core.contributions import CONTRIBUTIONS
from core.errors import CalendarMissing
from core.plugin_manager import HOOKS, PluginManager
from tests.core.policy.packs import write_pack


@pytest.fixture(autouse=True)
def registries():
    """What the examples bring is forgotten afterwards."""
    kept = [(what.registry, dict(what.registry)) for what in CONTRIBUTIONS]
    yield
    for registry, before in kept:
        registry.clear()
        registry.update(before)


def _doc(hook: str) -> str:
    return inspect.cleandoc(getattr(hookspecs, hook).__doc__ or "")


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_says_its_arguments_when_it_is_called_and_what_happens_when_it_raises(hook):
    doc = _doc(hook)
    for part in ("Arguments: ", "Called ", "Example::\n", "\nWhen it raises"):
        assert part in doc, f"{hook} does not say “{part.strip()}”"


def _example(hook: str, folder: Path) -> ModuleType:
    """The example as a module of its own."""
    block = _doc(hook).split("Example::\n", 1)[1].split("\nWhen it raises", 1)[0]
    module = ModuleType(f"example_of_{hook}")
    module.__dict__.update({name: getattr(hookspecs, name) for name in hookspecs.__all__})
    module.__dict__.update({"date": date, "Path": Path, "CalendarMissing": CalendarMissing})
    module.__file__ = str(folder / "__init__.py")
    exec(compile(textwrap.dedent(block), hook, "exec", dont_inherit=True), module.__dict__)
    return module


@pytest.mark.parametrize("hook", HOOKS)
def test_the_example_of_a_hook_is_taken(hook, tmp_path):
    manager = PluginManager([("example", _example(hook, write_pack(tmp_path)))])
    assert [str(problem) for problem in manager.problems] == []
    assert manager.brought["example"]


def test_the_reference_has_every_hook():
    page = (Path(hookspecs.__file__).parents[1] / "docs" / "reference" / "hooks.md").read_text(encoding="utf-8")
    assert all(f"`{hook}(" in page for hook in HOOKS)

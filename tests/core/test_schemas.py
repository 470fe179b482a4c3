"""The JSON Schemas say what the loaders say: everything shipped validates, what a loader refuses they refuse."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from core.errors import Refused
from core.pack_check import workflow_findings
from core.policy.kinds import SHAPES
from core.policy.pack import check_region
from core.policy.shape import findings_of
from core.policy.worked_cases import CASES
from core.schemas import schema_of, schemas
from core.workflow.definition import load_workflow
from forms.definition import load_form
from forms.findings import DefinitionError

ROOT = Path(__file__).parents[2]
VALIDATORS = {kind: Draft202012Validator(schema) for kind, schema in schemas().items()}


def kind_of(file: Path) -> str:
    """The kind of a file of a pack, by its place."""
    for folder, kind in (("forms", "form"), ("cases", "cases")):
        if file.parent.name == folder:
            return kind
    name = file.parent.name if file.parent.parent.parent.name == "policy" else file.stem
    shared = next((kind for kind in ("form", "workflow") if name.startswith(f"{kind}_")), name)
    return {"default": "workflow"}.get(name, shared)


def as_json(value: Any) -> Any:
    """What TOML holds, as JSON Schema sees it: dates are texts."""
    if isinstance(value, dict):
        return {key: as_json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_json(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


# demo.toml is no definition: it fills a demo instance and is read by core.demo alone. A template of a workflow is a
# definition only once its key, procedure and form have been chosen (tests of the workflow designer start from each).
SHIPPED = sorted(
    file
    for folder in (ROOT / "plugins", ROOT / "core" / "policy" / "national", ROOT / "core" / "workflow")
    for file in folder.rglob("*.toml")
    if file.name != "demo.toml" and file.parent != ROOT / "core" / "workflow" / "templates"
)


def _data(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_shipped_file_validates(file):
    errors = [error.message for error in VALIDATORS[kind_of(file)].iter_errors(as_json(_data(file)))]
    assert errors == []


@pytest.mark.parametrize("kind", sorted(VALIDATORS))
def test_the_schema_is_a_sound_schema_of_2020_12(kind):
    schema = schema_of(kind)
    assert schema["$schema"].endswith("2020-12/schema")
    Draft202012Validator.check_schema(schema)


def test_every_kind_has_one():
    assert set(VALIDATORS) == {*SHAPES, "form", "cases"}
    with pytest.raises(Refused, match="indicators"):
        schema_of("horoscope")


def places(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every table inside, by its path."""
    found = [place] if isinstance(value, dict) else []
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return found + [one for key, entry in inner for one in places(entry, (*place, key))]


def _at(value: Any, place: tuple[Any, ...]) -> Any:
    for key in place:
        value = value[key]
    return value


def refused(kind: str, data: dict[str, Any]) -> bool:
    """Whether the loader of this kind refuses the data."""
    if kind == "cases":
        return bool(list(findings_of(data, CASES, "f")))
    try:
        if kind == "form":
            load_form(data, "f")
        elif kind == "workflow":
            load_workflow(data, "f")
        else:
            return bool(list(findings_of(data, SHAPES[kind], "f")))
    except DefinitionError:
        return True
    return False


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: str(file.relative_to(ROOT)))
def test_an_unknown_key_is_refused_wherever_the_loader_refuses_it(file):
    kind, data = kind_of(file), _data(file)
    seen = 0
    # one of each sort of table is enough: lists hold tables of one shape
    for place in {tuple("*" if isinstance(k, int) else k for k in p): p for p in places(data)}.values():
        changed = deepcopy(data)
        _at(changed, place)["no_such_key"] = "x"
        if (kind == "cases" and {"given", "expect"} & set(place)) or {"method", "sets"} & set(place):
            continue  # free tables
        seen += 1
        assert refused(kind, changed), place
        assert not VALIDATORS[kind].is_valid(as_json(changed)), place
    assert seen


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_missing_key_is_refused_by_both_or_by_neither(file):
    kind, data = kind_of(file), _data(file)
    for place in {tuple("*" if isinstance(k, int) else k for k in p): p for p in places(data)}.values():
        for key in _at(data, place):
            changed = deepcopy(data)
            del _at(changed, place)[key]
            if not VALIDATORS[kind].is_valid(as_json(changed)):
                assert refused(kind, changed), (place, key)
            elif kind not in ("form", "workflow"):  # those also look at what hangs together
                assert not refused(kind, changed), (place, key)


WRONG = [
    ("grades", ("lines", 0, "at_least"), "85"),
    ("grades", ("lines", 0, "grade"), "superb"),
    ("notice", ("enabled",), "yes"),
    ("clocks", ("clocks", 0, "days"), -1),
    ("panel", ("minimum",), True),
    ("workflow", ("stages", 0, "kind"), "dance"),
    ("workflow", ("stages", 0, "clock", "kind"), 5),
    ("workflow", ("stages", 0, "role"), "mayor"),
    ("workflow", ("stages", 1, "actions", 0, "needs"), ["money"]),
    ("workflow", ("start",), ""),
    ("form", ("sections", 0, "fields", 0, "type"), "hologram"),
    ("form", ("sections", 0, "fields", 0, "places"), 2),
    ("form", ("sections", 0, "fields", 0, "required"), "yes"),
    ("form", ("sections",), []),
]


@pytest.mark.parametrize(("kind", "place", "value"), WRONG)
def test_a_wrong_value_is_refused_by_both(kind, place, value):
    folder = ROOT / "plugins" / "qinhuangdao"
    policy = folder / "policy" / "2023"
    folders = {"form": folder / "forms", "workflow": policy / "workflow"}
    file = folders[kind] / "makerspace_evaluation.toml" if kind in folders else policy / f"{kind}.toml"
    data = _data(file)
    _at(data, place[:-1])[place[-1]] = value
    assert refused(kind, data)
    assert not VALIDATORS[kind].is_valid(as_json(data))


def test_a_parameter_stands_for_a_figure_in_both():
    data = _data(ROOT / "plugins" / "qinhuangdao" / "policy" / "2023" / "grades.toml")
    data["lines"][0]["at_least"] = "$excellent_from"
    assert not refused("grades", data)
    assert VALIDATORS["grades"].is_valid(as_json(data))


def test_the_packs_that_these_files_make_up_are_sound():
    for folder in {file.parents[2] for file in SHIPPED if file.match("plugins/*/policy/*/*.toml")}:
        assert [*check_region(folder), *workflow_findings(folder)] == []


def _keys(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, key in schema.get("items", schema).get("properties", {}).items():
        if isinstance(key, dict):
            yield name, key
            yield from _keys(key)


@pytest.mark.parametrize("kind", sorted(VALIDATORS))
def test_an_editor_is_told_what_every_key_means(kind: str) -> None:
    schema = schema_of(kind)
    assert schema["description"]
    assert [name for name, key in _keys(schema) if not key.get("description")] == []

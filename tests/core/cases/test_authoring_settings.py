"""The settings designer's changes of a draft as data: every city's settings fit its forms, and nothing else is touched."""

from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from typing import Any

import pytest

from core.cases import authoring_items
from core.cases import authoring_settings as verbs
from core.cases.authoring_settings_uses import unheld, uses
from core.cases.authoring_settings_words import SETTINGS
from core.errors import Refused
from core.policy.kinds import SHAPES
from core.policy.shape import Key

PLUGINS = Path(__file__).parents[3] / "plugins"
FILES = sorted(
    path for kind in SETTINGS for path in [*PLUGINS.glob(f"*/policy/*/{kind}.toml"), *PLUGINS.glob(f"*/{kind}.toml")]
)
SCOPE: dict[str, Any] = {
    "key": "s",
    "facts": [{"key": "size", "name": "人数", "type": "whole"}, {"key": "since", "name": "开始日", "type": "date"}],
    "conditions": [
        {"key": "a", "name": "够大", "when": "size >= 5 or is_missing(size)", "clause": "第一条"},
        {"key": "b", "name": "满一年", "since": ["since"], "months": 12, "or_when": "size > 9", "clause": "第二条"},
    ],
}


def places(kind: str, data: dict[str, Any]) -> list[str]:
    """Everything of a definition that can be opened."""
    return ["", *(f"{name}.{i}" for name in SETTINGS[kind].lists for i in range(len(data.get(name, []))))]


def slots_at(kind: str, data: dict[str, Any], path: str) -> list[Any]:
    return [slot for _, slots in verbs.groups_at(kind, data, path) for slot in slots]


def test_there_are_settings_of_all_five_cities() -> None:
    assert {path.relative_to(PLUGINS).parts[0] for path in FILES} == {
        "kunming", "lhasa", "qinhuangdao", "tangshan", "tianjin"
    }  # fmt: skip
    assert {path.stem for path in FILES} == set(SETTINGS)


@pytest.mark.parametrize("file", FILES, ids=lambda path: "/".join(path.relative_to(PLUGINS).parts))
def test_what_is_shown_and_typed_again_is_what_was_there(file: Path) -> None:
    """Every value is in a form, and putting all of them again as they are shown leaves the data equal."""
    kind, data = file.stem, tomllib.loads(file.read_text(encoding="utf-8"))
    verbs.require_readable(kind, data)
    after = copy.deepcopy(data)
    for path in places(kind, data):
        shown, slots = verbs.shown(data, path), slots_at(kind, data, path)
        typed = {slot.path: authoring_items.typed_form(slot, shown) for slot in slots}
        verbs.set_properties(kind, after, path, authoring_items.read_slots(tuple(slots), typed))
        thing = authoring_items.item_at(data, path) if path else data
        said = {slot.path.partition(".")[0] for slot in slots} | {"allowed", "names"} | ({"key"} if not path else set())
        lists = set(SETTINGS[kind].lists) if not path else set()
        unseen = {"districts", "holidays"} if kind == "region" and not path else set()
        assert set(thing) <= said | lists | unseen, f"{path}: no form shows {set(thing) - said}"
    assert after == data


@pytest.mark.parametrize("kind", sorted(SETTINGS))
def test_every_key_that_a_file_may_hold_has_a_place_in_a_form(kind: str) -> None:
    """What the shapes allow and no form offers is named here, and nothing else."""
    left_to_text = {"region": {"districts", "holidays"}}.get(kind, set())
    assert _keys(SHAPES[kind]) - left_to_text - _offered(kind) - {"key"} == set()


def _keys(shape: Any, path: str = "") -> set[str]:
    found: set[str] = set()
    for name, key in shape.items():
        of: Key = key
        if of.type == "table" and of.shape:
            found |= {f"{name}.{inner}" for inner in of.shape if inner != "note"}
        elif of.type == "tables":
            found |= {name} | ({f"{name}.{inner}" for inner in of.shape} if of.shape and name not in ("districts", "holidays") else set())
        else:
            found.add(f"{path}{name}")
    return found


def _offered(kind: str) -> set[str]:
    found = {slot.path for _, slots in SETTINGS[kind].head for slot in slots}
    for name, sort in SETTINGS[kind].lists.items():
        found.add(name)
        for variant in (
            *({"kind": k, "period": p} for k in verbs.LENGTHS for p in ("", "yearly")),
            *({"type": t} for t in ("yes_no", "whole", "number", "date", "choice", "text")),
            {"way": "when"}, {"way": "since"},
        ):  # fmt: skip
            found |= {f"{name}.{slot.path}" for _, slots in sort.groups(variant) for slot in slots}
    if any(one.endswith(".options") for one in found):
        found |= {f"{name}.{word}" for name in SETTINGS[kind].lists for word in ("allowed", "names")}
    if "register" in SETTINGS[kind].lists or kind == "scope":
        found |= {f"{name}.must_be_checked" for name in SETTINGS[kind].lists}  # asked only where a result is determined
    return found


def test_a_changed_kind_of_clock_leaves_no_length_of_the_other() -> None:
    data: dict[str, Any] = {"clocks": [{"key": "c", "name": "报送", "kind": "working_days", "days": 5, "counts_opening_day": True}]}
    verbs.set_properties("clocks", data, "clocks.0", {"kind": "fixed_day"})
    assert data["clocks"][0] == {"key": "c", "name": "报送", "kind": "fixed_day"}


def test_a_changed_type_of_fact_leaves_no_choices_and_no_default_of_the_other() -> None:
    fact = {"key": "f", "name": "级别", "type": "choice", "allowed": ["a"], "names": ["甲"], "default": "a", "clause": "一"}
    data: dict[str, Any] = {"facts": [dict(fact)]}
    verbs.set_properties("facts", data, "facts.0", {"type": "whole", "unit": "家"})
    assert data["facts"][0] == {"key": "f", "name": "级别", "type": "whole", "unit": "家", "clause": "一"}


def test_choices_are_typed_a_line_each_with_their_words_or_without() -> None:
    data: dict[str, Any] = {"facts": [{"key": "f", "type": "choice"}]}
    verbs.set_properties("facts", data, "facts.0", {"options": "city 市级\nnational 国家 级"})
    assert data["facts"][0] == {"key": "f", "type": "choice", "allowed": ["city", "national"], "names": ["市级", "国家 级"]}
    verbs.set_properties("facts", data, "facts.0", {"options": "city\nnational"})
    assert data["facts"][0] == {"key": "f", "type": "choice", "allowed": ["city", "national"]}


def test_a_condition_asks_a_formula_or_counts_from_a_date_never_both() -> None:
    data = copy.deepcopy(SCOPE)
    verbs.set_properties("scope", data, "conditions.0", {"way": "since"})
    assert "when" not in data["conditions"][0]
    verbs.set_properties("scope", data, "conditions.1", {"way": "when", "when": "size > 1"})
    assert data["conditions"][1] == {"key": "b", "name": "满一年", "when": "size > 1", "clause": "第二条"}


def test_conditions_follow_the_new_key_of_a_fact() -> None:
    data = copy.deepcopy(SCOPE)
    verbs.set_properties("scope", data, "facts.0", {"key": "人数"})
    verbs.set_properties("scope", data, "facts.1", {"key": "began"})
    assert data["conditions"][0]["when"] == "人数 >= 5 or is_missing(人数)"
    assert (data["conditions"][1]["since"], data["conditions"][1]["or_when"]) == (["began"], "人数 > 9")
    with pytest.raises(Refused, match="已经有代号“began”"):
        verbs.set_properties("scope", data, "facts.0", {"key": "began"})


def test_entries_are_added_moved_placed_and_taken_out() -> None:
    data: dict[str, Any] = {"minimum": 3}
    paths = [verbs.add("panel", data, "aspects") for _ in range(3)]
    assert paths == ["aspects.0", "aspects.1", "aspects.2"]
    assert data["aspects"] == [{"key": "aspect_1"}, {"key": "aspect_2"}, {"key": "aspect_3"}], "nothing is made up"
    assert verbs.move("panel", data, "aspects.0", 1) == "aspects.1"
    assert verbs.place("panel", data, "aspects.2", "aspects.0") == "aspects.0"
    assert [one["key"] for one in data["aspects"]] == ["aspect_3", "aspect_2", "aspect_1"]
    with pytest.raises(Refused, match="同一列"):
        verbs.place("panel", data, "aspects.0", "modes.0")
    for _ in range(3):
        verbs.remove("panel", data, "aspects.0")
    assert data == {"minimum": 3}, "an optional list goes with its last entry"
    with pytest.raises(Refused, match="整份"):
        verbs.remove("panel", data, "")


def test_an_entry_is_found_by_its_key_where_a_position_is_not_known() -> None:
    assert verbs.nearest("scope", SCOPE, "facts.since") == "facts.1"
    assert verbs.nearest("scope", SCOPE, "conditions.1.months") == "conditions.1"
    assert verbs.nearest("scope", SCOPE, "facts.7") == verbs.nearest("scope", SCOPE, "nowhere.0") == ""


@pytest.mark.parametrize("data", [{"clocks": {}}, {"clocks": [1]}, {"objection": 3}])
def test_what_forms_cannot_show_is_left_to_the_text(data: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="原文"):
        verbs.require_readable("clocks", data)


def test_who_asks_for_a_clock_or_a_fact_is_told() -> None:
    around = {
        ("procedures", "p"): 'key = "p"\n[[procedures]]\nkey = "a"\nname = "年报"\nclock = "report"',
        ("vetoes", "v"): 'key = "v"\n[[vetoes]]\nkey = "x"\nname = "失信"\nwhen = "breach and not_other"',
        ("region", "r"): 'key = "r"\n[[register]]\nkey = "size"\nname = "人数"',
    }
    assert uses("clocks", "report", around) == ["办理事项“年报”"]
    assert uses("facts", "breach", around) == ["一票否决和封顶“失信”"]
    assert uses("facts", "other", around) == [], "a part of another name is no use"
    assert not unheld("scope", "facts.0", {"key": "size"}, around)
    assert unheld("scope", "facts.0", {"key": "height"}, around) == "region:r:"

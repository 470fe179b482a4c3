"""Who asks for a clock or a fact of the settings, and which facts of a scope the register never fills."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from core.cases.authoring_checks import KINDS
from core.policy.carrier_fact_names import CARRIER_FACTS
from core.policy.source import parse
from core.policy.version import Sources
from forms.findings import DefinitionError
from forms.formula import FormulaError, compile_formula

ASKING = {
    "facts": ("vetoes", "consequences", "awards"),
    "region": ("workflow", "scope"),
    "clocks": ("procedures",),
    "scope": ("scope",),
}
"""The kinds of definitions that ask for what a kind declares."""
_CONDITIONS = ("when", "or_when", "condition")


def uses(kind: str, key: str, around: Sources) -> list[str]:
    """Where an entry is asked for, in words: the kind of definition and the name of what asks."""
    found = []
    for (of, name), text in sorted(around.items()):
        if of in ASKING.get(kind, ()):
            for called in _asking(kind, key, _data(text, name)):
                found.append(f"{KINDS[of]}“{called}”")
    return list(dict.fromkeys(found))


def _asking(kind: str, key: str, value: Any, called: str = "") -> Iterator[str]:
    """The names of what asks for a key inside a definition."""
    if isinstance(value, list):
        for one in value:
            yield from _asking(kind, key, one, called)
    elif isinstance(value, dict):
        called = str(value.get("name") or value.get("title") or called)
        if _asks(kind, key, value):
            yield called
        for inner in value.values():
            yield from _asking(kind, key, inner, called)


def _asks(kind: str, key: str, entry: Mapping[str, Any]) -> bool:
    if kind == "clocks":
        return entry.get("clock") == key
    since = entry.get("since")
    return (isinstance(since, list) and key in since) or any(key in _names(entry.get(of)) for of in _CONDITIONS)


def _names(source: object) -> frozenset[str]:
    try:
        return frozenset(compile_formula(source).names) if isinstance(source, str) and source else frozenset()
    except FormulaError:
        return frozenset()


def unheld(kind: str, path: str, thing: Mapping[str, Any], around: Sources) -> str:
    """Which definition would keep this fact of a scope, as `region:key:`, where none does: on the list of a round it
    would always be missing. Empty for all else.
    """
    if kind != "scope" or not path.startswith("facts."):
        return ""
    regions = [(key, _data(text, key)) for (of, key), text in around.items() if of == "region"]
    kept = {str(one.get("key")) for _, data in regions for one in data.get("register", [])}
    held = str(thing.get("key", "")) in {*CARRIER_FACTS, *kept}
    return "" if held or not regions else f"region:{regions[0][0]}:"


def _data(text: str, name: str) -> dict[str, Any]:
    try:
        return parse(text, name)
    except DefinitionError:
        return {}

"""What one press on the scheme's tree does: weights as typed, new entries as typed, and the move that was meant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.admin.base import whole
from core.cases import authoring_scheme
from core.errors import OutOfScope, Refused


def work_on_tree(draft: dict[str, Any], typed: dict[str, str]) -> str:
    """What one press does to the tree; the place that it moved or made, empty for none."""
    weights = {whole(k.removeprefix("weight-")): v for k, v in typed.items() if k.startswith("weight-")}
    authoring_scheme.put_weights(draft, weights)
    do, _, of = typed.get("do", "save").partition(":")
    name = "groups" if do.startswith("group") else "indicators"
    # new entries shift positions: what the button meant is held before they come
    meant = _held(draft, name, of) if do in _MOVES else None
    before = _held(draft, "indicators", typed["before"]) if do == "place" and typed.get("before") else None
    made = _work_on_new(draft, typed)
    if meant is None:
        if do not in ("save", "add", "new"):
            raise OutOfScope
        return made
    at = _position(draft, name, meant)
    if do == "place":
        target = None if before is None else _position(draft, "indicators", before)
        return f"indicators.{authoring_scheme.place_indicator(draft, at, whole(typed.get('group')), target)}"
    return _MOVES[do](draft, at)


def _held(draft: dict[str, Any], name: str, position: str) -> dict[str, Any]:
    found = dict(authoring_scheme.entries(draft, name)).get(whole(position))
    if found is None:
        raise Refused(authoring_scheme.GONE)
    return found


def _position(draft: dict[str, Any], name: str, entry: dict[str, Any]) -> int:
    return next(place for place, one in authoring_scheme.entries(draft, name) if one is entry)


def _indicator(draft: dict[str, Any], at: int, step: int) -> str:
    return f"indicators.{authoring_scheme.move_indicator(draft, at, step)}"


def _group(draft: dict[str, Any], at: int, step: int) -> str:
    return f"groups.{authoring_scheme.move_group(draft, at, step)}"


def _without(remove: Callable[[dict[str, Any], int], None]) -> Callable[[dict[str, Any], int], str]:
    def work(draft: dict[str, Any], at: int) -> str:
        remove(draft, at)
        return ""

    return work


_MOVES: dict[str, Callable[[dict[str, Any], int], str]] = {
    "up": lambda draft, at: _indicator(draft, at, -1),
    "down": lambda draft, at: _indicator(draft, at, 1),
    "place": lambda _draft, _at: "",
    "remove": _without(authoring_scheme.remove_indicator),
    "group-up": lambda draft, at: _group(draft, at, -1),
    "group-down": lambda draft, at: _group(draft, at, 1),
    "group-remove": _without(authoring_scheme.remove_group),
}


def _work_on_new(draft: dict[str, Any], typed: dict[str, str]) -> str:
    """What was typed as a new indicator of a group, or as a new group, is added; the place of the last one."""
    do, _, of = typed.get("do", "").partition(":")
    made = ""
    for name, text in typed.items():
        if name.startswith("new-") and name != "new-group" and (text.strip() or (do, f"new-{of}") == ("add", name)):
            group = whole(name.removeprefix("new-"))
            authoring_scheme.add_indicator(draft, group, text)
            last = authoring_scheme.tree(draft)[group].indicators[-1][0]
            made = f"indicators.{last}"
    if typed.get("new-group", "").strip() or do == "new":
        authoring_scheme.add_group(draft, typed.get("new-group", ""))
        made = f"groups.{len(draft['groups']) - 1}"
    return made

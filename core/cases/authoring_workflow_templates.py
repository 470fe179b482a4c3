"""Workflows to start from: the default path, a report, a filing, corrective action, a check on site."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from core.cases import authoring
from core.cases.action import Receipt
from core.errors import Refused
from core.people.scope import Viewer

FOLDER = Path(__file__).parent.parent / "workflow" / "templates"
ORDER = ("default", "report", "filing", "corrective_action", "on_site_check")


@dataclass(frozen=True)
class Template:
    """A workflow without forms, to be filled in; `path` are the names of its stages."""

    key: str
    name: str
    note: str
    path: tuple[str, ...]


@cache
def templates() -> tuple[Template, ...]:
    """All of them, in the order of a list."""
    found = [(key, _data(key)) for key in ORDER]
    return tuple(Template(key, d["name"], d["note"], tuple(s["name"] for s in d["stages"])) for key, d in found)


def _data(key: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{key}.toml").read_text(encoding="utf-8"))


def stages_of(key: str) -> dict[str, Any]:
    """The stages of a template, and where it starts."""
    data = _data(key)
    return {"start": data["start"], "stages": data["stages"]}


def start_from(viewer: Viewer, definition_id: int, key: str, seen: str, token: str) -> Receipt:
    """Give a workflow's draft the stages of a template; its own key, name and procedure stay. One step, to be undone.

    Raises Refused, Stale, OutOfScope.
    """
    if key not in ORDER:
        raise Refused("请选一个模板。", {"template": "请选一个模板。"})

    return authoring.change_draft(viewer, definition_id, lambda draft: draft.update(stages_of(key)), seen, token)

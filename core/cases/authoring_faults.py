"""Findings placed for people: at their line in a draft's text, and at the thing that they are about, in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.cases.authoring_checks import KINDS, findings_of, findings_together, name_of, sources_around
from core.cases.authoring_words import KEY_NAMES
from core.models import DefinitionVersion
from core.policy.source import parse
from core.policy.version import Sources
from core.roles import ROLES
from forms.findings import DefinitionError, Finding

_SYNTAX = re.compile(r"at line (\d+), column (\d+)")
_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_ASSIGNED = re.compile(r"^\s*([^\s=#\"']+)\s*=")


@dataclass(frozen=True)
class Fault:
    """A finding placed for a person: in which definition (`where`, empty for the one looked at), at which line,
    at which thing in words (`place`), what is wrong and what is allowed."""

    where: str
    line: int | None
    place: str
    message: str
    allowed: str
    own: bool
    key: str = ""
    """The dotted place in its definition, empty where the text cannot be read."""
    file: str = ""
    """The definition that it is in, as findings name it."""


def faults_of(row: DefinitionVersion, together: Iterable[DefinitionVersion] | None = None) -> list[Fault]:
    """The findings of a draft with the line of the text that each belongs to, in plain words.

    `together`: the drafts that are to be published with it; without it those that it needs.
    """
    mine, others = name_of(row.kind, row.key), list(together or [])
    sources = {**sources_around(row), **{(one.kind, one.key): one.text for one in others}}
    found = findings_of(row) if together is None else findings_together([row, *others])
    return [_fault(finding, finding.file == mine, row.text, sources) for finding in found]


def _fault(finding: Finding, own: bool, text: str, sources: Sources) -> Fault:
    kind, _, key = finding.file.partition("/")
    data = _data(sources.get((kind, key), ""))
    where = "" if own else f"{KINDS.get(kind, kind)}“{data.get('name') or data.get('title') or key}”"
    if finding.message.startswith("不是有效的 TOML"):
        syntax = _SYNTAX.search(finding.message)
        line = int(syntax[1]) if syntax else len(text.splitlines())
        return Fault(where, line if own else None, "", "这一行的写法不对", "键 = 值；文字加引号；同一个键只写一次", own, file=finding.file)
    names = names_in(data)
    allowed = "、".join(names.get(part, part) for part in finding.allowed.split("、"))
    found = line_at(lines_of(text), finding.key) if own else None
    return Fault(where, found, in_words(data, finding.key), finding.message, allowed, own, finding.key, finding.file)


def _data(text: str) -> dict[str, Any]:
    try:
        return parse(text, "")
    except DefinitionError:
        return {}


def names_in(data: Mapping[str, Any]) -> dict[str, str]:
    """What the stages and groups of a definition, and roles, are called, by key."""
    entries = [*data.get("stages", []), *data.get("groups", [])]
    roles = {key: role.name for key, role in ROLES.items()}
    own = {str(e["key"]): str(e["name"]) for e in entries if isinstance(e, dict) and "key" in e and "name" in e}
    return {**roles, **own}


def in_words(data: Any, key: str) -> str:
    """A dotted place as people read it: 环节“区级审核” › 期限 › 天数或月数."""
    words: list[str] = []
    here, of = data, ""
    for part in key.split("."):
        if part.isdigit() and isinstance(here, list):
            here = here[int(part)] if int(part) < len(here) else None
            words[-1:] = [_titled(here, of, int(part))]
            continue
        of = KEY_NAMES.get(part, part)
        words.append(of)
        here = here.get(part) if isinstance(here, dict) else None
    return " › ".join(word for word in words if word != "-")


def _titled(entry: Any, of: str, index: int) -> str:
    title = next((entry[k] for k in ("name", "label", "title", "message") if k in entry), "") if isinstance(entry, dict) else ""
    return f"{of}“{title}”" if title else f"第 {index + 1} 个{of}"


def lines_of(text: str) -> dict[str, int]:
    """The line on which each key of a text stands, by dotted path with list positions (`stages.0.clock`)."""
    found: dict[str, int] = {}
    counts: dict[str, int] = {}
    here, inside = "", False
    for number, line in enumerate(text.splitlines(), start=1):
        quotes = line.count('"""') + line.count("'''")
        if inside:
            inside = quotes % 2 == 0
            continue
        inside = quotes % 2 == 1
        header, assigned = _HEADER.match(line), _ASSIGNED.match(line)
        if header:
            here = _place(header[2], header[1] == "[[", counts)
            found[here] = number
        elif assigned:
            found.setdefault(f"{here}.{assigned[1]}" if here else assigned[1], number)
    return found


def _place(header: str, is_list: bool, counts: dict[str, int]) -> str:
    """The dotted path of a table's header, with the position of every list on the way."""
    path = ""
    parts = [part.strip().strip("\"'") for part in header.split(".")]
    for depth, part in enumerate(parts):
        path = f"{path}.{part}" if path else part
        if depth == len(parts) - 1 and is_list:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = f"{path}.{counts[path]}"
    return path


def line_at(lines: Mapping[str, int], key: str) -> int | None:
    """The line of a key, or of the nearest thing around it that the text names."""
    while key and key not in lines:
        key = key.rpartition(".")[0]
    return lines.get(key)

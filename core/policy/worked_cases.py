"""Worked examples: `cases/*.toml`, each a question with what the answer must contain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from core.policy.exact_json import dumps
from core.policy.kind_parts import MUST, TEXT, tables
from core.policy.numbers import exact
from core.policy.shape import Key, Shape, findings_of
from core.policy.source import parse
from core.policy.trace import plain_data
from forms.findings import DefinitionError, Finding

# Answers whose lists have no order (when both sides are lists), and the one where some are enough.
SETS = frozenset({"failed", "fields", "missing", "in_scope"})
CONTAINS = frozenset({"clauses"})
_ABSENT = object()

# Region, question, input, day → answer.
Asker = Callable[[str, str, Mapping[str, Any], "date | None"], Mapping[str, Any]]


@dataclass(frozen=True)
class WorkedCase:
    """One example of a file."""

    file: str
    region: str
    id: str
    ask: str
    given: Mapping[str, Any]
    expect: Mapping[str, Any]
    on: date | None = None


@dataclass(frozen=True)
class CaseOutcome:
    """``differences`` is empty when the case passed; each says where, what was expected and what came."""

    case: WorkedCase
    differences: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the answer contained everything expected."""
        return not self.differences


CASES: Shape = {
    "region": MUST,
    "case": tables(
        {
            "id": MUST,
            "clause": TEXT,
            "basis": TEXT,
            "ask": MUST,
            "on": Key("date"),
            "given": Key("table"),
            "expect": Key("table", required=True),
            "why": TEXT,
        },
        required=False,
    ),
}
"""What a file of worked examples may hold."""


def read_cases(path: Path) -> list[WorkedCase]:
    """The cases of a file. Raises DefinitionError for a file that is none."""
    file = str(path)
    try:
        data = parse(path.read_text(encoding="utf-8"), file)
    except (OSError, UnicodeDecodeError) as fault:
        raise DefinitionError([Finding(file, "-", f"读不出来：{fault}", "UTF-8 编码的 TOML 文件")]) from None
    findings = list(findings_of(data, CASES, file))
    if findings:
        raise DefinitionError(findings)
    return [_case(entry, file, data["region"]) for entry in data.get("case", [])]


def _case(entry: Mapping[str, Any], file: str, region: str) -> WorkedCase:
    given, on = entry.get("given", {}), entry.get("on")
    return WorkedCase(file, region, entry["id"], entry["ask"], given, entry["expect"], on)


def run_case(case: WorkedCase, ask: Asker) -> CaseOutcome:
    """Ask and compare; an error of the engine is a difference, not the end of the run."""
    try:
        answer = plain_data(ask(case.region, case.ask, case.given, case.on))
    except Exception as fault:  # whatever broke, the other cases go on and the report names it
        return CaseOutcome(case, (f"出错：{type(fault).__name__}: {fault}",))
    found = differences(plain_data(case.expect), answer)
    refused = answer.get("accepted") is False and "accepted" not in case.expect
    if found and refused and answer.get("messages"):
        found.append(f"没有受理：{'；'.join(map(str, answer['messages']))}")
    return CaseOutcome(case, tuple(found))


def differences(expected: Mapping[str, Any], got: Mapping[str, Any], place: str = "") -> list[str]:
    """Where the answer lacks what is expected; keys that are not named are free."""
    found = []
    for key, value in expected.items():
        where = f"{place}.{key}" if place else str(key)
        came = got.get(key, _ABSENT) if isinstance(got, Mapping) else _ABSENT
        if isinstance(value, Mapping) and isinstance(came, Mapping):
            found.extend(differences(value, came, where))
        elif came is _ABSENT or not _matches(str(key), value, came):
            shown = "（没有）" if came is _ABSENT else dumps(came, 0).replace("\n", " ")
            found.append(f"{where}：应为 {dumps(value, 0)}，得到 {shown}".replace("\n", " "))
    return found


def _matches(key: str, expected: Any, got: Any) -> bool:
    if expected == "none":
        return got is None
    if isinstance(expected, list) and isinstance(got, list):
        if key in CONTAINS:
            return all(any(_matches("", one, other) for other in got) for one in expected)
        if key in SETS:
            return _same_set(expected, got)
        return len(expected) == len(got) and all(
            _matches("", one, other) for one, other in zip(expected, got, strict=True)
        )
    if isinstance(expected, Mapping) and isinstance(got, Mapping):
        return not differences(expected, got)
    return _same(expected, got)


def _same_set(expected: list[Any], got: list[Any]) -> bool:
    covered = all(any(_matches("", one, other) for other in got) for one in expected)
    return covered and all(any(_matches("", one, other) for one in expected) for other in got)


def _same(expected: object, got: object) -> bool:
    if isinstance(expected, bool) or isinstance(got, bool):
        return expected is got
    left, right = exact(expected), exact(got)
    if left is not None and right is not None:
        return left == right
    return type(expected) is type(got) and expected == got

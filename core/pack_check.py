"""Checks of a region's folder that need more than its policy: workflows and what they rely on, worked examples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from core.condition_check import condition_findings
from core.policy.pack import RegionPack, check_region, load_region
from core.policy.question import Question
from core.policy.questions import ask_region
from core.policy.scoring.method import ScoringMethod
from core.policy.source import parse, text_of
from core.policy.version import Sources
from core.policy.worked_cases import read_cases, run_case
from core.workflow.definition import Stage, Workflow, load_workflow
from core.workflow.stage_kinds import STAGE_KINDS
from forms.findings import DefinitionError, Finding

# A stage of this kind needs a definition of that one; named as people call it.
_RELIES_ON = {
    "public_notice": ("notice", "公示"),
    "determination": ("grades", "档次线"),
    "expert_panel": ("indicators", "指标体系"),
}
NEEDS_ROUND = frozenset(_RELIES_ON)
"""Stage kinds that work on the cases of a round together."""
# Of these the key matters here; of all other kinds only whether there are any.
_NAMED_BY_KEY = frozenset({"form", "workflow", "procedures", "plan"})
_FORMS_OF_A_STAGE = ("form", "opinion_form", "site_visit_form")


def check_pack(
    path: Path, *, methods: Mapping[str, ScoringMethod], questions: Mapping[str, Question]
) -> list[Finding]:
    """Every fault of a region's folder; its worked examples are run once everything else is sound."""
    found = [*check_region(path, methods=methods), *workflow_findings(path)]
    if not (path / "documents.toml").exists():
        found.append(Finding("documents.toml", "-", "没有这个文件，不知道各版本何时生效", "至少一段 [[documents]]"))
    if found:
        return list(dict.fromkeys(found))
    return list(_cases(load_region(path, methods=methods), questions))


def workflow_findings(path: Path) -> list[Finding]:
    """What the workflows' own lint finds, and what they and the procedures name that is not there."""
    found: dict[Finding, None] = {}
    for folder in sorted(p for p in (path / "policy").glob("*") if p.is_dir()):
        located = _located(path, folder)
        sources = {at: text for at, (_, text) in located.items()}
        for (kind, _), (file, text) in located.items():
            if kind == "workflow":
                found.update(dict.fromkeys(findings_of_workflow(text, file, sources)))
            elif kind == "procedures":
                found.update(dict.fromkeys(findings_of_procedures(text, file, sources)))
    return list(found)


def _located(path: Path, folder: Path) -> dict[tuple[str, str], tuple[str, str]]:
    """(kind, key) → (file, text) of one version; what cannot be read is told by the pack's own check."""
    files = [(file, "form") for file in sorted((path / "forms").glob("*.toml"))]
    files += [(file, file.stem) for file in sorted(folder.glob("*.toml"))]
    files += [(file, file.parent.name) for file in sorted(folder.glob("*/*.toml"))]
    located = {}
    for file, kind in files:
        place = file.relative_to(path).as_posix()
        try:
            text = text_of(file, place)
            data = parse(text, place)
            located[(kind, str(data.get("key")) if kind in _NAMED_BY_KEY else place)] = (place, text)
        except DefinitionError:
            continue
    return located


def findings_of_workflow(text: str, file: str, sources: Sources) -> list[Finding]:
    """Every fault of a workflow, and of what it relies on among `sources`."""
    try:
        workflow = load_workflow(parse(text, file), file)
    except DefinitionError as fault:
        return fault.findings
    found = [f for index, stage in enumerate(workflow.stages) for f in _stage(stage, index, file, sources)]
    return [*found, *_without_round(workflow, file, sources), *condition_findings(workflow, file, sources)]


def _without_round(workflow: Workflow, file: str, sources: Sources) -> Iterator[Finding]:
    """Panels, determinations and notices belong to a round: a case outside one would never leave such a stage."""
    allowed = "、".join(kind.name for kind in STAGE_KINDS.values() if (kind.like or kind.key) not in NEEDS_ROUND)
    for procedure in _entries(sources, "procedures", "procedures"):
        if procedure.get("workflow") != workflow.key or procedure.get("every", "year") == "year":
            continue
        for index, stage in enumerate(workflow.stages):
            if stage.kind in NEEDS_ROUND:
                told = f"环节“{stage.name}”只能用在一年一次的批次里，事项“{procedure.get('name')}”不按批次办"
                yield Finding(file, f"stages.{index}.kind", told, allowed)


def _stage(stage: Stage, index: int, file: str, sources: Sources) -> Iterator[Finding]:
    place = f"stages.{index}"
    forms = sorted(key for kind, key in sources if kind == "form")
    for slot in _FORMS_OF_A_STAGE:
        if getattr(stage, slot) and getattr(stage, slot) not in forms:
            yield Finding(file, f"{place}.{slot}", f"没有“{getattr(stage, slot)}”这份表单", "、".join(forms))
    dates = {str(item.get("key")) for item in _entries(sources, "plan", "items")}
    if stage.clock and stage.clock.kind == "plan" and dates and stage.clock.field not in dates:
        message = f"年度方案里没有“{stage.clock.field}”这一项"
        yield Finding(file, f"{place}.clock.field", message, "、".join(sorted(dates)))
    kind, name = _RELIES_ON.get(stage.kind, ("", ""))
    if kind == "indicators" and _gives_grade(sources):
        kind, name = "", ""
    if kind and kind not in {kind for kind, _ in sources}:
        yield Finding(file, f"{place}.kind", f"有“{stage.name}”这样的环节，就要有“{name}”的规定", f"{kind}.toml")


def _gives_grade(sources: Sources) -> bool:
    """Whether the experts give a grade of their own: then there is no scheme of indicators to score by."""
    return any(
        parse(text, "panel").get("gives") == "grade" for (kind, _), text in sources.items() if kind == "panel"
    )


def findings_of_procedures(text: str, file: str, sources: Sources) -> Iterator[Finding]:
    """A procedure leads to a workflow and a form that are there among `sources`."""
    for index, procedure in enumerate(_tables(parse(text, file), "procedures")):
        for slot, kind, name in (("form", "form", "表单"), ("workflow", "workflow", "流程")):
            known = sorted(key for other, key in sources if other == kind)
            if procedure.get(slot) and procedure[slot] not in known:
                yield Finding(
                    file,
                    f"procedures.{index}.{slot}",
                    f"没有“{procedure[slot]}”这份{name}",
                    "、".join(known) or f"先写一份{name}",
                )


def _entries(sources: Sources, kind: str, name: str) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    for (other, key), text in sources.items():
        if other == kind:
            found += _tables(parse(text, key), name)
    return found


def _tables(data: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    entries = data.get(name, [])
    return [entry for entry in entries if isinstance(entry, Mapping)] if isinstance(entries, list) else []


def _cases(pack: RegionPack, questions: Mapping[str, Question]) -> Iterator[Finding]:
    """Worked examples that cannot be read, belong to another region or do not pass."""

    def ask(_region: str, question: str, given: Mapping[str, Any], on: Any) -> Mapping[str, Any]:
        return ask_region(pack, question, given, on, questions=questions)

    for path in sorted((pack.path / "cases").glob("*.toml")):
        file = path.relative_to(pack.path).as_posix()
        try:
            cases = read_cases(path)
        except DefinitionError as fault:
            yield from (Finding(file, f.key, f.message, f.allowed) for f in fault.findings)
            continue
        for index, case in enumerate(cases):
            if case.region != pack.key:
                yield Finding(file, "region", f"样例写的地区是“{case.region}”", pack.key)
                break
            for told in run_case(case, ask).differences:
                yield Finding(file, f"case.{index}", f"样例 {case.id} 没有通过：{told}", "按条文重算样例，或改办法数据")
